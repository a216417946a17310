"""How a trainee did: marks out of a hundred, read off the same clocks that judge real calls.

A call belongs to whoever holds it last. Nobody judges by hand: what is counted is what stands in the log.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from callcenter.rules.call import CLOSED
from callcenter.rules.events import Row
from callcenter.rules.times import later

PASS = 85.0
TOO_SOON_SECONDS = 1800.0  # who presses again within half an hour of the close was not helped
URGENT = 2  # P1 and P2: a life may depend on it
# mark: what a full mark is worth of the hundred
WEIGHTS: Mapping[str, int] = {"answer": 30, "decide": 25, "clocks": 20, "again": 25}


@dataclass(frozen=True, slots=True)
class Mark:
    """``missed`` are the calls that cost something, oldest first."""

    name: str
    judged: int
    missed: tuple[str, ...]

    @property
    def share(self) -> float | None:
        return 1 - len(self.missed) / self.judged if self.judged else None


@dataclass(frozen=True, slots=True)
class Result:
    """One trainee. ``score`` is None until something was judged."""

    user_id: int
    name: str
    calls: int
    marks: tuple[Mark, ...]

    @property
    def score(self) -> float | None:
        counted = [(WEIGHTS[mark.name], mark.share) for mark in self.marks if mark.share is not None]
        whole = sum(weight for weight, _ in counted)
        return round(100 * sum(weight * share for weight, share in counted) / whole, 1) if whole else None

    @property
    def passed(self) -> bool:
        return self.score is not None and self.score >= PASS


def results(judged: Sequence[tuple[Row, Mapping[str, float]]]) -> list[Result]:
    """Of all calls of an exercise, each with its late steps; the best first. Calls nobody took are nobody's."""
    rows = sorted((row for row, _ in judged), key=lambda row: (row["opened_at"], row["id"]))
    late = {row["id"]: steps for row, steps in judged}
    seats = {row["holder_id"]: row["holder_name"] or "?" for row in rows if row["holder_id"] is not None}
    found = []
    for user_id, name in seats.items():
        mine = [row for row in rows if row["holder_id"] == user_id]
        found.append(Result(user_id, name, len(mine), _marks(mine, late, rows)))
    return sorted(found, key=lambda one: (-(one.score or 0), one.name))


def _marks(mine: Sequence[Row], late: Mapping[str, Mapping[str, float]], rows: Sequence[Row]) -> tuple[Mark, ...]:
    closed = [row for row in mine if row["stage"] == CLOSED]
    urgent = [row for row in mine if row["priority"] <= URGENT]
    return (
        Mark("answer", len(mine), tuple(row["id"] for row in mine if "answer" in late[row["id"]])),
        Mark("decide", len(urgent), tuple(row["id"] for row in urgent if "decide" in late[row["id"]])),
        Mark("clocks", len(mine), tuple(row["id"] for row in mine if _let_ring(row))),
        Mark("again", len(closed), tuple(row["id"] for row in closed if _pressed_again(row, rows))),
    )


def _let_ring(row: Row) -> bool:
    """A clock of the call ran out in their hands: a hold, a chase, a silence, a case left without a decision."""
    return bool(set(row["late"]) - {"answer", "decide", "accept", "depart", "arrive", "finish", "repair"})


def _pressed_again(row: Row, rows: Sequence[Row]) -> bool:
    """The truth of the virtual district: its residents press again until somebody has helped them."""
    soon = later(row["closed_at"], TOO_SOON_SECONDS)
    return any(
        other["home_id"] == row["home_id"] and other["presses"] and row["closed_at"] < other["opened_at"] <= soon
        for other in rows
        if other["home_id"] is not None
    )
