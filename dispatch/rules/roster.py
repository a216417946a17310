"""Who is on shift, and until when."""

from collections.abc import Iterable
from typing import NamedTuple

from callcenter.rules.times import later

SOON_SECONDS = 1800.0


class Shift(NamedTuple):
    """One row of the roster; the moments are stamps, and a shift holds from its start until just before its end."""

    carer_id: int
    starts_at: str
    ends_at: str
    post: str = "A"


class Duty(NamedTuple):
    """What the roster says of one carer who is on shift now."""

    ends_at: str  # the end of the last shift that follows without a gap
    ends_soon: bool
    post: str  # A or B, of the shift that is running


def on_shift(shifts: Iterable[Shift], now: str, soon_seconds: float = SOON_SECONDS) -> dict[int, Duty]:
    """Every carer whose shift is running at the stamp ``now``. Shifts that touch or overlap count as one."""
    soon = later(now, soon_seconds)
    by_carer: dict[int, list[Shift]] = {}
    for shift in shifts:
        if shift.ends_at > now:
            by_carer.setdefault(shift.carer_id, []).append(shift)
    duties = {carer: _duty(sorted(theirs, key=_order), now, soon) for carer, theirs in by_carer.items()}
    return {carer: duty for carer, duty in duties.items() if duty}


def _order(shift: Shift) -> tuple[str, str, str]:
    return shift.starts_at, shift.ends_at, shift.post


def _duty(shifts: list[Shift], now: str, soon: str) -> Duty | None:
    """``shifts``: one carer's, not yet over, in order of their start."""
    if shifts[0].starts_at > now:
        return None
    ends_at = shifts[0].ends_at
    for shift in shifts[1:]:
        if shift.starts_at <= ends_at:
            ends_at = max(ends_at, shift.ends_at)
    return Duty(ends_at, ends_at <= soon, shifts[0].post)
