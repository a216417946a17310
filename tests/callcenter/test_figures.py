"""The figures of the supervisor: known percentiles, and places that always add up to all calls."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from callcenter.rules import figures, filters
from callcenter.rules.figures import STANDINGS, STEPS, Tally, missed, spread, standing
from callcenter.rules.promises import Book
from callcenter.rules.times import later, moment, stamp

OPENED = "2026-11-20T04:00:00.000Z"
NOW = "2026-11-21T04:00:00.000Z"
XINING = ZoneInfo("Asia/Shanghai")
TARGETS = Book({1: {"answer": 15, "decide": 90, "accept": 30, "depart": 120, "arrive": 900}, 3: {"answer": 60}})
STAMPS = ("answered", "requested", "accepted", "departed", "arrived", "finished", "closed")


def call(
    priority: int = 1, stage: str = "closed", late: dict[str, float] | None = None, **seconds: float | None
) -> dict:
    """A call row; each stamp is given in seconds after the press."""
    stamps = {f"{n}_at": later(OPENED, s) if (s := seconds.get(n)) is not None else None for n in STAMPS}
    return {"priority": priority, "stage": stage, "late": late or {}, "opened_at": OPENED, "pauses": [], **stamps}


STAMPS_OF_WHOLE = (9, 40, 62, 130, 500, 2000, 2100)
WHOLE = dict(zip(STAMPS, STAMPS_OF_WHOLE, strict=True))


def test_every_step_of_a_whole_call_is_measured_from_its_own_start() -> None:
    assert figures.durations(call(**WHOLE)) == {
        "answer": 9,
        "decide": 40,
        "accept": 22,
        "depart": 68,
        "arrive": 500,
        "finish": 1500,
        "close": 2100,
    }


def test_nearest_rank_gives_times_that_really_happened() -> None:
    found = spread([float(n) for n in range(1, 101)])
    assert (found.p50, found.p90, found.p95, found.n) == (50, 90, 95, 100)
    assert spread([15, 20, 35, 40, 50] * 4).p50 == 35
    assert figures.percentile([15, 20, 35, 40, 50], 0.3) == 20
    assert figures.percentile([15, 20, 35, 40, 50], 1) == 50


def test_under_twenty_values_there_are_points_and_no_percentile() -> None:
    found = spread([float(n) for n in range(19)])
    assert (found.n, found.p50, found.p90, found.p95) == (19, None, None, None)
    assert (found.least, found.middle, found.most) == (0, 9, 18)
    assert spread([]) == figures.Spread(0)
    with pytest.raises(ValueError, match="no percentile of nothing"):
        figures.percentile([], 0.5)


@pytest.mark.parametrize(
    ("row", "step", "where"),
    [
        (call(**WHOLE), "arrive", "counted"),
        (call(answered=9, closed=60), "arrive", "not_needed"),
        (call(answered=9, closed=60), "close", "counted"),
        (call(stage="waiting"), "answer", "running"),
        (call(stage="answered", answered=9), "decide", "running"),
        (call(stage="answered", answered=9, requested=40), "accept", "running"),
        (call(answered=9, requested=40, closed=90), "accept", "cancelled"),
        (call(answered=9, requested=40, closed=90), "arrive", "cancelled"),
        (call(**{**WHOLE, "departed": None}), "depart", "missing"),
        (call(**{**WHOLE, "accepted": None}), "depart", "missing"),
        (call(closed=60), "answer", "missing"),
        (call(priority=4, closed=60), "answer", "not_needed"),
        (call(**{**WHOLE, "accepted": 30}), "accept", "out_of_order"),
    ],
)
def test_a_call_stands_in_one_place_for_each_step(row: dict, step: str, where: str) -> None:
    assert standing(row, STEPS[step]) == where


def test_late_is_judged_by_the_steps_own_time() -> None:
    assert missed(call(**WHOLE), TARGETS, NOW) == {}
    assert missed(call(**{**WHOLE, "answered": 16}), TARGETS, NOW) == {"answer": 15}
    assert missed(call(**{**WHOLE, "answered": 15}), TARGETS, NOW) == {}


def test_a_target_noted_that_day_outlives_a_change_of_targets() -> None:
    row = call(**{**WHOLE, "answered": 16}, late={"answer": 10})
    assert missed(row, Book({1: {"answer": 600}}), NOW) == {"answer": 10}


def test_an_arrival_after_the_promise_but_within_the_target_is_within() -> None:
    assert missed(call(**WHOLE, late={"arrive": 900}), TARGETS, NOW) == {}


def test_a_step_that_never_ended_is_late_and_counts_against_the_share() -> None:
    tally = Tally(TARGETS, NOW)
    tally.add(call(**WHOLE))
    assert tally.add(call(stage="waiting")) == {"answer": 15, "decide": 90}
    tally.add(call(answered=9, requested=40, closed=5000, late={"accept": 30, "arrive": 900}))
    assert (tally.steps["answer"].overall.within, tally.steps["answer"].overall.late) == (2, 1)
    assert (tally.steps["arrive"].overall.within, tally.steps["arrive"].overall.late) == (1, 1)
    assert tally.late == 2


def test_a_call_that_needed_nobody_is_not_late_in_deciding() -> None:
    assert missed(call(answered=9, closed=400, late={"decide": 90}), TARGETS, NOW) == {}


def test_attainment_is_kept_by_priority_and_only_where_a_target_is() -> None:
    tally = Tally(TARGETS, NOW)
    for priority, answered in ((1, 9), (1, 20), (3, 20), (4, 20)):
        tally.add(call(priority, answered=answered, closed=100))
    attained = tally.steps["answer"].attained
    assert [(attained[p].within, attained[p].late) for p in (1, 2, 3, 4)] == [(1, 1), (0, 0), (1, 0), (0, 0)]
    assert attained[2].share is None
    assert tally.steps["answer"].overall.share == pytest.approx(2 / 3)


SECONDS = st.none() | st.integers(-100, 5000)
ROWS = st.builds(
    call,
    st.sampled_from((1, 2, 3, 4)),
    st.sampled_from(("waiting", "answered", "on_hold", "closed")),
    st.dictionaries(st.sampled_from(("answer", "accept", "arrive", "hold")), st.integers(1, 900), max_size=2),
    **dict.fromkeys(STAMPS, SECONDS),
)


@given(st.lists(ROWS, max_size=60))
def test_counted_and_left_out_add_up_to_all_calls(rows: list[dict]) -> None:
    tally = Tally(TARGETS, NOW)
    for row in rows:
        tally.add(row)
    assert tally.total == len(rows) == sum(tally.by_priority.values())
    for found in tally.steps.values():
        assert sum(found.standings.values()) == len(rows)
        assert set(found.standings) <= set(STANDINGS)
        assert found.standings["counted"] == len(found.seconds) == found.spread.n


@given(st.lists(st.floats(0, 1e6), min_size=20, max_size=300))
def test_percentiles_rise_and_are_values_of_the_list(values: list[float]) -> None:
    found = spread(values)
    assert found.least <= found.p50 <= found.p90 <= found.p95 <= found.most
    assert {found.p50, found.p90, found.p95} <= set(values)
    assert sum(value <= found.p90 for value in values) >= 0.9 * len(values)


# --- the address -------------------------------------------------------------------------------------------------

TODAY = date(2026, 11, 21)


def test_without_words_the_last_seven_days_are_asked_for() -> None:
    asked = filters.read({}, TODAY)
    assert (asked.since, asked.until) == (date(2026, 11, 15), TODAY)
    assert asked.address() == {"from": "2026-11-15", "to": "2026-11-21"}


def test_days_are_days_of_the_centre() -> None:
    assert filters.read({}, TODAY).bounds(XINING) == ("2026-11-14T16:00:00.000Z", "2026-11-21T16:00:00.000Z")


@given(
    st.fixed_dictionaries(
        {},
        optional={
            "priority": st.lists(st.sampled_from("1234"), min_size=1, max_size=4, unique=True),
            "stage": st.sampled_from(("waiting", "closed")).map(lambda word: [word]),
            "station": st.integers(1, 99).map(lambda number: [str(number)]),
            "show": st.sampled_from(("late", "answer.late", "arrive.missing")).map(lambda word: [word]),
            "sort": st.sampled_from(("opened", "-opened", "arrive", "-answer")).map(lambda word: [word]),
            "q": st.just(["20261121-0147"]),
        },
    )
)
def test_an_address_read_and_written_asks_for_the_same_calls(words: dict[str, list[str]]) -> None:
    asked = filters.read(words, TODAY)
    again = {name: word if isinstance(word, list) else [word] for name, word in asked.address().items()}
    assert filters.read(again, TODAY) == asked


@pytest.mark.parametrize(
    ("words", "part"),
    [
        ({"from": "yesterday"}, "from"),
        ({"from": "2026-11-22"}, "from"),
        ({"from": "1999-01-01"}, "from"),
        ({"from": "2001-01-01"}, "from"),
        ({"priority": "5"}, "priority"),
        ({"station": "x"}, "station"),
        ({"station": "٣"}, "station"),
        ({"show": "answer.slow"}, "show"),
        ({"sort": "names"}, "sort"),
        ({"q": "%'--"}, "q"),
    ],
)
def test_what_cannot_be_read_is_named(words: dict[str, str], part: str) -> None:
    with pytest.raises(filters.BadFilter) as caught:
        filters.read({name: [word] for name, word in words.items()}, TODAY)
    assert caught.value.part == part
    assert caught.value.allowed


def test_midnight_is_handed_the_zone() -> None:
    noon = datetime(2026, 11, 21, 12, tzinfo=XINING)
    assert moment(filters.midnight(TODAY, XINING)) < moment(stamp(noon))
