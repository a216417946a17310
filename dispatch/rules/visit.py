"""The life of a Visit: one carer going to one home for one call. One status per visit, never per carer."""

from collections.abc import Callable
from dataclasses import dataclass

from callcenter.rules.call import NotNow, paused, runs_again
from callcenter.rules.call_clock import armed
from callcenter.rules.events import Event, Row, call_of
from callcenter.rules.pauses import moved
from callcenter.rules.promises import Book
from dispatch.rules import stay

REQUESTED, OFFERED, ACCEPTED, ON_THE_WAY = "requested", "offered", "accepted", "on_the_way"
ARRIVED, FINISHED, CANCELLED, INTERRUPTED = "arrived", "finished", "cancelled", "interrupted"
STAGES = (REQUESTED, OFFERED, ACCEPTED, ON_THE_WAY, ARRIVED, FINISHED, CANCELLED, INTERRUPTED)
UNDERWAY = frozenset({ACCEPTED, ON_THE_WAY})
GOING = UNDERWAY | {ARRIVED}
ASKING = frozenset({REQUESTED, OFFERED})
ACTIVE = GOING | ASKING
ANY = frozenset(STAGES)

# event: (stages it may happen in, stage it leads to; None stays)
LIFE: dict[str, tuple[frozenset[str], str | None]] = {
    "VisitRequested": (frozenset(), REQUESTED),
    "LadderHasGaps": (ASKING, None),
    "RungClimbed": (ASKING, None),
    "HelpAsked": (ASKING, None),
    "VisitPostponed": (frozenset({REQUESTED}), None),
    "VisitOffered": (ASKING, OFFERED),
    # An offer that ends leaves the visit offered while another is open: see ``_answered``.
    "OfferDeclined": (frozenset({OFFERED}), None),
    "OfferExpired": (frozenset({OFFERED}), None),
    "OfferWithdrawn": (ACTIVE, None),
    "NobodyLeft": (ASKING, None),
    "VisitAccepted": (frozenset({OFFERED}), ACCEPTED),
    "CarerInDoubt": (UNDERWAY, None),
    "CarerDeparted": (frozenset({ACCEPTED}), ON_THE_WAY),
    "CarerArrived": (frozenset({ACCEPTED, ON_THE_WAY}), ARRIVED),
    "DepartureUndone": (frozenset({ON_THE_WAY}), ACCEPTED),
    "ArrivalUndone": (frozenset({ARRIVED}), None),  # back to where they were: see ``_not_there``
    "HelpNeeded": (GOING, None),
    "CarerCheckedIn": (frozenset({ARRIVED}), None),
    "CarerOverdue": (frozenset({ARRIVED}), None),
    "PhoneClockOff": (ANY, None),
    "PhotoAdded": (ANY, None),
    "PhotoDeleted": (ANY, None),
    "VisitFinished": (frozenset({ARRIVED}), FINISHED),
    "VisitCancelled": (ACTIVE, CANCELLED),
    "VisitInterrupted": (GOING, INTERRUPTED),
    "ArrivalProved": (frozenset({ARRIVED}), None),
    "VisitRaised": (ACTIVE, None),
    "VisitRedirected": (ACTIVE, None),
    "NoticeAsked": (ANY, None),
    "NoticeSent": (ANY, None),
    "NoticeDelivered": (ANY, None),
    "NoticeRead": (ANY, None),
    "NoticeFailed": (ANY, None),
    "DeadlineMissed": (ANY, None),
    "ClockPaused": (ACTIVE, None),
    "ClockResumed": (ACTIVE, None),
}


def may(row: Row | None, kind: str) -> bool:
    """May an event of this kind happen to a visit in this stage?"""
    stages, _ = LIFE[kind]
    return (row is None) == (not stages) and (row is None or row["stage"] in stages)


NO_STAY: Row = {"stay_seconds": None, "stay_due_at": None, "stay_step": None}


