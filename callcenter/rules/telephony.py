"""A telephone call (通话, ``talk``) as an exchange tells it: what may happen when, and what its row is after it.

An exchange is plain data to everybody else: ``Heard`` is what it can say, ``Order`` what it can be asked.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass

from callcenter.rules.call import NotNow
from callcenter.rules.events import Event, Row
from callcenter.rules.times import later, seconds_between

RINGING, TALKING, HELD, ENDED = "ringing", "talking", "held", "ended"
STAGES = (RINGING, TALKING, HELD, ENDED)
OPEN = frozenset({RINGING, TALKING, HELD})
ANY = frozenset(STAGES)
IN, OUT = "in", "out"
UNIT = "unit"  # dialled to listen into a home through its base unit

CLAIM_SECONDS = 20.0  # so long a claim holds while nobody has lifted the handset; then anyone may take it
QUICK_SECONDS = 15.0  # GB/T 33358: answered within 15 s
WANTED_SHARE = 0.95  # and of all calls of 24 hours so many are answered
# What became of a number that was dialled. The line of a unit that is one of BLOCKED carries nobody's voice: it is in
# use, off the hook, or dead.
CAUSES = ("answered", "busy", "no_answer", "unreachable", "cancelled", "lost", "seat")
BLOCKED = frozenset({"busy", "unreachable"})
DIALLED = re.compile(r"[+]?[0-9*#]{2,20}")
EXTENSION = re.compile(r"[0-9]{2,8}")

ORDERS = ("dial", "hang_up", "hold", "resume", "third", "bring")
OLD_SECONDS = 10.0  # an order that has waited so long is never carried out: nobody expects the telephone to ring now

# event: (stages it may happen in, stage it leads to; None stays where it is). An answer may be heard after the end:
# an exchange's words can overtake each other.
LIFE: dict[str, tuple[frozenset[str], str | None]] = {
    "TalkRang": (frozenset(), RINGING),
    "TalkDialled": (frozenset(), RINGING),
    "TalkClaimed": (OPEN, None),
    "TalkAnswered": (frozenset({RINGING, ENDED}), TALKING),
    "TalkHeld": (frozenset({TALKING}), HELD),
    "TalkResumed": (frozenset({HELD}), TALKING),
    "TalkJoined": (frozenset({TALKING, HELD}), None),
    "TalkEnded": (OPEN, ENDED),
    "TalkMissed": (frozenset({ENDED}), None),
    "TalkLinked": (ANY, None),
    "TalkRecorded": (ANY, None),
    "TalkAsked": (ANY, None),
    "TalkRefused": (ANY, None),
    "RecordingOpened": (ANY, None),
}
# What an exchange says, and the fact it becomes. A ring makes the talk; everything else is about one that is there.
FACTS = {
    "ringing": "TalkRang",
    "answered": "TalkAnswered",
    "held": "TalkHeld",
    "resumed": "TalkResumed",
    "joined": "TalkJoined",
    "ended": "TalkEnded",
    "recorded": "TalkRecorded",
    "refused": "TalkRefused",
}


@dataclass(frozen=True, slots=True)
class Heard:
    """One thing an exchange said. ``what`` is a key of ``FACTS``; ``at`` a stamp, ``cause`` one of ``CAUSES``."""

    what: str
    talk: str
    at: str
    number: str = ""
    line: str = ""  # the number that was dialled to reach us
    extension: str = ""
    cause: str = ""
    reference: str = ""


@dataclass(frozen=True, slots=True)
class Order:
    """One thing an exchange is asked. ``seq`` is its place in the log; ``talk`` the telephone call it is about."""

    seq: int
    what: str
    talk: str
    extension: str
    number: str = ""


def talk_stream(talk: str) -> str:
    return f"talk:{talk}"


def may(row: Row | None, kind: str) -> bool:
    """May a fact of this kind happen to a telephone call in this stage? An answer is heard once."""
    stages, _ = LIFE[kind]
    if row is None or not stages:
        return row is None and not stages
    return row["stage"] in stages and not (kind == "TalkAnswered" and row["answered_at"])


def claimed(row: Row, now: str) -> bool:
    """Does somebody hold this ringing call, so that nobody else may take it?"""
    if row["claimed_at"] is None or row["stage"] != RINGING:
        return False
    return now <= later(row["claimed_at"], CLAIM_SECONDS)


def abandoned(row: Row, seconds: float) -> bool:
    """Did somebody ring us in vain? Whoever hung up at once has dialled the wrong number."""
    if row["direction"] != IN or row["answered_at"] or row["stage"] != ENDED:
        return False
    return seconds_between(row["rang_at"], row["ended_at"]) >= seconds


# --- the fold ----------------------------------------------------------------------------------------------------


def _began(event: Event) -> Row:
    b = event.body
    return {
        "id": b["talk"], "direction": IN if event.kind == "TalkRang" else OUT, "number": b["number"],
        "line": b.get("line", ""), "extension": b.get("extension", ""), "user_id": b.get("user_id"),
        "user_name": b.get("name", ""), "call_id": b.get("call"), "purpose": b.get("purpose", ""), "stage": RINGING,
        "rang_at": b["at"], "answered_at": None, "ended_at": None, "cause": "", "missed": False, "claimed_id": None,
        "claimed_name": "", "claimed_at": None, "third": "", "recording": "", "refused": "",
    }  # fmt: skip


def _answered(row: Row, e: Event) -> Row:
    b = e.body
    who = {"user_id": b["user_id"], "user_name": b["name"]} if b.get("user_id") else {}
    extension = b.get("extension") or row["extension"]
    return {**row, **who, "extension": extension, "answered_at": b["at"], "missed": False, "refused": ""}


def _ended(row: Row, e: Event) -> Row:
    return {**row, "ended_at": max(e.body["at"], row["rang_at"]), "cause": e.body.get("cause", "")}


def _claimed(row: Row, e: Event) -> Row:
    return {**row, "claimed_id": e.body["user_id"], "claimed_name": e.body["name"], "claimed_at": e.at}


AFTER: dict[str, Callable[[Row, Event], Row]] = {
    "TalkClaimed": _claimed,
    "TalkAnswered": _answered,
    "TalkJoined": lambda row, e: {**row, "third": e.body["number"]},
    "TalkEnded": _ended,
    "TalkMissed": lambda row, _e: {**row, "missed": True},
    "TalkLinked": lambda row, e: {**row, "call_id": e.body["call"]},
    "TalkRecorded": lambda row, e: {**row, "recording": e.body["reference"]},
    "TalkAsked": lambda row, _e: {**row, "refused": ""},
    "TalkRefused": lambda row, e: {**row, "refused": e.body["cause"]},
}


def after(row: Row | None, event: Event) -> Row:
    """The telephone call after ``event``. Raises ``NotNow`` when the event may not happen to it."""
    if not may(row, event.kind):
        stage = row["stage"] if row else "unknown"
        raise NotNow("not_now", f"{event.kind} cannot happen to a talk that is {stage}", "Look at the telephone again")
    if row is None:
        return {**_began(event), "version": event.version}
    stage = ENDED if row["stage"] == ENDED else LIFE[event.kind][1] or row["stage"]
    change = AFTER.get(event.kind)
    return {**(change(row, event) if change else row), "stage": stage, "version": event.version}


@dataclass(frozen=True, slots=True)
class TalkPicture:
    """How the table ``talks`` follows the log."""

    table: str = "talks"

    def key(self, event: Event) -> str | None:
        return event.stream[5:] if event.kind in LIFE else None

    def after(self, row: Row | None, event: Event) -> Row:
        return after(row, event)
