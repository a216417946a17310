"""A booked visit is under way, and something else happens to its case: then it does not run by itself any more."""

import pytest

from callcenter.rules.events import Row
from callcenter.rules.times import later, seconds_between, stamp
from callcenter.store.users import Users
from devices.signal import Kind, Signal
from dispatch.on_scene import OnScene
from tests.conftest import SERVICE, Rehearsal
from tests.desks import Desks
from tests.dispatch.booked import WELL, book, booking, opened, until
from tests.dispatch.test_rebooked import alarm_takes, underway
from tests.stories.test_only_the_silent_are_rung import enrol, listed, lone_elder
from tests.stories.test_the_telephone import Desk, grandson


def pager(call: Row) -> str:
    return str(1000 + call["home_id"])


def accepted(rehearsal: Rehearsal) -> tuple[Row, Row]:
    """Its case is open in the hands of who booked it, and a carer has said yes, for in twenty minutes."""
    row = book(rehearsal)
    until(rehearsal, 10, 36)
    call, visit = opened(rehearsal, row)
    return call, rehearsal.carer("accept", visit, visit["asked"][-1]["carer_id"])


def two_at_the_desk(rehearsal: Rehearsal) -> Desks:
    desks = Desks(rehearsal)
    for who in (rehearsal.operator, rehearsal.other):
        desks.sit(who)
    desks.wait(10)
    return desks


@pytest.mark.parametrize("how", ["lost", "off", "break"])
def test_a_press_into_a_booked_visit_is_given_back_when_the_seat_that_took_it_is_left(
    rehearsal: Rehearsal, how: str
) -> None:
    with rehearsal.database.write() as conn:
        for user in (rehearsal.operator, rehearsal.other, rehearsal.supervisor):
            Users.add(conn, {**vars(user), "login": f"u{user.id}", "password_hash": "-"})
    call, _ = accepted(rehearsal)
    desks = two_at_the_desk(rehearsal)
    rehearsal.press(pager(call))
    desks.wait(5)
    rehearsal.act("answer", call, rehearsal.other)
    if how == "lost":
        desks.close("tab-of-2")
        desks.wait(45)
    elif how == "off":
        desks.do("sign_off", rehearsal.other, "shift_end", "")
    else:
        desks.do("take_break", rehearsal.other, "meal", 30, "", anyway=False)
    row = rehearsal.call(call)
    assert (row["priority"], row["stage"], row["holder_id"]) == (1, "waiting", None)
    left = [e.body for e in rehearsal.log.stream("seat:2") if "calls" in e.body][-1]
    assert left["calls"] == [call["id"]]
    assert [one["role"] for one in left["to"]] == ["supervisor"], "the supervisor is told too"
    assert not rehearsal.verify().faults


def test_a_booked_visit_to_which_nothing_happened_stays_with_who_booked_it(rehearsal: Rehearsal) -> None:
    call, _ = accepted(rehearsal)
    desks = two_at_the_desk(rehearsal)
    desks.do("sign_off", rehearsal.operator, "shift_end", "")
    row = rehearsal.call(call)
    assert (row["stage"], row["holder_name"]) == ("answered", "李敏")


def test_a_visit_that_nobody_came_to_is_given_back_too_once_somebody_took_it_up(rehearsal: Rehearsal) -> None:
    call, visit = accepted(rehearsal)
    rehearsal.wait(seconds_between(stamp(rehearsal.now), later(visit["slot_at"], 1000)), step=30)
    assert rehearsal.call(call)["stage"] == "waiting", "late, and it rang"
    desks = two_at_the_desk(rehearsal)
    rehearsal.act("answer", call, rehearsal.other)
    desks.do("sign_off", rehearsal.other, "shift_end", "")
    assert rehearsal.call(call)["stage"] == "waiting"


def test_whoever_took_a_press_into_a_booked_visit_is_asked_after_without_waiting_for_its_hour(
    rehearsal: Rehearsal,
) -> None:
    call, _ = accepted(rehearsal)
    rehearsal.press(pager(call))
    rehearsal.act("answer", call)
    row = rehearsal.act("heard", call, anybody=True)
    assert (row["next_step"], row["next_due_at"]) == ("idle", later(stamp(rehearsal.now), 3600))