def requested(e: Event) -> Row:
    b = e.body
    return {
        "id": b["visit"], "call_id": call_of(e), "stage": REQUESTED, "priority": b["priority"], "home_id": b["home_id"],
        "why": b["why"], "called_at": b["called_at"], "requested_at": e.at, "carer_id": None, "carer_name": None,
        "eta_seconds": None, "reasons": [], "asked": [], "offered_at": None, "offer_due_at": None, "accepted_at": None,
        "departed_at": None, "arrived_at": None, "finished_at": None, "ended_at": None, "proof": None, "report": None,
        "retry_at": None, "late": {}, "promise": b.get("promise", ""), "pauses": b.get("pauses", []),
        "interruptible": b.get("interruptible", False), "backs_up": b.get("backs_up"),
        "ladder": b.get("ladder", []), "round": 1, "rung": -1, "rung_due_at": (b.get("ladder") and e.at) or None,
        "gaps": [], "doubts": {}, "doubt_due_at": None, "slot_at": b.get("slot_at"), **NO_STAY,
    }  # fmt: skip


def open_offers(row: Row) -> list[Row]:
    """The offers nobody has answered yet, in the order they were made."""
    return [one for one in row["asked"] if one["result"] == "offered"]


def offer_of(row: Row, carer_id: int) -> Row | None:
    """This carer's open offer, if there is one."""
    return next((one for one in open_offers(row) if one["carer_id"] == carer_id), None)


def may_interrupt(visit: Row, other: Row) -> bool:
    """May a carer leave ``other`` for ``visit``? For an emergency: from what may be interrupted, or is not begun."""
    if visit["priority"] > 2 or visit["priority"] >= other["priority"]:
        return False
    return bool(other["interruptible"] or (other["stage"] in UNDERWAY and other["priority"] >= 3))


def _offered(row: Row, e: Event) -> Row:
    b = e.body
    ask = {"carer_id": b["carer_id"], "name": b["carer_name"], "at": e.at, "result": "offered", "reason": "",
           "round": b["round"]}  # fmt: skip
    if "rung" in b:  # of several offers each has its own clock
        ask |= {name: b[name] for name in ("rung", "due_at", "eta_seconds", "metres", "reasons")}
    else:
        ask |= {"due_at": b["due_at"], "eta_seconds": b["eta_seconds"], "reasons": b["reasons"]}
    if b.get("way"):
        ask["way"] = b["way"]
    return _with_offers({**row, "asked": [*row["asked"], ask], "offered_at": row["offered_at"] or e.at,
                         "retry_at": None}, e)  # fmt: skip


def _with_offers(row: Row, e: Event) -> Row:
    """What the open offers make of a visit that nobody has accepted: who is asked, until when, how far they are."""
    waiting = open_offers(row)
    if not waiting:
        return {**row, "stage": REQUESTED, "carer_id": None, "carer_name": None, "eta_seconds": None, "reasons": [],
                "offered_at": None, "offer_due_at": None}  # fmt: skip
    etas = [one["eta_seconds"] for one in waiting if one["eta_seconds"] is not None]
    return {**row, "stage": OFFERED, "carer_id": waiting[0]["carer_id"],
            "carer_name": "、".join(one["name"] for one in waiting)[:60], "eta_seconds": min(etas, default=None),
            "reasons": waiting[0]["reasons"], "offer_due_at": min(one["due_at"] for one in waiting)}  # fmt: skip


def _answered(result: str) -> Callable[[Row, Event], Row]:
    """A carer said no, said nothing, or is not asked any more."""

    def fold(row: Row, e: Event) -> Row:
        row = {**row, "asked": _marked(row, e, result, e.body.get("reason", ""))}
        return _with_offers(row, e) if row["stage"] == OFFERED else row

    return fold


def _accepted(row: Row, e: Event) -> Row:
    mine = next(one for one in reversed(row["asked"]) if one["carer_id"] == e.body["carer_id"])
    return {**row, "asked": _marked(row, e, "accepted", ""), "accepted_at": e.at, "offer_due_at": None,
            "carer_id": mine["carer_id"], "carer_name": mine["name"], "eta_seconds": mine["eta_seconds"],
            "reasons": mine["reasons"], "offered_at": mine["at"], "rung_due_at": None, "retry_at": None}  # fmt: skip


def _marked(row: Row, e: Event, result: str, reason: str) -> list[Row]:
    """``asked`` with the last word of one carer's open offer."""
    carer_id = e.body["carer_id"]
    is_theirs = [one["carer_id"] == carer_id and one["result"] == "offered" for one in row["asked"]]
    return [
        {**one, "result": result, "reason": reason} if theirs else one
        for one, theirs in zip(row["asked"], is_theirs, strict=True)
    ]


