"""The dispatcher: asks the nearest suitable carer, and the next one when there is no answer. Nobody is assumed.

Its verbs are used from two processes: the web (an operator or a carer acts) and the clock (``visit_clock.py``: an offer
runs out). Both work on the rows inside one transaction, so whoever comes second finds the visit already moved on.
"""

import json
from collections.abc import Callable, Mapping
from typing import Any
from zoneinfo import ZoneInfo

from callcenter.desk import Who, actor, known_call
from callcenter.rules.call import CLOSED, NotNow, NotThere
from callcenter.rules.events import Body, Row, call_stream
from callcenter.rules.promises import Book
from callcenter.rules.times import Clock, later
from callcenter.store.cases import Cases
from callcenter.store.log import Log, Writing
from callcenter.store.people import People
from dispatch.asking import CLOCK, URGENT, Asking, Named, Patience, Resolver, asked_in_round
from dispatch.choosing import Choosing, OnDuty
from dispatch.rules import ladder, stay
from dispatch.rules import visit as life
from dispatch.rules.proof import by_position
from dispatch.rules.ranking import Candidate
from dispatch.settings import Sending

LATE_ENOUGH_SECONDS = 60.0  # whoever is in doubt is believed to need so much longer than they said
Rebook = Callable[[Writing, Row], bool]


