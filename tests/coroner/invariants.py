"""What must hold after each step of a night, whatever anybody did."""

from hypothesis.stateful import invariant

from callcenter.rules import sighting
from callcenter.rules.call import CLOSED, DEVICE_PRIORITY, EVIDENCE
from callcenter.rules.closing import is_of_a_person
from callcenter.rules.events import Event, Row, call_of
from callcenter.rules.in_hand import GOING_SECONDS, HAD
from callcenter.rules.seats import LOST_SECONDS, OTHER_WEB_SECONDS, WEB_SECONDS
from callcenter.rules.times import later, stamp
from tests.coroner.ground import HOMES, UNKNOWN, Ground

SURELY_LOST = max(LOST_SECONDS, OTHER_WEB_SECONDS) + WEB_SECONDS + 2 * 5.0  # two turns of the clock at five seconds
MOST_SILENT = max(GOING_SECONDS.values())
TURNS = 5  # of the clock, until whatever is due by now must have been done


class Invariants(Ground):
    @invariant()
    def it_all_holds(self) -> None:
        if not hasattr(self, "centre"):
            return
        type(self).steps += 1
        for must_hold in (
            self.everything_written_since_is_looked_at,
            self.no_deadline_is_left_lying,
            self.no_home_has_two_open_cases,
            self.no_priority_falls,
            self.no_case_of_a_person_is_hidden_or_folded,
            self.nobody_keeps_a_call_whose_console_is_gone,
        ):
            must_hold()

    def everything_written_since_is_looked_at(self) -> None:
        """The rules that are about facts and not about a state: one reading of the log for all of them."""
        found = self.since_last_look()
        self.made.update(event.kind for event in found)
        for event in found:
            self._no_machine_ends_the_case_of_a_person(event)
            frame = event.body.get("frame") if event.kind in ("CallOpened", "PressRepeated") else None
            account = event.body.get("account", "")
            if frame and event.body["kind"] in ("sos", "fall", "service"):
                self.pressed[account] -= 1
        assert not +self.pressed, f"pressed, and in no case: {+self.pressed}"
        assert not -self.pressed, f"one press is two: {-self.pressed}"
        for stream in {event.stream for event in found if call_of(event)}:
            self._rows_are_what_their_events_make(stream)
        self.looked_at = found[-1].seq if found else self.looked_at

    def _no_machine_ends_the_case_of_a_person(self, event: Event) -> None:
        call = self.centre.cases.call(call_of(event) or "")
        if event.kind != "CallClosed" or not call or not is_of_a_person(call):
            return
        b, crew = event.body, sighting.crew_came(call)
        assert event.actor.startswith("user:"), "a machine has closed the case of a person"
        assert b["words"]
        assert b["evidence"] in EVIDENCE
        assert b["evidence"] != "handed_over" or crew
        assert b["evidence"] != "was_seen" or sighting.carer_came(call) or crew or call["source"] == "walk_in"
        assert b["evidence"] != "stood_down" or event.actor.startswith(f"user:{self.centre.supervisor.id} ")
        under_way = [v["id"] for v in self.centre.cases.visits_of([call["id"]]) if v["ended_at"] is None]
        assert call["stage"] != CLOSED or not under_way, "closed over the head of somebody on the way"

    def _rows_are_what_their_events_make(self, stream: str) -> None:
        """``verify`` looks at everything at the end of the night; this says after which step it went wrong."""
        folded: dict[tuple[str, str], Row] = {}
        at = ""
        for event in self.centre.log.stream(stream):
            if event.at != at:
                self._somebody_will_be_told(folded, at)
            at = event.at
            for picture in self.centre.log.pictures:
                key = picture.key(event) if picture.table in ("calls", "visits") else None
                if key is not None:
                    folded[picture.table, key] = picture.after(folded.get((picture.table, key)), event)
        self._somebody_will_be_told(folded, at)
        for (table, key), row in folded.items():
            stored = self.centre.cases.call(key) if table == "calls" else self.centre.cases.visit(key)
            assert stored is not None
            wrong = {name: (stored[name], row[name]) for name in row if stored[name] != row[name]}
            assert not wrong, f"{key}: stored, and by its events: {wrong}"

    def _somebody_will_be_told(self, folded: dict[tuple[str, str], Row], at: str) -> None:
        """At every moment of its life an open case has a deadline of its own, whoever has it in hand and whoever goes.

        That somebody holds it is no answer (a hand may do nothing for ever), nor that a visit runs (its carer may never
        say anything again, and the last promise of the visit may be broken already). It comes within two hours, unless
        somebody asked us to wait, the visit is booked for later, or the clock was set back (README: a deadline moved on
        from an old moment is late by the step). A case about things (P4) needs none: it lies in the list until it is
        closed, its repair is promised once, and nobody lies on a floor meanwhile.
        """
        for (table, key), row in folded.items():
            if table != "calls" or row["stage"] == CLOSED or not is_of_a_person(row):
                continue
            said = f"{key} {row['stage']} at {at}: {row}"
            assert row["next_due_at"], f"no clock of its own runs: {said}"
            asked = row["pauses"] or row["service"]
            latest = later(max(at, row["armed_at"]), MOST_SILENT + self.set_back)
            assert asked or row["next_due_at"] <= latest, f"nobody is told for hours: {said}"
            assert row["stage"] == "waiting" or row["holder_id"] is not None, f"in nobody's hands: {said}"

    def no_deadline_is_left_lying(self) -> None:
        """After the clock has turned, what was due has been done, or is due later: no step is due for ever."""
        for _ in range(TURNS):
            late = self._due()
            if not late:
                return
            self.centre.tick()
        assert not late, f"due by {stamp(self.centre.now)} and never done: {late}"

    def _due(self) -> list[tuple[str, str, str]]:
        now = stamp(self.centre.now)
        open_ = [c for c in self.cases() if c["stage"] != CLOSED]
        rows = [*open_, *self.centre.cases.visits_of([c["id"] for c in open_])]
        return [(r["id"], r["next_step"], r["next_due_at"]) for r in rows if (r["next_due_at"] or "~") <= now]

    def no_home_has_two_open_cases(self) -> None:
        for home in HOMES.values():
            assert sum(c["home_id"] == home for c in self.open_cases()) <= 1, f"two open cases of home {home}"
        assert sum(c["account"] == UNKNOWN for c in self.open_cases()) <= 1

    def no_priority_falls(self) -> None:
        for call in self.cases():
            assert call["priority"] <= self.graver.get(call["id"], 9), call["id"]
            self.graver[call["id"]] = call["priority"]

    def no_case_of_a_person_is_hidden_or_folded(self) -> None:
        shown = {call["id"] for call in self.centre.cases.live()}
        assert all(call["id"] in shown for call in self.open_cases())
        things = [c for c in self.cases() if c["stage"] != CLOSED and c["priority"] == DEVICE_PRIORITY]
        told = self.centre.cases.technical()
        folded = told["count"] + sum(row["open"] for row in told["mass"])
        assert folded <= len(things), "more is folded together than there are things"

    def nobody_keeps_a_call_whose_console_is_gone(self) -> None:
        for call in self.open_cases():
            if call["stage"] not in HAD:  # it rings again, for everybody; the row only remembers whose it was
                continue
            heard = self.heard.get(call["holder_id"] or 0)
            booked = call["service"] and call["going"] and call["priority"] == 3 and call["presses"] == 1
            never_rang = call["stage"] == "answered" and call["last_press_at"] == call["opened_at"]
            if heard is None or (booked and never_rang):
                continue
            silent, turns = (now - then for now, then in zip(self.turn(), max(heard, self.sworn()), strict=True))
            gone = f"tab-of-{call['holder_id']}" not in self.desks.tabs
            said = f"{call['id']}: {call['holder_name']}'s console has been gone for {silent:.0f} s"
            assert not (gone and silent > SURELY_LOST and turns >= 3), f"{said}: {self.centre.book.all()}"

    def sworn(self) -> tuple[float, int]:
        """Since when somebody could have heard every console."""
        return min(self.started[web] for web in self.desks.webs)
