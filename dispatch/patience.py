"""What can wait: services and devices in the quiet hours, and while so many call that emergencies take everyone."""

from collections.abc import Sequence
from zoneinfo import ZoneInfo

from callcenter.rules.events import Row
from callcenter.rules.times import later, moment, stamp
from dispatch.rules import quiet
from dispatch.rules.surge import POSTPONED_SECONDS
from dispatch.surge import Surge


class Patience:
    def __init__(self, spans: Sequence[quiet.Span], zone: ZoneInfo, surge: Surge):
        self.spans, self.zone, self.surge = tuple(spans), zone, surge

    def until(self, visit: Row, at: str) -> tuple[str, str] | None:
        """``(stamp, why)`` when nobody should be asked about this visit yet; emergencies wait for nothing."""
        if visit["priority"] <= quiet.URGENT:
            return None
        end = quiet.ends(self.spans, moment(at), self.zone)
        if end is not None and not visit["slot_at"]:  # a booked visit comes when it was agreed
            return stamp(end), "quiet_hours"
        return (later(at, POSTPONED_SECONDS), "surge") if self.surge.since else None
