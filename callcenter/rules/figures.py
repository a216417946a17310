"""How long each step of a call took, what was late, and which calls a figure leaves out and why.

Percentiles are *nearest rank*: the smallest value that at least that share of the values does not exceed, so every
figure is a time that really happened. Under ``FEW`` values there is no percentile, only least, middle and most.
Every call stands in exactly one place for every step (``STANDINGS``), so the places add up to all calls.
The share within target counts a step that missed its target and never ended as late: leaving it out would make
the worst calls vanish from the figure.
"""

from array import array
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from math import ceil
from typing import Any

from callcenter.rules.call import DEVICE_PRIORITY
from callcenter.rules.pauses import paused, used
from callcenter.rules.promises import Book, Targets
from callcenter.rules.times import seconds_between

CallRow = Mapping[str, Any]

FEW = 20
PRIORITIES = (1, 2, 3, 4)


@dataclass(frozen=True)
class Step:
    name: str
    start: str  # the stamp of the call row where the clock of this step starts
    end: str
    visit: bool = False  # only calls for which somebody was sent have this step


STEPS: dict[str, Step] = {
    step.name: step
    for step in (
        Step("answer", "opened_at", "answered_at"),
        Step("decide", "opened_at", "requested_at", visit=True),
        Step("accept", "requested_at", "accepted_at", visit=True),
        Step("depart", "accepted_at", "departed_at", visit=True),
        Step("arrive", "opened_at", "arrived_at", visit=True),
        Step("finish", "arrived_at", "finished_at", visit=True),
        Step("close", "opened_at", "closed_at"),
    )
}

VISIT_ENDS = tuple(step.end for step in STEPS.values() if step.visit)

COUNTED = "counted"
# Where a call can stand for a step, besides being counted. Order is the order on the page.
EXCLUSIONS = ("not_needed", "running", "cancelled", "missing", "out_of_order", "by_hand")
STANDINGS = (COUNTED, *EXCLUSIONS)


def standing(call: CallRow, step: Step) -> str:
    """Counted, or why this call gives no time for this step.

    ``not_needed``: nobody was sent, or a device item that ended by itself. ``running``: not there yet. ``cancelled``:
    the call or visit ended before this step. ``missing``: it must have happened, but a stamp is not there.
    ``out_of_order``: the end lies before the start. ``by_hand``: done on paper while the centre was down; its times are
    what people remember.
    """
    if call.get("by_hand"):
        return "by_hand"
    start, end = call[step.start], call[step.end]
    if start and end:
        return COUNTED if end >= start else "out_of_order"
    asked = any(call[name] for name in VISIT_ENDS)
    if step.visit and not asked:
        return "not_needed" if call["closed_at"] or call["stage"] == "closed" else "running"
    if end or _went_past(call, step):
        return "missing"
    if call["stage"] != "closed":
        return "running"
    if step.visit:
        return "cancelled"
    return "not_needed" if call["priority"] == DEVICE_PRIORITY else "missing"


def _went_past(call: CallRow, step: Step) -> bool:
    """A later stamp of the same visit shows that this step happened without being noted."""
    if not step.visit:
        return False
    return any(call[name] for name in VISIT_ENDS[VISIT_ENDS.index(step.end) + 1 :])


def duration(call: CallRow, step: Step) -> float | None:
    """Seconds, or ``None`` when this call is not counted for this step."""
    if standing(call, step) != COUNTED:
        return None
    return seconds_between(call[step.start], call[step.end])


def durations(call: CallRow) -> dict[str, float | None]:
    return {name: duration(call, step) for name, step in STEPS.items()}


def missed(call: CallRow, book: Book, now: str) -> dict[str, float]:
    """The steps that were late, each with the target it missed in seconds.

    A call is judged by the promise it was opened under; a step noted as late keeps the target of that day. Time in
    which the clock stood still is no lateness. A step that ended is judged by
    its own time, so an arrival after the carer's promise but within the target is within; one that never ended is
    late when the log says so.
    """
    if call.get("by_hand"):
        return {}
    noted = call["late"] or {}
    promised = {**book.of(call), **noted}
    late = {name: promised[name] for name in STEPS if name in promised}
    return {name: float(t) for name, t in late.items() if _is_late(call, STEPS[name], float(t), now, name in noted)}


