"""Ratings in figures: how many were asked, how many answered, how content they were."""

from collections.abc import Callable, Iterable
from typing import NamedTuple

from callcenter.rules.callbacks import LOW
from callcenter.rules.events import Row


class Tally(NamedTuple):
    name: str
    asked: int  # call-backs that were done
    rated: int
    mean: float | None
    low: int  # ratings that became complaints
    no_reply: int


def tally(rows: Iterable[Row], by: Callable[[Row], str]) -> list[Tally]:
    """One line for each name, the most discontented first."""
    groups: dict[str, list[Row]] = {}
    for row in rows:
        groups.setdefault(by(row), []).append(row)
    found = [_line(name, theirs) for name, theirs in groups.items()]
    return sorted(found, key=lambda one: (one.mean is None, one.mean or 0, -one.asked, one.name))


def _line(name: str, rows: list[Row]) -> Tally:
    ratings = [row["rating"] for row in rows if row["rating"] is not None]
    mean = round(sum(ratings) / len(ratings), 2) if ratings else None
    unreached = sum(row["result"] == "no_reply" for row in rows)
    return Tally(name, len(rows), len(ratings), mean, sum(rating <= LOW for rating in ratings), unreached)
