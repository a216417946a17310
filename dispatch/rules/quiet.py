"""Quiet hours (静默时段): the night and the midday rest, in which nothing goes out that can wait."""

import re
from collections.abc import Sequence
from datetime import datetime, time, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

_WRITTEN = re.compile(r"([01]\d|2[0-3]):([0-5]\d)-([01]\d|2[0-3]):([0-5]\d)")
URGENT = 2  # the highest number of a priority that waits for nobody


class Span(NamedTuple):
    """From one time of day to another, over midnight where ``until`` is the smaller."""

    since: time
    until: time


def read(text: str) -> Span:
    """``22:00-07:00``. Raises ``ValueError`` with the fix."""
    found = _WRITTEN.fullmatch(text.strip())
    span = Span(time(int(found[1]), int(found[2])), time(int(found[3]), int(found[4]))) if found else None
    if span is None or span.since == span.until:
        raise ValueError(f"quiet hours {text!r} cannot be read; write them as 22:00-07:00")
    return span


def ends(spans: Sequence[Span], now: datetime, zone: ZoneInfo) -> datetime | None:
    """When the quiet hours end in which ``now`` lies; None outside them. Spans that touch count as one."""
    at: datetime | None = None
    for _ in range(len(spans) + 1):
        after = _end(spans, at or now, zone)
        if after is None:
            return at
        at = after
    return at


def _end(spans: Sequence[Span], now: datetime, zone: ZoneInfo) -> datetime | None:
    local = now.astimezone(zone)
    for span in spans:
        for day in (local.date() - timedelta(days=1), local.date()):
            since = datetime.combine(day, span.since, zone)
            until = datetime.combine(day + timedelta(days=span.until <= span.since), span.until, zone)
            if since <= local < until:
                return until.astimezone(now.tzinfo)
    return None
