"""Two UARTs on one wire: what one sends at its rate and format, and what another makes of the levels at its own.

A ``format`` is as people write it: ``8N1``, ``7E1``, ``7O1``. The receiving UART samples each bit once, a little after
its middle; after a missing stop bit it takes the low level for the next start bit, as a 16550 does, or waits for the
line to rise, as simpler ones do.
"""

from bisect import bisect_right
from typing import NamedTuple

LATE = 0.02  # of a bit: where the middle really is


class Heard(NamedTuple):
    byte: int
    stop_ok: bool
    parity_ok: bool


class Wire:
    """The levels on the wire over time, in seconds; high when nobody sends."""

    def __init__(self) -> None:
        self._times = [0.0]
        self._levels = [1]
        self._end = 0.01

    def send(self, frame: bytes, baud: int, form: str, idle: float = 0.05) -> None:
        for byte in frame:
            for level in _bits(byte, form):
                self._add(level, 1 / baud)
        self._add(1, idle)

    def receive(self, baud: int, form: str, waits: bool = False) -> list[Heard]:
        """Every byte with whether its stop bit and its parity were right. ``waits``: see the top of this module."""
        heard: list[Heard] = []
        width, at, bit = int(form[0]), 0.0, 1 / baud
        while (start := self._next(0, at)) < self._end:
            middle = start + bit * (0.5 + LATE)
            at = middle
            if self._level(middle):
                continue  # a spike, no start bit
            levels = [self._level(middle + bit * (place + 1)) for place in range(width + (form[1] != "N") + 1)]
            byte = sum(level << place for place, level in enumerate(levels[:width]))
            wanted = _parity(byte, form)
            heard.append(Heard(byte, bool(levels[-1]), wanted is None or wanted == levels[width]))
            at = middle + bit * len(levels)
            if not levels[-1]:
                at = self._next(1, at) if waits else at - bit / 2
        return heard

    def _add(self, level: int, seconds: float) -> None:
        self._times.append(self._end)
        self._levels.append(level)
        self._end += seconds

    def _level(self, at: float) -> int:
        return self._levels[bisect_right(self._times, at) - 1] if at < self._end else 1

    def _next(self, level: int, at: float) -> float:
        """When the line is ``level`` at ``at`` or the next time after it."""
        place = bisect_right(self._times, at) - 1
        if self._levels[place] == level:
            return at
        later = range(place + 1, len(self._times))
        return next((self._times[one] for one in later if self._levels[one] == level), self._end)


def _parity(byte: int, form: str) -> int | None:
    return None if form[1] == "N" else byte.bit_count() % 2 ^ (form[1] == "O")


def _bits(byte: int, form: str) -> list[int]:
    width = int(form[0])
    parity = _parity(byte & (1 << width) - 1, form)
    return [0, *(byte >> place & 1 for place in range(width)), *([] if parity is None else [parity]), 1]


def resampled(
    frames: list[bytes], sent: tuple[int, str], read: tuple[int, str], waits: bool = False, drops: bool = False
) -> bytes:
    """What the reading UART hands on of ``frames``; ``drops``: not what had wrong parity."""
    wire = Wire()
    for frame in frames:
        wire.send(frame, *sent)
    return bytes(one.byte for one in wire.receive(*read, waits) if one.parity_ok or not drops)
