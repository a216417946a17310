"""Listening: what the log says happened elsewhere, and what this storey does about it.

It follows the log with a mark of its own, moved in the same transaction as what it does: each event is acted on once,
by whichever dispatcher comes first. What is old by the time it is read is passed over: nobody wants a carer to be got
ready for yesterday's press.
"""

from collections.abc import Callable, Mapping, Sequence
from zoneinfo import ZoneInfo

from callcenter.cases_of_watch import CasesOfWatch
from callcenter.following import Follower
from callcenter.rules.call import CLOSED
from callcenter.rules.events import Event, Row, call_of, call_stream
from callcenter.rules.risk import HIGHEST
from callcenter.rules.times import later, seconds_between
from callcenter.store.cases import Cases
from callcenter.store.log import Log, Writing
from callcenter.store.people import People
from dispatch.asking import CLOCK
from dispatch.dispatcher import Dispatcher
from dispatch.reported import Reported
from dispatch.rules import visit as life

FOLLOWER = "listening"
LOOK = 500
OLD_SECONDS = 120.0
LASTING = frozenset({"VisitFinished", "CarerArrived", "HomeFound"})  # as true tomorrow as today
BURST, BURST_SECONDS = 10, 60.0  # more presses than this are a pager that chatters; it is rung back all the same
PROOF_SECONDS = 120.0  # a press so soon after the arrival is the carer's own: it proves that they are there
Act = Callable[[Writing, Event, Row], None]


class Listening:
    def __init__(
        self, log: Log, cases: Cases, people: People, dispatcher: Dispatcher, zone: ZoneInfo, reported: Reported,
    ):  # fmt: skip
        self.log, self.cases, self.people, self.dispatcher = log, cases, people, dispatcher
        self.zone, self.reported = zone, reported
        self.follower = Follower(log, FOLLOWER)
        self.seq: int | None = None
        self.acts: Mapping[str, Act] = {
            "CallOpened": self._get_ready,
            "HomeFound": self._home_found,
            "PressRepeated": self._pressed_again,
            "SignalJoined": self._joined,
            "VisitFinished": self._finished,
            "CarerArrived": self._arrived,
        }

    def tick(self) -> int:
        """Returns how many events were read."""
        if self.seq is None:
            self.seq = self.follower.reached() or max(0, self.log.head() - LOOK)
        found = self.log.after(self.seq, LOOK)
        heard = [event for event in found if event.kind in self.acts]
        if not found or (not heard and len(found) < LOOK // 2):
            self.seq = found[-1].seq if found else self.seq
            return len(found)
        self.seq = self.follower.take(heard, found[-1].seq, self._act)
        return len(found)

    def _act(self, w: Writing, events: Sequence[Event]) -> None:
        for event in events:
            lasting = event.kind in LASTING or seconds_between(event.at, w.at) < OLD_SECONDS
            call = w.row("calls", call_of(event) or "") if lasting else None
            if call is not None and call["stage"] != CLOSED:
                self.acts[event.kind](w, event, call)

    def _get_ready(self, w: Writing, _event: Event, call: Row) -> None:
        """An emergency in a home of the highest risk: the likely carer gets ready while the operator still talks."""
        if call["priority"] != 1 or call["requested_at"] or call["home_id"] is None:
            return
        if HIGHEST not in self.people.need(call["home_id"])["tiers"]:
            return
        best = next((one for one in self.dispatcher.candidates_in(w, call) if one.suitable), None)
        if best:
            body = {"carer_id": best.carer_id, "carer_name": best.name, "eta_seconds": best.eta_seconds}
            w.append(call_stream(call["id"]), "CarerPrealerted", body, CLOCK)

    def _home_found(self, w: Writing, event: Event, call: Row) -> None:
        """Whoever was sent to a caller's words is sent to the address now."""
        for visit in self.dispatcher.visits(w, call["id"]):
            if visit["stage"] in life.ACTIVE and visit["home_id"] != call["home_id"]:
                body = {"visit": visit["id"], "home_id": call["home_id"], "carer_id": visit["carer_id"],
                        "carer_name": visit["carer_name"]}  # fmt: skip
                self.dispatcher.append(w, visit, "VisitRedirected", body, CLOCK)
        self._get_ready(w, event, call)

    def _pressed_again(self, w: Writing, event: Event, call: Row) -> None:
        """The key, pressed while a carer is in the home: the carer's own proof, or a cry for more hands."""
        if self.log.count(w.conn, event.stream, "PressRepeated", later(w.at, -BURST_SECONDS)) > BURST:
            CasesOfWatch(w, self.cases, self.zone).item(call, "fault", "chattering")
        for visit in self.dispatcher.visits(w, call["id"]):
            if visit["stage"] == life.ARRIVED:
                if visit["proof"] != "pager" and event.at <= later(visit["arrived_at"], PROOF_SECONDS):
                    self._prove(w, visit)
                else:
                    self._more_hands(w, call)
                return

    def _joined(self, w: Writing, event: Event, call: Row) -> None:
        """The unit's own "help has arrived" key: pressed in the home, so somebody is there.

        One press is one carer: who said so already, else whoever was expected first. The others' clocks run on.
        """
        if event.body.get("kind") != "help_arrived":
            return
        visits = self.dispatcher.visits(w, call["id"])
        if there := next((v for v in visits if v["stage"] == life.ARRIVED and v["proof"] != "pager"), None):
            self._prove(w, there)
        elif visit := min((v for v in visits if v["stage"] in life.UNDERWAY), key=_expected, default=None):
            body = {"visit": visit["id"], "carer_id": visit["carer_id"], "carer_name": visit["carer_name"],
                    "proof": "pager", "metres": None,
                    "stay_seconds": self.dispatcher.stay_seconds(visit)}  # fmt: skip
            self.dispatcher.append(w, visit, "CarerArrived", body, CLOCK)

    def _arrived(self, w: Writing, event: Event, call: Row) -> None:
        """Whoever was sent because this carer was in doubt need not go on."""
        for visit in self.dispatcher.visits(w, call["id"]):
            if visit["backs_up"] == event.body["visit"] and visit["stage"] in life.ASKING | life.UNDERWAY:
                self.dispatcher.call_off(w, visit, "first_arrived", CLOCK)

    def _finished(self, w: Writing, event: Event, _call: Row) -> None:
        visit = w.row("visits", event.body["visit"])
        if visit is not None:
            self.reported(w, visit)

    def _prove(self, w: Writing, visit: Row) -> None:
        who = {"carer_id": visit["carer_id"], "carer_name": visit["carer_name"]}
        body = {"visit": visit["id"], **who, "proof": "pager"}
        self.dispatcher.append(w, visit, "ArrivalProved", body, CLOCK)

    def _more_hands(self, w: Writing, call: Row) -> None:
        if all(visit["stage"] not in life.ASKING for visit in self.dispatcher.visits(w, call["id"])):
            self.dispatcher.open(w, call, CLOCK, why="help_needed_here")


def _expected(visit: Row) -> tuple[bool, str]:
    """For ordering: whoever has left before whoever has only accepted, the earliest first."""
    return visit["stage"] != life.ON_THE_WAY, later(visit["accepted_at"], visit["eta_seconds"] or 0)
