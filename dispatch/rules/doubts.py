"""Is the carer who said yes really coming? What their phone says, held against what they said.

Source: the district's rules for awkward cases: a phone unheard for 180 s, no movement for 120 s after the acceptance,
an arrival that moves more than five minutes away.
"""

from datetime import timedelta

from callcenter.rules.events import Row
from callcenter.rules.times import moment, stamp

LOST_SECONDS = 180.0
STILL_SECONDS = 120.0
FRESH_SECONDS = 60.0  # a position older than this says nothing about moving
NEARER_METRES = 50.0  # so much nearer than at the start counts as moving
SLOWER_SECONDS = 300.0


def doubt(visit: Row, carer: Row, now: str, metres: float | None, seconds: float | None) -> str | None:
    """``silent``, ``not_moving``, ``slower`` or nothing, of a visit that is accepted or on the way.

    ``metres`` and ``seconds``: from where the phone is now to the home; None when it is not known.
    """
    at = moment(now)
    heard = max(carer["seen_at"] or "", visit["accepted_at"], visit["departed_at"] or "")  # each tap is a sign of life
    if heard < stamp(at - timedelta(seconds=LOST_SECONDS)):
        return "silent"
    fresh = carer["position_at"] is not None and carer["position_at"] >= stamp(at - timedelta(seconds=FRESH_SECONDS))
    if not fresh or metres is None or seconds is None:
        return None
    if visit["eta_seconds"] is not None:
        said = moment(visit["accepted_at"]) + timedelta(seconds=visit["eta_seconds"] + SLOWER_SECONDS)
        if at + timedelta(seconds=seconds) > said:
            return "slower"
    long_enough = at - timedelta(seconds=STILL_SECONDS) > moment(visit["accepted_at"])
    return "not_moving" if long_enough and _still(visit, metres) else None


def _still(visit: Row, metres: float) -> bool:
    """Only against a start that was itself a position: from the station the carer may have been nearer all along."""
    mine: Row = next((one for one in reversed(visit["asked"]) if one["result"] == "accepted"), {})
    from_station = any(reason[0] == "no_position" for reason in mine.get("reasons", []))
    began = mine.get("metres")
    return began is not None and not from_station and began - metres < NEARER_METRES
