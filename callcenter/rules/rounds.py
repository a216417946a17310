"""The life of a round and of each person in it: rung, tried again, asked after, until somebody knows how they are.

Everything about a round is one stream, ``round:ID``. Two rows follow it: the round with its tally, and one row for each
person (an entry). An entry ends with a result; a person who cannot be reached ends with a case, never with nothing.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from callcenter.rules.call import NotNow
from callcenter.rules.call_clock import armed
from callcenter.rules.events import Event, Row

OPEN, DONE, STOPPED = "open", "done", "stopped"
RING, CONTACT = "ring", "contact"
WELL, NEEDS, HELP, REFUSED = "well", "needs", "help", "refused"
NO_ANSWER, WRONG_NUMBER, LATER = "no_answer", "wrong_number", "later"
CONTACT_WELL, CONTACT_NONE = "contact_well", "contact_none"
AWAY, GONE, SIGN, UNREACHED = "away", "gone", "sign", "unreached"
# What an operator may say at each step of an entry; what ends it, and what only moves it on.
SAYS: Mapping[str, tuple[str, ...]] = {
    RING: (WELL, NEEDS, HELP, NO_ANSWER, WRONG_NUMBER, REFUSED, LATER, AWAY),
    CONTACT: (WELL, CONTACT_WELL, NEEDS, HELP, CONTACT_NONE, LATER, AWAY),
}
MOVES_ON = frozenset({NO_ANSWER, WRONG_NUMBER, LATER})
NEEDS_WORDS = frozenset({NEEDS, HELP, CONTACT_WELL, CONTACT_NONE})
REACHED = frozenset({WELL, NEEDS, HELP, REFUSED})  # the person's own voice was heard
HELD_SECONDS = 180.0  # an open card says again that it is being worked on; a lost seat gives it back after so long
MOST_HELD_SECONDS = 1200.0  # a card left open on a seat nobody sits at must not keep somebody from being rung
CONTACT_SECONDS = 1800.0  # who must be looked after, and whose contacts nobody has rung by then, gets a case
MISSED, RELEASE, LATE = "missed", "release", "late"
MOST_LATER_DAYS = 7


def round_stream(round_id: str) -> str:
    return f"round:{round_id}"


# --- the round ----------------------------------------------------------------------------------------------------


def _began(e: Event) -> Row:
    b = e.body
    kept = {name: b[name] for name in ("kind", "name", "script", "tries", "ends_at")}
    return {"id": b["round"], "plan_id": b["plan"], **kept, "stage": OPEN, "began_at": e.at, "began_by": b["by"],
            "left": list(b["people"]), "total": len(b["people"]), "done": 0, "counts": {}, "late": False,
            "ended_at": None}  # fmt: skip


def _joined(row: Row, e: Event) -> Row:
    who = e.body["resident_id"]
    if who in row["left"]:
        return {**row, "left": [one for one in row["left"] if one != who]}
    return {**row, "total": row["total"] + 1, "stage": OPEN, "ended_at": None}


def _tallied(row: Row, result: str) -> Row:
    counts = {**row["counts"], result: row["counts"].get(result, 0) + 1}
    return {**row, "done": row["done"] + 1, "counts": counts}


def _skipped(row: Row, e: Event) -> Row:
    return _tallied({**row, "left": [one for one in row["left"] if one != e.body["resident_id"]]}, e.body["why"])


OF_ROUND: dict[str, Callable[[Row, Event], Row]] = {
    "RoundCallDue": _joined,
    "RoundCallSkipped": _skipped,
    "RoundCallDone": lambda row, e: _tallied(row, e.body["result"]),
    "RoundLate": lambda row, e: {**row, "late": True},
    "RoundStopped": lambda row, e: {**row, "stage": STOPPED, "ended_at": e.at, "left": []},
}


@dataclass(frozen=True, slots=True)
class RoundPicture:
    """How the table ``rounds`` follows the log."""

    table: str = "rounds"

    def key(self, event: Event) -> str | None:
        return event.body["round"] if event.kind in OF_ROUND or event.kind == "RoundBegan" else None

    def after(self, row: Row | None, event: Event) -> Row:
        folded = _began(event) if row is None else OF_ROUND[event.kind](row, event)
        if folded["stage"] == OPEN and folded["total"] and folded["done"] >= folded["total"]:
            folded = {**folded, "stage": DONE, "ended_at": event.at}
        running = folded["stage"] == OPEN
        due = None
        if running and folded["left"]:
            due = (folded["began_at"], "enrol")
        elif running and not folded["late"]:
            due = (folded["ends_at"], LATE)
        return armed(row, folded, due, event)


# --- one person in it ---------------------------------------------------------------------------------------------

ENTRY = ("kind", "resident_id", "home_id", "station_id", "tier", "age", "closely", "urgent", "best_hour", "why",
         "from_at", "due_at")  # fmt: skip


def _due(e: Event) -> Row:
    b = e.body
    return {"id": b["entry"], "round_id": b["round"], **{name: b[name] for name in ENTRY}, "stage": OPEN, "step": RING,
            "tries": [], **_free(), "result": None, "words": "", "done_at": None, "done_by": None, "case_id": None,
            "wrong_number": False}  # fmt: skip


def _free() -> Row:
    return {"holder_id": None, "holder_name": None, "held_since": None, "held_until": None}


def _taken(row: Row, e: Event) -> Row:
    b = e.body
    since = row["held_since"] if row["holder_id"] == b["user_id"] and (row["held_until"] or "") > e.at else e.at
    return {**row, "holder_id": b["user_id"], "holder_name": b["name"], "held_since": since, "held_until": b["until"]}


def _tried(row: Row, e: Event) -> Row:
    b = e.body
    one = {"at": e.at, "by": b["name"], "result": b["result"], "words": b["words"]}
    return {**row, **_free(), "tries": [*row["tries"], one], "from_at": b["again_at"], "step": b["step"],
            "due_at": b["due_at"], "wrong_number": row["wrong_number"] or b["result"] == WRONG_NUMBER}  # fmt: skip


def _done(row: Row, e: Event) -> Row:
    b = e.body
    return {**row, **_free(), "stage": DONE, "result": b["result"], "words": b["words"], "done_at": e.at,
            "done_by": b["name"], "case_id": b["case"]}  # fmt: skip


OF_ENTRY: dict[str, Callable[[Row, Event], Row]] = {
    "RoundCallTaken": _taken,
    "RoundCallReleased": lambda row, e: {**row, **_free()},
    "RoundCallTried": _tried,
    "RoundCallDone": _done,
}


@dataclass(frozen=True, slots=True)
class EntryPicture:
    """How the table ``round_calls`` follows the log."""

    table: str = "round_calls"

    def key(self, event: Event) -> str | None:
        return event.body["entry"] if event.kind in OF_ENTRY or event.kind == "RoundCallDue" else None

    def after(self, row: Row | None, event: Event) -> Row:
        if row is not None and row["stage"] == DONE:
            raise NotNow("moved_on", "{name} has done this call", "Take the next one", name=row["done_by"] or "—")
        folded = _due(event) if row is None else OF_ENTRY[event.kind](row, event)
        return armed(row, folded, entry_due(folded), event)


def entry_due(row: Row) -> tuple[str, str] | None:
    """When the clock must act on an entry by itself. While somebody holds it, only their hold runs out."""
    if row["stage"] == DONE:
        return None
    if row["held_until"]:
        return row["held_until"], RELEASE
    return (row["due_at"], MISSED) if row["due_at"] else None


# --- whose turn it is ---------------------------------------------------------------------------------------------


def is_free(row: Row, user_id: int, now: str) -> bool:
    """Nobody else holds it: what was held by a seat that is gone is everybody's again."""
    return row["holder_id"] in (None, user_id) or (row["held_until"] or "") <= now


def order(row: Row, hour: int) -> tuple[Any, ...]:
    """Who comes first: what is urgent, whose contacts are to be rung, the highest risk; among equals those whom this
    hour has reached before, then the oldest."""
    known = row["best_hour"]
    fits = 1 if known is None else 0 if known == hour else 2
    return (not row["urgent"], row["step"] != CONTACT, not row["closely"], row["tier"], fits, -(row["age"] or 0),
            row["from_at"], row["id"])  # fmt: skip


def best_hour(hours: Iterable[int]) -> int | None:
    """The hour in which somebody was reached most often; the later of equals."""
    counted: dict[int, int] = {}
    for hour in hours:
        counted[hour] = counted.get(hour, 0) + 1
    return max(counted, key=lambda hour: (counted[hour], hour), default=None)
