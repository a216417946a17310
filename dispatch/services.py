"""Booked services put together: bookings, the plan of the day, what comes by itself, call-backs, the catalogue."""

from collections.abc import Mapping
from typing import Any
from zoneinfo import ZoneInfo

from holidays import country_holidays

from callcenter.desk import Who, actor
from callcenter.rules.events import Row
from callcenter.steady import Steady
from callcenter.store.cases import Cases
from callcenter.store.diary import Diary
from callcenter.store.log import Log, Writing
from callcenter.store.people import People
from dispatch.aftermath import Aftermath
from dispatch.bookings import Bookings
from dispatch.callbacks import Callbacks
from dispatch.coming import Coming
from dispatch.dispatcher import Dispatcher
from dispatch.planning import Planning
from dispatch.rules.eta import Travel
from dispatch.rules.service_terms import Services

CATALOGUE = "services"


class ServiceHouse:
    """``tick`` belongs into the dispatcher's turns; ``rebook`` is handed to the dispatcher."""

    def __init__(
        self, log: Log, cases: Cases, people: People, dispatcher: Dispatcher, rules: Services, travel: Travel,
        zone: ZoneInfo, steady: Steady,
    ):  # fmt: skip
        self.diary, self.rules = Diary(log.database), rules
        holidays = country_holidays("CN")
        self.planning = Planning(self.diary, cases, rules, travel, zone)
        self.callbacks = Callbacks(log, cases, self.diary, rules, zone, steady)
        self.bookings = Bookings(
            self.diary, self.planning, self.callbacks, rules, zone, lambda day: bool(holidays.get(day))
        )
        self.coming = Coming(log, cases, people, dispatcher, self.bookings, zone, steady)
        self.aftermath = Aftermath(log, cases, self.bookings)

    def tick(self, now: str) -> int:
        """Everything of services whose time has come by ``now``. Returns how much."""
        return self.aftermath.follow() + self.coming.tick(now) + self.callbacks.tick(now)

    def rebook(self, w: Writing, visit: Row) -> bool:
        return self.aftermath.rebook(w, visit)

    def keep_service(self, w: Writing, user: Who, code: str, values: Mapping[str, Any]) -> Row:
        """Add a service to the catalogue or change it; who did it, and what it is now, stands in the log."""
        new = self.diary.keep_service(w.conn, code, values)
        body = {"code": code, "new": new, "name": user.name, "values": dict(values)}
        w.append(CATALOGUE, "ServiceChanged", body, actor(user))
        return {"code": code, "new": new}
