"""JT/T 808 terminals over TCP: registration, heartbeat, location with alarms, batches, orders.

    7E  id(2) attributes(2) [version] terminal(6 or 10, BCD) serial(2) [parts(4)] body  XOR  7E

7E and 7D inside are escaped (7D 02, 7D 01). Attribute bit 14 set is the edition of 2019. Registration (0100) is
answered 8100 with a token, which is the terminal's number: the token is no secret and any is accepted (0102), because
every message names its terminal anyway. All else is answered 8001 with its serial and id. Sources: JT/T 808-2013 and
-2019 as implemented in the open (Traccar and the captures in its tests, SmallChi/JT808, G10LS protocol).

**The alarm word stands in every report while the condition lasts.** Bit 0, the emergency key, stands until our answer
arrives, and we answer when the report is on disk. So: a bit raises when it rises on this connection, or stands in the
connection's first report. While it merely still stands, reports are positions and proof of life: one press is one
entry. Until the report that raised it has been answered each further one is a message too, with the sequence and
content of the first, which the journal recognises. A key that falls and rises again is a new press, and so is one seen
standing more than a minute after its last report (``held.py`` says why). Low battery and lost mains say when they end.

Positions are WGS-84 by the standard; for those in GCJ-02 write ``format = {datum = "gcj02"}`` on the line. Reports
stored while there was no network (0704) are read in order like any others: late is better than never.

Orders: 8201 asks where it is (answered 0201), 8400 lets it dial a number, as an ordinary call and never as a silent
one, 8300 shows a text and speaks it (GBK; the edition of 2019 has a byte more for its type). There is none to make
itself heard that terminals agree on.
"""

import re
from dataclasses import dataclass, field
from datetime import datetime

from devices.codecs.datum import places
from devices.codecs.held import Held, Mark, Meaning, urgency
from devices.codecs.jt808_contents import LASTING, Report, read_batch, read_report
from devices.codecs.jt808_frame import FLAG, Head, read, write
from devices.signal import Garbled, Heard, Heartbeat, Kind, Message, Order, Setup, Signal

LIMIT = 4096  # bytes of one unfinished frame
# All up to the closing flag, one opening flag included. Frames may share a flag, or have several between them.
_PIECE = re.compile(rb"(?:\x7e(?=\x7e))*(\x7e?(?:[^\x7e]{1,%d}+\x7e|[^\x7e]{%d}))" % (LIMIT - 2, LIMIT - 2), re.DOTALL)
TERMINALS = 64  # remembered on one connection; of others everything is news

ANSWER, HEARTBEAT, REGISTER, AUTHENTICATE = 0x0001, 0x0002, 0x0100, 0x0102
LOCATION, LOCATED, BATCH = 0x0200, 0x0201, 0x0704
PLATFORM_ANSWER, REGISTERED, LOCATE, CALL, TELL = 0x8001, 0x8100, 0x8201, 0x8400, 0x8300
SHOWN_AND_SPOKEN, OF_SERVICE = b"\x0d", b"\x02"  # urgent, on the display, by text to speech; the type since 2019
LONGEST_TEXT = 200  # characters: two bytes each fit into one frame, escapes included
UNANSWERED = frozenset({ANSWER})
PROOF_OF_LIFE = frozenset({ANSWER, HEARTBEAT, REGISTER, AUTHENTICATE})


@dataclass(slots=True)
class _Terminal:
    """What is remembered of one terminal: the edition it speaks, what stands, which orders are out."""

    version: int | None = None
    held: Held = field(default_factory=Held)
    orders: dict[int, str] = field(default_factory=dict)  # our serial -> what was asked


@dataclass(frozen=True, slots=True)
class Frame:
    head: Head
    body: bytes
    reports: tuple[Report, ...] = ()