def _is_late(call: CallRow, step: Step, target: float, now: str, noted: bool) -> bool:
    where = standing(call, step)
    if where == COUNTED:
        return seconds_between(call[step.start], call[step.end]) - waited(call, step, call[step.end]) > target
    if where == "running" and call[step.start]:
        # Before anybody decides to send a carer, the call owes a decision only.
        owed = not step.visit or step.name == "decide" or bool(call["requested_at"])
        return noted or (owed and seconds_between(call[step.start], now) - waited(call, step, now) > target)
    return noted and where != "not_needed"


def waited(call: CallRow, step: Step, until: str) -> float:
    """Seconds up to ``until`` in which the clock of a step stood still, for a reason of the resident's side."""
    return paused(call[step.start], until, step.name, call["priority"], call["pauses"])


def percentile(ordered: "array[float] | list[float]", share: float) -> float:
    """Nearest rank of values in rising order: element number ceil(share x n), counted from 1."""
    if not ordered:
        raise ValueError("no percentile of nothing: ask for one only when there are values")
    return ordered[max(1, ceil(share * len(ordered))) - 1]


@dataclass(frozen=True)
class Spread:
    """Seconds. The percentiles are ``None`` under ``FEW`` values; the three points are there from one value on."""

    n: int
    least: float | None = None
    middle: float | None = None
    most: float | None = None
    p50: float | None = None
    p90: float | None = None
    p95: float | None = None


def spread(values: Iterable[float]) -> Spread:
    ordered = sorted(values)
    if not ordered:
        return Spread(0)
    points = (ordered[0], percentile(ordered, 0.5), ordered[-1])
    if len(ordered) < FEW:
        return Spread(len(ordered), *points)
    return Spread(len(ordered), *points, *(percentile(ordered, share) for share in (0.5, 0.9, 0.95)))


@dataclass
class Judged:
    """How many steps were within their target and how many late, ended or not."""

    within: int = 0
    late: int = 0

    @property
    def judged(self) -> int:
        return self.within + self.late

    @property
    def share(self) -> float | None:
        return self.within / self.judged if self.judged else None


@dataclass
class StepFigures:
    step: Step
    standings: Counter[str] = field(default_factory=Counter)
    seconds: "array[float]" = field(default_factory=lambda: array("d"))
    attained: dict[int, Judged] = field(default_factory=lambda: {p: Judged() for p in PRIORITIES})

    @property
    def spread(self) -> Spread:
        return spread(self.seconds)

    @property
    def overall(self) -> Judged:
        parts = self.attained.values()
        return Judged(sum(part.within for part in parts), sum(part.late for part in parts))


@dataclass
class Tally:
    """Adds up calls one at a time and keeps only numbers, so that a year of calls fits in little memory."""

    book: Book
    now: str
    total: int = 0
    late: int = 0
    paused: int = 0  # calls whose clock stood still
    paused_seconds: float = 0.0
    by_priority: Counter[int] = field(default_factory=Counter)
    steps: dict[str, StepFigures] = field(default_factory=lambda: {n: StepFigures(s) for n, s in STEPS.items()})

    @property
    def targets(self) -> Targets:
        """Today's targets of calls that no narrower rule fits."""
        return self.book.current(self.now).plain()

    def add(self, call: CallRow) -> dict[str, float]:
        """Counts one call; gives back its late steps, so that nobody has to work them out twice."""
        late = missed(call, self.book, self.now)
        self.total += 1
        self.paused += bool(call["pauses"])
        self.paused_seconds += used(call["pauses"])
        self.late += bool(late)
        self.by_priority[call["priority"]] += 1
        for name, figures in self.steps.items():
            self._add_step(figures, call, name in late)
        return late

    def _add_step(self, figures: StepFigures, call: CallRow, late: bool) -> None:
        step, priority = figures.step, call["priority"]
        where = standing(call, step)
        figures.standings[where] += 1
        if where == COUNTED:
            figures.seconds.append(seconds_between(call[step.start], call[step.end]))
        if late:
            figures.attained[priority].late += 1
        elif where == COUNTED and step.name in self.book.of(call):
            figures.attained[priority].within += 1
