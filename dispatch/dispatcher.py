"""The dispatcher: asks the nearest suitable carer, and the next one when there is no answer. Nobody is assumed.

Its verbs are used from two processes: the web (an operator or a carer acts) and the clock (an offer runs out). Both
work on the rows inside one transaction, so whoever comes second finds the visit already moved on.
"""

import json
from collections.abc import Mapping, Sequence
from typing import Any
from zoneinfo import ZoneInfo

from callcenter.deadlines import Deadlines
from callcenter.desk import Who, actor
from callcenter.rules.call import CLOSED, ON_HOLD, WAITING, NotNow, NotThere, Targets, miss
from callcenter.rules.events import Body, Row, call_stream
from callcenter.rules.times import Clock, later, moment
from callcenter.store.cases import Cases
from callcenter.store.log import Log, Writing
from callcenter.store.people import People
from dispatch.choosing import Choosing
from dispatch.rules import visit as life
from dispatch.rules.eta import Position, distance
from dispatch.rules.ranking import Candidate
from dispatch.settings import Sending

CLOCK = "clock"
RETRY_SECONDS = 60.0  # after nobody was left, everyone on shift is asked again this often
OFFER_SECONDS = {1: 30.0, 2: 60.0, 3: 300.0, 4: 1800.0}
FENCE_METRES = 150.0


