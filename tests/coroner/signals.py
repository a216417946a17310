"""What comes in during a night: presses, devices, telephones, people at the counter, paper, lists, and time itself."""

from dataclasses import replace
from datetime import timedelta
from itertools import count
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from callcenter.by_hand import ByHand
from callcenter.by_hand import Told as Paper
from callcenter.found_home import FoundHome
from callcenter.front_door import FrontDoor, Told
from callcenter.reception import STRANGER, Reception
from callcenter.rules.areas import WHOLE, Area
from callcenter.rules.events import Row
from callcenter.rules.front_door import SOURCES
from callcenter.rules.telephony import Heard
from callcenter.rules.times import later, stamp
from callcenter.store.contacts import to_ring
from callcenter.store.talks import Talks
from tests.conftest import CANCEL, FALL, MAINS_BACK, MAINS_LOST, SERVICE, SOS, TEST, ZONE, Rehearsal
from tests.coroner.ground import EXTENSIONS, HOMES, UNKNOWN, Ground, account, user

HUMAN = {SOS: 1, FALL: 1, SERVICE: 3}
LOW_BATTERY, BATTERY_BACK, HELP_CAME = "130200000", "330200000", "165401000"
TECHNICAL = (MAINS_LOST, MAINS_BACK, LOW_BATTERY, BATTERY_BACK, CANCEL, TEST)
SPANS = (1.0, 16.0, 61.0, 125.0, 400.0, 1900.0)
REPORTED = ("sos", "fall", "service", "smoke", "advice", "complaint")
ANSWERS = ("well", "needs", "help", "no_answer", "contact_none", "refused")
FORMS = count(1)
NEIGHBOUR = 300  # a home that nothing else happens to


