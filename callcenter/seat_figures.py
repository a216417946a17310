"""A day at the desk: for each seat how long on duty, calls taken, the longest wait, the busiest ten minutes, floods."""

from collections.abc import Sequence
from dataclasses import dataclass

from callcenter.rules.events import Row, seat_stream
from callcenter.rules.seats import FLOOD_SECONDS, peak
from callcenter.rules.times import later, seconds_between
from callcenter.store.seats import SeatBook

RISING = frozenset({"SeatOnBreak", "SeatSignedOff", "SeatLost"})
SITTING = frozenset({"SeatSignedOn", "SeatBack"})


@dataclass(frozen=True, slots=True)
class SeatDay:
    """Seconds; ``peak`` is the most calls taken in any ten minutes of the day."""

    user_id: int
    name: str
    taken: int
    longest_wait: float
    peak: int
    on_duty: float
    breaks: int
    lost: int
    flooded: float


def day(book: SeatBook, since: str, until: str, now: str) -> list[SeatDay]:
    """One line for each seat that was on duty, or took a call, between two moments; what lies ahead is not counted."""
    until = min(until, now)
    takes: dict[int, list[Row]] = {}
    names: dict[int, str] = {}
    for one in book.takes_between(since, until):
        takes.setdefault(one["user_id"], []).append(one)
        names[one["user_id"]] = one["name"]
    names = {seat["user_id"]: seat["name"] for seat in book.all()} | names
    changes: dict[str, list[Row]] = {}
    for change in book.changes_between(since, until, [seat_stream(user) for user in names]):
        changes.setdefault(change["stream"], []).append(change)
    found = [_line(user, name, takes.get(user, []), changes.get(seat_stream(user), []), since, until)
             for user, name in names.items()]  # fmt: skip
    return sorted((one for one in found if one.taken or one.on_duty), key=lambda one: (-one.taken, one.name))


def _line(user: int, name: str, taken: Sequence[Row], changes: Sequence[Row], since: str, until: str) -> SeatDay:
    within = [change["kind"] for change in changes if change["at"] >= since]
    flood = _between(changes, since, until, frozenset({"FloodBegan"}), RISING | {"FloodEnded", "SeatSignedOn"})
    return SeatDay(
        user, name, len(taken), max((one["waited"] for one in taken), default=0.0),
        peak([one["at"] for one in taken]), _between(changes, since, until, SITTING, RISING),
        within.count("SeatOnBreak"), within.count("SeatLost"), flood,
    )  # fmt: skip


def _between(changes: Sequence[Row], since: str, until: str, begins: frozenset[str], ends: frozenset[str]) -> float:
    """Seconds of a span in which something had begun and not ended."""
    seconds, running = 0.0, ""
    for change in changes:
        at = max(change["at"], since)
        if change["kind"] in begins:
            running = running or at
        elif change["kind"] in ends and running:
            seconds, running = seconds + seconds_between(running, at), ""
    return seconds + (max(0.0, seconds_between(running, until)) if running else 0.0)


def lately(book: SeatBook, now: str) -> dict[int, int]:
    """What each has taken in the last ten minutes."""
    return book.taken_since(later(now, -FLOOD_SECONDS))
