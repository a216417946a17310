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
    return {**row, "unheard": row["unheard"] + 1, "unheard_at": e.at}


def answered(row: Row, e: Event) -> Row:
    """What changes when somebody is sent because of the second silence: it is answered. Older logs say so only here.

    Whoever is sent for another reason is no answer to it: it makes the call more urgent, and the family is asked.
    """
    return {"unheard_at": None} if row["unheard"] >= TRIES and e.body["why"] == "nobody_heard" else {}


def due(row: Row) -> tuple[str, str] | None:
    """When silence is taken for the second silence, as ``(stamp, step)``; when it is the second, at once.

    The row is the timer here too: what only the log said could be too old, or fail once, by the time it is read.
    """
    if not row["unheard_at"]:
        return None
    return (row["unheard_at"] if row["unheard"] >= TRIES else later(row["unheard_at"], AGAIN_SECONDS)), STEP


AFTER: Mapping[str, Callable[[Row, Event], Row]] = {
    "NobodyHeard": _silence,
    "VoiceHeard": lambda row, _e: {**row, **OPENED},
}
