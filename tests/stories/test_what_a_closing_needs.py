"""Nobody is closed away: what the gate asks before a case may end. Each story is named after whom it would have saved.

Kleiven 2016, Barratt 2014, Luleå 2020, Glasgow (McClenaghan), Queensland 2025, Hammersmith 2021. On both stores.
"""

from typing import Any

import pytest

from callcenter.rules.call import NotNow
from callcenter.rules.events import Row
from tests.asking import about, script
from tests.conftest import SERVICE, Rehearsal

ENDING = {"outcome": "advice", "evidence": "spoke_clearly", "words": "好"}
ABSENT = {"condition": "absent", "done": [], "text": "没人开门"}


def refused(rehearsal: Rehearsal, call: Row, user: Any = None, **ending: str) -> NotNow:
    """Why the desk will not close it so, with nothing answered on the operator's behalf."""
    seen = rehearsal.call(call)["version"]
    with pytest.raises(NotNow) as refusal:
        rehearsal.act_as_typed("close", call, user, seen_version=seen, **{**ENDING, **ending})
    assert refusal.value.fix
    return refusal.value


def close(rehearsal: Rehearsal, call: Row, user: Any = None, **ending: str) -> Row:
    seen = rehearsal.call(call)["version"]
    return rehearsal.act_as_typed("close", call, user, seen_version=seen, **{**ENDING, **ending})


def answered(rehearsal: Rehearsal, *codes: str) -> Row:
    return rehearsal.act("answer", rehearsal.press("1042", *codes))


def well(rehearsal: Rehearsal, call: Row) -> Row:
    """Heard clearly, nothing odd, pressed by mistake, can walk."""
    return script(rehearsal, call, {"speech": "clear", "hear": "nothing", "what": "mistake", "up": "yes"})


def visited(rehearsal: Rehearsal, call: Row, report: Row) -> Row:
    """Whoever has been asked goes there and comes back."""
    open_ = [v for v in rehearsal.cases.visits_of([call["id"]]) if not v["ended_at"]]
    visit = open_[0] if open_ else rehearsal.send(call)
    for verb in ("accept", "depart", "arrive"):
        visit = rehearsal.carer(verb, visit)
    return rehearsal.carer("finish", visit, report=report)


def test_queensland_spoke_clearly_needs_the_scripted_questions_and_the_refusal_names_them(rehearsal: Rehearsal) -> None:
    call = answered(rehearsal)
    refusal = refused(rehearsal, call)
    assert refusal.code == "steps"
    assert refusal.values["missing"] == ["speech", "hear", "what", "up"]
    script(rehearsal, call, {"speech": "clear", "hear": "nothing"})
    assert refused(rehearsal, call).values["missing"] == ["what", "up"]
    well(rehearsal, call)
    assert close(rehearsal, call)["stage"] == "closed"
    assert not rehearsal.verify().faults


def test_queensland_an_unclear_answer_is_no_clear_speech(rehearsal: Rehearsal) -> None:
    call = answered(rehearsal)
    call = script(rehearsal, call, {"speech": "unclear", "hear": "nothing", "what": "mistake", "up": "yes"})
    assert call["unheard"] == 1
    assert refused(rehearsal, call).code == "unheard"


def test_croydon_what_the_operator_hears_ticks_the_fire_brigade_and_the_case_cannot_end_without_it(
    rehearsal: Rehearsal,
) -> None:
    call = answered(rehearsal)
    call = script(rehearsal, call, {"speech": "clear", "hear": "alarm", "what": "mistake", "up": "yes"})
    assert call["emergency"]["criteria"] == ["smoke"]
    assert refused(rehearsal, call).code == "uncalled"
    corrected = script(rehearsal, call, {"hear": "nothing"})
    assert corrected["emergency"]["criteria"] == [], "a step answered wrongly takes back what it alone had caused"
    assert close(rehearsal, call)["stage"] == "closed"


def test_kleiven_the_second_unclear_press_in_a_night_is_looked_at_and_not_talked_away(rehearsal: Rehearsal) -> None:
    first = answered(rehearsal)
    script(rehearsal, first, {"speech": "none"})
    well(rehearsal, first)
    assert close(rehearsal, first, outcome="other")["stage"] == "closed"
    rehearsal.wait(86 * 60, step=600)
    second = answered(rehearsal)
    script(rehearsal, second, {"speech": "unclear"})
    well(rehearsal, second)
    assert about(rehearsal, second)["visit_owed"], "the card says so before anybody tries"
    refusal = refused(rehearsal, second, outcome="other")
    assert (refusal.code, refusal.values["presses"]) == ("visit_owed", 2)
    visited(rehearsal, second, {"condition": "well", "done": [], "text": ""})
    assert close(rehearsal, second, evidence="was_seen", outcome="helped")["stage"] == "closed"
    assert not rehearsal.verify().faults


def test_kleiven_eight_hours_later_it_is_a_first_press_again(rehearsal: Rehearsal) -> None:
    first = answered(rehearsal)
    script(rehearsal, first, {"speech": "none"})
    well(rehearsal, first)
    close(rehearsal, first, outcome="other")
    rehearsal.wait(8 * 3600 + 60, step=3600)
    second = answered(rehearsal)
    script(rehearsal, second, {"speech": "unclear"})
    well(rehearsal, second)
    assert close(rehearsal, second, outcome="other")["stage"] == "closed"


