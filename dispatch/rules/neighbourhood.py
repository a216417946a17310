"""Whom of the neighbourhood to ask: the grid leader of the home first, then the nearest, and nobody twice."""

from collections.abc import Collection, Sequence
from datetime import time

from callcenter.rules.answering import key
from callcenter.rules.events import Row
from callcenter.rules.people import reachable_now
from dispatch.rules.eta import Position, distance

MOST, METRES = 5, 800.0
DEGREES = 0.013  # a box that holds 800 m to each side up to 55 degrees north; the rest is measured
KEY_HOLDER, GRID_LEADER, COMMITTEE = "key_holder", "grid_leader", "committee"
NOT_NEIGHBOURS = frozenset({KEY_HOLDER, COMMITTEE})


def nearest(home: Row, able: Sequence[Row], local: time, asked: Collection[str]) -> list[Row]:
    """Up to five who may be disturbed now, as ``to`` rows of ``HelpAsked``. Key holders are rung with the family."""
    ranked = []
    for one in able:
        metres = _metres(home, one)
        leader = one["kind"] == GRID_LEADER and (one["community"], one["grid"]) == (home["community"], home["grid"])
        near = leader or (metres is not None and metres <= METRES)
        awake = reachable_now(one["reachable"], local)
        if near and awake and one["kind"] not in NOT_NEIGHBOURS and key("responder", one["id"]) not in asked:
            ranked.append((not leader, metres if metres is not None else METRES, one["id"], one))
    return [_to("responder", one, one["kind"], "sms") for *_, one in sorted(ranked, key=lambda r: r[:3])[:MOST]]


def family(home: Row, contacts: Sequence[Row], able: Sequence[Row], local: time, asked: Collection[str]) -> list[Row]:
    """Everyone to ring: who can be reached now first, then who has the key, then who is nearest."""
    holders = [{**one, "has_key": True, "minutes_away": None, "rank": 99, "role": "responder", "kind": KEY_HOLDER}
               for one in able if one["kind"] == KEY_HOLDER and one["home_id"] == home["id"]]  # fmt: skip
    people = [{**one, "role": "contact", "kind": "family"} for one in contacts] + holders
    people.sort(key=lambda one: (
        not reachable_now(one["reachable"], local), not one["has_key"],
        one["minutes_away"] if one["minutes_away"] is not None else 60, one["rank"], one["id"],
    ))  # fmt: skip
    phones: set[str] = set()
    found = []
    for one in people:
        if one["phone"] not in phones and key(one["role"], one["id"]) not in asked:
            phones.add(one["phone"])
            found.append(_to(one["role"], one, one["kind"], "voice"))
    return found


def committee(home: Row, able: Sequence[Row], asked: Collection[str]) -> list[Row]:
    """Who answers for the committee of the home's neighbourhood, at any hour."""
    theirs = [one for one in able if one["kind"] == COMMITTEE and one["community"] == home["community"]]
    return [_to("responder", one, COMMITTEE, "voice") for one in theirs if key("responder", one["id"]) not in asked]


def called(residents: Sequence[Row]) -> str:
    """How a neighbour would call them: 王奶奶, not their whole name."""
    words = {"F": "奶奶", "M": "爷爷"}
    return "、".join(f"{one['name'][:1]}{words.get(one['sex'], '老人')}" for one in residents)


def _to(role: str, one: Row, kind: str, channel: str) -> Row:
    return {"role": role, "id": one["id"], "name": one["name"], "phone": one["phone"], "channel": channel, "kind": kind}


def _metres(home: Row, one: Row) -> float | None:
    if home["latitude"] is None or one["latitude"] is None:
        return None
    here = Position(home["latitude"], home["longitude"])
    return distance(here, Position(one["latitude"], one["longitude"]))
