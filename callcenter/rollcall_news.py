"""While a roll call runs: what is heard of a home elsewhere counts too, and its targets are looked at when due.

It follows the log with a mark of its own. A press says where somebody is and is a case; who spoke clearly or was seen
well is safe. A drill counts the same: nobody is asked twice for practice.
"""

from collections.abc import Callable, Mapping, Sequence

from callcenter.following import Follower
from callcenter.mass import Announce
from callcenter.rules import rollcall as rules
from callcenter.rules.call import DEVICE_PRIORITY
from callcenter.rules.closing import WELL
from callcenter.rules.events import Event, Row, call_of
from callcenter.rules.times import seconds_between
from callcenter.store import rollcalls as store
from callcenter.store.log import Log, Writing

CLOCK = "clock"
FOLLOWER = "rollcall"
LOOK = 500
LOOK_SECONDS = 0.5
PAGER = "pager"
SPOKEN = {"spoke_clearly": "spoke", "was_seen": "seen"}  # evidence of a closed call -> how it is known
Said = tuple[int, str, str]  # home, state, how


def _press(event: Event, call: Row) -> Said | None:
    """A key under somebody's finger; what an operator typed in says nothing of the person yet."""
    body = event.body
    pressed = event.kind == "PressRepeated" or body.get("source") == PAGER
    human = call["priority"] < DEVICE_PRIORITY and call["home_id"] is not None
    return (call["home_id"], rules.IN_CASE, "pressed") if pressed and human else None


def _visit(event: Event, call: Row) -> Said | None:
    return (call["home_id"], rules.IN_CASE, "visited") if call["home_id"] is not None else None


def _finished(event: Event, call: Row) -> Said | None:
    well = (event.body.get("report") or {}).get("condition") in WELL
    return (call["home_id"], rules.SAFE, "seen") if well and call["home_id"] is not None else None


def _heard(event: Event, call: Row) -> Said | None:
    return (call["home_id"], rules.SAFE, "spoke") if call["home_id"] is not None else None


def _closed(event: Event, call: Row) -> Said | None:
    how = SPOKEN.get(event.body.get("evidence", ""))
    people = call["priority"] < DEVICE_PRIORITY and call["home_id"] is not None
    return (call["home_id"], rules.SAFE, how) if how and people else None


def _of_incident(event: Event, _call: Row) -> Said | None:
    return (event.body["home"], rules.SAFE, "seen" if event.body.get("how") == "visit" else "spoke")


SAYS: Mapping[str, Callable[[Event, Row], Said | None]] = {
    "CallOpened": _press,
    "PressRepeated": _press,
    "CarerArrived": _visit,
    "VisitFinished": _finished,
    "VoiceHeard": _heard,
    "CallClosed": _closed,
    "HomeSafe": _of_incident,
}


class RollCallNews:
    def __init__(self, log: Log, announce: Announce):
        self.log, self.announce, self.follower = log, announce, Follower(log, FOLLOWER)
        self._looked_at = ""

    def tick(self, now: str) -> None:
        if self._looked_at and 0 <= seconds_between(self._looked_at, now) < LOOK_SECONDS:
            return
        self._looked_at = now
        with self.log.database.read() as conn:
            found = store.running(conn)
        if found:
            while self._follow(min(row["begun_seq"] for row in found)) == LOOK:
                pass
            if any((row["next_due_at"] or now) < now for row in found):
                self._targets(now)

    # --- what was heard elsewhere -----------------------------------------------------------------------------

    def _follow(self, begun: int) -> int:
        since = max(self.follower.reached(), begun)
        found = self.log.after(since, LOOK)
        heard = [event for event in found if event.kind in SAYS and call_of(event)]
        if not found or (not heard and len(found) < LOOK // 2):
            return 0
        self.follower.take(heard, found[-1].seq, self._note_all)
        return len(found)

    def _note_all(self, w: Writing, events: Sequence[Event]) -> None:
        running = store.running(w.conn)
        for event in events:
            self._note(w, event, running)

    def _note(self, w: Writing, event: Event, running: list[Row]) -> None:
        call = w.row("calls", call_of(event) or "")
        said = SAYS[event.kind](event, call) if call else None
        if call is None or said is None:
            return
        home, state, how = said
        for row in running:
            if event.seq <= row["begun_seq"] or all(one[rules.HOME] != home for one in row["homes"]):
                continue
            before = w.row("rollcall_marks", rules.mark_id(row["id"], home))
            if before and (before["state"] == rules.SAFE or before["state"] == state or before["state"] == rules.HELP):
                continue
            body = {"rollcall": row["id"], "home": home, "state": state, "how": how, "words": "", "at": event.at,
                    "by_hand": False, "call": call["id"], "name": event.body.get("name") or ""}  # fmt: skip
            w.append(rules.rollcall_stream(row["id"]), "RollCallMarked", body, CLOCK)

    # --- the targets ------------------------------------------------------------------------------------------

    def _targets(self, now: str) -> None:
        with self.log.writing() as w:
            for row in store.running(w.conn):
                w.know("rollcalls", [row])
                step = rules.due(row)
                if step is None or step[0] > now:
                    continue
                said = rules.counts(row["homes"], store.marks(w.conn, row["id"]))
                left = said["high_left"] if step[1] == rules.HIGH else said["left"]
                body = {"rollcall": row["id"], "step": step[1], "left": left}
                w.append(rules.rollcall_stream(row["id"]), "RollCallDue", body, CLOCK)
                if left and not row["drill"]:
                    self.announce(w, "RollCallDue", {**row, "step": step[1], "left": left})
