"""What happens in the pretend homes, and when: presses through the day, repeats, tests, faults that mend themselves.

Everything follows from the seed, so that the same evening can be played again.
"""

import heapq
import itertools
import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from random import Random
from typing import NamedTuple

from devices.signal import Kind

WORKLOAD = json.loads((Path(__file__).parent / "workload.json").read_text("utf-8"))
HUMAN = {Kind.SOS, Kind.FALL, Kind.SERVICE}
MONTH_SECONDS = 30 * 86400
STORM_PRESSES = 20


class Happening(NamedTuple):
    """``at`` is real seconds after the start (already sped up)."""

    at: float
    account: str
    kind: Kind
    restore: bool = False

    @property
    def human(self) -> bool:
        return self.kind in HUMAN


def day(
    accounts: Sequence[str], seed: int, speed: float = 1.0, start_hour: float = 9.0, first_press: float | None = 5.0
) -> Iterator[Happening]:
    """An endless stream of happenings in order of time, as a Poisson process that follows the hours of the day.

    ``first_press`` puts one SOS that many seconds after the start, so that somebody watching sees one.
    """
    random = Random(seed)
    waiting: list[tuple[float, int, Happening]] = []
    number = itertools.count()
    if first_press is not None:
        first = Happening(first_press, random.choice(accounts), Kind.SOS)
        heapq.heappush(waiting, (first.at, next(number), first))
    for at in _moments(random, len(accounts), speed, start_hour):
        while waiting and waiting[0][0] <= at:
            yield heapq.heappop(waiting)[2]
        for happening in _one_story(random, at, random.choice(accounts), speed):
            heapq.heappush(waiting, (happening.at, next(number), happening))


def storm(accounts: Sequence[str], seed: int, presses: int = STORM_PRESSES) -> list[Happening]:
    """The mains fail in every home at once, and among that a few people press."""
    random = Random(seed)
    pressing = set(random.sample(range(len(accounts)), min(presses, len(accounts))))
    happenings = [Happening(0.0, account, Kind.MAINS_LOST) for account in accounts]
    for place in sorted(pressing, reverse=True):
        kind = Kind.FALL if random.random() < 0.2 else Kind.SOS
        happenings.insert(random.randint(0, len(happenings)), Happening(0.0, accounts[place], kind))
    return happenings


def _moments(random: Random, homes: int, speed: float, start_hour: float) -> Iterator[float]:
    """Real seconds at which something begins: thinning, from the busiest hour's rate."""
    profile = WORKLOAD["hour_profile"]
    monthly = WORKLOAD["calls_per_home_month"] + WORKLOAD["tests_per_home_month"]
    rate = homes * monthly * max(profile) * speed / MONTH_SECONDS
    at = 0.0
    while True:
        at += random.expovariate(rate)
        hour = int(start_hour + at * speed / 3600) % 24
        if random.random() < profile[hour] / max(profile):
            yield at


def _one_story(random: Random, at: float, account: str, speed: float) -> Iterator[Happening]:
    kind = _kind(random)
    yield Happening(at, account, kind)
    if kind in HUMAN:
        for repeat in WORKLOAD["repeat_press"]:
            if random.random() < repeat["share"]:
                yield Happening(at + random.uniform(3, repeat["within_seconds"]) / speed, account, kind)
    elif kind is Kind.MAINS_LOST:
        yield Happening(at + random.uniform(*WORKLOAD["mains_back_seconds"]) / speed, account, kind, restore=True)


def _kind(random: Random) -> Kind:
    calls, tests = WORKLOAD["calls_per_home_month"], WORKLOAD["tests_per_home_month"]
    if random.random() < tests / (calls + tests):
        return Kind.TEST
    reasons = list(WORKLOAD["reasons"].values())
    signals = random.choices(reasons, [reason["share"] for reason in reasons])[0]["signals"]
    return Kind(random.choices(list(signals), list(signals.values()))[0])
