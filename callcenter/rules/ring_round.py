"""The ring-round: which contact to telephone next, what each try has brought, and who said "I come" and must be there.

``calls.rung`` is ``{"contact:12": {count, result, at, words, minutes, by, phone}}``, the newest try of each. Whoever
comes stands in ``calls.responders`` with ``expected_at``; ``calls.expected_at`` is the earliest of those moments that
has not passed. That a contact was spoken to proves nothing of the person: no result here is evidence.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

from callcenter.rules.answering import CANNOT as SAID_NO
from callcenter.rules.answering import GOING, REPORTED, THERE, key
from callcenter.rules.events import Event, Row

SPOKE, NO_ANSWER, BUSY, WRONG, COMES, CANNOT = "spoke", "no_answer", "busy", "wrong_number", "comes", "cannot"
RESULTS = (SPOKE, NO_ANSWER, BUSY, WRONG, COMES, CANNOT)
REACHED = frozenset({SPOKE, COMES, CANNOT})
ROUNDS = 2
STEP = "contact"  # the deadline of whoever said that they come
USUAL_MINUTES = 30  # for "I come" when nobody knows from how far
FAR = 60  # minutes; of whom nobody knows how far they live
URGENT = 2
KINDS = ("ContactTried",)
OPENED: Row = {"rung": {}, "expected_at": None}


class Place(NamedTuple):
    """Where a contact stands in the order, and why, as a code for the page."""

    number: int
    why: str


# --- the fold ----------------------------------------------------------------------------------------------------


def _tried(row: Row, e: Event) -> Row:
    b, mine = e.body, key(e.body["role"], e.body["contact"])
    count = row["rung"].get(mine, {}).get("count", 0) + 1
    said = {name: b[name] for name in ("result", "words", "minutes", "by", "phone")}
    row = {**row, "rung": {**row["rung"], mine: {**said, "count": count, "at": e.at}}}
    known = row["responders"].get(mine)
    if known and known["state"] in (THERE, REPORTED):
        return row
    if b["result"] == COMES:
        row = _with(row, mine, _coming(b, e.at, known))
    elif known and b["result"] == CANNOT:
        row = _with(row, mine, {**known, "state": SAID_NO, "at": e.at, "expected_at": None, "late": False})
    return awaiting(row)


def _coming(b: Row, at: str, known: Row | None) -> Row:
    about = {"role": b["role"], "id": b["contact"], "name": b["name"], "phone": b["phone"], "kind": b["kind"]}
    before = known or {"asked_at": at, "seen": ""}
    return {**before, **about, "state": GOING, "at": at, "words": b["words"], "expected_at": b["expected_at"],
            "late": False}  # fmt: skip


def _with(row: Row, mine: str, one: Row) -> Row:
    return {**row, "responders": {**row["responders"], mine: one}}


def awaiting(row: Row) -> Row:
    """``expected_at`` anew, and the alarm gone once nobody who is late is still being waited for."""
    people = row["responders"].values()
    coming = [one["expected_at"] for one in people if one["state"] == GOING and one.get("expected_at")]
    moments = [one["expected_at"] for one in people
               if one["state"] == GOING and one.get("expected_at") and not one.get("late")]  # fmt: skip
    late = row["late"]
    if STEP in late and len(coming) == len(moments):
        late = {step: target for step, target in late.items() if step != STEP}
    return {**row, "expected_at": min(moments, default=None), "late": late}


def missed(row: Row) -> Row:
    """The minutes they spoke of are over and they are not there: they are rung again."""
    known, due_at = dict(row["responders"]), row["expected_at"] or ""
    for mine, one in known.items():
        if one["state"] == GOING and one.get("expected_at") and one["expected_at"] <= due_at:
            known[mine] = {**one, "late": True}
    return awaiting({**row, "responders": known})


def then(fold: Callable[[Row, Event], Row]) -> Callable[[Row, Event], Row]:
    """A fold that may move a responder, with what is waited for reckoned anew."""
    return lambda row, e: awaiting(fold(row, e))


AFTER: Mapping[str, Callable[[Row, Event], Row]] = {"ContactTried": _tried}


def due(row: Row) -> tuple[str, str] | None:
    return (row["expected_at"], STEP) if row["expected_at"] else None


# --- the order ---------------------------------------------------------------------------------------------------


def round_of(call: Row, people: Sequence[Row]) -> int:
    """1 or 2; 3 when everybody has been tried twice. Who is coming or has said no is not rung round after round."""
    counts = [_try(call, one).get("count", 0) for one in people if not _settled(call, one) and not one["doubtful_at"]]
    return min([ROUNDS + 1, *(count + 1 for count in counts)]) if counts else ROUNDS + 1


def ordered(call: Row, people: Sequence[Row]) -> list[Row]:
    """The contacts in the order to ring them; each with its last try, its ``place`` and whether it is ``next``.

    ``people``: ``{role, id, name, phone, reachable_now, minutes_away, has_key, rank, doubtful_at, failures, …}``.
    """
    now = round_of(call, people)
    placed = [(_place(call, one, now), one) for one in people]

    def rank(pair: tuple[Place, Row]) -> tuple[object, ...]:
        place, one = pair
        minutes = FAR if one["minutes_away"] is None else one["minutes_away"]
        return place.number, not one["reachable_now"], one["failures"], minutes, not one["has_key"], one["rank"]

    found = []
    for at, (place, one) in enumerate(sorted(placed, key=rank)):
        found.append({**one, "try": _try(call, one) or None, "why": place.why, "next": at == 0 and place.number <= 1})
    return found


def _place(call: Row, one: Row, now: int) -> Place:
    settled = _settled(call, one)
    if settled == "late":
        return Place(0, "late")
    if settled:
        return Place(6, settled)
    if one["doubtful_at"] or _try(call, one).get("result") == WRONG:
        return Place(7, "doubtful")
    if _try(call, one).get("count", 0) >= min(now, ROUNDS):
        return Place(4, "tried")
    if not one["reachable_now"]:
        # In an emergency everybody is rung once before anybody is rung twice, whatever the hour.
        return Place(1 if call["priority"] <= URGENT else 3, "out_of_hours")
    return Place(1, "")


def _try(call: Row, one: Row) -> Row:
    found: Row = call["rung"].get(key(one["role"], one["id"]), {})
    return found


def _settled(call: Row, one: Row) -> str:
    """``late`` or ``coming``, ``there``, ``cannot``: no further ringing, but for the first. Empty: not settled."""
    known = call["responders"].get(key(one["role"], one["id"]))
    if known and known["state"] in (THERE, REPORTED):
        return "there"
    if known and known["state"] == GOING:
        return "late" if known.get("late") else "coming"
    return "cannot" if _try(call, one).get("result") == CANNOT else ""
