"""Underway: looks every few seconds at carers who have said yes, and says when one of them is in doubt."""

from zoneinfo import ZoneInfo

from callcenter.rules.events import Row
from callcenter.rules.times import moment, seconds_between
from callcenter.store.cases import Cases
from callcenter.store.log import Log
from callcenter.store.people import People
from dispatch.asking import URGENT
from dispatch.rules import visit as life
from dispatch.rules.doubts import doubt
from dispatch.rules.eta import Entrance, Position, Travel, eta
from dispatch.visit_clock import VisitClock

LOOK_SECONDS = 5.0
AT_THE_DOOR_METRES = 150.0  # whoever is this near is not doubted for standing still


class Underway:
    def __init__(self, log: Log, cases: Cases, people: People, clock: VisitClock, travel: Travel, zone: ZoneInfo):
        self.log, self.cases, self.people, self.clock = log, cases, people, clock
        self.travel, self.zone = travel, zone
        self.looked_at = ""

    def tick(self, now: str) -> int:
        """Returns how many carers have come into doubt."""
        if self.looked_at and 0 <= seconds_between(self.looked_at, now) < LOOK_SECONDS:
            return 0
        self.looked_at = now
        with self.log.database.read() as conn:
            going = [row for row in self.cases.visits_going(conn) if row["stage"] in life.UNDERWAY]
        going = [row for row in going if row["priority"] in URGENT]
        if not going:
            return 0
        carers = {row["id"]: row for row in self.people.carers(moment(now))}
        found = [(row["id"], why) for row in going if (why := self._doubt(row, carers.get(row["carer_id"]), now))]
        return sum(self._say(visit_id, why) for visit_id, why in found)

    def _doubt(self, visit: Row, carer: Row | None, now: str) -> str | None:
        if carer is None:
            return None
        metres, seconds = self._way_left(visit, carer, now)
        why = doubt(visit, carer, now, metres, seconds)
        near = metres is not None and metres < AT_THE_DOOR_METRES
        return None if why in visit["doubts"] or (near and why != "silent") else why

    def _way_left(self, visit: Row, carer: Row, now: str) -> tuple[float | None, float | None]:
        home = self.people.need(visit["home_id"]) if visit["home_id"] else {}
        if home.get("latitude") is None or carer["latitude"] is None:
            return None, None
        here, there = Position(carer["latitude"], carer["longitude"]), Position(home["latitude"], home["longitude"])
        hour = moment(now).astimezone(self.zone).hour
        way = eta(here, there, carer["travel"], hour, Entrance(), self.travel)
        return way.metres, way.travel_seconds

    def _say(self, visit_id: str, why: str) -> bool:
        with self.log.writing() as w:
            row = w.row("visits", visit_id)
            if row is None or row["stage"] not in life.UNDERWAY or why in row["doubts"]:
                return False
            self.clock.doubt(w, row, why)
        return True
