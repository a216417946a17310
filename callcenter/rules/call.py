"""The life of a Call: which event may happen in which stage, and what the call looks like after it.

A call is the fold of its events. The row made here is exactly the row kept in the table ``calls``.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from callcenter.rules import alone, answering, emergency, owning, pauses, unheard
from callcenter.rules.events import Event, Row, call_of
from callcenter.rules.promises import Book
from callcenter.rules.times import later, moment

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
    "PressRepeated": (OPEN, None),
    "SignalJoined": (OPEN, None),
    "CallRungAgain": (frozenset({ANSWERED, ON_HOLD}), WAITING),
    "CallAnswered": (frozenset({WAITING}), ANSWERED),
    "CallHeld": (frozenset({ANSWERED}), ON_HOLD),
    "CallResumed": (frozenset({ON_HOLD}), ANSWERED),
    "NoteAdded": (ANY, None),
    "CallClosed": (frozenset({WAITING, ANSWERED}), CLOSED),  # from waiting: device items only, see ``why_not_close``
    "CallReopened": (frozenset({CLOSED}), ANSWERED),
    "DeadlineMissed": (ANY, None),
    "ClockPaused": (OPEN, None),
    "ClockResumed": (OPEN, None),
    "NobodyHeard": (frozenset({ANSWERED}), None),
    "VoiceHeard": (frozenset({ANSWERED}), None),
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
    "NobodyLeft": (OPEN, None),
    **dict.fromkeys((*emergency.KINDS, *owning.KINDS, *answering.KINDS), (OPEN, None)),
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
EVIDENCE = ("spoke_clearly", "was_seen", "handed_over")
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
    """Must somebody take this call up anew? A press on a held call, or one that makes a taken call more urgent."""
    return bool(row["stage"] == ON_HOLD or (row["stage"] == ANSWERED and priority < row["priority"]))


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
        "carer_id": b.get("carer_id"), "at_home_id": b.get("at_home_id"), "position": alone.position(b),
        "service": b.get("service"), "rated": "", "rating": None, "complaint": False,
        "promise": b.get("promise", ""), "tier": b.get("tier", ""), "pauses": [],
        "overflow": 0, "overflowed_at": None, "prealerted_id": None, **unheard.OPENED,
        **owning.opened(event), **emergency.opened(b, event.at),
    }  # fmt: skip


def _heard_again(row: Row, e: Event) -> Row:
    kinds = row["kinds"] if e.body["kind"] in row["kinds"] else [*row["kinds"], e.body["kind"]]
    return {
        **row,
        "presses": row["presses"] + 1,
        "last_press_at": e.at,
        "priority": min(row["priority"], e.body["priority"]),
        "kinds": kinds,
        "restored": False,
        "seen_version": e.version,
    }


def _joined(row: Row, e: Event) -> Row:
    kinds = row["kinds"] if e.body["kind"] in row["kinds"] else [*row["kinds"], e.body["kind"]]
    ended = bool(e.body.get("restore")) or e.body["kind"] == "cancel"
    return {**row, "kinds": kinds, "restored": row["restored"] or ended, "seen_version": e.version}


def _rung_again(row: Row, e: Event) -> Row:
    late = {step: target for step, target in row["late"].items() if step not in ("answer", "hold")}
    # Whoever takes it up is timed from here.
    return {**row, "held_until": None, "last_press_at": e.at, "late": late, "overflow": 0}


def _held_by(row: Row, e: Event) -> Row:
    b = e.body
    return {**owning.taken_up(row, e), "holder_id": b["user_id"], "holder_name": b["name"], "held_until": None,
            "answered_at": row["answered_at"] or e.at, "seen_version": min(row["seen_version"], e.version)}  # fmt: skip


def _closed(row: Row, e: Event) -> Row:
    ended = {**emergency.quieted(row), "owner_offer": None, "held_until": None, "nobody_left": False}
    return {**ended, "closed_at": e.at, "closed_by": e.body.get("name", e.actor), "outcome": e.body["outcome"],
            "evidence": e.body["evidence"], "pauses": pauses.ended(row["pauses"], e.at)}  # fmt: skip


def _reopened(row: Row, e: Event) -> Row:
    ended = {"closed_at": None, "closed_by": None, "outcome": None, "evidence": None}
    return {**_held_by(row, e), **ended, "idle_since": e.at}


def _missed(row: Row, e: Event) -> Row:
    step = e.body["step"]
    row = {**row, "late": {**row["late"], step: e.body["target"]}, "seen_version": row["seen_version"]}
    if step in (emergency.CHASE, emergency.PROMPT):
        return emergency.missed(row, step)
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
    return {**row, "requested_at": row["requested_at"] or e.at, "idle_since": None, "pauses": ended}


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
    return row if e.body.get("others") else {**row, "idle_since": e.at}


def _found(column: str) -> Callable[[Row, Event], Row]:
    """A carer answers: the call is no longer without anybody."""
    return lambda row, e: {**row, column: row[column] or e.at, "nobody_left": False}


def _unchanged(row: Row, _event: Event) -> Row:
    return row


AFTER: dict[str, Callable[[Row, Event], Row]] = {
    "PressRepeated": _heard_again,
    "SignalJoined": _joined,
    "CallRungAgain": _rung_again,
    "CallAnswered": _held_by,
    "CallHeld": lambda row, e: {**row, "held_until": e.body["until"]},
    "CallResumed": _held_by,
    "CallClosed": _closed,
    "CallReopened": _reopened,
    "DeadlineMissed": _missed,
    "ClockPaused": paused,
    "ClockResumed": runs_again,
    **unheard.AFTER,
    "CallOverflowed": lambda row, e: {**row, "overflow": e.body["step"], "overflowed_at": e.at},
    "CallRaised": lambda row, e: {**row, "priority": min(row["priority"], e.body["priority"])},
    "CarerPrealerted": lambda row, e: {**row, "prealerted_id": e.body["carer_id"]},
    "VisitRequested": _visit_began,
    "VisitOffered": _first("offered_at"),
    "VisitAccepted": _found("accepted_at"),
    "CarerDeparted": _first("departed_at"),
    "CarerArrived": lambda row, e: {**_first("arrived_at")(emergency.quieted(row), e), "seen_version": e.version},
    "DepartureUndone": alone.taken_back("departed_at"),
    "ArrivalUndone": lambda row, e: {**alone.taken_back("arrived_at")(row, e), "seen_version": e.version},
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
    **emergency.AFTER,
    "VoiceHeard": lambda row, e: emergency.heard(unheard.AFTER["VoiceHeard"](row, e)),
    **owning.AFTER,
    **answering.AFTER,
}


def after(row: Row | None, event: Event) -> Row:
    """The call after ``event``. Raises ``NotNow`` when the event may not happen in the call's stage."""
    if not may(row, event.kind):
        stage = row["stage"] if row else "unopened"
        raise NotNow("not_now", f"{event.kind} cannot happen to a call that is {stage}", "Look at the call again")
    folded = opened(event) if row is None else AFTER.get(event.kind, _unchanged)(row, event)
    stage = LIFE[event.kind][1] or folded["stage"]
    return {**folded, "stage": stage, "version": event.version}


