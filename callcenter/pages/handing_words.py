"""Timeline lines of what is handed over: to 120, to a neighbour, to a colleague."""

from collections.abc import Callable, Mapping
from typing import Any

from flask_babel import gettext

from callcenter.pages.terms import CREW, CRITERIA, RESPONDERS, SEEN, word

Body = Mapping[str, Any]
_: Callable[..., str] = gettext


def _criteria(b: Body) -> str:
    return "、".join(word(CRITERIA, str(code)) for code in b.get("criteria") or ())


def _assessed(b: Body, who: str) -> str:
    text = _("%(who)s assessed: %(criteria)s", who=who, criteria=_criteria(b) or _("no criterion for 120, 119 or 110"))
    spoke = _("the person answers clearly")
    return f"{text}，{spoke}" if b.get("spoke") else text


def _called(b: Body, who: str) -> str:
    text = _("%(who)s called %(service)s", who=who, service=b.get("service", ""))
    reference = _("reference %(number)s", number=b["reference"]) if b.get("reference") else ""
    said = "，".join(part for part in (_criteria(b), reference) if part)
    return f"{text}（{said}）" if said else text


def _chased(b: Body, who: str) -> str:
    text = _("%(who)s asked %(service)s where the crew is", who=who, service=b.get("service", ""))
    minutes = _("%(n)d min more", n=b["minutes"]) if b.get("minutes") else ""
    said = "，".join(part for part in (minutes, str(b.get("words") or "")) if part)
    return f"{text}：{said}" if said else text


def _crew(b: Body, who: str) -> str:
    said = word(CREW, str(b.get("evidence") or ""))
    return _("The crew of %(service)s has arrived (%(said)s)", service=b.get("service", ""), said=said)


def _stood_down(b: Body, who: str) -> str:
    return _("%(who)s stood %(service)s down: %(why)s", who=who, service=b.get("service", ""), why=b.get("reason", ""))


def _met(b: Body, who: str) -> str:
    person = " ".join(str(b[part]) for part in ("person", "phone") if b.get(part))
    return _("%(person)s meets the crew: %(where)s (said by %(who)s)", person=person, where=b.get("where", ""), who=who)


def _refused(b: Body, who: str) -> str:
    return _("Not called, recorded by %(who)s: %(why)s", who=who, why=b.get("reason", ""))


def _responder(b: Body) -> str:
    kind = word(RESPONDERS, str(b.get("kind") or ""))
    return " ".join(part for part in (kind, str(b.get("name") or "")) if part)


def _answered(b: Body, _who: str) -> str:
    if b.get("answer") == "going":
        return _("%(who)s goes and looks", who=_responder(b))
    return _("%(who)s cannot go", who=_responder(b))


def _reported(b: Body, _who: str) -> str:
    said = "，".join(part for part in (word(SEEN, str(b.get("seen") or "")), str(b.get("words") or "")) if part)
    return _("%(who)s reports: %(said)s", who=_responder(b), said=said)


def _access(b: Body, who: str) -> str:
    if b.get("works"):
        return _("%(who)s tried the way in of %(home)s: it works", who=who, home=b.get("home", ""))
    return _("%(who)s tried the way in of %(home)s: it does NOT work. %(words)s", who=who, home=b.get("home", ""),
             words=b.get("words", ""))  # fmt: skip


TELL: Mapping[str, Callable[[Body, str], str]] = {
    "EmergencyAssessed": _assessed,
    "EmergencyCalled": _called,
    "EmergencyChased": _chased,
    "CrewArrived": _crew,
    "EmergencyStoodDown": _stood_down,
    "EmergencyRefused": _refused,
    "CrewToBeMet": _met,
    "ResponderAnswered": _answered,
    "ResponderArrived": lambda b, _who: _("%(who)s is at the door", who=_responder(b)),
    "ResponderReported": _reported,
    "OwnerOffered": lambda b, who: _("%(who)s offers the case to %(to)s", who=who, to=b.get("to_name", "")),
    "OwnerHandedOver": lambda b, who: _(
        "%(who)s owns the case now, taken over from %(old)s", who=who, old=b.get("from_name", "")
    ),
    "OwnerKept": lambda b, who: _("The case stays with its owner (%(who)s)", who=who),
    "AccessChecked": _access,
}
