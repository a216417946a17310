"""How long until a carer stands beside the elder: the way there, and everything that is not the way.

Distance is the great circle on WGS-84 positions, lengthened by a detour factor and divided by a door-to-door speed.
About five of the eight minutes of an urgent visit are not travel, so the fixed parts (getting going, getting in,
climbing) are counted separately and can be shortened separately. A road engine may know the way better
(``Known.roads``), and past arrivals may have taught how far the estimate is off (``Known.factors``, ``Known.turnout``);
whose estimate it is, is said with each.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from math import asin, cos, radians, sin, sqrt
from typing import Annotated, Any, NamedTuple

import numpy as np
from annotated_types import Ge, Gt, Le
from numpy.typing import ArrayLike, NDArray

EARTH_METRES = 6_371_008.8  # mean radius of WGS-84
_DIAMETER = 2 * EARTH_METRES
MEANS = ("walk", "e_bike", "car")
DETOUR, OSRM, VALHALLA, LEARNT = "detour", "osrm", "valhalla", "learnt"
SOURCES = (DETOUR, OSRM, VALHALLA, LEARNT)

Speed = Annotated[float, Gt(0), Le(130)]  # km/h
Factor = Annotated[float, Ge(1), Le(5)]
Seconds = Annotated[float, Ge(0), Le(3600)]
Hour = Annotated[int, Ge(0), Le(23)]


@dataclass(frozen=True)
class Travel:
    """The constants of the estimate; each may be set in ``[travel]`` of config.toml.

    Detours: measured on a city street network over trips above 250 m (median 1.35 walking, 1.45 bicycle, 1.56 car);
    1.324 is the mean of 25 Chinese cities (Annals of GIS 2021;27:351). Only the first ``near_metres`` of a trip bear
    the detour of their means and the rest ``detour_far``, so a longer way is never quicker.
    Speeds: door to door in town; an e-bike may do 25 km/h by law (GB 17761-2018) and does 15 to 17.
    Mobilise and access: our estimate; published median turnout is 105 s by day, 142 s at night (PMID 40816549).
    """

    walk_kmh: Speed = 4.8
    e_bike_kmh: Speed = 16.0
    car_kmh: Speed = 22.0
    detour_walk: Factor = 1.35
    detour_e_bike: Factor = 1.40
    detour_car: Factor = 1.55
    detour_far: Factor = 1.33
    near_metres: Annotated[float, Ge(0)] = 2000.0
    slowed_by: Factor = 1.0  # 1.4 on snow and ice
    mobilise_day_seconds: Seconds = 90.0
    mobilise_night_seconds: Seconds = 140.0
    night_from_hour: Hour = 22
    night_until_hour: Hour = 7
    access_seconds: Seconds = 120.0
    access_key_safe_seconds: Seconds = 60.0
    floor_seconds: Seconds = 15.0  # each storey climbed where there is no lift
    position_good_for_seconds: Annotated[float, Ge(0)] = 1800.0  # an older position is not believed

    def night(self, hour: int) -> bool:
        """Whether ``hour`` (0–23, local) counts as night; the night may run over midnight."""
        if self.night_from_hour <= self.night_until_hour:
            return self.night_from_hour <= hour < self.night_until_hour
        return hour >= self.night_from_hour or hour < self.night_until_hour


class Position(NamedTuple):
    """WGS-84 degrees."""

    latitude: float
    longitude: float


@dataclass(frozen=True)
class Entrance:
    """What stands between the street and the elder."""

    key_safe: bool = False
    floor: int | None = None  # 1 is the ground floor; below 1 is climbed too
    lift: bool | None = None  # None: nobody wrote it down, so stairs are assumed


Origin = tuple[float, float, str]  # latitude, longitude and means of travel


@dataclass(frozen=True)
class Known:
    """What is known of the ways to one home at one moment beyond the formula; empty, and the formula stands alone.

    ``roads``: seconds of travel that the road engine ``engine`` gave for an origin; who is not in it is estimated by
    the formula. ``factors``: what arrivals taught, actual over predicted travel, by who predicted and by what means.
    ``turnout``: the same of getting going. ``missed``: the engine that was asked and did not answer in time.
    """

    engine: str = ""
    roads: Mapping[Origin, float] = field(default_factory=dict)
    factors: Mapping[tuple[str, str], float] = field(default_factory=dict)
    turnout: float = 1.0
    missed: str = ""


NOTHING = Known()


class Eta(NamedTuple):
    seconds: int  # from now until the carer is beside the elder
    metres: int  # great circle
    travel_seconds: int  # the part of ``seconds`` spent on the road
    source: str = DETOUR  # of ``SOURCES``
    by: str = DETOUR  # who reckoned the road before it was corrected: detour, osrm or valhalla
    factor: float = 1.0  # what arrivals have taught, already in ``travel_seconds``
    turnout: float = 0.0  # seconds of getting going as the settings say, before arrivals taught anything

    def way(self, means: str) -> dict[str, str | float]:
        """What is kept with an offer, so that its arrival can teach: the road before it was corrected, and by whom."""
        road = round(self.travel_seconds / self.factor, 1)
        return {"means": means, "by": self.by, "road": road, "factor": self.factor, "turnout": self.turnout}


class Etas(NamedTuple):
    """Many estimates at once; arrays of one length. NaN where the origin was NaN; ``source`` indexes ``SOURCES``."""

    seconds: NDArray[np.float64]
    metres: NDArray[np.float64]
    travel_seconds: NDArray[np.float64]
    source: NDArray[np.int_]


class Way(NamedTuple):
    """How one means of travel turns metres into seconds."""

    near: float  # seconds a metre within ``limit``
    far: float
    limit: float

    def seconds(self, metres: float) -> float:
        if metres <= self.limit:
            return metres * self.near
        return self.limit * self.near + (metres - self.limit) * self.far


class Destination:
    """Where everybody is measured to: its sines are worked out once."""

    def __init__(self, place: Position) -> None:
        self._latitude = radians(place[0])
        self._longitude = radians(place[1])
        self._cosine = cos(self._latitude)

    def metres_from(self, origin: Position) -> float:
        """Along the great circle (haversine)."""
        latitude = radians(origin[0])
        up = sin((latitude - self._latitude) / 2)
        across = sin((radians(origin[1]) - self._longitude) / 2)
        return _DIAMETER * asin(min(1.0, sqrt(up * up + self._cosine * cos(latitude) * across * across)))

    def metres_from_all(self, latitudes: ArrayLike, longitudes: ArrayLike) -> NDArray[np.float64]:
        """The same for arrays of degrees."""
        latitude = np.radians(np.asarray(latitudes, dtype=float))
        up = np.sin((latitude - self._latitude) / 2)
        across = np.sin((np.radians(np.asarray(longitudes, dtype=float)) - self._longitude) / 2)
        half = np.sqrt(up * up + self._cosine * np.cos(latitude) * across * across)
        metres: NDArray[np.float64] = _DIAMETER * np.arcsin(np.minimum(1.0, half))
        return metres


class Estimator:
    """Everything about one destination, hour and entrance that is the same for every carer."""

    def __init__(
        self,
        destination: Position,
        at_local_hour: int,
        entrance: Entrance,
        travel: Travel,
        known: Known = NOTHING,
    ) -> None:
        mobilise = travel.mobilise_night_seconds if travel.night(at_local_hour) else travel.mobilise_day_seconds
        access = travel.access_key_safe_seconds if entrance.key_safe else travel.access_seconds
        self.fixed_seconds = mobilise * known.turnout + access + climb(entrance, travel)
        self._mobilise = mobilise
        self.known = known
        self._destination = Destination(destination)
        self._ways = _ways(travel)

    def eta(self, origin: Position, means: str) -> Eta:
        way = self._ways.get(means)
        if way is None:
            raise ValueError(f"{means!r} is not a known means of travel; the known ones are {', '.join(MEANS)}")
        metres = self._destination.metres_from(origin)
        road = self.known.roads.get((origin[0], origin[1], means))
        by = DETOUR if road is None else self.known.engine
        factor = self.known.factors.get((by, means), 1.0)
        travelling = (way.seconds(metres) if road is None else road) * factor
        source = by if factor == 1.0 else LEARNT
        seconds = round(self.fixed_seconds + travelling)
        return Eta(seconds, round(metres), round(travelling), source, by, factor, self._mobilise)

    def seconds(self, latitudes: ArrayLike, longitudes: ArrayLike, means: Sequence[int] | NDArray[Any]) -> Any:
        """Seconds until each of many carers is beside the elder; ``means`` are places in ``MEANS``."""
        return self.many(latitudes, longitudes, means).seconds

    def many(self, latitudes: ArrayLike, longitudes: ArrayLike, means: Sequence[int] | NDArray[Any]) -> Etas:
        """``eta`` of many carers at once: 6,000 in well under a millisecond while no engine is asked."""
        by_means = np.asarray(means, dtype=int)
        metres = self._destination.metres_from_all(latitudes, longitudes)
        near, far = (np.array([getattr(self._ways[one], end) for one in MEANS])[by_means] for end in ("near", "far"))
        limit = self._ways[MEANS[0]].limit
        travelling = np.minimum(metres, limit) * near + np.maximum(metres - limit, 0.0) * far
        by = np.zeros(len(metres), dtype=int)
        if self.known.roads:
            travelling, by = self._by_road(latitudes, longitudes, by_means, travelling)
        factors = self._factor_table()[by, by_means]
        travelling = travelling * factors
        source = np.where(factors == 1.0, by, SOURCES.index(LEARNT))
        return Etas(np.rint(self.fixed_seconds + travelling), np.rint(metres), np.rint(travelling), source)

    def _by_road(
        self, latitudes: ArrayLike, longitudes: ArrayLike, means: NDArray[Any], formula: NDArray[np.float64]
    ) -> tuple[NDArray[np.float64], NDArray[np.int_]]:
        """Travel where the engine answered, and who says so, as a place in ``SOURCES``."""
        north, east = np.asarray(latitudes, dtype=float).tolist(), np.asarray(longitudes, dtype=float).tolist()
        roads = self.known.roads
        origins = zip(north, east, (MEANS[one] for one in means.tolist()), strict=True)
        found = np.array([roads.get(origin, np.nan) for origin in origins], dtype=float)
        answered = ~np.isnan(found)
        return np.where(answered, found, formula), np.where(answered, SOURCES.index(self.known.engine), 0)

    def _factor_table(self) -> NDArray[np.float64]:
        """What was learnt, by who predicted (a place in ``SOURCES``) and means (a place in ``MEANS``)."""
        return np.array([[self.known.factors.get((by, one), 1.0) for one in MEANS] for by in SOURCES])


def distance(origin: Position, destination: Position) -> float:
    """Metres along the great circle between two WGS-84 positions."""
    return Destination(destination).metres_from(origin)


def climb(entrance: Entrance, travel: Travel) -> float:
    """Seconds on the stairs: none with a lift, none to the ground floor, none when the floor is not known."""
    if entrance.lift or entrance.floor is None:
        return 0.0
    return abs(entrance.floor - 1) * travel.floor_seconds


def eta(
    origin: Position, destination: Position, means: str, at_local_hour: int, entrance: Entrance, travel: Travel
) -> Eta:
    """The estimate for one carer. Raises ``ValueError`` for a means of travel that is not in ``MEANS``."""
    return Estimator(destination, at_local_hour, entrance, travel).eta(origin, means)


def _ways(travel: Travel) -> dict[str, Way]:
    speeds = (travel.walk_kmh, travel.e_bike_kmh, travel.car_kmh)
    detours = (travel.detour_walk, travel.detour_e_bike, travel.detour_car)
    return {
        means: Way(pace * detour, pace * travel.detour_far, travel.near_metres)
        for means, detour, pace in zip(MEANS, detours, (travel.slowed_by * 3.6 / kmh for kmh in speeds), strict=True)
    }