def test_barratt_a_landline_nobody_answers_never_ends_as_a_false_alarm(rehearsal: Rehearsal) -> None:
    call = answered(rehearsal)
    well(rehearsal, call)
    script(rehearsal, call, {"call_back": "no_answer"})
    for outcome in ("false_alarm", "advice", "test"):
        assert refused(rehearsal, call, outcome=outcome, said="嗯").code == "no_answer"
    script(rehearsal, call, {"call_back": "answered"})
    assert close(rehearsal, call, outcome="false_alarm", said="按错了")["said"] == "按错了"


def test_lulea_the_second_case_is_not_closed_by_the_same_easy_words(rehearsal: Rehearsal) -> None:
    ending = {"outcome": "false_alarm", "said": "按错了"}
    first = answered(rehearsal, SERVICE)
    close(rehearsal, first, **ending)
    rehearsal.wait(9 * 60, step=60)
    second = answered(rehearsal, SERVICE)
    assert second["priority"] == first["priority"] - 1, "and it is graver"
    assert second["script"]["linked"] == first["id"]
    earlier = about(rehearsal, second)["before"][0]
    assert (earlier["id"], earlier["outcome"], earlier["closed_by"]) == (first["id"], "false_alarm", "李敏")
    refusal = refused(rehearsal, second, **ending)
    assert (refusal.code, refusal.values["other"]) == ("same_reason", first["id"])
    visited(rehearsal, second, {"condition": "well", "done": [], "text": ""})
    assert close(rehearsal, second, evidence="was_seen", **ending)["stage"] == "closed", "somebody has seen her"


def test_lulea_a_repeat_within_ten_minutes_is_graver(rehearsal: Rehearsal) -> None:
    call = answered(rehearsal, SERVICE)
    rehearsal.wait(300, step=60)
    assert rehearsal.press("1042", SERVICE)["priority"] == call["priority"] - 1


def test_a_nervous_finger_is_one_press(rehearsal: Rehearsal) -> None:
    call = rehearsal.press("1042", SERVICE)
    rehearsal.wait(3)
    assert rehearsal.press("1042", SERVICE)["priority"] == call["priority"]


@pytest.mark.parametrize("outcome", ["false_alarm", "refused"])
def test_hammersmith_a_mistake_and_a_refusal_need_the_persons_own_words(rehearsal: Rehearsal, outcome: str) -> None:
    call = answered(rehearsal, SERVICE)
    assert refused(rehearsal, call, outcome=outcome).code == "said"
    assert close(rehearsal, call, outcome=outcome, said="不用，我自己来")["said"] == "不用，我自己来"


def test_glasgow_not_found_is_not_safe(rehearsal: Rehearsal) -> None:
    call = answered(rehearsal)
    well(rehearsal, call)
    rehearsal.wait(1)
    visited(rehearsal, call, ABSENT)
    assert refused(rehearsal, call, evidence="was_seen", outcome="helped").code == "not_found"
    assert refused(rehearsal, call, outcome="other").code == "not_found", "what was heard before she was looked for"
    assert refused(rehearsal, call, evidence="stood_down", outcome="other").code == "stood_down", "not an operator's"
    rehearsal.wait(30)
    call = script(rehearsal, call, {"speech": "clear"})
    assert close(rehearsal, call, outcome="other", words="她在邻居家，刚通上话")["stage"] == "closed"


def test_glasgow_a_supervisor_may_decide_and_answers_for_it(rehearsal: Rehearsal) -> None:
    call = rehearsal.act("answer", rehearsal.press("1042"), rehearsal.supervisor)
    assert refused(rehearsal, call, rehearsal.supervisor, evidence="stood_down", outcome="other").code == "stood_down"
    visited(rehearsal, call, ABSENT)
    ended = close(rehearsal, call, rehearsal.supervisor, evidence="stood_down", outcome="other", words="女儿已接走")
    assert (ended["stage"], ended["evidence"], ended["closed_by"]) == ("closed", "stood_down", "陈主任")
    assert not rehearsal.verify().faults


def test_reopened_the_clocks_run_again_and_what_was_answered_stays(rehearsal: Rehearsal) -> None:
    call = answered(rehearsal)
    well(rehearsal, call)
    closed = close(rehearsal, call, outcome="other")
    assert closed["speech_due_at"] is None
    assert closed["emergency_due_at"] is None
    rehearsal.wait(60, step=60)
    again = rehearsal.act("reopen", call, reason="又来电")
    assert set(again["script"]["answers"]) == {"hear", "what", "up"}, "only the voice is asked for anew"
    assert refused(rehearsal, again, outcome="other").values["missing"] == ["speech"]
    rehearsal.wait(61)
    assert rehearsal.cases.visits_of([call["id"]]), "and silence sends somebody as if it had never been closed"
    rehearsal.wait(120)
    assert "prompt" in rehearsal.call(call)["late"]
    assert not rehearsal.verify().faults
