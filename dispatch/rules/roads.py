"""What road engines are asked and what they answer: OSRM's ``table`` and Valhalla's ``sources_to_targets``, sans I/O.

Sources: OSRM HTTP API v1 (project-osrm.org/docs), Valhalla matrix API (valhalla.github.io/valhalla/api/matrix).
Both were asked for real; ``tests/dispatch/roads/`` holds what they said and how it was recorded.

An engine answers for every place on earth: it moves what lies off its map to the nearest road it has, thousands of
kilometres away, and gives a time of minutes. So both ends of every way are looked at where the engine put them.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from dispatch.rules.eta import OSRM, VALHALLA, Position, distance

FARTHEST_METRES = 50_000.0  # one wild position beyond, and Valhalla refuses the whole question
SNAP_METRES = 300.0  # farther from the nearest road, and the engine speaks of another place
# Nobody is quicker than this in a straight line (km/h): an engine that says so has mixed something up.
FASTEST_KMH = {"walk": 12.0, "e_bike": 35.0, "car": 130.0}
SLOWEST_KMH = 0.5
STANDSTILL_SECONDS = 600.0  # what may be added to the slowest way: round a block, up to a bridge


class BadAnswer(Exception):
    """The engine's answer cannot be used; the text says why."""


class NoMap(BadAnswer):
    """The engine works, but knows nothing of this place: the next home may be asked for."""


class Asked(NamedTuple):
    """One HTTP request; ``path`` begins with a slash, ``body`` is empty for a GET."""

    method: str
    path: str
    body: bytes = b""


class Leg(NamedTuple):
    """From one origin: seconds, and where the engine put its start. None where there is no way."""

    seconds: float | None
    start: Position


@dataclass(frozen=True)
class Engine:
    """``ask`` writes the one request for many origins (at most ``most``), ``read`` reads its answer.

    ``read`` gives the legs in the order asked and where the engine put the destination.
    """

    name: str
    ask: Callable[[str, Sequence[Position], Position], Asked]
    read: Callable[[Any], tuple[list[Leg], Position]]
    profiles: Mapping[str, str]  # the profile of each means of travel unless the settings say otherwise
    most: int = 90


def ways(
    engine: Engine, means: str, origins: Sequence[Position], destination: Position, answer: bytes
) -> dict[Position, float]:
    """Seconds by origin, only those that can be believed. Raises ``BadAnswer`` when nothing of it can be used."""
    try:
        legs, end = engine.read(json.loads(answer))
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError) as error:
        raise BadAnswer(f"cannot be read: {type(error).__name__}: {error}"[:200]) from error
    if len(legs) != len(origins):
        raise BadAnswer(f"{len(origins)} ways were asked for, {len(legs)} came")
    if distance(end, destination) > SNAP_METRES:
        raise NoMap(f"the home lies {distance(end, destination):.0f} m off the engine's map")
    return {
        origin: leg.seconds
        for origin, leg in zip(origins, legs, strict=True)
        if leg.seconds is not None
        and distance(leg.start, origin) <= SNAP_METRES
        and believable(distance(leg.start, end), leg.seconds, means)
    }


def believable(metres: float, seconds: float, means: str) -> bool:
    """Whether somebody can go so far in so long, ``metres`` in a straight line."""
    quickest = metres * 3.6 / FASTEST_KMH[means]
    return quickest <= seconds + 1 and seconds <= metres * 3.6 / SLOWEST_KMH + STANDSTILL_SECONDS


def _number(value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value < 86_400:
        raise ValueError(f"{value!r} is no time")
    return float(value)


# --- OSRM ----------------------------------------------------------------------------------------------------------


def _ask_osrm(profile: str, origins: Sequence[Position], destination: Position) -> Asked:
    places = ";".join(f"{p.longitude:.6f},{p.latitude:.6f}" for p in (*origins, destination))
    sources = ";".join(map(str, range(len(origins))))
    asked = f"sources={sources}&destinations={len(origins)}&annotations=duration"
    return Asked("GET", f"/table/v1/{profile}/{places}?{asked}&generate_hints=false")


def _read_osrm(said: Any) -> tuple[list[Leg], Position]:
    if said["code"] != "Ok":
        raise ValueError(f"{said['code']} {said.get('message', '')}")
    if len(said["sources"]) != len(said["durations"]):
        raise ValueError("as many starts as ways were expected")
    legs = [
        Leg(None if row[0] is None else _number(row[0]), _osrm_place(source))
        for row, source in zip(said["durations"], said["sources"], strict=True)
    ]
    return legs, _osrm_place(said["destinations"][0])


def _osrm_place(waypoint: Any) -> Position:
    longitude, latitude = waypoint["location"]
    return Position(float(latitude), float(longitude))


# --- Valhalla ------------------------------------------------------------------------------------------------------


def _ask_valhalla(profile: str, origins: Sequence[Position], destination: Position) -> Asked:
    body = {"sources": [_pair(p) for p in origins], "targets": [_pair(destination)], "costing": profile}
    return Asked("POST", "/sources_to_targets", json.dumps(body).encode())


def _pair(place: Position) -> dict[str, float]:
    return {"lat": round(place.latitude, 6), "lon": round(place.longitude, 6)}


def _read_valhalla(said: Any) -> tuple[list[Leg], Position]:
    rows, starts = said["sources_to_targets"], said["sources"]
    if len(rows) != len(starts):
        raise ValueError("as many starts as ways were expected")
    legs = [
        Leg(None if row[0]["time"] is None else _number(row[0]["time"]), _valhalla_place(start))
        for row, start in zip(rows, starts, strict=True)
    ]
    return legs, _valhalla_place(said["targets"][0])


def _valhalla_place(place: Any) -> Position:
    return Position(float(place["lat"]), float(place["lon"]))


ENGINES: dict[str, Engine] = {
    OSRM: Engine(OSRM, _ask_osrm, _read_osrm, {"walk": "foot", "e_bike": "bike", "car": "driving"}),
    VALHALLA: Engine(
        VALHALLA, _ask_valhalla, _read_valhalla, {"walk": "pedestrian", "e_bike": "bicycle", "car": "auto"}
    ),
}
