"""The life of a Visit: one carer going to one home for one call. One status per visit, never per carer."""

from collections.abc import Callable
from dataclasses import dataclass

from callcenter.rules.call import NotNow, Targets
from callcenter.rules.events import Event, Row, call_of
from callcenter.rules.times import later

REQUESTED, OFFERED, ACCEPTED, ON_THE_WAY = "requested", "offered", "accepted", "on_the_way"
ARRIVED, FINISHED, CANCELLED = "arrived", "finished", "cancelled"
STAGES = (REQUESTED, OFFERED, ACCEPTED, ON_THE_WAY, ARRIVED, FINISHED, CANCELLED)
GOING = frozenset({ACCEPTED, ON_THE_WAY, ARRIVED})
BUSY = GOING | {OFFERED}
ACTIVE = BUSY | {REQUESTED}
ANY = frozenset(STAGES)

# event: (stages it may happen in, stage it leads to; None stays)
LIFE: dict[str, tuple[frozenset[str], str | None]] = {
    "VisitRequested": (frozenset(), REQUESTED),
    "VisitOffered": (frozenset({REQUESTED}), OFFERED),
    "OfferDeclined": (frozenset({OFFERED}), REQUESTED),
    "OfferExpired": (frozenset({OFFERED}), REQUESTED),
    "NobodyLeft": (frozenset({REQUESTED}), REQUESTED),
    "VisitAccepted": (frozenset({OFFERED}), ACCEPTED),
    "CarerDeparted": (frozenset({ACCEPTED}), ON_THE_WAY),
    "CarerArrived": (frozenset({ACCEPTED, ON_THE_WAY}), ARRIVED),
    "VisitFinished": (frozenset({ARRIVED}), FINISHED),
    "VisitCancelled": (ACTIVE, CANCELLED),
    "VisitRaised": (ACTIVE, None),
    "NoticeSent": (ANY, None),
    "NoticeDelivered": (ANY, None),
    "NoticeFailed": (ANY, None),
    "DeadlineMissed": (ANY, None),
}


def may(row: Row | None, kind: str) -> bool:
    """May an event of this kind happen to a visit in this stage?"""
    stages, _ = LIFE[kind]
    return (row is None) == (not stages) and (row is None or row["stage"] in stages)


def requested(e: Event) -> Row:
    b = e.body
    return {
        "id": b["visit"], "call_id": call_of(e), "stage": REQUESTED, "priority": b["priority"], "home_id": b["home_id"],
        "why": b["why"], "called_at": b["called_at"], "requested_at": e.at, "carer_id": None, "carer_name": None,
        "eta_seconds": None, "reasons": [], "asked": [], "offered_at": None, "offer_due_at": None, "accepted_at": None,
        "departed_at": None, "arrived_at": None, "finished_at": None, "ended_at": None, "proof": None, "report": None,
        "retry_at": None, "slot_at": b.get("slot_at"), "late": {},
    }  # fmt: skip


def _offered(row: Row, e: Event) -> Row:
    b = e.body
    ask = {
        "carer_id": b["carer_id"],
        "name": b["carer_name"],
        "at": e.at,
        "result": "offered",
        "reason": "",
        "round": b["round"],
    }
    return {**row, "carer_id": b["carer_id"], "carer_name": b["carer_name"], "eta_seconds": b["eta_seconds"],
            "reasons": b["reasons"], "asked": [*row["asked"], ask], "offered_at": e.at, "offer_due_at": b["due_at"],
            "retry_at": None}  # fmt: skip


def _answered(result: str) -> Callable[[Row, Event], Row]:
    """The carer last asked said yes, said no, or said nothing."""

    def fold(row: Row, e: Event) -> Row:
        last = {**row["asked"][-1], "result": result, "reason": e.body.get("reason", "")}
        row = {**row, "asked": [*row["asked"][:-1], last], "offer_due_at": None}
        if result == "accepted":
            return {**row, "accepted_at": e.at}
        return {**row, "carer_id": None, "carer_name": None, "eta_seconds": None, "reasons": [], "offered_at": None}

    return fold


def _shown(row: Row, e: Event) -> Row:
    asked = [
        {**a, "shown_at": a.get("shown_at") or e.at} if a["carer_id"] == e.body["carer_id"] else a for a in row["asked"]
    ]
    return {**row, "asked": asked}


def _raised(row: Row, e: Event) -> Row:
    """The call has become more urgent: an offer out on the slower clock now ends on the faster one."""
    due_at = row["offer_due_at"]
    return {**row, "late": {}, "priority": e.body["priority"], "offer_due_at": due_at and min(due_at, e.body["due_at"])}


def _unchanged(row: Row, _event: Event) -> Row:
    return row


AFTER: dict[str, Callable[[Row, Event], Row]] = {
    "VisitOffered": _offered,
    "OfferDeclined": _answered("declined"),
    "OfferExpired": _answered("expired"),
    "VisitAccepted": _answered("accepted"),
    "NobodyLeft": lambda row, e: {**row, "retry_at": e.body["retry_at"]},
    "CarerDeparted": lambda row, e: {**row, "departed_at": e.at},
    "CarerArrived": lambda row, e: {**row, "arrived_at": e.at, "proof": e.body["proof"]},
    "VisitFinished": lambda row, e: {**row, "finished_at": e.at, "ended_at": e.at, "report": e.body["report"]},
    "VisitCancelled": lambda row, e: {**row, "ended_at": e.at, "offer_due_at": None, "retry_at": None},
    "NoticeDelivered": _shown,
    "VisitRaised": _raised,
    "DeadlineMissed": lambda row, e: {**row, "late": {**row["late"], e.body["step"]: e.body["target"]}},
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

    targets: Targets
    table: str = "visits"

    def key(self, event: Event) -> str | None:
        return event.body.get("visit") if event.kind in LIFE else None

    def after(self, row: Row | None, event: Event) -> Row:
        folded = after(row, event)
        next_due_at, next_step = due(folded, self.targets) or (None, None)
        return {**folded, "next_due_at": next_due_at, "next_step": next_step}


ARRIVAL_GRACE_SECONDS = 180


def due(row: Row, targets: Targets) -> tuple[str, str] | None:
    """The next deadline of a visit as ``(stamp, step)``. Steps: offer, retry, accept, depart, arrive, finish."""
    mine = targets.get(row["priority"], {})
    stage, waiting = row["stage"], []

    def promised(step: str, since: str) -> None:
        if step in mine and step not in row["late"]:
            waiting.append((later(since, mine[step]), step))

    if stage == OFFERED:
        waiting.append((row["offer_due_at"], "offer"))
    if stage == REQUESTED and row["retry_at"]:
        waiting.append((row["retry_at"], "retry"))
    if stage in (REQUESTED, OFFERED):
        promised("accept", row["requested_at"])
    if stage == ACCEPTED:
        promised("depart", row["accepted_at"])
    if stage in (ACCEPTED, ON_THE_WAY) and "arrive" in mine and "arrive" not in row["late"]:
        going = max(row["accepted_at"], row["slot_at"] or "")  # who is booked for ten is not late at half past nine
        own = later(going, (row["eta_seconds"] or mine["arrive"]) + ARRIVAL_GRACE_SECONDS)
        waiting.append((min(own, later(max(row["called_at"], row["slot_at"] or ""), mine["arrive"])), "arrive"))
    if stage == ARRIVED:
        promised("finish", row["arrived_at"])
    return min(waiting, default=None)
