"""What must hold of a roster before anybody relies on it: each rule looks forward and says where, when and how bad.

A finding that is ``hard`` refuses the roster; the others warn. All moments are stamps (UTC), so a night in which the
clocks change has neither a gap nor a double.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import pairwise
from typing import Annotated, NamedTuple

from pydantic import BaseModel, ConfigDict, Field

from callcenter.rules.people import Hole, holes
from callcenter.rules.times import later, seconds_between
from dispatch.rules.shift_letters import TEMPLATES, Clock, Template
from dispatch.rules.workdays import HOLIDAY, Day

Hours = Annotated[float, Field(gt=0, le=168)]


class RosterTerms(BaseModel):
    """``[roster]``: the shift templates, and the limits a roster is held to."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    rest_hours: Hours = 11.0  # between the end of one day's shift and the start of the next day's
    week_hours: Hours = 48.0  # worked from Monday to Sunday, meals not counted
    overlap_minutes: Annotated[int, Field(ge=0, le=120)] = 30
    skills: tuple[str, ...] = ("first_aid",)  # of which each station always has somebody
    officer_from: Clock = "08:00"  # when the duty officer of a day takes over from that of the day before
    break_minutes: Annotated[int, Field(ge=5, le=120)] = 30
    shifts: tuple[Template, ...] = TEMPLATES


class Span(NamedTuple):
    """One shift; ``day`` is the local day it belongs to."""

    carer_id: int
    station_id: int
    day: str
    starts_at: str
    ends_at: str
    post: str = "A"
    rest_minutes: int = 0


class Post(NamedTuple):
    """A duty of a station with its two names (AB岗)."""

    station_id: int
    name: str
    a: int
    b: int


class Finding(NamedTuple):
    code: str
    hard: bool
    starts_at: str
    ends_at: str
    station_id: int | None = None
    carer_id: int | None = None
    words: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Plan:
    """A roster to be judged. ``spans`` hold the days before and after too; findings lie in ``start`` … ``end``.

    ``days`` are the local days to judge, each with its start and end; ``officers`` say who leads on which."""

    start: str
    end: str
    days: Sequence[tuple[Day, str, str]]
    stations: Sequence[int]
    skills: Mapping[int, frozenset[str]]
    spans: Sequence[Span]
    posts: Sequence[Post] = ()
    officers: Mapping[str, int] = field(default_factory=dict)

    def of_station(self, station: int) -> list[Span]:
        return [span for span in self.spans if span.station_id == station]


def findings(plan: Plan, terms: RosterTerms) -> list[Finding]:
    """Everything that is wrong, the refusing first, then by time."""
    found = [one for rule in RULES for one in rule(plan, terms)]
    return sorted(found, key=lambda one: (not one.hard, one.starts_at, one.station_id or 0, one.code))


def _holes(plan: Plan, spans: Iterable[Span], stations: Sequence[int]) -> Iterator[Hole]:
    rows = [{"station_id": s.station_id, "starts_at": s.starts_at, "ends_at": s.ends_at} for s in spans]
    return (hole for hole in holes(stations, rows, plan.start, plan.end) if hole.station_id in stations)


def gaps(plan: Plan, _terms: RosterTerms) -> Iterator[Finding]:
    """A station without anybody."""
    for station, start, end in _holes(plan, plan.spans, plan.stations):
        yield Finding("gap", True, start, end, station)


def unskilled(plan: Plan, terms: RosterTerms) -> Iterator[Finding]:
    """Somebody is there, but nobody who can do what is needed."""
    nobody = list(_holes(plan, plan.spans, plan.stations))
    for skill in terms.skills:
        able = [span for span in plan.spans if skill in plan.skills.get(span.carer_id, ())]
        for station, start, end in _holes(plan, able, plan.stations):
            if not any(s == station and a <= start and end <= b for s, a, b in nobody):
                yield Finding("skill", False, start, end, station, words=(skill,))


