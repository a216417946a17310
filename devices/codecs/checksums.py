"""The checksums that small devices use, by the names their makers give them: bytes -> number, and its size in bytes."""

from collections.abc import Callable
from functools import reduce
from operator import xor

from fastcrc import crc16, crc32


def _sum(data: bytes) -> int:
    return sum(data) & 0xFF


def _xor(data: bytes) -> int:
    return reduce(xor, data, 0)


CHECKSUMS: dict[str, tuple[Callable[[bytes], int], int]] = {
    "sum8": (_sum, 1),
    "xor8": (_xor, 1),  # also called BCC, LRC, "NMEA checksum"
    "crc16-modbus": (crc16.modbus, 2),
    "crc16-x25": (crc16.ibm_sdlc, 2),
    "crc16-ccitt": (crc16.ibm_3740, 2),  # the one that begins with FFFF, "CCITT-FALSE"
    "crc32": (crc32.iso_hdlc, 4),
}
