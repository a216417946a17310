"""Ademco 685 automation output, which the MX8000 and many other receivers imitate: ``LF RG AAAA … CR``.

R is the receiver, G the group of lines, one character each. Contact ID, bare digits (4x1, 4x2, high speed of nine
channels) and a heartbeat. No checksum, no number. The receiver waits for ``06`` or ``15``; two NAKs or two times
without an answer, and it reports "computer trouble" and sends only heartbeats until one is acknowledged: so a NAK goes
only to a line in which nothing can be read. Source: Honeywell MX8000 guide K5982V2, fig. 8-1 to 8-4 and 8.9.5; the
VisorAlarm (manual p. 72) leaves out the last space of Contact ID. Digits A arrive as 0 already.
"""

import re

from devices.codecs import receiver_line
from devices.codecs.layout_codec import NAK, Ending, LayoutCodec
from devices.codecs.receiver_line import ACCOUNT, Basic, Line, words
from devices.signal import Kind, Signal

ZONE_KINDS = {"C": "contact", "U": "user"}
# In place of an account: the 685 speaks of its peripherals, of its operator, of its telephone lines.
OF_RECEIVER = ("RCVA", "RCVB", "LINE")

_FROM = rb"([0-9A-Z])([0-9A-Z]) "
_CONTACT_ID = rb" ([159]8) ([ERPerp1-9])([0-9A-Fa-f]{3}) ([0-9A-Fa-f]{2}) ([CU ]?)([0-9A-Fa-f]{3}) ?"
_CR = rb"(?= ?[\r\x14])"  # without it half a frame would read as one of the short formats


def _contact_id(match: re.Match[bytes]) -> Line:
    receiver, group, account, message_type, qualifier, event, partition, _, zone = words(match)
    report = receiver_line.report(account, qualifier, event, partition, zone, message_type=message_type)
    deviations: tuple[str, ...] = ("digit as qualifier",) if qualifier.isdigit() else ()
    if not match.group().endswith(b" "):
        deviations += ("no space before the CR",)
    return receiver_line.of_contact_id("", receiver, group, report, deviations)


def _low_speed(match: re.Match[bytes]) -> Line:
    receiver, group, account, event, zone = words(match)
    return receiver_line.of_basic("", receiver, group, account, Basic(event, None, zone))


def _high_speed(match: re.Match[bytes]) -> Line:
    receiver, group, account, *runs = words(match)
    return receiver_line.of_channels("", receiver, group, account, "".join(runs))


def _okay(match: re.Match[bytes]) -> Line:
    return Line("", match[1].decode(), match[2].decode(), said="@")


def _other(match: re.Match[bytes]) -> Line:
    receiver, group, account, rest = words(match)
    if account not in OF_RECEIVER:
        return receiver_line.unread("", receiver, group, rest.strip(), account)
    signal = Signal("", Kind.FAULT, "685 " + account, text=f"receiver {receiver} {account} {rest}".strip())
    return Line("", receiver, group, said=rest, signals=(signal,))


class Ademco685(LayoutCodec):
    """One connection to a receiver. The ``line`` of what is heard is the group."""

    name = "ademco685"
    heartbeat_seconds = 30.0  # of the receiver, unless it is set otherwise
    layouts = (
        (re.compile(_FROM + ACCOUNT + _CONTACT_ID), _contact_id),
        (re.compile(_FROM + rb"OKAY @"), _okay),
        (re.compile(_FROM + ACCOUNT + rb" ([0-9A-F]{4}) ([0-9A-F]{4}) ([0-9A-F])" + _CR), _high_speed),
        (re.compile(_FROM + ACCOUNT + rb" ([0-9A-F])(?: ([0-9A-F]))?" + _CR), _low_speed),
    )
    other = (re.compile(_FROM + rb"([0-9A-F]{4}|RCVA|RCVB|LINE) ([ -~]{1,600}?) ?\r"), _other)
    ending = Ending(b"\r")
    nak = NAK


def write_contact_id(
    account: str, event: str, qualifier: str = "E", partition: str = "01", zone: str = "000", zone_kind: str = "C",
    receiver: str = "1", group: str = "1",
) -> bytes:  # fmt: skip
    """A Contact ID frame as an MX8000 sends it."""
    return f"\n{receiver}{group} {account} 18 {qualifier}{event} {partition} {zone_kind}{zone} \r".encode()


def write_heartbeat() -> bytes:
    return b"\n00 OKAY @\r"
