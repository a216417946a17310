"""What the best proposal lacks is said, and when two must go."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given

from callcenter.pages.reasons import REASONS, reason_text
from dispatch.rules.ranking import rank
from dispatch.rules.shortfall import Case, Crew, crew_size, shortfall
from tests.dispatch.test_suitability import HOME, NOW, TRAVEL, WEIGHTS, Carer, Need, bathing, carer, crowds, needs

QUARTER = 900.0


def said(need: Need, *carers: Carer, gone: float = 0.0) -> list[tuple[Any, ...]]:
    return list(shortfall(rank(need, carers, NOW, TRAVEL, WEIGHTS), need, QUARTER, gone))


def test_nothing_is_said_when_all_is_well() -> None:
    assert said(HOME, carer(1, 0.5), bathing(2, 0.1)) == []


def test_the_nearest_comes_after_the_promise() -> None:
    (found,) = said(HOME, carer(1, 3.5))
    assert (found[0], found[2]) == ("nobody_in_time", 15)
    assert found[1] > 15


def test_the_minutes_that_have_passed_count() -> None:
    assert said(HOME, carer(1, 0.5)) == []
    assert said(HOME, carer(1, 0.5), gone=800.0)[0][0] == "nobody_in_time"


@pytest.mark.parametrize(
    ("need", "person", "code"),
    [
        ({"languages": frozenset({"bo"})}, carer(1), ("nobody_speaks", "bo", "")),
        ({"carer_sex": "F"}, carer(1, sex="M"), ("nobody_of_sex", "F", "")),
        ({}, bathing(1), ("only_interrupting", "", "")),
        ({}, carer(1, presence="lost"), ("only_silent", "", "")),
        ({}, carer(1, on_shift=False, stand_by=True), ("only_stand_by", "", "")),
        ({}, carer(1, on_break=True), ("only_on_break", "", "")),
        ({}, carer(1, latitude=None), ("time_unknown", "", "")),
    ],
)
def test_each_lack_is_said(need: dict[str, Any], person: Carer, code: tuple[str, str, str]) -> None:
    assert said(replace(HOME, **need), person) == [code]


def test_when_nobody_can_go_it_is_said_why() -> None:
    assert said(HOME, carer(1, on_shift=False)) == [("nobody_can_go", "", ""), ("nobody_on_duty", "", "")]
    busy, asked = carer(1, busy_visit="V"), carer(2, asked="declined")
    assert said(HOME, busy, asked) == [("nobody_can_go", "", ""), ("so_many_busy", 1, ""), ("so_many_asked", 1, "")]
    assert ("nobody_trained", "lift", "") in said(replace(HOME, skills=frozenset({"lift"})), carer(1))


def test_the_minutes_are_in_the_sentence() -> None:
    assert reason_text(("nobody_in_time", 17, 15)) == "nobody within the promised time: nearest 17 min, promised 15 min"
    assert "a dog" in reason_text(("two_needed", ["dog"], ""))


@given(needs, crowds)
def test_every_lack_has_words_and_a_proposal_without_carers_always_lacks(need: Need, crowd: list[Carer]) -> None:
    ranked = rank(need, crowd, NOW, TRAVEL, WEIGHTS)
    found = shortfall(ranked, need, QUARTER)
    assert {one[0] for one in found} <= set(REASONS)
    assert found or any(one.suitable for one in ranked)


@pytest.mark.parametrize(
    ("case", "reasons"),
    [
        (Case(), ()),
        (Case(voice=False), ("no_voice",)),
        (Case(lifting=True), ()),
        (Case(severe=True), ()),
        (Case(lifting=True, severe=True), ("heavy",)),
        (Case(flagged="dog"), ("dog",)),
        (Case(night=True, entry_with_key=True), ()),
        (Case(voice=False, night=True, entry_with_key=True), ("no_voice", "night_key")),
    ],
)
def test_two_go_where_one_is_not_enough(case: Case, reasons: tuple[str, ...]) -> None:
    assert crew_size(HOME, case) == Crew(2 if reasons else 1, reasons)


def test_no_voice_is_a_reason_for_two_in_an_emergency_only() -> None:
    assert crew_size(replace(HOME, priority=2), Case(voice=False)).size == 1
