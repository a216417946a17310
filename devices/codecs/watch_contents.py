"""What stands inside the frames of ``[3G*…]`` watches: the position report and its status word.

A report is ``ddmmyy,hhmmss,A|V,latitude,N|S,longitude,E|W,speed,course,altitude,satellites,gsm,battery,steps,rolls,
status`` and then cells, wireless networks and an accuracy that we do not use. Time is UTC. The status is hexadecimal:
the low half says how things stand, the high half what has just happened. Watches also send the bits of both halves at
once, so every bit is read: SOS beside a low battery is SOS.
"""

from dataclasses import dataclass
from datetime import UTC, datetime

from devices.codecs.datum import Place
from devices.codecs.held import Meaning
from devices.signal import Kind, Position

STATUS: dict[int, Meaning] = {
    16: Meaning("SOS", Kind.SOS),
    21: Meaning("fall", Kind.FALL),
    22: Meaning("fall", Kind.FALL),
    18: Meaning("left the fence", Kind.WANDERING),
    1: Meaning("left the fence", Kind.WANDERING),
    19: Meaning("entered the fence", Kind.WANDERING, restore=True),
    2: Meaning("entered the fence", Kind.WANDERING, restore=True),
    20: Meaning("taken off", Kind.NOT_WORN),
    17: Meaning("low battery", Kind.LOW_BATTERY),
    0: Meaning("low battery", Kind.LOW_BATTERY),
    14: Meaning("power cut", Kind.FAULT),  # of a watch: it has no mains to lose
}
MOTIONLESS = frozenset({3, 4})  # on the wrist, not moving: how things stand, never news
SHORTEST = 16  # values up to and with the status
UNREADABLE = Meaning("alarm that cannot be read", Kind.UNKNOWN)
UNNAMED = Meaning("alarm without a cause", Kind.SOS)


@dataclass(frozen=True, slots=True)
class Report:
    """One position report. ``place`` is as sent, signs put right, not converted; ``fixed`` says it is a fresh fix."""

    at: datetime | None
    fixed: bool
    place: tuple[float, float] | None
    battery: int | None
    status: int

    @property
    def meanings(self) -> tuple[Meaning, ...]:
        """What the status says, an unknown bit of the high half included: it is an alarm nobody has named yet."""
        known = [meaning for bit, meaning in STATUS.items() if self.status >> bit & 1]
        odd = [bit for bit in range(16, 32) if self.status >> bit & 1 and bit not in STATUS]
        return tuple(dict.fromkeys(known + [Meaning(f"status bit {bit}", Kind.UNKNOWN) for bit in odd]))

    def position(self, place: Place) -> Position | None:
        return place(*self.place) if self.fixed and self.place else None

    def last_known(self, place: Place) -> str:
        """The position of an earlier fix in words, for a person to weigh; empty when there is none."""
        earlier = None if self.fixed or not self.place else place(*self.place)
        return f"no fix; last known {earlier.latitude:.6f},{earlier.longitude:.6f}" if earlier else ""


def read_report(values: tuple[str, ...]) -> Report | None:
    """None where the values are no report."""
    if len(values) < SHORTEST:
        return None
    try:
        status = int(values[15], 16)
    except ValueError:
        return None
    place = _place(values[3], values[4], values[5], values[6])
    return Report(_moment(values[0], values[1]), values[2] == "A", place, percent(values[12]), status & 0xFFFFFFFF)


def percent(value: str) -> int | None:
    return int(value) if value.isascii() and value.isdigit() and len(value) < 4 and int(value) <= 100 else None


def _moment(date: str, time: str) -> datetime | None:
    try:
        return datetime.strptime(date + time, "%d%m%y%H%M%S").replace(tzinfo=UTC)
    except ValueError:
        return None


def _place(latitude: str, north: str, longitude: str, east: str) -> tuple[float, float] | None:
    """Some firmwares write the sign as well as the letter (``-33.48,N``): the sign is what they mean then."""
    try:
        return _signed(latitude, north == "S"), _signed(longitude, east == "W")
    except ValueError:
        return None


def _signed(value: str, negative: bool) -> float:
    number = float(value)
    return -number if negative and number > 0 else number
