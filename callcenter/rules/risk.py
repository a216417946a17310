"""Risk tiers: what they are called, and which one a person's facts speak for, with the reasons.

A rule only ever proposes: a person decides, and what was decided is kept (see ``callcenter/tiers.py``). The shares
aimed at are those of the Spanish services: two in a hundred at the highest, a quarter in the middle.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

HIGHEST, MIDDLE, LOWEST = "A", "B", "C"
TIERS = (HIGHEST, MIDDLE, LOWEST)
OLD, VERY_OLD = 80, 90
POINTS = {HIGHEST: 5, MIDDLE: 3}  # so many points at least
LOOK_BACK_DAYS = 90
OFTEN = 3  # calls for help within that time


def highest_tier(tiers: Iterable[str]) -> str:
    """Of several people in one home; who has none counts as the lowest."""
    return min((tier for tier in tiers if tier), default=LOWEST)


def at_least(priority: int, tier: str) -> int:
    """A person who calls from a home of the highest tier is never less urgent than P2."""
    return min(priority, 2) if tier == HIGHEST else priority


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known of one person: ``falls`` and ``calls`` of the last ninety days, false alarms left out."""

    age: int | None = None
    alone: bool = False
    critical: bool = False
    falls: int = 0
    calls: int = 0
    untrusted: bool = False
    unreached: int = 0


# Every reason: its name, how much it weighs, and when it holds. The heaviest come first.
REASONS: tuple[tuple[str, int, Callable[[Facts], bool]], ...] = (
    ("critical", 2, lambda f: f.critical),
    ("fell", 2, lambda f: f.falls > 0),
    ("very_old", 2, lambda f: (f.age or 0) >= VERY_OLD),
    ("old", 1, lambda f: OLD <= (f.age or 0) < VERY_OLD),
    ("alone", 1, lambda f: f.alone),
    ("calls_often", 1, lambda f: f.calls >= OFTEN),
    ("untrusted", 1, lambda f: f.untrusted),
    ("unreached", 1, lambda f: f.unreached > 0),
)


@dataclass(frozen=True, slots=True)
class Proposal:
    tier: str
    reasons: tuple[str, ...]
    points: int


def propose(facts: Facts) -> Proposal:
    """The tier these facts speak for. More reasons never make it lower."""
    found = [(name, weight) for name, weight, holds in REASONS if holds(facts)]
    points = sum(weight for _, weight in found)
    tier = next((tier for tier, least in POINTS.items() if points >= least), LOWEST)
    return Proposal(tier, tuple(name for name, _ in found), points)


def watched_closely(tier: str, age: int | None, alone: bool) -> bool:
    """Whose silence sends somebody: the highest tier, and who is old and lives alone."""
    return tier == HIGHEST or (alone and (age or 0) >= OLD)
