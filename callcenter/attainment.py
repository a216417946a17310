"""What was promised and what was kept: a month's steps against their promises, and last week under other rules."""

from array import array
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from callcenter.rules.figures import COUNTED, PRIORITIES, STEPS, Judged, missed, percentile, standing, waited
from callcenter.rules.filters import Filters
from callcenter.rules.pauses import used
from callcenter.rules.promises import Book, Rule, Version
from callcenter.rules.times import Clock, moment, seconds_between, stamp
from callcenter.store.figures import Figures, Row

BREATH = 100
MOST_SHOWN = 50
WEEK = 7
BY = ("priority", "tier", "station", "hours")
HOURS = 4  # a band of hours
PROMISED = tuple(name for name in STEPS if name != "close")


@dataclass
class Kept(Judged):
    """One step of one group. ``promised`` are the targets its calls were under; times leave paused time out."""

    seconds: "array[float]" = field(default_factory=lambda: array("d"))
    promised: set[float] = field(default_factory=set)

    def points(self) -> tuple[float, float, float] | None:
        """P50, P90 and P99, nearest rank; None of nothing."""
        ordered = sorted(self.seconds)
        return (percentile(ordered, 0.5), percentile(ordered, 0.9), percentile(ordered, 0.99)) if ordered else None


@dataclass
class Month:
    """``groups``: by the value of what was asked for, then by step."""

    first: date
    by: str
    calls: int = 0
    paused: int = 0
    paused_seconds: float = 0.0
    groups: dict[Any, dict[str, Kept]] = field(default_factory=dict)


@dataclass
class Preview:
    """Last week's calls under other rules. ``changed`` holds the first ``MOST_SHOWN`` judged otherwise."""

    calls: int = 0
    otherwise: int = 0
    late_before: Counter[str] = field(default_factory=Counter)
    late_after: Counter[str] = field(default_factory=Counter)
    changed: list[tuple[Row, list[str], list[str]]] = field(default_factory=list)  # call, late now, late then


class Attainment:
    """``breathe`` is called often in long work; in a web process of greenlets it lets the others run."""

    def __init__(self, figures: Figures, book: Book, zone: ZoneInfo, clock: Clock, breathe: Callable[[], None]):
        self.figures, self.book, self.zone, self.clock, self.breathe = figures, book, zone, clock, breathe

    def month(self, first: date, by: str, priority: int = 0, station_id: int | None = None) -> Month:
        """Calls opened in the month that begins with ``first``; priority 0 is all of people's."""
        last = (first.replace(day=28) + timedelta(days=4)).replace(day=1) - timedelta(days=1)
        found, now = Month(first, by), stamp(self.clock())
        wanted = (priority,) if priority else PRIORITIES[:3]
        for row in self._rows(Filters(first, last, wanted, station_id=station_id)):
            found.calls += 1
            found.paused += bool(row["pauses"])
            found.paused_seconds += used(row["pauses"])
            self._add(found.groups.setdefault(self._group(row, by), {name: Kept() for name in PROMISED}), row, now)
        return found

    def _add(self, steps: dict[str, Kept], row: Row, now: str) -> None:
        late, owed = missed(row, self.book, now), self.book.of(row)
        for name, kept in steps.items():
            step = STEPS[name]
            counted = standing(row, step) == COUNTED
            if counted:
                end = row[step.end]
                kept.seconds.append(seconds_between(row[step.start], end) - waited(row, step, end))
            if name in late:
                kept.late += 1
                kept.promised.add(late[name])
            elif counted and name in owed:
                kept.within += 1
                kept.promised.add(owed[name])

    def _group(self, row: Row, by: str) -> Any:
        if by == "hours":
            return self._hour(row) // HOURS * HOURS
        return row[{"station": "station_id"}.get(by, by)]

    def preview(self, rules: Sequence[Rule]) -> Preview:
        """Which calls of the last seven days these rules would have judged otherwise, by their times alone."""
        today, now = self.clock().astimezone(self.zone).date(), stamp(self.clock())
        draft, found = Book({}, [Version(1, "", tuple(rules))]), Preview()
        for row in self._rows(Filters(today - timedelta(days=WEEK - 1), today, PRIORITIES)):
            plain = {**row, "late": {}}
            promise = draft.which(row["opened_at"], row["tier"], row["station_id"], self._hour(row))
            before = [*missed(plain, self.book, now)]
            after = [*missed(plain | {"promise": promise}, draft, now)]
            found.calls += 1
            found.late_before.update(before)
            found.late_after.update(after)
            if before != after:
                found.otherwise += 1
                if len(found.changed) < MOST_SHOWN:
                    found.changed.append((row, before, after))
        return found

    def _hour(self, row: Row) -> int:
        return moment(row["opened_at"]).astimezone(self.zone).hour

    def _rows(self, asked: Filters) -> Iterator[Row]:
        for portion in self.figures.portions(asked):
            for number, row in enumerate(portion):
                if number % BREATH == 0:
                    self.breathe()
                yield row
