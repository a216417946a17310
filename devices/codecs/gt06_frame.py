"""Where GT06 frames begin and end in a stream, their CRC, and frames written.

Every place where a start stands is remembered with the place where its frame would end. Ends are judged in the order in
which they arrive: terminator and CRC decide. So the head of a frame that broke off, or noise that looks like one, holds
nobody up, and each byte is looked at a bounded number of times however the stream is cut.
"""

import heapq
import re

LIMIT = 4096  # bytes in which no frame has been found
LONGEST = 1024  # of one frame; what claims more is noise
LOGIN = 0x01

_START = re.compile(rb"(?=\x78\x78.|\x79\x79..)", re.DOTALL)


def _table() -> list[int]:
    table = []
    for byte in range(256):
        for _ in range(8):
            byte = byte >> 1 ^ (0x8408 if byte & 1 else 0)
        table.append(byte)
    return table


_TABLE = _table()


def crc(data: bytes) -> bytes:
    """CRC-16/X-25, two bytes, high byte first."""
    register = 0xFFFF
    for byte in data:
        register = register >> 8 ^ _TABLE[(register ^ byte) & 0xFF]
    return (register ^ 0xFFFF).to_bytes(2, "big")


class Finder:
    """One stream. ``feed`` gives pieces in order, each with whether it is a whole frame."""

    def __init__(self) -> None:
        self._rest, self._base = b"", 0  # what no frame has been found in, and its place in the stream
        self._searched = 0  # up to here in the stream all starts are known
        self._ends: list[tuple[int, int]] = []  # heap: where a frame would end, minus where it would begin

    def feed(self, data: bytes) -> list[tuple[bytes, bool]]:
        self._rest += data
        self._search()
        pieces: list[tuple[bytes, bool]] = []
        arrived = self._base + len(self._rest)
        while True:
            end, minus = self._ends[0] if self._ends else (arrived + 1, 0)
            if end > self._base + LIMIT <= arrived:
                pieces.append((self._take(self._base + LIMIT - LONGEST), False))
            elif end > arrived:
                return pieces
            else:
                heapq.heappop(self._ends)
                pieces += self._judge(-minus, end)

    def rest(self) -> bytes:
        """What is left when the stream has ended."""
        self._ends = []
        return self._take(self._base + len(self._rest))

    @property
    def waiting(self) -> int:
        """Bytes kept."""
        return len(self._rest)

    def _search(self) -> None:
        """Note every place in the new bytes where a frame may begin, and where it would end."""
        rest, base = self._rest, self._base
        for match in _START.finditer(rest, max(0, self._searched - base)):
            at = match.start()
            wide = rest[at] == 0x79
            length = int.from_bytes(rest[at + 2 : at + 4], "big") + 6 if wide else rest[at + 2] + 5
            if 10 <= length <= LONGEST:
                heapq.heappush(self._ends, (base + at + length, -base - at))
        # a start is seen with its whole head: the last bytes may still be the beginning of one
        self._searched = max(self._searched, base + len(rest) - 3)

    def _judge(self, start: int, end: int) -> list[tuple[bytes, bool]]:
        if start < self._base:
            return []  # inside what has been taken already
        raw = self._rest[start - self._base : end - self._base]
        if raw[-2:] != b"\r\n":
            return []
        if crc(raw[2:-4]) == raw[-4:-2]:
            before = self._take(start)
            return [(before, False), (self._take(end), True)]
        return [(self._take(end), False)] if start == self._base else []

    def _take(self, stop: int) -> bytes:
        piece, self._rest = self._rest[: stop - self._base], self._rest[stop - self._base :]
        self._base = stop
        self._searched = max(self._searched, stop)
        return piece


def write(protocol: int, body: bytes = b"", serial: int = 0) -> bytes:
    """A frame, ours or a tracker's."""
    inner = bytes((len(body) + 5, protocol)) + body + serial.to_bytes(2, "big")
    return b"\x78\x78" + inner + crc(inner) + b"\r\n"


def write_login(imei: str, serial: int = 1) -> bytes:
    return write(LOGIN, bytes.fromhex(imei.zfill(16)), serial)
