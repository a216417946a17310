"""The line to the exchange over a real socket: what it breaks, repeats or floods is neither lost nor doubled."""

import os
import signal
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import update

from callcenter.reception import Reception
from callcenter.rules.call import NotNow
from callcenter.rules.events import Row
from callcenter.settings import Telephony
from callcenter.store.tables import users
from callcenter.store.talks import Talks
from callcenter.switchboard import Switchboard
from tests.conftest import ZONE, Rehearsal
from tests.fake_exchange import FakeExchange
from tests.house import free_port, house, until

NUMBER = "13911112222"


class Office:
    """A switchboard on the line with an exchange, over a district; 801 and 802 are staffed."""

    def __init__(self, rehearsal: Rehearsal, port: int):
        rehearsal.now = datetime.now(UTC)
        self.r, self.stop = rehearsal, threading.Event()
        self.talks = Talks(rehearsal.database)
        self.reception = Reception(rehearsal.cases, self.talks, ZONE, 0.0)
        with rehearsal.database.write() as conn:
            for who, extension in ((rehearsal.operator, "801"), (rehearsal.other, "802")):
                row = {"login": f"seat{extension}", "name": who.name, "role": who.role, "password_hash": "x"}
                conn.execute(users.insert().values(id=who.id, extension=extension, **row))
        rules = Telephony(kind="asterisk", port=port, password="bench-secret")
        self.board = Switchboard(
            rehearsal.log, rehearsal.cases, self.talks, self.reception, rules, lambda: datetime.now(UTC)
        )
        rehearsal.log.clock = lambda: datetime.now(UTC)
        self.thread = threading.Thread(target=self.board.run, args=(self.stop,), daemon=True)
        self.thread.start()

    def state(self) -> str:
        return next((r["state"] for r in self.r.cases.signs_of_life() if r["name"] == "exchange"), "")

    def talk(self, talk: str) -> Row:
        return self.talks.one(talk) or {"stage": "", "answered_at": None}

    def is_(self, talk: str, stage: str) -> Any:
        return until(lambda: self.talk(talk)["stage"] == stage)

    def do(self, verb: str, *values: Any) -> Any:
        with self.r.writing() as w:
            return getattr(self.reception, verb)(w, *values)

    def counted(self, talk: str) -> dict[str, int]:
        kinds = [e.kind for e in self.r.log.stream(f"talk:{talk}")]
        return {kind: kinds.count(kind) for kind in kinds}


@pytest.fixture
def exchange() -> Iterator[FakeExchange]:
    made = FakeExchange()
    yield made
    made.close()


@pytest.fixture
def office(rehearsal: Rehearsal, exchange: FakeExchange) -> Iterator[Office]:
    made = Office(rehearsal, exchange.port)
    until(lambda: exchange.logins >= 1 and made.state() == "up")
    yield made
    made.stop.set()
    made.thread.join(5)
    assert rehearsal.verify().faults == []


def test_a_ring_is_seen_within_a_second_and_told_once(office: Office, exchange: FakeExchange) -> None:
    exchange.twice = True
    for _ in range(3):  # a busy machine gets two more calls, each measured whole
        began = time.monotonic()
        talk = exchange.ring(NUMBER)
        office.is_(talk, "ringing")
        seen = time.monotonic() - began
        if seen < 1:
            break
    assert seen < 1
    assert (office.talk(talk)["number"], office.talk(talk)["line"]) == (NUMBER, "5550000")
    exchange.answer(talk, "801")
    office.is_(talk, "talking")
    assert office.talk(talk)["user_name"] == "李敏"
    exchange.hold(talk)
    office.is_(talk, "held")
    exchange.hold(talk, False)
    exchange.record(talk, "/var/spool/asterisk/monitor/2026/11/22/in-5550000.wav")
    until(lambda: office.talk(talk)["recording"] == "in-5550000.wav")
    exchange.hang_up(talk)
    office.is_(talk, "ended")
    assert office.counted(talk) == dict.fromkeys(
        ("TalkRang", "TalkLinked", "TalkAnswered", "TalkHeld", "TalkResumed", "TalkRecorded", "TalkEnded"), 1
    )


