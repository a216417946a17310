"""The notifier follows the log and tells people; every attempt and its result is an event itself.

It first claims a stretch of the log, then tells, then records: of several dispatchers only one tells, a store that
fails afterwards makes nobody's phone ring again, and a crash in between is found at the next start, because what was
claimed has no record. A channel that fails is recorded and the next one is tried: a message never stops at one channel.
"""

from collections.abc import Callable, Mapping, Sequence

import structlog

from callcenter.rules.events import Event, Row
from callcenter.store.log import Log, Writing

FOLLOWER = "notifier"
ACTOR = "notifier"
LOOK = 200
RECORDS = ("NoticeSent", "NoticeFailed")
Send = Callable[[Row, str], str]
Attempt = tuple[Event, Row, str, str, str]  # the event, whom, channel, reference, error
log = structlog.get_logger("notifier")

# event kind -> who is told: the carer of the visit, or every supervisor
WHOM: Mapping[str, str] = {
    "VisitOffered": "carer", "VisitCancelled": "carer", "NobodyLeft": "supervisors", "LineWentSilent": "supervisors",
    "DrillFailed": "supervisors", "IncidentBegan": "supervisors",
}  # fmt: skip
# Only the case number leaves the house: channels may be read by others (personal data, PIPL).
WORDS: Mapping[str, str] = {
    "VisitOffered": "新任务 {call}，请打开手机页面接单",
    "VisitCancelled": "任务 {call} 已取消",
    "NobodyLeft": "呼叫 {call} 无人可派，请立即处理",
    "LineWentSilent": "设备线路 {line} 无信号，请检查接收机和线缆",
    "DrillFailed": "每日自检失败，按键可能收不到，请立即检查",
    "IncidentBegan": "多户同时失联或停电，见 {call}",
}


class Notifier:
    """``channels`` in the order they are tried; ``supervisors`` says who they are now."""

    def __init__(self, log_: Log, channels: Mapping[str, Send], supervisors: Callable[[], Sequence[Row]]):
        self.log, self.channels, self.supervisors = log_, channels, supervisors
        self.seq: int | None = None
        self._unrecorded: list[Attempt] = []

    def tick(self) -> int:
        """Tell everyone the log says must be told since last time. Returns how many events were looked at."""
        self._record()
        if self.seq is None:
            self.seq = self.log.followed_to(FOLLOWER)
            self._tell_all(self._left_over(self.seq))
        found = self.log.after(self.seq, LOOK)
        if not found:
            return 0
        telling = [e for e in found if e.kind in WHOM]
        if (telling or found[-1].seq - self.seq >= LOOK // 2) and not self._claim(self.seq, found[-1].seq):
            return 0
        self.seq = found[-1].seq
        self._tell_all(telling)
        return len(found)

    def _claim(self, since: int, until: int) -> bool:
        """Take the events after ``since`` for ourselves, unless another dispatcher has: then go on behind its own."""
        with self.log.writing() as w:
            claimed = self.log.followed_to(FOLLOWER)
            if claimed <= since:
                self.log.note_followed(w.conn, FOLLOWER, until)
                return True
        self.seq = claimed
        return False

    def _left_over(self, claimed: int) -> list[Event]:
        """What was claimed but has no record: the process ended in between."""
        near = self.log.after(max(0, claimed - LOOK), 3 * LOOK)
        recorded = {e.body.get("about") for e in near if e.kind in RECORDS}
        return [e for e in near if e.seq <= claimed and e.kind in WHOM and e.seq not in recorded]

    def _tell_all(self, telling: Sequence[Event]) -> None:
        self._unrecorded += [(event, *attempt) for event in telling for attempt in self._tell(event)]
        self._record()

    def _tell(self, event: Event) -> list[tuple[Row, str, str, str]]:
        """``(to, channel, reference, error)`` for each channel of each person."""
        words = WORDS[event.kind].format(call=event.stream.removeprefix("call:"), line=event.body.get("line", ""))
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

    def _record(self) -> None:
        if not self._unrecorded:
            return
        with self.log.writing() as w:
            for event, to, channel, reference, error in self._unrecorded:
                self._note(w, event, to, channel, reference, error)
        self._unrecorded = []

    def _note(self, w: Writing, event: Event, to: Row, channel: str, reference: str, error: str) -> None:
        body = {"about": event.seq, "channel": channel, "to": to["name"], "to_id": to["id"], "role": to["role"]}
        if "visit" in event.body:
            body["visit"] = event.body["visit"]
        kind, more = ("NoticeFailed", {"error": error}) if error else ("NoticeSent", {"reference": reference})
        w.append(event.stream, kind, {**body, **more}, ACTOR)
