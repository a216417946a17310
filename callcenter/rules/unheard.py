"""A press without a voice: nobody is heard, twice within a minute, and the call is treated as if somebody lay there.

First attempts at speech fail in every fifth call (UK, 2024), so one silence is tried again; two are an answer.
"""

from collections.abc import Callable, Mapping

from callcenter.rules.events import Event, Row
from callcenter.rules.times import later

TRIES = 2
AGAIN_SECONDS = 60.0  # if nobody has tried again by then, that is the second silence
STEP = "unheard"
OPENED: Row = {"unheard": 0, "unheard_at": None}


def _silence(row: Row, e: Event) -> Row:
    tries = row["unheard"] + 1
    return {**row, "unheard": tries, "unheard_at": e.at if tries < TRIES else None}


def due(row: Row) -> tuple[str, str] | None:
    """When silence is taken for the second silence, as ``(stamp, step)``."""
    return (later(row["unheard_at"], AGAIN_SECONDS), STEP) if row["unheard_at"] else None


AFTER: Mapping[str, Callable[[Row, Event], Row]] = {
    "NobodyHeard": _silence,
    "VoiceHeard": lambda row, _e: {**row, **OPENED},
}