def test_in_pieces_and_among_noise_it_is_read_all_the_same(office: Office, exchange: FakeExchange) -> None:
    exchange.pieces = 3
    exchange.say("Newexten", Channel="x" * 20_000, Uniqueid="1.1")
    exchange.say("垃圾", Uniqueid="", Linkedid="")
    exchange.say("Newchannel", Uniqueid="", Linkedid="")
    talk = exchange.ring(NUMBER)
    exchange.hang_up(talk)
    office.is_(talk, "ended")
    assert office.talk(talk)["missed"]


def test_the_line_breaks_in_the_middle_and_nothing_is_lost(office: Office, exchange: FakeExchange) -> None:
    kept, gone, new = exchange.ring(NUMBER), exchange.ring("13911113333"), ""
    office.is_(gone, "ringing")
    exchange.drop()
    exchange.answer(kept, "802")  # nobody hears it
    exchange.hang_up(gone)
    new = exchange.ring("13911114444")
    until(lambda: exchange.logins >= 2)
    office.is_(kept, "talking")
    assert office.talk(kept)["user_name"] == "王强"
    office.is_(gone, "ended")
    assert office.talk(gone)["cause"] == "lost"
    assert office.talk(gone)["missed"], "nobody knows whether somebody spoke: it is rung back"
    office.is_(new, "ringing")
    said = lambda: [e.kind for e in office.r.log.stream("exchange")]  # noqa: E731
    until(lambda: len(said()) > 1)  # it is written after what was missed has been asked for
    assert said() == ["LineWentSilent", "LineCameBack"]


def test_a_dead_exchange_is_said_within_ten_seconds_and_comes_back(office: Office, exchange: FakeExchange) -> None:
    for _ in range(3):  # a busy machine gets two more deaths, each measured whole
        exchange.frozen = True  # the box hangs, its connections stand
        began = time.monotonic()
        until(lambda: office.state() == "down")
        said = time.monotonic() - began
        exchange.frozen = False
        until(lambda: office.state() == "up")
        if said < 10:
            break
    assert said < 10


def test_a_flood_of_callers_is_kept_whole(office: Office, exchange: FakeExchange) -> None:
    rung = [exchange.ring(f"139111{number:05d}") for number in range(60)]
    for talk in rung[::2]:
        exchange.hang_up(talk)
    until(lambda: all(office.talk(talk)["stage"] == "ended" for talk in rung[::2]))
    until(lambda: all(office.talk(talk)["stage"] == "ringing" for talk in rung[1::2]))
    assert all(office.counted(talk)["TalkRang"] == 1 for talk in rung)
    assert len([c for c in office.r.cases.live() if c["kind"] == "missed_call"]) == 30


def test_out_of_order_words_end_in_the_truth(office: Office, exchange: FakeExchange) -> None:
    talk = f"{int(time.time())}.999"
    first = {"Channel": "PJSIP/trunk-00000001", "Uniqueid": talk, "Linkedid": talk}
    seat = {"Channel": "PJSIP/801-00000002", "Uniqueid": f"{talk}x", "Linkedid": talk}
    exchange.say("BridgeEnter", **seat)
    exchange.say("Hangup", **first, Cause="16")
    exchange.say("Newchannel", **first, Context="from-trunk", Exten="5550000", CallerIDNum=NUMBER)
    exchange.say("Newchannel", **seat, Context="from-internal", Exten="s")
    exchange.say("BridgeEnter", **seat)
    office.is_(talk, "talking")
    assert len(office.r.cases.live()) == 1


def test_a_seat_dials_holds_resumes_calls_a_third_and_hangs_up(office: Office, exchange: FakeExchange) -> None:
    case = office.r.act("answer", office.r.press("1417"))
    office.do("dial", "o-first", office.r.operator, "13900000001", case["id"], "")
    office.is_("o-first", "talking")
    dialled = exchange.asked[0]
    assert (dialled["Channel"], dialled["Exten"], dialled["Context"]) == ("PJSIP/801", "13900000001", "from-internal")
    office.do("ask", "o-first", office.r.operator, "hold")
    office.is_("o-first", "held")
    assert (exchange.asked[1]["Exten"], exchange.asked[1]["ExtraExten"]) == ("hold", "wait")
    assert "trunk" in exchange.asked[1]["Channel"], "the other party hears music, the seat waits"
    office.do("ask", "o-first", office.r.operator, "resume")
    office.is_("o-first", "talking")
    office.do("ask", "o-first", office.r.operator, "third", "13900000002")
    until(lambda: office.talk("o-first")["third"] == "13900000002")
    with pytest.raises(NotNow):
        office.do("ask", "o-first", office.r.operator, "hold")
    office.do("ask", "o-first", office.r.operator, "hang_up")
    office.is_("o-first", "ended")
    whats = [e.body["what"] for e in office.r.log.stream(f"call:{case['id']}") if e.kind == "TalkNoted"]
    assert whats == ["dialled", "answered", "held", "resumed", "joined", "ended"]


