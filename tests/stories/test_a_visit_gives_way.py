"""A carer is out shopping for somebody when next door an emergency is pressed: the shopping waits. On both stores."""

from sqlalchemy import delete

from callcenter.rules.events import Row
from callcenter.store.tables import shifts, stand_bys
from tests.conftest import SERVICE, Rehearsal


def at_work(rehearsal: Rehearsal, interruptible: bool = True, arrived: bool = True) -> Row:
    """The only carer on duty is in home 1043, or on the way there; returns that visit."""
    call = rehearsal.act("answer", rehearsal.press("1043", SERVICE))
    one = rehearsal.dispatcher.candidates(call["id"])[0].carer_id
    with rehearsal.database.write() as conn:
        conn.execute(delete(shifts).where(shifts.c.carer_id != one))
        conn.execute(delete(stand_bys))
    with rehearsal.writing() as w:
        visit: Row = rehearsal.dispatcher.open(w, call, "user:1 李敏", one, interruptible=interruptible)
    for verb in ("accept", "depart", *(("arrive",) if arrived else ())):
        visit = rehearsal.carer(verb, visit, one)
    return visit


def asked(visit: Row) -> list[int]:
    return [one["carer_id"] for one in visit["asked"]]


def test_an_emergency_takes_the_carer_from_a_visit_that_can_wait(rehearsal: Rehearsal) -> None:
    shopping = at_work(rehearsal)
    call = rehearsal.act("answer", rehearsal.press("1042"))
    proposed = rehearsal.dispatcher.candidates(call["id"])
    missing = rehearsal.dispatcher.choosing.missing(call, proposed, 900.0, rehearsal.now)
    assert ("only_interrupting", "", "") in missing, "the operator reads what it costs"

    visit = rehearsal.send(call)
    assert asked(visit) == [shopping["carer_id"]]
    assert ["interruptible", shopping["id"]] in visit["asked"][0]["reasons"]
    assert rehearsal.visit(shopping)["stage"] == "arrived", "nothing is broken off before they say yes"

    assert rehearsal.carer("accept", visit, shopping["carer_id"])["stage"] == "accepted"
    assert rehearsal.visit(shopping)["stage"] == "interrupted"
    again = [v for v in rehearsal.cases.visits_of([shopping["call_id"]]) if v["ended_at"] is None]
    assert again, "the shopping is asked for again, not forgotten"
    assert not rehearsal.verify().faults


def test_an_operator_may_name_the_carer_who_has_to_leave(rehearsal: Rehearsal) -> None:
    shopping = at_work(rehearsal)
    call = rehearsal.act("answer", rehearsal.press("1042"))
    assert asked(rehearsal.send(call, carer_id=shopping["carer_id"])) == [shopping["carer_id"]]


def test_a_bath_is_not_broken_off(rehearsal: Rehearsal) -> None:
    bath = at_work(rehearsal, interruptible=False)
    visit = rehearsal.send(rehearsal.act("answer", rehearsal.press("1042")))
    assert asked(visit) == []
    assert rehearsal.visit(bath)["stage"] == "arrived"


def test_a_carer_still_on_the_way_to_a_service_is_diverted(rehearsal: Rehearsal) -> None:
    service = at_work(rehearsal, interruptible=False, arrived=False)
    visit = rehearsal.send(rehearsal.act("answer", rehearsal.press("1042")))
    assert asked(visit) == [service["carer_id"]]
    assert ["diverted", service["id"]] in visit["asked"][0]["reasons"]


def test_a_service_interrupts_nobody(rehearsal: Rehearsal) -> None:
    at_work(rehearsal)
    visit = rehearsal.send(rehearsal.act("answer", rehearsal.press("1042", SERVICE)))
    assert asked(visit) == []
