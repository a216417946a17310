"""A month of the roster: its days, and the moments at which they begin and end in the centre's zone."""

import re
from datetime import date, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

from callcenter.rules.call import NotThere
from dispatch.rules.shift_letters import at

MIDNIGHT = 24 * 60


class Month(NamedTuple):
    """``text`` is ``2026-12``; ``start`` and ``end`` are stamps."""

    text: str
    days: tuple[date, ...]
    start: str
    end: str

    @property
    def before(self) -> str:
        return f"{self.days[0] - timedelta(days=1):%Y-%m}"

    @property
    def after(self) -> str:
        return f"{self.days[-1] + timedelta(days=1):%Y-%m}"


def month(text: str, zone: ZoneInfo) -> Month:
    """Raises ``NotThere``."""
    if not re.fullmatch(r"20\d\d-(0[1-9]|1[0-2])", text):
        raise NotThere(f"there is no month {text[:20]}")
    first = date.fromisoformat(f"{text}-01")
    after = (first + timedelta(days=31)).replace(day=1)
    days = tuple(first + timedelta(days=n) for n in range((after - first).days))
    return Month(text, days, at(first, 0, zone), at(after, 0, zone))


def roster_stream(text: str) -> str:
    return f"roster:{text}"
