"""首问责任制: who answers first owns the case until it is closed or a colleague has accepted it."""

from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from callcenter.rules.call import NotNow
from callcenter.rules.events import Row
from callcenter.store.users import Users
from devices.signal import Kind, Signal
from tests.conftest import MAINS_LOST, Rehearsal


def owner(row: Row) -> tuple[Any, Any]:
    return row["owner_id"], row["owner_name"]


def test_first_asked_owns_whoever_takes_the_call_up_later(rehearsal: Rehearsal) -> None:
    call = rehearsal.act("answer", rehearsal.press("1042"))
    assert owner(call) == (1, "李敏")
    rehearsal.act("hold", call, seconds=60)
    call = rehearsal.act("resume", call, rehearsal.other)
    assert (call["holder_id"], owner(call)) == (2, (1, "李敏"))
    call = rehearsal.act(
        "close", call, rehearsal.other, seen_version=call["version"], outcome="advice", evidence="spoke_clearly",
        words="好",
    )  # fmt: skip
    assert owner(rehearsal.act("reopen", call, rehearsal.other, reason="又来电")) == (1, "李敏")


def test_first_asked_owns_what_was_told_to_them_by_telephone(rehearsal: Rehearsal) -> None:
    with rehearsal.writing() as w:
        said = Signal("1042", Kind.SERVICE, "phone")
        call_id = rehearsal.intake.report(w, said, "phone", "要送餐", "user:2 王强")
    call = rehearsal.call({"id": call_id})
    assert owner(call) == (2, "王强")
    assert owner(rehearsal.act("answer", call)) == (2, "王强")


def test_what_another_system_reports_is_owned_by_the_first_person_who_answers(rehearsal: Rehearsal) -> None:
    """The grid platform comes with a token: no person, who could answer for anything or be asked in the evening."""
    with rehearsal.writing() as w:
        call_id = rehearsal.intake.report(w, Signal("1042", Kind.SERVICE, "web"), "grid", "要送餐", "user:0 网格平台")
    call = rehearsal.call({"id": call_id})
    assert owner(call) == (None, None)
    assert owner(rehearsal.act("answer", call, rehearsal.other)) == (2, "王强")
    assert call_id in [row["id"] for row in rehearsal.cases.left_behind(2)]
    assert not rehearsal.verify().faults


def test_a_case_goes_to_a_colleague_only_when_the_colleague_accepts_it(rehearsal: Rehearsal) -> None:
    call = rehearsal.act("answer", rehearsal.press("1042"))
    with pytest.raises(NotNow, match="not offered"):
        rehearsal.hand_over("accept", call, rehearsal.other)
    with pytest.raises(NotNow) as not_his:
        rehearsal.hand_over("offer", call, rehearsal.other, to=2)
    assert (not_his.value.code, not_his.value.values["name"]) == ("not_owner", "李敏")

    call = rehearsal.hand_over("offer", call, to=2, words="我要下班")
    assert (owner(call), call["owner_offer"]["to_name"]) == ((1, "李敏"), "王强")
    call = rehearsal.hand_over("keep", call, rehearsal.other)
    assert (owner(call), call["owner_offer"]) == ((1, "李敏"), None)
    rehearsal.hand_over("offer", call, to=2)
    call = rehearsal.hand_over("accept", call, rehearsal.other)
    assert (owner(call), call["owner_offer"]) == ((2, "王强"), None)
    assert not rehearsal.verify().faults


def test_a_supervisor_may_offer_the_case_of_somebody_who_has_gone_home(rehearsal: Rehearsal) -> None:
    call = rehearsal.act("answer", rehearsal.press("1042"))
    rehearsal.hand_over("offer", call, rehearsal.supervisor, to=3)
    assert owner(rehearsal.hand_over("accept", call, rehearsal.supervisor)) == (3, "陈主任")


def test_a_case_that_followed_a_divert_comes_whole_with_its_owner_and_all_data_of_the_home(
    rehearsal: Rehearsal,
) -> None:
    """Failure 30: the call was diverted at night to a platform that could not grasp what was needed."""
    call = rehearsal.act("answer", rehearsal.press("1042"))
    rehearsal.act("note", call, text="要人送药，药在床头柜")
    rehearsal.hand_over("assess", call, criteria=["chest_pain"], spoke=True)
    rehearsal.hand_over("offer", call, to=2, words="夜班接")
    call = rehearsal.hand_over("accept", call, rehearsal.other)
    known = rehearsal.people.card(call, rehearsal.now, rehearsal.intake.zone)
    assert known["home"]["station"]["phone"]
    assert known["residents"][0]["contacts"]
    assert call["emergency"]["criteria"] == ["chest_pain"]
    told = [e.body.get("text") for e in rehearsal.log.stream(f"call:{call['id']}") if e.kind == "NoteAdded"]
    assert told == ["要人送药，药在床头柜"]


def test_what_a_machine_opened_belongs_to_the_supervisor_on_duty(rehearsal: Rehearsal) -> None:
    users = Users(rehearsal.database)
    with rehearsal.database.write() as conn:
        row = {"login": "chen", "name": "陈主任", "role": "supervisor", "password_hash": "x"}
        number = users.add(conn, row)
    item = rehearsal.press("1042", MAINS_LOST)
    assert (item["priority"], owner(item)) == (4, (number, "陈主任"))
    assert owner(rehearsal.press("1043")) == (None, None), "a person's press is nobody's until somebody answers"


def test_a_token_that_answers_owns_nothing(rehearsal: Rehearsal) -> None:
    token = SimpleNamespace(id=0, name="城市平台", role="system")
    call = rehearsal.act("answer", rehearsal.press("1042"), token)
    assert owner(call) == (None, None)
    with rehearsal.writing() as w:
        rehearsal.in_hand.take_over(w, call["id"], rehearsal.operator, call["version"], "asked")
    assert owner(rehearsal.call(call)) == (rehearsal.operator.id, rehearsal.operator.name)


VERBS = ["answer", "hold", "resume", "note", "close", "reopen", "offer", "accept", "keep", "press", "wait"]


@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(st.sampled_from(VERBS), st.sampled_from([0, 1, 2])), max_size=14))
def test_no_open_case_that_was_answered_is_ever_without_an_owner(
    rehearsal: Rehearsal, steps: list[tuple[str, int]]
) -> None:
    call = rehearsal.press("1042")
    for verb, seat in steps:
        before, user = rehearsal.call(call), rehearsal.seats[seat]
        more: dict[str, dict[str, Any]] = {
            "hold": {"seconds": 60}, "note": {"text": "好"}, "reopen": {"reason": "又来电"}, "offer": {"to": 2},
            "close": {"seen_version": before["version"], "outcome": "advice", "evidence": "spoke_clearly",
                      "words": "好"},
        }  # fmt: skip
        try:
            if verb == "press":
                rehearsal.press("1042")
            elif verb == "wait":
                rehearsal.wait(30, step=30)
            elif verb in ("offer", "accept", "keep"):
                rehearsal.hand_over(verb, before, user, **more.get(verb, {}))
            else:
                rehearsal.act(verb, before, user, **more.get(verb, {}))
        except NotNow:
            pass
        for row in rehearsal.cases.live():
            assert row["answered_at"] is None or row["owner_id"] is not None, (verb, row)
            assert row["owner_name"] or row["owner_id"] is None
