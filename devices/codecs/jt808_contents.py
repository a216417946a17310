"""What stands inside JT/T 808 messages: the location report, its alarm word, its items.

Alarm bits: JT/T 808-2013 table 24. Bits 15 to 17 were free in 2013; wireless and personal terminals use them for low
battery, vibration and removal (G10LS protocol), the 2019 edition for faults of driving, which nobody here does.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone

from devices.codecs.datum import Place
from devices.codecs.held import Meaning
from devices.signal import Kind, Position

BEIJING = timezone(timedelta(hours=8))  # whatever the terminal's own place, the standard says
REPORT_BYTES = 28  # alarms, status, place, time; items follow

ALARMS: dict[int, Meaning] = {
    0: Meaning("SOS", Kind.SOS),
    3: Meaning("danger ahead", Kind.UNKNOWN),
    29: Meaning("collision", Kind.UNKNOWN),
    30: Meaning("rolled over", Kind.UNKNOWN),
    20: Meaning("left the area", Kind.WANDERING),
    21: Meaning("left the route", Kind.WANDERING),
    23: Meaning("off the route", Kind.WANDERING),
    17: Meaning("taken off", Kind.NOT_WORN),
    7: Meaning("low supply", Kind.LOW_BATTERY),
    15: Meaning("low battery", Kind.LOW_BATTERY),
    8: Meaning("mains lost", Kind.MAINS_LOST),
    26: Meaning("stolen", Kind.TAMPER),
    31: Meaning("opened", Kind.TAMPER),
    4: Meaning("no satellite receiver", Kind.FAULT),
    5: Meaning("antenna off", Kind.FAULT),
    6: Meaning("antenna shorted", Kind.FAULT),
    9: Meaning("display faulty", Kind.FAULT),
    10: Meaning("speech faulty", Kind.FAULT),
    11: Meaning("camera faulty", Kind.FAULT),
    12: Meaning("card reader faulty", Kind.FAULT),
}
DRIVING = Meaning("driving", Kind.STATUS)  # every other bit: speed, fatigue, routes, fuel
ENTERED = Meaning("entered the area", Kind.WANDERING, restore=True)
LASTING = frozenset({Kind.LOW_BATTERY, Kind.MAINS_LOST})  # whose end is news
_AREA_ITEM, _BATTERY_ITEM = 0x12, 0x56


@dataclass(frozen=True, slots=True)
class Report:
    """One location report. ``place`` is as sent, signs put right, not converted; ``items`` are id and value."""

    alarms: int
    status: int
    place: tuple[float, float]
    altitude: int
    speed: int
    course: int
    time: bytes
    items: tuple[tuple[int, bytes], ...]

    @property
    def at(self) -> datetime | None:
        try:
            return datetime.strptime(self.time.hex(), "%y%m%d%H%M%S").replace(tzinfo=BEIJING).astimezone(UTC)
        except ValueError:
            return None

    @property
    def meanings(self) -> tuple[Meaning, ...]:
        return tuple(dict.fromkeys(self._meaning(bit) for bit in range(32) if self.alarms >> bit & 1))

    @property
    def battery(self) -> int | None:
        """Steps of ten, or per cent where the second byte has it (G10LS)."""
        value = next((value for id_, value in self.items if id_ == _BATTERY_ITEM and len(value) == 2), None)
        if value is None:
            return None
        return value[1] if 0 < value[1] <= 100 else value[0] * 10 if value[0] <= 10 else None

    def position(self, place: Place) -> Position | None:
        return place(*self.place) if self.status & 2 else None

    def _meaning(self, bit: int) -> Meaning:
        inward = any(id_ == _AREA_ITEM and len(value) == 6 and value[5] == 0 for id_, value in self.items)
        return ENTERED if bit in (20, 21) and inward else ALARMS.get(bit, DRIVING)


def read_report(body: bytes) -> Report | None:
    if len(body) < REPORT_BYTES:
        return None
    alarms, status, north, east = (int.from_bytes(body[at : at + 4], "big") for at in (0, 4, 8, 12))
    altitude, speed, course = (int.from_bytes(body[at : at + 2], "big") for at in (16, 18, 20))
    place = (-north / 1e6 if status & 4 else north / 1e6, -east / 1e6 if status & 8 else east / 1e6)
    return Report(alarms, status, place, altitude, speed, course, body[22:28], _items(body[28:]))


def read_batch(body: bytes) -> list[Report] | None:
    """The reports of a 0704; None where they do not fill it as they say."""
    count, at = int.from_bytes(body[:2], "big"), 3
    reports: list[Report] = []
    while at < len(body):
        length = int.from_bytes(body[at : at + 2], "big")
        report = read_report(body[at + 2 : at + 2 + length])
        if report is None or at + 2 + length > len(body):
            return None
        reports.append(report)
        at += 2 + length
    return reports if len(reports) == count else None


def _items(rest: bytes) -> tuple[tuple[int, bytes], ...]:
    """As many as are whole."""
    items: list[tuple[int, bytes]] = []
    at = 0
    while at + 2 <= len(rest) and at + 2 + rest[at + 1] <= len(rest):
        items.append((rest[at], rest[at + 2 : at + 2 + rest[at + 1]]))
        at += 2 + rest[at + 1]
    return tuple(items)
