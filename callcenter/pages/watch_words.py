"""The words of supervision: statuses, reasons, states, causes and scopes, and a line of the timeline for each event."""

from collections.abc import Callable, Mapping
from typing import Any

from flask_babel import gettext, lazy_gettext

from callcenter.pages.terms import Words, word

Body = Mapping[str, Any]
_: Callable[..., str] = gettext

STATUSES: Words = {
    "protected": lazy_gettext("Protected"),
    "doubtful": lazy_gettext("Doubtful"),
    "unprotected": lazy_gettext("Unprotected"),
    "away": lazy_gettext("Away"),
}

REASONS: Words = {
    "away": lazy_gettext("Everybody of the home is away"),
    "not_installed": lazy_gettext("Installation not signed"),
    "silent": lazy_gettext("Base unit silent"),
    "centre_down": lazy_gettext("Our own line is down"),
    "battery_out": lazy_gettext("No mains, battery used up"),
    "pager_lost": lazy_gettext("Pager out of reach"),
    "returned": lazy_gettext("Heard again, no test press yet"),
    "missed": lazy_gettext("Heartbeat missed"),
    "recalled": lazy_gettext("Recalled, not mended yet"),
    "mains_lost": lazy_gettext("No mains power"),
    "not_worn": lazy_gettext("Watch or pager taken off"),
    "battery_low": lazy_gettext("Battery low"),
    "pager_battery_low": lazy_gettext("Battery of the pager low"),
    "fault": lazy_gettext("Device fault"),
    "test_overdue": lazy_gettext("Test press overdue"),
}

STATES: Words = {
    "live": lazy_gettext("is heard"),
    "amber": lazy_gettext("has missed a heartbeat"),
    "silent": lazy_gettext("is silent"),
    "returned": lazy_gettext("heard again, waits for a test press"),
}

CAUSES: Words = {
    "silent": lazy_gettext("Silent"),
    "mains": lazy_gettext("No mains power"),
    "centre": lazy_gettext("We hear nobody"),
}

SCOPES: Words = {
    "gateway": lazy_gettext("Our gateway"),
    "line": lazy_gettext("Line"),
    "district": lazy_gettext("Whole centre"),
    "community": lazy_gettext("Community"),
    "building": lazy_gettext("Building"),
}

INCIDENT_STAGES: Words = {
    "open": lazy_gettext("Going on"),
    "over": lazy_gettext("Over, not all are back"),
    "ended": lazy_gettext("Ended"),
}

WAYS: Words = {
    "telephone": lazy_gettext("By telephone"),
    "visit": lazy_gettext("By a visit"),
    "neighbour": lazy_gettext("Through a neighbour"),
}


LISTS: Mapping[str, Words] = {"protection": STATUSES, "reasons": REASONS, "causes": CAUSES, "scopes": SCOPES}


def lists() -> dict[str, dict[str, str]]:
    """What the console's script says of protection and incidents, in the reader's language."""
    return {name: {code: str(text) for code, text in words.items()} for name, words in LISTS.items()}


def status_text(code: str) -> str:
    return word(STATUSES, code)


def reason_words(code: str) -> str:
    return word(REASONS, code)


def scope_text(scope: str, place: str) -> str:
    """``Community 小桥社区``; a place that needs no name has none."""
    return f"{word(SCOPES, scope)} {place}".strip()


def _lent(b: Body, who: str) -> str:
    if b.get("loan"):
        return _("%(who)s lent unit %(loan)s", who=who, loan=b["loan"])
    return _("%(who)s took the loan unit back", who=who)


def _raised(b: Body, who: str) -> str:
    if b.get("what") == "welfare":
        return _("A welfare call was opened: %(call)s", call=b.get("call", ""))
    return _("A device item was opened: %(call)s", call=b.get("call", ""))


def _began(b: Body, who: str) -> str:
    where, cause = scope_text(str(b.get("scope")), str(b.get("place") or "")), word(CAUSES, str(b.get("cause")))
    return _("%(where)s: %(cause)s, %(n)d homes", where=where, cause=cause, n=len(b.get("homes") or ()))


def _lost(b: Body, who: str) -> str:
    status, reason = status_text(str(b.get("status"))), reason_words(str(b.get("reason")))
    return f"{status}：{reason}"


def _checked(b: Body, who: str) -> str:
    text = _("%(who)s checked on the home of %(account)s", who=who, account=b.get("account", ""))
    said = "，".join(part for part in (word(WAYS, str(b.get("how"))), str(b.get("words") or "")) if part)
    return f"{text}（{said}）"


TELL: Mapping[str, Callable[[Body, str], str]] = {
    "DeviceMissed": lambda b, _w: _("Heartbeat missed"),
    "DeviceLost": lambda b, _w: _("Silent: %(n)d heartbeats missed", n=b.get("misses", 0)),
    "DeviceReturned": lambda b, _w: _("Heard again; waits for a live test press"),
    "DeviceRecovered": lambda b, _w: _("Works again"),
    "WatchRaised": _raised,
    "InstallationSigned": lambda b, who: _("%(who)s signed the installation", who=who),
    "DeviceLent": _lent,
    "TestReminded": lambda b, who: _("%(who)s asked for a test press", who=who),
    "ProtectionLost": _lost,
    "ProtectionBack": lambda b, _w: _("Protected again"),
    "IncidentBegan": _began,
    "IncidentGrew": lambda b, _w: _("%(n)d more homes", n=len(b.get("homes") or ())),
    "HomesReturned": lambda b, _w: _("%(n)d homes are back", n=len(b.get("homes") or ())),
    "HomeSafe": lambda b, who: _("%(who)s: safe (%(how)s)", who=who, how=word(WAYS, str(b.get("how")))),
    "IncidentOver": lambda b, _w: _("Over; %(n)d homes are not back yet", n=len(b.get("left") or ())),
    "IncidentEnded": lambda b, _w: (
        _("Part of incident %(call)s now", call=b["into"]) if b.get("into") else _("Everybody is back")
    ),
    "RecallOpened": lambda b, who: _(
        "%(who)s opened a recall of %(n)d devices", who=who, n=len(b.get("devices") or ())
    ),
    "RecallChecked": _checked,
    "RecallMended": lambda b, who: _("%(who)s: %(account)s is mended", who=who, account=b.get("account", "")),
    "RecallClosed": lambda b, _w: _("The recall is closed"),
    "DrillStarted": lambda b, _w: _("Drill: a press was sent over line %(line)s", line=b.get("line", "")),
    "DrillHeard": lambda b, _w: _("Drill: the press was heard"),
    "DrillPassed": lambda b, _w: _("Drill passed: acknowledged after %(n)s s", n=b.get("acknowledged_after", "?")),
    "DrillFailed": lambda b, _w: _("Drill failed: %(why)s", why=b.get("why", "")),
}
