"""Positions in the systems Chinese maps hand out, turned into WGS-84, which is the only one we keep, and back.

GCJ-02 (Amap, Tencent) shifts every point inside China by a smooth pseudo-random amount: in Xining about 174 m east
and 6 m south, which is a whole street. BD-09 (Baidu) bends GCJ-02 once more. The shift has no closed inverse, so it
is undone by approaching the point whose shift lands where we are.
"""

from collections.abc import Callable, Mapping
from math import atan2, cos, isfinite, pi, radians, sin, sqrt
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict

from devices.signal import Position

Point = tuple[float, float]
"""Latitude and longitude in degrees."""

AXIS, FLATNESS = 6378245.0, 0.00669342162296594323  # Krasovsky 1940, which GCJ-02 is computed on


def _outside_china(latitude: float, longitude: float) -> bool:
    return not (0.8293 <= latitude <= 55.8271 and 72.004 <= longitude <= 137.8347)


def _waves(along: float, first: float, second: float) -> float:
    """The two short waves both axes share, then the axis' own long ones."""
    return (20 * sin(6 * along * pi) + 20 * sin(2 * along * pi)) * 2 / 3 + first + second


def _shift(latitude: float, longitude: float) -> Point:
    x, y = longitude - 105, latitude - 35
    long_y = (20 * sin(y * pi) + 40 * sin(y / 3 * pi)) * 2 / 3
    slow_y = (160 * sin(y / 12 * pi) + 320 * sin(y * pi / 30)) * 2 / 3
    long_x = (20 * sin(x * pi) + 40 * sin(x / 3 * pi)) * 2 / 3
    slow_x = (150 * sin(x / 12 * pi) + 300 * sin(x / 30 * pi)) * 2 / 3
    north = -100 + 2 * x + 3 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * sqrt(abs(x)) + _waves(x, long_y, slow_y)
    east = 300 + x + 2 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * sqrt(abs(x)) + _waves(x, long_x, slow_x)
    bend = 1 - FLATNESS * sin(radians(latitude)) ** 2
    meridian = AXIS * (1 - FLATNESS) / (bend * sqrt(bend))
    parallel = AXIS / sqrt(bend) * cos(radians(latitude))
    return north * 180 / (meridian * pi), east * 180 / (parallel * pi)


def wgs84_to_gcj02(latitude: float, longitude: float) -> Point:
    if _outside_china(latitude, longitude):
        return latitude, longitude
    north, east = _shift(latitude, longitude)
    return latitude + north, longitude + east


def gcj02_to_wgs84(latitude: float, longitude: float) -> Point:
    """Within a few centimetres after four rounds."""
    if _outside_china(latitude, longitude):
        return latitude, longitude
    guess = (latitude, longitude)
    for _ in range(4):
        there = wgs84_to_gcj02(*guess)
        guess = (guess[0] + latitude - there[0], guess[1] + longitude - there[1])
    return guess


def bd09_to_wgs84(latitude: float, longitude: float) -> Point:
    if _outside_china(latitude, longitude):
        return latitude, longitude
    x, y, turn = longitude - 0.0065, latitude - 0.006, pi * 3000 / 180
    reach = sqrt(x * x + y * y) - 0.00002 * sin(y * turn)
    angle = atan2(y, x) - 0.000003 * cos(x * turn)
    return gcj02_to_wgs84(reach * sin(angle), reach * cos(angle))


def wgs84_to_bd09(latitude: float, longitude: float) -> Point:
    if _outside_china(latitude, longitude):
        return latitude, longitude
    north, east = wgs84_to_gcj02(latitude, longitude)
    turn = pi * 3000 / 180
    reach = sqrt(east * east + north * north) + 0.00002 * sin(north * turn)
    angle = atan2(north, east) + 0.000003 * cos(east * turn)
    return reach * sin(angle) + 0.006, reach * cos(angle) + 0.0065


TO_WGS84: dict[str, Callable[[float, float], Point]] = {
    "wgs84": lambda latitude, longitude: (latitude, longitude),
    "gcj02": gcj02_to_wgs84,
    "bd09": bd09_to_wgs84,
}


class TrackerFormat(BaseModel):
    """What a line of trackers may say in its ``format``: the system their positions are in."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    datum: Literal["wgs84", "gcj02", "bd09"] = "wgs84"


Place = Callable[[float, float], Position | None]
"""Latitude and longitude as a device sent them -> where that is, or None where no such place exists."""


def places(format: Mapping[str, Any]) -> Place:
    """How trackers on a line with this ``format`` give positions. At 0, 0 is nobody: that is how they say "unknown"."""
    convert = TO_WGS84[TrackerFormat.model_validate(dict(format)).datum]

    def place(latitude: float, longitude: float) -> Position | None:
        if not (isfinite(latitude) and isfinite(longitude) and abs(latitude) <= 90 and abs(longitude) <= 180):
            return None
        return None if latitude == longitude == 0 else Position(*convert(latitude, longitude))

    return place