class Dispatcher:
    """``targets`` says what a visit is owed.

    ``rebook`` is told of an interrupted visit in the same transaction and says whether it has taken care of it.
    """

    def __init__(
        self, log: Log, cases: Cases, people: People, settings: Sending, targets: Book, zone: ZoneInfo, clock: Clock,
        resolvers: Mapping[str, Resolver] | None = None,
        rebook: Rebook = lambda _w, _visit: False, patience: Patience = lambda _visit, _at: None,
        duty: OnDuty | None = None,
    ):  # fmt: skip
        self.log, self.cases, self.people, self.targets, self.clock = log, cases, people, targets, clock
        self.choosing, self.rebook = Choosing(people, settings, zone, duty), rebook
        self.phone, self.zone = settings.phone, zone
        self.asking = Asking(cases, people, self.choosing, settings.ladders, targets, zone, resolvers or {}, patience)

    # --- who could go -----------------------------------------------------------------------------------------

    def candidates(self, call_id: str) -> list[Candidate]:
        """Everyone, the nearest suitable first, with reasons; those who cannot go come last with why not."""
        call = self.cases.call(call_id)
        if call is None:
            raise NotThere(f"there is no call {call_id}")
        visits = self.cases.visits_of([call_id])
        active = next((v for v in reversed(visits) if v["stage"] in life.ASKING), None)
        with self.log.database.read() as conn:
            busy = self.cases.busy(conn)
        asked = asked_in_round(active)
        busy = {carer: visit for carer, visit in busy.items() if not active or visit["id"] != active["id"]}
        if call["carer_id"] and active:  # nobody is sent to help themselves
            busy[call["carer_id"]] = active
        home_id = call["home_id"] or call["at_home_id"]
        return self.choosing.rank(home_id, call["priority"], busy, asked, self.choosing.look(self.clock()), call)

    def candidates_in(self, w: Writing, call: Row) -> list[Candidate]:
        """The same inside a transaction, for a call nobody has been asked about."""
        look = self.choosing.look(self.clock())
        return self.choosing.rank(call["home_id"], call["priority"], self.cases.busy(w.conn), {}, look)

    def tier(self, home_id: int) -> str:
        """The highest risk of anybody in a home; empty where nobody wrote it down."""
        return min((tier for tier in self.people.need(home_id).get("tiers", ()) if tier), default="")

    # --- asking -----------------------------------------------------------------------------------------------

    def request(
        self, w: Writing, call_id: str, who: str, carer_id: int | None = None, why: str = "", override_reason: str = ""
    ) -> Row:
        """Open a visit for a call and climb its ladder, beginning with the carer chosen. Returns the visit."""
        call = known_call(w, call_id)
        if call["stage"] == CLOSED:
            raise NotNow("moved_on", "This call is closed", "Reopen it first", call=call)
        active = [v for v in self.visits(w, call_id) if v["ended_at"] is None]
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
        if idle is None:
            return self.open(w, call, who, carer_id, why=why, override_reason=override_reason)
        if carer_id is None:
            return self.asking.climb(w, idle, who)
        chosen = self.asking.named(w, idle, carer_id)
        return self.asking.offer(w, idle, chosen, max(idle["rung"], 0), who, override_reason)

    def open(
        self, w: Writing, call: Row, who: str, carer_id: int | None = None, *, why: str = "", override_reason: str = "",
        backs_up: str | None = None, interruptible: bool = False, later_on: bool = False,
    ) -> Row:  # fmt: skip
        """One more visit for a call; what the ladder lacks is said before it is reached.

        Somebody is asked at once, or, with ``later_on``, at the clock's next turn, together with whatever else waits
        then: of many homes no one should get the carer of another because it was looked at first.
        """
        visit_id = f"{call['id']}.{len(self.visits(w, call['id'])) + 1}"
        body = {
            "visit": visit_id, "why": why or call["reason"], "priority": call["priority"],
            "home_id": call["home_id"] or call["at_home_id"],
            "called_at": call["opened_at"], "interruptible": interruptible, "backs_up": backs_up,
            "ladder": ladder.written(ladder.BACKUP if backs_up else self.asking.steps_for(call["priority"], w.at)),
        }  # fmt: skip
        booked = call["service"] and call["priority"] not in URGENT
        if booked:  # when it is to begin, and whether an alarm may break it off
            body |= {name: call["service"][name] for name in ("slot_at", "interruptible")}
        w.append(call_stream(call["id"]), "VisitRequested", body, who)
        visit = _there(w.row("visits", visit_id))
        if visit["priority"] in URGENT and (gaps := self.asking.gaps(w, visit)):
            visit = self.append(w, visit, "LadderHasGaps", {"visit": visit_id, "empty": gaps}, who)
        if later_on:
            return visit
        return self.asking.climb(w, visit, who, Named(carer_id, override_reason) if carer_id is not None else None)

    def visits(self, w: Writing, call_id: str) -> list[Row]:
        """The visits of a call as this transaction has them."""
        stored = self.cases.visits_in(w.conn, call_id)
        w.know("visits", stored)
        changed = {v["id"]: v for v in w.changed("visits") if v["call_id"] == call_id}
        return list(({v["id"]: v for v in stored} | changed).values())

    # --- what the carer says ----------------------------------------------------------------------------------

    def accept(self, w: Writing, visit_id: str, carer_id: int, who: str, phone_at: str = "") -> Row:
        """The first yes wins, and the others are told so at once.

        A late yes is still taken while nobody else has the visit: the elder comes before the clock.
        """
        visit = self._visit(w, visit_id)
        if visit["stage"] in life.ASKING and not life.offer_of(visit, carer_id) and _was_asked(visit, carer_id):
            chosen = self.asking.named(w, visit, carer_id)
            visit = self.asking.offer(w, visit, chosen, max(visit["rung"], 0), who)
        self._theirs(visit, carer_id)
        self._leave(w, visit, carer_id, who)
        visit = self.told(w, visit, carer_id, "VisitAccepted", who, phone_at)
        visit = self.asking.withdraw(w, visit, "accepted", who, carer_id)
        self.asking.leave_other_offers(w, visit, carer_id, who)
        if visit["backs_up"]:
            self._relieve(w, visit)
        return visit

    def _leave(self, w: Writing, visit: Row, carer_id: int, who: str) -> None:
        """The carer's other visit gives way when it may; it is booked anew or asked for again, never forgotten."""
        other = self.cases.busy(w.conn).get(carer_id)
        other = w.row("visits", other["id"]) if other else None
        if other is None or other["id"] == visit["id"] or other["stage"] not in life.GOING:
            return
        if not life.may_interrupt(visit, other):
            raise NotNow("busy", "{name} is on another visit", "Finish that visit first", name=other["carer_name"])
        body = {"visit": other["id"], "carer_id": carer_id, "carer_name": other["carer_name"], "by_visit": visit["id"]}
        left = self.append(w, other, "VisitInterrupted", body, who)
        if not self.rebook(w, left):
            call = _there(w.row("calls", left["call_id"]))
            self.open(w, call, CLOCK, why=left["why"], interruptible=left["interruptible"])

    def _relieve(self, w: Writing, visit: Row) -> None:
        """A second carer has said yes because the first was in doubt: the first is called back if that one is earlier.

        Never one whose phone is silent: they may need help themselves, and nobody would look for them any more.
        """
        first = w.row("visits", visit["backs_up"])
        if first is None or first["stage"] not in life.UNDERWAY or "silent" in first["doubts"]:
            return
        expected = later(first["accepted_at"], (first["eta_seconds"] or 0) + LATE_ENOUGH_SECONDS)
        if w.at > expected or later(w.at, visit["eta_seconds"] or 0) < expected:
            self.call_off(w, first, "relieved", CLOCK)

    def decline(self, w: Writing, visit_id: str, carer_id: int, who: str, reason: str, phone_at: str = "") -> Row:
        visit = self._theirs(self._visit(w, visit_id), carer_id)
        return self.asking.climb_if_idle(
            w, self.told(w, visit, carer_id, "OfferDeclined", who, phone_at, reason=reason)
        )

    def depart(self, w: Writing, visit_id: str, carer_id: int, who: str, phone_at: str = "") -> Row:
        return self._said(w, self._theirs(self._visit(w, visit_id), carer_id), "CarerDeparted", who, phone_at)

    def arrive(
        self, w: Writing, visit_id: str, carer_id: int, who: str, phone_at: str = "",
        position: Mapping[str, float] | None = None, tag: int | None = None,
    ) -> Row:  # fmt: skip
        """At the door. A tag there or a position at the fence proves it; else the arrival is marked as said by hand."""
        visit = self._theirs(self._visit(w, visit_id), carer_id)
        home = self.people.need(visit["home_id"]) if visit["home_id"] else {}
        by_tag: Body = {"proof": "tag", "tag": tag}
        more = by_tag if tag is not None else by_position(home, position, self.phone.fence_metres)
        more["journey"] = self.choosing.ways.journey(w, visit, more["proof"], phone_at)
        more["stay_seconds"] = self.stay_seconds(visit)
        return self._said(w, visit, "CarerArrived", who, phone_at, **more)

    def stay_seconds(self, visit: Row) -> int:
        """How long the carer of this visit may be silent in the home."""
        return stay.seconds(visit["priority"], self.phone.stay_minutes)

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
        others = self._others(w, visit)
        visit = self._theirs(visit, carer_id)
        return self._said(w, visit, "VisitFinished", who, phone_at, report=dict(report), others=others)

    def cancel(self, w: Writing, visit_id: str, user: Who, reason: str, carer_id: int | None = None) -> Row:
        """The operator calls it off; the carer's phone says so and drops the address.

        ``carer_id`` is who the operator saw on the visit: another who has it by now is not called back by mistake.
        """
        visit = self._visit(w, visit_id)
        if carer_id is not None:
            self._theirs(visit, carer_id)
        return self.call_off(w, visit, reason, actor(user))

    def call_off(self, w: Writing, visit: Row, reason: str, who: str) -> Row:
        """Everyone who is asked is told too; ``others`` says that the call is not left without anybody."""
        visit = self.asking.withdraw(w, visit, "cancelled", who)
        body = {"visit": visit["id"], "reason": reason, "carer_id": visit["carer_id"],
                "carer_name": visit["carer_name"], "others": self._others(w, visit)}  # fmt: skip
        return self.append(w, visit, "VisitCancelled", body, who)

    def _others(self, w: Writing, visit: Row) -> bool:
        return any(v["ended_at"] is None and v["id"] != visit["id"] for v in self.visits(w, visit["call_id"]))

    def shown(self, w: Writing, visit_id: str, carer_id: int) -> Row:
        """The carer's phone has the offer on its screen: it has been read."""
        visit = self._visit(w, visit_id)
        body = {"visit": visit_id, "channel": "screen", "carer_id": carer_id, "carer_name": _name(visit, carer_id)}
        return self.append(w, visit, "NoticeRead", body, f"carer:{carer_id}")

    # --- common ground ----------------------------------------------------------------------------------------

    def _visit(self, w: Writing, visit_id: str) -> Row:
        visit = w.row("visits", visit_id)
        if visit is None:
            raise NotThere(f"there is no visit {visit_id}")
        return visit

    def _theirs(self, visit: Row, carer_id: int) -> Row:
        if visit["stage"] == life.CANCELLED:
            raise NotNow("cancelled", "This visit was cancelled", "Nothing more to do here", visit=visit)
        theirs = life.offer_of(visit, carer_id) if visit["stage"] == life.OFFERED else visit["carer_id"] == carer_id
        if not theirs:
            raise NotNow("not_yours", "{name} has this visit now", "Nothing more to do here", visit=visit,
                         name=visit["carer_name"] or "—")  # fmt: skip
        return visit

    def _said(self, w: Writing, visit: Row, kind: str, who: str, phone_at: str, **more: Any) -> Row:
        if not life.may(visit, kind):
            raise NotNow(
                "not_now", "The visit is already {stage}", "Look at the job again", visit=visit, stage=visit["stage"]
            )
        body = {"visit": visit["id"], "carer_id": visit["carer_id"], "carer_name": visit["carer_name"], **more}
        return self.append(w, visit, kind, {**body, "phone_at": phone_at} if phone_at else body, who)

    def told(self, w: Writing, visit: Row, carer_id: int, kind: str, who: str, phone_at: str = "", **more: Any) -> Row:
        """What became of one carer's offer."""
        body = {"visit": visit["id"], "carer_id": carer_id, "carer_name": _name(visit, carer_id), **more}
        return self.append(w, visit, kind, {**body, "phone_at": phone_at} if phone_at else body, who)

    def append(self, w: Writing, visit: Row, kind: str, body: Body, who: str) -> Row:
        w.append(call_stream(visit["call_id"]), kind, body, who)
        return _there(w.row("visits", visit["id"]))


def _there(row: Row | None) -> Row:
    assert row is not None
    return row


def _name(visit: Row, carer_id: int) -> str:
    return next((str(one["name"]) for one in reversed(visit["asked"]) if one["carer_id"] == carer_id), "")


def _was_asked(visit: Row, carer_id: int) -> bool:
    return any(one["carer_id"] == carer_id for one in visit["asked"])
