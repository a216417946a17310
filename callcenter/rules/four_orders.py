"""The four-order loop 点单 → 派单 → 接单 → 评单: how far a case has come, an alarm or a booked service."""

from collections.abc import Iterable

from callcenter.rules.events import Row

PLACED, SENT, TAKEN, RATED = "placed", "sent", "taken", "rated"
ORDERS = (PLACED, SENT, TAKEN, RATED)
DUE, WITH_RATING, NO_REPLY = "due", "rated", "no_reply"  # ``calls.rated``; empty when nothing has to be rated
FINAL = frozenset({WITH_RATING, NO_REPLY})
_TAKEN = frozenset({"accepted", "on_the_way", "arrived", "finished"})
_SENT = frozenset({"requested", "offered"})
_TELLS = ("cancelled", "interrupted", "finished", "requested", "offered", "accepted", "on_the_way", "arrived")


def telling(visits: Iterable[Row]) -> Row | None:
    """Of the visits of a call, in the order they were asked for, the one that stands for it: whoever is nearest to the
    person. A second carer who is looked for in vain hides nobody who is on the way. Of two alike the newer."""
    ranked = [(_TELLS.index(visit["stage"]), at, visit) for at, visit in enumerate(visits)]
    return max(ranked, key=lambda one: one[:2])[2] if ranked else None


def order_state(call: Row, visit: Row | None) -> str:
    """``visit`` is the ``telling`` one. A visit that broke off puts the case back to where it was placed."""
    if call["rated"] in FINAL:
        return RATED
    if call["rated"] == DUE or (visit and visit["stage"] in _TAKEN):
        return TAKEN
    return SENT if visit and visit["stage"] in _SENT else PLACED


def complete(call: Row) -> bool:
    """Closed, and where somebody went: rated, or asked twice in vain."""
    return bool(call["stage"] == "closed" and call["rated"] != DUE)
