"""A booked visit is under way, and something else happens to its case: then it does not run by itself any more."""

import pytest

from callcenter.rules.events import Row
from callcenter.rules.times import later, seconds_between, stamp
from callcenter.store.users import Users
from tests.conftest import Rehearsal
from tests.desks import Desks
from tests.dispatch.booked import book, opened, until


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
