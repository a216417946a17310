"""Bosch (Radionics) D6500 mode: what a D6500, or a D6600 or D6100 set to imitate it, sends to the computer.

``[header] kind RR L …`` closed by DC4 (programmable; CR is read too), without checksum or number. The receiver waits
for ``06`` or ``15`` and repeats; a message refused three times in a row it **skips**, so a NAK goes only to a line in
which nothing can be read. Lines are one character: 1-9, A-W for 10-32, X for group 33, Y above; 0 is the receiver
itself. Contact ID has the account before the 18 and a digit as qualifier; the VisorAlarm, which imitates it, writes E,
R or P. Source: D6600/D6100IPv6 Computer Interface Manual 4998122703-05, p. 8 (lines), 11 and 12 (kind a), 16 (1), 21
(link test), 180 (answers). Other kinds are acknowledged and looked at by a person.
"""

import re

from devices.codecs import receiver_line, surgard_layouts
from devices.codecs.layout_codec import NAK, Ending, Layout, LayoutCodec
from devices.codecs.receiver_line import ACCOUNT, EVENT, Basic, Line, words
from devices.signal import Kind, Signal

_FROM = rb"([0-9A-Fa-f]{2})([0-9A-Z])"


def _contact_id(match: re.Match[bytes]) -> Line:
    receiver, line, account, message_type, *event = words(match)
    report = receiver_line.report(account, *event, message_type=message_type)
    deviations = () if event[0].isdigit() else ("letter as qualifier",)
    return receiver_line.of_contact_id("a", receiver, line, report, deviations)


def _as_surgard(match: re.Match[bytes]) -> Line:
    receiver, line, message_type, account, *event = words(match)
    report = receiver_line.report(account, *event, message_type=message_type)
    return receiver_line.of_contact_id("a", receiver, line, report, ("layout of the 18 and the account",))


def _common(match: re.Match[bytes]) -> Line:
    """Kind 1, formats of bare digits and the receiver's own messages, which have no account."""
    receiver, line, account, event, zone = words(match)
    if " " in account.strip():
        return receiver_line.unread("1", receiver, line, account + event + zone)
    if account.strip():
        return receiver_line.of_basic("1", receiver, line, account.strip(), Basic(event.strip(), None, zone.strip()))
    text = f"receiver {receiver} line {line} zone {zone.strip()}"
    signal = Signal("", Kind.FAULT, "D6500 " + event.strip(), text=text)
    return Line("1", receiver, line, said=event.strip(), signals=(signal,))


class D6500(LayoutCodec):
    """One connection to a receiver."""

    name = "d6500"
    heartbeat_seconds = 30.0  # of the receiver, unless it is set otherwise
    layouts = (
        # ten digits of account first: in the shorter frame the 58 would have to be its partition, and three digits miss
        (re.compile(rb"a" + _FROM + rb" ([0-9A-Fa-f]{10})(58)" + EVENT), _contact_id),
        (re.compile(rb"a" + _FROM + rb" " + ACCOUNT + rb"([159]8)" + EVENT), _contact_id),
        (re.compile(rb"a" + _FROM + rb" ([159]8)" + ACCOUNT + EVENT), _as_surgard),
        surgard_layouts.HEARTBEAT,
        surgard_layouts.SIA,
        surgard_layouts.CHANNELS,
        (re.compile(rb"1" + _FROM + rb"([ 0-9A-Fa-f]{10})([ 0-9A-Z][0-9A-Z])([ 0-9A-Z]{4})"), _common),
    )
    other: Layout = (
        re.compile(rb"(?![a1S])([0-9A-Za-z])([0-9A-Fa-f]{2})([0-9A-Z])([ -~]{6,600})[\x14\r]\Z"),
        surgard_layouts.read_other,
    )
    ending = Ending(b"\x14", b"\r")
    nak = NAK


def write_contact_id(
    account: str, event: str, qualifier: int = 1, partition: str = "01", zone: str = "000",
    receiver: str = "01", line: str = "1",
) -> bytes:  # fmt: skip
    """A Contact ID frame as a D6600 sends it in D6500 mode."""
    return f" a{receiver}{line} {account}18{qualifier}{event}{partition}{zone}\x14".encode()


def write_heartbeat(receiver: str = "01") -> bytes:
    """The link test: line 0."""
    return f" 1{receiver}0{'@':>12}    \x14".encode()
