"""How long until a carer stands beside the elder: the way there, and everything that is not the way.

Distance is the great circle on WGS-84 positions, lengthened by a detour factor and divided by a door-to-door speed.
About five of the eight minutes of an urgent visit are not travel, so the fixed parts (getting going, getting in,
climbing) are counted separately and can be shortened separately.
"""

from dataclasses import dataclass
from math import asin, cos, radians, sin, sqrt
from typing import Annotated, NamedTuple

from annotated_types import Ge, Gt, Le

EARTH_METRES = 6_371_008.8  # mean radius of WGS-84
_DIAMETER = 2 * EARTH_METRES
MEANS = ("walk", "e_bike", "car")

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


class Eta(NamedTuple):
    seconds: int  # from now until the carer is beside the elder
    metres: int  # great circle
    travel_seconds: int  # the part of ``seconds`` spent on the road


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


class Estimator:
    """Everything about one destination, hour and entrance that is the same for every carer."""

    def __init__(self, destination: Position, at_local_hour: int, entrance: Entrance, travel: Travel) -> None:
        mobilise = travel.mobilise_night_seconds if travel.night(at_local_hour) else travel.mobilise_day_seconds
        access = travel.access_key_safe_seconds if entrance.key_safe else travel.access_seconds
        self.fixed_seconds = mobilise + access + climb(entrance, travel)
        self._destination = Destination(destination)
        self._ways = _ways(travel)

    def eta(self, origin: Position, means: str) -> Eta:
        way = self._ways.get(means)
        if way is None:
            raise ValueError(f"{means!r} is not a known means of travel; the known ones are {', '.join(MEANS)}")
        metres = self._destination.metres_from(origin)
        travelling = way.seconds(metres)
        return Eta(round(self.fixed_seconds + travelling), round(metres), round(travelling))


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
