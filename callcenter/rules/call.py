"""The life of a Call: which event may happen in which stage, and what the call looks like after it.

A call is the fold of its events. The row made here is exactly the row kept in the table ``calls``.
"""

from collections.abc import Callable
from typing import Any

from callcenter.rules import (
    alone,
    answering,
    by_hand,
    callers,
    emergency,
    in_hand,
    owning,
    pauses,
    ring_round,
    script,
    sighting,
    speaking,
    unheard,
)  # fmt: skip
from callcenter.rules.events import Event, Row
from callcenter.rules.times import later

WAITING, ANSWERED, ON_HOLD, CLOSED = "waiting", "answered", "on_hold", "closed"
STAGES = (WAITING, ANSWERED, ON_HOLD, CLOSED)
OPEN = frozenset({WAITING, ANSWERED, ON_HOLD})
ANY = frozenset(STAGES)

REOPEN_SECONDS = 30 * 60
DEVICE_PRIORITY = 4
# Calls about our own plumbing: nobody is sent to them, and their times say nothing of how people were helped.
PLUMBING_KINDS = frozenset({"incident", "drill_failed"})

# event: (stages it may happen in, stage it leads to; None stays where it is)
LIFE: dict[str, tuple[frozenset[str], str | None]] = {
    "CallOpened": (frozenset(), WAITING),
    by_hand.ENTERED: (frozenset(), None),  # its stage is in its body: over already, or in somebody's hands
    by_hand.DONE: (ANY, None),
    "PressRepeated": (OPEN, None),
    "SignalJoined": (OPEN, None),
    "CallRungAgain": (frozenset({ANSWERED, ON_HOLD}), WAITING),
    "CallAnswered": (frozenset({WAITING}), ANSWERED),
    "CallHeld": (frozenset({ANSWERED}), ON_HOLD),
    "CallResumed": (frozenset({ON_HOLD}), ANSWERED),
    "NoteAdded": (ANY, None),
    "HomeFound": (OPEN, None),
    "CallClosed": (frozenset({WAITING, ANSWERED}), CLOSED),  # from waiting: device items only, see ``why_not_close``
    "CallReopened": (frozenset({CLOSED}), ANSWERED),
    "DeadlineMissed": (ANY, None),
    "ClockPaused": (OPEN, None),
    "ClockResumed": (OPEN, None),
    "NobodyHeard": (frozenset({ANSWERED}), None),
    "VoiceHeard": (frozenset({ANSWERED}), None),
    **dict.fromkeys(script.KINDS, (frozenset({ANSWERED}), None)),
    "CallOverflowed": (frozenset({WAITING}), None),
    "CallRaised": (OPEN, None),
    "CarerPrealerted": (OPEN, None),
    "VisitRequested": (OPEN, None),
    "LadderHasGaps": (OPEN, None),
    "RungClimbed": (OPEN, None),
    "HelpAsked": (OPEN, None),
    "VisitPostponed": (OPEN, None),
    "VisitOffered": (OPEN, None),
    "OfferDeclined": (ANY, None),
    "OfferExpired": (ANY, None),
    "OfferWithdrawn": (ANY, None),
    "CarerInDoubt": (ANY, None),
    "ArrivalProved": (ANY, None),
    "VisitInterrupted": (ANY, None),
    "VisitAccepted": (OPEN, None),
    "CarerDeparted": (OPEN, None),
    "CarerArrived": (OPEN, None),
    "DepartureUndone": (ANY, None),
    "ArrivalUndone": (ANY, None),
    "HelpNeeded": (ANY, None),
    "CarerCheckedIn": (ANY, None),
    "CarerOverdue": (ANY, None),
    "PhoneClockOff": (ANY, None),
    "PhotoAdded": (ANY, None),
    "PhotoDeleted": (ANY, None),
    "VisitFinished": (OPEN, None),
    "VisitCancelled": (ANY, None),
    "VisitRaised": (OPEN, None),
    "VisitRedirected": (OPEN, None),
    "NobodyLeft": (OPEN, None),
    **in_hand.LIFE,
    **dict.fromkeys((*emergency.KINDS, *owning.KINDS, *answering.KINDS, *ring_round.KINDS), (OPEN, None)),
    "NoticeSent": (ANY, None),
    "NoticeDelivered": (ANY, None),
    "NoticeRead": (ANY, None),
    "NoticeFailed": (ANY, None),
    "CallBackDue": (ANY, None),
    "CallBackTried": (ANY, None),
    "CallBackRated": (ANY, None),
    "CallBackDone": (ANY, None),
    "CallBackMissed": (ANY, None),
    "ComplaintRaised": (ANY, None),
    "TalkNoted": (ANY, None),
    "NoticeAsked": (ANY, None),
    "OperatorAskedToTell": (ANY, None),
    "IncidentBegan": (OPEN, None),
    "IncidentGrew": (ANY, None),
    "HomesReturned": (ANY, None),
    "HomeSafe": (ANY, None),
    "IncidentOver": (ANY, None),
    "IncidentEnded": (ANY, None),
}

