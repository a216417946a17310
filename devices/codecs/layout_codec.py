"""Codecs of frames that are known by their layout and closed by a terminator, as alarm receivers and their kin send.

Most of these protocols have neither a length nor a checksum, so a frame is what one of the protocol's layouts (a
pattern and a reader) matches. Bytes are cut at each terminator; in every piece the frames are looked for in order:
normally one, more when retransmissions are glued together. What stands before the first is noise and kept as such; a
closed piece in which nothing can be read is kept and answered with the protocol's NAK, where it has one.
A 7E1 line opened as 8N1 has even parity in bit 7: it is taken off when every byte of a frame agrees.
"""

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import NamedTuple

from devices.codecs.receiver_line import Line
from devices.signal import Garbled, Heard, Heartbeat, Message, Setup

ACK, NAK = b"\x06", b"\x15"
LIMIT = 4096  # bytes of one unfinished frame

_ODD = re.compile(b"[" + re.escape(bytes(b for b in range(256) if b.bit_count() % 2)) + b"]")
_SEVEN_BITS = bytes(b & 0x7F for b in range(256))
_EVEN = bytes(b | (b.bit_count() % 2) << 7 for b in range(256))
_TIME = re.compile(rb" *\d\d:\d\d:\d\d-\d\d/\d\d")
_ECHO = re.compile(rb"(?:ACK|NAK)\Z")  # some clones and bridges say it in words
_NAMES = {b"\x14": "DC4", b"\r": "CR", b"\r\n": "CR LF"}


class Refused(NamedTuple):
    """A layout that reads well and is wrong all the same, such as by its checksum. ``answer`` asks for it again."""

    reason: str
    answer: bytes = b""


Reader = Callable[[re.Match[bytes]], Line | Refused]
Layout = tuple[re.Pattern[bytes], Reader]


class Ending:
    """What closes a frame: any of ``marks``, the manual's own first."""

    def __init__(self, *marks: bytes) -> None:
        self.marks = (*marks, *(mark.translate(_EVEN) for mark in marks))
        self._plain = re.compile(b"|".join(map(re.escape, marks)))
        self._any = re.compile(b"|".join(map(re.escape, self.marks)))
        self._own = (marks[0], marks[0].translate(_EVEN))

    def stop(self, buffer: bytes, at: int) -> int:
        """Where the piece that begins at ``at`` stops, or 0 while its end has not arrived."""
        edge = at + LIMIT
        end = self._any.search(buffer, at, edge)
        # 8D also occurs inside UTF-8 text; it is a CR only on a line where every byte carries even parity
        if end and not self._plain.fullmatch(end.group()) and _ODD.search(buffer, at, end.start()):
            end = self._plain.search(buffer, end.end(), edge)
        return end.end() if end else edge if len(buffer) >= edge else 0

    def of(self, raw: bytes) -> tuple[bytes, tuple[str, ...]]:
        """The mark at the end of ``raw``, and what is odd about it."""
        mark = next(filter(raw.endswith, self.marks), b"")
        if not mark:
            return b"", ("no terminator",)
        if mark in self._own:
            return mark, ()
        names = [_NAMES.get(one.translate(_SEVEN_BITS), one.decode("latin-1")) for one in (mark, self._own[0])]
        return mark, (" instead of ".join(names),)


class LayoutCodec:
    """One connection. A protocol is its class variables: its layouts, its ending and its answers."""

    name: str
    layouts: tuple[Layout, ...]
    ending: Ending
    other: Layout | None = None  # tried at the beginning of a closed piece in which no layout is found
    ack: bytes = ACK
    nak: bytes = b""  # to a closed piece in which nothing can be read
    filler: bytes = b" \x00\n\r\x06\x14\x15\x8a\x8d\xa0"  # may stand between frames and says nothing

    def __init__(self, setup: Setup) -> None:
        self._rest = b""

    def feed(self, data: bytes, now: datetime) -> list[Heard]:
        buffer, at = self._rest + data, 0
        heard: list[Heard] = []
        while (stop := self.ending.stop(buffer, at)) > 0:
            heard += self._hear(buffer[at:stop])
            at = stop
        self._rest = buffer[at:]
        return heard

    def end(self) -> list[Heard]:
        """What is left; a frame complete but for its terminator still counts."""
        rest, self._rest = self._rest, b""
        return self._hear(rest)

    def reply(self, heard: Message | Heartbeat, now: datetime) -> bytes:
        return self.ack

    def _hear(self, chunk: bytes) -> list[Heard]:
        """All that was said up to one terminator."""
        if not chunk.strip(self.filler) or _ECHO.match(chunk.strip(self.filler)):
            return []
        found = self._found(chunk)
        if not found and not chunk.isascii():
            bare = self._found(chunk.translate(_SEVEN_BITS))
            found = [(match, read) for match, read in bare if not _ODD.search(chunk, match.start(), match.end())]
        if not found:
            return [Garbled(chunk, f"no layout of {self.name}", self.nak if chunk.endswith(self.ending.marks) else b"")]
        heard: list[Heard] = []
        before = chunk[: found[0][0].start()]
        if before.strip(self.filler):
            heard.append(Garbled(before, "noise before a frame"))
        starts = [match.start() for match, _ in found] + [len(chunk)]
        for (match, read), stop in zip(found, starts[1:], strict=True):
            heard.append(self._tell(match, read, chunk[match.start() : stop]))
        return heard

    def _found(self, chunk: bytes) -> list[tuple[re.Match[bytes], Reader]]:
        """Every frame in the chunk, in order."""
        found: list[tuple[re.Match[bytes], Reader]] = []
        at = len(chunk) - len(chunk.lstrip(self.filler))
        while chunk[at:].strip(self.filler) and (here := self._at(chunk, at) or self._nearest(chunk, at)):
            found.append(here)
            at = here[0].end()
        if not found and self.other and chunk.endswith(self.ending.marks) and (match := self.other[0].match(chunk, at)):
            return [(match, self.other[1])]
        return found

    def _at(self, chunk: bytes, at: int) -> tuple[re.Match[bytes], Reader] | None:
        return next(((match, read) for layout, read in self.layouts if (match := layout.match(chunk, at))), None)

    def _nearest(self, chunk: bytes, at: int) -> tuple[re.Match[bytes], Reader] | None:
        found = [(match, read) for layout, read in self.layouts if (match := layout.search(chunk, at))]
        return min(found, key=lambda pair: pair[0].start(), default=None)

    def _tell(self, match: re.Match[bytes], read: Reader, raw: bytes) -> Heard:
        line = read(match)
        if isinstance(line, Refused):
            return Garbled(raw, *line)
        if not line.signals:
            return Heartbeat(raw, line.account, head=line)
        mark, odd = self.ending.of(raw)
        deviations = line.deviations + odd
        if not raw.startswith(match.group()):
            deviations += ("7E1 line read as 8N1",)
        after = raw[: len(raw) - len(mark)].translate(_SEVEN_BITS)[len(match.group()) :]
        time = _TIME.match(after)
        if after[time.end() if time else 0 :].strip(self.filler):
            deviations += ("bytes after the frame",)
        signals = line.signals
        if time:  # the receiver's clock without year or zone: worth reading, not worth computing with
            clock = time.group().strip().decode()
            signals = tuple(replace(signal, text=f"{signal.text} {clock}".strip()) for signal in signals)
        return Message(raw, signals[0].account, signals, line.sequence, match.group(), deviations, head=line)
