"""The plan of a station's day: booked visits put before the rules that plan, and what came of it written down."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from itertools import pairwise
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from callcenter.rules.events import Row, booking_stream
from callcenter.rules.times import later, seconds_between
from callcenter.store.cases import Cases
from callcenter.store.diary import Diary
from callcenter.store.log import Writing
from dispatch.rules import booking as life
from dispatch.rules.days import DAY_SECONDS, at, local_day
from dispatch.rules.eta import Entrance, Position, Travel, eta
from dispatch.rules.plan import Hand, Stop, able, cheapest, plan
from dispatch.rules.service_terms import Services

UNKNOWN_RIDE_SECONDS = 900  # to or from a home that is on no map
AGAIN_SECONDS = 3600.0  # what found no place is tried again
NOON = 12


class Place(NamedTuple):
    """Where a visit fits: whose day, and from when on."""

    carer_id: int
    carer_name: str
    starts_at: str
    travel_seconds: int


class Planning:
    def __init__(self, diary: Diary, cases: Cases, rules: Services, travel: Travel, zone: ZoneInfo):
        self.diary, self.cases, self.rules, self.travel, self.zone = diary, cases, rules, travel, zone

    # --- a whole day --------------------------------------------------------------------------------------------

    def plan_day(self, w: Writing, day: str, station_id: int | None, who: str) -> int:
        """Plan everything of this station and day that nobody has set out for. Returns how many found no place."""
        rows = self.standing(w, day, station_id)
        ahead = [row for row in rows if row["stage"] in life.AHEAD]
        hands = self._hands(w, day, station_id, rows)
        found = plan(self._stops(w, ahead), hands, self.ride)
        begin, by_id, names = self._begin(day), {row["id"]: row for row in ahead}, {h.id: h.name for h in hands}
        for carer_id, route in found.routes.items():
            for placed in route:
                place = Place(carer_id, names[carer_id], later(begin, placed.starts), placed.travel)
                self._write(w, by_id[placed.stop.id], place, who)
        for stop in found.left:
            self._leave(w, by_id[stop.id], _why(stop, hands), who)
        return len(found.left)

    def _write(self, w: Writing, row: Row, place: Place, who: str) -> None:
        new = {"carer_id": place.carer_id, "carer_name": place.carer_name, "planned_at": place.starts_at,
               "travel_seconds": place.travel_seconds}  # fmt: skip
        if row["stage"] != life.PLANNED or any(row[name] != value for name, value in new.items()):
            w.append(booking_stream(row["id"]), "BookingPlanned", {"booking": row["id"], **new}, who)

    def _leave(self, w: Writing, row: Row, why: str, who: str) -> None:
        again = later(w.at, AGAIN_SECONDS)
        again_at = again if again < later(row["from_at"], -self.rules.open_before_seconds) else None
        waits = row["plan_at"] is not None and row["plan_at"] > w.at
        if row["stage"] == life.PLANNED or row["unplanned"] != why or not waits:
            body = {"booking": row["id"], "why": why, "again_at": again_at}
            w.append(booking_stream(row["id"]), "BookingUnplanned", body, who)

    # --- one visit ----------------------------------------------------------------------------------------------

    def room(self, w: Writing, row: Row, windows: Iterable[tuple[str, str, str]]) -> tuple[str, Place] | None:
        """The cheapest place in the first of these ``(day, from, until)`` that has one; the day comes with it."""
        for day, from_at, until_at in windows:
            found = self.fits(w, {**row, "day": day, "from_at": from_at, "until_at": until_at, "reminded_at": None})
            if found is not None:
                return day, found
        return None

    def fits(self, w: Writing, row: Row) -> Place | None:
        """Where this visit would cost least among those planned already, whose orders stay."""
        rows = [r for r in self.standing(w, row["day"], row["station_id"]) if r["id"] != row["id"]]
        hands = self._hands(w, row["day"], row["station_id"], rows)
        planned = sorted((r for r in rows if r["stage"] == life.PLANNED), key=lambda r: (r["planned_at"], r["id"]))
        stops = dict(zip((r["id"] for r in planned), self._stops(w, planned), strict=True))
        routes: dict[int, list[Stop]] = {}
        for one in planned:
            routes.setdefault(one["carer_id"], []).append(stops[one["id"]])
        (stop,) = self._stops(w, [row])
        found = cheapest(stop, hands, routes, self.ride)
        if found is None:
            return None
        name = next(hand.name for hand in hands if hand.id == found[0])
        return Place(found[0], name, later(self._begin(row["day"]), found[1].starts), found[1].travel)

    def why_not(self, w: Writing, row: Row) -> str:
        """Why a visit has no place: no_roster, no_skill or no_time."""
        hands = self._hands(w, row["day"], row["station_id"], [])
        (stop,) = self._stops(w, [row])
        return _why(stop, hands)

    def windows_to_move_to(self, row: Row, now: str) -> list[tuple[str, str, str]]:
        """Today from now on; tomorrow at the hour that was agreed; tomorrow at any hour."""
        today = local_day(now, self.zone)
        tomorrow = today + timedelta(days=1)
        shift = (tomorrow - local_day(row["from_at"], self.zone)).days * DAY_SECONDS
        soonest = max(later(now, self.rules.after_alarm_seconds), at(today, self.rules.move_from_minute, self.zone))
        found = [
            (today.isoformat(), soonest, at(today, self.rules.move_until_minute, self.zone)),
            (tomorrow.isoformat(), later(row["from_at"], shift), later(row["until_at"], shift)),
            (tomorrow.isoformat(), at(tomorrow, self.rules.move_from_minute, self.zone),
             at(tomorrow, self.rules.move_until_minute, self.zone)),
        ]  # fmt: skip
        return [one for one in found if one[1] <= one[2]]

    # --- what the rules are given -------------------------------------------------------------------------------

    def standing(self, w: Writing, day: str, station_id: int | None) -> list[Row]:
        """The bookings of a station's day as this transaction has them, without those that have ended."""
        w.know("bookings", self.diary.of_day(w.conn, day, station_id))
        stored = [w.row("bookings", row["id"]) for row in self.diary.of_day(w.conn, day, station_id)]
        found = {row["id"]: row for row in [*stored, *w.changed("bookings")] if row}
        mine = (r for r in found.values() if r["day"] == day and r["station_id"] == station_id)
        return sorted((r for r in mine if r["stage"] in life.STANDING), key=lambda r: str(r["id"]))

    def _stops(self, w: Writing, rows: Sequence[Row]) -> list[Stop]:
        homes = [row["home_id"] for row in rows]
        doors, last = self.diary.doors(w.conn, homes), self.diary.last_carers(w.conn, homes)
        return [self._stop(row, doors.get(row["home_id"], {}), last.get(row["home_id"])) for row in rows]

    def _stop(self, row: Row, door: Mapping[str, Any], last: int | None) -> Stop:
        begin = self._begin(row["day"])
        earliest, latest = round(seconds_between(begin, row["from_at"])), round(seconds_between(begin, row["until_at"]))
        told = row["reminded_at"] and row["planned_at"]  # the resident knows who comes and when
        if told:
            earliest = round(seconds_between(begin, row["planned_at"]))
            latest = min(latest, earliest + round(self.rules.arrival_grace_seconds))
        return Stop(
            row["id"], earliest, latest, row["terms"]["minutes"] * 60, _position(door),
            frozenset(row["terms"]["skills"]), door.get("carer_sex", ""),
            frozenset() if last is None else frozenset({last}), row["carer_id"] if told else None,
        )  # fmt: skip

    def _hands(self, w: Writing, day: str, station_id: int | None, rows: Sequence[Row]) -> list[Hand]:
        """Who works that day: shifts with a gap between them are one day with a break."""
        if station_id is None:
            return []
        begin = self._begin(day)
        found: dict[int, list[Row]] = {}
        for shift in self.diary.working(w.conn, station_id, begin, later(begin, DAY_SECONDS)):
            found.setdefault(shift["id"], []).append(shift)
        free = self._free_from(w, rows)
        hands = [self._hand(day, shifts, max(w.at, free.get(carer, ""))) for carer, shifts in found.items()]
        return [hand for hand in hands if hand.begins < hand.ends]

    def _hand(self, day: str, shifts: Sequence[Row], free_at: str) -> Hand:
        begin, first = self._begin(day), shifts[0]
        spans = [
            (max(0, round(seconds_between(begin, shift["starts_at"]))),
             min(DAY_SECONDS, round(seconds_between(begin, shift["ends_at"]))))
            for shift in shifts
        ]  # fmt: skip
        gaps = tuple((a[1], b[0]) for a, b in pairwise(spans) if a[1] < b[0])
        return Hand(
            first["id"], first["name"], max(spans[0][0], round(seconds_between(begin, free_at))),
            max(span[1] for span in spans),
            Position(first["station_latitude"], first["station_longitude"]), frozenset(first["skills"]), first["sex"],
            first["travel"], gaps,
        )  # fmt: skip

    def _free_from(self, w: Writing, rows: Sequence[Row]) -> dict[int, str]:
        """Until when carers are taken: by a booked visit for its length, by anything else for as long as one lasts."""
        free = {carer: later(w.at, self.rules.after_alarm_seconds) for carer in self.cases.busy(w.conn)}
        for row in rows:
            if row["stage"] in life.RUNNING and row["carer_id"] is not None:
                begun = row["started_at"] or life.slot(row)
                free[row["carer_id"]] = max(w.at, later(begun, row["terms"]["minutes"] * 60))
        return free

    def ride(self, means: str, here: Position | None, there: Position | None) -> int:
        """On the road and to the door."""
        if here is None or there is None:
            return UNKNOWN_RIDE_SECONDS
        return eta(here, there, means, NOON, Entrance(), self.travel).travel_seconds + round(self.travel.access_seconds)

    def _begin(self, day: str) -> str:
        return at(date.fromisoformat(day), 0, self.zone)


def _why(stop: Stop, hands: Sequence[Hand]) -> str:
    if not hands:
        return "no_roster"
    return "no_time" if any(able(stop, hand) for hand in hands) else "no_skill"


def _position(door: Mapping[str, Any]) -> Position | None:
    if door.get("latitude") is None or door.get("longitude") is None:
        return None
    return Position(door["latitude"], door["longitude"])
