"""What the people at the desk do: every verb on a call, whoever may say it or may not; sitting down and getting up."""

from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from callcenter.answered import Answered
from callcenter.rules.call import EVIDENCE, OUTCOMES
from callcenter.rules.criteria import SERVICES, TICKED
from callcenter.rules.emergency import CREW_EVIDENCE
from callcenter.rules.events import Row
from callcenter.rules.in_hand import REASONS
from callcenter.rules.pauses import REASONS as WHY_WAIT
from callcenter.rules.sighting import carer_came
from callcenter.rules.times import later, stamp
from callcenter.store.tasks import TaskStore
from callcenter.tasks import Tasks
from tests.conftest import ZONE
from tests.coroner.ground import Ground, anybody_there, hand, user, which

PLAIN = ("answer", "answer", "resume", "reopen", "note", "resume_clock")
OFFERED = ("accept", "accept", "decline", "take_back", "attend", "loss_seen")


class Hands(Ground):
    def whose(self, which: int, hand: int) -> Any:
        """Who says something about a case: one of the staff, or (-1) whoever it was offered to, else has it."""
        found = self.of_people()
        call = found[which % len(found)] if found else {}
        offered = (call.get("transfer") or {}).get("to_id") or (call.get("owner_offer") or {}).get("to_id")
        chosen = offered or call.get("holder_id") or 1
        who = self.staff[hand if hand >= 0 else chosen - 1]
        self.at_a_console(who)
        return who

    def say(self, verb: Any, which: int, hand: int, *words: Any, **more: Any) -> bool:
        """Somebody at a console says a verb on one of the cases."""
        who = self.whose(which, hand)
        return self.tried(lambda call: self.done(verb, call["id"], who, *words, **more), which)

    # --- the call -------------------------------------------------------------------------------------------------

    @anybody_there
    @rule(which=which)
    def an_operator_goes_on(self, which: int) -> None:
        """The next thing a good operator does: take it up, listen, ask, close."""
        found = self.of_people()
        call = found[which % len(found)]
        who, desk = self.whose(which, -1), self.centre.desk
        if call["stage"] == "closed":
            return
        if call["stage"] != "answered":
            self.maybe(lambda: self.done(desk.answer if call["stage"] == "waiting" else desk.resume, call["id"], who))
        elif not call["script"]["heard_at"]:
            self.maybe(lambda: self.done(desk.heard, call["id"], who, anybody=True))
        else:
            evidence = "was_seen" if carer_came(call) else "spoke_clearly"
            more = {"seen_version": call["version"], "outcome": "helped", "evidence": evidence, "words": "好了"}
            self.maybe(lambda: self.centre.act("close", call, who, **more))

    @anybody_there
    @rule(which=which, user=hand, verb=st.sampled_from(PLAIN))
    def an_operator_does(self, which: int, user: int, verb: str) -> None:
        more: Row = {"reopen": {"reason": "又响了"}, "note": {"text": "说话"}}.get(verb, {})
        self.say(getattr(self.centre.desk, verb), which, user, **more)

    @anybody_there
    @rule(which=which, user=hand, reason=st.sampled_from(WHY_WAIT), minutes=st.sampled_from((10, 30)))
    def an_operator_stops_the_clock(self, which: int, user: int, reason: str, minutes: int) -> None:
        self.say(self.centre.desk.pause, which, user, reason=reason, minutes=minutes)

    @anybody_there
    @rule(which=which, user=hand, seconds=st.sampled_from((60, 120)))
    def an_operator_holds(self, which: int, user: int, seconds: int) -> None:
        self.say(self.centre.desk.hold, which, user, seconds=seconds)

    @anybody_there
    @rule(which=which, user=hand, anybody=st.booleans())
    def an_operator_hears(self, which: int, user: int, anybody: bool) -> None:
        self.say(self.centre.desk.heard, which, user, anybody=anybody)

    @anybody_there
    @rule(which=which, user=hand, steps=st.integers(1, 4), choice=st.integers(0, 3))
    def an_operator_asks_the_script(self, which: int, user: int, steps: int, choice: int) -> None:
        """The first steps of the case's script, each with one of the answers it takes."""

        def ask(call: Row) -> None:
            asked = self.centre.scripts.of(call)[:steps]
            answers = {one.id: one.codes[choice % len(one.codes)] if one.codes else "在家" for one in asked}
            answered = Answered(self.centre.desk, lambda: self.centre.now)
            self.done(answered.answer, call["id"], who, answers)

        who = self.whose(which, user)
        self.tried(ask, which)

    @anybody_there
    @rule(which=which, user=hand, outcome=st.sampled_from(OUTCOMES), evidence=st.sampled_from((*EVIDENCE, "")),
          behind=st.sampled_from((0, 0, 0, 2)), asks=st.booleans())  # fmt: skip
    def an_operator_closes(self, which: int, user: int, outcome: str, evidence: str, behind: int, asks: bool) -> None:
        """With evidence or without, having seen everything or not, with the script asked or left out."""

        def close(call: Row) -> None:
            seen = max(1, call["version"] - behind)
            more = {"seen_version": seen, "outcome": outcome, "evidence": evidence, "words": "结束"}
            (self.centre.act if asks else self.centre.act_as_typed)("close", call, who, **more)
            assert evidence, "closed without evidence"
            assert call["seen_version"] <= seen, "closed over something nobody has looked at"
            assert call["holder_id"] == who.id or call["taken_version"] <= seen

        who = self.whose(which, user)
        self.tried(close, which)

    # --- whose it is ----------------------------------------------------------------------------------------------

    @anybody_there
    @rule(which=which, user=hand, to=user, verb=st.sampled_from(("offer", "accept", "keep")))
    def an_owner_hands_on(self, which: int, user: int, to: int, verb: str) -> None:
        more = {"to": self.staff[to].id} if verb == "offer" else {}
        self.say(getattr(self.centre.owning, verb), which, user, **more)

    @anybody_there
    @rule(which=which, user=user, why=st.sampled_from(("", *REASONS)), behind=st.sampled_from((0, 0, 3)))
    def somebody_takes_over(self, which: int, user: int, why: str, behind: int) -> None:
        def take(call: Row) -> None:
            seen = max(1, call["version"] - behind)
            self.done(self.centre.in_hand.take_over, call["id"], self.staff[user], seen=seen, why=why, words="我来")
            now = self.centre.call(call)
            assert now["loss"]["from_id"] == call["holder_id"], "taken away, and the one who had it is not told"
            assert not now["loss"]["seen"]

        self.at_a_console(self.staff[user])
        self.tried(take, which)

    @anybody_there
    @rule(which=which, user=hand, to=user, skill=st.sampled_from(("", "", "zh", "bo")))
    def a_call_is_offered(self, which: int, user: int, to: int, skill: str) -> None:
        more = {"to": None if skill else self.staff[to].id, "skill": skill, "words": "她说青海话"}
        self.say(self.centre.in_hand.offer, which, user, **more)

    @anybody_there
    @rule(which=which, user=hand, verb=st.sampled_from(OFFERED))
    def an_offer_is_answered(self, which: int, user: int, verb: str) -> None:
        self.say(getattr(self.centre.in_hand, verb), which, user)

    @anybody_there
    @rule(which=which, user=hand, kind=st.sampled_from(("operator", "outside")), leaves=st.booleans())
    def a_third_comes_onto_the_line(self, which: int, user: int, kind: str, leaves: bool) -> None:
        hands = self.centre.in_hand
        if self.say(hands.join, which, user, kind=kind, name="女儿", phone="13900000000", why="听一下") and leaves:
            found = self.of_people()
            for key in self.centre.call(found[which % len(found)])["joined"]:
                self.say(hands.leave, which, user, key=key)
        assert all(f"user:{c['holder_id']}" not in c["joined"] for c in self.cases()), "on the line with themselves"

    # --- 120, 119, 110 --------------------------------------------------------------------------------------------

    @anybody_there
    @rule(which=which, user=hand, service=st.sampled_from(SERVICES),
          criteria=st.sets(st.sampled_from(TICKED), max_size=2),
          act=st.sampled_from(("assess", "call", "call", "chase", "crew_arrived", "stand_down", "refuse", "meet")),
          spoke=st.booleans(), evidence=st.sampled_from(CREW_EVIDENCE))  # fmt: skip
    def the_emergency_services(
        self, which: int, user: int, service: str, criteria: set[str], act: str, spoke: bool, evidence: str
    ) -> None:
        more: Row = {
            "assess": {"criteria": sorted(criteria), "spoke": spoke},
            "call": {"service": service, "criteria": sorted(criteria)},
            "chase": {"service": service, "words": "还要十分钟"},
            "crew_arrived": {"service": service, "evidence": evidence},
            "stand_down": {"service": service, "reason": "已坐起"},
            "refuse": {"reason": "老人不去"},
            "meet": {"person": "保安", "where": "东门"},
        }[act]
        self.say(getattr(self.centre.emergency, act), which, user, **more)

    # --- what is left over ----------------------------------------------------------------------------------------

    @anybody_there
    @rule(which=which, user=user, to=user, verb=st.sampled_from(("make", "hand_over", "done")), behind=st.booleans())
    def a_task_is_left(self, which: int, user: int, to: int, verb: str, behind: bool) -> None:
        def find(number: int) -> Row | None:
            return next((one.__dict__ for one in self.centre.seats if one.id == number), None)

        tasks = Tasks(TaskStore(self.database), find, ZONE)
        self.at_a_console(self.staff[user])
        open_tasks = [row for one in self.staff for row in TaskStore(self.database).owned(one.id)]
        if verb == "make":
            due = later(stamp(self.centre.now), 0.0 if behind else 3600.0)
            self.tried(lambda call: self.done(
                tasks.make, self.staff[user], "call_back", "再打一次", due, call["id"]), which)  # fmt: skip
        elif verb == "hand_over":
            self.tried(lambda row: self.done(
                tasks.hand_over, row["id"], self.staff[user], self.staff[to].id), which, open_tasks)  # fmt: skip
        else:
            self.tried(lambda row: self.done(tasks.done, row["id"], self.staff[user], "打了"), which, open_tasks)

    @precondition(lambda night: bool(night.to_ring()))
    @rule(which=which, user=user, rating=st.sampled_from((0, 2, 5)))
    def an_operator_rings_who_was_visited(self, which: int, user: int, rating: int) -> None:
        """Asked how it was; 0: nobody picked up."""
        book = self.centre.services.callbacks
        self.at_a_console(self.staff[user])
        due = self.to_ring()
        if rating:
            self.tried(lambda row: self.done(book.rated, row["id"], self.staff[user], rating, "来得慢"), which, due)
        else:
            self.tried(lambda row: self.done(book.not_reached, row["id"], self.staff[user]), which, due)

    def to_ring(self) -> list[Row]:
        return [row for row in self.centre.services.diary.to_ring() if row["purpose"] == "rate"]

    # --- the seats ------------------------------------------------------------------------------------------------

    @rule(user=user, skill=st.sampled_from(((), ("zh", "bo"))))
    def somebody_sits_down(self, user: int, skill: tuple[str, ...]) -> None:
        self.at_a_console(self.staff[user])
        self.done(self.centre.places.sign_on, self.staff[user], skill)

    @rule(user=user, how=st.sampled_from(("break", "off", "tab")), seconds=st.sampled_from((0.0, 45.0, 100.0)))
    def somebody_gets_up(self, user: int, how: str, seconds: float) -> None:
        """For a meal, for good, or the browser just dies; then the others look on for a while."""
        who, places = self.staff[user], self.centre.places
        if how == "break":
            self.at_a_console(who)
            self.maybe(lambda: self.done(places.take_break, who, "meal", 30, "", anyway=seconds > 50))
        elif how == "off":
            self.maybe(lambda: self.done(places.sign_off, who, "shift_end", ""))
            self.desks.tabs.pop(f"tab-of-{who.id}", None)
        else:
            self.desks.tabs.pop(f"tab-of-{who.id}", None)
        self.passes(seconds, 5.0)
