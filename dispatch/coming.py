"""What comes for a booking by itself: planned, reminded, opened as a case in time, late when nobody came."""

from collections.abc import Callable, Mapping
from zoneinfo import ZoneInfo

from callcenter.deadlines import Deadlines
from callcenter.opener import Opener
from callcenter.rules import call as call_life
from callcenter.rules.callbacks import LATE, REMIND
from callcenter.rules.events import Row, booking_stream, call_stream
from callcenter.rules.times import later, moment, seconds_between
from callcenter.steady import Steady
from callcenter.store.cases import Cases
from callcenter.store.log import Log, Writing
from callcenter.store.people import People
from dispatch.bookings import Bookings
from dispatch.dispatcher import Dispatcher
from dispatch.rules import booking as life
from dispatch.rules import visit as visit_life

CLOCK = "clock"
KIND, SOURCE, PRIORITY = "booking", "booking", 3
PUT_OFF_SECONDS = 300.0  # the home has an open case: look again
NO_VISIT: Row = {"id": "", "priority": PRIORITY}  # asks who is occupied for something that is no visit yet
LAST_MOMENT_SECONDS = 300.0  # the planned carer is waited for until so long before


class Coming:
    def __init__(
        self, log: Log, cases: Cases, people: People, dispatcher: Dispatcher, bookings: Bookings, zone: ZoneInfo,
        steady: Steady,
    ):  # fmt: skip
        self.log, self.cases, self.people, self.dispatcher = log, cases, people, dispatcher
        self.bookings, self.callbacks, self.planning = bookings, bookings.callbacks, bookings.planning
        self.rules, self.zone = bookings.rules, zone
        self.deadlines = Deadlines(log, cases, "bookings", self._due, steady)
        self._steps: Mapping[str, Callable[[Writing, Row, str], None]] = {
            "plan": self._plan, "remind": self._remind, "tell": self._tell, "open": self._open, "late": self._late,
        }  # fmt: skip

    def tick(self, now: str) -> int:
        return self.deadlines.tick(now)

    # --- deadlines --------------------------------------------------------------------------------------------------

    def _due(self, w: Writing, row: Row, now: str) -> None:
        row = w.row("bookings", row["id"]) or row  # another of the same day may have moved it a moment ago
        if row["next_due_at"] is not None and row["next_due_at"] <= now:
            self._steps[row["next_step"]](w, row, now)

    def _plan(self, w: Writing, row: Row, _now: str) -> None:
        self.planning.plan_day(w, row["day"], row["station_id"], CLOCK)

    def _remind(self, w: Writing, row: Row, _now: str) -> None:
        """The resident is told when and who; a list of calls, because most have no other way to be told."""
        body = {"booking": row["id"], "whom": "resident", "resident_id": row["resident_id"], "home_id": row["home_id"],
                "planned_at": life.slot(row), "carer_name": row["carer_name"]}  # fmt: skip
        w.append(booking_stream(row["id"]), "BookingReminded", body, CLOCK)
        why = {"from_at": life.slot(row), "carer_name": row["carer_name"]}
        left = max(self.rules.tell_late_seconds, seconds_between(w.at, life.slot(row)) - 3600)
        self.callbacks.about(w, REMIND, row, why, left)

    def _tell(self, w: Writing, row: Row, _now: str) -> None:
        body = {"booking": row["id"], "whom": "carer", "carer_id": row["carer_id"], "carer_name": row["carer_name"],
                "planned_at": row["planned_at"], "home_id": row["home_id"]}  # fmt: skip
        w.append(booking_stream(row["id"]), "BookingReminded", body, CLOCK)

    def _open(self, w: Writing, row: Row, now: str) -> None:
        """Its time has come: a case like every other, in the hands of its owner, and the planned carer is asked."""
        opener = Opener(w, self.cases, self.zone)
        other = opener.open_at(row["home_id"])
        if other and now > row["until_at"]:
            self.bookings.put_elsewhere(w, row, CLOCK)
            return
        if other:
            self._put_off(w, row, PUT_OFF_SECONDS, "open_case", call=other)
            return
        carer = self._planned(w, row)
        if carer == "busy" and now < later(life.slot(row), -LAST_MOMENT_SECONDS):
            self._put_off(w, row, self.rules.busy_again_seconds, "carer_busy")
            return
        call_id = self._case(w, opener, row)
        self._ask(w, call_id, row["carer_id"] if carer == "free" else None)
        for _ in range(row["terms"]["carers"] - 1):
            self._ask_one_more(w, call_id, row["home_id"])

    def _put_off(self, w: Writing, row: Row, seconds: float, why: str, **more: str) -> None:
        body = {"booking": row["id"], "until": later(w.at, seconds), "why": why, **more}
        w.append(booking_stream(row["id"]), "BookingPutOff", body, CLOCK)

    def _case(self, w: Writing, opener: Opener, row: Row) -> str:
        terms = row["terms"]
        service = {"booking": row["id"], "code": row["service"], "name": terms["name"], "slot_at": life.slot(row),
                   **{name: terms[name] for name in ("interruptible", "skills", "carers")}}  # fmt: skip
        where = self.bookings.diary.whose(w.conn, row["home_id"], row["resident_id"]) or {}
        where |= {"account": self.people.account_of(row["home_id"], row["resident_id"]) or ""}
        words = f"{terms['name']}。{row['notes']}" if row["notes"] else terms["name"]
        call_id = opener.open(KIND, PRIORITY, SOURCE, words, where, CLOCK, service=service)
        owner = {"user_id": row["owner_id"], "name": row["owner_name"]}
        w.append(call_stream(call_id), "CallAnswered", owner, CLOCK)
        w.append(booking_stream(row["id"]), "BookingOpened", {"booking": row["id"], "call": call_id}, CLOCK)
        return call_id

    def _late(self, w: Writing, row: Row, now: str) -> None:
        """Nobody has arrived: the case rings, somebody else is asked as well, the resident is rung."""
        due_at = later(life.slot(row), self.rules.arrival_grace_seconds)
        late_by = round(seconds_between(due_at, now), 3)
        w.append(booking_stream(row["id"]), "BookingLate", {"booking": row["id"], "late_by": late_by}, CLOCK)
        self.callbacks.drop(w, row, "")
        self.callbacks.about(w, LATE, row, {"from_at": life.slot(row)}, self.rules.tell_late_seconds)
        call = w.row("calls", row["call_id"]) if row["call_id"] else None
        if call is None or call["stage"] == call_life.CLOSED:
            return
        if "arrive" not in call["late"]:
            missed = {
                "step": "arrive",
                "due_at": due_at,
                "target": self.rules.arrival_grace_seconds,
                "late_by": late_by,
            }
            w.append(call_stream(call["id"]), "DeadlineMissed", missed, CLOCK)
        if call["stage"] in (call_life.ANSWERED, call_life.ON_HOLD):
            w.append(call_stream(call["id"]), "CallRungAgain", {"priority": call["priority"]}, CLOCK)
        going = [v for v in self.dispatcher.visits(w, call["id"]) if v["stage"] in visit_life.ACTIVE]
        if not going:
            self._ask(w, call["id"], None)
        elif all(v["stage"] in visit_life.GOING for v in going):  # somebody said yes: they stay, another goes as well
            self._ask_one_more(w, call["id"], row["home_id"])

    # --- asking carers ----------------------------------------------------------------------------------------------

    def _planned(self, w: Writing, row: Row) -> str:
        """How the planned carer is: free, busy, or away."""
        on_shift = {c["id"] for c in self.people.carers(moment(w.at)) if c["on_shift"]}
        if row["carer_id"] not in on_shift:
            return "away"
        return "busy" if row["carer_id"] in self.dispatcher.asking.occupied(w, NO_VISIT) else "free"

    def _ask(self, w: Writing, call_id: str, carer_id: int | None) -> None:
        self.dispatcher.request(w, call_id, CLOCK, carer_id)

    def _ask_one_more(self, w: Writing, call_id: str, home_id: int) -> None:
        """Another carer beside those who have been asked; nobody free is said by the first visit's own ladder."""
        asked = {a["carer_id"]: a["result"] for v in self.dispatcher.visits(w, call_id) for a in v["asked"]}
        call, busy = w.row("calls", call_id), self.dispatcher.asking.occupied(w, NO_VISIT)
        choosing = self.dispatcher.choosing
        ranked = choosing.rank(home_id, PRIORITY, busy, asked, choosing.look(moment(w.at)), call)
        other = next((one for one in ranked if one.suitable), None)
        if other is not None:
            self._ask(w, call_id, other.carer_id)
