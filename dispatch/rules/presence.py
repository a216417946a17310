"""Whether a carer's phone still speaks to us: fresh, stale or lost (docs/dispatch.md, "Awkward cases")."""

from typing import Literal

from callcenter.rules.times import seconds_between

Presence = Literal["fresh", "stale", "lost"]
FRESH_SECONDS, STALE_SECONDS = 60.0, 180.0


def presence(seen_at: str | None, now: str) -> Presence:
    """``seen_at`` and ``now`` are stamps; a phone that never spoke is lost, one whose clock is ahead is fresh."""
    if not seen_at:
        return "lost"
    silent = seconds_between(seen_at, now)
    return "fresh" if silent < FRESH_SECONDS else "stale" if silent < STALE_SECONDS else "lost"
