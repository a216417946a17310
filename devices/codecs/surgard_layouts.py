"""The layouts of Sur-Gard frames, one pattern and one reader each, without terminator.

``RR`` receiver in hex, ``L`` line (``LLL`` in the System family), ``s`` space. Manuals: see ``surgard``; the widths are
those of the MLR2-DG's clock signal protocol (p. 44). The older formats, as receivers of other makers imitate them, are
here too: Bosch's D6500 mode shares them.
"""

import re
from functools import partial

from devices.codecs import receiver_line, sia_codes
from devices.codecs.layout_codec import Layout
from devices.codecs.receiver_line import ACCOUNT, EVENT, Basic, Line, words
from devices.codecs.sia_codes import Event

MEDICAL = "7"  # 4/3 event table of the manuals
CALLER = "4U"  # the number of the telephone that rang, in North America and in Britain

FROM = rb"([0-9A-Fa-f]{2})([0-9A-Za-z]{1,3})"  # 1 digit of line in the MLR2 family, 3 in the System family
_FROM_GLUED = rb"([0-9A-Fa-f]{2})([0-9A-Za-z]|[0-9A-Za-z]{3})"
_BRACKETS = rb"\[([^\x14\r]{0,600}?)\](?=[0-9S\s\x14]|\Z)"
_CLOSED = rb"(?=[\x14\r]|\d\d:\d\d:|\Z)"  # only the end of the frame tells a glued line of 1 digit from one of 3


def read_contact_id(match: re.Match[bytes], *deviations: str) -> Line:
    """Groups: receiver, line, account, qualifier, event, partition, zone."""
    receiver, line, *report = words(match)
    if report[1].isdigit():
        deviations = ("digit as qualifier", *deviations)
    kind = match.group()[:1].decode()
    return receiver_line.of_contact_id(kind, receiver, line, receiver_line.report(*report), deviations)


def read_sia(match: re.Match[bytes]) -> Line:
    kind, receiver, line = match.group()[:1].decode(), match[1].decode(), match[2].decode()
    of = receiver_line.of_receiver if kind == "0" else receiver_line.of_sia
    return of(kind, receiver, line, receiver_line.text(match[3]))


def read_heartbeat(match: re.Match[bytes]) -> Line:
    return Line("1", match[1].decode(), match[2].decode(), said="@")


def read_basic(match: re.Match[bytes], medical: str = "") -> Line:
    receiver, line, account, event, area, zone = words(match)
    said = Basic(event, area.strip() or None, zone.strip())
    return receiver_line.of_basic("1", receiver, line, account.strip(), said, medical)


def read_channels(match: re.Match[bytes]) -> Line:
    """Groups: receiver, line, account, then runs of channels."""
    receiver, line, account, *runs = words(match)
    return receiver_line.of_channels(match.group()[:1].decode(), receiver, line, account, "".join(runs))


def read_other(match: re.Match[bytes]) -> Line:
    kind, receiver, line, rest = words(match)
    if kind in CALLER:
        return receiver_line.of_caller(kind, receiver, line, "", rest.strip())
    return receiver_line.unread(kind, receiver, line, rest.strip())


def _sia_1(match: re.Match[bytes]) -> Line:
    receiver, line, account, code, zone = words(match)
    event = Event(code, zone.strip() or None, {})
    signal = sia_codes.signal(event, account.strip())
    return Line("3", receiver, line, account.strip(), events=(event,), signals=(signal,))


def _modem(match: re.Match[bytes]) -> Line:
    receiver, line, account, event, zone = words(match)
    said = Basic(event.strip(), None, zone.strip())
    return receiver_line.of_basic("6", receiver, line, account, said, name="modem")


def _caller(match: re.Match[bytes]) -> Line:
    kind, receiver, line, account, number = words(match)
    return receiver_line.of_caller(kind, receiver, line, account.strip(), number.strip(" F"))


def _clone(match: re.Match[bytes]) -> Line:
    return read_contact_id(match, "layout of the 18 and the account")


HEARTBEAT: Layout = (re.compile(rb"1" + FROM + rb" {1,20}@ {0,8}"), read_heartbeat)
SIA: Layout = (re.compile(rb"[S0]" + FROM + _BRACKETS), read_sia)
CHANNELS: Layout = (re.compile(rb"9" + FROM + rb" {4}" + ACCOUNT + rb"([0-9A-F ]{8})"), read_channels)

# The 18 (98, 58) before the account as in the manuals; clones put it after, and leave out the space.
_BEFORE, _AFTER = rb"[159]8" + ACCOUNT, ACCOUNT + rb"[159]8"
LAYOUTS: tuple[Layout, ...] = (
    (re.compile(rb"5" + FROM + rb" +" + _BEFORE + EVENT), read_contact_id),
    (re.compile(rb"5" + FROM + rb" +" + _AFTER + EVENT), _clone),
    (re.compile(rb"5" + _FROM_GLUED + _AFTER + EVENT + _CLOSED), _clone),
    (re.compile(rb"5" + _FROM_GLUED + _BEFORE + EVENT + _CLOSED), _clone),
    (re.compile(rb"5([0-9A-Fa-f]{2})([0-9A-Za-z])" + _AFTER + EVENT), _clone),
    SIA,
    (re.compile(rb"3" + FROM + rb" {4}([0-9A-Fa-f ]{6})([A-Z]{2})([0-9A-Za-z ]{0,4})"), _sia_1),
    HEARTBEAT,
    (re.compile(rb"1" + FROM + rb" {4}( *[0-9A-Fa-f]+) ([0-9A-Z])([0-9A-Z ])([0-9A-Z ]{3})"),
     partial(read_basic, medical=MEDICAL)),
    (re.compile(rb"6" + FROM + rb" {6}" + ACCOUNT + rb"([0-9A-Z ]{2})([0-9A-Z ]{4})"), _modem),
    (re.compile(rb"8" + FROM + rb" *" + ACCOUNT + rb" ([0-9A-F]{4}) ([0-9A-F]{4}) ([0-9A-F])"), read_channels),
    CHANNELS,
    (re.compile(rb"(4)([0-9A-Fa-f]{2})([0-9A-Za-z]{1,3}?)([ 0-9A-Fa-f]{6})(\d{10})" + _CLOSED), _caller),
    (re.compile(rb"(U)([0-9A-Fa-f]{2})([0-9A-Za-z]{1,3}?)([ 0-9A-Fa-f]{6})([0-9 F-]{18})" + _CLOSED), _caller),
)  # fmt: skip
# 2, 7, A, D, F, V and what else the families know. Somebody may have pressed, so they are not refused.
OTHER: Layout = (re.compile(rb"([246-9ADEFJLNUV])([0-9A-F]{2})([0-9A-Z])([ -~]{6,600})[\x14\r]\Z"), read_other)
