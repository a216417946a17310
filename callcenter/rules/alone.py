"""What a carer alone leaves in a call: where they asked for help, and a step that they took back."""

from collections.abc import Callable, Mapping
from typing import Any

from callcenter.rules.events import Event, Row


def position(b: Mapping[str, Any]) -> list[float] | None:
    """Where a carer called from, when it was not a home; a home's place is with the home."""
    return b.get("position") if b.get("carer_id") and not b.get("at_home_id") else None


def taken_back(column: str) -> Callable[[Row, Event], Row]:
    """A carer corrects a step: the moment goes back to that of another carer's same step, or to none."""

    def fold(row: Row, e: Event) -> Row:
        return {**row, column: e.body["first_at"]} if row[column] == e.body["was_at"] else row

    return fold
