"""What happens in the district: the homes, who is on shift where, the booked visits and the alarms, all from one seed.

Seconds are counted from the first midnight, local time. The homes are those of the demo district.
"""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from itertools import combinations
from math import exp, log, sqrt
from pathlib import Path
from random import Random
from typing import NamedTuple
from zoneinfo import ZoneInfo

from callcenter.demo.district import district
from devices.simulator.workload import WORKLOAD
from dispatch.rules.eta import Position, distance

ASSUMED = json.loads(Path(__file__).with_name("assumptions.json").read_text("utf-8"))
HOUR, DAY, SHIFT = 3600.0, 86400.0, 8 * 3600.0
DAYS_IN_MONTH = 30


class Place(NamedTuple):
    """A home or a station."""

    position: Position
    station: int  # the index of the station it belongs to


@dataclass(frozen=True)
class District:
    homes: tuple[Place, ...]
    stations: tuple[Place, ...]
    names: tuple[str, ...]  # of the stations: ST1 …


class Booked(NamedTuple):
    """A visit that was booked, for one carer."""

    at: float
    home: Place
    seconds: float  # beside the elder
    interruptible: bool


class Duty(NamedTuple):
    """One carer's shift."""

    number: int
    station: int
    starts: float
    ends: float
    travel: str
    visits: tuple[Booked, ...]


class Alarm(NamedTuple):
    """A press that needs somebody to come. ``decided`` is when an operator knows that, seconds from midnight."""

    number: int
    rang: float
    decided: float
    priority: int
    home: Place
    seconds: float  # beside the elder
    interruptible: bool
    luck: int  # decides who accepts, the same for every policy


@dataclass(frozen=True)
class Staffing:
    night_posts: int = 9  # of nine stations
    far_cars: bool = False  # a car instead of an e-bike at the two far stations


@dataclass(frozen=True)
class Scene:
    """What is to be played: ``load`` times today's alarms, with or without the booked visits."""

    load: float = 1.0
    days: int = 30
    seed: int = 1
    visits: bool = True
    staffing: Staffing = Staffing()


@dataclass(frozen=True)
class Story:
    scene: Scene
    district: District
    duties: tuple[Duty, ...]  # in order of their start, one day more than the alarms
    alarms: tuple[Alarm, ...]  # in order of ringing


def is_night(at: float) -> bool:
    first, last = ASSUMED["night_hours"]
    hour = at / HOUR % 24
    return bool(hour >= first or hour < last)


@cache
def chengbei() -> District:
    """The demo district's homes and stations."""
    sheets = district(date(2026, 11, 23), ZoneInfo("Asia/Shanghai"))
    names = tuple(row["code"] for row in sheets["stations"])
    number = {name: index for index, name in enumerate(names)}
    return District(
        tuple(Place(_position(row), number[row["station"]]) for row in sheets["homes"]),
        tuple(Place(_position(row), number[row["code"]]) for row in sheets["stations"]),
        names,
    )


def story(scene: Scene) -> Story:
    """The same scene is the same story. More load or other staffing leaves the rest of the dice as they were."""
    place = chengbei()
    return Story(scene, place, tuple(_duties(scene, place)), tuple(_alarms(scene, place)))


@cache
def night_stations(posts: int) -> tuple[int, ...]:
    """Where so many carers are nearest to the homes: the best choice there is, found by trying all."""
    place = chengbei()
    far = [[distance(home.position, station.position) for station in place.stations] for home in place.homes]
    choices = combinations(range(len(place.stations)), posts)
    return min(choices, key=lambda chosen: sum(min(row[one] for one in chosen) for row in far))


def _duties(scene: Scene, place: District) -> Iterator[Duty]:
    dice, number = Random(f"{scene.seed} visits"), 0
    for day in range(scene.days + 1):
        for shift in sorted(ASSUMED["shifts"], key=lambda one: one["from"]):
            posts = _posts(shift, scene.staffing, place)
            starts = day * DAY + shift["from"] * HOUR
            plans = _plans(dice, shift, day, posts, place)
            for station, visits in zip(posts, plans, strict=True):
                number += 1
                far = scene.staffing.far_cars and place.names[station] in ASSUMED["far_stations"]
                travel = "car" if far else "e_bike"
                yield Duty(number, station, starts, starts + SHIFT, travel, visits if scene.visits else ())


def _posts(shift: dict[str, int], staffing: Staffing, place: District) -> Sequence[int]:
    """The stations of a shift's carers, a station twice where it has two."""
    everywhere = range(len(place.stations))
    if shift["from"] == 0:
        return night_stations(staffing.night_posts)
    if shift["posts"] == 2 * len(everywhere):
        return [*everywhere, *everywhere]
    return [*everywhere, place.names.index(ASSUMED["second_evening_post"])]


def _plans(
    dice: Random, shift: dict[str, int], day: int, posts: Sequence[int], place: District
) -> list[tuple[Booked, ...]]:
    """Each carer's visits: homes at random, shared out among the carers of their station, evenly over the hours."""
    wanted: list[list[Place]] = [[] for _ in posts]
    for home in dice.choices(place.homes, k=shift["visits"]):
        own = [index for index, station in enumerate(posts) if station == home.station] or list(range(len(posts)))
        wanted[min(own, key=lambda index: (len(wanted[index]), index))].append(home)
    opens, closes = (day * DAY + shift[name] * HOUR for name in ("from", "until"))
    return [tuple(_booked(dice, homes, opens, closes)) for homes in wanted]


def _booked(dice: Random, homes: Sequence[Place], opens: float, closes: float) -> Iterator[Booked]:
    slot, phase = (closes - opens) / max(1, len(homes)), dice.random()
    for turn, home in enumerate(homes):
        minutes = lognormal(dice, *ASSUMED["visit_minutes"])
        yield Booked(opens + slot * (turn + phase), home, minutes * 60, dice.random() < ASSUMED["interruptible_share"])


def _alarms(scene: Scene, place: District) -> Iterator[Alarm]:
    dice, profile = Random(f"{scene.seed} alarms {scene.load}"), WORKLOAD["hour_profile"]
    busiest = max(profile)
    daily = scene.load * len(place.homes) * ASSUMED["calls_per_home_month"] / DAYS_IN_MONTH
    kinds, at, number = ASSUMED["categories"], 0.0, 0
    while (at := at + dice.expovariate(daily * busiest / DAY)) < scene.days * DAY:
        if dice.random() >= profile[int(at / HOUR) % 24] / busiest:  # thinned, from the busiest hour's rate
            continue
        kind = kinds[dice.choices(list(kinds), [one["share"] for one in kinds.values()])[0]]
        answered = at + dice.expovariate(1 / ASSUMED["answer_seconds"])
        home, seconds, wait, luck = (
            dice.choice(place.homes),
            60 * lognormal(dice, *kind["on_scene"]),
            dice.random(),
            dice.getrandbits(48),
        )
        if dice.random() < kind["visit"]:
            number += 1
            may_wait = kind["priority"] > 2 and wait < ASSUMED["interruptible_share"]
            yield Alarm(number, at, answered + kind["triage"], kind["priority"], home, seconds, may_wait, luck)


def lognormal(dice: Random, mean: float, cv: float) -> float:
    spread = log(1 + cv * cv)
    return exp(dice.gauss(log(mean) - spread / 2, sqrt(spread)))


def _position(row: dict[str, float]) -> Position:
    return Position(row["latitude"], row["longitude"])
