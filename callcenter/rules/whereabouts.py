"""Where somebody was last: the newest position their device has told, and how far that is from home."""

from collections.abc import Iterable, Mapping
from math import asin, cos, radians, sin, sqrt
from typing import Any

from callcenter.rules.events import Event, Row

EARTH_METRES = 6_371_000


def metres(north: float, east: float, other_north: float, other_east: float) -> float:
    """Along the great circle (haversine), between two places in WGS-84 degrees."""
    up, across = radians(other_north - north) / 2, radians(other_east - east) / 2
    return (
        2 * EARTH_METRES * asin(sqrt(sin(up) ** 2 + cos(radians(north)) * cos(radians(other_north)) * sin(across) ** 2))
    )


def last_seen(device: Mapping[str, Any] | None, home: Mapping[str, Any] | None, story: Iterable[Event]) -> Row | None:
    """``{"latitude", "longitude", "at", "metres"}``: the newest of what the device reported and what its alarms in the
    ``story`` of the call carried. ``metres`` from home is None where the home has no position."""
    found = [
        (e.at, *e.body["position"]) for e in story if isinstance(e.body.get("position"), list) and "account" in e.body
    ]
    if device and device.get("position_at"):
        found.append((device["position_at"], device["position_latitude"], device["position_longitude"]))
    if not found:
        return None
    at, north, east = max(found)
    known = home is not None and home["latitude"] is not None and home["longitude"] is not None
    away = metres(home["latitude"], home["longitude"], north, east) if home is not None and known else None
    return {"latitude": north, "longitude": east, "at": at, "metres": None if away is None else round(away)}