class Dispatcher:
    """``targets`` are seconds by priority and step; ``auto`` the priorities sent for without an operator's word."""

    def __init__(
        self, log: Log, cases: Cases, people: People, settings: Sending, targets: Targets, zone: ZoneInfo, clock: Clock,
        auto: Sequence[int] = (1,),
    ):  # fmt: skip
        self.log, self.cases, self.people, self.targets, self.clock = log, cases, people, targets, clock
        self.choosing, self.auto = Choosing(people, settings, zone), frozenset(auto)
        self.deadlines = Deadlines(log, cases, "visits", self._due)

    # --- who could go -----------------------------------------------------------------------------------------

    def candidates(self, call_id: str) -> list[Candidate]:
        """Everyone, the nearest suitable first, with reasons; those who cannot go come last with why not."""
        call = self.cases.call(call_id)
        if call is None:
            raise NotThere(f"there is no call {call_id}")
        visits = self.cases.visits_of([call_id])
        active = next((v for v in reversed(visits) if v["ended_at"] is None), None)
        with self.log.database.read() as conn:
            busy = self.cases.busy(conn)
        return self.choosing.rank(
            call["home_id"], call["priority"], busy, _asked(active, _round(active)) if active else {}, self.clock()
        )

    # --- asking -----------------------------------------------------------------------------------------------

    def request(
        self, w: Writing, call_id: str, who: str, carer_id: int | None = None, why: str = "", override_reason: str = ""
    ) -> Row:
        """Open a visit for a call and ask the best carer, or the one chosen. Returns the visit."""
        call = w.row("calls", call_id)
        if call is None:
            raise NotThere(f"there is no call {call_id}")
        if call["stage"] == CLOSED:
            raise NotNow("moved_on", "This call is closed", "Reopen it first", call=call)
        visits = self.cases.visits_in(w.conn, call_id)
        w.know("visits", visits)
        active = [v for v in visits if v["ended_at"] is None]
        idle = next((v for v in active if v["stage"] == life.REQUESTED), None)
        if active and carer_id is None and idle is None:
            name = active[-1]["carer_name"]
            raise NotNow(
                "already_sent",
                "{name} has already been asked",
                "Choose a carer by name to send one more",
                call=call,
                name=name,
            )
        visit = idle or self._open(w, call, f"{call_id}.{len(visits) + 1}", who, why)
        return self._ask(w, visit, who, carer_id, override_reason)

    def _open(self, w: Writing, call: Row, visit_id: str, who: str, why: str) -> Row:
        body = {
            "visit": visit_id, "why": why or call["reason"], "priority": call["priority"],
            "home_id": call["home_id"], "called_at": call["opened_at"],
        }  # fmt: skip
        if call["service"]:  # a booked visit: when it is to begin, and whether an alarm may break it off
            body |= {name: call["service"][name] for name in ("slot_at", "interruptible")}
        w.append(call_stream(call["id"]), "VisitRequested", body, who)
        return _there(w.row("visits", visit_id))

    def _ask(
        self,
        w: Writing,
        visit: Row,
        who: str,
        carer_id: int | None = None,
        override_reason: str = "",
        again: bool = False,
    ) -> Row:
        """Offer the visit to one carer; when nobody is left, say so loudly and come back in a minute."""
        turn = _round(visit) + (1 if again else 0)
        asked = {} if carer_id is not None else _asked(visit, turn)
        ranked = self.choosing.rank(visit["home_id"], visit["priority"], self._busy(w), asked, moment(w.at))
        chosen = self._choose(ranked, carer_id)
        if chosen is None:
            body: Body = {"visit": visit["id"], "asked": len(visit["asked"]), "retry_at": later(w.at, RETRY_SECONDS)}
            return self._append(w, visit, "NobodyLeft", body, who)
        body = {
            "visit": visit["id"], "carer_id": chosen.carer_id, "carer_name": chosen.name,
            "eta_seconds": chosen.eta_seconds, "metres": chosen.metres, "round": turn,
            "reasons": [list(r) for r in chosen.reasons],
            "due_at": later(w.at, self._offer_seconds(visit["priority"])), "override_reason": override_reason,
        }  # fmt: skip
        return self._append(w, visit, "VisitOffered", body, who)

    def _busy(self, w: Writing) -> dict[int, Row]:
        """Who has an active visit, as the store and then as this very transaction has it."""
        changed = w.changed("visits")
        gone = {v["id"] for v in changed}
        busy = {carer: v for carer, v in self.cases.busy(w.conn).items() if v["id"] not in gone}
        return busy | {v["carer_id"]: v for v in changed if v["stage"] in life.BUSY}

    def _choose(self, ranked: Sequence[Candidate], carer_id: int | None) -> Candidate | None:
        if carer_id is None:
            return next((c for c in ranked if c.suitable), None)
        chosen = next((c for c in ranked if c.carer_id == carer_id), None)
        if chosen is None:
            raise NotThere(f"there is no carer {carer_id}")
        if chosen.state == "busy":
            raise NotNow(
                "busy", "{name} is on another visit", "Choose another carer, or end that visit first", name=chosen.name
            )
        return chosen

    def _offer_seconds(self, priority: int) -> float:
        return float(self.targets.get(priority, {}).get("offer", OFFER_SECONDS[priority]))

    # --- what the carer says ----------------------------------------------------------------------------------

    def accept(self, w: Writing, visit_id: str, carer_id: int, who: str, phone_at: str = "") -> Row:
        """A late yes is still taken while nobody else has the visit: the elder comes before the clock."""
        visit = self._visit(w, visit_id)
        if visit["stage"] == life.REQUESTED and any(a["carer_id"] == carer_id for a in visit["asked"]):
            visit = self._ask(w, visit, who, carer_id)
        self._theirs(visit, carer_id)
        return self._said(w, visit, "VisitAccepted", who, phone_at)

    def decline(self, w: Writing, visit_id: str, carer_id: int, who: str, reason: str, phone_at: str = "") -> Row:
        visit = self._theirs(self._visit(w, visit_id), carer_id)
        visit = self._said(w, visit, "OfferDeclined", who, phone_at, reason=reason)
        return self._ask(w, visit, CLOCK)

    def depart(self, w: Writing, visit_id: str, carer_id: int, who: str, phone_at: str = "") -> Row:
        return self._said(w, self._theirs(self._visit(w, visit_id), carer_id), "CarerDeparted", who, phone_at)

    def arrive(
        self, w: Writing, visit_id: str, carer_id: int, who: str, phone_at: str = "",
        position: Mapping[str, float] | None = None,
    ) -> Row:  # fmt: skip
        """At the door. A position inside the fence proves it; without one the arrival is marked as said by hand."""
        visit = self._theirs(self._visit(w, visit_id), carer_id)
        home = self.people.need(visit["home_id"]) if visit["home_id"] else {}
        metres = _metres(home, position)
        proof = "gps" if metres is not None and metres <= FENCE_METRES else "manual"
        return self._said(w, visit, "CarerArrived", who, phone_at, proof=proof, metres=metres)

    def finish(
        self, w: Writing, visit_id: str, carer_id: int, who: str, report: Mapping[str, Any], phone_at: str = ""
    ) -> Row:
        """Done, with a report. A report on a visit cancelled meanwhile is kept as a note: what was seen was seen."""
        visit = self._visit(w, visit_id)
        if visit["stage"] == life.CANCELLED and visit["carer_id"] == carer_id:
            text = json.dumps(dict(report), ensure_ascii=False)
            body = {"text": text, "report": dict(report), "name": visit["carer_name"]}
            w.append(call_stream(visit["call_id"]), "NoteAdded", body, who)
            return visit
        return self._said(w, self._theirs(visit, carer_id), "VisitFinished", who, phone_at, report=dict(report))

    def cancel(self, w: Writing, visit_id: str, user: Who, reason: str, carer_id: int | None = None) -> Row:
        """The operator calls it off; the carer's phone says so and drops the address.

        ``carer_id`` is who the operator saw on the visit: another who has it by now is not called back by mistake.
        """
        visit = self._visit(w, visit_id)
        if carer_id is not None:
            self._theirs(visit, carer_id)
        body = {"visit": visit_id, "reason": reason, "carer_id": visit["carer_id"], "carer_name": visit["carer_name"]}
        return self._append(w, visit, "VisitCancelled", body, actor(user))

    def shown(self, w: Writing, visit_id: str, carer_id: int) -> Row:
        """The carer's phone has the offer on its screen: the receipt of the on-screen channel."""
        visit = self._visit(w, visit_id)
        body = {"visit": visit_id, "channel": "screen", "carer_id": carer_id, "carer_name": visit["carer_name"]}
        return self._append(w, visit, "NoticeDelivered", body, f"carer:{carer_id}")

    # --- the clock --------------------------------------------------------------------------------------------

    def tick(self, now: str) -> int:
        """Act on every visit deadline that has passed by ``now``. Returns how many."""
        return self.deadlines.tick(now)

    def raise_visits(self) -> None:
        """A visit follows its call upwards: a second press must not wait on the clock of the first."""
        with self.log.database.read() as conn:
            if not self.cases.below_their_call(conn):
                return
        with self.log.writing() as w:
            for row in self.cases.below_their_call(w.conn):
                priority = row["call_priority"]
                body = {"visit": row["id"], "priority": priority, "due_at": later(w.at, self._offer_seconds(priority))}
                w.append(call_stream(row["call_id"]), "VisitRaised", body, CLOCK)

    def _due(self, w: Writing, visit: Row, now: str) -> None:
        step = visit["next_step"]
        if step == "offer":
            body = {"visit": visit["id"], "carer_id": visit["carer_id"], "carer_name": visit["carer_name"]}
            self._ask(w, self._append(w, visit, "OfferExpired", body, CLOCK), CLOCK)
        elif step == "retry":
            self._ask(w, visit, CLOCK, again=True)
        else:
            body = {"visit": visit["id"], **miss(visit, self.targets, now)}
            self._append(w, visit, "DeadlineMissed", body, CLOCK)

    def call_missed(self, w: Writing, call: Row, step: str) -> None:
        """Handed to ``callcenter.supervision``: nobody talks to the person of an urgent call, so a carer is asked.

        Not while an operator has the call in hand: half of all presses end in words, and are talked about for longer.
        """
        nobody = call["stage"] in (WAITING, ON_HOLD) and call["requested_at"] is None
        if step in ("answer", "decide") and call["priority"] in self.auto and nobody and "decide" in call["late"]:
            self.request(w, call["id"], CLOCK)

    # --- common ground ----------------------------------------------------------------------------------------

    def _visit(self, w: Writing, visit_id: str) -> Row:
        visit = w.row("visits", visit_id)
        if visit is None:
            raise NotThere(f"there is no visit {visit_id}")
        return visit

    def _theirs(self, visit: Row, carer_id: int) -> Row:
        if visit["stage"] == life.CANCELLED:
            raise NotNow("cancelled", "This visit was cancelled", "Nothing more to do here", visit=visit)
        if visit["carer_id"] != carer_id:
            raise NotNow("not_yours", "{name} has this visit now", "Nothing more to do here", visit=visit,
                         name=visit["carer_name"] or "—")  # fmt: skip
        return visit

    def _said(self, w: Writing, visit: Row, kind: str, who: str, phone_at: str, **more: Any) -> Row:
        if not life.may(visit, kind):
            raise NotNow(
                "not_now", "The visit is already {stage}", "Look at the job again", visit=visit, stage=visit["stage"]
            )
        body = {"visit": visit["id"], "carer_id": visit["carer_id"], "carer_name": visit["carer_name"], **more}
        return self._append(w, visit, kind, {**body, "phone_at": phone_at} if phone_at else body, who)

    def _append(self, w: Writing, visit: Row, kind: str, body: Body, who: str) -> Row:
        w.append(call_stream(visit["call_id"]), kind, body, who)
        return _there(w.row("visits", visit["id"]))


def _there(row: Row | None) -> Row:
    assert row is not None
    return row


def _round(visit: Row | None) -> int:
    return int(visit["asked"][-1]["round"]) if visit and visit["asked"] else 1


def _asked(visit: Row, turn: int) -> dict[int, str]:
    return {a["carer_id"]: a["result"] for a in visit["asked"] if a["round"] == turn}


def _metres(home: Row, position: Mapping[str, float] | None) -> float | None:
    if not position or home.get("latitude") is None:
        return None
    here = Position(position["latitude"], position["longitude"])
    return round(distance(here, Position(home["latitude"], home["longitude"])), 1)
