"""Moments as we keep them: UTC, fixed-width text, so that they sort as time and read the same in every store."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import lru_cache

Clock = Callable[[], datetime]


def stamp(moment: datetime) -> str:
    """``2026-11-21T20:49:06.123Z``. Raises ``ValueError`` for a moment without a zone."""
    if moment.tzinfo is None:
        raise ValueError(f"{moment!r} has no time zone; times are handed in as UTC")
    return moment.astimezone(UTC).isoformat(timespec="milliseconds")[:-6] + "Z"  # half the cost of strftime


def moment(text: str) -> datetime:
    """The reverse of ``stamp``; other ISO 8601 texts are read too."""
    found = datetime.fromisoformat(text)
    return found if found.tzinfo else found.replace(tzinfo=UTC)


@lru_cache(4096)  # the deadlines of a call are counted from the same few moments again and again
def later(text: str, seconds: float) -> str:
    """The stamp ``seconds`` after the stamp ``text``."""
    return stamp(moment(text) + timedelta(seconds=seconds))


def seconds_between(start: str, end: str) -> float:
    return (moment(end) - moment(start)).total_seconds()
