"""What stands inside one DC-09 frame: header, data, x-data, timestamp. DC-09 §5.5 and table of x-data.

``read_header`` takes ``"token"seq[Rrcvr]Lpref#acct[``, ``unpadded`` makes decrypted bytes look like clear ones, and
``fill`` takes ``data][x…][x…]_HH:MM:SS,MM-DD-YYYY``. What a panel does differently is named, not refused.
"""

import re
from dataclasses import dataclass
from datetime import datetime

from devices.codecs.dc09_cipher import moment

HEADER = re.compile(rb'"(\*?)([^"\r\n]{1,16})"([0-9]*)(R[^L#\[]*)?(L[^#\[]*)?(?:#([^\[]*))?\[')
_STAMP = re.compile(rb"_\d\d:\d\d:\d\d,\d\d-\d\d-\d{4}\Z")  # the digits may be nonsense: a clock never set
_DATA_END = re.compile(rb"\](?=[\[_]|\Z)")
_XDATA = re.compile(rb"\[([^\]])(.*?)(?:\](?=\[|\Z)|\Z)", re.DOTALL)  # a JSON value may hold brackets
_KEY = re.compile(rb"((?<=\])\[K)([^\]\r]*)|(\[K)([0-9A-Fa-f]{8,})")


@dataclass(slots=True)
class Frame:
    """What one good frame says. ``echo`` is the header as a reply repeats it; a key in x-data is left out."""

    token: str
    encrypted: bool
    sequence: str
    receiver: str | None
    line: str | None
    account: str
    echo: bytes
    binary: bool
    data: str = ""
    xdata: tuple[tuple[str, str], ...] = ()
    timestamp: datetime | None = None

    @property
    def content(self) -> bytes:
        """What a retransmission repeats, even with a fresh timestamp and fresh padding."""
        if not self.xdata:
            return self.data.encode()
        return (self.data + "".join(f"[{x}{value}" for x, value in self.xdata)).encode()

    @property
    def key_change(self) -> bool:
        return any(x == "K" for x, _ in self.xdata)


def struck(said: bytes) -> bytes:
    """The same bytes with every new key (x-data ``K``) as stars: a key must not travel any further, nor be kept."""
    if b"[K" not in said:
        return said
    return _KEY.sub(lambda k: (k[1] or k[3]) + b"*" * len(k[2] or k[4] or b""), said)


def read_header(found: re.Match[bytes], binary: bool, deviations: list[str]) -> Frame:
    """The frame so far: everything before ``[``."""
    star, token, sequence, receiver, line, account = found.groups()
    echo = found.string[found.end(2) + 1 : found.end() - 1]
    if line is None:
        deviations.append("no line number")
        echo = sequence + (receiver or b"") + b"L0" + (b"" if account is None else b"#" + account)
    elif line == b"L":
        deviations.append("empty line number")
    if account is None:
        deviations.append("no account in the header")
    return Frame(
        token.decode("latin-1").upper(), bool(star), sequence.decode(), _field(receiver), _field(line),
        (account or b"").decode("latin-1").replace("\0", "\u2400"),  # NUL, made visible: no database holds it
        echo, binary,
    )  # fmt: skip


def _field(value: bytes | None) -> str | None:
    return None if value is None else value[1:].decode("latin-1")


def unpadded(clear: bytes) -> bytes:
    """Decrypted bytes without their padding, which ends at ``|``, or at ``]`` where there is no data.

    Empty if this cannot be what a panel encrypted: with a wrong key everything is noise.
    """
    end = clear.find(b"]")
    bar = clear.find(b"|", 0, max(end, 0))
    if end < 0 or b"[" in clear[: bar if bar >= 0 else end] or not _STAMP.match(clear[-20:]):
        return b""
    return clear[bar + 1 if bar >= 0 else end :]


def fill(frame: Frame, contents: bytes, deviations: list[str]) -> None:
    """Data, x-data and timestamp of ``data][x…][x…]_time``."""
    contents = struck(contents)
    end = _DATA_END.search(contents)
    data, tail = (contents[: end.start()], contents[end.end() :]) if end else (contents, b"")
    if not end:
        deviations.append("data without its closing bracket")
    bar = tail.rfind(b"_")
    if bar > tail.rfind(b"]"):  # a bar inside a block belongs to its address or text
        frame.timestamp, tail = moment(tail[bar + 1 :]), tail[:bar]
        if frame.timestamp is None:
            deviations.append("timestamp unreadable")
    frame.data = _text(data, deviations)
    if tail:
        blocks = [(x.decode("latin-1"), _text(value, deviations)) for x, value in _XDATA.findall(tail)]
        frame.xdata = tuple((x, "" if x == "K" else value) for x, value in blocks)


def _text(said: bytes, deviations: list[str]) -> str:
    """UTF-8 as DC-09 has it now, else Windows-1252 as earlier editions had it; each block for itself."""
    try:
        return said.decode()
    except UnicodeDecodeError:
        deviations.append("text is not UTF-8")
        return said.decode("cp1252", "replace")
