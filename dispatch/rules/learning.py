"""What arrivals teach: how long getting going and the way really take, by station, hour and means of travel.

One journey is one visit whose carer arrived. A cell gathers actual and predicted seconds, both fading by ``FADE`` with
each new journey (about the last twenty count), and its lesson is their ratio: long ways weigh more than short ones,
so that a minute at a traffic light does not double anything. A thin cell asks the next wider one, and with too few
arrivals everywhere the formula stands alone. The same journeys in the order of the log always teach the same.

The error is published as it was: every arrival is first judged by what was known before it came.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

Journey = Mapping[str, Any]  # a row of the table ``journeys``

FADE = 0.95
FEWEST = 10  # arrivals before a cell teaches anything
LEAST, MOST = 0.6, 2.0  # no lesson goes further
BANDS = {"night": (22, 6), "morning": (6, 10), "day": (10, 17), "evening": (17, 22)}  # local hours

# Why an arrival teaches nothing; the first that fits.
SKEW_SECONDS = 60.0
SHORTEST_SECONDS = 60.0
ODD_BELOW, ODD_ABOVE = 0.2, 5.0
LONGEST_TURNOUT = 1800.0
UNDONE = "undone"  # the carer took the arrival back
ODD = ("manual", "clock", "not_departed", "short", "outlier", UNDONE)


def band(hour: int) -> str:
    """The band of a local hour (0–23)."""
    for name, (start, end) in BANDS.items():
        if start <= hour < end or (end < start and (hour >= start or hour < end)):
            return name
    raise ValueError(f"{hour} is no hour")


def odd(journey: Journey) -> str:
    """Why this arrival teaches nothing, of ``ODD``; empty when it teaches.

    ``manual``: nothing but a tap proves it. ``clock``: the phone's clock was off, or it told us later than it happened.
    ``not_departed``: leaving and arriving were not told apart. ``short``: there already. ``outlier``: not a journey.
    """
    if journey["proof"] == "manual":
        return "manual"
    if journey["skew"] > SKEW_SECONDS:
        return "clock"
    if journey["travel_seconds"] is None or journey["turnout_seconds"] is None:
        return "not_departed"
    if journey["road"] < SHORTEST_SECONDS:
        return "short"
    ratio = journey["travel_seconds"] / journey["road"]
    wild = not ODD_BELOW <= ratio <= ODD_ABOVE or not 0 <= journey["turnout_seconds"] <= LONGEST_TURNOUT
    return "outlier" if wild else ""


@dataclass
class Cell:
    n: int = 0
    actual: float = 0.0
    predicted: float = 0.0

    def add(self, actual: float, predicted: float) -> None:
        self.n += 1
        self.actual = self.actual * FADE + actual
        self.predicted = self.predicted * FADE + predicted

    @property
    def ratio(self) -> float:
        if not self.predicted:
            return 1.0
        return round(min(MOST, max(LEAST, self.actual / self.predicted)), 3)


@dataclass
class Error:
    """Seconds by which the arrival was later (+) than estimated, without and with what had been learnt."""

    n: int = 0
    off_before: float = 0.0
    off_after: float = 0.0
    bias_before: float = 0.0
    bias_after: float = 0.0

    def add(self, before: float, after: float) -> None:
        self.n += 1
        self.off_before += abs(before)
        self.off_after += abs(after)
        self.bias_before += before
        self.bias_after += after

    def means(self) -> dict[str, float]:
        """Mean absolute error and bias in seconds, before and after."""
        return {
            "mae_before": self.off_before / self.n,
            "mae_after": self.off_after / self.n,
            "bias_before": self.bias_before / self.n,
            "bias_after": self.bias_after / self.n,
        }


class Lesson(NamedTuple):
    """``way`` "turnout" is getting going. ``station_id`` None and ``hours`` "" stand for all of them."""

    way: str  # means of travel, or turnout
    by: str
    station_id: int | None
    hours: str
    n: int
    ratio: float


Key = tuple[str, str, int | None, str]


@dataclass
class School:
    """Journeys go in by ``add`` in the order of the log; ``factor`` and ``turnout`` say what they have taught."""

    cells: dict[Key, Cell] = field(default_factory=dict)
    errors: dict[tuple[str, str, str], Error] = field(default_factory=dict)  # month, what, which
    odd: Counter[tuple[str, str]] = field(default_factory=Counter)  # month, why
    seq: int = 0

    def add(self, journey: Journey) -> None:
        self.seq = journey["seq"]
        if journey["odd"]:
            self.odd[journey["month"], journey["odd"]] += 1
            return
        self._judge(journey)
        hours, station = band(journey["hour"]), journey["station_id"]
        for way, by, actual, predicted in (
            (journey["means"], journey["by"], journey["travel_seconds"], journey["road"]),
            ("turnout", "", journey["turnout_seconds"], journey["turnout_expected"]),
        ):
            for key in _widening(way, by, station, hours):
                self.cells.setdefault(key, Cell()).add(actual, predicted)

    def _judge(self, journey: Journey) -> None:
        actual = journey["turnout_seconds"] + journey["travel_seconds"]
        station, hour = journey["station_id"], journey["hour"]
        plain = journey["turnout_expected"] + journey["road"]
        taught = journey["turnout_expected"] * self.turnout(station, hour)
        taught += journey["road"] * self.factor(journey["by"], journey["means"], station, hour)
        groups = (("all", ""), ("means", journey["means"]), ("hours", band(hour)), ("by", journey["by"]),
                  ("station", str(station or "")))  # fmt: skip
        for what, which in groups:
            error = self.errors.setdefault((journey["month"], what, which), Error())
            error.add(actual - plain, actual - taught)

    def factor(self, by: str, means: str, station_id: int | None, hour: int) -> float:
        """Actual over predicted travel, 1.0 while nothing is known."""
        return self._ratio(_widening(means, by, station_id, band(hour)))

    def turnout(self, station_id: int | None, hour: int) -> float:
        """The same of getting going."""
        return self._ratio(_widening("turnout", "", station_id, band(hour)))

    def _ratio(self, keys: Iterable[Key]) -> float:
        for key in keys:
            cell = self.cells.get(key)
            if cell is not None and cell.n >= FEWEST:
                return cell.ratio
        return 1.0

    def lessons(self) -> list[Lesson]:
        """Everything that is applied by now, the widest first."""
        taught = [Lesson(*key, cell.n, cell.ratio) for key, cell in self.cells.items() if cell.n >= FEWEST]
        return sorted(taught, key=lambda one: (one.way, one.by, one.station_id or 0, one.hours))


def _widening(way: str, by: str, station_id: int | None, hours: str) -> tuple[Key, ...]:
    """The cells a journey belongs to, the narrowest first."""
    wide: tuple[Key, ...] = ((way, by, None, hours), (way, by, None, ""))
    return wide if station_id is None else ((way, by, station_id, hours), *wide)
