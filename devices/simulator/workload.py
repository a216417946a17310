"""What happens in the pretend homes, and when: presses through the day, repeats, tests, faults that mend themselves.

Everything follows from the seed, so that the same evening can be played again. What the centre does can only take
something away from it: a resident with whom somebody has spoken does not press again.
"""

import heapq
import itertools
import json
from collections.abc import Iterator, Sequence
from enum import StrEnum
from pathlib import Path
from random import Random
from typing import Literal, NamedTuple

from devices.signal import Kind

WORKLOAD = json.loads((Path(__file__).parent / "workload.json").read_text("utf-8"))
HUMAN = {Kind.SOS, Kind.FALL, Kind.SERVICE}
MONTH_SECONDS = 30 * 86400
STORM_PRESSES = 20
Unless = Literal["", "spoken", "come"]


class Change(StrEnum):
    """What becomes of a home without a word of its unit."""

    UNIT_DIED = "unit_died"  # the battery is empty and the mains are still away
    UNIT_LIVES = "unit_lives"
    PAGER_LOST = "pager_lost"  # presses do not reach the base unit
    PAGER_BACK = "pager_back"
    NETWORK_LOST = "network_lost"  # the unit dials and dials again
    NETWORK_BACK = "network_back"


NETWORK = frozenset({Change.NETWORK_LOST, Change.NETWORK_BACK})


class Person(NamedTuple):
    """Who presses: ``why`` is one of the reasons of workload.json; ``silent`` says nothing when asked."""

    why: str
    silent: bool
    visit: bool  # does somebody have to come


class Happening(NamedTuple):
    """``at`` is real seconds after the start (already sped up). ``unless`` says what would keep a repeat from coming:
    that somebody has spoken, or has come."""

    at: float
    account: str
    kind: Kind | Change
    restore: bool = False
    person: Person | None = None
    unless: Unless = ""

    @property
    def human(self) -> bool:
        return self.kind in HUMAN


class Pace(NamedTuple):
    """``speed`` is how much faster than life time goes, ``busy`` how much more often than in life things happen.

    With ``watched`` the residents know whether somebody came; without, they press again as often as was published.
    """

    speed: float = 1.0
    busy: float = 1.0
    watched: bool = False


def day(
    accounts: Sequence[str], seed: int, pace: Pace, start_hour: float = 9.0, first_press: float | None = 5.0
) -> Iterator[Happening]:
    """An endless stream of happenings in order of time, as a Poisson process that follows the hours of the day.

    ``first_press`` puts one SOS that many seconds after the start, so that somebody watching sees one.
    """
    people = _told(accounts, Random(seed), pace, start_hour, first_press)
    network = _told_of_networks(accounts, Random(f"{seed} network"), pace)
    return heapq.merge(people, network, key=lambda happening: happening.at)


def storm(accounts: Sequence[str], seed: int, presses: int = STORM_PRESSES) -> list[Happening]:
    """The mains fail in every home at once, and among that a few people press."""
    random = Random(seed)
    pressing = set(random.sample(range(len(accounts)), min(presses, len(accounts))))
    happenings = [Happening(0.0, account, Kind.MAINS_LOST) for account in accounts]
    for place in sorted(pressing, reverse=True):
        kind = Kind.FALL if random.random() < 0.2 else Kind.SOS
        pressed = Happening(0.0, accounts[place], kind, person=_person(random, "urgent"))
        happenings.insert(random.randint(0, len(happenings)), pressed)
    return happenings


# --- stories in order ------------------------------------------------------------------------------------------------


def _told(
    accounts: Sequence[str], random: Random, pace: Pace, start_hour: float, first_press: float | None
) -> Iterator[Happening]:
    later = _Later()
    if first_press is not None:
        account, person = random.choice(accounts), Person("emergency", False, True)
        later.put(_pressed(random, Happening(first_press, account, Kind.SOS, person=person), pace))
    monthly = WORKLOAD["calls_per_home_month"] + WORKLOAD["tests_per_home_month"]
    profile = WORKLOAD["hour_profile"]
    for at in _moments(random, len(accounts) * monthly * max(profile), pace):
        hour = int(start_hour + at * pace.speed / 3600) % 24
        if random.random() < profile[hour] / max(profile):  # thinning, from the busiest hour's rate
            yield from later.until(at)
            later.put(_one_story(random, at, random.choice(accounts), pace))


