"""Who of ours has been with the person. What a carer or a crew saw before a press says nothing of what is after it.

``calls.script`` holds ``"visited": {visit: [came, went or None]}`` and ``"asked_at"``: the last time that the person
asked for us, or the call rang again, while nobody was with them.
"""

from typing import Any

from callcenter.rules.events import Event, Row
from callcenter.rules.times import later

CREW_STAYS_SECONDS = 3600.0  # nobody tells us when a crew goes: whoever is handed over may touch the key on the way out


def came(row: Row, visit: str, at: str, gone_at: str | None = None) -> Row:
    return _with(row, visited={**_visited(row), visit: [at, gone_at]})


def went(row: Row, e: Event) -> Row:
    """A visit has ended, whether anybody was there or not."""
    visited, visit = _visited(row), e.body["visit"]
    return came(row, visit, visited[visit][0], e.at) if visit in visited else row


def undone(row: Row, e: Event) -> Row:
    """A carer touched "arrived" too early."""
    return _with(row, visited={visit: times for visit, times in _visited(row).items() if visit != e.body["visit"]})


def asked_anew(row: Row, at: str) -> Row:
    """Pressed again, or it rings again: nobody has seen what is now, unless a carer is there."""
    return row if with_somebody(row) else _with(row, asked_at=at)


def with_somebody(row: Row) -> bool:
    """Is a carer with the person, as far as the call knows?"""
    return any(went is None for _, went in _visited(row).values())


def carer_came(row: Row) -> bool:
    """Has a carer been with the person since they last asked for us?"""
    return any(came >= asked_at(row) for came, _ in _visited(row).values())


def crew_came(row: Row) -> bool:
    """Has a crew arrived since the person last asked for us, or so short before that it may still have been there?"""
    since = asked_at(row) and later(asked_at(row), -CREW_STAYS_SECONDS)
    return any(at >= since for at in _crews(row))


def somebody_came(row: Row) -> bool:
    """Has a carer or a crew seen what is now?"""
    return carer_came(row) or crew_came(row)


def is_old(row: Row) -> bool:
    """Somebody was there, but only before the person last asked for us."""
    return bool(_visited(row) or _crews(row)) and not somebody_came(row)


def last_left(row: Row) -> str:
    """When the last carer whose visit still says something went; empty if there is none."""
    return max((went for came, went in _visited(row).values() if went and came >= asked_at(row)), default="")


def asked_at(row: Row) -> str:
    return str(row["script"].get("asked_at") or "")


def _visited(row: Row) -> dict[str, list[Any]]:
    return row["script"].get("visited") or {}


def _crews(row: Row) -> list[str]:
    return [one["arrived_at"] for one in row["emergency"].get("services", {}).values() if one["arrived_at"]]


def _with(row: Row, **changed: object) -> Row:
    return {**row, "script": {**row["script"], **changed}}
