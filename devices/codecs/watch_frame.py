"""Frames of ``[3G*…]`` watches: head, type and values taken apart, and frames written.

``watch.py`` says where a frame ends, ``watch_contents.py`` what a report means.
"""

import re
from dataclasses import dataclass
from datetime import UTC, datetime

from devices.codecs.watch_contents import Report, read_report

HEAD = re.compile(rb"\[([0-9A-Z]{2})\*([0-9A-Za-z]{1,20})\*(?:([0-9A-Za-z]{1,8})\*)?([0-9A-Fa-f]{4})\*")
START = re.compile(rb"\[[0-9A-Z]{2}\*[0-9A-Za-z]{1,20}\*[0-9A-Za-z]{1,8}\*")
_REPORT = re.compile(rb"(?:AL|UD|WT)")
_AFTER_NUMBER = re.compile(rb"[,*][-+.0-9]{0,16}\Z")
_ESCAPED = re.compile(rb"\x7d([\x01-\x05])")
_ESCAPES = b"}[],*"


@dataclass(frozen=True, slots=True)
class Frame:
    """One frame taken apart. ``values`` are Latin-1, ``payload`` is all after the type, unescaped."""

    maker: str
    account: str
    index: str
    type: str
    values: tuple[str, ...]
    payload: bytes
    length_ok: bool
    report: Report | None = None


def may_end(buffer: bytes, start: int, close: int) -> bool:
    """Could the bracket at ``close`` end a frame whose content begins at ``start``, whatever its length says?"""
    return not _REPORT.match(buffer, start) or bool(_AFTER_NUMBER.search(buffer, max(start - 1, close - 17), close))


def read_frame(head: re.Match[bytes], raw: bytes) -> Frame:
    content = raw[len(head[0]) : raw.rindex(b"]")]
    type_, _, rest = content.partition(b",")
    payload = _ESCAPED.sub(lambda match: _ESCAPES[match[1][0] - 1 : match[1][0]], rest)
    word = type_.decode("latin-1")
    values = tuple(value.decode("latin-1") for value in rest.split(b","))
    plain = len(content) - len(rest) + len(payload)
    ok = int(head[4], 16) in (len(content), plain)
    report = read_report(values) if _REPORT.match(type_) else None
    return Frame(head[1].decode(), head[2].decode(), (head[3] or b"").decode(), word, values, payload, ok, report)


def write(content: str, account: str, maker: str = "3G", index: str = "") -> bytes:
    """A frame, ours or a watch's."""
    between = f"{index}*" if index else ""
    return f"[{maker}*{account}*{between}{len(content):04X}*{content}]".encode()


def write_report(
    account: str, type: str = "UD", status: int = 0, latitude: float = 36.62, longitude: float = 101.77,
    battery: int = 80, at: datetime = datetime(2026, 1, 1, tzinfo=UTC), index: str = "",
) -> bytes:  # fmt: skip
    """A report with a fresh fix, as a watch sends it."""
    letters = ("N" if latitude >= 0 else "S", "E" if longitude >= 0 else "W")
    place = f"{abs(latitude):.6f},{letters[0]},{abs(longitude):.6f},{letters[1]}"
    content = f"{type},{at:%d%m%y,%H%M%S},A,{place},0.00,0.0,0.0,7,90,{battery},0,0,{status:08X},0,0,0.0"
    return write(content, account, index=index)
