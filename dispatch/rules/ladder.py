"""The ladder: whom a visit asks, in which order, how long each rung has, and how many at once. Data, not code.

A visit keeps the ladder it began with, so that changing the settings never changes one that is being climbed. Rungs
without anybody are skipped at once; a rung whose carers have all said no ends early. When the top is reached and nobody
has accepted, ``AGAIN`` is climbed every minute: everyone on duty at once, and the supervisor with them.
"""

from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise
from typing import Annotated, Literal, NamedTuple

from pydantic import BaseModel, ConfigDict, Field, model_validator

# Rungs of carers, who are offered the visit and may accept it.
CARERS = frozenset({"nearest", "post_b", "next", "station", "neighbours", "everyone"})
# Everybody else helps to find somebody, comes in from home, or goes without being a carer: they are asked for help.
Who = Literal[
    "nearest", "post_b", "next", "station", "neighbours", "everyone",
    "stand_by", "station_head", "neighbour_heads", "responders", "contacts", "supervisor", "duty_manager",
]  # fmt: skip
HourOfDay = Annotated[int, Field(ge=0, le=23)]
MOST_AT_ONCE = 60


class Step(BaseModel):
    """``after`` seconds from the first offer; steps with the same ``after`` are one rung and are taken together."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    after: Annotated[float, Field(ge=0, le=86400)]
    who: Who
    at_once: Annotated[int, Field(ge=1, le=MOST_AT_ONCE)] = 1
    channel: Literal["", "screen", "push", "sms", "voice", "group"] = ""  # empty: as the notifier thinks best


class Ladder(BaseModel):
    """``[[ladders]]`` of config.toml: the steps of one priority, all day or within a band of hours."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    priority: Annotated[int, Field(ge=1, le=4)]
    from_hour: HourOfDay | None = None
    until_hour: HourOfDay | None = None  # exclusive; a band may run over midnight
    steps: tuple[Step, ...]

    @model_validator(mode="after")
    def _climbs(self) -> "Ladder":
        delays = [step.after for step in self.steps]
        if not delays or delays[0] != 0:
            raise ValueError("needs a first step with after = 0")
        if delays != sorted(delays):
            raise ValueError("has a step that comes before the one above it: order them by after")
        if (self.from_hour is None) != (self.until_hour is None):
            raise ValueError("needs both from_hour and until_hour, or neither")
        return self

    def holds_at(self, hour: int) -> bool:
        if self.from_hour is None or self.until_hour is None:
            return True
        if self.from_hour <= self.until_hour:
            return self.from_hour <= hour < self.until_hour
        return hour >= self.from_hour or hour < self.until_hour


class Rung(NamedTuple):
    """Steps that are taken together, ``seconds`` before the next rung (0: it is the last)."""

    steps: tuple[Step, ...]
    seconds: float


def read(kept: Iterable[Sequence[object]]) -> tuple[Step, ...]:
    """Steps from what ``written`` makes of them."""
    names = ("after", "who", "at_once", "channel")
    return tuple(Step.model_validate(dict(zip(names, one, strict=True))) for one in kept)


def _steps(*taken: tuple[float, Who, int, str]) -> tuple[Step, ...]:
    return read(taken)


# Times from the first offer; A and B post together is the district's own rule (AB岗制). While people are rung who are
# no carers, the next carers are asked beside them: nobody lies on a floor for as long as a telephone rings in vain.
P1 = _steps(
    (0, "nearest", 1, ""), (0, "post_b", 1, ""),
    (30, "next", 2, ""),
    (60, "next", 2, ""), (60, "station_head", 2, "voice"),
    (90, "neighbours", 20, ""), (90, "neighbour_heads", 4, "voice"),
    (120, "next", 5, ""), (120, "responders", 5, ""), (120, "contacts", 3, "voice"), (120, "stand_by", 5, "voice"),
    (180, "everyone", MOST_AT_ONCE, ""), (180, "supervisor", 9, "voice"), (180, "duty_manager", 2, "voice"),
)  # fmt: skip
P2 = _steps(
    (0, "nearest", 1, ""), (60, "next", 2, ""), (120, "next", 2, ""), (120, "station_head", 2, ""),
    (180, "neighbours", 20, ""), (180, "neighbour_heads", 4, ""), (240, "everyone", MOST_AT_ONCE, ""),
    (240, "supervisor", 9, ""),
)  # fmt: skip
P3 = _steps((0, "station", 1, ""), (300, "station", 1, ""), (600, "neighbours", 1, ""), (900, "next", 1, ""))
P4 = _steps((0, "station", 1, ""), (1800, "next", 1, ""))
DEFAULT: Mapping[int, tuple[Step, ...]] = {1: P1, 2: P2, 3: P3, 4: P4}
# Beside a carer who is in doubt: carers, then whoever may know where they are; family is not woken for a doubt.
BACKUP = _steps(
    (0, "nearest", 1, ""), (30, "next", 2, ""), (60, "next", 2, ""), (60, "station_head", 2, "voice"),
    (120, "neighbours", 20, ""), (180, "supervisor", 9, "voice"),
)  # fmt: skip
# Once the top was reached: everyone who is on duty, again and again.
AGAIN = _steps((0, "everyone", MOST_AT_ONCE, ""), (0, "supervisor", 9, "voice"))
AGAIN_SECONDS = 60.0


def ladder_for(ladders: Iterable[Ladder], priority: int, hour: int) -> tuple[Step, ...]:
    """The steps for a priority at a local hour. A ladder for a band of hours goes before one for the whole day."""
    fitting = [one for one in ladders if one.priority == priority and one.holds_at(hour)]
    banded = [one for one in fitting if one.from_hour is not None]
    chosen = banded or fitting
    return chosen[0].steps if chosen else DEFAULT[priority]


def rungs(steps: Sequence[Step]) -> list[Rung]:
    """The steps gathered into rungs, each with the time until the next."""
    delays = sorted({step.after for step in steps})
    together = [tuple(step for step in steps if step.after == delay) for delay in delays]
    waits = [later - earlier for earlier, later in pairwise(delays)]
    return [Rung(*pair) for pair in zip(together, [*waits, 0.0], strict=True)]


def written(steps: Iterable[Step]) -> list[list[object]]:
    """As a visit keeps it: ``[[after, who, at_once, channel], …]``."""
    return [[step.after, step.who, step.at_once, step.channel] for step in steps]
