"""Mass events: a warning for an area. Its technical signals become one counted row; a person's press never does.

Nothing is closed by it: what is folded is only shown together, and is there again when the warning ends. It ends at the
moment that was said, and says so before and then: never silently. Source: the "disaster mode" of alarm centres.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from callcenter.rules.events import Event, Row
from callcenter.rules.times import later
from callcenter.rules.triage import CLASSES, Class

WATCH, WARNING = "watch", "warning"  # 预警, 警报
LEVELS = (WATCH, WARNING)
# What may be folded: signals that ask for a technician. Never a person's, never those of a home in danger.
TECHNICAL = (*sorted(str(kind) for kind, what in CLASSES.items() if what is Class.DEVICE), "device_silent")
USUAL: dict[str, tuple[str, ...]] = {  # cause -> what it makes devices say
    "power": ("mains_lost", "low_battery", "device_silent", "link_fault"),
    "network": ("device_silent", "link_fault"),
    "gateway": ("device_silent", "link_fault"),
    "supplier": ("device_silent", "link_fault", "fault", "device_lost"),
    "flood": ("mains_lost", "low_battery", "device_silent", "link_fault", "fault"),
    "earthquake": ("mains_lost", "low_battery", "device_silent", "link_fault", "fault", "tamper"),
    "cold": ("mains_lost", "low_battery", "device_silent"),
    "other": (),
}
CAUSES = tuple(USUAL)
OF_INCIDENT = {"mains": "power", "silent": "network", "centre": "gateway"}
REMIND_SECONDS = 15 * 60.0
LEAST_SECONDS, MOST_SECONDS = 15 * 60.0, 7 * 86400.0
BEFORE_SECONDS = 30 * 60.0
REMIND, EXPIRE = "remind", "expire"
SAID, EXPIRED = "said", "expired"  # why it ended


def mass_stream(mass_id: str) -> str:
    return f"mass:{mass_id}"


def due(row: Row) -> tuple[str, str] | None:
    """The next moment something has to be said, as ``(stamp, step)``."""
    if row["ended_at"]:
        return None
    if row["reminded_at"]:
        return row["until"], EXPIRE
    return max(row["begun_at"], later(row["until"], -REMIND_SECONDS)), REMIND


def _declared(event: Event) -> Row:
    b = event.body
    return {"id": b["mass"], **{name: b[name] for name in ("level", "cause", "areas", "kinds", "words", "until")},
            "incident_id": b["incident"], "begun_at": event.at, "begun_by": b["name"], "reminded_at": None,
            "ended_at": None, "ended_by": "", "ended_why": "", "folded": {}}  # fmt: skip


def _changed(row: Row, e: Event) -> Row:
    new = {name: e.body[name] for name in ("level", "kinds", "until", "words")}
    reminded = row["reminded_at"] if new["until"] == row["until"] else None
    return {**row, **new, "reminded_at": reminded}


def _ended(row: Row, e: Event) -> Row:
    b = e.body
    return {**row, "ended_at": e.at, "ended_by": b["name"], "ended_why": b["why"], "folded": b["folded"]}


AFTER: dict[str, Callable[[Row, Event], Row]] = {
    "MassEventChanged": _changed,
    "MassEventReminded": lambda row, e: {**row, "reminded_at": e.at},
    "MassEventEnded": _ended,
}


@dataclass(frozen=True, slots=True)
class MassPicture:
    """How the table ``mass_events`` follows the log."""

    table: str = "mass_events"

    def key(self, event: Event) -> str | None:
        return event.body["mass"] if event.kind in AFTER or event.kind == "MassEventDeclared" else None

    def after(self, row: Row | None, event: Event) -> Row:
        folded = _declared(event) if row is None else AFTER[event.kind](row, event)
        at, step = due(folded) or (None, None)
        return {**folded, "next_due_at": at, "next_step": step}


def folds_since(row: Row) -> str:
    """From when on items belong to a warning: it is declared after the first of them have come in."""
    return later(row["begun_at"], -BEFORE_SECONDS)


def folds(row: Row, call: dict[str, Any]) -> bool:
    """Is this device item one that the warning shows together with others? ``call``: a row of ``calls``."""
    return call["opened_at"] >= folds_since(row) and set(call["kinds"]) <= set(row["kinds"])