def _shown(row: Row, e: Event) -> Row:
    """The phone page has it on its screen; what a provider reports of its own message is another matter."""
    if e.body["channel"] != "screen":
        return row
    asked = [
        {**a, "shown_at": a.get("shown_at") or e.at} if a["carer_id"] == e.body["carer_id"] else a for a in row["asked"]
    ]
    return {**row, "asked": asked}


def _climbed(row: Row, e: Event) -> Row:
    return {**row, "rung": e.body["rung"], "rung_due_at": e.body["next_at"], "retry_at": None}


def _nobody_left(row: Row, e: Event) -> Row:
    """The top was reached; or nobody can be asked now, while the ladder still climbs to people who are not carers."""
    if not e.body.get("top", True):
        return row
    at = e.body["retry_at"]
    return {**row, "retry_at": at, "round": row["round"] + 1, "rung": -1, "rung_due_at": (row["ladder"] and at) or None}


def _postponed(row: Row, e: Event) -> Row:
    return {**row, "retry_at": e.body["until"], "rung_due_at": e.body["until"]}


def _raised(row: Row, e: Event) -> Row:
    """The call has become more urgent: the ladder of the new urgency begins at once, offers end on its faster clock."""
    due_at = e.body["due_at"]
    asked = [
        {**one, "due_at": min(one["due_at"], due_at)} if one["result"] == "offered" else one for one in row["asked"]
    ]
    # Who presses does not wait for the hour that was booked: from now on the visit is as late as any other.
    slot_at = row["slot_at"] if e.body["priority"] > 2 else None
    row = {**row, "late": {}, "priority": e.body["priority"], "asked": asked, "slot_at": slot_at}
    if row["stage"] in ASKING and "ladder" in e.body:
        row = {**row, "ladder": e.body["ladder"], "rung": -1, "rung_due_at": e.at, "retry_at": None, "round": 1}
    return _with_offers(row, e) if row["stage"] == OFFERED else row


def _doubted(row: Row, e: Event) -> Row:
    return {**row, "doubts": {**row["doubts"], e.body["doubt"]: e.at}, "doubt_due_at": e.body["backup_at"]}


def _ended(column: str) -> Callable[[Row, Event], Row]:
    def fold(row: Row, e: Event) -> Row:
        asked = [{**one, "result": "withdrawn"} if one["result"] == "offered" else one for one in row["asked"]]
        ended = {"asked": asked, "offer_due_at": None, "retry_at": None, "rung_due_at": None, "doubt_due_at": None}
        return {**row, **ended, **NO_STAY, column: e.at, "ended_at": e.at}

    return fold


def _arrived(row: Row, e: Event) -> Row:
    row = {**row, "arrived_at": e.at, "proof": e.body["proof"], "doubt_due_at": None}
    return _stays(row, {"stay_seconds": e.body["stay_seconds"], **stay.first(e)}) if "stay_seconds" in e.body else row


def _stays(row: Row, b: Row) -> Row:
    """When the carer in the home must be heard of next, and what is done if they are not."""
    found = {"stay_due_at": b["next_at"], "stay_step": b["next_step"]}
    return {**row, **found, "stay_seconds": b.get("stay_seconds", row["stay_seconds"])}


def _not_there(row: Row, e: Event) -> Row:
    """The carer touched "arrived" too early: on the way again, or not even gone."""
    stage = ON_THE_WAY if row["departed_at"] else ACCEPTED
    return {**row, **NO_STAY, "stage": stage, "arrived_at": None, "proof": None}


def _unchanged(row: Row, _event: Event) -> Row:
    return row


