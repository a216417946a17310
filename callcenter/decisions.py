"""What a centre decided about the frames of its journal, in a form in which two centres can be compared.

A decision is what became of the bytes (raised, retransmission, garbled) and which signals were raised. Whether a signal
opened a call or joined one depends on what was open before, and is not compared.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from callcenter.rules.events import Event, Row
from callcenter.store.cases import Cases
from callcenter.store.log import Log

PAGE = 500
LATE = "clock of the device outside the window"  # the reason of ``devices.codecs.dc09`` for a frame of another time


@dataclass(frozen=True, slots=True)
class Decision:
    """``signals`` are ``account kind code`` each, in the order raised."""

    account: str
    outcome: str
    signals: tuple[str, ...]
    note: str = ""


Decided = dict[bytes, Counter[Decision]]  # by the raw bytes of the frame


def decided(log: Log, cases: Cases, wanted: Callable[[Row], bool]) -> Decided:
    """Of the frames that are ``wanted``, all decisions."""
    frames = {row["id"]: row for row in _frames(cases) if wanted(row)}
    raised: defaultdict[int, list[tuple[int, str]]] = defaultdict(list)
    for event in _events(log):
        frame, body = event.body.get("frame"), event.body
        if frame is not None and frame in frames and "part" in body and event.kind != "CallClosed":
            raised[frame].append((body["part"], " ".join(str(body.get(k, "")) for k in ("account", "kind", "code"))))
    found: Decided = {}
    for number, row in frames.items():
        signals = tuple(words for _, words in sorted(raised[number]))
        decision = Decision(row["account"], row["outcome"], signals, LATE if row["note"] == LATE else "")
        found.setdefault(bytes(row["raw"]), Counter())[decision] += 1
    return found


def last_frame(cases: Cases) -> int:
    return max((row["id"] for row in _frames(cases)), default=0)


@dataclass(frozen=True, slots=True)
class Changed:
    """A frame about which the two centres decided otherwise; ``None`` where one has no such frame."""

    raw: bytes
    before: Decision | None
    after: Decision | None

    @property
    def clock(self) -> bool:
        """Encrypted and of another time: no instance can decide about it as it was."""
        return self.after is not None and self.after.note == LATE and self.after != self.before


def changed(before: Decided, after: Decided) -> list[Changed]:
    found = []
    for raw in dict.fromkeys((*before, *after)):
        old, new = before.get(raw, Counter()), after.get(raw, Counter())
        gone, come = list((old - new).elements()), list((new - old).elements())
        while gone or come:
            found.append(Changed(raw, gone.pop(0) if gone else None, come.pop(0) if come else None))
    return found


def _frames(cases: Cases) -> Iterator[Row]:
    last = 0
    while page := cases.frames_after(last, PAGE):
        yield from page
        last = page[-1]["id"]


def _events(log: Log) -> Iterator[Event]:
    last = 0
    while page := log.after(last, PAGE):
        yield from page
        last = page[-1].seq
