"""The steps of a script as an operator answers them: kept at once, and what an answer causes is done with it."""

from collections.abc import Mapping

from callcenter.desk import Desk, Who, actor
from callcenter.rules.call import ANSWERED, NotNow
from callcenter.rules.closing import BEFORE_SECONDS, unclear_presses, visit_owed
from callcenter.rules.events import Body, Row, call_stream
from callcenter.rules.script import DANGEROUS
from callcenter.rules.scripts import CLEAR, DONE, SILENT, Step, script_of
from callcenter.rules.times import Clock, later, stamp
from callcenter.store.log import Writing

VOICES = {CLEAR: "VoiceHeard", SILENT: "NobodyHeard"}


class Answered:
    def __init__(self, desk: Desk, clock: Clock):
        self.desk, self.clock = desk, clock

    def answer(self, w: Writing, call_id: str, user: Who, answers: Mapping[str, str]) -> Row:
        """Write the answers of these steps down. Raises ``NotNow`` naming a step that is not of this case."""
        row = self.desk.mine(w, call_id, user)
        if row["stage"] != ANSWERED:
            raise NotNow("not_now", "Answer the call first, then its script", "Take it up (F2, F7)", call=row)
        steps = {one.id: one for one in self.desk.scripts.of(row)}
        for ident, said in answers.items():
            if ident not in steps or not steps[ident].takes(said):
                choices = "、".join(steps[ident].codes) if ident in steps else "、".join(steps)
                raise NotNow("no_such_step", "This is no answer of the script: {step}", "Choose of: {choices}",
                             call=row, step=f"{ident[:24]}: {said[:24]}", choices=choices)  # fmt: skip
        for ident, said in answers.items():
            self._one(w, row["id"], user, steps, ident, said)
        return self.desk.mine(w, call_id, user)

    def _one(self, w: Writing, call_id: str, user: Who, steps: Mapping[str, Step], ident: str, said: str) -> None:
        before = self.desk.mine(w, call_id, user)
        told = next((option.zh for option in steps[ident].options if option.code == said), said)
        body = {"step": ident, "answer": said, "words": steps[ident].zh, "said": "✓" if told == DONE else told}
        self._append(w, call_id, "StepAnswered", body, user)
        causes = steps[ident].causes(said)
        for voice in (VOICES[cause] for cause in causes if cause in VOICES):
            self._append(w, call_id, voice, {}, user)
        self._assess(w, call_id, user, steps, ident, before, causes)

    def _assess(
        self, w: Writing, call_id: str, user: Who, steps: Mapping[str, Step], ident: str, before: Row,
        causes: tuple[str, ...],
    ) -> None:  # fmt: skip
        """Criteria for 120, 119 and 110 follow the answers; a corrected one takes back what it alone had caused."""
        given = before["script"]["answers"]
        other = {c for s, one in given.items() if s in steps and s != ident for c in steps[s].causes(one["answer"])}
        gone = set(steps[ident].causes(given[ident]["answer"])) - other if ident in given else set()
        now = [c for c in before["emergency"].get("criteria", []) if c not in gone]
        wanted = [*now, *(c for c in causes if c not in now and c not in VOICES)]
        known = list(before["emergency"].get("criteria", []))
        if wanted != known:
            spoke = bool(self.desk.mine(w, call_id, user)["emergency"].get("spoke"))
            ticked = [c for c in wanted if c != SILENT]
            self._append(w, call_id, "EmergencyAssessed", {"criteria": ticked, "spoke": spoke}, user)

    def _append(self, w: Writing, call_id: str, kind: str, body: Body, user: Who) -> None:
        w.append(call_stream(call_id), kind, {**body, "name": user.name}, actor(user))

    # --- what a card shows ----------------------------------------------------------------------------------------

    def steps(self, call: Row) -> tuple[Step, ...]:
        return self.desk.scripts.of(call)

    def about(self, call: Row) -> Row:
        """Which script, the home's cases of before, and whether somebody has to look before this one may end."""
        since = later(stamp(self.clock()), -BEFORE_SECONDS)
        with self.desk.cases.database.read() as conn:
            before = self.desk.before(conn, call, since)
        columns = ("id", "closed_at", "closed_by", "outcome", "evidence", "said")
        return {
            "name": script_of(call["kinds"]), "version": call["script"].get("version", 0),
            "before": [{c: one[c] for c in columns} for one in before], "unclear": unclear_presses(call, before),
            "visit_owed": visit_owed(call, before),
            "danger": bool(set(call["emergency"].get("criteria", ())) & DANGEROUS),
        }  # fmt: skip
