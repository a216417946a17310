"""What the supervisor's pages call the codes of visits, figures and frames, beside ``terms``, and how times look."""

from collections.abc import Mapping
from math import ceil
from typing import Any

from flask_babel import lazy_gettext as _

from callcenter.pages import booking_words, terms
from callcenter.rules import figures

Names = Mapping[Any, Any]

KINDS, SOURCES, OUTCOMES, EVIDENCE = terms.KINDS, terms.SOURCES, terms.OUTCOMES, terms.EVIDENCE
ORDERS, RATED = booking_words.ORDERS, booking_words.RATED
PRIORITIES: Names = {1: _("Emergency"), 2: _("Urgent"), 3: _("Service"), 4: _("Device")}
STEPS: Names = {name: terms.STEPS.get(name, _("Closing")) for name in figures.STEPS}
SPANS: Names = {
    "answer": _("opened → answered"),
    "decide": _("opened → visit requested"),
    "accept": _("requested → accepted"),
    "depart": _("accepted → departed"),
    "arrive": _("opened → arrived"),
    "finish": _("arrived → finished"),
    "close": _("opened → closed"),
}
STANDINGS: Names = {
    "counted": _("Counted"),
    "not_needed": _("Not needed"),
    "running": _("Still running"),
    "cancelled": _("Broken off"),
    "missing": _("Time missing"),
    "out_of_order": _("Out of order"),
    "by_hand": _("By hand"),
}
CALL_STAGES: Names = terms.STAGES
VISIT_STAGES: Names = {
    "requested": _("Looking for a carer"),
    "offered": _("Carer asked"),
    "accepted": _("Accepted"),
    "on_the_way": _("On the way"),
    "arrived": _("Arrived"),
    "finished": _("Finished"),
    "cancelled": _("Cancelled"),
    "interrupted": _("Broken off for an emergency"),
}
OFFERS: Names = {
    "offered": _("Waiting for an answer"),
    "accepted": _("Accepted"),
    "declined": _("Declined"),
    "expired": _("No answer"),
    "withdrawn": _("Not asked any more"),
}
PROOFS: Names = {
    "manual": _("by hand"),
    "gps": _("position agrees"),
    "tag": _("tag at the door"),
    "pager": _("key pressed in the home"),
}
FRAMES: Names = {"raised": _("Raised"), "retransmission": _("Retransmission"), "garbled": _("Unreadable")}
ACTORS: Names = {
    "line": _("Device line"),
    "clock": _("The clock"),
    "notifier": _("Notifier"),
    "carer": _("Carer"),
    "watch": _("The watch"),
    "rounds": _("The welfare rounds"),
    "exchange": _("The exchange"),
}


def named(names: Names, code: Any) -> str:
    """The words for a code, or the code itself when it is newer than this page."""
    return str(names.get(code, code if code is not None else ""))


def clockface(seconds: float | None) -> str:
    """``0:09``, ``12:30``, ``1:05:00``, rounded up to whole seconds so that nothing late looks in time."""
    if seconds is None:
        return ""
    whole = ceil(abs(seconds) - 1e-6)
    minutes, rest = divmod(whole, 60)
    hours, minutes = divmod(minutes, 60)
    sign = "-" if seconds < 0 and whole else ""
    return sign + (f"{hours}:{minutes:02d}:{rest:02d}" if hours else f"{minutes}:{rest:02d}")


def who(actor: str) -> str:
    """``user:3 李敏`` as 李敏, and the machines by what they are."""
    kind, _colon, rest = actor.partition(":")
    return rest.partition(" ")[2] or named(ACTORS, kind)
