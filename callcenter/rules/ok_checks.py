"""平安打卡: who is enrolled says once a day that all is well, by a key, a word or a face; only the silent are rung.

A sign counts from the small hours of its day. At the end of the window somebody looks whether there was one.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from callcenter.rules.call_clock import armed
from callcenter.rules.events import Event, Row
from callcenter.rules.times import moment, stamp

FROM, UNTIL = 6 * 60, 10 * 60  # the usual window, local minutes
DAY_BEGINS = 3 * 60  # a press after midnight is still of the night before
PRESS, SPOKE, SEEN = "press", "spoke", "seen"


def ok_stream(resident_id: int) -> str:
    return f"ok:{resident_id}"


def next_end(check: Mapping[str, Any], after: str, zone: ZoneInfo) -> str:
    """The next end of the window later than ``after``."""
    local = moment(after).astimezone(zone)
    ends = (_at(local.date() + timedelta(days=ahead), check["until_minute"], zone) for ahead in range(3))
    return stamp(next(at for at in ends if at > local))


def day_began(end: str, zone: ZoneInfo) -> str:
    """Since when a sign of life counts for the window that ends then."""
    return stamp(_at(moment(end).astimezone(zone).date(), DAY_BEGINS, zone))


def _at(day: date, minute: int, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time(minute // 60, minute % 60), tzinfo=zone)


def _enrolled(e: Event) -> Row:
    b = e.body
    return {"id": str(b["resident_id"]), "home_id": b["home_id"], "from_minute": b["from_minute"],
            "until_minute": b["until_minute"], "active": True, "since": e.at, "made_by": b["name"], "heard_at": None,
            "heard_how": "", "silent_at": None}  # fmt: skip


AFTER: dict[str, Callable[[Row, Event], Row]] = {
    "OkEnrolled": lambda row, e: {**row, **_enrolled(e), "heard_at": row["heard_at"], "heard_how": row["heard_how"]},
    "OkHeard": lambda row, e: {**row, "heard_at": e.body["heard_at"], "heard_how": e.body["how"]},
    "OkSilent": lambda row, e: {**row, "silent_at": e.at},
    "OkPassed": lambda row, e: row,
    "OkEnded": lambda row, e: {**row, "active": False},
}


@dataclass(frozen=True, slots=True)
class OkPicture:
    """How the table ``ok_checks`` follows the log."""

    table: str = "ok_checks"

    def key(self, event: Event) -> str | None:
        return str(event.body["resident_id"]) if event.kind in AFTER else None

    def after(self, row: Row | None, event: Event) -> Row:
        folded = _enrolled(event) if row is None else AFTER[event.kind](row, event)
        next_at = event.body.get("next_at")
        return armed(row, folded, (next_at, "look") if next_at else None, event)
