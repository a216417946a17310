"""Timeline lines of telephone calls, and what the telephone page calls things."""

from collections.abc import Callable, Mapping
from typing import Any

from flask_babel import gettext, lazy_gettext

from callcenter.pages.terms import Words, word

Body = Mapping[str, Any]
_: Callable[..., str] = gettext

CAUSES: Words = {
    "answered": lazy_gettext("spoken"),
    "busy": lazy_gettext("busy"),
    "no_answer": lazy_gettext("nobody answers"),
    "unreachable": lazy_gettext("cannot be reached"),
    "cancelled": lazy_gettext("hung up before an answer"),
    "lost": lazy_gettext("the exchange was away: nobody knows"),
    "seat": lazy_gettext("the seat's own handset was not lifted"),
}
STAGES: Words = {
    "ringing": lazy_gettext("Ringing"),
    "talking": lazy_gettext("Speaking"),
    "held": lazy_gettext("On hold"),
    "ended": lazy_gettext("Over"),
}
DIRECTIONS: Words = {"in": lazy_gettext("incoming"), "out": lazy_gettext("outgoing")}
# A base unit answers by itself: when it does not, its line is in use, off the hook or dead, and nobody hears the room.
UNIT_FAILED = lazy_gettext("The unit's line is %(why)s: perhaps off the hook. Nobody can be heard that way.")


def lists() -> dict[str, dict[str, str]]:
    return {"causes_of_talks": {code: str(words) for code, words in CAUSES.items()}}


def _number(b: Body) -> str:
    return str(b.get("caller") or "") + (" " if b.get("caller") else "") + str(b.get("number") or _("hidden number"))


def _seconds(b: Body) -> int:
    return round(float(b.get("seconds") or 0))


def _rang(b: Body, _who: str) -> str:
    return _("Telephone call from %(number)s", number=_number(b))


def _missed(b: Body, _who: str) -> str:
    return _("Missed telephone call from %(number)s, rang %(n)d s: ring back", number=_number(b), n=_seconds(b))


def _dialled(b: Body, who: str) -> str:
    if b.get("purpose") == "unit":
        return _("%(who)s rings the unit in the home (%(number)s)", who=who, number=_number(b))
    return _("%(who)s rings %(number)s", who=who, number=_number(b))


def _answered(b: Body, who: str) -> str:
    if b.get("direction") == "out":
        return _("%(number)s has answered", number=_number(b))
    at = b.get("name") or b.get("extension") or "—"
    return _("%(who)s has lifted the handset after %(n)d s", who=at, n=_seconds(b))


def _ended(b: Body, _who: str) -> str:
    if b.get("seconds") is not None:
        return _("Telephone call over, they spoke for %(n)d s", n=_seconds(b))
    why = word(CAUSES, str(b.get("cause") or ""))
    if b.get("purpose") == "unit" and b.get("cause") in ("busy", "unreachable"):
        return str(UNIT_FAILED % {"why": why})
    return _("%(number)s not reached: %(why)s", number=_number(b), why=why)


_NOTED: dict[str, Callable[[Body, str], str]] = {
    "rang": _rang,
    "missed": _missed,
    "dialled": _dialled,
    "answered": _answered,
    "ended": _ended,
    "held": lambda b, who: _("The telephone call is on hold"),
    "resumed": lambda b, who: _("The telephone call goes on"),
    "joined": lambda b, who: _("A third joins: %(number)s", number=b.get("number", "")),
    "refused": lambda b, who: _("The exchange says: %(why)s", why=word(CAUSES, str(b.get("cause") or ""))),
    "recorded": lambda b, who: _("Recording %(reference)s", reference=b.get("reference", "")),
    "recording_opened": lambda b, who: _(
        "%(who)s listens to the recording %(reference)s", who=who, reference=b.get("reference", "")
    ),
}


def _noted(b: Body, who: str) -> str:
    tell = _NOTED.get(str(b.get("what")))
    return tell(b, who) if tell else str(b.get("what"))


def _asked(b: Body, who: str) -> str:
    orders = {"hang_up": _("to hang up"), "hold": _("to hold"), "resume": _("to go on"), "bring": _("to ring here"),
              "third": _("to call a third")}  # fmt: skip
    return _("%(who)s asks the exchange %(what)s", who=who, what=orders.get(str(b.get("what")), str(b.get("what"))))


TELL: dict[str, Callable[[Body, str], str]] = {
    "TalkNoted": _noted,
    "TalkRang": _rang,
    "TalkDialled": _dialled,
    "TalkClaimed": lambda b, who: _("%(who)s takes the telephone call", who=who),
    "TalkAnswered": _answered,
    "TalkHeld": _NOTED["held"],
    "TalkResumed": _NOTED["resumed"],
    "TalkJoined": _NOTED["joined"],
    "TalkEnded": lambda b, who: _("Telephone call over: %(why)s", why=word(CAUSES, str(b.get("cause") or ""))),
    "TalkMissed": _missed,
    "TalkLinked": lambda b, who: _("The telephone call belongs to case %(call)s", call=b.get("call", "")),
    "TalkRecorded": _NOTED["recorded"],
    "TalkAsked": _asked,
    "TalkRefused": _NOTED["refused"],
    "RecordingOpened": _NOTED["recording_opened"],
    "SeatTelephoneChanged": lambda b, who: _(
        "%(who)s sits at the telephone %(extension)s", who=who, extension=b.get("extension") or "—"
    ),
}
