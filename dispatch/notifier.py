"""The notifier follows the log and tells people; every attempt and its result is an event itself.

Its place in the log is kept in the transaction that records the attempts, so a restart tells nobody twice on record
and forgets nobody. A channel that fails is recorded and the next one is tried: a message never stops at one channel.
"""

from collections.abc import Callable, Mapping, Sequence

import structlog

from callcenter.rules.events import Event, Row
from callcenter.store.log import Log, Writing

FOLLOWER = "notifier"
ACTOR = "notifier"
LOOK = 200
Send = Callable[[Row, str], str]
log = structlog.get_logger("notifier")

# event kind -> who is told: the carer of the visit, or every supervisor
WHOM: Mapping[str, str] = {"VisitOffered": "carer", "VisitCancelled": "carer", "NobodyLeft": "supervisors"}
# Only the case number leaves the house: channels may be read by others (personal data, PIPL).
WORDS: Mapping[str, str] = {
    "VisitOffered": "新任务 {call}，请打开手机页面接单",
    "VisitCancelled": "任务 {call} 已取消",
    "NobodyLeft": "呼叫 {call} 无人可派，请立即处理",
}


class Notifier:
    """``channels`` in the order they are tried; ``supervisors`` says who they are now."""

    def __init__(self, log_: Log, channels: Mapping[str, Send], supervisors: Callable[[], Sequence[Row]]):
        self.log, self.channels, self.supervisors = log_, channels, supervisors
        self.seq: int | None = None

    def tick(self) -> int:
        """Tell everyone the log says must be told since last time. Returns how many events were looked at."""
        if self.seq is None:
            self.seq = self.log.followed_to(FOLLOWER)
        found = self.log.after(self.seq, LOOK)
        if not found:
            return 0
        telling = [e for e in found if e.kind in WHOM]
        attempts = [(event, *attempt) for event in telling for attempt in self._tell(event)]
        if telling or found[-1].seq - self.seq >= LOOK // 2:
            self._record(found[-1].seq, attempts)
        self.seq = found[-1].seq
        return len(found)

    def _tell(self, event: Event) -> list[tuple[Row, str, str, str]]:
        """``(to, channel, reference, error)`` for each channel of each person."""
        words = WORDS[event.kind].format(call=event.stream.removeprefix("call:"))
        tried = []
        for to in self._people(event):
            for name, send in self.channels.items():
                try:
                    tried.append((to, name, send(to, words), ""))
                except Exception as error:  # a channel is the outside world: anything may happen there
                    log.warning("channel failed", channel=name, error=str(error))
                    tried.append((to, name, "", str(error)[:200]))
        return tried

    def _people(self, event: Event) -> Sequence[Row]:
        if WHOM[event.kind] == "supervisors":
            return self.supervisors()
        carer = event.body.get("carer_id")
        return [{"id": carer, "name": event.body.get("carer_name", ""), "role": "carer"}] if carer else []

    def _record(self, seq: int, attempts: list[tuple[Event, Row, str, str, str]]) -> None:
        with self.log.writing() as w:
            for event, to, channel, reference, error in attempts:
                self._note(w, event, to, channel, reference, error)
            self.log.note_followed(w.conn, FOLLOWER, seq)

    def _note(self, w: Writing, event: Event, to: Row, channel: str, reference: str, error: str) -> None:
        body = {"about": event.seq, "channel": channel, "to": to["name"], "to_id": to["id"], "role": to["role"]}
        if "visit" in event.body:
            body["visit"] = event.body["visit"]
        kind, more = ("NoticeFailed", {"error": error}) if error else ("NoticeSent", {"reference": reference})
        w.append(event.stream, kind, {**body, **more}, ACTOR)
