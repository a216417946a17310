"""The parts of this storey, put together once, for ``app.py`` and for the rehearsals of the tests."""

import time
from collections.abc import Callable, Mapping, Sequence
from zoneinfo import ZoneInfo

from callcenter.in_hand import InHand
from callcenter.mass import MassEvents
from callcenter.rollcall_news import RollCallNews
from callcenter.rollcalls import RollCalls
from callcenter.rules.events import Row
from callcenter.rules.promises import Book
from callcenter.rules.times import Clock, later, seconds_between, stamp
from callcenter.seat_clock import SeatClock
from callcenter.seats import Seats
from callcenter.steady import Steady
from callcenter.store.cases import Cases
from callcenter.store.lately import Lately
from callcenter.store.log import Log, Writing
from callcenter.store.people import People
from callcenter.store.rosters import Rosters
from callcenter.store.seats import SeatBook
from callcenter.store.users import Users
from callcenter.supervision import Act, Supervision
from callcenter.tasks import TaskClock
from callcenter.welfare import Welfare
from dispatch.announcing import Announcing
from dispatch.asking import Resolver
from dispatch.dispatcher import Dispatcher
from dispatch.duty import Duty
from dispatch.listening import Listening
from dispatch.overflow import Overflow
from dispatch.patience import Patience
from dispatch.reported import Reported
from dispatch.responding import Responding
from dispatch.returning import STALE_SECONDS, Returning
from dispatch.rostering import Rostering
from dispatch.services import ServiceHouse
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
        self.whom, rosters = Whom(people, users), Rosters(people.database)
        self.rostering = Rostering(log, rosters, settings.roster, zone, clock)
        self.duty = Duty(rosters, settings.roster)
        self.responding = Responding(log, cases, zone, address, settings.phone.centre_phone, self.whom.resolvers())
        rung = (self.whom.resolvers(), self.responding.resolvers, self._of_the_roster(people), resolvers or {})
        known = {who: resolve for some in rung for who, resolve in some.items()}
        self.surge = Surge(log, Lately(people.database))
        patience = Patience(settings.notices.spans(), zone, self.surge)
        self.dispatcher = Dispatcher(
            log, cases, people, settings, targets, zone, clock, known, patience=patience.until, duty=self.duty,
            rebook=lambda w, visit: self.services.rebook(w, visit),
        )  # fmt: skip
        announcing = Announcing(self.whom, address)
        self.mass, self.roll_news = MassEvents(log, announcing), RollCallNews(log, announcing)
        self.rollcalls = RollCalls(log, cases, people, zone, clock, self.dispatcher.request, announcing)
        self.steady = Steady()
        self.services = ServiceHouse(
            log, cases, people, self.dispatcher, settings.services, settings.travel, zone, self.steady
        )
        self.welfare = Welfare(
            log, cases, zone, clock, self.services.callbacks.hours, self.dispatcher.request, self.steady
        )
        self.returning = Returning(log, cases, self.steady, clock)
        self.visit_clock = VisitClock(log, cases, self.dispatcher, targets, self.steady)
        overflow = Overflow(
            {
                "supervisor": lambda _call: self.whom.supervisors(),
                "station_phone": lambda call: self.whom.station_phones(call["station_id"]),
                "duty_manager": lambda _call: self.duty.duty_manager(stamp(clock())),
            }
        )
        self.unheard = Unheard(self.dispatcher, auto, self.responding.contacts)
        self.task_clock = TaskClock(log, cases, self.whom.supervisors, self.steady)
        self.in_hand = InHand(SeatBook(people.database), self.whom.supervisors)
        acts: dict[str, Act] = {"overflow": overflow, "idle": self.in_hand.idle, "transfer": self.in_hand.untaken}
        self.supervision = Supervision(log, cases, targets, self.unheard.call_missed, acts, self.steady, STALE_SECONDS)
        self.seat_clock = SeatClock(log, Seats(self.in_hand.book, self.whom.supervisors), users.by_id)
        self.underway = Underway(log, cases, people, self.visit_clock, settings.travel, zone)
        reported = Reported(self.whom.supervisors)
        self.listening = Listening(log, cases, people, self.dispatcher, zone, reported)

    def _of_the_roster(self, people: People) -> Mapping[str, Resolver]:
        """Who leads now, and who may be called in from home, those of the home's own station first."""

        def stand_by(w: Writing, visit: Row) -> list[Row]:
            own = people.need(visit["home_id"]).get("station_id") if visit["home_id"] else None
            return sorted(self.duty.stand_by(w.at, w.conn), key=lambda one: one["station_id"] != own)

        return {"duty_manager": lambda w, _visit: self.duty.duty_manager(w.at, w.conn), "stand_by": stand_by}

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
            lambda: self.seat_clock.tick(stamp(self.clock())),
            self.listening.tick,
            lambda: self.surge.tick(stamp(self.clock())),
            self.visit_clock.raise_visits,
            lambda: self.visit_clock.tick(stamp(self.clock())),
            lambda: self.underway.tick(stamp(self.clock())),
            lambda: self.services.tick(stamp(self.clock())),
            lambda: self.mass.tick(stamp(self.clock())),
            lambda: self.roll_news.tick(stamp(self.clock())),
            lambda: self.task_clock.tick(stamp(self.clock())),
            lambda: self.welfare.tick(stamp(self.clock())),
        )
