"""Neighbours, volunteers, grid leaders, family and key holders as a call remembers them: who was asked, who goes.

``calls.responders`` is ``{"responder:12": {role, id, name, phone, kind, state, asked_at, at, seen, words}}``;
``calls.help`` is ``{"station_head": {at, by, to: [{role, id, name, at}]}}``: each group that was asked, staff included.
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
    known, to = dict(row["responders"]), e.body.get("to", ())
    for one in to:
        if one["role"] in ROLES:
            new = {"state": ASKED, "asked_at": e.at, "at": None, "seen": "", "words": "", "kind": one.get("kind", "")}
            about = {name: one.get(name, "") for name in ("role", "id", "name", "phone")}
            mine = key(one["role"], one["id"])
            known[mine] = {**known.get(mine, about | new), "asked_at": e.at}
    who = str(e.body.get("who", ""))
    fresh = [{"role": one["role"], "id": one["id"], "name": one.get("name", ""), "at": e.at} for one in to]
    again = {(one["role"], one["id"]) for one in fresh}
    before = [one for one in row["help"].get(who, {}).get("to", ()) if (one["role"], one["id"]) not in again]
    group = {"at": e.at, "by": e.actor.partition(" ")[2], "to": [*before, *fresh]}
    return {**row, "responders": known, "help": {**row["help"], who: group}}


def asked_lately(row: Row, since: str) -> set[tuple[str, int]]:
    """Everybody who was asked after a moment, as ``(role, id)``: nobody is asked twice within some minutes."""
    people = [one for group in row["help"].values() for one in group["to"]]
    return {(one["role"], one["id"]) for one in people if one["at"] > since}


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