AFTER: dict[str, Callable[[Row, Event], Row]] = {
    "LadderHasGaps": lambda row, e: {**row, "gaps": e.body["empty"]},
    "RungClimbed": _climbed,
    "VisitPostponed": _postponed,
    "VisitOffered": _offered,
    "OfferDeclined": _answered("declined"),
    "OfferExpired": _answered("expired"),
    "OfferWithdrawn": _answered("withdrawn"),
    "VisitAccepted": _accepted,
    "NobodyLeft": _nobody_left,
    "CarerInDoubt": _doubted,
    "CarerDeparted": lambda row, e: {**row, "departed_at": e.at},
    "DepartureUndone": lambda row, e: {**row, "departed_at": None},
    "CarerArrived": _arrived,
    "ArrivalUndone": _not_there,
    "CarerCheckedIn": lambda row, e: _stays(row, e.body),
    "CarerOverdue": lambda row, e: _stays(row, e.body),
    "ArrivalProved": lambda row, e: {**row, "proof": e.body["proof"]},
    "VisitFinished": lambda row, e: {**_ended("finished_at")(row, e), "report": e.body["report"]},
    "VisitCancelled": _ended("ended_at"),
    "VisitInterrupted": _ended("ended_at"),
    "NoticeDelivered": _shown,  # as it was written before there was a word for reading
    "NoticeRead": _shown,
    "VisitRaised": _raised,
    "VisitRedirected": lambda row, e: {**row, "home_id": e.body["home_id"]},
    "ClockPaused": paused,
    "ClockResumed": runs_again,
    "DeadlineMissed": lambda row, e: {
        **row,
        "late": {**row["late"], e.body["step"]: e.body["target"]},
        "doubt_due_at": None if e.body["step"] == "backup" else row["doubt_due_at"],
    },
}


def after(row: Row | None, event: Event) -> Row:
    """The visit after ``event``. Raises ``NotNow`` when the event may not happen in the visit's stage."""
    if not may(row, event.kind):
        stage = row["stage"] if row else "unrequested"
        raise NotNow("not_now", f"{event.kind} cannot happen to a visit that is {stage}", "Look at the visit again")
    folded = requested(event) if row is None else AFTER.get(event.kind, _unchanged)(row, event)
    return {**folded, "stage": LIFE[event.kind][1] or folded["stage"]}


@dataclass(frozen=True, slots=True)
class VisitPicture:
    """How the table ``visits`` follows the log."""

    targets: Book
    table: str = "visits"

    def key(self, event: Event) -> str | None:
        return event.body.get("visit") if event.kind in LIFE else None

    def after(self, row: Row | None, event: Event) -> Row:
        folded = after(row, event)
        return armed(row, folded, due(folded, self.targets), event)


ARRIVAL_GRACE_SECONDS = 180


def arrival_due(row: Row, promised: float) -> str:
    """When a carer who has accepted must be there: by their own estimate with some grace, or by the promise."""
    slot = row["slot_at"] or ""  # who is booked for ten is not late at half past nine
    told = (row["eta_seconds"] or promised) + ARRIVAL_GRACE_SECONDS
    ways = ((max(row["accepted_at"], slot), told), (max(row["called_at"], slot), promised))
    return min(moved(start, seconds, "arrive", row["priority"], row["pauses"]) for start, seconds in ways)


def due(row: Row, targets: Book) -> tuple[str, str] | None:
    """The next deadline of a visit as ``(stamp, step)``.

    Steps: offer (one runs out), rung (the ladder goes on), accept, depart, arrive, backup (a doubt was not dispelled:
    somebody else is sent as well), finish, stay (the carer in the home has not been heard of).
    """
    mine = targets.of(row)
    stage, waiting = row["stage"], []

    def promised(step: str, since: str) -> None:
        if step in mine and step not in row["late"]:
            waiting.append((moved(since, mine[step], step, row["priority"], row["pauses"]), step))

    if stage in ASKING:
        waiting += [(at, step) for at, step in ((row["offer_due_at"], "offer"), (row["rung_due_at"], "rung")) if at]
        promised("accept", row["requested_at"])
    if stage == ACCEPTED:
        promised("depart", row["accepted_at"])
    if stage in UNDERWAY:
        if "arrive" in mine and "arrive" not in row["late"]:
            waiting.append((arrival_due(row, mine["arrive"]), "arrive"))
        if row["doubt_due_at"]:
            waiting.append((row["doubt_due_at"], "backup"))
    if stage == ARRIVED:
        promised("finish", row["arrived_at"])
        if row["stay_due_at"]:
            waiting.append((row["stay_due_at"], stay.STEP))
    return min(waiting, default=None)
