"""The call in hand: who holds it, since when, who took it from whom, to whom it is offered, who else is on it.

This is not 首问责任制 (``owning.py``): the owner answers for the case, perhaps for days; the holder has the person
on the telephone now. A hand that does nothing is noticed here too, and it never ends by itself: ``worked_at`` is the
last thing the holder did (while somebody goes there: the last that anybody did).

``calls.transfer`` is ``{state, to_id, to_name, skill, by_id, by_name, words, at, due_at, rung, declined, why}``,
``calls.joined`` ``{"user:2": {kind, id, name, phone, why, words, at, by}}``, ``calls.loss`` what the last holder who
did not give the call away is to be told: ``{how, from_id, from_name, by_id, by_name, why, words, at, seen}``.
"""

from collections.abc import Callable, Mapping
from typing import Any

from callcenter.rules.events import Event, Row
from callcenter.rules.times import later

WAITING, ANSWERED, ON_HOLD = "waiting", "answered", "on_hold"  # as in ``call.py``, which imports this
HAD = frozenset({ANSWERED, ON_HOLD})
OPEN = frozenset({WAITING, *HAD})
ANY = frozenset({*OPEN, "closed"})
LIFE: Mapping[str, tuple[frozenset[str], str | None]] = {
    "CallTakenOver": (HAD, ANSWERED),
    "CallGivenBack": (HAD, WAITING),
    "TransferOffered": (HAD, None),
    "TransferRungAgain": (HAD, None),
    "TransferDeclined": (HAD, None),
    "TransferEnded": (HAD, None),
    "TransferAccepted": (HAD, ANSWERED),
    "CallJoined": (HAD, None),
    "CallLeft": (ANY, None),
    "CallIdle": (HAD, None),
    "CallAttended": (HAD, None),
    "LossSeen": (ANY, None),
}

SWAP_SECONDS = 20.0  # so soon after the answer two hands have only met: no reason is asked for
REASONS = ("asked", "language", "busy", "shift_end", "supervise", "stuck", "other")
JOINS = ("operator", "supervisor", "outside")
TRANSFER_SECONDS = 30.0  # then it rings once more, and after the same time it comes back
OFFERED, ENDED = "offered", "ended"
# Seconds after the priority's own idle time, and who hears of it: the holder's seat, every seat, the supervisor. Then
# the seats go on ringing and the supervisor is told again and again, ever more seldom, until somebody touches it.
IDLE = ((0.0, "holder"), (30.0, "seats"), (60.0, "supervisor"))
# A visit and its carer have clocks of their own; what those let go is caught here: nobody said anything for so long.
GOING_SECONDS = {1: 3600.0, 2: 3600.0, 3: 7200.0, 4: 7200.0}
AGAIN_SECONDS, LONGEST_SECONDS = 300.0, 3600.0  # the first time again, twice as long each time, at most an hour

OPENED: Row = {"taken_at": None, "taken_version": 0, "held_since": None, "worked_at": None, "idle": 0, "idled_at": None,
               "rang_at": None, "going": False, "transfer": None, "joined": {}, "loss": None}  # fmt: skip


# --- the fold ----------------------------------------------------------------------------------------------------


def taken(row: Row, e: Event) -> Row:
    """What changes when somebody has it in hand from now on; whoever had it before, and did not offer it, is told."""
    b, mine = e.body, f"user:{e.body['user_id']}"
    had = row["holder_id"] if row["stage"] in OPEN else None
    lost = had not in (None, b["user_id"]) and e.kind != "TransferAccepted"
    joined = {key: one for key, one in row["joined"].items() if key != mine}
    return {"taken_at": e.at, "taken_version": e.version, "held_since": None, "worked_at": e.at, "idle": 0,
            "transfer": None, "joined": joined,
            "loss": _loss(row, e) if lost else row["loss"]}  # fmt: skip


def _loss(row: Row, e: Event) -> Row:
    b = e.body
    how = {"CallTakenOver": "passed_on" if b.get("why") == "seat_lost" else "taken_over", "CallResumed": "resumed",
           "CallGivenBack": "given_back"}.get(e.kind, "answered")  # fmt: skip
    by: Row = {"by_id": b.get("user_id"), "by_name": b.get("name")} if e.kind != "CallGivenBack" else {}
    return {"how": how, "from_id": row["holder_id"], "from_name": row["holder_name"], "by_id": None, "by_name": None,
            **by, "why": b.get("why", ""), "words": b.get("words", ""), "at": e.at, "seen": False}  # fmt: skip


def _given_back(row: Row, e: Event) -> Row:
    """It rings everywhere, as if nobody had answered yet; whoever takes it up is timed from here."""
    late = {step: target for step, target in row["late"].items() if step not in ("answer", "hold")}
    row = nobody_goes(row, e.at)
    return {**row, "holder_id": None, "holder_name": None, "held_until": None, "held_since": None, "transfer": None,
            "worked_at": None, "idle": 0, "rang_at": e.at, "overflow": 0, "overflowed_at": None, "late": late,
            "loss": _loss(row, e)}  # fmt: skip


def nobody_goes(row: Row, at: str) -> Row:
    """Whoever was sent has gone again, or never was: the time to send somebody runs, from now or since before."""
    decided = row["requested_at"] or "decide" in row["late"]
    return {**row, "idle_since": row["idle_since"] or at} if decided and not row["going"] else row


def rang_at(row: Row) -> str:
    """Since when nobody has answered; of a call that rang again, or was given back, since then.

    Not since the last press: who presses again and again would put off for ever whoever is told beyond the seats.
    """
    return str(row["rang_at"] or row["opened_at"])


