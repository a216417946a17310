"""Service promises (服务承诺制) by version: which rules a call is under, and what it is owed by them.

A version is a list of rules and never changes. A rule belongs to one priority and may be narrowed to a risk tier, a
station and local hours; it names seconds for some steps, 0 for "no target here". The most specific rule that names a
step decides it: more conditions before fewer, then tier before station before hours, then the earlier in the list.
A call keeps which version and rules it is under from its first moment, written ``3:0,2``; the rules of the other
priorities are among them, because a call may be raised. Version 0 is ``[promises]`` of config.toml.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from callcenter.rules.events import Row

STEPS = ("answer", "decide", "offer", "accept", "depart", "arrive", "finish", "repair")
PRIORITIES = (1, 2, 3, 4)
IDLE = "idle"  # promised to nobody: a time of our own, in no version that is made on the page
IDLE_SECONDS: Mapping[int, float] = {1: 90.0, 2: 180.0, 3: 900.0}  # unless set; what a person pressed is never without
# Without these a version is refused: somebody must be told when nobody answers, decides or comes.
OWED: Mapping[int, tuple[str, ...]] = {
    1: ("answer", "decide", "offer", "accept", "arrive"),
    2: ("answer", "decide", "offer", "accept", "arrive"),
    3: ("answer", "decide", "offer"),
    4: ("offer",),
}
MOST_RULES = 100
ALWAYS = "P{priority} needs a time for {step} that always holds"
LONGEST_SECONDS = 7 * 86400.0
Targets = Mapping[int, Mapping[str, float]]  # {priority: {step: seconds}}


@dataclass(frozen=True)
class Rule:
    """``hours`` is ``(from, until)``, local, until not included, and may run over midnight; None is always."""

    priority: int
    seconds: Mapping[str, float]
    tier: str = ""
    station_id: int | None = None
    hours: tuple[int, int] | None = None

    def fits(self, tier: str, station_id: int | None, hour: int) -> bool:
        if self.tier and self.tier != tier:
            return False
        if self.station_id is not None and self.station_id != station_id:
            return False
        if self.hours is None:
            return True
        start, end = self.hours
        return start <= hour < end if start < end else hour >= start or hour < end

    @property
    def weight(self) -> tuple[int, int, int, int]:
        """How specific it is; the greater goes first."""
        named = (int(bool(self.tier)), int(self.station_id is not None), int(self.hours is not None))
        return (sum(named), *named)

    def written(self) -> Row:
        row: Row = {"priority": self.priority, "seconds": dict(self.seconds)}
        more = {"tier": self.tier, "station_id": self.station_id, "hours": list(self.hours) if self.hours else None}
        return row | {name: value for name, value in more.items() if value}


def rule(row: Mapping[str, Any]) -> Rule:
    """A rule as it was ``written``."""
    hours = row.get("hours")
    return Rule(row["priority"], row["seconds"], row.get("tier", ""), row.get("station_id"),
                (hours[0], hours[1]) if hours else None)  # fmt: skip


@dataclass(frozen=True)
class Version:
    """``from_at``: calls opened from then on are under it, unless a later version is."""

    number: int
    from_at: str
    rules: tuple[Rule, ...]

    def which(self, tier: str, station_id: int | None, hour: int) -> tuple[int, ...]:
        """The places of the rules that decide something for a call opened there and then."""
        fitting = [n for n, one in enumerate(self.rules) if one.fits(tier, station_id, hour)]
        return tuple(sorted({n for p in PRIORITIES for n, _ in self._deciding(fitting, p).values()}))

    def of(self, places: Iterable[int], priority: int) -> dict[str, float]:
        """What is owed by the rules at these places; steps without a target are left out."""
        return {step: seconds for step, (_, seconds) in self._deciding(places, priority).items() if seconds > 0}

    def _deciding(self, places: Iterable[int], priority: int) -> dict[str, tuple[int, float]]:
        mine = [n for n in places if n < len(self.rules) and self.rules[n].priority == priority]
        mine.sort(key=lambda n: (tuple(-part for part in self.rules[n].weight), n))
        found: dict[str, tuple[int, float]] = {}
        for n in mine:
            for step, seconds in self.rules[n].seconds.items():
                found.setdefault(step, (n, float(seconds)))
        return found

    def plain(self) -> dict[int, dict[str, float]]:
        """The targets of a call that no narrowed rule fits."""
        places = [n for n, one in enumerate(self.rules) if one.weight[0] == 0]
        return {priority: self.of(places, priority) for priority in PRIORITIES}


def of_settings(targets: Targets) -> Version:
    """Version 0."""
    return Version(0, "", tuple(Rule(priority, dict(targets.get(priority, {}))) for priority in PRIORITIES))


class Book:
    """Every version. ``of`` says what a call or visit is owed, by the promise its row keeps."""

    def __init__(self, targets: Targets, versions: Iterable[Version] = ()):
        self.versions: dict[int, Version] = {0: of_settings(targets)}
        # Of the settings alone, whatever version holds: how long a call in hand may lie untouched, by priority.
        self.idle = {**IDLE_SECONDS, **{priority: mine[IDLE] for priority, mine in targets.items() if IDLE in mine}}
        self._which: dict[tuple[int, str, int | None, int], str] = {}
        self._owed: dict[tuple[str, int], dict[str, float]] = {}
        for one in versions:
            self.add(one)

    def add(self, version: Version) -> None:
        self.versions[version.number] = version
        self._which.clear()
        self._owed.clear()

    def current(self, at: str) -> Version:
        """The newest version that holds at a moment."""
        return self.versions[max(number for number, one in self.versions.items() if one.from_at <= at)]

    def which(self, at: str, tier: str, station_id: int | None, hour: int) -> str:
        """What a call opened now keeps: ``3:0,2``."""
        return self.kept(self.current(at).number, tier, station_id, hour)

    def kept(self, number: int, tier: str, station_id: int | None, hour: int) -> str:
        """The same under a given version."""
        key = (number, tier, station_id, hour)
        found = self._which.get(key)
        if found is None:
            places = self.version(number).which(tier, station_id, hour)
            found = self._which[key] = f"{number}:{','.join(map(str, places))}"
        return found

    def of(self, row: Mapping[str, Any]) -> Mapping[str, float]:
        """``{step: seconds}`` owed to a row of ``calls`` or ``visits`` at its priority.

        A row of before there were versions keeps nothing and is under version 0.
        """
        key = (row.get("promise") or "", row["priority"])
        found = self._owed.get(key)
        if found is None:
            found = self._owed[key] = self._read(*key)
        return found

    def _read(self, kept: str, priority: int) -> dict[str, float]:
        number, _, places = kept.partition(":")
        version = self.version(int(number or 0))
        if not kept:
            return version.plain()[priority]
        return version.of([int(n) for n in places.split(",") if n], priority)

    def version(self, number: int) -> Version:
        return self.versions[number]


def why_not(rules: Sequence[Rule]) -> tuple[str, str, str, Row] | None:
    """Why these rules cannot be a version, as ``(code, message, fix)`` msgids and what belongs to them, or None."""
    if len(rules) > MOST_RULES:
        return "too_many", "More than {most} rules", "Leave some out", {"most": MOST_RULES}
    plain = Version(1, "", tuple(rules)).plain()
    for priority, steps in OWED.items():
        for step in steps:
            if step not in plain[priority]:
                return (
                    "owed",
                    ALWAYS,
                    "Give it a time in a rule without conditions",
                    {"priority": priority, "step": step},
                )
    for one in rules:
        for step in OWED[one.priority]:
            if one.seconds.get(step, 1) <= 0:
                return "owed", ALWAYS, "A narrower rule may not drop it", {"priority": one.priority, "step": step}
    return None


def version(row: Row) -> Version:
    """A version from its row."""
    return Version(row["number"], row["from_at"], tuple(rule(one) for one in row["rules"]))
