"""Answered, and nobody heard clearly: within a minute a carer and the family, within three the question of 120."""

from datetime import timedelta

import pytest

from callcenter.rules.call import NotNow
from callcenter.rules.events import Row
from tests.asking import script
from tests.conftest import SERVICE, Rehearsal

SMOKE, INACTIVITY = "111101001", "110201001"  # Contact ID 111 and 102


def asked(rehearsal: Rehearsal, call: Row) -> list[str]:
    return [e.body["who"] for e in rehearsal.log.stream(f"call:{call['id']}") if e.kind == "HelpAsked"]


def test_walford_sixty_seconds_without_a_voice_send_a_carer_and_ask_the_family_at_once(rehearsal: Rehearsal) -> None:
    call = rehearsal.act("answer", rehearsal.press("1042"))
    rehearsal.wait(58)
    assert not rehearsal.cases.visits_of([call["id"]])
    rehearsal.wait(3)
    (visit,) = rehearsal.cases.visits_of([call["id"]])
    assert (visit["why"], visit["priority"]) == ("nobody_heard", 1)
    assert asked(rehearsal, call) == ["contacts"], "in parallel, without a word of anybody"
    assert not rehearsal.verify().faults


def test_what_is_being_done_already_is_not_done_twice(rehearsal: Rehearsal) -> None:
    call = rehearsal.act("answer", rehearsal.press("1042"))
    rehearsal.send(call)
    rehearsal.wait(70)
    assert len(rehearsal.cases.visits_of([call["id"]])) == 1
    assert asked(rehearsal, call).count("contacts") == 1


def test_a_clear_voice_stops_every_clock_of_silence(rehearsal: Rehearsal) -> None:
    call = rehearsal.act("answer", rehearsal.press("1042"))
    call = script(rehearsal, call, {"speech": "clear"})
    assert (call["speech_due_at"], call["emergency_due_at"]) == (None, None)
    rehearsal.wait(200, step=5)
    assert not rehearsal.cases.visits_of([call["id"]])
    assert "prompt" not in rehearsal.call(call)["late"]


def test_a_voice_that_is_lost_again_starts_the_question_of_120_anew(rehearsal: Rehearsal) -> None:
    call = rehearsal.act("answer", rehearsal.press("1042"))
    script(rehearsal, call, {"speech": "clear"})
    rehearsal.wait(30)
    script(rehearsal, call, {"speech": "none"})
    rehearsal.wait(61)
    assert rehearsal.cases.visits_of([call["id"]])
    rehearsal.wait(120)
    assert "prompt" in rehearsal.call(call)["late"]
    call = script(rehearsal, call, {"speech": "clear"})
    assert call["emergency"]["criteria"] == [], "what the clock ticked falls away with a clear voice"


def test_nobody_is_sent_unasked_into_smoke(rehearsal: Rehearsal) -> None:
    call = rehearsal.act("answer", rehearsal.press("1042", SMOKE))
    rehearsal.wait(70)
    assert not rehearsal.cases.visits_of([call["id"]])
    rehearsal.wait(120)
    assert "prompt" in rehearsal.call(call)["late"], "but somebody has to decide"

    other = rehearsal.act("answer", rehearsal.press("1043"))
    script(rehearsal, other, {"hear": "quarrel"})
    rehearsal.wait(70)
    assert not rehearsal.cases.visits_of([other["id"]])


def test_a_hold_that_runs_out_sends_nobody_into_smoke(rehearsal: Rehearsal) -> None:
    call = rehearsal.act("answer", rehearsal.press("1042", SMOKE))
    rehearsal.hand_over("call", call, service="119", criteria=["smoke"])
    rehearsal.wait(95, step=5)
    rehearsal.act("hold", call, seconds=60)
    rehearsal.wait(70, step=2)
    assert not rehearsal.cases.visits_of([call["id"]])


def test_smoke_that_nobody_has_heard_of_is_looked_at(rehearsal: Rehearsal) -> None:
    call = rehearsal.press("1042", SMOKE)
    rehearsal.wait(95, step=5)
    assert rehearsal.cases.visits_of([call["id"]])


def test_whoever_is_sent_for_another_reason_does_not_hide_that_nobody_is_heard(rehearsal: Rehearsal) -> None:
    """The dispatcher is away for a moment: two silences of a service key, and an operator sends somebody herself."""
    call = rehearsal.act("answer", rehearsal.press("1042", SERVICE))
    for _ in range(2):
        rehearsal.act("heard", call, anybody=False)
    rehearsal.send(call)
    rehearsal.wait(2)
    row = rehearsal.call(call)
    assert (row["priority"], row["unheard_at"]) == (2, None)
    assert "HelpAsked" in [event.kind for event in rehearsal.log.stream(f"call:{call['id']}")], "the family too"
    assert len(rehearsal.cases.visits_of([call["id"]])) == 1


def test_a_service_key_is_talked_about_in_peace(rehearsal: Rehearsal) -> None:
    call = rehearsal.act("answer", rehearsal.press("1042", SERVICE))
    rehearsal.wait(100, step=5)
    assert not rehearsal.cases.visits_of([call["id"]])


def test_a_home_that_does_not_move_and_does_not_speak_is_looked_at(rehearsal: Rehearsal) -> None:
    call = rehearsal.act("answer", rehearsal.press("1042", INACTIVITY))
    assert (call["kind"], call["script"]["speech"]) == ("inactivity", 60)
    rehearsal.now += timedelta(seconds=61)
    rehearsal.tick()
    assert rehearsal.cases.visits_of([call["id"]])


def test_a_step_of_another_script_is_refused_by_its_name(rehearsal: Rehearsal) -> None:
    call = rehearsal.act("answer", rehearsal.press("1042"))
    for answers in ({"air": "done"}, {"speech": "perhaps"}):
        with pytest.raises(NotNow) as refusal:
            script(rehearsal, call, answers)
        assert refusal.value.code == "no_such_step"
        assert "speech" in refusal.value.values["choices"] or "clear" in refusal.value.values["choices"]
    assert rehearsal.call(call)["script"]["answers"] == {}


def test_two_operators_the_second_is_told_whose_case_it_is(rehearsal: Rehearsal) -> None:
    call = rehearsal.act("answer", rehearsal.press("1042"))
    with pytest.raises(NotNow) as refusal:
        script(rehearsal, call, {"speech": "clear"}, rehearsal.other)
    assert refusal.value.code == "taken"
