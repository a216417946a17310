"""Cases that went wrong between two people: the caller and us, us and 120, two desks (6, 10 to 13, 27, 34)."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from callcenter.rules.call import NotNow
from callcenter.rules.events import Row
from callcenter.store.tables import homes, responders
from devices.signal import Kind, Signal
from tests.conftest import SERVICE, ZONE, Rehearsal

SMOKE = "111101001"


def refused(rehearsal: Rehearsal, call: Row, evidence: str, outcome: str = "hospital") -> str:
    """The code with which the desk refuses to close."""
    seen = rehearsal.call(call)["version"]
    with pytest.raises(NotNow) as refusal:
        rehearsal.act("close", call, seen_version=seen, outcome=outcome, evidence=evidence, words="已交接")
    return refusal.value.code


def carers_asked(rehearsal: Rehearsal, call: Row) -> list[int]:
    return [one["carer_id"] for visit in rehearsal.cases.visits_of([call["id"]]) for one in visit["asked"]]


def test_06_macauley_who_calls_often_is_helped_like_everybody(rehearsal: Rehearsal) -> None:
    for _ in range(12):
        call = rehearsal.act("answer", rehearsal.press("1042"))
        words = {"outcome": "other", "evidence": "spoke_clearly", "words": "聊天"}
        rehearsal.act("close", call, seen_version=call["version"], **words)
        rehearsal.now += timedelta(hours=9)
    often, quiet = rehearsal.press("1042"), rehearsal.press("1043")
    assert (often["priority"], often["kind"]) == (quiet["priority"], quiet["kind"])
    answered = rehearsal.act("answer", often)
    assert carers_asked(rehearsal, {"id": rehearsal.send(answered)["call_id"]})


def test_10_newham_our_own_carer_goes_while_120_is_awaited_and_120_is_asked_again(rehearsal: Rehearsal) -> None:
    call = rehearsal.act("answer", rehearsal.press("1042"))
    call = rehearsal.hand_over("call", call, service="120", criteria=["bleeding"])
    assert carers_asked(rehearsal, call)
    rehearsal.wait(301, step=20)
    assert "chase" in rehearsal.call(call)["late"]


def test_11_hammersmith_nobody_is_told_to_telephone_for_herself(rehearsal: Rehearsal) -> None:
    call = rehearsal.act("answer", rehearsal.press("1042"))
    call = rehearsal.hand_over("assess", call, criteria=["chest_pain"], spoke=True)
    assert refused(rehearsal, call, "spoke_clearly", "advice") == "uncalled"
    rehearsal.hand_over("call", call, service="120", criteria=["chest_pain"])
    assert refused(rehearsal, call, "spoke_clearly", "advice") in ("crew_awaited", "visiting")


def test_12_reeves_while_she_talks_her_alarm_still_speaks_and_the_way_in_is_on_the_card(rehearsal: Rehearsal) -> None:
    with rehearsal.database.write() as conn:
        conn.execute(homes.update().where(homes.c.id == 42).values(door_code="4502#", access_fault="门禁换了"))
    call = rehearsal.act("answer", rehearsal.press("1042"))
    assert rehearsal.press("1042")["presses"] == 2, "the line of speech keeps no frame waiting"
    home = rehearsal.people.card(call, rehearsal.now, ZONE)["home"]
    assert (home["door_code"], home["access_fault"]) == ("4502#", "门禁换了")


def test_13_cleall_smoke_in_the_frame_outranks_what_is_heard(rehearsal: Rehearsal) -> None:
    call = rehearsal.act("answer", rehearsal.press("1042", SERVICE))
    call = rehearsal.press("1042", SMOKE)
    assert (call["priority"], call["stage"]) == (1, "waiting"), "it rings again, although somebody talks to them"
    assert "smoke" in call["kinds"]


def test_27_m9_what_is_told_by_telephone_is_a_case_with_a_clock_before_anybody_writes_on_paper(
    rehearsal: Rehearsal,
) -> None:
    with rehearsal.writing() as w:
        call_id = rehearsal.intake.report(
            w, Signal("1042", Kind.SOS, "phone"), "phone", "路上看见他倒了", "user:1 李敏"
        )
    call = rehearsal.call({"id": call_id})
    assert (call["stage"], call["priority"], bool(call["next_due_at"])) == ("waiting", 1, True)
    assert "路上看见他倒了" in call["reason"]


def test_34_taiwan_behind_the_bell_stands_a_neighbourhood_and_only_those_who_agreed(rehearsal: Rehearsal) -> None:
    call = rehearsal.act("answer", rehearsal.press("1042"))
    with rehearsal.writing() as w:
        rehearsal.parts.responding.ask(w, call["id"], "user:1 李敏", "responders")
    asked = rehearsal.log.stream(f"call:{call['id']}")[-1].body["to"]
    with rehearsal.database.read() as conn:
        agreed = {row[0] for row in conn.execute(select(responders.c.id).where(responders.c.consent))}
    assert asked
    assert {one["id"] for one in asked} <= agreed