def test_a_carer_who_was_booked_for_later_is_wanted_now_and_another_goes_as_well(rehearsal: Rehearsal) -> None:
    call, visit = accepted(rehearsal)
    visit = rehearsal.carer("depart", visit)
    rehearsal.wait(600, step=20)
    assert not rehearsal.visit(visit)["doubts"], "booked for later: nobody is late"
    rehearsal.press(pager(call))
    rehearsal.wait(90, step=5)
    now = rehearsal.visit(visit)
    assert (now["priority"], now["slot_at"]) == (1, None)
    assert "overdue" in now["doubts"], "the carer is told at once"
    assert [v["backs_up"] for v in rehearsal.cases.visits_of([call["id"]])] == [None, visit["id"]]
    assert not rehearsal.verify().faults


# --- who owns it may be off duty: it rings -------------------------------------------------------------------------


def test_the_green_key_in_a_booked_visit_rings(rehearsal: Rehearsal) -> None:
    call, _ = accepted(rehearsal)
    row = rehearsal.press(pager(call), SERVICE)
    assert (row["id"], row["priority"], row["stage"]) == (call["id"], 3, "waiting")
    assert not rehearsal.verify().faults


def in_vain(desk: Desk, call: Row) -> Row:
    """The grandson telephones and nobody lifts; returns the case."""
    talk = desk.rings(grandson(desk, pager(call)))
    desk.r.wait(20)
    desk.hear("ended", talk, cause="cancelled")
    assert desk.talk(talk)["call_id"] == call["id"]
    return desk.r.call(call)


def test_a_telephone_call_in_vain_into_a_booked_visit_rings_once_and_is_left_to_whoever_takes_it_up(
    rehearsal: Rehearsal,
) -> None:
    call, _ = accepted(rehearsal)
    desk = Desk(rehearsal)
    assert in_vain(desk, call)["stage"] == "waiting"
    assert in_vain(desk, call)["stage"] == "waiting", "it rings already"
    rehearsal.act("answer", call, rehearsal.other)
    row = in_vain(desk, call)
    assert (row["stage"], row["holder_name"]) == ("answered", "王强"), "nobody is rung out of a conversation"
    assert row["seen_version"] > call["seen_version"]
    assert not rehearsal.verify().faults


def test_the_machine_closes_no_case_of_somebody_who_telephoned_in_vain(rehearsal: Rehearsal) -> None:
    row = book(rehearsal)
    call, visit = underway(rehearsal, row)
    in_vain(Desk(rehearsal), call)
    rehearsal.act("answer", call, rehearsal.other)
    rehearsal.wait(600, step=30)
    rehearsal.carer("finish", visit, report=WELL)
    rehearsal.wait(1)
    assert booking(rehearsal, row)["stage"] == "done"
    assert rehearsal.call(call)["stage"] == "answered", "somebody has still to ring back"


def test_nor_is_it_closed_when_the_visit_gives_way(rehearsal: Rehearsal) -> None:
    row = book(rehearsal)
    call, visit = underway(rehearsal, row)
    in_vain(Desk(rehearsal), call)
    rehearsal.act("answer", call, rehearsal.other)
    alarm_takes(rehearsal, visit)
    assert rehearsal.visit(visit)["stage"] == "interrupted"
    assert rehearsal.call(call)["stage"] != "closed"


def rung_for_their_health(rehearsal: Rehearsal) -> tuple[Row, Row, Row]:
    """Somebody whose 平安 is missing at eleven, with a carer booked for half past: the entry, their case, the visit."""
    who = lone_elder(rehearsal)
    enrol(rehearsal, who)
    row = book(rehearsal, home_id=who["home_id"], begin=690, end=690)
    until(rehearsal, 11, 6)
    call, visit = opened(rehearsal, row)
    visit = rehearsal.carer("accept", visit, visit["asked"][-1]["carer_id"])
    (entry,) = listed(rehearsal, "ok")
    assert rehearsal.call(call)["stage"] == "answered"
    return entry, call, visit


