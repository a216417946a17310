"""She has spoken clearly, and presses again later: she must be heard again. On both stores."""

import pytest

from callcenter.rules.call import NotNow
from callcenter.rules.events import Row
from callcenter.rules.times import later
from tests.asking import script
from tests.conftest import Rehearsal


def heard(rehearsal: Rehearsal) -> Row:
    return script(rehearsal, rehearsal.act("answer", rehearsal.press("1042")), {"speech": "clear"})


def test_words_from_before_a_press_close_nothing_after_it(rehearsal: Rehearsal) -> None:
    call = heard(rehearsal)
    rehearsal.carer("accept", rehearsal.send(call))
    rehearsal.wait(360, step=10)
    call = rehearsal.press("1042")
    assert (call["stage"], call["script"]["heard_at"], call["emergency"]["spoke"]) == ("answered", None, False)
    assert call["emergency_due_at"] == later(call["last_press_at"], 180)
    rehearsal.wait(70)
    whys = [one["why"] for one in rehearsal.cases.visits_of([call["id"]])]
    assert "nobody_heard" not in whys, "somebody goes already"
    for one in rehearsal.cases.visits_of([call["id"]]):
        with rehearsal.writing() as w:
            rehearsal.dispatcher.cancel(w, one["id"], rehearsal.operator, "电动车坏了")
    seen = rehearsal.call(call)["version"]
    ending = {"outcome": "false_alarm", "evidence": "spoke_clearly", "words": "", "said": "没事", "seen_version": seen}
    with pytest.raises(NotNow) as refusal:
        rehearsal.act_as_typed("close", call, **ending)
    assert refusal.value.code == "steps"
    assert "speech" in refusal.value.values["missing"]
    assert not rehearsal.verify().faults


def test_to_whom_nobody_goes_somebody_is_sent_when_they_are_not_heard_again(rehearsal: Rehearsal) -> None:
    call = heard(rehearsal)
    rehearsal.wait(120, step=10)
    call = rehearsal.press("1042")
    due = later(call["last_press_at"], 60)
    assert call["speech_due_at"] == due
    rehearsal.wait(59)
    rehearsal.press("1042")
    assert rehearsal.call(call)["speech_due_at"] == due, "pressing on puts it off no more"
    rehearsal.wait(3)
    assert [v["why"] for v in rehearsal.cases.visits_of([call["id"]])] == ["nobody_heard"]


def test_pressing_on_does_not_put_the_clock_of_silence_off(rehearsal: Rehearsal) -> None:
    call = rehearsal.press("1042")
    rehearsal.wait(50)
    call = rehearsal.act("answer", call)
    rehearsal.wait(30)
    assert rehearsal.press("1042")["speech_due_at"] == call["speech_due_at"]


@pytest.mark.parametrize("why", ["a nervous finger", "a carer in the home"])
def test_what_was_heard_stays_after(rehearsal: Rehearsal, why: str) -> None:
    call = heard(rehearsal)
    if why == "a carer in the home":
        rehearsal.carer("arrive", rehearsal.carer("accept", rehearsal.send(call)))
        rehearsal.wait(300, step=10)
    else:
        rehearsal.wait(50, step=10)
    call = rehearsal.press("1042")
    assert call["script"]["heard_at"]
    assert call["speech_due_at"] is None


def test_a_visit_from_before_a_press_is_no_sighting_after_it(rehearsal: Rehearsal) -> None:
    call = heard(rehearsal)
    visit = rehearsal.carer("arrive", rehearsal.carer("accept", rehearsal.send(call)))
    rehearsal.wait(300, step=10)
    rehearsal.carer("finish", visit, report={"condition": "well", "done": [], "text": ""})
    rehearsal.wait(300, step=10)
    call = rehearsal.press("1042")
    ending = {"outcome": "helped", "evidence": "was_seen", "words": "好了"}
    with pytest.raises(NotNow) as refusal:
        rehearsal.act("close", call, seen_version=call["version"], **ending)
    assert (refusal.value.code, refusal.value.message) == (
        "not_seen", "Nobody of ours has been there since the last press",
    )  # fmt: skip
    again = rehearsal.carer("arrive", rehearsal.carer("accept", rehearsal.send(call)))
    rehearsal.carer("finish", again, report={"condition": "well", "done": [], "text": ""})
    call = rehearsal.call(call)
    assert rehearsal.act("close", call, seen_version=call["version"], **ending)["stage"] == "closed"


@pytest.mark.parametrize("stage", ["answered", "waiting"])
def test_whoever_was_visited_before_the_press_must_be_heard_after_it(rehearsal: Rehearsal, stage: str) -> None:
    call = heard(rehearsal)
    visit = rehearsal.carer("arrive", rehearsal.carer("accept", rehearsal.send(call)))
    rehearsal.wait(300, step=10)
    rehearsal.carer("finish", visit, report={"condition": "well", "done": [], "text": ""})
    if stage == "waiting":
        with rehearsal.writing() as w:
            rehearsal.places.give_back(w, rehearsal.operator.id, "lost", "clock")
        rehearsal.act("answer", call, rehearsal.other)
        rehearsal.wait(30)
        assert rehearsal.call(call)["speech_due_at"] is None, "well a moment ago, and nobody has pressed"
        rehearsal.act("hold", call, rehearsal.other, seconds=300)
    rehearsal.wait(300, step=10)
    call = rehearsal.press("1042")
    assert call["emergency_due_at"] == later(call["last_press_at"], 180)
    if stage == "waiting":
        call = rehearsal.act("answer", call)
    assert call["speech_due_at"] == later(rehearsal.call(call)["last_press_at"], 60)
    rehearsal.wait(62)
    assert [v["why"] for v in rehearsal.cases.visits_of([call["id"]])][1:] == ["nobody_heard"]
    assert not rehearsal.verify().faults
