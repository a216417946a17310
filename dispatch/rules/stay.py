"""The stay timer: how long a carer alone in a home may be silent, and what is done then, step by step.

Source: the lone-worker practice of BS 8484 and HSE INDG73; expected time on the scene × 1.5, 20 to 90 minutes.
"""

from typing import NamedTuple

from callcenter.rules.events import Event, Row
from callcenter.rules.times import later

STEP = "stay"  # what the visit's next deadline is called
FACTOR, LEAST_SECONDS, MOST_SECONDS = 1.5, 20 * 60, 90 * 60
EXPECTED_MINUTES = (30, 30, 40, 40)  # on the scene, for P1 to P4


class Rung(NamedTuple):
    """``share`` of the stay and ``more`` seconds after the carer was last heard of."""

    name: str
    share: float
    more: float


RUNGS = (
    Rung("reminder", 0.8, 0),  # the phone asks: are you well?
    Rung("ring", 1.0, 0),  # push and a telephone call
    Rung("station_head", 1.0, 180),
    Rung("second_carer", 1.0, 360),
)
NOTHING: Row = {"next_at": None, "next_step": None}
NAMES = tuple(rung.name for rung in RUNGS)


def seconds(priority: int, expected_minutes: tuple[int, ...] = EXPECTED_MINUTES) -> int:
    """How long a carer may be silent on a visit of this priority."""
    expected = expected_minutes[priority - 1] * 60 * FACTOR
    return int(min(max(expected, LEAST_SECONDS), MOST_SECONDS))


def first(heard: Event) -> Row:
    """``{next_at, next_step}`` from the moment the carer was heard of; the event says ``stay_seconds``."""
    return at_rung(0, heard.at, heard.body["stay_seconds"])


def at_rung(number: int, heard_at: str, stay_seconds: float) -> Row:
    """When the rung of this number is due, counted from when the carer was last heard of."""
    if number >= len(RUNGS):
        return NOTHING
    rung = RUNGS[number]
    return {"next_at": later(heard_at, rung.share * stay_seconds + rung.more), "next_step": rung.name}


def after(name: str, due_at: str, stay_seconds: float) -> Row:
    """The rung after the one called ``name``, which was due at ``due_at``."""
    number = NAMES.index(name)
    here = RUNGS[number]
    heard_at = later(due_at, -(here.share * stay_seconds + here.more))
    return at_rung(number + 1, heard_at, stay_seconds)
