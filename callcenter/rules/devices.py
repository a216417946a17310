"""How a device stands: what it has missed, whether its home is protected and why not, and when to look again.

A device row here holds its own columns, its model's and what the watch has said of it (``state``, ``silent_since``).
Silence counts from the last thing heard, but never from before we ourselves began to listen: when our own gateway or
line was away, nobody in the field is to blame. A state only improves when the device itself is heard.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from callcenter.rules.events import Row
from callcenter.rules.times import later, seconds_between

PROTECTED, DOUBTFUL, UNPROTECTED = "protected", "doubtful", "unprotected"
AWAY = "away"  # everybody of the home is: nobody there to protect, and nothing is claimed
STATUSES = (PROTECTED, DOUBTFUL, UNPROTECTED, AWAY)  # from good to bad; the last whatever the device does
LIVE, AMBER, SILENT, RETURNED = "live", "amber", "silent", "returned"
STATES = (LIVE, AMBER, SILENT, RETURNED)

LOST_AFTER = 3  # missed heartbeats
LOOK_AGAIN_SECONDS = 600.0  # at a device that is silent: its ladder goes on
SOONEST_LOOK_SECONDS = 10.0
LATEST_LOOK_SECONDS = 6 * 3600.0
LOW_PERCENT, EMPTY_PERCENT = 20, 5
# A device without a model is taken for one that only reports daily (EN 50136: 25 h at the least demanding grade).
WITHOUT_MODEL: Row = {"heartbeat_seconds": 86400, "grace_seconds": 3600, "battery_hours": 24, "test_days": 30}


@dataclass(frozen=True, slots=True)
class View:
    """A device as it looks at ``now``. ``hours_left`` of battery is None while it has mains."""

    row: Row
    now: str
    listening: bool
    state: str
    misses: int
    hours_left: float | None


Holds = Callable[[View], bool]

# Every reason not to be protected: its name, what it makes of the home, and when it holds. The worst come first.
REASONS: tuple[tuple[str, str, Holds], ...] = (
    ("away", AWAY, lambda v: (v.row.get("away_until") or "") > v.now),
    ("not_installed", UNPROTECTED, lambda v: v.row["accepted_at"] is None),
    ("silent", UNPROTECTED, lambda v: v.state == SILENT),
    ("centre_down", UNPROTECTED, lambda v: not v.listening),
    ("battery_out", UNPROTECTED, lambda v: v.hours_left is not None and v.hours_left <= 0),
    ("pager_lost", UNPROTECTED, lambda v: bool(v.row["pager_lost"])),
    ("returned", DOUBTFUL, lambda v: v.state == RETURNED),
    ("missed", DOUBTFUL, lambda v: v.state == AMBER),
    ("recalled", DOUBTFUL, lambda v: bool(v.row.get("recalled"))),
    ("mains_lost", DOUBTFUL, lambda v: bool(v.row["mains_lost"])),
    ("not_worn", DOUBTFUL, lambda v: v.row["fault"] == "not_worn"),
    ("battery_low", DOUBTFUL, lambda v: bool(v.row["battery_low"]) or _percent(v.row) <= LOW_PERCENT),
    ("pager_battery_low", DOUBTFUL, lambda v: bool(v.row["pager_battery_low"])),
    ("fault", DOUBTFUL, lambda v: v.row["fault"] not in ("", "not_worn")),
    ("test_overdue", DOUBTFUL, lambda v: _passed(test_due_at(v.row), v.now)),
)
MAKES = {name: status for name, status, _ in REASONS}
WORST_FIRST = {name: place for place, (name, _, _) in enumerate(REASONS)}


@dataclass(frozen=True, slots=True)
class Judgement:
    """``silent_since`` is when the device was last known to live, None while nobody waits for it. ``since`` is when
    the first reason began, where that can be told."""

    state: str
    misses: int
    silent_since: str | None
    status: str
    reasons: tuple[str, ...]
    hours_left: float | None
    since: str | None
    next_look_at: str


def judge(row: Row, now: str, listening_since: str = "", listening: bool = True) -> Judgement:
    """``listening_since``: since when our own gateway and this device's line have been up; ``listening``: are they?"""
    before = row.get("state") or LIVE
    known = known_at(row, listening_since)
    misses = misses_at(row, known, now) if listening else 0
    state = state_after(row, before, misses)
    silent_since = _silent_since(row, before, state, known)
    hours = hours_left(row, now)
    view = View(row, now, listening, state, misses, hours)
    reasons = tuple(name for name, _, holds in REASONS if holds(view))
    status = MAKES[reasons[0]] if reasons else PROTECTED
    return Judgement(
        state, misses, silent_since if state != LIVE else None, status, reasons, hours,
        _since(row, known, reasons[0]) if reasons else None, _next_look(row, known, misses, view),
    )  # fmt: skip


