"""What a resident is reminded of, and whether they confirmed. A medicine twice unconfirmed is an operator's matter."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from callcenter.rules.call_clock import armed
from callcenter.rules.events import Event, Row
from callcenter.rules.times import moment, stamp

MEDICINE = "medicine"
KINDS = (MEDICINE, "visit", "appointment")
CONFIRM_SECONDS = 1800.0
MOST_MISSES = 2
TELL, CONFIRM = "tell", "confirm"


def reminder_stream(resident_id: int) -> str:
    """All reminders of one person."""
    return f"reminder:{resident_id}"


def next_tell(reminder: Mapping[str, Any], after: str, zone: ZoneInfo) -> str | None:
    """The next moment later than ``after`` at which to tell; None when its only day is over."""
    local = moment(after).astimezone(zone)
    days = [date.fromisoformat(reminder["day"])] if reminder["day"] else [
        local.date() + timedelta(days=ahead) for ahead in range(2)
    ]  # fmt: skip
    all_ = (datetime.combine(d, time(m // 60, m % 60), tzinfo=zone) for d in days for m in sorted(reminder["minutes"]))
    return next((stamp(at) for at in all_ if at > local), None)


def _set(e: Event) -> Row:
    b = e.body
    kept = {name: b[name] for name in ("resident_id", "home_id", "kind", "words", "minutes", "day")}
    return {"id": b["reminder"], **kept, "active": True, "made_by": b["name"], "told_at": None, "misses": 0,
            "confirmed_at": None}  # fmt: skip


AFTER: dict[str, Callable[[Row, Event], Row]] = {
    "ReminderTold": lambda row, e: {**row, "told_at": e.at},
    "ReminderConfirmed": lambda row, e: {**row, "told_at": None, "misses": 0, "confirmed_at": e.body["confirmed_at"]},
    "ReminderMissed": lambda row, e: {**row, "told_at": None, "misses": e.body["misses"]},
    "ReminderStopped": lambda row, e: {**row, "active": False, "told_at": None},
}


@dataclass(frozen=True, slots=True)
class ReminderPicture:
    """How the table ``reminders`` follows the log. Every event says when and for what it is looked at next."""

    table: str = "reminders"

    def key(self, event: Event) -> str | None:
        return event.body["reminder"] if event.kind in AFTER or event.kind == "ReminderSet" else None

    def after(self, row: Row | None, event: Event) -> Row:
        folded = _set(event) if row is None else AFTER[event.kind](row, event)
        next_at = event.body.get("next_at")
        step = CONFIRM if event.kind == "ReminderTold" else TELL
        return armed(row, folded, (next_at, step) if next_at else None, event)
