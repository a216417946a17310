"""What a DC-09 frame means: its event language read, its place and texts added. One line per language.

A frame without a readable event is one ``Kind.UNKNOWN`` with all its text: acknowledged, and looked at by a person.
"""

import re
from collections.abc import Callable
from datetime import datetime

from devices.codecs import contact_id, sia_codes
from devices.codecs.dc09_cipher import moment
from devices.codecs.dc09_contents import Frame
from devices.signal import Kind, Position, Signal

TEXT_BLOCKS = "IRLSO"  # alarm text, room, location, site, building
_LATITUDE = re.compile(r"(\d{1,2})([NS])(\d{1,2}(?:\.\d{1,12})?)\Z")
_LONGITUDE = re.compile(r"(\d{1,3})([EW])(\d{1,2}(?:\.\d{1,12})?)\Z")


def signals(frame: Frame, deviations: list[str]) -> tuple[Signal, ...]:
    """Every event of the frame; a frame without a readable event is one ``UNKNOWN`` with all its text."""
    at, text, position = frame.timestamp, "", None
    if frame.xdata:
        said = dict(frame.xdata)
        at = moment(said.get("H", "")) or at
        text = " ".join(said[x] for x in TEXT_BLOCKS if said.get(x))
        position = _position(said.get("Y", ""), said.get("X", ""))
    account, found = LANGUAGES.get(frame.token, _foreign)(frame, at, text, position)
    if frame.data[:1] not in ("#", ""):
        deviations.append("no # before the account in the data")
    if frame.account and account and account != frame.account:
        deviations.append("account in the data is not the header's")
    if found:
        return found
    code = f"{frame.token} unread" if frame.token in LANGUAGES else frame.token
    return (Signal(account or frame.account, Kind.UNKNOWN, code, at=at, text=f"{frame.data} {text}".strip(),
                   position=position),)  # fmt: skip


Reading = tuple[str, tuple[Signal, ...]]
Language = Callable[[Frame, datetime | None, str, Position | None], Reading]


def _sia(frame: Frame, at: datetime | None, text: str, position: Position | None) -> Reading:
    account, events = sia_codes.parse(frame.data)
    speaker = account or frame.account
    return account, tuple([sia_codes.signal(event, speaker, at, text, position) for event in events])


def _cid(frame: Frame, at: datetime | None, text: str, position: Position | None) -> Reading:
    report = contact_id.parse_data(frame.data)
    if report is None:
        return "", ()
    return report.account, (contact_id.signal(report, frame.account, at, text, position),)


def _foreign(frame: Frame, at: datetime | None, text: str, position: Position | None) -> Reading:
    return "", ()


LANGUAGES: dict[str, Language] = {"SIA-DCS": _sia, "ADM-CID": _cid}


def _position(latitude: str, longitude: str) -> Position | None:
    """``49N06.66`` and ``006E07.77``: degrees, letter, decimal minutes. None unless both are on the globe."""
    north, east = _LATITUDE.match(latitude), _LONGITUDE.match(longitude)
    if not north or not east:
        return None
    degrees = [int(m[1]) + float(m[3]) / 60 for m in (north, east)]
    if degrees[0] > 90 or degrees[1] > 180:
        return None
    return Position(degrees[0] if north[2] == "N" else -degrees[0], degrees[1] if east[2] == "E" else -degrees[1])