def _told_of_networks(accounts: Sequence[str], random: Random, pace: Pace) -> Iterator[Happening]:
    later, network = _Later(), WORKLOAD["network"]
    for at in _moments(random, len(accounts) * network["lost_per_home_month"], pace):
        yield from later.until(at)
        account, back = random.choice(accounts), random.uniform(*network["back_seconds"])
        lost = Happening(at, account, Change.NETWORK_LOST)
        later.put(iter([lost, lost._replace(at=at + back / pace.speed, kind=Change.NETWORK_BACK)]))


def _moments(random: Random, monthly: float, pace: Pace) -> Iterator[float]:
    """Real seconds at which something begins, ``monthly`` times a month of life."""
    at = 0.0
    while True:
        at += random.expovariate(monthly * pace.speed * pace.busy / MONTH_SECONDS)
        yield at


class _Later:
    """Happenings that wait for their moment."""

    def __init__(self) -> None:
        self._waiting: list[tuple[float, int, Happening]] = []
        self._number = itertools.count()

    def put(self, story: Iterator[Happening]) -> None:
        for happening in story:
            heapq.heappush(self._waiting, (happening.at, next(self._number), happening))

    def until(self, at: float) -> Iterator[Happening]:
        while self._waiting and self._waiting[0][0] <= at:
            yield heapq.heappop(self._waiting)[2]


# --- one story -------------------------------------------------------------------------------------------------------


def _one_story(random: Random, at: float, account: str, pace: Pace) -> Iterator[Happening]:
    why, kind = _reason(random)
    told = Happening(at, account, kind, person=_person(random, why) if kind in HUMAN else None)
    if told.person:
        yield from _pressed(random, told, pace)
    elif kind is Kind.MAINS_LOST:
        yield from _mains_lost(random, told, pace)
    elif kind is Kind.DEVICE_LOST:
        yield from _pager_lost(random, told, pace)
    else:
        yield told


def _pressed(random: Random, press: Happening, pace: Pace) -> Iterator[Happening]:
    yield press
    if pace.watched:
        if press.person and not press.person.silent:  # who cannot speak, or has not noticed, presses no second time
            for again in WORKLOAD["presses_again"]:
                after = random.uniform(*again["seconds"]) / pace.speed
                yield press._replace(at=press.at + after, unless=again["unless"])
    else:
        for repeat in WORKLOAD["repeat_press"]:
            if random.random() < repeat["share"]:
                yield press._replace(at=press.at + random.uniform(3, repeat["within_seconds"]) / pace.speed)


def _mains_lost(random: Random, lost: Happening, pace: Pace) -> Iterator[Happening]:
    """The battery's clock runs from now; where it is empty before the mains are back, nobody hears of the home."""
    back, battery = random.uniform(*WORKLOAD["mains_back_seconds"]), random.uniform(*WORKLOAD["battery_seconds"])
    low = WORKLOAD["low_battery_at"] * battery
    at_back = lost._replace(at=lost.at + back / pace.speed, restore=True)
    yield lost
    if low < back:
        yield lost._replace(at=lost.at + low / pace.speed, kind=Kind.LOW_BATTERY)
    if battery < back:
        yield lost._replace(at=lost.at + battery / pace.speed, kind=Change.UNIT_DIED)
        yield at_back._replace(kind=Change.UNIT_LIVES)
    yield at_back
    if low < back:
        yield at_back._replace(kind=Kind.LOW_BATTERY)


def _pager_lost(random: Random, told: Happening, pace: Pace) -> Iterator[Happening]:
    back = told._replace(at=told.at + random.uniform(*WORKLOAD["pager_back_seconds"]) / pace.speed, restore=True)
    yield told._replace(kind=Change.PAGER_LOST)
    yield told
    yield back._replace(kind=Change.PAGER_BACK)
    yield back


def _reason(random: Random) -> tuple[str, Kind]:
    calls, tests = WORKLOAD["calls_per_home_month"], WORKLOAD["tests_per_home_month"]
    if random.random() < tests / (calls + tests):
        return "test", Kind.TEST
    reasons = WORKLOAD["reasons"]
    why = random.choices(list(reasons), [reason["share"] for reason in reasons.values()])[0]
    signals = reasons[why]["signals"]
    return why, Kind(random.choices(list(signals), list(signals.values()))[0])


def _person(random: Random, why: str) -> Person:
    reason = WORKLOAD["reasons"][why]
    silent = random.random() < reason["silent"]
    return Person(why, silent, random.random() < reason["visit"] or silent)
