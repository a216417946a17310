"""120, 119 and 110: called by criteria and never as a last step, chased until the crew is there, our own carer sent."""

import pytest

from callcenter.rules.call import NotNow
from callcenter.rules.events import Row
from callcenter.store.tables import residents
from tests.conftest import SERVICE, Rehearsal


def refused(rehearsal: Rehearsal, call: Row, evidence: str = "spoke_clearly") -> str:
    """The code with which the desk refuses to close."""
    seen = rehearsal.call(call)["version"]
    with pytest.raises(NotNow) as refusal:
        rehearsal.act_as_typed("close", call, seen_version=seen, outcome="hospital", evidence=evidence, words="已交接")
    return refusal.value.code


def close(rehearsal: Rehearsal, call: Row, evidence: str = "spoke_clearly", outcome: str = "advice") -> Row:
    seen = rehearsal.call(call)["version"]
    return rehearsal.act("close", call, seen_version=seen, outcome=outcome, evidence=evidence, words="好")


def test_a_bleeding_faller_gets_120_at_triage_our_own_carer_too_and_120_is_chased_until_the_crew_is_there(
    rehearsal: Rehearsal,
) -> None:
    """Failure 10: the ambulance took three hours, and nobody asked again."""
    call = rehearsal.act("answer", rehearsal.press("1042"))
    call = rehearsal.hand_over("call", call, service="120", criteria=["bleeding", "fall_head"], reference="A-17")
    assert call["emergency"]["services"]["120"]["reference"] == "A-17"
    [visit] = rehearsal.cases.visits_of([call["id"]])
    assert visit["stage"] == "offered", "our own carer is sent in parallel, without a further word"

    rehearsal.carer("accept", visit)
    rehearsal.wait(299, step=50)
    assert "chase" not in rehearsal.call(call)["late"]
    rehearsal.wait(2)
    assert "chase" in rehearsal.call(call)["late"], "five minutes without a crew: it rings"
    rehearsal.hand_over("chase", call, service="120", words="车在路上", minutes=8)
    assert "chase" not in rehearsal.call(call)["late"]
    rehearsal.wait(301, step=50)
    assert "chase" in rehearsal.call(call)["late"], "and again after five more"
    assert refused(rehearsal, call) == "visiting"
    rehearsal.carer("depart", visit)
    rehearsal.carer("arrive", visit)
    rehearsal.carer("finish", visit, report={"condition": "hurt", "done": [], "text": ""})
    for other in rehearsal.cases.visits_of([call["id"]]):  # whoever was sent because the first was in doubt
        if other["ended_at"] is None:
            with rehearsal.writing() as w:
                rehearsal.dispatcher.cancel(w, other["id"], rehearsal.operator, "第一位已到")
    assert refused(rehearsal, call, "handed_over") == "no_crew"
    assert refused(rehearsal, call, "was_seen") == "crew_awaited", "a carer there does not call the ambulance off"

    call = rehearsal.hand_over("crew_arrived", call, service="120", evidence="carer_there")
    assert call["emergency_due_at"] is None
    assert close(rehearsal, call, "handed_over", "hospital")["stage"] == "closed"
    assert not rehearsal.verify().faults


def test_calling_120_neither_cancels_nor_hinders_the_visit_already_asked_for(rehearsal: Rehearsal) -> None:
    call = rehearsal.act("answer", rehearsal.press("1042"))
    visit = rehearsal.send(call)
    rehearsal.carer("accept", visit)
    rehearsal.hand_over("call", call, service="120", criteria=["stroke"])
    assert [v["stage"] for v in rehearsal.cases.visits_of([call["id"]])] == ["accepted"]
    rehearsal.carer("depart", visit)
    assert rehearsal.carer("arrive", visit)["stage"] == "arrived"


def test_nobody_of_ours_is_sent_unasked_into_smoke_or_violence(rehearsal: Rehearsal) -> None:
    call = rehearsal.act("answer", rehearsal.press("1042"))
    rehearsal.hand_over("call", call, service="119", criteria=["smoke"])
    assert rehearsal.cases.visits_of([call["id"]]) == []


