"""What stands inside GT06 frames: positions, status bytes, alarm bytes, cells of several lengths, answers in text."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime

from devices.codecs.datum import Place
from devices.codecs.held import Meaning, human_first
from devices.signal import Kind, Position

# Bits 3 to 5 of the status byte, one code of three bits (Concox GT06 v1.8.1).
STATUS: dict[int, Meaning] = {
    4: Meaning("sos", Kind.SOS),
    3: Meaning("low battery", Kind.LOW_BATTERY),
    2: Meaning("power cut", Kind.FAULT),
    1: Meaning("vibration", Kind.STATUS),
    5: Meaning("status alarm 5", Kind.UNKNOWN),
    6: Meaning("status alarm 6", Kind.UNKNOWN),
    7: Meaning("status alarm 7", Kind.UNKNOWN),
}
# The alarm byte. A cut supply is a fault, not lost mains: nothing ever says that it came back, and the mark would stay.
ALARMS: dict[int, Meaning] = {
    0x01: STATUS[4],
    0x02: STATUS[2],
    0x03: STATUS[1],
    0x04: Meaning("entered the fence", Kind.WANDERING, restore=True),
    0x05: Meaning("left the fence", Kind.WANDERING),
    0x06: Meaning("speed", Kind.STATUS),
    0x09: Meaning("moved", Kind.STATUS),
    0x0A: Meaning("no satellites", Kind.STATUS),
    0x0B: Meaning("satellites again", Kind.STATUS),
    0x0C: Meaning("tampering", Kind.TAMPER),
    0x0D: Meaning("first fix", Kind.STATUS),
    0x0E: STATUS[3],
    0x0F: STATUS[3],
    0x10: Meaning("SIM changed", Kind.TAMPER),
    0x11: Meaning("switched off", Kind.FAULT),
    0x12: Meaning("flight mode", Kind.FAULT),
    0x13: Meaning("taken off", Kind.NOT_WORN),
    0x14: Meaning("door", Kind.DOOR),
    0x15: Meaning("switched off, battery empty", Kind.LOW_BATTERY),
    0x18: Meaning("opened", Kind.TAMPER),
    0x19: STATUS[3],
    0x23: Meaning("fall", Kind.FALL),
    0x25: Meaning("tampering", Kind.TAMPER),
}
GPS_BYTES = 18  # date, satellites, latitude, longitude, speed, course
_TAIL = 5  # status, battery, signal, alarm, language
_DEGREES = 1_800_000
_COORDINATES = re.compile(r"([NS]?)[^\w-]?(-?\d{1,2}\.\d{3,9})\D{0,12}?([EW]?)[^\w-]?(-?\d{1,3}\.\d{3,9})")


@dataclass(frozen=True, slots=True)
class Fix:
    """Date, satellites, place and course of a position; ``place`` is as sent, signs put right, not converted."""

    at: datetime | None
    satellites: int
    fixed: bool
    place: tuple[float, float]
    speed: int
    course: int

    def position(self, place: Place) -> Position | None:
        return place(*self.place) if self.fixed else None


@dataclass(frozen=True, slots=True)
class State:
    """The status byte with what follows it. ``battery`` in per cent, where the model says it."""

    status: int
    battery: int | None
    signal: int
    alarm: int = 0

    @property
    def meanings(self) -> tuple[Meaning, ...]:
        """Of both bytes, SOS and falls first: either may know what the other does not say."""
        said = [STATUS[code]] if (code := self.status >> 3 & 7) else []
        if self.alarm:
            said.append(ALARMS.get(self.alarm) or Meaning(f"alarm {self.alarm:02X}", Kind.UNKNOWN))
        return human_first(said)


def read_fix(body: bytes) -> Fix | None:
    if len(body) < GPS_BYTES:
        return None
    flags = int.from_bytes(body[16:18], "big")
    latitude, longitude = (int.from_bytes(body[at : at + 4], "big") / _DEGREES for at in (7, 11))
    place = (latitude if flags & 0x400 else -latitude, -longitude if flags & 0x800 else longitude)
    return Fix(_moment(body), body[6] & 15, bool(flags & 0x1000), place, body[15], flags & 0x3FF)


def read_state(body: bytes, fenced: bool = False) -> State | None:
    """The state behind the cells of an alarm. Their length byte counts itself, or not, or is missing. ``fenced`` alarms
    (27) normally have the number of a fence behind it."""
    rest = body[GPS_BYTES:]
    for more in (1, 0) if fenced else (0, 1):
        for cells in (rest[0] + 1, rest[0], 9) if rest else ():
            if len(rest) == cells + _TAIL + more:
                return _state(rest[cells:])
    return _state(rest[-_TAIL:]) if len(rest) >= _TAIL else None


def read_cells_state(body: bytes) -> State | None:
    """An alarm without satellites: cells, then the state."""
    return _state(body[-_TAIL:]) if len(body) >= _TAIL else None


def read_heartbeat(protocol: int, body: bytes) -> State | None:
    if not body:
        return None
    if protocol == 0x23:  # battery in hundredths of a volt
        return State(body[0], None, body[3] if len(body) > 3 else 0)
    return State(body[0], _percent(body[1]) if len(body) > 1 else None, body[2] if len(body) > 2 else 0)


def read_text(body: bytes, place: Place) -> Position | None:
    """The position in the answer to ``WHERE#``: ``Lat:N22.577,Lon:E113.916``, ``22.577:113.916`` or a link."""
    found = _COORDINATES.search(body.decode("latin-1"))
    if not found:
        return None
    latitude, longitude = float(found[2]), float(found[4])
    return place(-latitude if found[1] == "S" else latitude, -longitude if found[3] == "W" else longitude)


def _state(tail: bytes) -> State:
    return State(tail[0], _percent(tail[1]), tail[2], tail[3])


def _percent(level: int) -> int | None:
    """Six steps in the standard; newer models write per cent."""
    return level * 100 // 6 if level <= 6 else level if level <= 100 else None


def _moment(body: bytes) -> datetime | None:
    year, month, day, hour, minute, second = body[:6]
    try:
        return datetime(2000 + year, month, day, hour, minute, second, tzinfo=UTC)
    except ValueError:
        return None
