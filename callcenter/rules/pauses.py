"""Pauses of a call's clock: only for a reason of the resident's side, never where waiting could hurt somebody.

What protects people: answering, asking and accepting never wait, so somebody always comes to the telephone and a carer
is always looked for. An emergency owes its arrival whatever happens; only the end of the visit may wait there. A pause
has an end from its first moment, all of a call's pauses together have a limit, and a new press, the sending of somebody
and the closing of the call end it. A pause hides nothing: it is counted apart, with its reason.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from callcenter.rules.times import later, moment, seconds_between

Pause = Mapping[str, Any]  # {"from", "until": latest end, "to": end or None, "reason"}
REASONS = ("resident_asked", "waiting_for_family", "waiting_for_key", "waiting_for_part", "weather")
# The steps whose deadline moves while the clock stands still, by priority.
MOVES: Mapping[int, frozenset[str]] = {
    1: frozenset({"finish"}),
    2: frozenset({"decide", "arrive", "finish"}),
    3: frozenset({"decide", "arrive", "finish"}),
    4: frozenset({"decide", "arrive", "finish", "repair"}),
}
MOST_SECONDS = {1: 3600, 2: 1800, 3: 86400, 4: 604800}  # all pauses of one call together
MINUTES = (10, 30, 60, 240, 1440)  # what may be chosen


def ends(pause: Pause) -> str:
    """When a pause ended, or will at the latest."""
    return str(pause["to"] or pause["until"])


def standing(pauses: Sequence[Pause], now: str) -> Pause | None:
    """The pause that holds now, or None."""
    return next((p for p in pauses if p["from"] <= now and p["to"] is None and now < p["until"]), None)


def ended(pauses: Sequence[Pause], at: str) -> list[Pause]:
    """The same pauses with the one that stands, if any, ended at ``at``."""
    return [{**p, "to": min(at, p["until"])} if p["to"] is None else p for p in pauses]


def moved(start: str, seconds: float, step: str, priority: int, pauses: Sequence[Pause]) -> str:
    """The deadline of a step that begins at ``start`` and owes ``seconds``, moved by the pauses on its way."""
    deadline = later(start, seconds)
    if step not in MOVES.get(priority, ()):
        return deadline
    for pause in sorted(pauses, key=lambda p: str(p["from"])):
        begins = max(pause["from"], start)
        if begins < deadline and ends(pause) > begins:
            deadline = later(deadline, seconds_between(begins, ends(pause)))
    return deadline


def paused(start: str, end: str, step: str, priority: int, pauses: Sequence[Pause]) -> float:
    """Seconds between two stamps in which the clock of a step stood still."""
    if step not in MOVES.get(priority, ()):
        return 0.0
    parts = ((max(p["from"], start), min(ends(p), end)) for p in pauses)
    return sum(seconds_between(begins, ended) for begins, ended in parts if ended > begins)


def used(pauses: Sequence[Pause]) -> float:
    """Seconds of all pauses, the one that stands counted to its latest end."""
    return sum((moment(ends(p)) - moment(p["from"])).total_seconds() for p in pauses)


def why_not(row: Mapping[str, Any], seconds: float, now: str) -> tuple[str, str, str] | None:
    """The reason a call's clock may not be paused as ``(code, message, fix)`` msgids, or None when it may."""
    if standing(row["pauses"], now):
        return "paused", "The clock already stands still", "Let it run again first"
    if row["priority"] == 1 and not row["arrived_at"]:
        return (
            "emergency",
            "The clock of an emergency never stands still before somebody is there",
            "Send a carer, or call 120",
        )
    if used(row["pauses"]) + seconds > MOST_SECONDS[row["priority"]]:
        return "paused_too_long", "The clock of this call has stood still for long enough", "Send somebody, or close"
    return None
