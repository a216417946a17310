"""When the daily drill is due, and which press is the drill's."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from callcenter.rules.events import Event
from callcenter.rules.times import moment, seconds_between, stamp

STREAM = "drill"
STARTED, HEARD, PASSED, FAILED = "DrillStarted", "DrillHeard", "DrillPassed", "DrillFailed"
KINDS = frozenset({STARTED, HEARD, PASSED, FAILED})
CALL_KIND = "drill_failed"
AGAIN_SECONDS = 600.0  # after a drill that failed
HEARD_WITHIN_SECONDS = 120.0  # of its announcement; later it is somebody else's press


def is_due(at: str, since: str, failed: bool, now: datetime, zone: ZoneInfo) -> bool:
    """``at`` is the local time of day, ``since`` the stamp of the last drill, or of when we began to watch."""
    if not at:
        return False
    if failed and seconds_between(since, stamp(now)) >= AGAIN_SECONDS:
        return True
    hour, minute = map(int, at.split(":"))
    last = now.astimezone(zone).replace(hour=hour, minute=minute, second=0, microsecond=0)
    last = last if last <= now else last - timedelta(days=1)
    return moment(since) < last


def is_expected(newest: Event | None, now: str) -> bool:
    """Has a drill been announced, not heard yet, and only just?"""
    return newest is not None and newest.kind == STARTED and seconds_between(newest.at, now) <= HEARD_WITHIN_SECONDS