@pytest.mark.parametrize(("result", "priority"), [("help", 2), ("needs", 3)])
def test_who_is_not_well_on_the_list_rings_although_a_visit_is_booked(
    rehearsal: Rehearsal, result: str, priority: int
) -> None:
    entry, call, _ = rung_for_their_health(rehearsal)
    with rehearsal.writing() as w:
        rehearsal.welfare.ringing.say(w, entry["id"], rehearsal.other, result, "头晕，站不起来")
    row = rehearsal.call(call)
    assert (row["stage"], row["priority"]) == ("waiting", priority)
    assert not rehearsal.verify().faults


def test_who_is_not_reached_rings_and_the_booked_carer_is_wanted_now(rehearsal: Rehearsal) -> None:
    _, call, visit = rung_for_their_health(rehearsal)
    until(rehearsal, 11, 30)  # before the carer could be late
    row = rehearsal.call(call)
    assert (row["stage"], row["priority"], "welfare" in row["kinds"]) == ("waiting", 2, True)
    rehearsal.wait(30, step=30)
    now = rehearsal.visit(visit)
    assert (now["priority"], now["slot_at"]) == (2, None)


def test_a_case_that_somebody_has_in_hand_rings_anew_when_the_list_makes_it_more_urgent(rehearsal: Rehearsal) -> None:
    who = lone_elder(rehearsal)
    enrol(rehearsal, who)
    until(rehearsal, 11, 1)
    (entry,) = listed(rehearsal, "ok")
    with rehearsal.writing() as w:  # an errand, in the hands of somebody who is busy with another
        said = Signal(who["account"], Kind.SERVICE, "phone")
        call_id = rehearsal.intake.report(w, said, "phone", "要送餐", "user:1 李敏")
    rehearsal.act("answer", {"id": call_id})
    with rehearsal.writing() as w:
        rehearsal.welfare.ringing.say(w, entry["id"], rehearsal.other, "help", "摔倒了")
    row = rehearsal.call({"id": call_id})
    assert (row["stage"], row["priority"]) == ("waiting", 2)


def test_the_carer_of_a_booked_visit_who_needs_help_is_heard_at_the_desk(rehearsal: Rehearsal) -> None:
    call, visit = underway(rehearsal, book(rehearsal))
    two_at_the_desk(rehearsal).do("sign_off", rehearsal.operator, "shift_end", "")
    with rehearsal.writing() as w:
        OnScene(rehearsal.dispatcher).need_help(w, visit["id"], visit["carer_id"], "carer", "worse", "老人昏过去了")
    row = rehearsal.call(call)
    assert (row["stage"], row["priority"]) == ("waiting", 1)
    assert row["next_step"] == "answer"
    assert not rehearsal.verify().faults


def test_a_second_visit_after_a_press_does_not_wait_for_the_hour_that_was_booked(rehearsal: Rehearsal) -> None:
    call, visit = accepted(rehearsal)
    rehearsal.press(pager(call))
    with rehearsal.writing() as w:
        rehearsal.dispatcher.cancel(w, visit["id"], rehearsal.operator, "电动车坏了")
    visit = rehearsal.carer("accept", rehearsal.send(rehearsal.act("answer", call)))
    assert (visit["slot_at"], visit["interruptible"]) == (None, False)


def test_whoever_answers_a_telephone_call_into_a_booked_visit_has_the_case(rehearsal: Rehearsal) -> None:
    call, _ = accepted(rehearsal)
    desk = Desk(rehearsal)
    talk = desk.rings(grandson(desk, pager(call)))
    with rehearsal.writing() as w:
        desk.reception.claim(w, talk, rehearsal.other)
    row = rehearsal.call(call)
    assert (row["stage"], row["holder_id"]) == ("answered", rehearsal.other.id)
    desks = two_at_the_desk(rehearsal)
    desks.do("sign_off", rehearsal.other, "shift_end", "")
    assert rehearsal.call(call)["stage"] == "waiting", "somebody talks with a person in it"
