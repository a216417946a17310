"""Several deadlines at once, odd rows, and two clocks: none waits for another's, none is acted on twice."""

import sys
from datetime import timedelta
from typing import Any

import pytest
from psycopg.pq import TransactionStatus
from sqlalchemy import event, text

from callcenter.rules.events import Row
from callcenter.rules.times import stamp
from callcenter.store.database import StoreUnavailable
from dispatch.channels.channel import Channel
from tests.conftest import Rehearsal

NEIGHBOURS = ("1042", "1043", "1044", "1045", "1046")


def sent(rehearsal: Rehearsal) -> list[Row]:
    """A visit on offer in each of several homes, all asked for in the same second."""
    return [rehearsal.send(rehearsal.act("answer", rehearsal.press(account))) for account in NEIGHBOURS]


def test_offers_that_run_out_in_the_same_tick_go_to_different_carers(rehearsal: Rehearsal) -> None:
    visits = sent(rehearsal)
    rehearsal.wait(31, step=31)
    visits = [rehearsal.visit(v) for v in visits]
    assert {v["stage"] for v in visits} == {"offered"}
    assert len({v["carer_id"] for v in visits}) == len(NEIGHBOURS)
    assert not rehearsal.verify().faults


def test_calls_nobody_decides_about_in_the_same_tick_each_get_a_carer_of_their_own(rehearsal: Rehearsal) -> None:
    calls = [rehearsal.press(account) for account in NEIGHBOURS]
    rehearsal.wait(92, step=46)
    visits = rehearsal.cases.visits_of([c["id"] for c in calls])
    assert len({v["carer_id"] for v in visits if v["stage"] == "offered"}) == len(NEIGHBOURS)
    assert not rehearsal.verify().faults


def test_what_finds_the_best_whole_is_loaded_before_the_centre_is_locked(
    rehearsal: Rehearsal, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Loaded within the transaction it once kept every process waiting, and PostgreSQL ended the session."""
    visits = sent(rehearsal)
    monkeypatch.delitem(sys.modules, "scipy.optimize", raising=False)
    clock = rehearsal.visit_clock
    together, loaded = clock.deadlines.together, []

    def looked(*words: Any) -> list[Row]:
        loaded.append("scipy.optimize" in sys.modules)
        assert together is not None
        return together(*words)

    monkeypatch.setattr(clock.deadlines, "together", looked)
    rehearsal.wait(31, step=31)
    assert loaded
    assert all(loaded)
    assert len({rehearsal.visit(v)["carer_id"] for v in visits}) == len(NEIGHBOURS)


def test_one_row_that_cannot_be_acted_on_holds_up_no_other(
    rehearsal: Rehearsal, monkeypatch: pytest.MonkeyPatch
) -> None:
    visits = sent(rehearsal)
    act = rehearsal.visit_clock.deadlines.act

    def stumbling(w: Any, row: Row, now: str) -> None:
        if row["id"] == visits[0]["id"]:
            raise ValueError("an odd row")
        act(w, row, now)

    monkeypatch.setattr(rehearsal.visit_clock.deadlines, "act", stumbling)
    rehearsal.wait(31, step=31)
    stuck, *others = [rehearsal.visit(v) for v in visits]
    assert all(any(one["result"] == "expired" for one in other["asked"]) for other in others)
    assert stuck["next_due_at"] <= stamp(rehearsal.now), "what could not be acted on stays due"
    monkeypatch.undo()
    rehearsal.tick()
    assert rehearsal.visit(visits[0])["asked"][0]["result"] == "expired"
    assert not rehearsal.verify().faults


def test_two_clocks_act_on_each_deadline_once_and_tell_each_carer_once(rehearsal: Rehearsal) -> None:
    second = Rehearsal(rehearsal.database, rehearsal.now)
    visits = sent(rehearsal)
    for _ in range(3):
        rehearsal.wait(16, step=16)
        second.wait(16, step=16)
    events = [e for v in visits for e in rehearsal.log.stream(f"call:{v['call_id']}")]
    offers = [e for e in events if e.kind == "VisitOffered"]
    told = [e.body["about"] for e in events if e.kind == "NoticeSent" and e.body["role"] == "carer"]
    assert sorted(told) == sorted(e.seq for e in offers)
    missed = [(e.stream, e.body["step"]) for e in events if e.kind == "DeadlineMissed"]
    assert len(missed) == len(set(missed))
    asked = [(v["id"], one["carer_id"]) for v in visits for one in rehearsal.visit(v)["asked"]]
    assert len(asked) == len(set(asked)), "nobody is asked twice about one visit in one round"
    assert not rehearsal.verify().faults


def test_a_notice_whose_record_fails_is_recorded_later_and_not_sent_again(
    rehearsal: Rehearsal, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[str] = []
    sms = Channel("sms", "sms", lambda message: told.append(message.to["name"]) or "1", quick=True)  # type: ignore[func-returns-value]
    notifier = rehearsal.notifying(sms)
    notifier.tick()
    visit = rehearsal.send(rehearsal.act("answer", rehearsal.press("1042")))
    writing, asked = rehearsal.log.writing, []

    def failing() -> Any:
        asked.append(1)
        if len(asked) == 1:
            return writing()  # the claim
        raise StoreUnavailable("disk full")

    monkeypatch.setattr(rehearsal.log, "writing", failing)
    for _ in range(3):
        with pytest.raises(StoreUnavailable):
            notifier.tick()
    monkeypatch.undo()
    notifier.tick()
    assert told == [one["name"] for one in visit["asked"]], "the A post and the B post, once each"
    events = rehearsal.log.stream(f"call:{visit['call_id']}")
    sent = [e.body["to_id"] for e in events if e.kind == "NoticeSent" and e.body["role"] == "carer"]
    assert len(sent) == 2 * len(told), "each by the page and by text message"


def test_a_clock_that_steps_back_loses_no_deadline_and_records_none_twice(rehearsal: Rehearsal) -> None:
    call = rehearsal.press("1042")
    rehearsal.wait(16)
    ahead = rehearsal.now
    rehearsal.now = ahead - timedelta(hours=1)
    for _ in range(3):
        rehearsal.tick()
    rehearsal.now = ahead
    rehearsal.wait(80, step=5)
    missed = [e.body["step"] for e in rehearsal.log.stream(f"call:{call['id']}") if e.kind == "DeadlineMissed"]
    assert missed[:2] == ["answer", "decide"]
    assert len(missed) == len(set(missed))


def test_a_quiet_centre_is_looked_at_without_transactions(rehearsal: Rehearsal) -> None:
    """Four times a second some twenty looks, each one statement compiled long ago; only what is rarer begins one."""
    rehearsal.wait(10)
    begun: list[Any] = []
    event.listen(rehearsal.database.engine, "begin", begun.append)
    rehearsal.wait(20)
    assert len(begun) <= 4


def test_postgresql_begins_no_transaction_for_whoever_only_looks(rehearsal: Rehearsal) -> None:
    def begun(conn: Any) -> bool:
        assert conn.execute(text("SELECT 1")).scalar() == 1
        driver = conn.connection.driver_connection
        if rehearsal.database.is_sqlite:  # a transaction shows a whole page one state of the store
            return bool(driver.in_transaction)
        return bool(driver.info.transaction_status != TransactionStatus.IDLE)

    for _ in range(2):  # on a connection that the one before has left, too
        with rehearsal.database.read() as conn:
            assert begun(conn) == rehearsal.database.is_sqlite
        with rehearsal.database.write() as conn:
            assert begun(conn)
