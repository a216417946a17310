"""Words of the desk: timeline lines of the call in hand and of the seats, and the lists its dialogs choose from."""

from collections.abc import Callable, Mapping
from typing import Any

from flask_babel import gettext, lazy_gettext

from callcenter.pages.terms import LANGUAGES, Words, word

Body = Mapping[str, Any]
_: Callable[..., str] = gettext

SKILLS: Words = {**LANGUAGES, "sign": lazy_gettext("Sign language")}
TAKING: Words = {
    "asked": lazy_gettext("The colleague asks me to"),
    "language": lazy_gettext("I speak the language"),
    "busy": lazy_gettext("The colleague has something more urgent"),
    "shift_end": lazy_gettext("The colleague goes home"),
    "supervise": lazy_gettext("Supervision takes over"),
    "stuck": lazy_gettext("The call does not move"),
    "other": lazy_gettext("Another reason"),
}
# Reasons nobody chooses.
_BY_ITSELF: Words = {
    "swap": lazy_gettext("both had just answered"),
    "relieved": lazy_gettext("the seat was not occupied"),
    "seat_lost": lazy_gettext("the seat was lost, the colleague was on the line"),
}
LEAVING: Words = {
    "meal": lazy_gettext("Meal"),
    "rest": lazy_gettext("Rest"),
    "toilet": lazy_gettext("A moment away"),
    "meeting": lazy_gettext("Meeting"),
    "shift_end": lazy_gettext("End of the shift"),
    "other": lazy_gettext("Something else"),
}
GONE: Words = {
    "lost": lazy_gettext("the seat was lost"),
    "off": lazy_gettext("the seat signed off"),
    "break": lazy_gettext("the seat went on a break"),
    "logged_off": lazy_gettext("the seat logged off"),
}
_ENDS: Words = {
    "untaken": lazy_gettext("nobody took it"),
    "declined": lazy_gettext("declined"),
    "taken_back": lazy_gettext("taken back"),
}
_DEAF: Words = {
    "silenced": lazy_gettext("silenced"),
    "blocked": lazy_gettext("sound blocked"),
    "disconnected": lazy_gettext("not connected"),
    "break": lazy_gettext("on a break"),
    "lost": lazy_gettext("lost"),
}
JOINS: Words = {
    "operator": lazy_gettext("operator"),
    "supervisor": lazy_gettext("supervisor"),
    "outside": lazy_gettext("from outside"),
}


def lists() -> dict[str, dict[str, str]]:
    """What the console's script says of seats and of the call in hand, in the reader's language."""
    found = {"speaks": SKILLS, "taking": TAKING, "leaving": LEAVING, "gone": GONE, "joins": JOINS, "transfers": _ENDS,
             "taken": TAKING | _BY_ITSELF}  # type: ignore[operator]  # fmt: skip
    return {name: {code: str(text) for code, text in words.items()} for name, words in found.items()}


def _and(*parts: Any) -> str:
    return "，".join(str(part) for part in parts if part)


def _taken_over(b: Body, who: str) -> str:
    text = _("%(who)s took the call over from %(old)s", who=who, old=b.get("from_name") or "—")
    why = str(b.get("why") or "")
    reason = word(TAKING, why) if why in TAKING else word(_BY_ITSELF, why)
    said = _and(reason if why != "other" else "", b.get("words"))
    return f"{text}：{said}" if said else text


def _given_back(b: Body, _who: str) -> str:
    why = word(GONE, str(b.get("why") or ""))
    return _("%(old)s has the call no more (%(why)s): it rings everywhere", old=b.get("from_name", ""), why=why)


def _offered(b: Body, who: str) -> str:
    to = b.get("to_name") or _("whoever speaks %(language)s", language=word(SKILLS, str(b.get("skill") or "")))
    text = _("%(who)s offers the call to %(to)s", who=who, to=to)
    return f"{text}：{b['words']}" if b.get("words") else text


def _ended(b: Body, _who: str) -> str:
    return _("The call was not handed on (%(why)s): it stays where it is", why=word(_ENDS, str(b.get("why") or "")))


def _joined(b: Body, _who: str) -> str:
    kind = word(JOINS, str(b.get("kind") or ""))
    text = _("%(who)s is on the line too (%(kind)s)", who=b.get("name", ""), kind=kind)
    said = _and(b.get("phone"), b.get("why"))
    return f"{text}：{said}" if said else text


def _left(b: Body, who: str) -> str:
    return _("%(who)s has left the line", who=who)


def _idle(b: Body, _who: str) -> str:
    texts = {
        "holder": _("Nothing has happened for a while: it rings at the seat of %(who)s", who=b.get("holder", "")),
        "seats": _("Still nothing: it rings at every seat"),
        "supervisor": _("Nothing for %(minutes)s minutes: the supervisor is told", minutes=b.get("minutes", 0)),
    }
    return texts.get(str(b.get("who")), texts["seats"])


def _deaf(b: Body, _who: str) -> str:
    why = "、".join(f"{word(_DEAF, str(code))} {n}" for code, n in (b.get("why") or {}).items())
    text = _("No seat would hear a call")
    return f"{text}（{why}）" if why else text


def _rose(text: Any) -> Callable[[Body, str], str]:
    def tell(b: Body, who: str) -> str:
        line = str(text).replace("%(who)s", str(b.get("name") or who))
        back = _("%(n)d calls given back", n=len(b["calls"])) if b.get("calls") else ""
        said = _and(word(LEAVING, str(b.get("why") or "")) if b.get("why") in LEAVING else "", b.get("words"), back)
        return f"{line}：{said}" if said else line

    return tell


TELL: Mapping[str, Callable[[Body, str], str]] = {
    "CallTakenOver": _taken_over,
    "CallGivenBack": _given_back,
    "TransferOffered": _offered,
    "TransferRungAgain": lambda _b, _w: _("Nobody has taken the call that was offered: it rings once more"),
    "TransferDeclined": lambda _b, who: _("%(who)s cannot take the call", who=who),
    "TransferEnded": _ended,
    "TransferAccepted": lambda b, who: _("%(who)s has the call now, from %(old)s", who=who, old=b.get("from_name", "")),
    "CallJoined": _joined,
    "CallLeft": _left,
    "CallIdle": _idle,
    "CallAttended": lambda _b, who: _("%(who)s is on it", who=who),
    "LossSeen": lambda _b, who: _("%(who)s knows that the call has gone", who=who),
    "SeatSignedOn": lambda _b, who: _("%(who)s is on duty", who=who),
    "SeatOnBreak": _rose(lazy_gettext("%(who)s is on a break")),
    "SeatSignedOff": _rose(lazy_gettext("%(who)s is off duty")),
    "SeatLost": _rose(lazy_gettext("The seat of %(who)s was lost")),
    "SeatBack": lambda _b, who: _("The seat of %(who)s is back", who=who),
    "SeatSkills": lambda b, who: _("%(who)s speaks %(languages)s", who=who, languages="、".join(
        word(SKILLS, str(one)) for one in b.get("languages") or ())),
    "FloodBegan": lambda b, who: _("Too much on the plate of %(who)s: %(n)d calls in ten minutes", who=who,
                                   n=b.get("load", 0)),
    "FloodEnded": lambda _b, who: _("The seat of %(who)s can cope again", who=who),
    "NobodyListens": _deaf,
    "SomebodyListens": lambda _b, _w: _("A seat would hear a call again"),
}  # fmt: skip
