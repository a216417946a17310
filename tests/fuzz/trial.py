"""What the bytes of one input mean: how a codec is made, how the wire is cut into feeds, and the wire itself.

An input is three bytes of plan and the wire. The first says whether the peer hangs up (1), whether it is answered (2),
whether checksums are put right (4), whether each byte also comes alone (8), and in its upper half which of the
subject's setups is taken. The second is the longest feed in bytes, 0 for all at once; the third stirs their lengths.
"""

from collections.abc import Iterator
from dataclasses import dataclass

ENDS, ANSWERED, MENDED, BYTEWISE = 1, 2, 4, 8
PLAN = 3  # bytes


@dataclass(frozen=True, slots=True)
class Trial:
    """One input, read."""

    ends: bool
    answered: bool
    mended: bool
    bytewise: bool
    setup: int
    longest: int
    stir: int
    wire: bytes

    def pieces(self, wire: bytes) -> Iterator[bytes]:
        """The wire in the feeds that the plan says."""
        at, state = 0, self.stir
        while at < len(wire):
            state = (state * 5 + self.stir * 2 + 1) & 0xFF
            size = 1 + state % self.longest if self.longest else len(wire)
            yield wire[at : at + size]
            at += size


def read(data: bytes) -> Trial:
    options, longest, stir = data[:PLAN].ljust(PLAN, b"\0")
    flags = [bool(options & bit) for bit in (ENDS, ANSWERED, MENDED, BYTEWISE)]
    return Trial(*flags, options >> 4, longest, stir, data[PLAN:])


def write(wire: bytes, options: int = ENDS | ANSWERED, setup: int = 0, longest: int = 7, stir: int = 3) -> bytes:
    """An input: ``options`` are the bits of the plan, ``setup`` one of 16."""
    return bytes((options | setup << 4, longest, stir)) + wire
