"""Somebody saw her, or heard her, and she presses again: which of it still says something. On both stores."""

import pytest

from callcenter.rules.call import NotNow
from callcenter.rules.events import Row
from callcenter.rules.times import later
from dispatch.on_scene import OnScene
from tests.asking import calmest, script
from tests.conftest import Rehearsal
from tests.stories.test_one_front_door import tell

WELL = {"condition": "well", "done": [], "text": ""}


def heard(rehearsal: Rehearsal) -> Row:
    """Taken up, heard clearly, every question answered."""
    call = rehearsal.act("answer", rehearsal.press("1042"))
    return script(rehearsal, call, {step.id: calmest(step) for step in rehearsal.scripts.of(call)})


def visited(rehearsal: Rehearsal, call: Row) -> None:
    visit = rehearsal.carer("arrive", rehearsal.carer("accept", rehearsal.send(call)))
    rehearsal.wait(300, step=10)
    rehearsal.carer("finish", visit, report=WELL)


def call_off(rehearsal: Rehearsal, call: Row) -> None:
    for visit in rehearsal.cases.visits_of([call["id"]]):
        if visit["ended_at"] is None:
            with rehearsal.writing() as w:
                rehearsal.dispatcher.cancel(w, visit["id"], rehearsal.operator, "电动车坏了")


def refused(rehearsal: Rehearsal, call: Row, evidence: str) -> str:
    """The code with which closing is refused; nothing is answered on the way."""
    ending = {"outcome": "helped", "evidence": evidence, "words": "好了", "said": "没事"}
    with pytest.raises(NotNow) as refusal:
        rehearsal.act_as_typed("close", call, seen_version=rehearsal.call(call)["version"], **ending)
    return refusal.value.code


@pytest.mark.parametrize(("evidence", "code"), [("was_seen", "not_seen"), ("spoke_clearly", "steps")])
def test_a_carer_who_is_only_on_the_way_is_not_with_her(rehearsal: Rehearsal, evidence: str, code: str) -> None:
    call = heard(rehearsal)
    visited(rehearsal, call)
    rehearsal.wait(3600, step=60)
    rehearsal.carer("accept", rehearsal.send(call))
    rehearsal.wait(60, step=10)
    rehearsal.press("1042")
    call_off(rehearsal, call)
    assert refused(rehearsal, call, evidence) == code


def test_pressing_every_fifty_seconds_is_no_nervous_finger_for_ever(rehearsal: Rehearsal) -> None:
    call = heard(rehearsal)
    for _ in range(2):
        rehearsal.wait(50)
        rehearsal.press("1042")
    assert rehearsal.call(call)["script"]["heard_at"] is None
    rehearsal.wait(62)
    assert rehearsal.cases.visits_of([call["id"]]), "nobody has heard her since"


def test_what_was_noted_after_the_first_of_two_presses_stays(rehearsal: Rehearsal) -> None:
    call = heard(rehearsal)
    visited(rehearsal, call)
    rehearsal.wait(3600, step=60)
    rehearsal.press("1042")
    script(rehearsal, call, {"speech": "none"})
    assert rehearsal.press("1042")["script"]["answers"]["speech"]["answer"] == "none", "a nervous finger"


def test_a_telephone_call_about_her_makes_no_nervous_finger_of_her_press(rehearsal: Rehearsal) -> None:
    call = heard(rehearsal)
    rehearsal.wait(100, step=10)
    tell(rehearsal, home_id=call["home_id"], kind="service", words="女儿来电", user=rehearsal.other)
    rehearsal.wait(30)
    rehearsal.press("1042")
    assert refused(rehearsal, call, "spoke_clearly") == "steps"


def crew_of_the_morning(rehearsal: Rehearsal) -> Row:
    call = heard(rehearsal)
    rehearsal.hand_over("call", call, service="120", criteria=["chest_pain"])
    rehearsal.wait(60, step=10)
    call_off(rehearsal, call)
    return rehearsal.hand_over("crew_arrived", call, service="120", evidence="family_there")


def test_the_crew_of_the_morning_has_not_seen_the_evening(rehearsal: Rehearsal) -> None:
    call = crew_of_the_morning(rehearsal)
    rehearsal.wait(9 * 3600, step=300)
    call = rehearsal.press("1042")
    assert refused(rehearsal, call, "handed_over") == "not_seen"
    assert call["emergency_due_at"] == later(call["last_press_at"], 180), "120 is decided on anew"
    assert call["speech_due_at"] == later(call["last_press_at"], 60)
    assert not rehearsal.verify().faults


def test_pressed_while_the_crew_is_there_it_is_still_handed_over(rehearsal: Rehearsal) -> None:
    call = crew_of_the_morning(rehearsal)
    rehearsal.wait(600, step=30)
    call = rehearsal.press("1042")
    assert call["emergency_due_at"] is None
    assert refused(rehearsal, call, "spoke_clearly") == "steps", "what she said before is another matter"
    ending = {"outcome": "hospital", "evidence": "handed_over", "words": "送医"}
    assert rehearsal.act("close", call, seen_version=call["version"], **ending)["stage"] == "closed"


@pytest.mark.parametrize("before", [False, True])
def test_two_unclear_presses_after_a_visit_are_looked_at_too(rehearsal: Rehearsal, before: bool) -> None:
    call = heard(rehearsal)
    if before:
        visited(rehearsal, call)
    rehearsal.wait(4 * 3600, step=300)
    for _ in range(2):
        call = rehearsal.press("1042")
        if call["stage"] == "waiting":
            rehearsal.act("answer", call)
        rehearsal.act("heard", call, anybody=False)
        rehearsal.wait(120, step=30)
        call_off(rehearsal, call)
    script(rehearsal, call, {step.id: calmest(step) for step in rehearsal.scripts.of(rehearsal.call(call))})
    assert refused(rehearsal, call, "spoke_clearly") == "visit_owed"


def test_an_arrival_that_was_a_mistake_stops_no_clock(rehearsal: Rehearsal) -> None:
    call = rehearsal.act("answer", rehearsal.press("1042"))
    visit = rehearsal.carer("depart", rehearsal.carer("accept", rehearsal.send(call)))
    rehearsal.wait(10)
    rehearsal.carer("arrive", visit)
    assert rehearsal.call(call)["speech_due_at"] is None
    rehearsal.wait(5)
    with rehearsal.writing() as w:
        OnScene(rehearsal.dispatcher).undo(w, visit["id"], visit["carer_id"], "carer", "arrive")
    row = rehearsal.call(call)
    now = row["speech_due_at"] and later(row["speech_due_at"], -60)
    assert (now, row["emergency_due_at"]) == (later(row["opened_at"], 15), later(row["opened_at"], 195))
    assert refused(rehearsal, call, "was_seen") == "visiting"
    assert not rehearsal.verify().faults
