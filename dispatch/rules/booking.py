"""The life of a Booking: one booked visit, from being asked for until it was done, and what is due next.

Its own stream says what was agreed with the resident. When its time comes it opens a call, and from then on the call
and its visit tell the rest: the booking only follows them.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from callcenter.rules.call import NotNow
from callcenter.rules.events import Event, Row
from callcenter.rules.times import later
from dispatch.rules.service_terms import Services

BOOKED, PLANNED, DUE, STARTED = "booked", "planned", "due", "started"
DONE, CANCELLED, MISSED, INTERRUPTED = "done", "cancelled", "missed", "interrupted"
STAGES = (BOOKED, PLANNED, DUE, STARTED, DONE, CANCELLED, MISSED, INTERRUPTED)
AHEAD = frozenset({BOOKED, PLANNED})  # nobody has set out yet
RUNNING = frozenset({DUE, STARTED})  # its call is open
STANDING = AHEAD | RUNNING | {INTERRUPTED}
ENDED = frozenset({DONE, CANCELLED, MISSED})

# event: (stages it may happen in, stage it leads to; None stays)
LIFE: dict[str, tuple[frozenset[str], str | None]] = {
    "BookingMade": (frozenset(), BOOKED),
    "BookingPlanned": (AHEAD, PLANNED),
    "BookingUnplanned": (AHEAD, BOOKED),
    "BookingReminded": (AHEAD | {DUE}, None),
    "BookingPutOff": (AHEAD, None),
    "BookingOpened": (AHEAD, DUE),
    "BookingLate": (AHEAD | {DUE}, None),
    "BookingStarted": (frozenset({DUE}), STARTED),
    "BookingDone": (RUNNING, DONE),
    "BookingCancelled": (AHEAD | {DUE, INTERRUPTED}, CANCELLED),
    "BookingMissed": (AHEAD | RUNNING, MISSED),
    "BookingInterrupted": (RUNNING, INTERRUPTED),
    "BookingMoved": (AHEAD | {INTERRUPTED}, BOOKED),
}

ASKED_FOR = ("series", "service", "terms", "home_id", "resident_id", "station_id", "day", "from_at", "until_at",
             "notes", "source", "from_call", "owner_id", "owner_name", "plan_at", "remind_at")  # fmt: skip
NO_PLACE: dict[str, Any] = {"carer_id": None, "carer_name": None, "planned_at": None, "travel_seconds": None}


def _made(event: Event) -> Row:
    empty = dict.fromkeys(("reminded_at", "carer_told_at", "put_off_until", "call_id", "late_at", "started_at",
                           "ended_at"))  # fmt: skip
    return {"id": event.body["booking"], **{name: event.body[name] for name in ASKED_FOR}, "made_at": event.at,
            **empty, **NO_PLACE, "unplanned": "", "ended_why": "", "moved": 0}  # fmt: skip


def _planned(row: Row, e: Event) -> Row:
    same = row["carer_id"] == e.body["carer_id"] and row["planned_at"] == e.body["planned_at"]
    place = {name: e.body[name] for name in NO_PLACE}
    return {**row, **place, "unplanned": "", "plan_at": None, "carer_told_at": row["carer_told_at"] if same else None}


def _reminded(row: Row, e: Event) -> Row:
    return {**row, "reminded_at" if e.body["whom"] == "resident" else "carer_told_at": e.at}


def _moved(row: Row, e: Event) -> Row:
    b = e.body
    again = dict.fromkeys(("reminded_at", "carer_told_at", "put_off_until", "call_id", "late_at", "started_at"))
    return {**row, **NO_PLACE, **again, "day": b["day"], "from_at": b["from_at"], "until_at": b["until_at"],
            "plan_at": b["plan_at"], "remind_at": b["remind_at"], "moved": row["moved"] + 1}  # fmt: skip


def _ended(row: Row, e: Event) -> Row:
    return {**row, "ended_at": e.at, "ended_why": e.body.get("reason", "")}


def _unchanged(row: Row, _event: Event) -> Row:
    return row


AFTER: dict[str, Callable[[Row, Event], Row]] = {
    "BookingPlanned": _planned,
    "BookingUnplanned": lambda row, e: {**row, **NO_PLACE, "unplanned": e.body["why"], "plan_at": e.body["again_at"]},
    "BookingReminded": _reminded,
    "BookingPutOff": lambda row, e: {**row, "put_off_until": e.body["until"]},
    "BookingOpened": lambda row, e: {**row, "call_id": e.body["call"], "put_off_until": None},
    "BookingLate": lambda row, e: {**row, "late_at": e.at},
    "BookingStarted": lambda row, e: {**row, "started_at": e.at},
    "BookingDone": _ended,
    "BookingCancelled": _ended,
    "BookingMissed": _ended,
    "BookingMoved": _moved,
}


def after(row: Row | None, event: Event) -> Row:
    """The booking after ``event``. Raises ``NotNow`` when the event may not happen in the booking's stage."""
    stages, stage = LIFE[event.kind]
    if (row is None) != (not stages) or (row is not None and row["stage"] not in stages):
        found = row["stage"] if row else "unmade"
        raise NotNow("not_now", f"{event.kind} cannot happen to a booking that is {found}", "Look at the booking again")
    folded = _made(event) if row is None else AFTER.get(event.kind, _unchanged)(row, event)
    return {**folded, "stage": stage or folded["stage"], "version": event.version}


def slot(row: Row) -> str:
    """When the visit is to begin: as planned, or else from the start of its window."""
    return str(row["planned_at"] or row["from_at"])


def due(row: Row, rules: Services) -> tuple[str, str] | None:
    """The next deadline as ``(stamp, step)``. Steps: plan, remind, tell (the carer), open, late."""
    waiting: list[tuple[str, str]] = []
    if row["stage"] in AHEAD:
        if row["stage"] == BOOKED and row["plan_at"]:
            waiting.append((row["plan_at"], "plan"))
        if row["remind_at"] and not row["reminded_at"]:
            waiting.append((row["remind_at"], "remind"))
        if row["stage"] == PLANNED and not row["carer_told_at"]:
            waiting.append((later(row["planned_at"], -rules.tell_carer_seconds), "tell"))
        waiting.append((row["put_off_until"] or later(slot(row), -rules.open_before_seconds), "open"))
    if row["stage"] in AHEAD | {DUE} and not row["late_at"]:
        waiting.append((later(slot(row), rules.arrival_grace_seconds), "late"))
    return min(waiting, default=None)


@dataclass(frozen=True, slots=True)
class BookingPicture:
    """How the table ``bookings`` follows the log."""

    rules: Services
    table: str = "bookings"

    def key(self, event: Event) -> str | None:
        return event.body["booking"] if event.kind in LIFE else None

    def after(self, row: Row | None, event: Event) -> Row:
        folded = after(row, event)
        next_due_at, next_step = due(folded, self.rules) or (None, None)
        return {**folded, "next_due_at": next_due_at, "next_step": next_step}


def terms(service: Mapping[str, Any]) -> Row:
    """What of a service is agreed when it is booked: a later change of the catalogue changes no promise."""
    same = ("name", "name_en", "minutes", "skills", "carers", "interruptible", "price", "subsidy")
    return {name: service[name] for name in same}
