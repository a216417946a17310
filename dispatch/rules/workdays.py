"""Which days are worked in China: weekends, holidays, and the weekends worked instead of other days (调休).

The library ``holidays`` knows what the State Council has published up to its own release. A year whose official table
has been brought in is taken from that table alone: it wins. The library names only the days that the law or an exchange
makes free; the table of a year also counts the weekend between them, so a run of free days with a holiday in it is one
holiday.
"""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date, timedelta
from functools import lru_cache
from itertools import groupby
from typing import Any, NamedTuple

import holidays

WORKDAY, WEEKEND, HOLIDAY = "workday", "weekend", "holiday"
SATURDAY = 5
LONGEST_RUN = 20  # days; no run of free days reaches further


class Day(NamedTuple):
    """``exchanged``: a weekend day that is worked (调休上班)."""

    day: date
    kind: str
    name: str = ""
    exchanged: bool = False


def calendar(first: date, last: date, official: Iterable[Mapping[str, Any]] = ()) -> list[Day]:
    """Every day from ``first`` to ``last``. ``official``: rows ``{"day": "2026-10-01", "kind", "name"}``."""
    table = {row["day"]: row for row in official}
    years = {day[:4] for day in table}
    return [
        _of_table(day, table.get(day.isoformat())) if str(day.year) in years else _of_library(day)
        for day in _days(first, last)
    ]


def _days(first: date, last: date) -> Iterator[date]:
    return (first + timedelta(days=n) for n in range((last - first).days + 1))


def _of_table(day: date, row: Mapping[str, Any] | None) -> Day:
    free = day.weekday() >= SATURDAY
    if row is None:
        return Day(day, WEEKEND if free else WORKDAY)
    return Day(day, row["kind"], row["name"], free and row["kind"] == WORKDAY)


def _of_library(day: date) -> Day:
    return _library(day.year)[day]


@lru_cache(8)
def _library(year: int) -> dict[date, Day]:
    """A year as the library has it, with the runs of free days across its ends."""
    first, last = date(year, 1, 1) - timedelta(LONGEST_RUN), date(year, 12, 31) + timedelta(LONGEST_RUN)
    known = holidays.country_holidays("CN", years=[year - 1, year, year + 1], language="zh_CN")
    worked = set(getattr(known, "weekend_workdays", ()))
    single = [_single(day, known.get(day), day in worked) for day in _days(first, last)]
    found: dict[date, Day] = {}
    for free, run in groupby(single, key=lambda one: one.kind != WORKDAY):
        together = list(run)
        name = next((one.name for one in together if one.kind == HOLIDAY), "") if free else ""
        found |= {one.day: Day(one.day, HOLIDAY, one.name or name) if name else one for one in together}
    return found


def _single(day: date, name: str | None, worked: bool) -> Day:
    if worked:
        return Day(day, WORKDAY, "调休上班", True)
    if name:
        return Day(day, HOLIDAY, name)
    return Day(day, WEEKEND if day.weekday() >= SATURDAY else WORKDAY)
