"""When elders may be rung for what is not urgent: by day, and not while they rest at noon."""

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Annotated
from zoneinfo import ZoneInfo

from annotated_types import Ge, Le

from callcenter.rules.times import moment, stamp

Minutes = Annotated[int, Ge(0), Le(24 * 60)]


@dataclass(frozen=True)
class CallHours:
    """Minutes since midnight, local time; the rest is 午休."""

    begin: Minutes = 8 * 60 + 30
    end: Minutes = 20 * 60 + 30
    rest_begin: Minutes = 12 * 60 + 30
    rest_end: Minutes = 14 * 60 + 30

    def allowed(self, local: datetime) -> bool:
        now = local.hour * 60 + local.minute
        return self.begin <= now < self.end and not self.rest_begin <= now < self.rest_end


def next_allowed(at: str, zone: ZoneInfo, hours: CallHours) -> str:
    """The stamp ``at``, or the first one after it at which ringing is allowed."""
    local = moment(at).astimezone(zone)
    if hours.allowed(local):
        return at
    starts = (hours.begin, hours.rest_end)
    days = (local.date() + timedelta(days=n) for n in range(3))
    found = (datetime.combine(day, time(0), tzinfo=zone) + timedelta(minutes=m) for day in days for m in starts)
    return stamp(min(one for one in found if one > local and hours.allowed(one)))
