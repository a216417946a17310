"""Neighbours, volunteers, grid leaders, family and key holders as a call remembers them: who was asked, who goes.

``calls.responders`` is ``{"responder:12": {role, id, name, phone, kind, state, asked_at, at, seen, words}}``.
"""

from collections.abc import Callable

from callcenter.rules.events import Event, Row

ASKED, GOING, CANNOT, THERE, REPORTED = "asked", "going", "cannot", "there", "reported"
STATES = (ASKED, GOING, CANNOT, THERE, REPORTED)
ROLES = ("responder", "contact")
SEEN = ("talks", "hurt", "no_answer")
KINDS = ("HelpAsked", "ResponderAnswered", "ResponderArrived", "ResponderReported")


def key(role: str, number: int) -> str:
    return f"{role}:{number}"


def _asked(row: Row, e: Event) -> Row:
    """Station heads and supervisors are asked too, by the same event; they are staff and no responders."""
    known = dict(row["responders"])
    for one in e.body.get("to", ()):
        if one["role"] in ROLES:
            fresh = {"state": ASKED, "asked_at": e.at, "at": None, "seen": "", "words": "", "kind": one.get("kind", "")}
            about = {name: one.get(name, "") for name in ("role", "id", "name", "phone")}
            known.setdefault(key(one["role"], one["id"]), about | fresh)
    return {**row, "responders": known}


def _said(state: str | None, must_be_read: bool) -> Callable[[Row, Event], Row]:
    """``must_be_read``: whoever closes the case has to have seen it."""

    def fold(row: Row, e: Event) -> Row:
        b, known = e.body, dict(row["responders"])
        mine = key(b["role"], b["id"])
        more = {name: b[name] for name in ("seen", "words") if name in b}
        known[mine] = {**known.get(mine, {}), "state": state or b["answer"], "at": e.at, **more}
        return {**row, "responders": known, **({"seen_version": e.version} if must_be_read else {})}

    return fold


AFTER: dict[str, Callable[[Row, Event], Row]] = {
    "HelpAsked": _asked,
    "ResponderAnswered": _said(None, False),
    "ResponderArrived": _said(THERE, True),
    "ResponderReported": _said(REPORTED, True),
}
