"""首问责任制: who answered first owns the case until it is closed, or until somebody else has accepted it."""

import re
from collections.abc import Callable

from callcenter.rules.events import Event, Row

KINDS = ("OwnerOffered", "OwnerHandedOver", "OwnerKept")
_PERSON = re.compile(r"user:([1-9]\d*) (.+)")  # 0 is another system, with a token: it answers for nothing


def opened(event: Event) -> Row:
    """Whoever opened a case by hand owns it; a machine may name an owner in the body; else the first to answer will."""
    person = _PERSON.fullmatch(event.actor)
    named = {"owner_id": event.body.get("owner_id"), "owner_name": event.body.get("owner_name")}
    return {**(_owned(int(person[1]), person[2]) if person else named), "owner_offer": None}


def _owned(user_id: int, name: str) -> Row:
    return {"owner_id": user_id, "owner_name": name[:60]}


def taken_up(row: Row, e: Event) -> Row:
    """The first to take a case up owns it; whoever takes it up later helps."""
    person = e.body["user_id"]
    return {**row, **_owned(person, e.body["name"])} if row["owner_id"] is None and person else row


def _offered(row: Row, e: Event) -> Row:
    b = e.body
    offer = {"to_id": b["to_id"], "to_name": b["to_name"], "by": b["name"], "at": e.at, "words": b["words"]}
    return {**row, "owner_offer": offer}


AFTER: dict[str, Callable[[Row, Event], Row]] = {
    "OwnerOffered": _offered,
    "OwnerHandedOver": lambda row, e: {**row, **_owned(e.body["user_id"], e.body["name"]), "owner_offer": None},
    "OwnerKept": lambda row, _e: {**row, "owner_offer": None},
}
