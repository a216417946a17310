"""GT06 trackers (Concox and many clones) over TCP: log-in, heartbeat, position, alarm, time, one order.

    78 78 length protocol body serial(2) CRC(2) 0D 0A      or 79 79 with a length of two bytes

The CRC is X-25 over length to serial. A log-in (01) names the device by its IMEI, eight bytes of BCD, and all that
follows on the connection is its. Every frame is answered ``78 78 05 protocol serial crc 0D 0A``; a time request (8A)
with the time in UTC. Sources: Concox "GT06 GPS tracker communication protocol" v1.8.1, Traccar's decoder and the
captures in its tests. The date of a fix is taken for UTC, as the standard has it.

A frame is taken when terminator, length and CRC agree, wherever it begins: noise before it, or the head of a frame that
broke off and claims another length, hides nothing.

Real trackers differ in the length of the cells inside an alarm (with a length byte that counts itself, or not, or is
zero), in what the battery byte counts, and in which of the two bytes names the alarm: status byte and alarm byte are
both read, SOS and falls first. A status byte that keeps its alarm in every heartbeat is news once (see ``held.py``). An
alarm before any log-in still rings, with no account: somebody presses, and the journal has the bytes.

Orders go as text in a frame 80 and come back as text (15 or 21). Only ``WHERE#`` is common enough and harmless; what
makes a tracker dial differs from model to model, and some of those words cut a car's fuel.
"""

from dataclasses import dataclass
from datetime import UTC, datetime

from devices.codecs.datum import places
from devices.codecs.gt06_contents import (
    Fix,
    State,
    read_cells_state,
    read_fix,
    read_heartbeat,
    read_state,
    read_text,
)  # fmt: skip
from devices.codecs.gt06_frame import LOGIN, Finder, write
from devices.codecs.held import Held, Mark
from devices.signal import Garbled, Heard, Heartbeat, Kind, Message, Order, Setup, Signal

FILLER = b"\x00\r\n"

TIME, ORDER = 0x8A, 0x80
HEARTBEATS = frozenset({0x13, 0x23})
POSITIONS = frozenset({0x10, 0x12, 0x22, 0xA0})
ALARMS = frozenset({0x16, 0x26, 0x27, 0xA4})
CELL_ALARM = 0x19
TEXTS = frozenset({0x15, 0x21})


@dataclass(frozen=True, slots=True)
class Frame:
    protocol: int
    serial: int
    body: bytes
    account: str
    fix: Fix | None = None
    state: State | None = None


class Gt06:
    """One connection, which is one device from its log-in on."""

    name = "gt06"
    one_account = True  # on a connection: it is the device's own
    orders = frozenset({"locate"})

    def __init__(self, setup: Setup) -> None:
        self._place = places(setup.format)
        self._finder = Finder()
        self._account = ""
        self._serial = 0
        self._held = Held()

    def feed(self, data: bytes, now: datetime) -> list[Heard]:
        heard: list[Heard] = []
        for piece, whole in self._finder.feed(data):
            heard += [self._hear(piece, now)] if whole else _garbled(piece, self._account)
        return heard

    def end(self) -> list[Heard]:
        return _garbled(self._finder.rest(), self._account)

    def reply(self, heard: Message | Heartbeat, now: datetime) -> bytes:
        frame: Frame = heard.head
        if isinstance(heard, Message):
            self._held.answered(Mark(heard.sequence, heard.content))
        if frame.protocol in TEXTS:
            return b""  # it was the answer itself
        if frame.protocol == TIME:
            t = now.astimezone(UTC)
            return write(TIME, bytes((t.year % 100, t.month, t.day, t.hour, t.minute, t.second)))
        return write(frame.protocol, b"", frame.serial)

    def order(self, account: str, order: Order, now: datetime) -> bytes:
        """``WHERE#``. The tracker answers in text."""
        if order.what != "locate" or not account or account != self._account:
            return b""
        self._serial = self._serial % 0xFFFF + 1
        text = b"WHERE#"
        return write(ORDER, bytes((4 + len(text),)) + bytes(4) + text + b"\x00\x02", self._serial)

    def obeyed(self, heard: Message | Heartbeat) -> tuple[str, bool] | None:
        return ("locate", True) if heard.head.protocol in TEXTS else None

    def _hear(self, raw: bytes, now: datetime) -> Heard:
        head = 4 if raw[0] == 0x79 else 3
        protocol, body, serial = raw[head], raw[head + 1 : -6], int.from_bytes(raw[-6:-4], "big")
        if protocol == LOGIN and len(body) >= 8:
            imei = body[:8].hex().removeprefix("0")
            if imei != self._account:
                self._account, self._held = imei, Held()
        frame = Frame(protocol, serial, body, self._account, *_read(protocol, body))
        if protocol in ALARMS or protocol == CELL_ALARM:
            return self._alarm(raw, frame, now)
        if protocol in HEARTBEATS:
            return self._report(raw, frame, now)
        if protocol in POSITIONS or protocol in (LOGIN, TIME):
            position = frame.fix.position(self._place) if frame.fix else None
            return Heartbeat(raw, self._account, frame, position)
        if protocol in TEXTS:
            return Heartbeat(raw, self._account, frame, read_text(body, self._place))
        signal = Signal(self._account, Kind.STATUS, f"GT06 {protocol:02X}")
        return Message(raw, self._account, (signal,), str(serial), body, head=frame)

    def _alarm(self, raw: bytes, frame: Frame, now: datetime) -> Heard:
        if frame.state is None:
            signal = Signal(self._account, Kind.UNKNOWN, f"GT06 {frame.protocol:02X}", text="alarm that cannot be read")
            return Message(raw, self._account, (signal,), str(frame.serial), frame.body, head=frame)
        return self._report(raw, frame, now, event=True)

    def _report(self, raw: bytes, frame: Frame, now: datetime, event: bool = False) -> Heard:
        position = frame.fix.position(self._place) if frame.fix else None
        state = frame.state
        mark = Mark(str(frame.serial), bytes((frame.protocol,)) + frame.body)
        news = self._held.report(state.meanings if state else (), mark, now, event)
        ended = [one for one in news.ended if one.kind is Kind.LOW_BATTERY and not event]
        signals = tuple(
            Signal(self._account, one.kind, f"GT06 {one.word}", one.restore or one in ended,
                   at=frame.fix.at if frame.fix else None, position=position)
            for one in (*news.begun, *ended)
        )  # fmt: skip
        if not signals:
            return Heartbeat(raw, self._account, frame, position, state.battery if state else None)
        return Message(raw, self._account, signals, news.mark.sequence, news.mark.content, head=frame)


def _read(protocol: int, body: bytes) -> tuple[Fix | None, State | None]:
    if protocol in ALARMS:
        return read_fix(body), read_state(body, fenced=protocol == 0x27)
    if protocol in POSITIONS:
        return read_fix(body), None
    if protocol == CELL_ALARM:
        return None, read_cells_state(body)
    return None, read_heartbeat(protocol, body) if protocol in HEARTBEATS else None


def _garbled(raw: bytes, account: str) -> list[Heard]:
    return [Garbled(raw, "not a GT06 frame", account=account)] if raw.strip(FILLER) else []
