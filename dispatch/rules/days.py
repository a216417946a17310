"""Days and minutes of the centre's zone, as stamps."""

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from callcenter.rules.times import moment, stamp

DAY_SECONDS = 86400


def at(day: date, minute: int, zone: ZoneInfo) -> str:
    """The stamp of so many minutes after midnight, by the clock on the wall."""
    return stamp(datetime.combine(day, time(0), tzinfo=zone) + timedelta(minutes=minute))


def local_day(at_: str, zone: ZoneInfo) -> date:
    return moment(at_).astimezone(zone).date()


def minute_of(at_: str, zone: ZoneInfo) -> int:
    local = moment(at_).astimezone(zone)
    return local.hour * 60 + local.minute


def clock_text(at_: str | None, zone: ZoneInfo) -> str:
    """``09:30``, empty for none."""
    return moment(at_).astimezone(zone).strftime("%H:%M") if at_ else ""
