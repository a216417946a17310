"""Which rule holds: the most specific, always the same one, and a call keeps what it was promised."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from callcenter.rules.pauses import MOVES, ended, moved, paused, standing
from callcenter.rules.promises import OWED, PRIORITIES, STEPS, Book, Rule, Version, of_settings, rule, why_not
from callcenter.rules.times import later
from callcenter.settings import Promises

TARGETS = Promises().targets()
AT = "2026-11-23T02:00:00.000Z"

hours = st.none() | st.tuples(st.integers(0, 23), st.integers(0, 23)).filter(lambda pair: pair[0] != pair[1])
rules = st.builds(
    Rule,
    st.sampled_from(PRIORITIES),
    st.dictionaries(st.sampled_from(STEPS), st.sampled_from([0, 15, 60.5, 900, 86400]), max_size=3),
    st.sampled_from(["", "A", "B"]),
    st.sampled_from([None, 1, 2]),
    hours,
)
lists = st.lists(rules, max_size=12)
places = st.tuples(st.sampled_from(["", "A", "B", "C"]), st.sampled_from([None, 1, 2, 3]), st.integers(0, 23))


def row(promise: str, priority: int = 1) -> dict[str, Any]:
    return {"promise": promise, "priority": priority}


def test_version_0_is_what_config_toml_says() -> None:
    book = Book(TARGETS)
    kept = book.which(AT, "A", 3, 12)
    assert kept == "0:0,1,2,3"
    for priority in PRIORITIES:
        assert book.of(row(kept, priority)) == TARGETS[priority] == book.of(row("", priority))


def test_a_call_keeps_its_version_and_the_rules_that_decide_something() -> None:
    narrow = Rule(1, {"arrive": 600}, tier="A")
    book = Book(TARGETS, [Version(1, AT, (*of_settings(TARGETS).rules, narrow, Rule(2, {"arrive": 60}, station_id=9)))])
    assert book.which(later(AT, -1), "A", 1, 10) == "0:0,1,2,3"
    assert book.which(AT, "A", 1, 10) == "1:0,1,2,3,4"
    assert book.which(AT, "B", 1, 10) == "1:0,1,2,3"
    assert book.of(row("1:0,1,2,3,4"))["arrive"] == 600
    assert book.of(row("1:0,1,2,3,4", 2))["arrive"] == 1800
    assert book.of(row("1:0,1,2,3"))["arrive"] == 900


@pytest.mark.parametrize(
    ("more", "less"),
    [({"tier": "A", "station_id": 1}, {"tier": "A"}), ({"tier": "A"}, {"station_id": 1}),
     ({"station_id": 1}, {"hours": (9, 12)}), ({"hours": (9, 12), "station_id": 1}, {"tier": "A"}),
     ({"hours": (9, 12)}, {})],
)  # fmt: skip
def test_the_more_specific_wins_wherever_it_stands(more: dict[str, Any], less: dict[str, Any]) -> None:
    one, other = Rule(1, {"arrive": 100}, **more), Rule(1, {"arrive": 200, "finish": 300}, **less)
    for both in ((one, other), (other, one)):
        version = Version(1, "", both)
        assert version.of(version.which("A", 1, 10), 1) == {"arrive": 100, "finish": 300}


def test_equals_are_decided_by_the_earlier() -> None:
    version = Version(1, "", (Rule(1, {"arrive": 100}, tier="A"), Rule(1, {"arrive": 200}, tier="A")))
    assert version.of(version.which("A", None, 0), 1) == {"arrive": 100}
    assert version.which("A", None, 0) == (0,), "a rule that decides nothing is not kept"


@given(lists, places)
def test_the_kept_rules_say_the_same_as_all_rules(some: list[Rule], place: tuple[str, int | None, int]) -> None:
    version = Version(7, "", tuple(some))
    kept, fitting = version.which(*place), [n for n, one in enumerate(some) if one.fits(*place)]
    for priority in PRIORITIES:
        owed = version.of(kept, priority)
        assert owed == version.of(fitting, priority)
        for step, seconds in owed.items():
            naming = [one for one in (some[n] for n in fitting) if one.priority == priority and step in one.seconds]
            best = max(one.weight for one in naming)
            assert seconds == next(one.seconds[step] for one in naming if one.weight == best)


@given(lists)
def test_a_rule_is_read_as_it_was_written(some: list[Rule]) -> None:
    assert [rule(one.written()) for one in some] == some


@given(lists, places)
def test_what_may_be_a_version_leaves_nobody_without_what_protects_them(
    some: list[Rule], place: tuple[str, int | None, int]
) -> None:
    every = (*of_settings(TARGETS).rules, *some)
    if why_not(every) is None:
        version = Version(1, "", every)
        for priority, steps in OWED.items():
            assert set(steps) <= set(version.of(version.which(*place), priority))
    else:
        assert any(one.seconds.get(step, 1) <= 0 for one in some for step in OWED[one.priority])


def test_hours_may_run_over_midnight() -> None:
    night = Rule(1, {}, hours=(22, 7))
    assert [hour for hour in range(24) if night.fits("", None, hour)] == [0, 1, 2, 3, 4, 5, 6, 22, 23]


def test_a_missing_promise_is_refused_in_words() -> None:
    refusal = why_not([Rule(1, {"answer": 15})])
    assert refusal
    assert (refusal[0], refusal[3]) == ("owed", {"priority": 1, "step": "decide"})
    assert why_not([Rule(1, {}) for _ in range(101)])


# --- pauses --------------------------------------------------------------------------------------------------------


def stop(start: float, until: float, to: float | None = None) -> dict[str, Any]:
    end = None if to is None else later(AT, to)
    return {"from": later(AT, start), "until": later(AT, until), "to": end, "reason": "weather"}


def test_a_pause_moves_only_what_may_wait() -> None:
    one = [stop(60, 660, 360)]
    assert moved(AT, 900, "arrive", 2, one) == later(AT, 1200)
    assert moved(AT, 900, "accept", 2, one) == later(AT, 900)
    assert moved(AT, 900, "arrive", 1, one) == later(AT, 900), "an emergency owes its arrival whatever happens"
    assert moved(AT, 900, "finish", 1, one) == later(AT, 1200)
    assert moved(AT, 30, "arrive", 2, one) == later(AT, 30), "what was over before it began is not moved"
    assert moved(AT, 900, "arrive", 2, [stop(60, 660)]) == later(AT, 1500), "an open pause ends by itself"
    assert moved(AT, 900, "arrive", 2, [stop(60, 120, 120), stop(950, 1000, 1000)]) == later(AT, 1010)


def test_nothing_that_protects_somebody_can_be_paused() -> None:
    for priority, steps in MOVES.items():
        assert not steps & {"answer", "offer", "accept", "depart"}, priority
    assert MOVES[1] == {"finish"}


spans = st.lists(st.tuples(st.integers(0, 5000), st.integers(1, 1000)), max_size=4)


def apart(found: list[tuple[int, int]]) -> list[dict[str, Any]]:
    """Pauses one after the other, as a call has them."""
    at, made = 0, []
    for gap, lasted in found:
        made.append(stop(at + gap, at + gap + lasted, at + gap + lasted))
        at += gap + lasted
    return made


@given(spans, st.integers(1, 4000))
def test_who_comes_at_the_moved_deadline_has_had_exactly_the_promised_time(
    found: list[tuple[int, int]], owed: int
) -> None:
    stops = apart(found)
    deadline = moved(AT, owed, "arrive", 2, stops)
    assert deadline >= later(AT, owed)
    took = paused(AT, deadline, "arrive", 2, stops)
    assert later(AT, owed + took) == deadline


def test_a_pause_is_over_when_it_is_ended_or_has_lasted_as_long_as_it_may() -> None:
    one = [stop(0, 600)]
    assert standing(one, later(AT, 599))
    assert standing(one, later(AT, 600)) is None
    assert standing(ended(one, later(AT, 100)), later(AT, 100)) is None
    assert ended(one, later(AT, 9000))[0]["to"] == later(AT, 600)
