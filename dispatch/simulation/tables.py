"""What came of the plays, in figures with their standard errors, and as a table."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import isnan, sqrt

from dispatch.simulation.play import Played
from dispatch.simulation.world import is_night

LATE_MINUTES = {1: 15.0, 2: 30.0}


@dataclass(frozen=True)
class Wait:
    """Minutes from the ring to the door of one priority; ``late`` is a share."""

    n: int
    mean: float
    mean_error: float
    p90: float
    p99: float
    late: float
    late_error: float


@dataclass(frozen=True)
class Result:
    """One policy under one load."""

    policy: str
    load: float
    visits: bool
    p1: Wait
    p1_night: Wait  # those who rang at night
    p2: Wait
    interruptions: float  # a day
    spoilt: float  # booked visits a day
    unserved: int


def result(policy: str, load: float, visits: bool, played: Sequence[Played]) -> Result:
    days = sum(one.days for one in played)
    return Result(
        policy, load, visits, wait(played, 1), wait(played, 1, night=True), wait(played, 2),
        sum(one.interruptions for one in played) / days, sum(one.spoilt for one in played) / days,
        sum(one.unserved for one in played),
    )  # fmt: skip


def wait(played: Sequence[Played], priority: int, night: bool = False) -> Wait:
    minutes = sorted(
        arrival.seconds / 60
        for one in played
        for arrival in one.arrivals
        if arrival.alarm.priority == priority and (not night or is_night(arrival.alarm.rang))
    )
    n = len(minutes)
    if n < 2:
        return Wait(n, *[float("nan")] * 6)
    mean = sum(minutes) / n
    late = sum(one > LATE_MINUTES[priority] for one in minutes) / n
    variance = sum((one - mean) ** 2 for one in minutes) / (n - 1)
    return Wait(
        n, mean, sqrt(variance / n), minutes[int(0.9 * n)], minutes[int(0.99 * n)], late, sqrt(late * (1 - late) / n)
    )


HEADS = (
    "policy", "load", "P1 n", "mean min", "p90", "p99", "> 15 min", "at night", "P2 n", "P2 mean", "> 30 min",
    "interrupted a day", "visits given up a day",
)  # fmt: skip


def row(one: Result) -> tuple[str, ...]:
    p1, p2 = one.p1, one.p2
    known = one.policy != "hindsight"
    return (
        one.policy, f"{one.load:g}×", str(p1.n), f"{p1.mean:.1f} ± {p1.mean_error:.1f}", f"{p1.p90:.1f}",
        f"{p1.p99:.1f}", f"{p1.late:.1%} ± {p1.late_error:.1%}",
        "–" if isnan(one.p1_night.late) else f"{one.p1_night.late:.1%}", str(p2.n),
        f"{p2.mean:.1f} ± {p2.mean_error:.1f}",
        f"{p2.late:.1%}", f"{one.interruptions:.1f}" if known else "–", f"{one.spoilt:.1f}" if known else "–",
    )  # fmt: skip


def markdown(results: Sequence[Result]) -> str:
    lines = [HEADS, ("---", *["---:"] * (len(HEADS) - 1)), *map(row, results)]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)
