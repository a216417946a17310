"""The parts of this storey, put together once, for ``app.py`` and for the rehearsals of the tests."""

from collections.abc import Callable, Mapping, Sequence
from zoneinfo import ZoneInfo

from callcenter.rules.call import Targets
from callcenter.rules.times import Clock, stamp
from callcenter.store.cases import Cases
from callcenter.store.log import Log
from callcenter.store.people import People
from callcenter.store.users import Users
from callcenter.supervision import Supervision
from dispatch.asking import Resolver
from dispatch.dispatcher import Dispatcher
from dispatch.listening import Listening
from dispatch.overflow import Overflow
from dispatch.services import ServiceHouse
from dispatch.settings import Sending
from dispatch.underway import Underway
from dispatch.visit_clock import VisitClock
from dispatch.whom import Whom


class Parts:
    """``resolvers`` add to the people a ladder may ask, or replace them."""

    def __init__(
        self, log: Log, cases: Cases, people: People, users: Users, settings: Sending, targets: Targets, zone: ZoneInfo,
        clock: Clock, auto: Sequence[int] = (1,), resolvers: Mapping[str, Resolver] | None = None,
    ):  # fmt: skip
        self.clock = clock
        self.whom = Whom(people, users)
        known = {**self.whom.resolvers(), **(resolvers or {})}
        self.dispatcher = Dispatcher(log, cases, people, settings, targets, zone, clock, auto, known,
                                     rebook=lambda w, visit: self.services.rebook(w, visit))  # fmt: skip
        self.services = ServiceHouse(log, cases, people, self.dispatcher, settings.services, settings.travel, zone)
        self.visit_clock = VisitClock(log, cases, self.dispatcher, targets)
        overflow = Overflow(
            {
                "supervisor": lambda _call: self.whom.supervisors(),
                "station_phone": lambda call: self.whom.station_phones(call["station_id"]),
            }
        )
        self.supervision = Supervision(log, cases, targets, self.dispatcher.call_missed, overflow)
        self.underway = Underway(log, cases, people, self.visit_clock, settings.travel, zone)
        self.listening = Listening(log, cases, people, self.dispatcher)

    def turns(self) -> tuple[Callable[[], object], ...]:
        """What the clock does four times a second, in this order."""
        return (
            lambda: self.supervision.tick(stamp(self.clock())),
            self.listening.tick,
            self.visit_clock.raise_visits,
            lambda: self.visit_clock.tick(stamp(self.clock())),
            lambda: self.underway.tick(stamp(self.clock())),
            lambda: self.services.tick(stamp(self.clock())),
        )
