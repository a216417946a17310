"""Everybody who was visited is rung and asked how it was; a bad word opens the case again."""

import pytest

from callcenter.rules.call import NotNow
from callcenter.rules.events import Row
from callcenter.rules.four_orders import complete, order_state
from callcenter.rules.times import seconds_between
from tests.conftest import Rehearsal
from tests.dispatch.booked import WELL, book, carried_out, local, ring, to_ring, until


def served(rehearsal: Rehearsal) -> tuple[Row, Row]:
    """A service that has been done, and the call-back about it."""
    call, _ = carried_out(rehearsal, book(rehearsal))
    (task,) = to_ring(rehearsal, "rate")
    return call, task


def test_a_service_is_asked_about_within_two_days_by_its_owner_and_not_at_noon(rehearsal: Rehearsal) -> None:
    call, task = served(rehearsal)
    assert (task["call_id"], task["service"], task["owner_name"]) == (call["id"], "clean", "李敏")
    assert seconds_between(task["asked_at"], task["due_at"]) == 48 * 3600
    assert local(task["from_at"]) == "23 12:00"
    until(rehearsal, 12, 40)
    with pytest.raises(NotNow) as refusal:
        ring(rehearsal, "not_reached", task)
    assert refusal.value.code == "resting"
    assert refusal.value.values["time"] == "14:30"


def test_an_alarm_visit_is_asked_about_within_a_day(rehearsal: Rehearsal) -> None:
    call = rehearsal.press("1417")
    rehearsal.act("answer", call)
    visit = rehearsal.send(call)
    visit = rehearsal.carer("accept", visit, visit["asked"][0]["carer_id"])
    rehearsal.carer("arrive", visit)
    rehearsal.carer("finish", visit, report=WELL)
    rehearsal.wait(1)
    (task,) = to_ring(rehearsal, "rate")
    assert seconds_between(task["asked_at"], task["due_at"]) == 24 * 3600
    assert (task["owner_name"], task["service"]) == ("李敏", "")
    assert rehearsal.call(call)["rated"] == "due"


def test_the_four_orders_are_seen_one_after_the_other(rehearsal: Rehearsal) -> None:
    seen = []

    def look(call: Row) -> None:
        visits = rehearsal.cases.visits_of([call["id"]])
        state = order_state(rehearsal.call(call), visits[-1] if visits else None)
        seen.extend([state] if state not in seen else [])

    call = rehearsal.press("1417")
    rehearsal.act("answer", call)
    look(call)
    visit = rehearsal.send(call)
    look(call)
    visit = rehearsal.carer("accept", visit, visit["asked"][0]["carer_id"])
    look(call)
    rehearsal.carer("arrive", visit)
    rehearsal.carer("finish", visit, report=WELL)
    rehearsal.wait(1)
    look(call)
    ring(rehearsal, "rated", to_ring(rehearsal, "rate")[0], 5)
    look(call)
    assert seen == ["placed", "sent", "taken", "rated"]


def test_a_case_is_complete_only_when_it_is_rated(rehearsal: Rehearsal) -> None:
    call, task = served(rehearsal)
    assert (call["stage"], complete(call)) == ("closed", False)
    ring(rehearsal, "rated", task, 4, "很好")
    call = rehearsal.call(call)
    assert (call["rated"], call["rating"], complete(call)) == ("rated", 4, True)
    assert to_ring(rehearsal, "rate") == []
    assert not rehearsal.verify().faults


def test_two_calls_without_a_reply_complete_it_too_and_not_one(rehearsal: Rehearsal) -> None:
    call, task = served(rehearsal)
    once = ring(rehearsal, "not_reached", task)
    assert once["stage"] == "open"
    assert local(once["from_at"]) == "23 14:30"  # two hours later would be in the rest at noon
    until(rehearsal, 15, 0)
    twice = ring(rehearsal, "not_reached", task)
    assert (twice["stage"], twice["result"], len(twice["tries"])) == ("done", "no_reply", 2)
    assert complete(rehearsal.call(call))


def test_a_low_rating_opens_the_case_again_with_an_owner_and_a_clock(rehearsal: Rehearsal) -> None:
    call, task = served(rehearsal)
    with pytest.raises(NotNow):
        ring(rehearsal, "rated", task, 2, "", user=rehearsal.other)  # what was wrong has to be said
    ring(rehearsal, "rated", task, 2, "没擦窗户，态度不好", user=rehearsal.other)
    call = rehearsal.call(call)
    assert (call["stage"], call["complaint"], call["holder_name"]) == ("answered", True, "王强")
    assert call["next_step"] == "conclude"
    assert not complete(call)
    rehearsal.wait(901, step=30)
    assert "conclude" in rehearsal.call(call)["late"]
    assert not rehearsal.verify().faults


def test_a_complaint_of_a_home_with_an_open_case_goes_there(rehearsal: Rehearsal) -> None:
    call, task = served(rehearsal)
    other = rehearsal.press(call["account"])
    task = ring(rehearsal, "rated", task, 1, "没来")
    assert task["complaint"] == other["id"]
    assert rehearsal.call(call)["stage"] == "closed"
    assert rehearsal.call(call)["complaint"]
    notes = [e.body["text"] for e in rehearsal.log.stream(f"call:{other['id']}") if e.kind == "NoteAdded"]
    assert "没来" in notes[0]
    assert not rehearsal.verify().faults


def test_what_nobody_rang_about_in_time_is_late_and_stays_on_the_list(rehearsal: Rehearsal) -> None:
    call, _ = served(rehearsal)
    rehearsal.wait(48 * 3600 + 60, step=1800)
    (task,) = to_ring(rehearsal, "rate")
    assert task["late"]
    assert rehearsal.kinds(call).count("CallBackMissed") == 1


def test_a_call_back_is_done_by_one_person(rehearsal: Rehearsal) -> None:
    _, task = served(rehearsal)
    ring(rehearsal, "rated", task, 5)
    with pytest.raises(NotNow) as refusal:
        ring(rehearsal, "rated", task, 1, "坏", user=rehearsal.other)
    assert refusal.value.values == {"name": "李敏"}