def _offered(row: Row, e: Event) -> Row:
    b = e.body
    about = {name: b.get(name) for name in ("to_id", "to_name", "skill", "words")}
    offer = {**about, "state": OFFERED, "by_id": b["user_id"], "by_name": b["name"], "at": e.at,
             "due_at": later(e.at, TRANSFER_SECONDS), "rung": 1, "declined": [], "why": ""}  # fmt: skip
    return {**row, "transfer": offer}


def _offer(**more: Any) -> Callable[[Row, Event], Row]:
    return lambda row, e: {**row, "transfer": {**(row["transfer"] or {}), **more}}


def _rung(row: Row, e: Event) -> Row:
    before = row["transfer"] or {}
    return _offer(rung=before.get("rung", 1) + 1, due_at=later(e.at, TRANSFER_SECONDS))(row, e)


def _ended(row: Row, e: Event) -> Row:
    """Taken back by the sender it is forgotten; else it stays on the card until the holder has done something."""
    if e.body["why"] == "taken_back" or row["transfer"] is None:
        return {**row, "transfer": None}
    return _offer(state=ENDED, why=e.body["why"], due_at=None)(row, e)


def _declined(row: Row, e: Event) -> Row:
    before = row["transfer"] or {}
    return _offer(declined=[*before.get("declined", []), e.body["user_id"]])(row, e)


def _joined(row: Row, e: Event) -> Row:
    b = e.body
    one = {name: b.get(name, "") for name in ("kind", "name", "phone", "why", "words")}
    return {**row, "joined": {**row["joined"], b["key"]: one | {"id": b.get("joined_id"), "at": e.at, "by": b["by"]}}}


def _left(row: Row, e: Event) -> Row:
    return {**row, "joined": {key: one for key, one in row["joined"].items() if key != e.body["key"]}}


def _seen(row: Row, _e: Event) -> Row:
    return {**row, "loss": {**row["loss"], "seen": True} if row["loss"] else None}


AFTER: dict[str, Callable[[Row, Event], Row]] = {
    "CallGivenBack": _given_back,
    "TransferOffered": _offered,
    "TransferRungAgain": _rung,
    "TransferDeclined": _declined,
    "TransferEnded": _ended,
    "CallJoined": _joined,
    "CallLeft": _left,
    "CallIdle": lambda row, e: {**row, "idle": e.body["step"], "idled_at": e.at},
    "LossSeen": _seen,
}

PERSONS = ("user:", "carer:")  # actors; the others are machines
ENDS_A_VISIT = frozenset({"VisitFinished", "VisitCancelled", "VisitInterrupted"})


def touched(row: Row, e: Event) -> Row:
    """Whatever the holder does shows that there is a hand; while a carer goes, whatever anybody says."""
    if e.kind == "VisitRequested":
        return {**row, "going": True, "idle": 0}
    if e.kind in ENDS_A_VISIT and not e.body.get("others"):
        row = {**row, "going": False, "idle": 0, "worked_at": e.at if row["holder_id"] is not None else None}
    if e.kind == "CallClosed":
        return {**row, "transfer": None, "joined": {}, "held_since": None, "worked_at": None, "idle": 0}
    if row["holder_id"] is None:
        return row
    if not e.actor.startswith(f"user:{row['holder_id']} "):
        return {**row, "worked_at": e.at, "idle": 0} if row["going"] and e.actor.startswith(PERSONS) else row
    came_back = row["transfer"] is not None and row["transfer"]["state"] == ENDED and e.kind != "TransferEnded"
    return {**row, "worked_at": e.at, "idle": 0, "transfer": None if came_back else row["transfer"]}


# --- deadlines ---------------------------------------------------------------------------------------------------


def due(row: Row, idle: float | None) -> list[tuple[str, str]]:
    """The deadlines of the hand as ``(stamp, step)``. ``idle``: seconds a call of this priority may lie untouched."""
    found = []
    if row["transfer"] and row["transfer"]["due_at"]:
        found.append((row["transfer"]["due_at"], "transfer"))
    out = row["stage"] == ON_HOLD and not row["held_until"]  # a hold that ran out: somebody waits on the line
    if idle and (out or row["stage"] == ANSWERED) and row["worked_at"] and not row["emergency_due_at"]:
        patience = max(idle, GOING_SECONDS[row["priority"]]) if row["going"] and not out else idle
        found.append((_rings_next(row, patience), "idle"))
    return found


def _rings_next(row: Row, idle: float) -> str:
    """It never ends by itself."""
    step = row["idle"]
    if step == 0:
        return later(_untouched_since(row, row["worked_at"]), idle)
    seconds = IDLE[step][0] - IDLE[step - 1][0] if step < len(IDLE) else again(step - len(IDLE))
    return later(_untouched_since(row, row["idled_at"]), seconds)


def again(rounds: int) -> float:
    """Seconds until those who were told already are told once more, having been told so many times again."""
    return min(AGAIN_SECONDS * 2.0 ** min(rounds, 10), LONGEST_SECONDS)


def _untouched_since(row: Row, at: str) -> str:
    """A pause that somebody asked for is no idleness, and a booked visit none before it is due."""
    over = [one["to"] or one["until"] for one in row["pauses"]]
    slot = [row["service"]["slot_at"]] if runs_by_itself(row) else []
    return str(max([at, *over, *slot]))


def runs_by_itself(row: Row) -> bool:
    """A booked visit that is under way, and nothing else has happened: no hand is needed, its own clocks watch it.

    Whose it is may be off duty: what happens to it now has to ring. Not after a press, nor once it has rung (nobody
    came, somebody telephoned in vain): who took it up then has a person on the telephone, as in every other case.
    """
    asked_again = row["priority"] <= 2 or row["last_press_at"] != row["opened_at"]
    return bool(row["service"]) and row["going"] and row["stage"] == ANSWERED and not asked_again
