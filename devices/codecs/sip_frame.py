"""SIP on a wire: where one message ends and the next begins, on a stream or in a datagram.

RFC 3261 §18.3: a message is a start line, headers, a blank line and as many bytes as ``Content-Length`` says; without
it a datagram goes on to its end. RFC 5626 §4.4.1: two line ends between messages are a keep-alive, answered with one.
Real devices leave ``Content-Length`` out, miscount it, end lines in LF alone. Whatever was cut off (a radio gap, a
restart) must not swallow the repetition: a start line inside a message begins another one.

How it stays linear: ``_seen`` is how far the unfinished bytes have been looked through; no byte is looked at again but
for the few that may belong to a pattern cut in two.
"""

import re
from typing import NamedTuple

HEAD, BODY = 4096, 4096  # bytes; SCAIP itself ends at 1300 bytes of XML
LONGEST_START = 300  # bytes of a start line
PING = b"\r\n\r\n"

CUT_OFF, NOISE, TOO_LONG, SHORT, NO_LENGTH = (
    "cut off before its end", "no SIP message", "too long", "shorter than its Content-Length", "no Content-Length",
)  # fmt: skip

_METHODS = "MESSAGE|OPTIONS|REGISTER|INVITE|ACK|BYE|CANCEL|NOTIFY|SUBSCRIBE|INFO|PRACK|UPDATE|REFER|PUBLISH"
_START = re.compile(
    rf"(?:{_METHODS}) [^ \r\n]{{1,256}} SIP/2\.0\r?\n|SIP/2\.0 [1-6]\d\d [^\r\n]{{0,100}}\r?\n".encode()
)
_BLANK_LINE = re.compile(rb"\r?\n\r?\n")
_LENGTH = re.compile(rb"\n(?:content-length|l)[ \t]{0,8}:[ \t]{0,8}(\d{1,9})[ \t]{0,8}\r?\n", re.IGNORECASE)
_CLOSED = re.compile(rb"</(?:[A-Za-z][\w.-]{0,19}:)?(?:mrq|scaip)[ \t\r\n]{0,8}>")
_BETWEEN = b"\r\n\0"


class Piece(NamedTuple):
    """A message whose head is so many bytes long, a keep-alive (``raw`` is ``PING``), or noise (``head`` is 0).

    ``why`` says what is odd about it, in words.
    """

    raw: bytes
    head: int = 0
    why: str = ""


class Cutter:
    """One connection's or one datagram's bytes."""

    def __init__(self) -> None:
        self.rest = b""
        self._at = 0  # where the unfinished message begins
        self._begin()

    def feed(self, data: bytes) -> list[Piece]:
        self.rest += data
        pieces: list[Piece] = []
        while piece := self._next():
            pieces.append(piece)
        self._drop()
        return pieces

    def end(self) -> list[Piece]:
        """What is left; a message with its whole head still counts."""
        rest, head, why = self.rest, self._head, NO_LENGTH if self._size is None else SHORT
        self.rest = b""
        self._begin()
        if not rest.strip(_BETWEEN):
            return []
        return [Piece(rest, head, why) if head else Piece(rest, why=CUT_OFF if _START.match(rest) else NOISE)]

    def _begin(self) -> None:
        """At ``_at`` something new begins. ``_line`` is where its start line ends, 0 while there is none."""
        self._seen = self._at
        self._line = self._head = 0
        self._size: int | None = 0  # of the body; None when not said

    def _drop(self) -> None:
        """Forget what has been told: the places move with it."""
        self.rest = self.rest[self._at :]
        self._seen = max(0, self._seen - self._at)
        self._line = max(0, self._line - self._at)
        self._at = 0

    def _told(self, stop: int, head: int = 0, why: str = "") -> Piece:
        piece = Piece(self.rest[self._at : stop], head, why)
        self._at = stop
        self._begin()
        return piece

    def _next(self) -> Piece | None:
        """The next piece, or None while its end has not arrived."""
        if not self._line:
            piece = self._between() or self._find_start()
            if piece or not self._line:
                return piece
        if not self._head:
            piece = self._find_head()
            if piece or not self._head:
                return piece
        return self._find_end()

    def _between(self) -> Piece | None:
        """Keep-alives and stray line ends before a message."""
        while self._at < len(self.rest):
            ahead = self.rest[self._at : self._at + len(PING)]
            if ahead == PING:
                return self._told(self._at + len(PING))
            if PING.startswith(ahead) or ahead[0] not in _BETWEEN:
                return None
            self._at += 1
            self._begin()
        return None

    def _find_start(self) -> Piece | None:
        edge = self._at + HEAD
        found = _START.search(self.rest, max(self._at, self._seen - LONGEST_START), edge)
        if found and found.start() > self._at:
            return self._told(found.start(), why=NOISE)
        if not found:
            return self._unfinished(edge, NOISE)
        self._line = self._seen = found.end()
        return None

    def _find_head(self) -> Piece | None:
        edge = self._at + HEAD
        found = _BLANK_LINE.search(self.rest, max(self._line - 2, self._seen - 4), edge)
        stop = found.end() if found else min(len(self.rest), edge)
        if piece := self._interrupted(stop):
            return piece
        if not found:
            return self._unfinished(edge, TOO_LONG)
        size = _LENGTH.search(self.rest, self._line - 1, stop)
        self._size = int(size.group(1)) if size else None if self.rest.startswith(b"MESSAGE", self._at) else 0
        self._head, self._seen = stop - self._at, stop
        return None

    def _find_end(self) -> Piece | None:
        start = self._at + self._head
        if self._size is None:
            return self._find_close(start)
        stop = start + min(self._size, BODY)
        if piece := self._interrupted(min(stop, len(self.rest))):
            return piece
        if len(self.rest) >= stop:
            return self._told(stop, self._head, TOO_LONG if self._size > BODY else "")
        self._seen = len(self.rest)
        return None

    def _find_close(self, start: int) -> Piece | None:
        """A stream without ``Content-Length`` has no end but that of its XML."""
        edge = start + BODY
        found = _CLOSED.search(self.rest, max(start, self._seen - 40), edge)
        stop = found.end() if found else min(len(self.rest), edge)
        if piece := self._interrupted(stop):
            return piece
        if found or len(self.rest) >= edge:
            return self._told(stop, self._head, NO_LENGTH if found else TOO_LONG)
        self._seen = len(self.rest)
        return None

    def _interrupted(self, stop: int) -> Piece | None:
        """Another message begins before this one has ended."""
        found = _START.search(self.rest, max(self._line, self._seen - LONGEST_START), stop)
        return self._told(found.start(), why=CUT_OFF) if found else None

    def _unfinished(self, edge: int, why: str) -> Piece | None:
        """Too much without an end is told; what may be the beginning of a start line stays."""
        if len(self.rest) >= edge:
            return self._told(edge - LONGEST_START, why=why)
        self._seen = len(self.rest)
        return None