# --- deadlines ---------------------------------------------------------------------------------------------------

# A call nobody answers goes beyond the seats: seconds since it rang, and who is told; then all of them again and again.
OVERFLOW = ((40.0, "supervisor"), (60.0, "station_phone"), (120.0, "duty_manager"))
AGAIN_SECONDS, LONGEST_SECONDS = 300.0, 3600.0  # the first time again, twice as long each time, at most an hour
RAISED_SECONDS = 60.0  # and is then taken for graver than its key said


def due(row: Row, targets: Book) -> tuple[str, str] | None:
    """The next deadline of a call as ``(stamp, step)``, or None. Steps already missed are not due again."""
    if row["stage"] == CLOSED:
        return None
    mine = targets.of(row)
    waiting = []

    def moved(start: str, step: str) -> str:
        return pauses.moved(start, mine[step], step, row["priority"], row["pauses"])

    if row["stage"] == WAITING and "answer" in mine and "answer" not in row["late"]:
        waiting.append((later(rang_at(row), mine["answer"]), "answer"))
    if row["stage"] == WAITING and row["priority"] < DEVICE_PRIORITY:
        waiting.append((_beyond_the_seats(row), "overflow"))
    if row["requested_at"] is None and "decide" in mine and "decide" not in row["late"] and _needs_somebody(row):
        waiting.append((moved(row["opened_at"], "decide"), "decide"))
    if "repair" in mine and "repair" not in row["late"]:
        waiting.append((moved(row["opened_at"], "repair"), "repair"))
    if row["idle_since"] and "decide" in mine:  # nobody goes any more, and nobody has closed
        waiting.append((moved(row["idle_since"], "decide"), "conclude"))
    if silence := unheard.due(row):
        waiting.append(silence)
    if row["held_until"]:
        waiting.append((row["held_until"], "hold"))
    if outside := emergency.due(row):
        waiting.append(outside)
    return min(waiting, default=None)


def armed(before: Row | None, folded: Row, found: tuple[str, str] | None, event: Event) -> Row:
    """The row with its next deadline, and when that was set: by which clock, should somebody set the clock back."""
    next_due_at, next_step = found or (None, None)
    same = before is not None and before["next_due_at"] == next_due_at and before["next_step"] == next_step
    at = before["armed_at"] if same and before else event.at
    return {**folded, "next_due_at": next_due_at, "next_step": next_step, "armed_at": at}


def _beyond_the_seats(row: Row) -> str:
    """When others than the seats are told next. It never ends by itself."""
    rounds = row["overflow"] - len(OVERFLOW)
    if rounds < 0:
        return later(rang_at(row), OVERFLOW[row["overflow"]][0])
    return later(row["overflowed_at"] or rang_at(row), min(AGAIN_SECONDS * 2.0 ** min(rounds, 10), LONGEST_SECONDS))


def rang_at(row: Row) -> str:
    """Since when nobody has answered: of a call that rings again, since that press."""
    return str(row["last_press_at"] if row["answered_at"] else row["opened_at"])


def _needs_somebody(row: Row) -> bool:
    return row["kind"] not in PLUMBING_KINDS


@dataclass(frozen=True, slots=True)
class CallPicture:
    """How the table ``calls`` follows the log."""

    targets: Book
    table: str = "calls"

    def key(self, event: Event) -> str | None:
        return call_of(event) if event.kind in LIFE else None

    def after(self, row: Row | None, event: Event) -> Row:
        folded = after(row, event)
        return armed(row, folded, due(folded, self.targets), event)


def miss(row: Row, targets: Book, now: str) -> Row:
    """What is recorded of the deadline a row (of a call or a visit) has missed: the body of ``DeadlineMissed``."""
    step, due_at = row["next_step"], row["next_due_at"]
    target = targets.of(row).get(step, 0)
    return {"step": step, "due_at": due_at, "target": target, "late_by": round(seconds_late(due_at, now), 3)}


def seconds_late(due_at: str, now: str) -> float:
    return max(0.0, (moment(now) - moment(due_at)).total_seconds())