class Signals(Ground):
    # --- devices --------------------------------------------------------------------------------------------------

    @rule(account=st.sampled_from((*HOMES, *HOMES, UNKNOWN)), code=st.sampled_from(sorted(HUMAN)))
    def somebody_presses(self, account: str, code: str) -> None:
        frame = self.centre.frame(account, code)
        self.frames.append((frame, self.centre.now))
        self.centre.receive(frame)
        self.pressed[account] += 1

    @precondition(lambda night: bool(night.frames))
    @rule()
    def the_last_frame_comes_again(self) -> None:
        """At once, as a device does that has not heard its acknowledgement: it is no second press."""
        frame, at = self.frames[-1]
        if at == self.centre.now:
            self.centre.receive(frame)

    @rule(account=account, code=st.sampled_from(TECHNICAL))
    def a_device_speaks(self, account: str, code: str) -> None:
        self.centre.receive(self.centre.frame(account, code))

    # --- other doors ----------------------------------------------------------------------------------------------

    @rule(user=user, home=st.sampled_from((*HOMES.values(), None)), source=st.sampled_from(SOURCES),
          kind=st.sampled_from(REPORTED), take=st.booleans())  # fmt: skip
    def somebody_reports(self, user: int, home: int | None, source: str, kind: str, take: bool) -> None:
        """By telephone, at the counter, from the grid; of a home, or of nobody we know."""
        who = self.staff[user]
        self.at_a_console(who)
        caller = {} if home else {"name": "路人", "phone": "13911110000", "place": "莫家街口"}
        told = Told(source, kind, "门口坐着一位老人", f"form-{next(FORMS)}", home_id=home, caller=caller)
        before = self.open_at(home) if home else None
        door = FrontDoor(self.centre.intake, self.centre.desk)
        done = self.done(door.report, told, f"user:{who.id} {who.name}", who if take else None)
        call = self.centre.call({"id": done["call"]})
        assert before is None or (call["id"] == before["id"] and done["joined"]), "a second case of one home"
        assert call["stage"] != "closed", "reported, and nobody is told"

    @rule(user=user, home=st.sampled_from((*HOMES.values(), NEIGHBOUR, None)))
    def whose_home_it_is(self, user: int, home: int | None) -> None:
        """A caller nobody knew is said to live there; or nowhere, after all."""
        who, found = self.staff[user], FoundHome(self.centre.desk, self.centre.people, ZONE)
        self.at_a_console(who)
        self.tried(lambda call: self.done(found.found, call["id"], who, call["version"], home, None, "说错了"),
                   0, [call for call in self.cases() if call["caller"]])  # fmt: skip

    @rule(account=account, user=user, answered=st.booleans(), known=st.booleans(), claimed=st.booleans())
    def the_telephone_rings(self, account: str, user: int, answered: bool, known: bool, claimed: bool) -> None:
        """A contact of the home, or a stranger; lifted and hung up again, or missed."""
        with self.database.read() as conn:
            number = to_ring(conn, HOMES[account])[0]["phone"] if known else "13912345678"
        reception = Reception(self.centre.cases, Talks(self.database), ZONE, 3.0)
        talk, who = f"1795334327.{next(FORMS)}", self.staff[user]

        def hears(what: str, **more: Any) -> None:
            self.done(reception.hear, Heard(what, talk, stamp(self.centre.now), **more))

        hears("ringing", number=number, line="5550000")
        self.passes(4.0, 4.0)
        if claimed:
            self.at_a_console(who)
            self.maybe(lambda: self.done(reception.claim, talk, who, None if known else STRANGER))
        if answered:
            hears("answered", extension=EXTENSIONS[user])
        self.passes(8.0, 4.0)
        hears("ended", cause="answered" if answered else "no_answer")
        row = Talks(self.database).one(talk) or {}
        linked = self.centre.cases.call(row["call_id"]) if row["call_id"] else None
        assert linked or answered, "somebody rang in vain, and there is no case of it"

    @rule(user=user, home=st.sampled_from(tuple(HOMES.values())), over=st.booleans(), minutes=st.sampled_from((9, 50)))
    def paper_is_entered(self, user: int, home: int, over: bool, minutes: int) -> None:
        """What was done by hand while the centre was away."""
        began = later(stamp(self.centre.now), -60.0 * minutes)
        times = {"opened_at": began, "answered_at": later(began, 20), "closed_at": later(began, 400) if over else None}
        ended = {"outcome": "helped", "evidence": "spoke_clearly"} if over else {}
        self.at_a_console(self.staff[user])
        paper = Paper(home, "fall", times, "停电时电话报的", ("王丽",), why="当时断电", **ended)
        self.maybe(lambda: self.done(ByHand(self.centre.cases, ZONE).enter, paper, self.staff[user]))

    # --- lists of people who are asked after ----------------------------------------------------------------------

    @rule(user=user, account=account, said=st.sampled_from(("safe", "not_reached", "help")), more=st.booleans())
    def a_roll_call_marks(self, user: int, account: str, said: str, more: bool) -> None:
        """Somebody who is not safe has a case at once; who is not reached twice is visited."""
        rolls, home, who = self.centre.parts.rollcalls, HOMES[account], self.staff[user]
        self.at_a_console(who)
        row = next((r for r in rolls.overview() if not r["drill"]), None) or self._roll_call_starts(who)
        marked = self.maybe(lambda: self.done(rolls.mark, row["id"], home, who, said, words="站里说的"))
        assert not (marked and said == "help") or self.open_at(home), "not safe, and no case"
        if more:
            self.maybe(lambda: self.done(rolls.take_back, row["id"], home, who))

    def _roll_call_starts(self, who: Any) -> Row:
        found = self.centre.parts.rollcalls.look([WHOLE])
        homes = [one for one in found.homes if one["home_id"] in HOMES.values()]
        found = replace(found, homes=homes, shares={})
        row: Row = self.done(self.centre.parts.rollcalls.start, who, found, "power")
        return row

    @precondition(lambda night: bool(night.centre.parts.rollcalls.overview()))
    @rule(user=user)
    def a_roll_call_ends(self, user: int) -> None:
        for row in self.centre.parts.rollcalls.overview():
            self.maybe(lambda row=row: self.done(  # type: ignore[misc]
                self.centre.parts.rollcalls.end, row["id"], self.staff[user], "社区继续问"))  # fmt: skip

    @rule(user=user, account=account, urgent=st.booleans(),
          says=st.lists(st.sampled_from(ANSWERS), max_size=3))  # fmt: skip
    def a_round_asks_after_somebody(self, user: int, account: str, urgent: bool, says: list[str]) -> None:
        """One of the lists of the clock; whoever needs something, or is not reached, has a case."""
        house, who = self.centre.welfare, self.staff[user]
        home = HOMES[account]
        resident = self.centre.people.card({"home_id": home, "account": account}, self.centre.now, ZONE)["residents"]
        self.at_a_console(who)
        why = {"since": stamp(self.centre.now)}
        entry = self.done(house.rounding.add, "ok", resident[0]["id"], within=900.0 if urgent else None, why=why)
        for said in says:
            self.maybe(lambda said=said: self.done(  # type: ignore[misc]
                house.ringing.say, entry, who, said, "问过了", ""))  # fmt: skip
            with self.database.read() as conn:
                left = [row for row in house.rounds.open_entries(conn) if row["id"] == entry]
            if not left:
                assert said in ("well", "refused") or self.open_at(home), f"{said}, and no case"
                return

    # --- warnings -------------------------------------------------------------------------------------------------

    @rule(user=user, minutes=st.sampled_from((15.0, 120.0)), ends=st.booleans(), place=st.sampled_from((WHOLE, None)))
    def a_warning_is_declared(self, user: int, minutes: float, ends: bool, place: Area | None) -> None:
        """Technical signals fold; what a person pressed never does."""
        mass, who = self.centre.parts.mass, self.staff[user]
        self.at_a_console(who)
        areas = [place or ("community", self.centre.people.need(42)["community"])]
        self.maybe(lambda: self.done(mass.declare, who, level="warning", cause="power", areas=areas, minutes=minutes))
        for row in self.centre.cases.technical()["mass"] if ends else []:
            self.maybe(lambda row=row: self.done(mass.end, row["id"], who))  # type: ignore[misc]

    # --- time and processes ---------------------------------------------------------------------------------------

    @rule(seconds=st.sampled_from(SPANS))
    def time_passes(self, seconds: float) -> None:
        self.passes(seconds, max(seconds / 6, 1.0))

    @precondition(lambda night: night.days == 0)
    @rule()
    def a_day_goes_by(self) -> None:
        """Once in a night, in steps that are long, and short enough for nothing to be stale at the end of one."""
        self.days += 1
        self.passes(86400.0, 21000.0)

    @rule(seconds=st.sampled_from((45.0, 3600.0)))
    def the_clock_is_set_back(self, seconds: float) -> None:
        self.centre.now -= timedelta(seconds=seconds)
        self.set_back += seconds
        self.started = dict.fromkeys(self.started, self.turn())
        self.passes(1.0, 1.0)

    @rule(away=st.sampled_from((3.0, 90.0)))
    def every_process_starts_again(self, away: float) -> None:
        self.seconds += away
        self._start(Rehearsal(self.database, self.centre.now + timedelta(seconds=away)))

    @rule(away=st.sampled_from((0, 20)))
    def the_clock_process_starts_again(self, away: int) -> None:
        """The web goes on; whoever judges is not there for a while."""
        for _ in range(away // 5):
            self.moves(5.0)
        self.clock_starts(Rehearsal(self.database, self.centre.now))

    @rule()
    def a_web_process_dies(self) -> None:
        """Its consoles dial again, and reach another."""
        self.web_starts()
