"""Bosch D6600 in SIA mode (after SIA DC-07): ``LF CRC type seq RR LL [#account|data] CR``.

``type`` is one character as in D6500 mode, TAB for the link test and the receiver's own answers; ``seq`` four digits,
``RR`` the receiver, ``LL`` the line or group (00 the receiver itself). Answered ``LF CRC TAB seq RR LL [] CR``; a NAK
has ``seq`` 0000 and line 00. Refused three times in a row a message is **skipped**. Anything but these two is no
answer, and the receiver repeats. Source: Computer Interface Manual 4998122703-05, p. 44-46 and 180; -01 p. 38 (link
test).
**Not verified**: the manual says of the CRC only "as in SIA DC-07". Here it is the CRC-16 of DC-09, which descends from
DC-07, over ``type`` up to and with ``]``, as four hexadecimal digits or as two raw bytes; answered as it came.
"""

import re
from datetime import datetime

from fastcrc import crc16

from devices.codecs import receiver_line, sia_codes
from devices.codecs.dc09_frame import BINARY_CRC
from devices.codecs.layout_codec import Ending, Layout, LayoutCodec, Refused
from devices.codecs.receiver_line import EVENT, Line, words
from devices.signal import Heartbeat, Message

LINK_TEST = "\t"

_BODY = rb"([\t0-9A-Za-z])(\d{4})(\d\d)(\d\d)? ?\[([^\n]{0,600}?)\](?=\r|\Z)"
_DATA = re.compile(r"#([0-9A-Fa-f]+)\|(.*)\Z", re.DOTALL)
_CONTACT_ID = re.compile(rb"([159]8)" + EVENT + rb"\Z")


def _seal(body: bytes, binary: bool = False) -> bytes:
    crc = crc16.arc(body)
    return b"\n%b%b\r" % (crc.to_bytes(2, "big") if binary else b"%04X" % crc, body)


def _hexadecimal(match: re.Match[bytes]) -> Line | Refused:
    return _frame(match, int(match[1], 16), ())


def _binary(match: re.Match[bytes]) -> Line | Refused:
    return _frame(match, int.from_bytes(match[1], "big"), (BINARY_CRC,))


def _frame(match: re.Match[bytes], crc: int, deviations: tuple[str, ...]) -> Line | Refused:
    receiver = match[4]
    if crc16.arc(match.string[match.end(1) : match.end()]) != crc:
        return Refused("CRC does not match", _seal(b"\t0000%b00[]" % receiver, bool(deviations)))
    line = _told(match[2].decode(), receiver.decode(), (match[5] or b"00").decode(), receiver_line.text(match[6]))
    line.sequence = match[3].decode()
    line.deviations += deviations
    return line


def _told(kind: str, receiver: str, line: str, data: str) -> Line:
    if kind == LINK_TEST and not data:
        return Line(kind, receiver, line)
    named = _DATA.match(data)
    if not named:
        return receiver_line.unread(kind.strip(), receiver, line, data)
    event = _CONTACT_ID.match(named[2].encode())
    if event:
        message_type, *digits = words(event)
        report = receiver_line.report(named[1], *digits, message_type=message_type)
        return receiver_line.of_contact_id(kind, receiver, line, report)
    if named[2][:1] in ("N", "O") and sia_codes.parse(data)[1]:
        return receiver_line.of_sia(kind, receiver, line, data)
    return receiver_line.unread(kind, receiver, line, named[2], named[1])


class D6600Dc07(LayoutCodec):
    """One connection to a receiver."""

    name = "d6600-dc07"
    heartbeat_seconds = 30.0  # of the receiver, unless it is set otherwise
    layouts: tuple[Layout, ...] = (
        (re.compile(rb"\n?([0-9A-Fa-f]{4})" + _BODY), _hexadecimal),
        (re.compile(rb"\n([\x00-\xff]{2})" + _BODY), _binary),
    )
    ending = Ending(b"]\r")
    nak = _seal(b"\t00000100[]")
    filler = b"\x00\r"

    def reply(self, heard: Message | Heartbeat, now: datetime) -> bytes:
        line: Line = heard.head
        body = f"\t{line.sequence}{line.receiver}{line.line}[]"
        return _seal(body.encode(), BINARY_CRC in line.deviations)


def write_contact_id(
    account: str, event: str, qualifier: int = 1, partition: str = "01", zone: str = "000",
    sequence: int = 1, receiver: str = "01", line: str = "01", binary: bool = False,
) -> bytes:  # fmt: skip
    """A Contact ID frame."""
    data = f"#{account}|18{qualifier}{event}{partition}{zone}"
    return write("a", data, sequence, receiver, line, binary)


def write(
    kind: str, data: str, sequence: int = 1, receiver: str = "01", line: str = "01", binary: bool = False
) -> bytes:
    """Any frame. The link test is ``write(LINK_TEST, "")``."""
    return _seal(f"{kind}{sequence:04}{receiver}{line}[{data}]".encode(), binary)
