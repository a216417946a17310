"""What happened to a roster, in words: published, swapped, overridden, somebody fell out, stood in, took a break."""

from collections.abc import Callable, Mapping
from typing import Any

from flask_babel import gettext

Body = Mapping[str, Any]
_: Callable[..., str] = gettext


def _because(text: str, b: Body) -> str:
    return f"{text}：{b['reason']}" if b.get("reason") else text


def _published(b: Body, who: str) -> str:
    return _("%(who)s published the roster of %(month)s", who=who, month=b.get("month", ""))


def _swapped(b: Body, who: str) -> str:
    one, other = b.get("carer_name", ""), b.get("other_name", "")
    days = " / ".join(dict.fromkeys(str(b.get(name, "")) for name in ("day", "other_day")))
    return _because(_("%(one)s and %(other)s swapped shifts (%(days)s)", one=one, other=other, days=days), b)


def _overridden(b: Body, who: str) -> str:
    had, has = b.get("had") or "—", b.get("has") or "—"
    return _because(
        _("Shift of %(who)s on %(day)s: %(had)s → %(has)s", who=who, day=b.get("day", ""), had=had, has=has), b
    )


TELL: Mapping[str, Callable[[Body, str], str]] = {
    "RosterPublished": _published,
    "ShiftsSwapped": _swapped,
    "ShiftOverridden": _overridden,
    "CarerFellOut": lambda b, who: _because(_("%(who)s fell out", who=who), b),
    "StandInNamed": lambda b, who: _because(_("%(who)s stands in", who=who), b),
    "StandByCalled": lambda b, who: _because(_("%(who)s was called in from stand-by", who=who), b),
    "DutyOfficerChanged": lambda b, who: _because(
        _("Duty officer on %(day)s: %(name)s", day=b.get("day", ""), name=b.get("officer", "")), b
    ),
    "BreakTaken": lambda b, who: _("%(who)s takes a break", who=who),
    "BreakEnded": lambda b, who: _("%(who)s is back from the break", who=who),
    "PositionConsentGiven": lambda b, who: _("%(who)s agrees that positions are kept on duty", who=who),
    "PositionConsentWithdrawn": lambda b, who: _("%(who)s no longer agrees that positions are kept", who=who),
}
