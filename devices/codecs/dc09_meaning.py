"""What a DC-09 frame means: its event language read, its place and texts added. One line per language.

A frame without a readable event is one ``Kind.UNKNOWN`` with all its text: acknowledged, and looked at by a person.
"""

import re
from collections.abc import Callable
from datetime import datetime

from devices.codecs import contact_id, dc09_xdata, sia_codes
from devices.codecs.dc09_contents import Frame
from devices.codecs.dc09_xdata import Around
from devices.signal import Kind, Signal

LINK_TESTS = frozenset(("NULL", "XNM"))  # what stands in one is a dummy (Hikvision)
KEY_CHANGE = "a new key was announced and not taken over: enter it by hand, or the device falls silent"
_NOBODY = re.compile(r"0*\Z|(?=.*[^0-9A-Fa-f])")


def signals(frame: Frame, deviations: list[str], now: datetime) -> tuple[Signal, ...]:
    """Every event of the frame; a frame without a readable event is one ``UNKNOWN`` with all its text.

    A new key (x-data ``K``) is one more signal, so that somebody enters it; the key itself stands nowhere.
    """
    said = dc09_xdata.read(frame.xdata, frame.timestamp)
    account, found = LANGUAGES.get(frame.token, _foreign)(frame, said, now)
    if frame.data[:1] not in ("#", ""):
        deviations.append("no # before the account in the data")
    if frame.account and account and account != frame.account:
        deviations.append("account in the data is not the header's")
    if not found and frame.token not in LINK_TESTS and (frame.data or not frame.key_change):
        code = f"{frame.token} unread" if frame.token in LANGUAGES else frame.token
        text = f"{frame.data} {said.text}".strip()
        found = (Signal(_speaker(frame, account), Kind.UNKNOWN, code, at=said.at, text=text, position=said.position),)
    if frame.xdata and frame.key_change:
        deviations.append("a new key in the frame, struck out")
        found += (Signal(frame.account, Kind.FAULT, f"{frame.token} key change", at=said.at, text=KEY_CHANGE),)
    return found


def _speaker(frame: Frame, account: str) -> str:
    """Whose event it is: the data's account, unless it is a dummy (Hikvision, SATEL: 0000) or no account at all."""
    if account == frame.account or (frame.account and _NOBODY.match(account)):
        return frame.account
    return account


Reading = tuple[str, tuple[Signal, ...]]
Language = Callable[[Frame, Around, datetime], Reading]


def _sia(frame: Frame, said: Around, now: datetime) -> Reading:
    account, events = sia_codes.parse(frame.data)
    speaker, clock = _speaker(frame, account), frame.timestamp or now
    at, text, position = said
    return account, tuple([sia_codes.signal(event, speaker, at, text, position, clock) for event in events])


def _cid(frame: Frame, said: Around, now: datetime) -> Reading:
    reports, words = contact_id.parse_all(frame.data)
    if not reports:
        return "", ()
    account = reports[0].account
    speaker = _speaker(frame, account)
    if speaker != account:
        reports = [report._replace(account=speaker) for report in reports]
    at, text, position = said
    if words:
        text = f"{words} {text}".strip()
    return account, tuple([contact_id.signal(report, speaker, at, text, position) for report in reports])


def _foreign(frame: Frame, said: Around, now: datetime) -> Reading:
    return "", ()


LANGUAGES: dict[str, Language] = {"SIA-DCS": _sia, "ADM-CID": _cid}
