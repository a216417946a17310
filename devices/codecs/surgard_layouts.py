"""The layouts of Sur-Gard frames, one pattern and one reader each, without terminator.

``RR`` receiver in hex, ``L`` line (``LLL`` in the System family), ``s`` space. Manuals: see ``surgard``.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

from devices.codecs import sia_codes
from devices.codecs.contact_id import Report
from devices.codecs.sia_codes import Event

QUALIFIERS = {"E": 1, "R": 3, "P": 6}  # new event, restore, previous event

_FROM = rb"([0-9A-Fa-f]{2})([0-9A-Za-z]|[0-9A-Za-z]{3})"
_ACCT = rb"([0-9A-Fa-f]{4})"
_BRACKETS = rb"\[([^\x14\r]{0,600}?)\](?=[0-9S\s\x14]|\Z)"


class Basic(NamedTuple):
    """A 4/2, 4/3 or 3/1 report: one digit whose meaning each installer chooses; 7 is medical everywhere."""

    event: str
    area: str | None
    zone: str


@dataclass(slots=True)
class Line:
    """One frame: ``protocol`` is its first character, ``said`` what follows, read as far as its layout goes."""

    protocol: str
    receiver: str
    line: str
    account: str = ""
    said: Report | Basic | str = ""
    events: tuple[Event, ...] = ()
    deviations: tuple[str, ...] = ()


Reader = Callable[[re.Match[bytes]], Line]


def _contact_id(match: re.Match[bytes]) -> Line:
    receiver, line, *accounts, qualifier, event, partition, zone = [(g or b"").decode() for g in match.groups()]
    account = next(filter(None, accounts))
    said = Report(account, QUALIFIERS.get(qualifier.upper()) or int(qualifier), event, partition, zone)
    names = ["digit as qualifier"] if qualifier.isdigit() else []
    if not accounts[0]:
        names.append("layout of the 18 and the account")
    return Line("5", receiver, line, account, said, deviations=tuple(names))


def _sia(match: re.Match[bytes]) -> Line:
    data = _text(match[3])
    account, events = sia_codes.parse(data)
    kind, receiver, line = match.group()[:1].decode(), match[1].decode(), match[2].decode()
    return Line(kind, receiver, line, account, "" if events else data, tuple(events))


def _sia_1(match: re.Match[bytes]) -> Line:
    receiver, line, account, code, zone = [g.decode() for g in match.groups()]
    return Line("3", receiver, line, account.strip(), events=(Event(code, zone.strip() or None, {}),))


def _basic(match: re.Match[bytes]) -> Line:
    receiver, line, account, event, area, zone = [g.decode() for g in match.groups()]
    return Line("1", receiver, line, account, Basic(event, area.strip() or None, zone.strip()))


def _heartbeat(match: re.Match[bytes]) -> Line:
    return Line("1", match[1].decode(), match[2].decode(), said="@")


def read_other(match: re.Match[bytes]) -> Line:
    kind, receiver, line, rest = [g.decode() for g in match.groups()]
    return Line(kind, receiver, line, said=rest.strip())


def _text(data: bytes) -> str:
    try:
        return data.decode()
    except UnicodeDecodeError:
        return data.decode("cp1252", "replace")


# The 18 (98, 58) before the account as in the manuals; clones put it after, and leave out the space.
_NAMED = rb"(?: +[159]8%b| +%b[159]8|%b[159]8|[159]8%b)" % (_ACCT, _ACCT, _ACCT, _ACCT)
_EVENT = rb"([ERPerp1-9])([0-9A-Fa-f]{3})([0-9A-Fa-f]{2})([0-9A-Fa-f]{3})"
# Layout -> reader. 5RRLs18AAAAQXYZGGCCC and its clones; [S0]RRL[…]; 3RRLssssAAAAAAXXYYYY; 1RRLssssssAAAAsXGYYY; 1RRL…@
LAYOUTS: tuple[tuple[re.Pattern[bytes], Reader], ...] = (
    (re.compile(rb"5" + _FROM + _NAMED + _EVENT), _contact_id),
    (re.compile(rb"[S0]" + _FROM + _BRACKETS), _sia),
    (re.compile(rb"3" + _FROM + rb" {4}([0-9A-Fa-f ]{6})([A-Z]{2})([0-9A-Za-z ]{0,4})"), _sia_1),
    (re.compile(rb"1" + _FROM + rb" {6}" + _ACCT + rb" ([0-9A-Z])([0-9A-Z ])([0-9A-Z ]{3})"), _basic),
    (re.compile(rb"1" + _FROM + rb" {1,20}@ {0,8}"), _heartbeat),
)  # fmt: skip
# 2, 4, 6, 7, 8, 9: modem, caller number, high speed formats. Somebody may have pressed, so they are not refused.
OTHER = re.compile(rb"([246-9])([0-9A-F]{2})([0-9A-Z])([ -~]{6,600})[\x14\r]?\Z")
