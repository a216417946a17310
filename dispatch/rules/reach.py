"""Reach: which homes a station can be at in time, reckoned before anybody lies there and waits.

The rule is that of guard response in alarm standards (UL 827): a promise counts for a station when at least ``SHARE``
of the addresses it answers for are within the time. Whoever is out of reach of every station is told by name, because
a share forgets them.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from dispatch.rules.eta import MEANS, Entrance, Estimator, Known, Position, Travel

SHARE = 0.8


class Home(NamedTuple):
    id: int
    community: str
    station_id: int | None
    place: Position | None
    entrance: Entrance
    persons: int


class Station(NamedTuple):
    """``means``: how most of its carers travel."""

    id: int
    place: Position
    means: str


@dataclass
class Tally:
    """Homes of a station or community: all, those with a position, those within the time."""

    homes: int = 0
    placed: int = 0
    within: int = 0

    @property
    def share(self) -> float | None:
        return self.within / self.placed if self.placed else None

    @property
    def kept(self) -> bool:
        """By the rule; a place of which nothing is known keeps nothing."""
        return self.share is not None and self.share >= SHARE

    def add(self, seconds: float, limit: float) -> None:
        self.homes += 1
        self.placed += seconds == seconds  # NaN is unlike itself
        self.within += bool(seconds <= limit)


@dataclass
class Reach:
    """``nearest`` is the seconds from the nearest station to each home, NaN where either is nowhere."""

    limit: float
    nearest: dict[int, float] = field(default_factory=dict)
    total: Tally = field(default_factory=Tally)
    communities: dict[str, Tally] = field(default_factory=dict)
    own: dict[int, Tally] = field(default_factory=dict)  # by station: its own homes, from itself
    from_station: dict[int, dict[str, int]] = field(default_factory=dict)  # by station: homes within, by community

    def out(self) -> list[int]:
        """Homes beyond the time of every station, the farthest first."""
        beyond = [(seconds, home) for home, seconds in self.nearest.items() if seconds > self.limit]
        return [home for _, home in sorted(beyond, reverse=True)]

    def nowhere(self) -> list[int]:
        """Homes of which no position is on file: nobody can say."""
        return [home for home, seconds in self.nearest.items() if np.isnan(seconds)]


def seconds(
    homes: Sequence[Home], stations: Sequence[Station], hour: int, travel: Travel, known: Callable[[int | None], Known]
) -> NDArray[np.float64]:
    """From each station (column) until somebody stands beside the elder of each home (row); NaN where it is nowhere."""
    latitudes = [station.place.latitude for station in stations]
    longitudes = [station.place.longitude for station in stations]
    means = [MEANS.index(station.means) for station in stations]
    taught: dict[int | None, Known] = {}
    found = np.full((len(homes), len(stations)), np.nan)
    for row, home in enumerate(homes):
        if home.place is None or not stations:
            continue
        if home.station_id not in taught:
            taught[home.station_id] = known(home.station_id)
        way = Estimator(home.place, hour, home.entrance, travel, taught[home.station_id])
        found[row] = way.seconds(latitudes, longitudes, means)
    return found


def reach(homes: Sequence[Home], stations: Sequence[Station], matrix: NDArray[np.float64], limit: float) -> Reach:
    """``matrix`` as ``seconds`` gives it, with the columns of ``stations``."""
    found = Reach(limit, own={station.id: Tally() for station in stations})
    found.from_station = {station.id: {} for station in stations}
    column = {station.id: number for number, station in enumerate(stations)}
    best = np.fmin.reduce(matrix, axis=1).tolist() if stations else [float("nan")] * len(homes)
    for home, ways, nearest in zip(homes, matrix.tolist(), best, strict=True):
        found.nearest[home.id] = nearest
        found.total.add(nearest, limit)
        found.communities.setdefault(home.community, Tally()).add(nearest, limit)
        if home.station_id in column:
            found.own[home.station_id].add(ways[column[home.station_id]], limit)
        for station, way in zip(stations, ways, strict=True):
            if way <= limit:
                theirs = found.from_station[station.id]
                theirs[home.community] = theirs.get(home.community, 0) + 1
    return found


def usual_means(travels: Sequence[str]) -> str:
    """How most of these travel; an e-bike where nobody says."""
    counted: Mapping[str, int] = {means: travels.count(means) for means in MEANS}
    return max(("e_bike", "walk", "car"), key=lambda means: counted[means])
