"""The life of a call-back: somebody is to be rung for something, until it is done or tried in vain.

What concerns a call stands in the stream of that call, what concerns a booking in the booking's; one row each.
"""

from collections.abc import Callable
from dataclasses import dataclass

from callcenter.rules.call import NotNow
from callcenter.rules.events import Event, Row

RATE, MOVED, LATE, REMIND = "rate", "moved", "late", "remind"
PURPOSES = (RATE, MOVED, LATE, REMIND)
OPEN, DONE = "open", "done"
RATED, NO_REPLY, TOLD = "rated", "no_reply", "told"
IN_VAIN = 2  # so many times without a reply, and it is done
LOW = 2  # this rating or less is a complaint
RATINGS = (1, 2, 3, 4, 5)

# event: (stages it may happen in, stage it leads to; None stays)
LIFE: dict[str, tuple[frozenset[str], str | None]] = {
    "CallBackDue": (frozenset(), OPEN),
    "CallBackTried": (frozenset({OPEN}), None),
    "CallBackRated": (frozenset({OPEN}), DONE),
    "CallBackDone": (frozenset({OPEN}), DONE),
    "CallBackMissed": (frozenset({OPEN}), None),
    "ComplaintRaised": (frozenset({DONE}), None),
}
KEPT = ("purpose", "call_id", "booking_id", "visit_id", "home_id", "station_id", "service", "carer_id", "carer_name",
        "owner_id", "owner_name", "why", "from_at", "due_at")  # fmt: skip


def _asked(event: Event) -> Row:
    return {"id": event.body["callback"], **{name: event.body[name] for name in KEPT}, "asked_at": event.at,
            "tries": [], "result": None, "rating": None, "words": "", "done_at": None, "done_by": None, "late": False,
            "complaint": None}  # fmt: skip


def _tried(row: Row, e: Event) -> Row:
    one = {"at": e.at, "by": e.body["name"], "result": NO_REPLY, "words": e.body["words"]}
    return {**row, "tries": [*row["tries"], one], "from_at": e.body["again_at"]}


def _done(row: Row, e: Event) -> Row:
    b = e.body
    return {**row, "result": b["result"], "rating": b.get("rating"), "words": b["words"], "done_at": e.at,
            "done_by": b["name"]}  # fmt: skip


AFTER: dict[str, Callable[[Row, Event], Row]] = {
    "CallBackTried": _tried,
    "CallBackRated": _done,
    "CallBackDone": _done,
    "CallBackMissed": lambda row, e: {**row, "late": True},
    "ComplaintRaised": lambda row, e: {**row, "complaint": e.body["call"]},
}


def after(row: Row | None, event: Event) -> Row:
    """The call-back after ``event``. Raises ``NotNow`` when it has been done."""
    stages, stage = LIFE[event.kind]
    if (row is None) != (not stages) or (row is not None and row["stage"] not in stages):
        raise NotNow("moved_on", "This call-back has been done", "Look at the list again")
    folded = _asked(event) if row is None else AFTER[event.kind](row, event)
    return {**folded, "stage": stage or folded["stage"]}


@dataclass(frozen=True, slots=True)
class CallbackPicture:
    """How the table ``callbacks`` follows the log."""

    table: str = "callbacks"

    def key(self, event: Event) -> str | None:
        return event.body.get("callback") if event.kind in LIFE else None

    def after(self, row: Row | None, event: Event) -> Row:
        folded = after(row, event)
        running = folded["stage"] == OPEN and not folded["late"]
        return {
            **folded,
            "next_due_at": folded["due_at"] if running else None,
            "next_step": "ring" if running else None,
        }