def test_a_case_with_criteria_ticked_cannot_be_closed_without_a_call_or_a_recorded_refusal(
    rehearsal: Rehearsal,
) -> None:
    """Failure 11: the operator told her to telephone the ambulance herself."""
    call = rehearsal.act("answer", rehearsal.press("1042"))
    rehearsal.hand_over("assess", call, criteria=["chest_pain"], spoke=True)
    assert refused(rehearsal, call) == "uncalled"
    rehearsal.hand_over("refuse", call, reason="老人坚持不去医院，儿子在场同意")
    assert close(rehearsal, call)["stage"] == "closed"

    other = rehearsal.act("answer", rehearsal.press("1043"))
    rehearsal.hand_over("assess", other, criteria=["gas"], spoke=True)
    rehearsal.hand_over("call", other, service="120", criteria=[])
    rehearsal.hand_over("stand_down", other, service="120", reason="误叫")
    assert rehearsal.cases.visits_of([other["id"]]), "the carer asked for 120 still goes"
    with rehearsal.writing() as w:
        rehearsal.dispatcher.cancel(w, f"{other['id']}.1", rehearsal.operator, "误叫")
    assert refused(rehearsal, other) == "uncalled", "gas asks for 119, and 120 is another service"


def test_a_service_called_twice_is_refused_with_what_to_do(rehearsal: Rehearsal) -> None:
    call = rehearsal.act("answer", rehearsal.press("1042"))
    rehearsal.hand_over("call", call, service="120", criteria=["breathing"])
    for verb, more in (("call", {"criteria": []}), ("chase", {"words": ""})):
        service = "120" if verb == "call" else "110"
        with pytest.raises(NotNow) as refusal:
            rehearsal.hand_over(verb, call, service=service, **more)
        assert refusal.value.fix
    rehearsal.hand_over("stand_down", call, service="120", reason="已缓解")
    assert rehearsal.hand_over("call", call, service="120", criteria=[])["emergency_due_at"], "called anew"


def at_highest_risk(rehearsal: Rehearsal, account: str) -> None:
    with rehearsal.database.write() as conn:
        home = rehearsal.people.devices_by_account(conn, [account])[account]["home_id"]
        conn.execute(residents.update().where(residents.c.home_id == home).values(tier="A"))


@pytest.mark.parametrize("highest", [True, False])
def test_three_minutes_of_silence_in_an_emergency_with_nobody_there_prompt_120(
    rehearsal: Rehearsal, highest: bool
) -> None:
    if highest:
        at_highest_risk(rehearsal, "1042")
    call = rehearsal.act("answer", rehearsal.press("1042"))
    rehearsal.wait(178)
    assert "prompt" not in rehearsal.call(call)["late"]
    rehearsal.wait(3)
    late = rehearsal.call(call)
    assert "prompt" in late["late"]
    assert late["emergency"]["criteria"] == ["silent"]
    for visit in rehearsal.cases.visits_of([call["id"]]):  # a carer has long been asked, without a word
        with rehearsal.writing() as w:
            rehearsal.dispatcher.cancel(w, visit["id"], rehearsal.operator, "另派")
    assert refused(rehearsal, call) == "uncalled"
    call = rehearsal.hand_over("call", call, service="120", criteria=[])
    assert "prompt" not in call["late"]
    assert not rehearsal.verify().faults


@pytest.mark.parametrize("quieted", ["spoke", "carer there", "lower risk"])
def test_the_prompt_does_not_ring_where_somebody_answers_or_is_there_or_the_risk_is_lower(
    rehearsal: Rehearsal, quieted: str
) -> None:
    if quieted != "lower risk":
        at_highest_risk(rehearsal, "1042")
    call = rehearsal.act("answer", rehearsal.press("1042", SERVICE if quieted == "lower risk" else "110101001"))
    if quieted == "spoke":
        rehearsal.hand_over("assess", call, criteria=[], spoke=True)
    elif quieted == "carer there":
        visit = rehearsal.send(call)
        rehearsal.carer("accept", visit)
        rehearsal.carer("arrive", visit)
    rehearsal.wait(602, step=30)
    assert "prompt" not in rehearsal.call(call)["late"]


def test_a_case_ends_with_a_carer_or_a_crew_on_the_scene_and_not_because_somebody_is_said_to_have_seen(
    rehearsal: Rehearsal,
) -> None:
    call = rehearsal.act("answer", rehearsal.press("1042"))
    assert refused(rehearsal, call, "was_seen") == "not_seen"
    assert refused(rehearsal, call, "handed_over") == "no_crew"
    visit = rehearsal.send(call)
    for verb in ("accept", "depart", "arrive"):
        rehearsal.carer(verb, visit)
    rehearsal.carer("finish", visit, report={"condition": "well", "done": [], "text": ""})
    assert close(rehearsal, call, "was_seen", "helped")["stage"] == "closed"
