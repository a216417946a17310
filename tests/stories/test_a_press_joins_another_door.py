"""Told by telephone or at the counter first, pressed later: from the press on it is a pager's case. On both stores."""

import pytest

from callcenter.rules.call import NotNow
from callcenter.rules.times import later
from tests.conftest import Rehearsal
from tests.stories.test_one_front_door import tell


@pytest.mark.parametrize("kind", ["service", "sos"])
@pytest.mark.parametrize("source", ["phone", "walk_in", "grid"])
def test_nobody_heard_after_the_press_sends_somebody_and_asks_about_120(
    rehearsal: Rehearsal, source: str, kind: str
) -> None:
    call = tell(rehearsal, home_id=42, kind=kind, source=source, take=True)
    rehearsal.act("heard", call, anybody=True)
    rehearsal.wait(1200, step=100)
    assert rehearsal.cases.visits_of([call["id"]]) == []
    call = rehearsal.press("1042")
    assert call["id"] == rehearsal.call(call)["id"]
    pressed_at = call["last_press_at"]
    assert (call["priority"], call["source"], call["script"]["heard_at"]) == (1, "pager", None)
    if call["stage"] == "waiting":
        call = rehearsal.act("answer", call)
    assert (call["speech_due_at"], call["emergency_due_at"]) == (later(pressed_at, 60), later(pressed_at, 180))
    rehearsal.wait(62)
    (visit,) = rehearsal.cases.visits_of([call["id"]])
    assert visit["why"] == "nobody_heard"
    rehearsal.wait(120, step=5)
    assert "prompt" in rehearsal.call(call)["late"]
    first = rehearsal.log.stream(f"call:{call['id']}")[0]
    assert first.body["source"] == source, "how it was first told is not forgotten"
    assert not rehearsal.verify().faults


def test_who_stood_at_the_counter_yesterday_was_not_seen_after_the_press(rehearsal: Rehearsal) -> None:
    call = tell(rehearsal, home_id=42, kind="service", source="walk_in", take=True)
    rehearsal.wait(7200, step=600)
    assert rehearsal.press("1042")["id"] == call["id"]
    call = rehearsal.act("answer", call)
    with pytest.raises(NotNow) as refusal:
        rehearsal.act("close", call, outcome="helped", evidence="was_seen", seen_version=call["version"], words="")
    assert refusal.value.code == "not_seen"


def test_a_telephone_call_alone_asks_nobody_to_speak(rehearsal: Rehearsal) -> None:
    call = tell(rehearsal, home_id=42, kind="service", take=True)
    call = tell(rehearsal, home_id=42, words="更不好了")
    assert (call["priority"], call["source"], call["emergency_due_at"]) == (1, "phone", None)