def rest(plan: Plan, terms: RosterTerms) -> Iterator[Finding]:
    """Two shifts at once, or too little rest between the shifts of two days."""
    for carer, own in _by_carer(plan.spans).items():
        for first, second in pairwise(own):
            if not plan.start <= second.starts_at < plan.end:
                continue
            hours = seconds_between(first.ends_at, second.starts_at) / 3600
            where = (second.starts_at, second.ends_at, second.station_id, carer)
            if hours < 0:
                yield Finding("double", True, *where)
            elif hours < terms.rest_hours and first.day != second.day:
                yield Finding("rest", True, *where, words=(f"{hours:g}", f"{terms.rest_hours:g}"))


def week_hours(plan: Plan, terms: RosterTerms) -> Iterator[Finding]:
    """More hours in a week than anybody should work; a shift belongs to the week in which it begins."""
    shown = {day.day - timedelta(days=day.day.weekday()) for day, _, _ in plan.days}
    for carer, own in _by_carer(plan.spans).items():
        weeks: dict[date, list[Span]] = {}
        for span in own:
            day = date.fromisoformat(span.day)
            weeks.setdefault(day - timedelta(days=day.weekday()), []).append(span)
        for week, spans in weeks.items():
            hours = sum(worked_hours(span) for span in spans)
            if week in shown and hours > terms.week_hours:
                words = (f"{hours:g}", f"{terms.week_hours:g}", week.isoformat())
                yield Finding("week", False, spans[0].starts_at, spans[-1].ends_at, spans[0].station_id, carer, words)


def worked_hours(span: Span) -> float:
    """Hours of a shift without its meals."""
    return seconds_between(span.starts_at, span.ends_at) / 3600 - span.rest_minutes / 60


def hand_over(plan: Plan, terms: RosterTerms) -> Iterator[Finding]:
    """The last minutes of a shift are covered by one who stays on; where nobody comes at all there is a gap instead."""
    for station in plan.stations:
        own = plan.of_station(station)
        for ends_at in sorted({span.ends_at for span in own if plan.start < span.ends_at < plan.end}):
            on = [span.starts_at for span in own if span.starts_at <= ends_at < span.ends_at]
            since = later(ends_at, -60.0 * terms.overlap_minutes)
            if on and min(on) > since:
                yield Finding("hand_over", False, since, ends_at, station, words=(str(terms.overlap_minutes),))


def both_off(plan: Plan, _terms: RosterTerms) -> Iterator[Finding]:
    """AB岗制: on each day one of the two names of a post has duty."""
    own = _by_carer(plan.spans)
    for post in plan.posts:
        for day, start, end in plan.days:
            spans = [*own.get(post.a, ()), *own.get(post.b, ())]
            if not any(span.starts_at < end and span.ends_at > start for span in spans):
                yield Finding("both_off", True, start, end, post.station_id, words=(post.name, day.day.isoformat()))


def officers(plan: Plan, _terms: RosterTerms) -> Iterator[Finding]:
    """假日值班制: a holiday without a duty officer is refused; any other day warns, for the ladder ends with one."""
    for day, start, end in plan.days:
        if day.day.isoformat() not in plan.officers:
            yield Finding("officer", day.kind == HOLIDAY, start, end, words=(day.day.isoformat(), day.name))


def holidays_named(plan: Plan, _terms: RosterTerms) -> Iterator[Finding]:
    """假日值班制: on a holiday every station has somebody named."""
    for day, start, end in plan.days:
        if day.kind != HOLIDAY:
            continue
        named = {span.station_id for span in plan.spans if span.day == day.day.isoformat()}
        for station in plan.stations:
            if station not in named:
                yield Finding("holiday", True, start, end, station, words=(day.day.isoformat(), day.name))


def _by_carer(spans: Iterable[Span]) -> dict[int, list[Span]]:
    found: dict[int, list[Span]] = {}
    for span in sorted(spans, key=lambda one: (one.starts_at, one.ends_at)):
        found.setdefault(span.carer_id, []).append(span)
    return found


Rule = Callable[[Plan, RosterTerms], Iterator[Finding]]
RULES: tuple[Rule, ...] = (gaps, both_off, officers, holidays_named, rest, hand_over, unskilled, week_hours)
CODES = ("gap", "both_off", "officer", "holiday", "double", "rest", "hand_over", "skill", "week")
