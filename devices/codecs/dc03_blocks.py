"""SIA DC-03 on the wire: one block is a header, a function letter, its data and a parity byte. No line ends.

The header has its length in the lower six bits (bytes of data, 0 to 63) and bit 6 set: an acknowledgement is wanted,
as every captured block has it; bit 7 is the reverse channel (Texecom sets it, Galaxy does not). So Galaxy writes
``40 + length``, Texecom ``C0 + length``. The parity is FF xor every byte before it. Captures: ``F#123456``,
``D#0192`` 92 (Honeywell Galaxy), ``40 30 8F`` (end of data). A report is ``#account``, ``N`` or ``O`` events, maybe
``A`` text, and end of data; joined by bars that is the data of a DC-09 ``SIA-DCS`` frame (``joined``).

One parity byte is weak: one in 256 blocks of noise passes. Header, function letter and parity must all be right.
"""

from collections.abc import Iterable
from functools import reduce
from operator import xor
from typing import NamedTuple

ACKNOWLEDGED, REJECTED, END = "8", "9", "0"
# account, origin, end/wait/abort, acknowledgements, log-in, configuration, text, control, environment, listen-in,
# new event, old event, program, video, extended
FUNCTIONS = frozenset("#&0123456789?@ACELNOPVX")
LONGEST = 63 + 3  # bytes of a whole block

_WANTED, _REVERSE, _LENGTH = 0x40, 0x80, 0x3F


class Block(NamedTuple):
    """One good block. ``size`` is what it takes on the wire."""

    function: str
    data: bytes
    size: int

    @property
    def text(self) -> str:
        """The data in words: UTF-8, else code page 850, which Galaxy panels write their zone names in.

        NUL is made visible: the first block of a report is an account, and no database holds NUL in one.
        """
        try:
            said = self.data.decode()
        except UnicodeDecodeError:
            said = self.data.decode("cp850")
        return said.replace("\0", "\u2400")


def span(buffer: bytes, at: int = 0) -> int:
    """How many bytes a block beginning at ``at`` takes; 0 if none can begin here, judged by what has arrived."""
    if at >= len(buffer) or not buffer[at] & _WANTED:
        return 0
    if at + 1 < len(buffer) and chr(buffer[at + 1]) not in FUNCTIONS:
        return 0
    return (buffer[at] & _LENGTH) + 3


def read(buffer: bytes, at: int = 0) -> Block | None:
    """The good block that begins at ``at``; None if it is damaged, or not whole (``span`` says what it takes)."""
    size = span(buffer, at)
    block = buffer[at : at + size]
    if not size or len(block) < size or reduce(xor, block) != 0xFF:
        return None
    return Block(chr(block[1]), block[2:-1], size)


def write(function: str, data: bytes = b"", reverse: bool = False) -> bytes:
    """A whole block. ``reverse`` sets bit 7, as Texecom does in all but the end of data."""
    if len(data) > _LENGTH:
        raise ValueError(f"a DC-03 block holds {_LENGTH} bytes of data, not {len(data)}: send several")
    block = bytes([_WANTED | (_REVERSE if reverse else 0) | len(data)]) + function.encode() + data
    return block + bytes([reduce(xor, block, 0xFF)])


def joined(blocks: Iterable[Block]) -> str:
    """The blocks of one report as DC-09 writes them, ``#1234|Nri1/BA01|Atext``, for ``sia_codes.parse``."""
    return "|".join(block.function + block.text.replace("|", "¦") for block in blocks if block.function != END)
