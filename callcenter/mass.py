"""Mass events: somebody declares a warning for an area, changes it, ends it; the clock reminds of its end."""

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from callcenter.desk import Who, actor
from callcenter.rules import mass as rules
from callcenter.rules.areas import SCOPES, Area, area_of_incident, told
from callcenter.rules.call import NotNow, NotThere
from callcenter.rules.events import Body, Row
from callcenter.rules.times import later, seconds_between
from callcenter.store import mass as store
from callcenter.store.log import Log, Writing
from callcenter.store.watching import Watching

CLOCK = "clock"
LOOK_SECONDS = 1.0
MOST_AREAS = 20
MOST_LISTED = 900  # items named in the event that ends a warning
Announce = Callable[[Writing, str, Row], None]
"""Tells those whom a warning or a roll call concerns: the transaction, the event's kind, the row."""


class MassEvents:
    def __init__(self, log: Log, announce: Announce):
        self.log, self.announce = log, announce
        self._looked_at = ""

    def declare(
        self, w: Writing, user: Who, level: str, cause: str, areas: Sequence[Area], minutes: float,
        kinds: Iterable[str] | None = None, words: str = "", incident: str = "",
    ) -> Row:  # fmt: skip
        """A warning for these areas. ``kinds`` that fold: those usual for the cause, unless somebody chose."""
        areas = known(w.conn, areas)
        same = next((row for row in store.standing(w.conn) if _same(row, areas, cause)), None)
        if same:
            raise NotNow("mass_stands", "{name} has declared this already", "Change the one that stands, or end it",
                         name=same["begun_by"])  # fmt: skip
        mass_id = f"m{w.at[:10].replace('-', '')}-{store.made(w.conn) + 1}"
        body = {
            "mass": mass_id, "level": level, "cause": cause, "areas": [list(area) for area in areas],
            "kinds": _technical(rules.USUAL[cause] if kinds is None else kinds), "words": words,
            "until": _until(w.at, minutes), "incident": incident, "name": user.name,
        }  # fmt: skip
        row = self._say(w, mass_id, "MassEventDeclared", body, actor(user))
        if level == rules.WARNING:
            self.announce(w, "MassEventDeclared", row)
        return row

    def change(
        self, w: Writing, mass_id: str, user: Who, level: str = "", minutes: float | None = None,
        kinds: Iterable[str] | None = None, words: str | None = None,
    ) -> Row:  # fmt: skip
        """What is not said stays; ``minutes`` count from now."""
        row = self._standing(w, mass_id)
        body = {
            "mass": mass_id, "level": level or row["level"], "name": user.name,
            "kinds": row["kinds"] if kinds is None else _technical(kinds),
            "until": row["until"] if minutes is None else _until(w.at, minutes),
            "words": row["words"] if words is None else words,
        }  # fmt: skip
        graver = row["level"] == rules.WATCH and body["level"] == rules.WARNING
        row = self._say(w, mass_id, "MassEventChanged", body, actor(user))
        if graver:
            self.announce(w, "MassEventDeclared", row)
        return row

    def end(self, w: Writing, mass_id: str, user: Who) -> Row:
        return self._end(w, self._standing(w, mass_id), rules.SAID, user.name, actor(user))

    def _end(self, w: Writing, row: Row, why: str, name: str, who: str) -> Row:
        """What was folded is listed: nothing was closed, and each item is there again by itself."""
        held = store.items(w.conn, row)
        folded = {**store.folded(w.conn, row), "items": [[call["id"], call["kind"]] for call in held[:MOST_LISTED]]}
        body = {"mass": row["id"], "why": why, "name": name, "folded": folded}
        ended = self._say(w, row["id"], "MassEventEnded", body, who)
        self.announce(w, "MassEventEnded", ended)
        return ended

    def tick(self, now: str) -> None:
        """Reminds before a warning ends, and ends it."""
        if self._looked_at and 0 <= seconds_between(self._looked_at, now) < LOOK_SECONDS:
            return
        self._looked_at = now
        with self.log.database.read() as conn:
            if not store.due(conn, now):
                return
        with self.log.writing() as w:
            for mass_id in store.due(w.conn, now):
                row = w.row("mass_events", mass_id)
                step = rules.due(row) if row else None
                if row is None or step is None or step[0] > now:
                    continue
                if step[1] == rules.EXPIRE:
                    self._end(w, row, rules.EXPIRED, "", CLOCK)
                else:
                    told_ = self._say(w, mass_id, "MassEventReminded", {"mass": mass_id, "until": row["until"]}, CLOCK)
                    self.announce(w, "MassEventReminded", told_)

    def proposals(self) -> list[Row]:
        """Incidents of the watch for which nobody has declared anything: where, why, how many homes."""
        with self.log.database.read() as conn:
            stand = store.standing(conn)
            found = [row for row in Watching.standing(conn) if row["stage"] == "open"]
            own = store.places(conn) if found else {}
        proposed = []
        for row in found:
            area = area_of_incident(row["scope"], row["place"])
            whole = next((areas for areas in own.values() if area in areas), frozenset({area}))
            if not any(whole & set(told(one["areas"])) and one["cause"] == _cause(row) for one in stand):
                proposed.append({"incident": row["id"], "areas": [list(area)], "cause": _cause(row),
                                 "homes": len(row["homes"]), "since": row["began_at"]})  # fmt: skip
        return proposed

    def _standing(self, w: Writing, mass_id: str) -> Row:
        row = w.row("mass_events", mass_id)
        if row is None:
            raise NotThere(f"there is no mass event {mass_id}")
        if row["ended_at"]:
            raise NotNow("moved_on", "This has ended already", "Declare it anew if it goes on")
        return row

    @staticmethod
    def _say(w: Writing, mass_id: str, kind: str, body: Body, who: str) -> Row:
        w.append(rules.mass_stream(mass_id), kind, body, who)
        return w.row("mass_events", mass_id) or {}


def known(conn: Any, areas: Sequence[Area]) -> list[Area]:
    """These areas, once each, in a fixed order. Raises ``NotNow`` when one of them has no home."""
    wanted = sorted(dict.fromkeys(areas))[:MOST_AREAS]
    there = {area for own in store.places(conn).values() for area in own}
    if not wanted or any(area not in there or area[0] not in SCOPES for area in wanted):
        raise NotNow("no_such_area", "There is no home in this area", "Choose an area from the list")
    return wanted


def _technical(kinds: Iterable[str]) -> list[str]:
    chosen = sorted(set(kinds))
    if not set(chosen) <= set(rules.TECHNICAL):
        raise NotNow("human_kind", "Only technical signals can be folded, never a person's",
                     "Leave out what people press for")  # fmt: skip
    return chosen


def _until(now: str, minutes: float) -> str:
    return later(now, min(max(minutes * 60, rules.LEAST_SECONDS), rules.MOST_SECONDS))


def _same(row: Row, areas: Sequence[Area], cause: str) -> bool:
    return row["cause"] == cause and sorted(told(row["areas"])) == list(areas)


def _cause(incident: Row) -> str:
    return rules.OF_INCIDENT.get(incident["cause"], "other")