@pytest.mark.parametrize(
    ("fate", "cause"), [("busy", "busy"), ("no_answer", "no_answer"), ("unreachable", "unreachable")]
)
def test_what_became_of_a_number_is_said(office: Office, exchange: FakeExchange, fate: str, cause: str) -> None:
    exchange.becomes["13900000001"] = fate
    office.do("dial", "o-one", office.r.operator, "13900000001", None, "")
    office.is_("o-one", "ended")
    assert office.talk("o-one")["cause"] == cause


def test_a_handset_that_nobody_lifts_is_said_and_a_third_who_does_not_come_too(
    office: Office, exchange: FakeExchange
) -> None:
    exchange.lifts = False
    office.do("dial", "o-one", office.r.operator, "13900000001", None, "")
    office.is_("o-one", "ended")
    assert office.talk("o-one")["cause"] == "seat"
    exchange.lifts = True
    office.do("dial", "o-two", office.r.operator, "13900000001", None, "")
    office.is_("o-two", "talking")
    exchange.becomes["13900000002"] = "busy"
    office.do("ask", "o-two", office.r.operator, "third", "13900000002")
    until(lambda: office.talk("o-two")["refused"] == "busy")
    assert office.talk("o-two")["stage"] == "talking", "the two go on talking"


def test_an_order_given_while_the_exchange_is_away_never_rings_later(office: Office, exchange: FakeExchange) -> None:
    exchange.close()
    until(lambda: office.state() == "down")
    office.do("dial", "o-late", office.r.operator, "13900000001", None, "")
    office.is_("o-late", "ended")
    assert office.talk("o-late")["refused"] == "lost"
    again = FakeExchange(port=exchange.port)
    until(lambda: again.logins >= 1 and office.state() == "up")
    assert again.asked == []
    again.close()


def test_a_wrong_password_is_said_and_tried_again(rehearsal: Rehearsal) -> None:
    strict = FakeExchange(password="another")
    office = Office(rehearsal, strict.port)
    until(lambda: office.state() == "down")
    sign = next(row for row in rehearsal.cases.signs_of_life() if row["name"] == "exchange")
    assert "Authentication failed" in sign["detail"]
    strict.password = "bench-secret"
    until(lambda: office.state() == "up")
    office.stop.set()
    office.thread.join(5)
    strict.close()


def test_what_was_heard_waits_for_the_store(office: Office, exchange: FakeExchange) -> None:
    with office.r.database.write() as conn:  # somebody holds the store; the exchange does not wait
        conn.execute(update(users).values(language="zh_CN"))
        talk = exchange.ring(NUMBER)
        time.sleep(1)
    office.is_(talk, "ringing")


def test_the_switchboard_starts_before_its_exchange(rehearsal: Rehearsal) -> None:
    port = free_port()
    office = Office(rehearsal, port)
    until(lambda: office.state() == "down")
    late = FakeExchange(port=port)
    until(lambda: office.state() == "up")
    office.stop.set()
    office.thread.join(5)
    late.close()


def test_run_keeps_the_line_alive_and_says_on_readyz_how_it_is(exchange: FakeExchange, tmp_path: Path) -> None:
    more = f'[telephony]\nkind = "asterisk"\nport = {exchange.port}\npassword = "bench-secret"'
    with house(tmp_path, f"sqlite:///{tmp_path / 'anxin.db'}", more=more) as running:
        running.start("run")
        state = lambda: running.get("/readyz", anyway=True)["exchange"]["state"]  # noqa: E731
        until(lambda: exchange.logins >= 1 and state() == "up", 90)
        before = exchange.logins
        os.kill(running.children("run")["telephone"], signal.SIGKILL)
        until(lambda: exchange.logins > before)
        exchange.close()
        until(lambda: state() == "down")
        assert running.get("/readyz", anyway=True)["ready"], "no press waits for a telephone"
