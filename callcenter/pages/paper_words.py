"""Timeline lines of what was done on paper: entered afterwards, packs taken and kept."""

from collections.abc import Callable, Mapping
from typing import Any

from flask_babel import format_datetime, gettext

from callcenter.pages.terms import EVIDENCE, OUTCOMES, word
from callcenter.rules.times import moment

Body = Mapping[str, Any]
_: Callable[..., str] = gettext


def _at(stamp: str) -> str:
    return str(format_datetime(moment(stamp), "MM-dd HH:mm"))


def _acts(b: Body) -> str:
    """What the paper says, in the order it happened."""
    sent = "、".join(b.get("sent") or ())
    words = {
        "opened_at": _("called"),
        "answered_at": _("answered"),
        "sent_at": _("sent %(who)s", who=sent) if sent else _("somebody sent"),
        "arrived_at": _("arrived"),
        "closed_at": _("ended: %(outcome)s, %(evidence)s", outcome=word(OUTCOMES, str(b.get("outcome") or "")),
                       evidence=word(EVIDENCE, str(b.get("evidence") or ""))),
    }  # fmt: skip
    return "，".join(f"{_at(str(b[name]))} {text}" for name, text in words.items() if b.get(name))


def _entered(b: Body, who: str) -> str:
    text = _("%(who)s entered afterwards what was done by hand: %(acts)s", who=who, acts=_acts(b))
    why = _("why by hand: %(why)s", why=b["why"]) if b.get("why") else ""
    return "。".join(part for part in (text, str(b.get("words") or ""), why) if part)


def _taken(b: Body, who: str) -> str:
    text = _("%(who)s took the paper pack: %(what)s", who=who, what=b.get("what", ""))
    codes = _("with door codes") if b.get("codes") else ""
    return "，".join(part for part in (text, codes) if part)


TELL: Mapping[str, Callable[[Body, str], str]] = {
    "CaseEntered": _entered,
    "DoneByHand": _entered,
    "PackTaken": _taken,
    "PackKept": lambda b, who: _("%(who)s lets this desk keep the paper pack", who=who),
    "PackErased": lambda b, who: _("%(who)s had the paper pack erased from this desk", who=who),
}
