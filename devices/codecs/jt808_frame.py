"""JT/T 808 frames: escapes, checksum, the headers of 2013 and 2019, and frames written."""

import re
from dataclasses import dataclass
from functools import reduce
from operator import xor

FLAG = b"\x7e"
_ESCAPE = re.compile(rb"\x7d[\x01\x02]")
_WRONG_ESCAPE = re.compile(rb"\x7d(?![\x01\x02])")
_VERSIONED, _PARTS, _LENGTH = 0x4000, 0x2000, 0x3FF


@dataclass(frozen=True, slots=True)
class Head:
    """``account`` is the terminal's number as on the wire: 12 digits, or 20 in the edition of 2019 (``version`` set).
    ``part`` is set for a piece of a longer message. ``length_ok`` says the body is as long as the header says."""

    message: int
    account: str
    serial: int
    version: int | None = None
    part: tuple[int, int] | None = None
    length_ok: bool = True


def unescape(inside: bytes) -> bytes | None:
    """What stood between two flags, before it was escaped; None where an escape is none."""
    if _WRONG_ESCAPE.search(inside):
        return None
    return _ESCAPE.sub(lambda match: FLAG if match[0] == b"\x7d\x02" else b"\x7d", inside)


def escape(plain: bytes) -> bytes:
    return plain.replace(b"\x7d", b"\x7d\x01").replace(FLAG, b"\x7d\x02")


def read(inside: bytes) -> tuple[Head, bytes] | str:
    """Head and body of what stands between two flags, or why it is none, in words."""
    plain = unescape(inside)
    if plain is None:
        return "wrong escape"
    if len(plain) < 13:
        return "too short for a JT/T 808 message"
    if reduce(xor, plain):
        return "wrong checksum"
    message, attributes = int.from_bytes(plain[:2], "big"), int.from_bytes(plain[2:4], "big")
    versioned = bool(attributes & _VERSIONED)
    at = 15 if versioned else 10
    if len(plain) < at + 3 + (4 if attributes & _PARTS else 0):
        return "too short for its header"
    account, serial = plain[at - (10 if versioned else 6) : at].hex(), int.from_bytes(plain[at : at + 2], "big")
    at += 2
    part = None
    if attributes & _PARTS:
        part = (int.from_bytes(plain[at + 2 : at + 4], "big"), int.from_bytes(plain[at : at + 2], "big"))
        at += 4
    body = plain[at:-1]
    version = plain[4] if versioned else None
    return Head(message, account, serial, version, part, len(body) == attributes & _LENGTH), body


def write(message: int, account: str, serial: int, body: bytes = b"", version: int | None = None) -> bytes:
    """A frame, ours or a terminal's."""
    attributes = len(body) | (0 if version is None else _VERSIONED)
    edition = b"" if version is None else bytes((version,))
    plain = message.to_bytes(2, "big") + attributes.to_bytes(2, "big") + edition
    plain += bytes.fromhex(account) + serial.to_bytes(2, "big") + body
    return FLAG + escape(plain + bytes((reduce(xor, plain),))) + FLAG
