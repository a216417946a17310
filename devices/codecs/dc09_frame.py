"""DC-09 on the wire: find frames in whatever arrives, and put one together. DC-09 §5, annex C.

A frame is ``LF crc 0LLL body CR``; the CRC covers the body. It is found by its opening (CRC, length, quote), it ends
at the first CR or, where the CR is missing, at its length; **the CRC alone decides**. So a length written in decimal
does no harm, and a frame cut off in the middle does not swallow the good one after it. Every decision depends only on
the bytes up to a fixed place, never on how they were split on their way. Noise is handed out, not dropped: a line at
a time, or in pieces of fixed size.
"""

import re
from typing import NamedTuple

from fastcrc import crc16

LIMIT = 4096  # bytes of one unfinished frame or run of noise

# CRC and length as hex digits, or (Lupusec, OPAX, Trikdis) the CRC as two raw bytes, which may be CR or LF themselves.
_OPENING = re.compile(rb'\n?[0-9A-Fa-f]{8}"|\n[\x00-\xff]{2}[0-9A-Fa-f]{4}"')
_LONGEST_OPENING = 10
_FILLING = (b"\x00", b"\r", b"")
_FILLER = re.compile(rb"[\x00\r]*")

NO_CR = "no CR after the frame"
WRONG_LENGTH = "length is not the byte count"
BINARY_CRC = "CRC as two raw bytes"
NO_LF = "no LF before the frame"


class Piece(NamedTuple):
    """One stretch of the wire: a frame whose CRC is right (``body``), or bytes that are none (``reason``)."""

    raw: bytes
    body: bytes = b""
    binary: bool = False
    deviations: tuple[str, ...] = ()
    reason: str = ""


def seal(body: bytes, binary: bool = False) -> bytes:
    """A whole frame around ``body``; ``binary`` writes the CRC the way the panel does."""
    if binary:
        return b"\n%b%04X%b\r" % (crc16.arc(body).to_bytes(2, "big"), len(body), body)
    return b"\n%04X%04X%b\r" % (crc16.arc(body), len(body), body)


def cut(buffer: bytes, gone: bool = False) -> tuple[list[Piece], bytes]:
    """All pieces the buffer holds, and the unfinished rest (< ``LIMIT`` bytes; none when the peer is ``gone``)."""
    pieces: list[Piece] = []
    at, opening = 0, _OPENING.search(buffer)
    while True:
        if buffer[at : at + 1] in _FILLING:
            at = _FILLER.match(buffer, at).end()  # type: ignore[union-attr]
            if at == len(buffer):
                return pieces, b""
        if opening and opening.start() < at:
            opening = _OPENING.search(buffer, at)
        if opening and opening.start() == at:
            piece = _frame(buffer, at, opening.end() - 1, gone)
        else:
            piece = _noise(buffer, at, opening, gone)
        if piece is None:
            return pieces, b"" if gone else buffer[at:]
        at += len(piece.raw)
        if piece.body or piece.raw.strip(b"\x00\r\n"):
            pieces.append(piece)


def _noise(buffer: bytes, at: int, opening: re.Match[bytes] | None, gone: bool) -> Piece | None:
    """The next stretch of noise at ``at``, or None while it may still grow or turn out to be an opening."""
    edge = at + LIMIT
    opens = opening is not None and opening.end() <= edge
    until = opening.start() if opening and opens else min(edge, len(buffer))
    cr = buffer.find(b"\r", at, until)
    while cr >= 0 and b"\n" in buffer[max(at, cr - 2) : cr]:  # this CR may be half of a binary CRC
        cr = buffer.find(b"\r", cr + 1, until)
    if cr >= 0:
        until = cr + 1
    elif not opens and len(buffer) >= edge:
        until = edge - _LONGEST_OPENING
    elif not opens and not gone:
        return None
    return Piece(buffer[at:until], reason="no frame in these bytes") if until > at else None


def _frame(buffer: bytes, at: int, quote: int, gone: bool) -> Piece | None:
    """The frame that opens at ``at``, or None while its end has not arrived."""
    edge = at + LIMIT
    cr = buffer.find(b"\r", quote, edge)
    end = quote + int(buffer[quote - 4 : quote], 16)
    binary = quote - at == 7
    crc = int.from_bytes(buffer[quote - 6 : quote - 4], "big") if binary else int(buffer[quote - 8 : quote - 4], 16)
    by_length = (end <= cr or cr < 0) and end < edge and (end < len(buffer) or (gone and end == len(buffer)))
    if by_length and crc16.arc(buffer[quote:end]) == crc:
        return _good(buffer, at, quote, end, end == cr, ())
    if cr >= 0 and cr != end and crc16.arc(buffer[quote:cr]) == crc:
        return _good(buffer, at, quote, cr, True, (WRONG_LENGTH,))
    if cr >= 0:
        return _bad(buffer, at, quote, cr + 1, "CRC does not match")
    if gone:
        return _bad(buffer, at, quote, len(buffer), "cut off in the middle")
    if len(buffer) >= edge:
        return _bad(buffer, at, quote, edge - _LONGEST_OPENING, "no end of the frame")
    return None


def _good(buffer: bytes, at: int, quote: int, end: int, closed: bool, found: tuple[str, ...]) -> Piece:
    binary = quote - at == 7
    if binary:
        found += (BINARY_CRC,)
    if quote - at == 8:
        found += (NO_LF,)
    if not closed:
        found += (NO_CR,)
    return Piece(buffer[at : end + closed], buffer[quote:end], binary, found)


def _bad(buffer: bytes, at: int, quote: int, stop: int, reason: str) -> Piece:
    """A frame that is none: it reaches to the next opening inside it, else to where it would have ended."""
    inner = _OPENING.search(buffer, at + 1, stop)
    while inner and inner.end() == quote + 1:  # the same opening again, read without its LF
        inner = _OPENING.search(buffer, inner.start() + 1, stop)
    return Piece(buffer[at : inner.start() if inner else stop], reason=reason)