def worst(judged: Iterable[tuple[str, Judgement]]) -> tuple[str, Judgement] | None:
    """The device that decides how protected its home is, with its account; None for a home without devices."""
    return max(judged, key=lambda one: _badness(one[1]), default=None)


def _badness(found: Judgement) -> tuple[int, int]:
    return STATUSES.index(found.status), -WORST_FIRST[found.reasons[0]] if found.reasons else -len(REASONS)


# --- silence -----------------------------------------------------------------------------------------------------


def known_at(row: Row, listening_since: str) -> str | None:
    """The moment from which silence counts; None for a device nobody expects to hear yet."""
    if row["last_heard_at"] is None and row["accepted_at"] is None:
        return None
    return max(row["last_heard_at"] or "", row["accepted_at"] or "", listening_since)


def miss_at(row: Row, known: str, number: int) -> str:
    """When heartbeat ``number`` counts as missed."""
    return later(known, number * row["heartbeat_seconds"] + row["grace_seconds"])


def misses_at(row: Row, known: str | None, now: str) -> int:
    """How many heartbeats in a row have been missed. A model without heartbeats misses none."""
    if known is None or not row["heartbeat_seconds"]:
        return 0
    overdue = seconds_between(known, now) - row["grace_seconds"]
    return max(0, int(overdue // row["heartbeat_seconds"]))


def state_after(row: Row, before: str, misses: int) -> str:
    """Silence leads down; only being heard leads up, and out of a long silence only a live press from the pager."""
    since = row.get("silent_since") or ""
    heard = before == LIVE or (row["last_heard_at"] or "") > since
    pressed = before == LIVE or (row["last_full_test_at"] or "") > since
    if misses >= LOST_AFTER or (before == SILENT and not heard):
        return SILENT
    if before in (SILENT, RETURNED) and not pressed:
        return RETURNED
    return AMBER if misses or not heard else LIVE


def _silent_since(row: Row, before: str, state: str, known: str | None) -> str | None:
    """When it was last known to live. One that was heard in between and fell silent again begins anew; but one that
    has returned is measured by the silence it returned from, until a live press ends that."""
    noted = row.get("silent_since") if before != LIVE else None
    if noted is None or (state != RETURNED and (row["last_heard_at"] or "") > noted):
        return row["last_heard_at"] if noted else known
    return str(noted)


# --- power and tests ---------------------------------------------------------------------------------------------


def battery_out_at(row: Row) -> str | None:
    """When the battery will have run out, counted from the loss of mains."""
    if not row["mains_lost"] or row["mains_lost_at"] is None:
        return None
    return later(row["mains_lost_at"], row["battery_hours"] * 3600.0)


def hours_left(row: Row, now: str) -> float | None:
    """Hours the device still works without mains, by its model's battery and by what it says of it."""
    if 0 <= _percent(row) <= EMPTY_PERCENT and (row["mains_lost"] or not row["battery_hours"]):
        return 0.0
    out = battery_out_at(row)
    if out is None:
        return None
    left = seconds_between(now, out) / 3600
    return max(0.01, round(left, 2)) if left > 0 else 0.0  # nothing left is said only when nothing is


def test_due_at(row: Row) -> str | None:
    """When the next live press is due: so many days after the last one, or after the installation."""
    last = max(row["last_full_test_at"] or "", row["accepted_at"] or "")
    return later(last, row["test_days"] * 86400.0) if last and row["test_days"] else None


def _percent(row: Row) -> int:
    return 100 if row["battery_percent"] is None else int(row["battery_percent"])


# --- when ---------------------------------------------------------------------------------------------------------


def _since(row: Row, known: str | None, reason: str) -> str | None:
    if reason == "silent" and known:
        return miss_at(row, known, LOST_AFTER)
    if reason == "missed" and known:
        return miss_at(row, known, 1)
    return {"battery_out": battery_out_at(row), "mains_lost": row["mains_lost_at"]}.get(reason)


def _next_look(row: Row, known: str | None, misses: int, view: View) -> str:
    """The next moment at which anything can have changed without the device saying so."""
    if not view.listening:
        return later(view.now, LATEST_LOOK_SECONDS)  # everybody is looked at once we hear again
    coming = [battery_out_at(row), test_due_at(row), row.get("away_until")]
    if known is not None and row["heartbeat_seconds"]:
        coming.append(miss_at(row, known, misses + 1))
    if view.state == SILENT:
        coming.append(later(view.now, LOOK_AGAIN_SECONDS))
    latest, soonest = later(view.now, LATEST_LOOK_SECONDS), later(view.now, SOONEST_LOOK_SECONDS)
    return max(soonest, min([latest, *(at for at in coming if at and at > view.now)]))


def _passed(at: str | None, now: str) -> bool:
    return at is not None and at < now
