"""Somebody was sent before, and nobody goes now: the clock sends again, as it does the first time. On both stores."""

import pytest

from callcenter.rules.events import Row
from tests.conftest import SERVICE, Rehearsal


def visits(rehearsal: Rehearsal, call: Row) -> list[Row]:
    return list(rehearsal.cases.visits_of([call["id"]]))


def heard(rehearsal: Rehearsal, account: str, code: str) -> Row:
    return rehearsal.act("heard", rehearsal.act("answer", rehearsal.press(account, code)), anybody=True)


def cancelled(rehearsal: Rehearsal, call: Row) -> None:
    visit = rehearsal.carer("accept", rehearsal.send(call))
    with rehearsal.writing() as w:
        rehearsal.dispatcher.cancel(w, visit["id"], rehearsal.operator, "电动车坏了")


def visited(rehearsal: Rehearsal, call: Row, condition: str) -> None:
    visit = rehearsal.carer("arrive", rehearsal.carer("accept", rehearsal.send(call)))
    rehearsal.wait(60, step=10)
    rehearsal.carer("finish", visit, report={"condition": condition, "done": [], "text": ""})


def seat_is_lost(rehearsal: Rehearsal) -> None:
    with rehearsal.writing() as w:
        assert rehearsal.places.give_back(w, rehearsal.operator.id, "lost", "clock")


@pytest.mark.parametrize("after", [10, 300])
def test_after_a_cancelled_visit_a_lost_seat_leaves_nobody_alone(rehearsal: Rehearsal, after: int) -> None:
    from_before = heard(rehearsal, "1042", "110101001")
    cancelled(rehearsal, from_before)
    rehearsal.wait(after, step=5)
    seat_is_lost(rehearsal)
    rehearsal.wait(78 if after == 10 else 88)
    assert len(visits(rehearsal, from_before)) == 1, "ninety seconds since nobody goes, or since it rings"
    rehearsal.wait(4)
    assert [v["stage"] for v in visits(rehearsal, from_before)] == ["cancelled", "offered"]
    assert rehearsal.call(from_before)["stage"] == "waiting"
    assert not rehearsal.verify().faults


def test_she_presses_at_night_on_a_case_whose_visit_is_long_over(rehearsal: Rehearsal) -> None:
    call = heard(rehearsal, "1042", SERVICE)
    visited(rehearsal, call, "well")
    rehearsal.wait(9 * 3600, step=300)
    assert rehearsal.press("1042")["id"] == call["id"]
    rehearsal.wait(88)
    assert len(visits(rehearsal, call)) == 1
    rehearsal.wait(4)
    assert len(visits(rehearsal, call)) == 2


def test_she_presses_while_the_service_case_rings_in_vain_for_long(rehearsal: Rehearsal) -> None:
    """Found beside it: the time to decide on the service had passed, and no other came for the emergency."""
    call = rehearsal.press("1042", SERVICE)
    rehearsal.wait(1000, step=10)
    assert (rehearsal.call(call)["priority"], visits(rehearsal, call)) == (2, [])
    rehearsal.press("1042")
    rehearsal.wait(95)
    assert rehearsal.call(call)["priority"] == 1
    assert len(visits(rehearsal, call)) == 1


def test_whoever_was_left_well_is_not_visited_again_because_a_seat_is_lost(rehearsal: Rehearsal) -> None:
    call = heard(rehearsal, "1042", "110101001")
    visited(rehearsal, call, "well")
    seat_is_lost(rehearsal)
    rehearsal.wait(100)
    assert len(visits(rehearsal, call)) == 1
    rehearsal.press("1042")
    rehearsal.act("answer", call)
    rehearsal.act("hold", call, seconds=60)
    rehearsal.wait(180, step=2)
    assert len(visits(rehearsal, call)) == 2, "but whoever presses after that is"


def test_a_hold_that_runs_out_after_the_time_to_decide_sends_somebody(rehearsal: Rehearsal) -> None:
    call = heard(rehearsal, "1042", "110101001")
    rehearsal.wait(95)
    assert not visits(rehearsal, call)
    rehearsal.act("hold", call, seconds=60)
    until = rehearsal.call(call)["held_until"]
    while rehearsal.call(call)["held_until"]:
        assert not visits(rehearsal, call), f"somebody has put it on hold until {until}"
        rehearsal.wait(1)
    rehearsal.tick()
    assert len(visits(rehearsal, call)) == 1


def test_calling_120_after_a_cancelled_visit_sends_one_of_ours_as_well(rehearsal: Rehearsal) -> None:
    call = heard(rehearsal, "1042", "110101001")
    cancelled(rehearsal, call)
    rehearsal.hand_over("call", call, service="120", criteria=["chest_pain"])
    assert [v["stage"] for v in visits(rehearsal, call)] == ["cancelled", "offered"]


@pytest.mark.parametrize("every", [15, 38, 50])
@pytest.mark.parametrize("again", ["lost seat", "hold"])
def test_who_presses_again_and_again_puts_off_nobody_who_is_to_be_told(
    rehearsal: Rehearsal, again: str, every: int
) -> None:
    call = heard(rehearsal, "1042", "110101001")
    rehearsal.wait(30, step=5)
    if again == "hold":
        rehearsal.act("hold", call, seconds=60)
        call = rehearsal.press("1042")
    else:
        seat_is_lost(rehearsal)
    for second in range(1, 130):
        rehearsal.wait(1)
        if second % every == 0:
            rehearsal.press("1042")
    told = [e.body["step"] for e in rehearsal.log.stream(f"call:{call['id']}") if e.kind == "CallOverflowed"]
    assert told == [1, 2, 3], "supervisor, station and duty officer, at 40, 60 and 120 s"
    assert "answer" in rehearsal.call(call)["late"]
    assert not rehearsal.verify().faults
