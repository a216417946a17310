"""The life of an absence: in hospital or travelling until a day, asked after the day before, and never forgotten.

While everybody of a home is away, silence there alarms nobody. A press always does: somebody's hand pressed.
"""

from collections.abc import Callable
from dataclasses import dataclass

from callcenter.rules.call import NotNow
from callcenter.rules.call_clock import armed
from callcenter.rules.events import Event, Row
from callcenter.rules.times import later, seconds_between

ON, ENDED = "on", "ended"
HOSPITAL = "hospital"
KINDS = (HOSPITAL, "travel", "family", "care_home", "other")
DUE, BACK, CHANGED = "due", "back", "changed"  # why it ended: by its day, they are back, changed in the register
MOST_DAYS = 60
DAY_SECONDS = 86400.0
REMIND, END = "remind", "end"


def away_stream(home_id: int) -> str:
    return f"away:{home_id}"


def why_not(until: str, now: str) -> NotNow | None:
    """No absence is open-ended: it ends in the future, and is asked about again after sixty days at most."""
    if until <= now:
        return NotNow("past", "An absence ends in the future", "Choose the day of the return")
    if seconds_between(now, until) > MOST_DAYS * DAY_SECONDS:
        return NotNow("too_long", "An absence lasts 60 days at most; then somebody asks again",
                      "Choose an earlier day, and prolong it when it is over")  # fmt: skip
    return None


def _began(e: Event) -> Row:
    b = e.body
    kept = {name: b[name] for name in ("home_id", "resident_id", "kind", "told_by", "words", "until_at")}
    return {"id": b["absence"], **kept, "stage": ON, "from_at": e.at, "set_by": b["name"], "asked": 0,
            "reminded_at": None, "ended_at": None, "ended_by": None, "ended_why": ""}  # fmt: skip


def _prolonged(row: Row, e: Event) -> Row:
    more = {"words": e.body["words"] or row["words"], "told_by": e.body["told_by"] or row["told_by"]}
    return {**row, **more, "until_at": e.body["until_at"], "asked": row["asked"] + 1, "reminded_at": None}


def _ended(row: Row, e: Event) -> Row:
    return {**row, "stage": ENDED, "ended_at": e.at, "ended_by": e.body["name"], "ended_why": e.body["why"]}


AFTER: dict[str, Callable[[Row, Event], Row]] = {
    "AwayProlonged": _prolonged,
    "AwayReminded": lambda row, e: {**row, "reminded_at": e.at},
    "AwayEnded": _ended,
}


def due(row: Row) -> tuple[str, str] | None:
    """The day before it is asked whether they come back; at the end it is over, whatever was answered."""
    if row["stage"] == ENDED:
        return None
    remind = later(row["until_at"], -DAY_SECONDS)
    if row["reminded_at"] is None and remind > row["from_at"]:
        return remind, REMIND
    return row["until_at"], END


@dataclass(frozen=True, slots=True)
class AbsencePicture:
    """How the table ``absences`` follows the log."""

    table: str = "absences"

    def key(self, event: Event) -> str | None:
        return event.body["absence"] if event.kind in AFTER or event.kind == "AwayBegan" else None

    def after(self, row: Row | None, event: Event) -> Row:
        if row is not None and row["stage"] == ENDED:
            raise NotNow("moved_on", "This absence has ended", "Look at the list again")
        folded = _began(event) if row is None else AFTER[event.kind](row, event)
        return armed(row, folded, due(folded), event)
