"""Sur-Gard MLR2 and System receivers, automation output over RS-232 or TCP: Contact ID, SIA, basic formats, heartbeat.

A frame is ASCII and ends in DC4 (hex 14); there is no checksum and no number. The receiver waits 4 s for ``06`` (ACK)
or ``15`` (NAK) and repeats; after four NAKs it stops sending alarms, so a NAK goes only to a line in which nothing can
be read. Layouts: MLR2-DG manual p. 43-47, MLR2-E p. 42-44, System III p. 35. Clones end in CR, put the account before
the 18, write the qualifier as a digit, or glue retransmissions together: all are read, and named in ``deviations``.
A 7E1 line opened as 8N1 has even parity in bit 7: it is taken off when every byte of a frame agrees.
"""

import re
from datetime import datetime

from devices.codecs import contact_id, sia_codes
from devices.codecs.contact_id import Report
from devices.codecs.sia_codes import Event
from devices.codecs.surgard_layouts import LAYOUTS, OTHER, QUALIFIERS, Basic, Line, Reader, read_other
from devices.signal import Garbled, Heard, Heartbeat, Kind, Message, Setup, Signal

ACK, NAK, DC4 = b"\x06", b"\x15", b"\x14"
LIMIT = 4096  # bytes of one unfinished frame
FILLER = b" \x00\n\r\x06\x14\x15\x8a\x8d\xa0"

_ODD = re.compile(b"[" + re.escape(bytes(b for b in range(256) if b.bit_count() % 2)) + b"]")
_SEVEN_BITS = bytes(b & 0x7F for b in range(256))
_END = re.compile(rb"[\x14\r\x8d]")
_END_8_BIT = re.compile(rb"[\x14\r]")
_TIME = re.compile(rb" *\d\d:\d\d:\d\d-\d\d/\d\d")
_ECHO = re.compile(rb"(?:ACK|NAK)\Z")  # some clones and bridges say it in words


class SurGard:
    """One connection to a receiver."""

    name = "surgard"
    heartbeat_seconds = 30.0  # of the receiver, as its manuals have it

    def __init__(self, setup: Setup) -> None:
        self._rest = b""

    def feed(self, data: bytes, now: datetime) -> list[Heard]:
        buffer, at = self._rest + data, 0
        heard: list[Heard] = []
        while (stop := _stop(buffer, at)) > 0:
            heard += _hear(buffer[at:stop])
            at = stop
        self._rest = buffer[at:]
        return heard

    def end(self) -> list[Heard]:
        """What is left; a frame complete but for its terminator still counts."""
        rest, self._rest = self._rest, b""
        return _hear(rest)

    def reply(self, heard: Message | Heartbeat, now: datetime) -> bytes:
        return ACK


def _stop(buffer: bytes, at: int) -> int:
    """Where the frame that begins at ``at`` stops, or 0 while its end has not arrived."""
    edge = at + LIMIT
    end = _END.search(buffer, at, edge)
    # 8D also occurs inside UTF-8 text; it is a CR only on a line where every byte carries even parity
    if end and end.group() == b"\x8d" and _ODD.search(buffer, at, end.start()):
        end = _END_8_BIT.search(buffer, end.end(), edge)
    return end.end() if end else edge if len(buffer) >= edge else 0


def _hear(chunk: bytes) -> list[Heard]:
    """All that was said up to one terminator."""
    if not chunk.strip(FILLER) or _ECHO.match(chunk.strip(FILLER)):
        return []
    bare = chunk.translate(_SEVEN_BITS)
    found = _layouts(chunk) or [f for f in _layouts(bare) if not _ODD.search(chunk, f[0].start(), f[0].end())]
    if not found:
        closed = chunk[-1] in b"\x14\r\x8d"
        return [Garbled(chunk, "not a Sur-Gard layout", NAK if closed else b"")]
    heard: list[Heard] = []
    before = chunk[: found[0][0].start()]
    if before.strip(FILLER):
        heard.append(Garbled(before, "noise before a frame"))
    starts = [match.start() for match, _ in found] + [len(chunk)]
    for (match, read), stop in zip(found, starts[1:], strict=True):
        heard.append(_tell(match, read, chunk[match.start() : stop]))
    return heard


