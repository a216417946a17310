"""Who is there now: duty officers, carers on shift with their phones, breaks, stand-by, and what nobody covers.

Others ask ``duty_manager``, ``stand_by`` and ``on_break``; the page "now" shows it all.
"""

from collections.abc import Iterable, Mapping
from contextlib import nullcontext
from typing import Any

from callcenter.rules.events import Row
from callcenter.rules.people import holes
from callcenter.rules.times import later, seconds_between
from callcenter.store.rosters import Rosters
from dispatch.rules.presence import presence
from dispatch.rules.roster import Shift, on_shift
from dispatch.rules.roster_rules import RosterTerms

Conn = Any  # a connection of the store; None: one of its own
SOON_SECONDS = 24 * 3600.0  # how far ahead "uncovered" looks
WEEK_SECONDS = 7 * 86400.0
MOST_PROPOSED = 5


class Duty:
    def __init__(self, rosters: Rosters, terms: RosterTerms):
        self.rosters, self.terms = rosters, terms

    def _reading(self, conn: Conn) -> Any:
        return self.rosters.reading() if conn is None else nullcontext(conn)

    # --- what others ask ------------------------------------------------------------------------------------------

    def duty_manager(self, at: str, conn: Conn = None) -> list[Row]:
        """Who leads at the stamp ``at``: ``[{role: "duty_manager", id, name, phone}]``, empty when nobody was named."""
        with self._reading(conn) as c:
            known = {row["id"]: row for row in self.rosters.officers(c)}
            running = self.rosters.during(c, "duties", at, later(at, 0.001))
        found = [known[row["officer_id"]] for row in running if known[row["officer_id"]]["active"]]
        return [{"role": "duty_manager", **{n: one[n] for n in ("id", "name", "phone")}} for one in found]

    def stand_by(self, at: str, conn: Conn = None) -> list[Row]:
        """Who may be called in: ``[{role: "carer", id, name, phone, station_id, ends_at}]``, not those on shift."""
        with self._reading(conn) as c:
            carers = {row["id"]: row for row in self.rosters.carers(c)}
            waiting = self.rosters.during(c, "stand_bys", at, later(at, 0.001))
            on = {row["carer_id"] for row in self.rosters.during(c, "shifts", at, later(at, 0.001))}
        names = ("id", "name", "phone", "station_id")
        return [
            {"role": "carer", **{name: carers[row["carer_id"]][name] for name in names}, "ends_at": row["ends_at"]}
            for row in waiting if row["carer_id"] in carers and row["carer_id"] not in on
        ]  # fmt: skip

    def on_break(self, at: str, conn: Conn = None) -> dict[int, str]:
        """``{carer: when the break ends}``."""
        with self._reading(conn) as c:
            return {row["carer_id"]: row["ends_at"] for row in self.rosters.during(c, "breaks", at, later(at, 0.001))}

    def uncovered(self, start: str, end: str, conn: Conn = None) -> list[Row]:
        """``[{station_id, station, starts_at, ends_at}]``: every stretch in which a station has nobody."""
        with self._reading(conn) as c:
            stations = {row["id"]: row["name"] for row in self.rosters.stations(c)}
            home = {row["id"]: row["station_id"] for row in self.rosters.carers(c)}
            rows = self.rosters.during(c, "shifts", start, end)
        on = [
            {**row, "station_id": row["station_id"] or home[row["carer_id"]]} for row in rows if row["carer_id"] in home
        ]
        return [{**hole._asdict(), "station": stations[hole.station_id]} for hole in holes(stations, on, start, end)]

    def could_stand_in(self, hole: Mapping[str, Any], conn: Conn = None) -> list[Row]:
        """Who is free at that time and rested, the best first: on stand-by, of the station, with the skills, and with
        the fewest hours in the week before."""
        start, end = hole["starts_at"], hole["ends_at"]
        rest = 3600.0 * self.terms.rest_hours
        with self._reading(conn) as c:
            carers = self.rosters.carers(c)
            near = _by_carer(self.rosters.during(c, "shifts", later(start, -WEEK_SECONDS), later(end, rest)))
            ready = {row["carer_id"] for row in self.rosters.during(c, "stand_bys", start, end)}
        found = []
        for one in carers:
            own = near.get(one["id"], [])
            if any(row["starts_at"] < end and row["ends_at"] > start for row in own):
                continue
            rested = all(row["ends_at"] <= later(start, -rest) or row["starts_at"] >= later(end, rest) for row in own)
            hours = sum(seconds_between(row["starts_at"], row["ends_at"]) for row in own) / 3600
            found.append({**{n: one[n] for n in ("id", "name", "phone", "station", "station_id")}, "rested": rested,
                          "stand_by": one["id"] in ready, "able": set(self.terms.skills) <= set(one["skills"]),
                          "hours": hours})  # fmt: skip
        return sorted(found, key=lambda one: _preference(one, hole["station_id"]))[:MOST_PROPOSED]

    # --- the page "now" -------------------------------------------------------------------------------------------

    def now(self, at: str) -> Row:
        """``{officers, stations: [{id, name, carers: [...]}], stand_by, uncovered: [{..., proposed}]}``."""
        with self.rosters.reading() as conn:
            carers = {row["id"]: row for row in self.rosters.carers(conn)}
            stations = self.rosters.stations(conn)
            rows = self.rosters.during(conn, "shifts", at, later(at, SOON_SECONDS))
            posts, breaks = self.rosters.posts(conn), self.on_break(at, conn)
            open_holes = self.uncovered(at, later(at, SOON_SECONDS), conn)
            found = {
                "officers": self.duty_manager(at, conn), "stand_by": self.stand_by(at, conn),
                "uncovered": [hole | {"proposed": self.could_stand_in(hole, conn)} for hole in open_holes],
            }  # fmt: skip
        names = ("carer_id", "starts_at", "ends_at", "post")
        on = on_shift([Shift(**{name: row[name] for name in names}) for row in rows], at)
        lent = {row["carer_id"]: row["station_id"] for row in rows if row["station_id"] and row["starts_at"] <= at}
        there = []
        for number, duty in on.items():
            if number in carers:
                there.append({
                    **carers[number], **duty._asdict(), "break_until": breaks.get(number),
                    "at_station": lent.get(number, carers[number]["station_id"]),
                    "presence": presence(carers[number]["seen_at"], at),
                    "posts": [_named(post, number) for post in posts if number in (post["a_id"], post["b_id"])],
                })  # fmt: skip
        return found | {
            "stations": [s | {"carers": [c for c in there if c["at_station"] == s["id"]]} for s in stations],
        }


def _named(post: Row, carer: int) -> str:
    return f"{post['name']} {'A' if post['a_id'] == carer else 'B'}"


def _preference(one: Row, station_id: int) -> tuple[Any, ...]:
    return (not one["rested"], not one["stand_by"], one["station_id"] != station_id, not one["able"], one["hours"],
            one["id"])  # fmt: skip


def _by_carer(rows: Iterable[Row]) -> dict[int, list[Row]]:
    found: dict[int, list[Row]] = {}
    for row in rows:
        found.setdefault(row["carer_id"], []).append(row)
    return found
