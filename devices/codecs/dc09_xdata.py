"""The extended data of a DC-09 frame, ``[Xvalue][Xvalue]``: when, where on the globe, what to read. Table of x-data.

Alarm text, room, location, site and building are words as they stand; everything else is told with its name, so that
nothing a device says is lost. ``K`` (a new key) never gets this far: ``dc09_contents`` empties it.
"""

import re
from datetime import datetime
from typing import NamedTuple

from devices.codecs.dc09_cipher import moment
from devices.signal import Position

PLAIN = "IRLSO"  # alarm text, room, location, site, building: read first, in this order
NAMES = {
    "V": "look", "T": "trigger", "A": "authentication hash", "C": "supervision category", "G": "network path",
    "H": "time", "J": "JSON", "M": "MAC", "N": "network address", "P": "programming data", "X": "longitude",
    "Y": "latitude", "Z": "altitude",
}  # fmt: skip
TRIGGERS = {"F": "smoke detector", "G": "gas detector", "W": "water detector", "S": "sensor", "C": "contact",
            "M": "by hand"}  # fmt: skip

_LATITUDE = re.compile(r"([0-9]{1,2})([NS])([0-9]{1,2}(?:\.[0-9]{1,12})?)\Z")
_LONGITUDE = re.compile(r"([0-9]{1,3})([EW])([0-9]{1,2}(?:\.[0-9]{1,12})?)\Z")


class Around(NamedTuple):
    """What a frame says besides its events."""

    at: datetime | None = None
    text: str = ""
    position: Position | None = None


def read(blocks: tuple[tuple[str, str], ...], sent: datetime | None) -> Around:
    """All blocks of a frame ``sent`` then. One that cannot be read as a time or place is told as words."""
    if not blocks:
        return Around(sent)
    said = dict(blocks)
    at, position = moment(said.get("H", "")), _position(said.get("Y", ""), said.get("X", ""))
    told = {"K"} | ({"H"} if at else set()) | ({"X", "Y"} if position else set())
    words = [value for letter in PLAIN for x, value in blocks if x == letter]
    words += [_named(x, value) for x, value in blocks if x not in PLAIN and x not in told]
    return Around(at or sent, " ".join(filter(None, words)), position)


def _named(letter: str, value: str) -> str:
    if letter == "T":
        value = TRIGGERS.get(value, value)
    if letter == "J" and not value.startswith(("{", "[")):
        return f"network path {value}"  # J until the edition of 2026
    return f"{NAMES.get(letter, letter)} {value}"


def _position(latitude: str, longitude: str) -> Position | None:
    """``49N06.66`` and ``006E07.77``: degrees, letter, decimal minutes. None unless both are on the globe."""
    north, east = _LATITUDE.match(latitude), _LONGITUDE.match(longitude)
    if not north or not east:
        return None
    degrees = [int(m[1]) + float(m[3]) / 60 for m in (north, east)]
    if degrees[0] > 90 or degrees[1] > 180:
        return None
    return Position(degrees[0] if north[2] == "N" else -degrees[0], degrees[1] if east[2] == "E" else -degrees[1])
