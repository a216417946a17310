"""A night of any events in any order, and what must hold after each: the rules of the model check.

Three homes press, operators, carers and crews do whatever they may, time passes, processes start again. After every
step: no path has ended a case without evidence; no press is without an owner or a running deadline; no priority fell.
"""

import shutil
import tempfile
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any, ClassVar

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from callcenter.rules.call import CLOSED, DEVICE_PRIORITY, EVIDENCE, OUTCOMES, NotNow, NotThere
from callcenter.rules.emergency import CREW_EVIDENCE, SERVICES, TICKED, crew_came
from callcenter.rules.events import Row, call_of
from callcenter.store.database import Database
from tests.conftest import CANCEL, FALL, MAINS_BACK, MAINS_LOST, SERVICE, SOS, Rehearsal

HOMES = ("1042", "1107", "1233")
HUMAN = {SOS: 1, FALL: 1, SERVICE: 3}
TECHNICAL = (MAINS_LOST, MAINS_BACK, CANCEL)
SPANS = (1.0, 16.0, 61.0, 125.0, 400.0, 1900.0)
Act = Callable[["Night", Row, Any], object]

which = st.integers(min_value=0, max_value=5)
user = st.sampled_from((0, 1, 2))


class Night(RuleBasedStateMachine):
    """``district`` is the file of a filled SQLite database; each example works on a copy."""

    district: ClassVar[Path]

    @initialize()
    def begin(self) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="night"))
        shutil.copy(self.district, self.folder / "anxin.db")
        self.database = Database(f"sqlite:///{self.folder / 'anxin.db'}")
        self.centre = Rehearsal(self.database)
        self.staff = [self.centre.operator, self.centre.other, self.centre.supervisor]
        self.pressed: dict[str, int] = dict.fromkeys(HOMES, 0)
        self.graver: dict[str, int] = {}
        self.frames: list[bytes] = []
        self.looked_at = self.centre.log.head()

    def teardown(self) -> None:
        if not hasattr(self, "centre"):
            return
        try:
            assert not self.centre.verify().faults
        finally:
            self.database.close()
            shutil.rmtree(self.folder)

    # --- what happens in a night ------------------------------------------------------------------------------

    @rule(account=st.sampled_from(HOMES), code=st.sampled_from(sorted(HUMAN)))
    def somebody_presses(self, account: str, code: str) -> None:
        frame = self.centre.frame(account, code)
        self.frames.append(frame)
        self.centre.receive(frame)
        self.pressed[account] += 1

    @rule()
    def the_last_frame_comes_again(self) -> None:
        """At once, as a device does that has not heard its acknowledgement: it is no second press."""
        if self.frames and self.just_pressed():
            self.centre.receive(self.frames[-1])

    @rule(account=st.sampled_from(HOMES), code=st.sampled_from(TECHNICAL))
    def a_device_speaks(self, account: str, code: str) -> None:
        self.centre.receive(self.centre.frame(account, code))

    @rule(which=which, user=user, verb=st.sampled_from(("answer", "resume", "reopen", "note", "pause")))
    def an_operator_does(self, which: int, user: int, verb: str) -> None:
        more: Row = {"reopen": {"reason": "又响了"}, "note": {"text": "说话"}}.get(verb, {})
        more = {"reason": "resident_asked", "minutes": 30} if verb == "pause" else more
        self.tried(lambda call: self.centre.act(verb, call, self.staff[user], **more), which)

    @rule(which=which, user=user, seconds=st.sampled_from((60, 120)))
    def an_operator_holds(self, which: int, user: int, seconds: int) -> None:
        self.tried(lambda call: self.centre.act("hold", call, self.staff[user], seconds=seconds), which)

    @rule(which=which, user=user, anybody=st.booleans())
    def an_operator_hears(self, which: int, user: int, anybody: bool) -> None:
        self.tried(lambda call: self.centre.act("heard", call, self.staff[user], anybody=anybody), which)

    @rule(which=which, user=user, outcome=st.sampled_from(OUTCOMES), evidence=st.sampled_from(EVIDENCE))
    def an_operator_closes(self, which: int, user: int, outcome: str, evidence: str) -> None:
        def close(call: Row) -> None:
            more = {"seen_version": call["version"], "outcome": outcome, "evidence": evidence, "words": "结束"}
            self.centre.act("close", call, self.staff[user], **more)

        self.tried(close, which)

    @rule(which=which, user=user, to=user, verb=st.sampled_from(("offer", "accept", "keep")))
    def a_case_changes_hands(self, which: int, user: int, to: int, verb: str) -> None:
        more = {"to": self.staff[to].id} if verb == "offer" else {}
        with_ = SimpleNamespace(owning=self.centre.owning)
        self.tried(lambda call: self.done(getattr(with_.owning, verb), call["id"], self.staff[user], **more), which)

    @rule(which=which, service=st.sampled_from(SERVICES), criteria=st.sets(st.sampled_from(TICKED), max_size=2),
          act=st.sampled_from(("assess", "call", "chase", "crew_arrived", "stand_down", "refuse")), spoke=st.booleans(),
          evidence=st.sampled_from(CREW_EVIDENCE))  # fmt: skip
    def the_emergency_services(
        self, which: int, service: str, criteria: set[str], act: str, spoke: bool, evidence: str
    ) -> None:
        more: Row = {
            "assess": {"criteria": sorted(criteria), "spoke": spoke},
            "call": {"service": service, "criteria": sorted(criteria)},
            "chase": {"service": service, "words": "还要十分钟"},
            "crew_arrived": {"service": service, "evidence": evidence},
            "stand_down": {"service": service, "reason": "已坐起"},
            "refuse": {"reason": "老人不去"},
        }[act]
        verb = getattr(self.centre.emergency, act)
        self.tried(lambda call: self.done(verb, call["id"], self.staff[0], **more), which)

    @rule(which=which)
    def somebody_is_sent(self, which: int) -> None:
        self.tried(self.centre.send, which)

    @rule(which=which, visit=which, verb=st.sampled_from(("accept", "decline", "depart", "arrive", "finish", "cancel")))
    def a_carer_says(self, which: int, visit: int, verb: str) -> None:
        def say(call: Row) -> None:
            visits = self.centre.cases.visits_of([call["id"]])
            if not visits:
                return
            one = visits[visit % len(visits)]
            if verb == "cancel":
                self.done(self.centre.dispatcher.cancel, one["id"], self.staff[0], "不用了")
            elif one["carer_id"]:
                more = {"decline": {"reason": "走不开"}, "finish": {"report": {"done": "看过"}}}.get(verb, {})
                self.centre.carer(verb, one, **more)

        self.tried(say, which)

    @rule(seconds=st.sampled_from(SPANS))
    def time_passes(self, seconds: float) -> None:
        self.centre.wait(seconds, step=max(seconds / 8, 1.0))

    @rule()
    def every_process_starts_again(self) -> None:
        now = self.centre.now + timedelta(seconds=3)
        self.centre = Rehearsal(self.database, now)
        self.centre._sequence = 5000 + self.centre.log.head()

    # --- what must hold ---------------------------------------------------------------------------------------

    @invariant()
    def no_press_is_without_an_owner_or_a_running_deadline(self) -> None:
        for call in self.open_cases():
            held = call["stage"] != "waiting" and call["holder_id"] is not None
            visits = self.centre.cases.visits_of([call["id"]])
            runs = call["next_due_at"] or any(v["next_due_at"] for v in visits if v["ended_at"] is None)
            said = f"{call['id']} {call['stage']}: nobody holds it and no clock runs"
            assert held or runs, f"{said}: {call} {visits}"

    @invariant()
    def every_press_is_in_exactly_one_case(self) -> None:
        for account, count in self.pressed.items():
            cases = [c for c in self.cases() if c["account"] == account and c["priority"] < DEVICE_PRIORITY]
            assert sum(c["presses"] for c in cases) == count, account
            assert sum(c["stage"] != CLOSED for c in cases) <= 1, f"two open cases of {account}"

    @invariant()
    def no_priority_falls(self) -> None:
        for call in self.cases():
            assert call["priority"] <= self.graver.get(call["id"], 9), call["id"]
            self.graver[call["id"]] = call["priority"]

    @invariant()
    def no_case_of_a_person_ends_without_a_person_who_says_why(self) -> None:
        for event in self.centre.log.after(self.looked_at, 1000):
            call = self.centre.cases.call(call_of(event) or "")
            if event.kind == "CallClosed" and call and call["priority"] < DEVICE_PRIORITY:
                assert event.actor.startswith("user:"), "a machine has closed the case of a person"
                assert event.body["words"]
                assert event.body["evidence"] in EVIDENCE
                crew = crew_came(call["emergency"])
                assert event.body["evidence"] != "handed_over" or crew
                assert event.body["evidence"] != "was_seen" or call["arrived_at"] or crew
                under_way = [v["id"] for v in self.centre.cases.visits_of([call["id"]]) if v["ended_at"] is None]
                assert call["stage"] != CLOSED or not under_way, "closed over the head of somebody on the way"
        self.looked_at = self.centre.log.head()

    # --- common ground ----------------------------------------------------------------------------------------

    def cases(self) -> list[Row]:
        if not hasattr(self, "centre"):
            return []
        return self.centre.cases.listed(("waiting", "answered", "on_hold", "closed"), (), "", 200)

    def open_cases(self) -> list[Row]:
        return [c for c in self.cases() if c["stage"] != CLOSED and c["priority"] < DEVICE_PRIORITY]

    def just_pressed(self) -> bool:
        last = max((c["last_press_at"] or "" for c in self.cases()), default="")
        return bool(last) and last == self.centre.now.isoformat(timespec="milliseconds").replace("+00:00", "Z")

    def done(self, verb: Callable[..., object], *words: Any, **more: Any) -> None:
        with self.centre.log.writing() as w:
            verb(w, *words, **more)

    def tried(self, act: Callable[[Row], object], which: int) -> None:
        """On one of the cases, if there is one. A refusal is an answer, and then nothing has happened."""
        found = [c for c in self.cases() if c["priority"] < DEVICE_PRIORITY]
        if not found:
            return
        head = self.centre.log.head()
        try:
            act(found[which % len(found)])
        except (NotNow, NotThere):
            assert self.centre.log.head() == head, "refused, and yet something was written"
