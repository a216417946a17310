"""The response-time report: figures over many calls, the list behind every figure, and the story of one call."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from callcenter.rules.events import Event
from callcenter.rules.figures import STEPS, Step, Tally, duration, missed, standing, waited
from callcenter.rules.filters import Filters
from callcenter.rules.promises import Book
from callcenter.rules.times import Clock, moment, seconds_between, stamp
from callcenter.store.figures import Figures, Row
from callcenter.store.people import People

PAGE = 50
BREATH = 100  # calls worked on between two chances for others in this process
MOST_CALLS = 100_000  # a report over more would be slow for everybody; the days can be narrowed
# Where a body keeps the clock of the machine that spoke: a carer's phone, a pager's base unit.
OTHER_CLOCKS = ("phone_at", "device_at")
NOTICEABLE_SECONDS = 2.0  # below this the difference of two clocks tells a reader nothing


class TooMany(Exception):
    """More calls than one report takes: ``found`` of at most ``MOST_CALLS``."""

    def __init__(self, found: int) -> None:
        super().__init__(f"{found} calls, at most {MOST_CALLS} in one report: choose fewer days")
        self.found = found


@dataclass(frozen=True)
class Listed:
    """One call of the list: its row, the seconds of each step, where it stands for each, and what was late."""

    row: Row
    seconds: Mapping[str, float | None]
    standings: Mapping[str, str]
    late: Mapping[str, float]  # step: target in seconds


@dataclass(frozen=True)
class Page:
    tally: Tally
    found: int  # calls in the list, over all pages
    number: int
    pages: int
    calls: tuple[Listed, ...]


@dataclass(frozen=True)
class StepTaken:
    step: Step
    start: str | None
    end: str | None
    seconds: float | None
    standing: str
    target: float | None
    late: bool
    stood: float  # seconds of it in which the clock stood still


@dataclass(frozen=True)
class Happened:
    """``since`` is seconds since the call was opened. ``other_at`` is the time by phone or pager, when it differs from
    ours noticeably, and ``ahead`` by how many seconds."""

    event: Event
    since: float
    other_at: str | None = None
    ahead: float = 0.0


@dataclass(frozen=True)
class Story:
    listed: Listed
    card: Row  # home, residents, device
    steps: tuple[StepTaken, ...]
    events: tuple[Happened, ...]
    visits: tuple[Row, ...]
    frames: tuple[Row, ...]


class Report:
    """``breathe`` is called often in long work; in a web process of greenlets it lets the others run."""

    def __init__(self, figures: Figures, people: People, targets: Book, clock: Clock, breathe: Callable[[], None]):
        self.figures, self.people, self.targets = figures, people, targets
        self.clock, self.breathe = clock, breathe

    def page(self, asked: Filters, number: int) -> Page:
        """The figures of all calls asked for, and one page of those ``asked.show`` leaves. Raises ``TooMany``."""
        self._bounded(asked)
        tally = Tally(self.targets, stamp(self.clock()))
        kept: list[tuple[Any, str]] = []
        for row in self._rows(asked):
            late = tally.add(row)
            if shown(row, late, asked.show):
                kept.append((_place(row, asked.sort), row["id"]))
        ids = _sorted(kept, asked)
        pages = max(1, -(-len(ids) // PAGE))
        number = min(max(1, number), pages)
        listed = self._listed(ids[(number - 1) * PAGE : number * PAGE], tally.now)
        return Page(tally, len(ids), number, pages, tuple(listed))

    def every(self, asked: Filters) -> Iterator[Listed]:
        """All calls ``asked.show`` leaves, newest first, a portion at a time: for files. Raises ``TooMany``."""
        self._bounded(asked)
        return self._every(asked, stamp(self.clock()))

    def _every(self, asked: Filters, now: str) -> Iterator[Listed]:
        for portion in self.figures.portions(asked, size=BREATH):
            self.breathe()
            wanted = [row["id"] for row in portion if shown(row, missed(row, self.targets, now), asked.show)]
            yield from self._listed(wanted, now)

    def story(self, call_id: str) -> Story | None:
        row = self.figures.call(call_id)
        if row is None:
            return None
        now = self.clock()
        listed = self._one(row, stamp(now))
        events = self.figures.events(call_id)
        frames = self.figures.frames({event.body["frame"] for event in events if event.body.get("frame")})
        return Story(
            listed,
            self.people.card(row, now, self.figures.zone),
            tuple(self._taken(listed, step) for step in STEPS.values()),
            tuple(_happened(event, row["opened_at"]) for event in events),
            tuple(self.figures.visits(call_id)),
            tuple(frames),
        )

    def _bounded(self, asked: Filters) -> None:
        found = self.figures.count(asked)
        if found > MOST_CALLS:
            raise TooMany(found)

    def _rows(self, asked: Filters) -> Iterator[Row]:
        for portion in self.figures.portions(asked):
            for number, row in enumerate(portion):
                if number % BREATH == 0:
                    self.breathe()
                yield row

    def _listed(self, ids: list[str], now: str) -> Iterable[Listed]:
        return (self._one(row, now) for row in self.figures.listed(ids)) if ids else ()

    def _one(self, row: Row, now: str) -> Listed:
        seconds = {name: duration(row, step) for name, step in STEPS.items()}
        standings = {name: standing(row, step) for name, step in STEPS.items()}
        return Listed(row, seconds, standings, missed(row, self.targets, now))

    def _taken(self, listed: Listed, step: Step) -> StepTaken:
        row, name = listed.row, step.name
        target = listed.late.get(name) or self.targets.of(row).get(name)
        where, seconds = listed.standings[name], listed.seconds[name]
        stood = waited(row, step, row[step.end]) if seconds is not None else 0.0
        return StepTaken(step, row[step.start], row[step.end], seconds, where, target, name in listed.late, stood)


def shown(row: Row, late: Mapping[str, float], show: str) -> bool:
    """Does a call belong to the list behind this figure? See ``filters.SHOWS``."""
    if not show:
        return True
    if show == "late":
        return bool(late)
    name, _, where = show.partition(".")
    return name in late if where == "late" else standing(row, STEPS[name]) == where


def _place(row: Row, sort: str) -> Any:
    if sort == "opened":
        return row["opened_at"]
    return row["priority"] if sort == "priority" else duration(row, STEPS[sort])


def _sorted(kept: list[tuple[Any, str]], asked: Filters) -> list[str]:
    """Calls without the time sorted by come last, whichever way the order goes; equals stay newest first."""
    timed = [pair for pair in kept if pair[0] is not None]
    timed.sort(key=lambda pair: pair[0], reverse=not asked.rising)
    return [call_id for _, call_id in timed] + [call_id for place, call_id in kept if place is None]


def _happened(event: Event, opened_at: str) -> Happened:
    since = seconds_between(opened_at, event.at)
    said = next((event.body[name] for name in OTHER_CLOCKS if event.body.get(name)), None)
    if said is None:
        return Happened(event, since)
    ahead = seconds_between(event.at, said)
    return (
        Happened(event, since, stamp(moment(said)), ahead)
        if abs(ahead) >= NOTICEABLE_SECONDS
        else Happened(event, since)
    )


def hex_lines(raw: bytes) -> list[tuple[str, str, str]]:
    """Offset, bytes and readable characters, sixteen to a line."""
    lines = []
    for start in range(0, len(raw), 16):
        part = raw[start : start + 16]
        readable = "".join(chr(byte) if 32 <= byte < 127 else "." for byte in part)
        lines.append((f"{start:04x}", part.hex(" "), readable))
    return lines
