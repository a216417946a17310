"""On which days a booking falls: once, on weekdays, every so many weeks, until a day, not on holidays."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta

MOST = 120  # visits one booking may make at once; who wants more books again
LONGEST_DAYS = 366


@dataclass(frozen=True, slots=True)
class Repeat:
    """``weekdays``: 0 is Monday. ``every`` weeks, counted from the week of the first day."""

    weekdays: tuple[int, ...] = ()
    every: int = 1
    until: date | None = None
    skip_holidays: bool = True
    except_on: tuple[date, ...] = ()


def days(first: date, repeat: Repeat, holiday: Callable[[date], bool]) -> tuple[list[date], list[date]]:
    """The days of the visits, and those left out for a holiday. The first day counts as asked for, holiday or not.

    Raises ``ValueError`` when the end is missing or too far away, or the visits are too many.
    """
    if not repeat.weekdays:
        return [first], []
    if repeat.until is None or not first <= repeat.until <= first + timedelta(days=LONGEST_DAYS):
        raise ValueError(f"a repeated booking ends within {LONGEST_DAYS} days")
    found, left_out = [], []
    for day in _asked(first, repeat, repeat.until):
        if repeat.skip_holidays and day != first and holiday(day):
            left_out.append(day)
        else:
            found.append(day)
    if not found:
        raise ValueError("no day is left")
    if len(found) > MOST:
        raise ValueError(f"at most {MOST} visits at once")
    return found, left_out


def _asked(first: date, repeat: Repeat, until: date) -> Iterator[date]:
    monday = first - timedelta(days=first.weekday())
    for number in range((until - first).days + 1):
        day = first + timedelta(days=number)
        weeks = (day - monday).days // 7
        if day.weekday() in repeat.weekdays and weeks % repeat.every == 0 and day not in repeat.except_on:
            yield day
