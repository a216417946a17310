"""The clock of visits: offers run out, ladders are climbed, carers who are late are doubted and backed up.

A row is the timer: what is due is found in ``visits.next_due_at``, so that a restart loses nothing.
"""

from callcenter.deadlines import Deadlines
from callcenter.rules.call_clock import miss, seconds_late
from callcenter.rules.events import Row, call_stream
from callcenter.rules.promises import Book
from callcenter.rules.times import later
from callcenter.steady import Steady
from callcenter.store.cases import Cases
from callcenter.store.log import Log, Writing
from dispatch.asking import CLOCK, URGENT
from dispatch.dispatcher import Dispatcher
from dispatch.on_scene import OnScene
from dispatch.returning import STALE_SECONDS
from dispatch.rules import ladder, stay, surge
from dispatch.rules import visit as life
from dispatch.rules.matching import solver

DOUBT_SECONDS = 60.0  # a carer in doubt has so long to be heard of before somebody else is sent as well
# A missed step that puts a carer in doubt.
DOUBTED = {"depart": "not_left", "arrive": "overdue"}


class VisitClock:
    """``targets`` says what a visit is owed."""

    def __init__(self, log: Log, cases: Cases, dispatcher: Dispatcher, targets: Book, steady: Steady):
        self.log, self.cases, self.dispatcher, self.targets = log, cases, dispatcher, targets
        self.on_scene = OnScene(dispatcher)
        self.deadlines = Deadlines(log, cases, "visits", self._due, steady, self._together)

    def tick(self, now: str) -> int:
        """Act on every visit deadline that has passed by ``now``. Returns how many."""
        solver()
        acted = self.deadlines.tick(now)
        self.dispatcher.asking.matched = {}
        return acted

    def raise_visits(self) -> None:
        """A visit follows its call upwards: a second press must not wait on the clock of the first."""
        with self.log.database.read() as conn:
            if not self.cases.below_their_call(conn):
                return
        with self.log.writing() as w:
            for row in self.cases.below_their_call(w.conn):
                priority, asking = row["call_priority"], self.dispatcher.asking
                seconds = asking.offer_seconds({**row, "priority": priority})
                body = {
                    "visit": row["id"], "priority": priority, "due_at": later(w.at, seconds),
                    "ladder": ladder.written(asking.steps_for(priority, w.at)),
                }  # fmt: skip
                w.append(call_stream(row["call_id"]), "VisitRaised", body, CLOCK)

    def _together(self, w: Writing, rows: list[Row], now: str) -> list[Row]:
        """Several homes need somebody at once: the best whole is found before anybody is asked."""
        waiting = [row for row in rows if row["next_step"] in ("offer", "rung") and row["stage"] in life.ASKING]
        if len(waiting) > 1:
            self.dispatcher.asking.match(w, waiting)
        tiers = {home: self.dispatcher.tier(home) for home in {row["home_id"] for row in waiting} if home}
        return sorted(rows, key=lambda row: surge.order(row, tiers.get(row["home_id"], "")))

    def _due(self, w: Writing, visit: Row, now: str) -> None:
        step = visit["next_step"]
        stale = seconds_late(visit["next_due_at"], now) > STALE_SECONDS
        if step == stay.STEP:
            self.on_scene.overdue(w, visit, stale)
        elif stale:
            self._stale(w, visit, now)
        elif step == "offer":
            self._expired(w, visit, now)
        elif step == "rung":
            self.dispatcher.asking.climb(w, visit)
        elif step == "backup":
            self._back_up(w, visit, now)
        else:
            body = {"visit": visit["id"], **miss(visit, self.targets, now)}
            visit = self.dispatcher.append(w, visit, "DeadlineMissed", body, CLOCK)
            if step in DOUBTED and visit["priority"] in URGENT:
                self.doubt(w, visit, DOUBTED[step])

    def _stale(self, w: Writing, visit: Row, now: str) -> None:
        """Hours overdue: nobody is asked to go now. The call stays open, and says that nobody is coming."""
        if visit["stage"] in life.ASKING:
            self.dispatcher.call_off(w, visit, "stale", CLOCK)
        else:
            body = {"visit": visit["id"], **miss(visit, self.targets, now)}
            self.dispatcher.append(w, visit, "DeadlineMissed", body, CLOCK)

    def _expired(self, w: Writing, visit: Row, now: str) -> None:
        for one in life.open_offers(visit):
            if one["due_at"] <= now:
                visit = self.dispatcher.told(w, visit, one["carer_id"], "OfferExpired", CLOCK)
        self.dispatcher.asking.climb_if_idle(w, visit)

    def doubt(self, w: Writing, visit: Row, doubt: str) -> Row:
        """A carer on the way is late or silent: they are rung, and somebody else is sent if that is in vain."""
        if doubt in visit["doubts"] or visit["stage"] not in life.UNDERWAY:
            return visit
        body = {"visit": visit["id"], "carer_id": visit["carer_id"], "carer_name": visit["carer_name"], "doubt": doubt,
                "backup_at": later(w.at, DOUBT_SECONDS)}  # fmt: skip
        return self.dispatcher.append(w, visit, "CarerInDoubt", body, CLOCK)

    def _back_up(self, w: Writing, visit: Row, now: str) -> None:
        """The first carer keeps the visit; a second is asked, and only their yes can call the first one back."""
        body = {"visit": visit["id"], **miss(visit, self.targets, now)}
        self.dispatcher.append(w, visit, "DeadlineMissed", body, CLOCK)
        if all(other["backs_up"] != visit["id"] for other in self.dispatcher.visits(w, visit["call_id"])):
            call = w.row("calls", visit["call_id"])
            assert call is not None
            self.dispatcher.open(w, call, CLOCK, why=visit["why"], backs_up=visit["id"])
