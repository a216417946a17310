"""What is known of a telephone number: when somebody last picked up, and whether it may be the wrong one.

Each number has a stream of its own, ``number:13972000001``; the table ``contact_numbers`` follows it.
"""

from dataclasses import dataclass

from callcenter.rules.events import Event, Row
from callcenter.rules.ring_round import NO_ANSWER, REACHED, WRONG

STREAM = "number:"
KINDS = ("NumberTried", "NumberConfirmed")
IN_VAIN = 4  # unanswered so many times in a row, and it is doubtful
YEAR_DAYS = 365  # and after so long it is asked anew
UNREACHED = "unreached"
NEW: Row = {"tries": 0, "failures": 0, "tried_at": None, "result": "", "reached_at": None, "doubtful_at": None,
            "why": "", "confirmed_at": None, "confirmed_by": ""}  # fmt: skip


def stream(digits: str) -> str:
    return f"{STREAM}{digits}"


@dataclass(frozen=True, slots=True)
class NumberPicture:
    """How the table ``contact_numbers`` follows the log."""

    table: str = "contact_numbers"

    def key(self, event: Event) -> str | None:
        return event.stream.removeprefix(STREAM) if event.kind in KINDS else None

    def after(self, row: Row | None, event: Event) -> Row:
        before = row or {"id": event.stream.removeprefix(STREAM), **NEW}
        return _confirmed(before, event) if event.kind == "NumberConfirmed" else _tried(before, event)


def _tried(row: Row, e: Event) -> Row:
    result = e.body["result"]
    failures = row["failures"] + 1 if result == NO_ANSWER else 0 if result in REACHED else row["failures"]
    row = {**row, "tries": row["tries"] + 1, "tried_at": e.at, "result": result, "failures": failures}
    if result in REACHED:
        return {**row, "reached_at": e.at, "doubtful_at": None, "why": ""}
    if result == WRONG:
        return {**row, "doubtful_at": e.at, "why": WRONG}
    if failures >= IN_VAIN and not row["doubtful_at"]:
        return {**row, "doubtful_at": e.at, "why": UNREACHED}
    return row


def _confirmed(row: Row, e: Event) -> Row:
    if not e.body["right"]:
        return {**row, "doubtful_at": e.at, "why": WRONG}
    return {**row, "confirmed_at": e.at, "confirmed_by": e.body["name"][:60], "failures": 0, "doubtful_at": None,
            "why": ""}  # fmt: skip
