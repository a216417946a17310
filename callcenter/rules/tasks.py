"""Tasks after a case (回访与待办): what is still to be done, who owns it, until when; its life and its two alarms.

A task belongs to a person or to a role. When it is due its owner is told; when nobody has done it ``GRACE_SECONDS``
later the supervisors are. It ends with a result, and in no other way.
"""

from collections.abc import Callable
from dataclasses import dataclass

from callcenter.rules.call import NotNow
from callcenter.rules.events import Event, Row
from callcenter.rules.times import later

OPEN, DONE = "open", "done"
KINDS = ("call_back", "check_door", "tell_family", "device", "other")
ROLES = ("operator", "head", "supervisor")
GRACE_SECONDS = 900.0
NOBODY, OWNER, SUPERVISOR = 0, 1, 2  # who has been alarmed
DUE, OVERDUE = "due", "overdue"  # the steps of its clock
MOST_DAYS = 60

# event: (stages it may happen in, stage it leads to; None stays)
LIFE: dict[str, tuple[frozenset[str], str | None]] = {
    "TaskMade": (frozenset(), OPEN),
    "TaskDue": (frozenset({OPEN}), None),
    "TaskOverdue": (frozenset({OPEN}), None),
    "TaskHandedOver": (frozenset({OPEN}), None),
    "TaskDone": (frozenset({OPEN}), DONE),
}
KEPT = ("day", "number", "kind", "words", "call_id", "home_id", "owner_id", "owner_name", "role", "due_at")


def stream(task_id: str) -> str:
    return f"task:{task_id}"


def _made(e: Event) -> Row:
    return {
        "id": e.body["task"], **{name: e.body[name] for name in KEPT}, "made_at": e.at, "made_by": e.body["name"],
        "alarmed": NOBODY, "result": "", "done_at": None, "done_by": None,
    }  # fmt: skip


def _handed(row: Row, e: Event) -> Row:
    """Whoever gets what is due is told of it themselves."""
    owner = {name: e.body[name] for name in ("owner_id", "owner_name", "role")}
    return {**row, **owner, "alarmed": NOBODY, "due_at": e.body.get("due_at") or row["due_at"]}


AFTER: dict[str, Callable[[Row, Event], Row]] = {
    "TaskDue": lambda row, _e: {**row, "alarmed": max(row["alarmed"], OWNER)},
    "TaskOverdue": lambda row, _e: {**row, "alarmed": SUPERVISOR},
    "TaskHandedOver": _handed,
    "TaskDone": lambda row, e: {**row, "result": e.body["result"], "done_at": e.at, "done_by": e.body["name"]},
}


def due(row: Row) -> tuple[str, str] | None:
    """The next alarm as ``(stamp, step)``."""
    if row["stage"] == DONE or row["alarmed"] == SUPERVISOR:
        return None
    return (row["due_at"], DUE) if row["alarmed"] == NOBODY else (later(row["due_at"], GRACE_SECONDS), OVERDUE)


@dataclass(frozen=True, slots=True)
class TaskPicture:
    """How the table ``tasks`` follows the log."""

    table: str = "tasks"

    def key(self, event: Event) -> str | None:
        return event.body["task"] if event.kind in LIFE else None

    def after(self, row: Row | None, event: Event) -> Row:
        stages, stage = LIFE[event.kind]
        if (row is None) != (not stages) or (row is not None and row["stage"] not in stages):
            raise NotNow("moved_on", "This task is done", "Look at the list again")
        folded = _made(event) if row is None else AFTER[event.kind](row, event)
        folded = {**folded, "stage": stage or folded["stage"]}
        next_due_at, next_step = due(folded) or (None, None)
        same = row is not None and row["next_due_at"] == next_due_at
        armed_at = row["armed_at"] if same and row else event.at
        return {**folded, "next_due_at": next_due_at, "next_step": next_step, "armed_at": armed_at}