def _layouts(chunk: bytes) -> list[tuple[re.Match[bytes], Reader]]:
    """Every frame in the chunk, in order: normally one, more when retransmissions are glued together."""
    found: list[tuple[re.Match[bytes], Reader]] = []
    at = len(chunk) - len(chunk.lstrip(FILLER))
    while True:
        here = [(match, read) for layout, read in LAYOUTS if (match := layout.match(chunk, at))]
        if not here:
            here = [(match, read) for layout, read in LAYOUTS if (match := layout.search(chunk, at))]
        if not here and not found and (match := OTHER.match(chunk, at)):
            here = [(match, read_other)]
        if not here:
            return found
        found.append(min(here, key=lambda pair: pair[0].start()))
        at = found[-1][0].end()


def _tell(match: re.Match[bytes], read: Reader, raw: bytes) -> Heard:
    line = read(match)
    if line.said == "@":
        return Heartbeat(raw, head=line)
    deviations = line.deviations
    if raw[-1:] in (b"\r", b"\x8d"):
        deviations += ("CR instead of DC4",)
    elif raw[-1:] != DC4:
        deviations += ("no terminator",)
    if not raw.startswith(match.group()):
        deviations += ("7E1 line read as 8N1",)
    after = raw.translate(_SEVEN_BITS)[len(match.group()) :]
    time = _TIME.match(after)
    if after[time.end() if time else 0 :].strip(FILLER):
        deviations += ("bytes after the frame",)
    signals = tuple(_signals(line, time.group().strip().decode() if time else ""))
    return Message(raw, signals[0].account, signals, content=match.group(), deviations=deviations, head=line)


def _signals(line: Line, time: str) -> list[Signal]:
    """``time`` is the receiver's clock without year or zone: worth reading, not worth computing with."""
    if line.protocol == "0":
        return [_of_receiver(line, time)]
    if isinstance(line.said, Report):
        return [contact_id.signal(line.said, text=time)]
    if isinstance(line.said, Basic):
        kind = Kind.SOS if line.said.event == "7" else Kind.UNKNOWN
        return [Signal(line.account, kind, "basic " + line.said.event, partition=line.said.area,
                       zone=line.said.zone, text=time)]  # fmt: skip
    if line.events:
        return [sia_codes.signal(event, line.account, text=time) for event in line.events]
    kind = Kind.STATUS if line.protocol == "4" else Kind.UNKNOWN  # 4: the caller's number, an event follows
    return [Signal(line.account, kind, f"Sur-Gard {line.protocol}", text=f"{line.said} {time}".strip())]


def _of_receiver(line: Line, time: str) -> Signal:
    """A fault of the receiver itself. Its account is empty: no resident's device is speaking."""
    event = line.events[0] if line.events else Event("?", None, {})
    restore = sia_codes.MEANING.get(event.code, (Kind.FAULT, False))[1]
    text = f"receiver {line.receiver} line {line.line} account {line.account} {event.address or ''} {time}"
    return Signal("", Kind.FAULT, "SIA " + event.code[:40], restore, text=" ".join(text.split()))


def write_contact_id(
    account: str, event: str, qualifier: int = 1, partition: str = "01", zone: str = "000",
    receiver: str = "01", line: str = "1",
) -> bytes:  # fmt: skip
    """A Contact ID frame as an MLR2 sends it."""
    letter = {number: letter for letter, number in QUALIFIERS.items()}[qualifier]
    return f"5{receiver}{line} 18{account}{letter}{event}{partition}{zone}".encode() + DC4


def write_sia(account: str, code: str, zone: str = "", area: str = "", receiver: str = "01", line: str = "1") -> bytes:
    """A SIA protocol 2 frame."""
    return f"S{receiver}{line}[{sia_codes.write_data(account, code, zone, area)}]".encode() + DC4


def write_heartbeat(receiver: str = "01", line: str = "1") -> bytes:
    return f"1{receiver}{line}{'@':>12}    ".encode() + DC4