OUTCOMES = (
    "helped", "hospital", "police_fire", "false_alarm", "service_done", "advice", "device_fixed", "test", "refused",
    "other", "restored",
)  # fmt: skip
FOLDED = "in_incident"  # how the watch ends a device item that became part of an incident; nobody chooses it
MOVED, REBOOKED = "moved", "rebooked"  # how a booked visit that broke off ends: outcome and evidence; nobody chooses
# Silence is an emergency: a person's call ends only when somebody spoke clearly, was seen, or a crew has arrived.
# The last is a supervisor's decision after a visit that found nobody: see ``closing.py``.
EVIDENCE = ("spoke_clearly", "was_seen", "handed_over", "stood_down")
DEVICE_EVIDENCE = (*EVIDENCE, "device_answers")


class NotThere(Exception):
    """What was asked for does not exist. Becomes HTTP 404."""


class NotNow(Exception):
    """A broken rule, in words a person can act on. Becomes HTTP 409 with ``{error, message, fix}``."""

    def __init__(self, code: str, message: str, fix: str, **values: Any):
        super().__init__(message)
        self.code, self.message, self.fix, self.values = code, message, fix, values


def may(row: Row | None, kind: str) -> bool:
    """May an event of this kind happen to a call in this stage?"""
    stages, _ = LIFE[kind]
    return (row is None) == (not stages) and (row is None or row["stage"] in stages)


def why_not_close(row: Row, evidence: str, seen_version: int, visiting: bool) -> tuple[str, str, str] | None:
    """The reason a call may not be closed as ``(code, message, fix)`` msgids, or None when it may."""
    things = row["priority"] == DEVICE_PRIORITY or row["kind"] in PLUMBING_KINDS
    allowed = DEVICE_EVIDENCE if things else EVIDENCE
    if evidence not in allowed:
        return (
            "evidence",
            "Closing needs evidence",
            "Choose: spoke clearly, was seen, or handed over and the crew arrived",
        )
    if row["seen_version"] > seen_version:
        return "unseen", "Something new happened in this call", "Read the new activity, then close again"
    if visiting:
        return (
            "visiting",
            "A carer is still on this call",
            "Wait until the carer has finished, or cancel the visit first",
        )
    return None if things else emergency.why_not_close(row, evidence)


def rings_again(row: Row, priority: int) -> bool:
    """Must somebody take this call up anew? On hold, or more urgent than it was taken up for, or in no hand at all."""
    graver = row["stage"] == ANSWERED and priority < row["priority"]
    return bool(row["stage"] == ON_HOLD or graver or in_hand.runs_by_itself(row))


def may_reopen(row: Row, now: str) -> bool:
    return row["stage"] == CLOSED and now <= later(row["closed_at"], REOPEN_SECONDS)


# --- the fold ----------------------------------------------------------------------------------------------------


def opened(event: Event) -> Row:
    b = event.body
    human = b["priority"] < DEVICE_PRIORITY
    return {
        "id": b["call"], "day": b["day"], "number": b["number"], "stage": WAITING, "priority": b["priority"],
        "kind": b["kind"], "kinds": [b["kind"]], "reason": b["reason"], "source": b["source"], "account": b["account"],
        "home_id": b["home_id"], "resident_id": b["resident_id"], "station_id": b["station_id"],
        "community": b["community"], "presses": 1 if human else 0, "last_press_at": event.at if human else None,
        "opened_at": event.at, "answered_at": None, "holder_id": None, "holder_name": None, "held_until": None,
        "requested_at": None, "offered_at": None, "accepted_at": None, "departed_at": None, "arrived_at": None,
        "finished_at": None, "idle_since": None, "closed_at": None, "closed_by": None, "outcome": None,
        "evidence": None, "nobody_left": False, "restored": False, "seen_version": 1, "responders": {}, "late": {},
        "help": {}, **ring_round.OPENED, **callers.opened(event),
        "carer_id": b.get("carer_id"), "at_home_id": b.get("at_home_id"), "position": alone.position(b),
        "service": b.get("service"), "rated": "", "rating": None, "complaint": False,
        "promise": b.get("promise", ""), "tier": b.get("tier", ""), "pauses": [],
        "overflow": 0, "overflowed_at": None, "prealerted_id": None, "by_hand": None, **unheard.OPENED,
        **owning.opened(event), **emergency.opened(b, event.at), **in_hand.OPENED, **script.opened(b),
    }  # fmt: skip


