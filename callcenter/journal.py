"""The journal of the wire: every frame is kept with its bytes, and a frame the dialler repeats is known for one.

A numbered frame (DC-09) is the same within a minute of the moment it was kept: while a store is away the dialler
repeats it, however long that lasts. A frame without a number (Sur-Gard, or sequence 0000) only within a few seconds,
or before the first could be acknowledged: a second press must count.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from callcenter.memory import Memory
from callcenter.rules.events import Row
from callcenter.rules.times import later, stamp
from callcenter.store.arrivals import Seen
from callcenter.store.cases import Cases
from callcenter.store.log import Writing
from devices.signal import Garbled, Message

RETRANSMISSION_SECONDS = 60.0  # DC-09 diallers repeat within 5-60 s and count their frames
UNNUMBERED_SECONDS = 20.0  # Sur-Gard repeats within 4 x 4 s and has no number to tell a second press by
UNNUMBERED = frozenset({"", "0000"})


@dataclass(frozen=True, slots=True)
class Received:
    """One frame as a line heard it. ``line`` names it, ``at`` is the moment in UTC, ``source`` the kind of door."""

    line: str
    protocol: str
    peer: str
    at: datetime
    heard: Message | Garbled
    source: str = "pager"


class Journal:
    """The page of one transaction: frames are entered one after the other and kept together.

    ``last`` is the id of the last frame; ``raised`` are those of this page by what they say.
    """

    def __init__(self, w: Writing, cases: Cases, memory: Memory, group: Sequence[Received], seconds: float):
        self.conn, self.cases, self.seconds, self.now = w.conn, cases, seconds, w.at
        self._digests = [_digest(received) for received in group]
        self._stamps = [stamp(received.at) for received in group]
        widest = max(seconds, UNNUMBERED_SECONDS)
        self.since, until = later(min(self._stamps), -widest), later(max(self._stamps), widest)
        self.last = memory.catch_up(w)
        self.raised: dict[bytes, Seen] = {}
        self._seen = memory.seen(w, self._digests, self.since, until)
        self._rows: list[Row] = []

    def enter(self, received: Received) -> int | None:
        """Write the next frame of the group down. Returns its id when its signals are to be raised, else None."""
        number = len(self._rows)
        heard, digest, at = received.heard, self._digests[number], self._stamps[number]
        self.last += 1
        same_as = self._earlier(heard, digest, at)
        if isinstance(heard, Garbled):
            outcome, signals, note = "garbled", 0, heard.reason
        elif same_as is not None:
            outcome, signals, note = "retransmission", 0, ", ".join(heard.deviations)
        else:
            outcome, signals, note = "raised", len(heard.signals), ", ".join(heard.deviations)
            self.raised[digest] = (self.last, at, max(at, self.now))
        self._rows.append({
            "id": self.last, "line": received.line, "peer": received.peer, "received_at": at,
            "raw": heard.raw, "account": heard.account[:32], "digest": digest, "outcome": outcome, "signals": signals,
            "same_as": same_as, "note": note.replace("\x00", "\u2400")[:500],
        })  # fmt: skip
        return self.last if outcome == "raised" else None

    def keep(self) -> None:
        self.cases.keep_frames(self.conn, self._rows)

    def _earlier(self, heard: Message | Garbled, digest: bytes, at: str) -> int | None:
        """The frame this one repeats. A clock set back must not make a press of now a repeat of one to come."""
        seen = self.raised.get(digest) or self._seen.get(digest)
        if isinstance(heard, Garbled) or seen is None:
            return None
        frame, received, kept = seen
        window, since = (UNNUMBERED_SECONDS, received) if heard.sequence in UNNUMBERED else (self.seconds, kept)
        return frame if later(received, -window) <= at <= max(later(since, window), kept) else None


def _digest(received: Received) -> bytes:
    """What makes two frames the same frame: protocol, account, sequence and content (``devices.signal.Message``)."""
    heard = received.heard
    parts = (heard.account, heard.sequence) if isinstance(heard, Message) else (heard.account, "")
    content = heard.content if isinstance(heard, Message) else heard.raw
    joined = "\n".join((received.protocol, *parts)).encode() + b"\n" + content
    return hashlib.blake2b(joined, digest_size=16).digest()