class Jt808:
    """One connection. It normally carries one terminal."""

    name = "jt808"
    one_account = True  # on a connection: it is the device's own
    orders = frozenset({"locate", "call", "tell"})

    def __init__(self, setup: Setup) -> None:
        self._place = places(setup.format)
        self._rest = b""
        self._serial = 0
        self._terminals: dict[str, _Terminal] = {}

    def feed(self, data: bytes, now: datetime) -> list[Heard]:
        buffer, at = self._rest + data, 0
        heard: list[Heard] = []
        while (piece := _PIECE.match(buffer, at)) is not None:
            heard += self._hear(piece[1], now)
            at = piece.end()
        rest = buffer[at:]
        self._rest = (FLAG if rest.startswith(FLAG) else b"") + rest.lstrip(FLAG)
        return heard

    def end(self) -> list[Heard]:
        rest, self._rest = self._rest, b""
        return [Garbled(rest, "not finished")] if rest.strip(FLAG + b"\x00\r\n") else []

    def reply(self, heard: Message | Heartbeat, now: datetime) -> bytes:
        frame: Frame = heard.head
        head = frame.head
        terminal = self._terminals.get(head.account)
        if isinstance(heard, Message) and terminal:
            terminal.held.answered(Mark(heard.sequence, heard.content))
        if head.message in UNANSWERED:
            return b""
        if head.message == REGISTER:
            body = head.serial.to_bytes(2, "big") + b"\x00" + head.account.encode()
            return write(REGISTERED, head.account, 0, body, head.version)
        body = head.serial.to_bytes(2, "big") + head.message.to_bytes(2, "big") + b"\x00"
        return write(PLATFORM_ANSWER, head.account, 0, body, head.version)

    def order(self, account: str, order: Order, now: datetime) -> bytes:
        terminal = self._terminals.get(account)
        number = order.number.removeprefix("+")
        dials = number.isascii() and number.isdigit() and len(order.number) <= 20
        if (
            terminal is None
            or order.what not in self.orders
            or (order.what == "call" and not dials)
            or (order.what == "tell" and not order.text)
        ):
            return b""
        self._serial = self._serial % 0xFFFF + 1
        terminal.orders = {**dict(list(terminal.orders.items())[-7:]), self._serial: order.what}
        if order.what == "locate":
            return write(LOCATE, account, self._serial, b"", terminal.version)
        if order.what == "tell":
            flags = SHOWN_AND_SPOKEN + (OF_SERVICE if terminal.version is not None else b"")
            text = order.text[:LONGEST_TEXT].encode("gbk", "replace")
            return write(TELL, account, self._serial, flags + text, terminal.version)
        return write(CALL, account, self._serial, b"\x00" + order.number.encode(), terminal.version)

    def obeyed(self, heard: Message | Heartbeat) -> tuple[str, bool] | None:
        """A location (0201) or a general answer (0001) names the serial of the order it belongs to."""
        frame: Frame = heard.head
        terminal = self._terminals.get(frame.head.account)
        what = terminal.orders.get(int.from_bytes(frame.body[:2], "big")) if terminal else None
        if what is None or frame.head.message not in (LOCATED, ANSWER):
            return None
        return what, frame.head.message == LOCATED or frame.body[4:5] == b"\x00"

    # --- what a piece says ----------------------------------------------------------------------------------------

    def _hear(self, raw: bytes, now: datetime) -> list[Heard]:
        inside = raw.strip(FLAG)
        if not inside.strip(b"\x00\r\n"):
            return []
        found = read(inside) if raw.endswith(FLAG) else "no end of a frame"
        if isinstance(found, str):
            return [Garbled(raw, found)]
        head, body = found
        terminal = self._terminal(head)
        if head.part or head.message not in (LOCATION, LOCATED, BATCH):
            return [self._other(raw, Frame(head, body))]
        reports = _reports(head.message, body)
        if not reports:
            return [self._message(raw, Frame(head, body), [self._unreadable(head)], Mark(str(head.serial), body))]
        return [self._hear_reports(raw, Frame(head, body, reports), terminal.held, now)]

    def _other(self, raw: bytes, frame: Frame) -> Heard:
        head = frame.head
        if head.message in PROOF_OF_LIFE:
            return Heartbeat(raw, head.account, frame)
        if head.part and head.message in (LOCATION, LOCATED, BATCH):
            return self._message(raw, frame, [self._unreadable(head)], Mark(str(head.serial), frame.body))
        signal = Signal(head.account, Kind.STATUS, f"JT808 {head.message:04X}")
        return self._message(raw, frame, [signal], Mark(str(head.serial), frame.body))

    def _hear_reports(self, raw: bytes, frame: Frame, held: Held, now: datetime) -> Heard:
        mark = Mark(str(frame.head.serial), frame.head.message.to_bytes(2, "big") + frame.body)
        signals: list[Signal] = []
        standing: tuple[Meaning, ...] = ()
        for report in frame.reports:
            news = held.report(report.meanings, mark, now)
            signals += [self._signal(frame, report, one) for one in news.begun if one not in standing]
            signals += [self._signal(frame, report, one, True) for one in news.ended if one.kind in LASTING]
            mark, standing = news.mark, report.meanings
        if signals:
            return self._message(raw, frame, sorted(signals, key=lambda one: urgency(one.kind)), mark)
        last = frame.reports[-1]
        position = last.position(self._place) if frame.head.message != BATCH else None  # a batch is history
        return Heartbeat(raw, frame.head.account, frame, position, last.battery)

    def _signal(self, frame: Frame, report: Report, one: Meaning, ended: bool = False) -> Signal:
        return Signal(
            frame.head.account, one.kind, f"JT808 {one.word}", one.restore or ended, at=report.at,
            position=report.position(self._place),
        )  # fmt: skip

    def _unreadable(self, head: Head) -> Signal:
        text = f"part {head.part[0]} of {head.part[1]} of a report" if head.part else "report that cannot be read"
        return Signal(head.account, Kind.UNKNOWN, f"JT808 {head.message:04X}", text=text)

    def _message(self, raw: bytes, frame: Frame, signals: list[Signal], mark: Mark) -> Message:
        deviations = () if frame.head.length_ok else ("length is not that of the body",)
        return Message(raw, frame.head.account, tuple(signals), mark.sequence, mark.content, deviations, head=frame)

    def _terminal(self, head: Head) -> _Terminal:
        terminal = self._terminals.setdefault(head.account, _Terminal())
        terminal.version = head.version
        if len(self._terminals) > TERMINALS:
            del self._terminals[next(iter(self._terminals))]
        return terminal


def _reports(message: int, body: bytes) -> tuple[Report, ...]:
    if message == BATCH:
        return tuple(read_batch(body) or ())
    report = read_report(body[2:] if message == LOCATED else body)
    return (report,) if report else ()
