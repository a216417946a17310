"""A script of a life-safety kind is changed by two people; a call keeps the script it began under. On both stores."""

from collections.abc import Sequence
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import pytest

from callcenter.rules.call import NotNow
from callcenter.rules.events import Row
from callcenter.rules.scripts import BUILT_IN, LIFE_SAFETY, SCRIPT_OF, Step
from callcenter.rules.triage import PRIORITIES
from tests.asking import script, scripting
from tests.conftest import Rehearsal

SECOND = SimpleNamespace(id=9, name="马主任", role="supervisor")
NAME = Step("name", "请老人说出姓名", "Have them say their name", "text", True, ("spoke_clearly",))


def propose(rehearsal: Rehearsal, name: str, steps: Sequence[Step], base: int = 0, user: Any = None) -> Row:
    with rehearsal.writing() as w:
        return rehearsal.scripts.propose(w, name, steps, base, "老人听不清", user or rehearsal.supervisor)


def decide(rehearsal: Rehearsal, verb: str, proposal: Row, user: Any, *more: str) -> Row:
    with rehearsal.writing() as w:
        row: Row = getattr(rehearsal.scripts, verb)(w, proposal["number"], user, *more)
    return row


def ids(rehearsal: Rehearsal, call: Row) -> list[str]:
    return [one.id for one in rehearsal.scripts.of(rehearsal.call(call))]


def test_one_supervisor_cannot_change_a_life_safety_script_alone(rehearsal: Rehearsal) -> None:
    before = rehearsal.press("1041")
    proposal = propose(rehearsal, "sos", [*BUILT_IN["sos"], NAME])
    assert proposal["stage"] == "open"
    assert "name" not in ids(rehearsal, rehearsal.press("1042")), "nothing holds before somebody else has said yes"
    with pytest.raises(NotNow) as own:
        decide(rehearsal, "approve", proposal, rehearsal.supervisor)
    assert own.value.code == "own_proposal"

    assert decide(rehearsal, "approve", proposal, SECOND)["decided_by"] == "马主任"
    with pytest.raises(NotNow):
        decide(rehearsal, "approve", proposal, SECOND)
    after = rehearsal.press("1043")
    assert ids(rehearsal, after)[-1] == "name"
    assert "name" not in ids(rehearsal, before), "a call keeps what it began under"
    assert not rehearsal.verify().faults


def test_another_process_works_by_the_new_version_too(rehearsal: Rehearsal) -> None:
    proposal = propose(rehearsal, "sos", [*BUILT_IN["sos"], NAME])
    decide(rehearsal, "approve", proposal, SECOND)
    call = rehearsal.press("1042")
    elsewhere = scripting(rehearsal.database, lambda: rehearsal.now)
    assert [one.id for one in elsewhere.of(call)][-1] == "name"


def test_of_two_proposals_for_one_script_the_second_must_be_looked_at_again(rehearsal: Rehearsal) -> None:
    first = propose(rehearsal, "fall", [*BUILT_IN["fall"], NAME])
    second = propose(rehearsal, "fall", BUILT_IN["fall"][:5])
    decide(rehearsal, "approve", first, SECOND)
    with pytest.raises(NotNow) as moved:
        decide(rehearsal, "approve", second, SECOND)
    assert moved.value.code == "moved_on"
    assert decide(rehearsal, "reject", second, SECOND, "太短")["stage"] == "rejected"


def test_the_way_back_takes_two_people_as_well(rehearsal: Rehearsal) -> None:
    decide(rehearsal, "approve", propose(rehearsal, "sos", [*BUILT_IN["sos"], NAME]), SECOND)
    with rehearsal.writing() as w:
        back = rehearsal.scripts.back_to(w, 0, "sos", "改回来", SECOND)
    assert back["stage"] == "open"
    decide(rehearsal, "approve", back, rehearsal.supervisor)
    assert "name" not in ids(rehearsal, rehearsal.press("1042"))
    assert rehearsal.scripts.newest == 2, "no version is taken away: there is one more"


def test_a_script_of_services_holds_at_once(rehearsal: Rehearsal) -> None:
    assert propose(rehearsal, "service", [NAME])["stage"] == "approved"


@pytest.mark.parametrize(
    ("steps", "code"),
    [
        ([], "steps"),
        ([NAME], "speech"),
        ([replace(one, must=False) if one.id == "speech" else one for one in BUILT_IN["sos"]], "speech"),
        ([*BUILT_IN["sos"], BUILT_IN["sos"][0]], "twice"),
        ([*BUILT_IN["sos"], replace(NAME, gates=("tomorrow",))], "step"),
        ([*BUILT_IN["sos"], replace(NAME, ask="choice")], "step"),
    ],
    ids=["empty", "no voice asked for", "the voice made voluntary", "twice the same", "unknown gate", "no answers"],
)
def test_what_protects_people_cannot_be_edited_away(rehearsal: Rehearsal, steps: list[Step], code: str) -> None:
    with pytest.raises(NotNow) as refusal:
        propose(rehearsal, "sos", steps)
    assert refusal.value.code == code


def test_every_urgent_kind_is_worked_by_a_script_that_two_people_change() -> None:
    urgent = {str(kind) for kind, priority in PRIORITIES.items() if priority <= 2}
    assert {SCRIPT_OF[kind] for kind in urgent} <= LIFE_SAFETY
    assert all(4 <= len(BUILT_IN[name]) <= 7 for name in ("sos", "fall", "smoke", "inactivity", "wandering"))


def test_a_residents_own_step_is_asked_in_every_call_of_that_home(rehearsal: Rehearsal) -> None:
    resident = rehearsal.press("1042")["resident_id"]
    with rehearsal.writing() as w:
        rehearsal.scripts.set_own(w, resident, "先打女儿电话\n!打胰岛素：血糖多少了吗？", rehearsal.supervisor)
    rehearsal.wait(3)
    home = rehearsal.scripts.store.resident(resident)
    assert home
    rehearsal.act("answer", rehearsal.press("1042"))
    call = rehearsal.call(rehearsal.press("1042"))
    assert [one["zh"] for one in call["script"]["own"]] == [], "the call had begun already"
    ending = {"outcome": "other", "evidence": "spoke_clearly"}
    rehearsal.act("close", call, seen_version=rehearsal.call(call)["version"], words="好", **ending)

    call = rehearsal.act("answer", rehearsal.press("1042"))
    assert [one["zh"] for one in call["script"]["own"]] == ["先打女儿电话", "打胰岛素：血糖多少了吗？"]
    script(rehearsal, call, {"speech": "clear", "hear": "nothing", "what": "unwell", "up": "yes"})
    with pytest.raises(NotNow) as refusal:
        rehearsal.act_as_typed("close", call, seen_version=rehearsal.call(call)["version"], words="好", **ending)
    assert refusal.value.values["missing"] == [f"own{resident}_2"]
    assert not rehearsal.verify().faults
