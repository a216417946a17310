"""What was done by hand while the centre was down, entered afterwards: which times can be true, and the case they make.

The log only grows: such an event stands where it was typed, and its body says when each thing happened. A case made of
it carries those times; ``by_hand`` in its row marks it, and the figures leave it out under that name.
"""

from collections.abc import Mapping

from callcenter.rules import sighting
from callcenter.rules.events import Event, Row
from callcenter.rules.times import later

ENTERED, DONE = "CaseEntered", "DoneByHand"  # a case of its own; something done for a case that is there
KINDS = (ENTERED, DONE)
SOURCE = "paper"
TIMES = ("opened_at", "answered_at", "sent_at", "arrived_at", "closed_at")  # in the order they happen
AHEAD_SECONDS = 60.0  # the clock on the wall is not ours


def why_not(times: Mapping[str, str | None], now: str, known: tuple[str, str] | None, reason: str) -> str:
    """Why these times cannot be taken: ``future``, ``out_of_order``, ``not_the_outage``; empty when they can.

    ``known`` is the last outage: the last moment we know the centre worked, and when it was back. What happened
    outside of it, the centre should have seen: it is taken with a ``reason`` only.
    """
    said = [(name, at) for name in TIMES if (at := times.get(name))]
    if any(at > later(now, AHEAD_SECONDS) for _, at in said):
        return "future"
    if [at for _, at in said] != sorted(at for _, at in said):
        return "out_of_order"
    begun = times.get("opened_at") or now
    away = known is not None and known[0] <= begun <= known[1]
    return "" if reason or away else "not_the_outage"


def entered(row: Row, event: Event) -> Row:
    """The case as it was: over, when its end is told with evidence; else it is in the hands of whoever typed it."""
    b = event.body
    over = b["closed_at"] is not None
    ended = {"closed_by": b["name"], "outcome": b["outcome"], "evidence": b["evidence"]} if over else {}
    if b["arrived_at"]:
        row = sighting.came(row, SOURCE, b["arrived_at"], event.at)
    return {
        **row, **ended, "stage": "closed" if over else "answered", "opened_at": b["opened_at"],
        "last_press_at": b["opened_at"], "answered_at": b["answered_at"], "requested_at": b["sent_at"],
        "arrived_at": b["arrived_at"], "closed_at": b["closed_at"], "holder_id": b["user_id"],
        "holder_name": b["name"], "idle_since": None if over else event.at,
        "by_hand": {"at": event.at, "by": b["name"], "sent": b["sent"], "why": b["why"]},
    }  # fmt: skip


def done(row: Row, event: Event) -> Row:
    """Its own times are the machine's and stay; whoever holds it must have seen this before it is closed."""
    return {**row, "seen_version": event.version}
