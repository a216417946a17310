"""What arrives on a DC-09 line and is another protocol: told by name, so that whoever installs knows what to change.

Aritech panels keep alive with ``HID=…#UID=…#CRC=…##``; Honeywell Galaxy repeats a bare DC-03 block ten times a second;
scanners and browsers say HTTP, encrypted lines TLS.
"""

import re

_STRANGERS: tuple[tuple[re.Pattern[bytes], str], ...] = (
    (
        re.compile(rb"(?:\bUID=(\w{1,16})#.*)?#CRC=[0-9A-Fa-f]{32}##", re.DOTALL),
        "Aritech HID=…#CRC=…## frames are not DC-09: set the panel to SIA DC-09",
    ),
    (
        re.compile(rb"[\x40-\x50]#([0-9A-Fa-f]{3,16})[\x80-\xff]"),
        "raw SIA DC-03 blocks (Honeywell Galaxy): give its line protocol = \"galaxy-dc03\"",
    ),
    (re.compile(rb"\A\n?(?:GET|POST|HEAD|OPTIONS|CONNECT) ()"), "HTTP on a DC-09 line: a scanner or a browser"),
    (re.compile(rb"\A\x16\x03[\x00-\x04]()"), "TLS on a line without TLS"),
)  # fmt: skip


def recognise(raw: bytes) -> tuple[str, str] | None:
    """Why these bytes are no DC-09, and the account they name (``""`` if none); None when nobody is recognised."""
    for pattern, reason in _STRANGERS:
        if found := pattern.search(raw):
            return reason, (found.group(1) or b"").decode("ascii", "replace")
    return None
