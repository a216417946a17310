"""Timeline lines of the front door: who reported a case, who was rung and what came of it, which numbers are right."""

from collections.abc import Callable, Mapping
from typing import Any

from flask_babel import gettext, lazy_gettext

from callcenter.pages.terms import KINDS, RESPONDERS, SOURCES, Words, kind_text, word

Body = Mapping[str, Any]
_: Callable[..., str] = gettext

RESULTS: Words = {
    "spoke": lazy_gettext("spoke"),
    "no_answer": lazy_gettext("no answer"),
    "busy": lazy_gettext("busy"),
    "wrong_number": lazy_gettext("wrong number"),
    "comes": lazy_gettext("comes"),
    "cannot": lazy_gettext("cannot come"),
}
ORDER: Words = {
    "late": lazy_gettext("should be there by now: ring again"),
    "coming": lazy_gettext("is coming"),
    "there": lazy_gettext("is there"),
    "cannot": lazy_gettext("cannot come"),
    "doubtful": lazy_gettext("the number may be wrong"),
    "tried": lazy_gettext("rung in this round"),
    "out_of_hours": lazy_gettext("outside their hours"),
}
DOUBTS: Words = {
    "wrong_number": lazy_gettext("wrong number"),
    "unreached": lazy_gettext("never picks up"),
}
DOORS: Words = {
    "phone": lazy_gettext("Telephone"),
    "walk_in": lazy_gettext("Walk-in"),
    "grid": lazy_gettext("Grid worker"),
    "web": lazy_gettext("Web"),
}
KINDS_OF_PEOPLE: Words = {
    **KINDS,
    "sos": lazy_gettext("Needs help now"),
    "service": lazy_gettext("Wants a service"),
}
PURPOSES: Words = {
    "grid": lazy_gettext("Reports of a grid worker"),
    "web": lazy_gettext("Reports about one home"),
    "family": lazy_gettext("How the case of one home stands"),
}
CHECKS: Words = {
    "doubtful": lazy_gettext("Doubtful numbers"),
    "never": lazy_gettext("Never rung"),
    "old": lazy_gettext("Not heard for a year"),
    "homes": lazy_gettext("Homes with too few contacts"),
}
GROUPS: Words = {
    "contacts": lazy_gettext("Family and key holders"),
    "station_head": lazy_gettext("Station"),
    "committee": lazy_gettext("Neighbourhood committee"),
    "responders": lazy_gettext("Neighbours and grid"),
    "neighbour_heads": lazy_gettext("Stations next to it"),
    "supervisor": lazy_gettext("Supervisor"),
    "duty_manager": lazy_gettext("Duty officer"),
    "stand_by": lazy_gettext("Stand-by"),
}


def lists() -> dict[str, dict[str, str]]:
    """What the console's script needs of these, in the reader's language."""
    words = {
        "told_kinds": KINDS_OF_PEOPLE,
        "rung": RESULTS,
        "ring_order": ORDER,
        "number_doubts": DOUBTS,
        "doors": DOORS,
        "help_groups": GROUPS,
    }
    return {name: {code: str(text) for code, text in some.items()} for name, some in words.items()}


def reported(b: Body, text: str) -> str:
    """``text`` with who told it and in which words."""
    caller = b.get("caller") or {}
    who = " ".join(str(caller[part]) for part in ("name", "phone", "place") if caller.get(part))
    words = str(b.get("words") or b.get("reason") or "")
    said = "，".join(part for part in (who, words if words != who else "") if part)
    return f"{text}（{said}）" if said else text


def _again(b: Body, _who: str) -> str:
    kind, source = kind_text(str(b.get("kind", ""))), str(b.get("source") or "")
    if source not in DOORS:
        return _("Pressed again: %(kind)s", kind=kind)
    return reported(b, _("Reported again, %(by)s: %(kind)s", by=word(SOURCES, source), kind=kind))


def _rung(b: Body, _who: str) -> str:
    who = " ".join(part for part in (str(b.get("relation") or word(RESPONDERS, str(b.get("kind") or ""))),
                                     str(b.get("name") or "")) if part)  # fmt: skip
    text = _("%(by)s rang %(who)s: %(result)s", by=b.get("by", ""), who=who,
             result=word(RESULTS, str(b.get("result", ""))))  # fmt: skip
    minutes = _("in %(n)d min", n=b["minutes"]) if b.get("expected_at") else ""
    said = "，".join(part for part in (minutes, str(b.get("words") or "")) if part)
    return f"{text}（{said}）" if said else text


def _confirmed(b: Body, who: str) -> str:
    return _("%(who)s rang: the number is right", who=who) if b.get("right") else _(
        "%(who)s rang: the number is wrong", who=who)  # fmt: skip


def _home_found(b: Body, who: str) -> str:
    if b.get("home_id") is None:
        return _("%(who)s took the home of this case back: %(reason)s", who=who, reason=b.get("reason", ""))
    said = _("%(who)s found whose home it is: %(where)s", who=who, where=b.get("where", ""))
    return f"{said}（{b['reason']}）" if b.get("reason") else said


TELL: Mapping[str, Callable[[Body, str], str]] = {
    "PressRepeated": _again,
    "HomeFound": _home_found,
    "ContactTried": _rung,
    "NumberTried": lambda b, _who: _(
        "Number rung for %(call)s: %(result)s",
        call=b.get("call", ""),
        result=word(RESULTS, str(b.get("result", ""))),
    ),
    "NumberConfirmed": _confirmed,
    "LinkMade": lambda b, who: _(
        "%(who)s made a link for %(person)s: %(what)s",
        who=who,
        person=b.get("person", ""),
        what=word(PURPOSES, str(b.get("purpose", ""))),
    ),
    "LinkRevoked": lambda b, who: _("%(who)s revoked a personal link", who=who),
}
