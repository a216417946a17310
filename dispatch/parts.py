"""The parts of this storey, put together once, for ``app.py`` and for the rehearsals of the tests."""

import time
from collections.abc import Callable, Mapping, Sequence
from zoneinfo import ZoneInfo

from callcenter.rules.promises import Book
from callcenter.rules.times import Clock, later, seconds_between, stamp
from callcenter.steady import Steady
from callcenter.store.cases import Cases
from callcenter.store.log import Log
from callcenter.store.people import People
from callcenter.store.users import Users
from callcenter.supervision import Supervision
from dispatch.asking import Resolver
from dispatch.dispatcher import Dispatcher
from dispatch.listening import Listening
from dispatch.overflow import Overflow
from dispatch.patience import Patience
from dispatch.responding import Responding
from dispatch.returning import STALE_SECONDS, Returning
from dispatch.settings import Sending
from dispatch.surge import Surge
from dispatch.underway import Underway
from dispatch.unheard import Unheard
from dispatch.visit_clock import VisitClock
from dispatch.whom import Whom

TURN_SECONDS = 0.25


class Parts:
    """``resolvers`` add to the people a ladder may ask, or replace them; ``address`` is where links lead."""

    def __init__(
        self, log: Log, cases: Cases, people: People, users: Users, settings: Sending, targets: Book, zone: ZoneInfo,
        clock: Clock, auto: Sequence[int] = (1,), address: str = "", resolvers: Mapping[str, Resolver] | None = None,
    ):  # fmt: skip
        self.clock, self.cases = clock, cases
        self.whom = Whom(people, users)
        self.responding = Responding(log, cases, zone, address, settings.phone.centre_phone)
        known = {**self.whom.resolvers(), **self.responding.resolvers, **(resolvers or {})}
        self.surge = Surge(log, cases)
        patience = Patience(settings.notices.spans(), zone, self.surge)
        self.dispatcher = Dispatcher(log, cases, people, settings, targets, zone, clock, known, patience=patience.until)
        self.steady = Steady()
        self.returning = Returning(log, cases, self.steady, clock)
        self.visit_clock = VisitClock(log, cases, self.dispatcher, targets, self.steady)
        overflow = Overflow(
            {
                "supervisor": lambda _call: self.whom.supervisors(),
                "station_phone": lambda call: self.whom.station_phones(call["station_id"]),
            }
        )
        self.unheard = Unheard(self.dispatcher, auto)
        self.supervision = Supervision(
            log, cases, targets, self.unheard.call_missed, overflow, self.steady, STALE_SECONDS
        )
        self.underway = Underway(log, cases, people, self.visit_clock, settings.travel, zone)
        self.listening = Listening(log, cases, people, self.dispatcher, self.unheard, zone)

    def on_the_dot(self) -> None:
        """A deadline that falls before the next turn is waited for: a quarter of a second is long for 900 of them."""
        now = stamp(self.clock())
        soon = self.cases.next_due(now, later(now, TURN_SECONDS))
        if soon is not None:
            time.sleep(max(0.0, seconds_between(stamp(self.clock()), soon)))
            self.supervision.tick(stamp(self.clock()))
            self.visit_clock.tick(stamp(self.clock()))

    def turns(self) -> tuple[Callable[[], object], ...]:
        """What the clock does four times a second, in this order."""
        return (
            self.returning.tick,
            lambda: self.supervision.tick(stamp(self.clock())),
            self.listening.tick,
            lambda: self.surge.tick(stamp(self.clock())),
            self.visit_clock.raise_visits,
            lambda: self.visit_clock.tick(stamp(self.clock())),
            lambda: self.underway.tick(stamp(self.clock())),
        )