def _first_row(event: Event) -> Row:
    row = opened(event)
    return by_hand.entered(row, event) if event.kind == by_hand.ENTERED else row


def _heard_again(row: Row, e: Event) -> Row:
    kinds = row["kinds"] if e.body["kind"] in row["kinds"] else [*row["kinds"], e.body["kind"]]
    pressed = {"presses": row["presses"] + 1, "last_press_at": e.at, "kinds": kinds, "restored": False}
    row = in_hand.nobody_goes(row, e.at)
    before = row["last_press_at"] or row["opened_at"]
    return speaking.pressed({**row, **pressed, "seen_version": e.version, **callers.again(row, e)}, e, before)


def _joined(row: Row, e: Event) -> Row:
    kinds = row["kinds"] if e.body["kind"] in row["kinds"] else [*row["kinds"], e.body["kind"]]
    ended = bool(e.body.get("restore")) or e.body["kind"] == "cancel"
    return {**row, "kinds": kinds, "restored": row["restored"] or ended, "seen_version": e.version}


def _rung_again(row: Row, e: Event) -> Row:
    late = {step: target for step, target in row["late"].items() if step not in ("answer", "hold")}
    # Whoever takes it up is timed from here, and has to hear the person again.
    row = in_hand.nobody_goes(speaking.unsaid(row, e.at), e.at)
    return {**row, "held_until": None, "held_since": None, "transfer": None, "last_press_at": e.at, "late": late,
            "rang_at": e.at, "overflow": 0, "overflowed_at": None}  # fmt: skip


def _held_by(row: Row, e: Event) -> Row:
    b = e.body
    return {**owning.taken_up(row, e), **in_hand.taken(row, e), "holder_id": b["user_id"],
            "holder_name": b["name"], "held_until": None, "answered_at": row["answered_at"] or e.at,
            "seen_version": min(row["seen_version"], e.version)}  # fmt: skip


def _closed(row: Row, e: Event) -> Row:
    row = speaking.with_them(row)
    ended = {**row, "owner_offer": None, "held_until": None, "unheard_at": None, "nobody_left": False}
    return {**ended, "closed_at": e.at, "closed_by": e.body.get("name", e.actor), "outcome": e.body["outcome"],
            "evidence": e.body["evidence"], "said": e.body.get("said", ""),
            "pauses": pauses.ended(row["pauses"], e.at)}  # fmt: skip


def _reopened(row: Row, e: Event) -> Row:
    """Its clocks run again from now; what was answered stays, but whether the person is well is asked anew."""
    ended = {"closed_at": None, "closed_by": None, "outcome": None, "evidence": None, "said": ""}
    row = _held_by(speaking.asked_anew(row, e.at), e)
    return script.listening({**row, **ended, "idle_since": e.at}, e.at)


def _missed(row: Row, e: Event) -> Row:
    step = e.body["step"]
    if step == script.STEP:  # the person is silent: no step of ours is late
        return script.missed(row, e)
    if step == unheard.STEP and row["unheard"] >= unheard.TRIES:  # nor when it was said twice that nobody is heard
        return {**script.missed(row, e), "unheard_at": None}
    row = {**row, "late": {**row["late"], step: e.body["target"]}, "seen_version": row["seen_version"]}
    if step in (emergency.CHASE, emergency.PROMPT):
        return emergency.missed(row, step)
    if step == unheard.STEP:
        row = script.missed(row, e)
    if step == ring_round.STEP:
        return ring_round.missed(row)
    ended = {"hold": "held_until", "conclude": "idle_since", unheard.STEP: "unheard_at"}.get(step)
    return {**row, ended: None} if ended else row


def _to_rate(row: Row, e: Event) -> Row:
    return {**row, "rated": "due"} if e.body["purpose"] == "rate" else row


def _not_reached(row: Row, e: Event) -> Row:
    return {**row, "rated": "no_reply"} if e.body["result"] == "no_reply" and row["rated"] == "due" else row


def _first(column: str) -> Callable[[Row, Event], Row]:
    return lambda row, e: {**row, column: row[column] or e.at}


def _visit_began(row: Row, e: Event) -> Row:
    """Somebody is sent: nothing is waited for any more."""
    ended = pauses.ended(row["pauses"], e.at)
    return {
        **row,
        "requested_at": row["requested_at"] or e.at,
        "idle_since": None,
        "pauses": ended,
        **unheard.answered(row, e),
    }


def _arrived(row: Row, e: Event) -> Row:
    row = sighting.came(speaking.with_them(row), e.body["visit"], e.at)
    return {**_first("arrived_at")(row, e), "seen_version": e.version}


