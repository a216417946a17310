"""What follows from the case of a booked visit: started, done, missed, moved; and that everybody visited is rung after.

The log is followed for what carers and operators do. What follows from an event is written in the transaction that
notes how far the log has been followed, so that of several dispatchers only one writes it, and none leaves it out.
"""

from collections.abc import Callable, Mapping, Sequence

from callcenter.following import Follower
from callcenter.rules import call as call_life
from callcenter.rules.call import DEVICE_PRIORITY, PLUMBING_KINDS
from callcenter.rules.closing import WELL
from callcenter.rules.events import Event, Row, booking_stream, call_of, call_stream
from callcenter.rules.triage import CLASSES, Class
from callcenter.store.cases import Cases
from callcenter.store.log import Log, Writing
from callcenter.store.talks import Talks
from dispatch.bookings import Bookings
from dispatch.coming import KIND, PRIORITY
from dispatch.rules import booking as life

CLOCK = "clock"
FOLLOWER = "services"
LOOK = 200
NO_WISH = frozenset({KIND, *(str(kind) for kind, what in CLASSES.items() if what is Class.RECORD)})


class Aftermath:
    def __init__(self, log_: Log, cases: Cases, bookings: Bookings):
        self.log, self.cases, self.bookings, self.callbacks = log_, cases, bookings, bookings.callbacks
        self.follower = Follower(log_, FOLLOWER)
        self._looked = 0
        self._follow: Mapping[str, Callable[[Writing, Row, Event], None]] = {
            "CarerArrived": self._arrived, "VisitFinished": self._finished, "CallClosed": self._closed,
        }  # fmt: skip

    def follow(self) -> int:
        """Act on what was done since last time. Returns how many events were looked at."""
        since = self.follower.reached()
        found = self.log.after(max(since, self._looked), LOOK)
        if not found:
            return 0
        wanted = [e for e in found if e.kind in self._follow and call_of(e)]
        if wanted or found[-1].seq - since >= LOOK:
            self.follower.take(wanted, found[-1].seq, self._act)
        self._looked = found[-1].seq
        return len(found)

    def _act(self, w: Writing, wanted: Sequence[Event]) -> None:
        for event in wanted:
            call = w.row("calls", call_of(event) or "")
            if call is not None and call["kind"] not in PLUMBING_KINDS and call["priority"] < DEVICE_PRIORITY:
                self._follow[event.kind](w, call, event)

    def _running(self, w: Writing, call: Row) -> Row | None:
        """The booking of this case, while it is under way there."""
        row = w.row("bookings", call["service"]["booking"]) if call["service"] else None
        return row if row and row["stage"] in life.RUNNING and row["call_id"] == call["id"] else None

    def _arrived(self, w: Writing, call: Row, event: Event) -> None:
        row = self._running(w, call)
        if row and row["stage"] == life.DUE:
            body = {"booking": row["id"], "carer_id": event.body["carer_id"], "carer_name": event.body["carer_name"]}
            w.append(booking_stream(row["id"]), "BookingStarted", body, CLOCK)
            self.callbacks.drop(w, row, "")

    def _finished(self, w: Writing, call: Row, event: Event) -> None:
        visit = w.row("visits", event.body["visit"])
        if visit is None:
            return
        self.callbacks.after_visit(w, call, visit)
        row = self._running(w, call)
        if row is None or any(v["ended_at"] is None for v in self.cases.visits_in(w.conn, call["id"])):
            return
        condition = (visit["report"] or {}).get("condition")
        if condition == "absent":
            return  # nobody there who had booked: somebody has to find out
        done = {"booking": row["id"], "carer_id": visit["carer_id"], "carer_name": visit["carer_name"]}
        w.append(booking_stream(row["id"]), "BookingDone", done, CLOCK)
        self._close(w, call, condition in WELL, visit)

    def _close(self, w: Writing, call: Row, well: bool, visit: Row) -> None:
        """The carer saw the resident well and nothing else happened: the case ends. Others a person ends."""
        call = w.row("calls", call["id"]) or call
        if well and self._only_booked(w, call) and not call["late"] and call["stage"] == call_life.ANSWERED:
            body = {"outcome": "service_done", "evidence": "was_seen", "words": "", "name": visit["carer_name"]}
            w.append(call_stream(call["id"]), "CallClosed", body, CLOCK)

    @staticmethod
    def _only_booked(w: Writing, call: Row) -> bool:
        """Nobody has pressed, telephoned or asked for anything since: what was said is for a person to settle."""
        quiet = call["priority"] == PRIORITY and call["presses"] <= 1 and {*call["kinds"]} <= NO_WISH
        return quiet and not Talks.rang_about(w.conn, call["id"])

    def _closed(self, w: Writing, call: Row, event: Event) -> None:
        """A person ended the case before a carer did: what was booked has not been done."""
        row = self._running(w, call)
        if row is None or call["stage"] != call_life.CLOSED:
            return
        finished = call["finished_at"] is not None and event.body["outcome"] == "service_done"
        kind = "BookingDone" if finished else "BookingMissed"
        body = {"booking": row["id"], "reason": "" if finished else event.body["outcome"]}
        w.append(booking_stream(row["id"]), kind, body, CLOCK)
        self.callbacks.drop(w, row, "")

    # --- broken off -------------------------------------------------------------------------------------------------

    def rebook(self, w: Writing, visit: Row) -> bool:
        """Handed to the dispatcher: a visit was interrupted for an alarm. Returns whether it has a new time.

        Not when more than the booked service was going on: then the same case asks for somebody else now.
        """
        call = w.row("calls", visit["call_id"])
        row = self._running(w, call) if call else None
        if call is None or row is None or call["stage"] not in (call_life.WAITING, call_life.ANSWERED):
            return False
        w.know("visits", self.cases.visits_in(w.conn, call["id"]))
        others = [w.row("visits", v["id"]) for v in self.cases.visits_in(w.conn, call["id"]) if v["id"] != visit["id"]]
        if not self._only_booked(w, call) or any(v and v["ended_at"] is None for v in others):
            return False
        body = {"booking": row["id"], "carer_id": visit["carer_id"], "carer_name": visit["carer_name"],
                "visit": visit["id"]}  # fmt: skip
        w.append(booking_stream(row["id"]), "BookingInterrupted", body, CLOCK)
        self.bookings.put_elsewhere(w, w.row("bookings", row["id"]) or row, CLOCK)
        ended = {"outcome": call_life.MOVED, "evidence": call_life.REBOOKED, "name": CLOCK}
        w.append(call_stream(call["id"]), "CallClosed", ended, CLOCK)
        return True
