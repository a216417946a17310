"""The words of mass events and roll calls: causes, levels, areas, states, and a line of the log for each event."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from flask_babel import gettext, lazy_gettext

from callcenter.pages.terms import KINDS, Words, word

Body = Mapping[str, Any]
_: Callable[..., str] = gettext

CAUSES: Words = {
    "power": lazy_gettext("Power cut"),
    "network": lazy_gettext("Network down"),
    "gateway": lazy_gettext("Our gateway down"),
    "supplier": lazy_gettext("Fault of a supplier"),
    "flood": lazy_gettext("Flood"),
    "earthquake": lazy_gettext("Earthquake"),
    "cold": lazy_gettext("Cold spell"),
    "other": lazy_gettext("Something else"),
}
LEVELS: Words = {"watch": lazy_gettext("Early warning"), "warning": lazy_gettext("Warning")}
SCOPES: Words = {
    "district": lazy_gettext("Whole centre"),
    "station": lazy_gettext("Station"),
    "street": lazy_gettext("Street"),
    "community": lazy_gettext("Community"),
    "building": lazy_gettext("Building"),
    "line": lazy_gettext("Line"),
}
STATES: Words = {
    "left": lazy_gettext("Not asked yet"),
    "safe": lazy_gettext("Safe"),
    "not_reached": lazy_gettext("Not reached"),
    "help": lazy_gettext("Needs help"),
    "in_case": lazy_gettext("In a case"),
}
HOW: Words = {
    "seen": lazy_gettext("was seen"),
    "spoke": lazy_gettext("spoke clearly"),
    "elsewhere": lazy_gettext("is elsewhere for certain"),
    "pressed": lazy_gettext("has pressed"),
    "visited": lazy_gettext("a carer is there"),
}
STEPS: Words = {"high": lazy_gettext("all at high risk"), "all": lazy_gettext("everybody")}


LISTS: Mapping[str, Words] = {
    "mass_causes": CAUSES, "mass_levels": LEVELS, "mass_scopes": SCOPES, "mass_states": STATES, "mass_how": HOW,
}  # fmt: skip


def lists() -> dict[str, dict[str, str]]:
    """What the console's script says of mass events, in the reader's language."""
    return {name: {code: str(text) for code, text in words.items()} for name, words in LISTS.items()}


def areas_text(areas: Sequence[Sequence[str]], stations: Mapping[str, str] | None = None) -> str:
    said = []
    for scope, place in areas:
        name = (stations or {}).get(place, place) if scope == "station" else place
        said.append(f"{word(SCOPES, scope)} {name}".strip())
    return "、".join(said)


def _declared(b: Body, who: str) -> str:
    what = f"{word(CAUSES, str(b.get('cause')))} · {word(LEVELS, str(b.get('level')))}"
    return _("%(who)s declared: %(what)s, %(where)s", who=who, what=what, where=areas_text(b.get("areas") or ()))


def _changed(b: Body, who: str) -> str:
    kinds = "、".join(word(KINDS, str(kind)) for kind in b.get("kinds") or ())
    level = word(LEVELS, str(b.get("level")))
    return _("%(who)s changed it: %(level)s, folded: %(kinds)s", who=who, level=level, kinds=kinds or "—")


def _ended(b: Body, who: str) -> str:
    count = (b.get("folded") or {}).get("count", 0)
    if b.get("why") == "expired":
        return _("The warning has come to its end; %(n)d signals were folded", n=count)
    return _("%(who)s ended the warning; %(n)d signals were folded", who=who, n=count)


def _started(b: Body, who: str) -> str:
    where, n = areas_text(b.get("areas") or ()), len(b.get("homes") or ())
    if b.get("drill"):
        return _("DRILL: %(who)s started a roll call: %(where)s, %(n)d homes", who=who, where=where, n=n)
    return _("%(who)s started a roll call: %(where)s, %(n)d homes", who=who, where=where, n=n)


def _marked(b: Body, who: str) -> str:
    parts = (word(STATES, str(b.get("state"))), word(HOW, str(b.get("how") or "")), str(b.get("words") or ""))
    said = "，".join(part for part in parts if part)
    text = _("Home %(home)s: %(said)s (%(who)s)", home=b.get("home", ""), said=said, who=who)
    return text + _(", entered by hand") if b.get("by_hand") else text


TELL: Mapping[str, Callable[[Body, str], str]] = {
    "MassEventDeclared": _declared,
    "MassEventChanged": _changed,
    "MassEventReminded": lambda _b, _w: _("The warning ends soon: extend it or end it"),
    "MassEventEnded": _ended,
    "RollCallStarted": _started,
    "RollCallShared": lambda b, who: _("%(who)s shared out %(n)d homes more", who=who, n=b.get("more", 0)),
    "RollCallMarked": _marked,
    "RollCallTakenBack": lambda b, who: _("Home %(home)s: taken back (%(who)s)", home=b.get("home", ""), who=who),
    "RollCallDue": lambda b, _w: _(
        "The time for %(step)s is over: %(n)d homes not known", step=word(STEPS, str(b.get("step"))), n=b.get("left", 0)
    ),
    "RollCallPrinted": lambda b, who: _("%(who)s printed the list of a roll call", who=who),
    "RollCallEnded": lambda b, who: _(
        "%(who)s ended the roll call; %(n)d homes not known", who=who, n=b.get("left", 0)
    ),
}