def _not_there(row: Row, e: Event) -> Row:
    row = alone.taken_back("arrived_at")(sighting.undone(row, e), e)
    return {**speaking.without_them(row, e.at), "seen_version": e.version}


def paused(row: Row, e: Event) -> Row:
    """A call's or a visit's clock stands still; told again for another visit of the same call it is the same pause."""
    if any(one["from"] == e.at and one["to"] is None for one in row["pauses"]):
        return row
    one = {"from": e.at, "until": e.body["until"], "to": None, "reason": e.body["reason"]}
    return {**row, "pauses": [*row["pauses"], one]}


def runs_again(row: Row, e: Event) -> Row:
    return {**row, "pauses": pauses.ended(row["pauses"], e.at)}


def _left(row: Row, e: Event) -> Row:
    """A visit has ended: unless another goes on, nobody is with this person any more, and a clock says so."""
    row = sighting.went(row, e)
    return row if e.body.get("others") else {**row, "idle_since": e.at}


def _found(column: str) -> Callable[[Row, Event], Row]:
    """A carer answers: the call is no longer without anybody."""
    return lambda row, e: {**row, column: row[column] or e.at, "nobody_left": False}


def _unchanged(row: Row, _event: Event) -> Row:
    return row


AFTER: dict[str, Callable[[Row, Event], Row]] = {
    by_hand.DONE: by_hand.done,
    "PressRepeated": _heard_again,
    "SignalJoined": _joined,
    "CallRungAgain": _rung_again,
    "CallAnswered": lambda row, e: script.listening(_held_by(row, e), e.at),
    "CallHeld": lambda row, e: {**row, "held_until": e.body["until"], "held_since": e.at},
    "CallResumed": _held_by,
    "CallClosed": _closed,
    "CallReopened": _reopened,
    "DeadlineMissed": _missed,
    "ClockPaused": paused,
    "ClockResumed": runs_again,
    **script.AFTER,
    "NobodyHeard": speaking.not_heard,
    "HomeFound": lambda row, e: speaking.raised({**row, **callers.at_home(row, e)}, e),
    "CallOverflowed": lambda row, e: {**row, "overflow": e.body["step"], "overflowed_at": e.at},
    "CallRaised": speaking.raised,
    "CarerPrealerted": lambda row, e: {**row, "prealerted_id": e.body["carer_id"]},
    "VisitRequested": _visit_began,
    "VisitOffered": _first("offered_at"),
    "VisitAccepted": _found("accepted_at"),
    "CarerDeparted": _first("departed_at"),
    "CarerArrived": _arrived,
    "DepartureUndone": alone.taken_back("departed_at"),
    "ArrivalUndone": _not_there,
    "HelpNeeded": lambda row, e: {
        **row,
        "priority": min(row["priority"], e.body["priority"]),
        "seen_version": e.version,
    },
    "CarerOverdue": lambda row, e: {**row, "seen_version": e.version},
    "VisitFinished": lambda row, e: {**_left(_first("finished_at")(row, e), e), "seen_version": e.version},
    "VisitCancelled": lambda row, e: {**_left(row, e), "nobody_left": False},
    "VisitInterrupted": lambda row, e: {**_left(row, e), "seen_version": e.version},
    "NobodyLeft": lambda row, e: {**row, "nobody_left": True},
    "CallBackDue": _to_rate,
    "CallBackRated": lambda row, e: {**row, "rated": "rated", "rating": e.body["rating"]},
    "CallBackDone": _not_reached,
    "ComplaintRaised": lambda row, e: {**row, "complaint": True, "seen_version": e.version},
    "TalkNoted": lambda row, e: {**row, "seen_version": e.version} if e.body.get("news") else row,
    **emergency.AFTER,
    "EmergencyAssessed": speaking.assessed,
    "CrewArrived": lambda row, e: script.quiet(emergency.AFTER["CrewArrived"](row, e)),
    "VoiceHeard": speaking.heard,
    **owning.AFTER,
    **dict.fromkeys(("CallTakenOver", "TransferAccepted"), _held_by),
    **in_hand.AFTER,
    **{kind: ring_round.then(fold) for kind, fold in answering.AFTER.items()},
    **ring_round.AFTER,
}


def after(row: Row | None, event: Event) -> Row:
    """The call after ``event``. Raises ``NotNow`` when the event may not happen in the call's stage."""
    if not may(row, event.kind):
        stage = row["stage"] if row else "unopened"
        raise NotNow("not_now", f"{event.kind} cannot happen to a call that is {stage}", "Look at the call again")
    folded = _first_row(event) if row is None else AFTER.get(event.kind, _unchanged)(row, event)
    stage = LIFE[event.kind][1] or folded["stage"]
    return in_hand.touched({**folded, "stage": stage, "version": event.version}, event)
