"""Each rule of the roster bites, and only where it should; gaps agree with a grid of minutes."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from callcenter.rules.times import later, seconds_between
from dispatch.rules.roster_rules import CODES, Finding, Plan, Post, RosterTerms, Span, findings
from dispatch.rules.shift_letters import TEMPLATES, at, pieces
from dispatch.rules.wheel import propose, wheel
from dispatch.rules.workdays import calendar

ZONE = ZoneInfo("Asia/Shanghai")
FIRST, LAST = date(2026, 12, 7), date(2026, 12, 13)  # Monday to Sunday, no holiday
CODES_OF = ["a", "b", "c", "d", "e", "f"]
STATION = 1


def plan(cells: Mapping[str, Mapping[str, str]], first: date = FIRST, last: date = LAST, **more: Any) -> Plan:
    """Carers by letter, numbered from 1, all of one station."""
    numbers = {code: number for number, code in enumerate(CODES_OF, start=1)}
    spans = [
        Span(numbers[code], STATION, day, p.starts_at, p.ends_at, p.post, p.rest_minutes)
        for code, own in cells.items()
        for day, text in own.items()
        for p in pieces(text, date.fromisoformat(day), TEMPLATES, ZONE)
    ]
    days = [(day, at(day.day, 0, ZONE), at(day.day, 1440, ZONE)) for day in calendar(first, last)]
    whole: dict[str, Any] = {
        "start": days[0][1], "end": days[-1][2], "days": days, "stations": [STATION], "spans": spans,
        "skills": dict.fromkeys(numbers.values(), frozenset({"first_aid"})),
        "officers": {day.day.isoformat(): 1 for day, _, _ in days},
    }  # fmt: skip
    return Plan(**whole | more)


def sound(first: date = FIRST, last: date = LAST) -> dict[str, dict[str, str]]:
    """What the wheel makes, from three days before until after the last."""
    days = [first + timedelta(days=n) for n in range(-3, (last - first).days + 2)]
    return propose(CODES_OF, days, {})


def codes(plan_: Plan, **terms: Any) -> set[str]:
    return {one.code for one in findings(plan_, RosterTerms(**terms))}


def only(plan_: Plan, code: str) -> Finding:
    found = [one for one in findings(plan_, RosterTerms()) if one.code == code]
    assert found, f"{code} was not found"
    return found[0]


def test_what_the_wheel_proposes_has_no_fault() -> None:
    assert findings(plan(sound()), RosterTerms()) == []


def test_a_station_without_anybody_is_refused_for_just_that_time() -> None:
    cells = sound()
    day = (FIRST + timedelta(days=2)).isoformat()
    sleeper = next(code for code, own in cells.items() if own.get(day) == "N")
    del cells[sleeper][day]
    found = only(plan(cells), "gap")
    assert (found.hard, found.station_id) == (True, STATION)
    assert (found.starts_at, found.ends_at) == ("2026-12-09T16:00:00.000Z", "2026-12-09T23:30:00.000Z")


def test_a_roster_with_nobody_is_one_gap_from_end_to_end() -> None:
    nobody = plan({})
    found = only(nobody, "gap")
    assert (found.starts_at, found.ends_at) == (nobody.start, nobody.end)
    assert "skill" not in codes(nobody), "where nobody is, nobody's skill is missing"


def test_both_names_of_a_post_off_on_a_day_are_refused() -> None:
    cells = sound()
    posts = [Post(STATION, "照料岗", 1, 4)]
    assert "both_off" not in codes(plan(cells, posts=posts))
    day = (FIRST + timedelta(days=3)).isoformat()
    before = (FIRST + timedelta(days=2)).isoformat()
    for code in ("a", "d"):
        cells[code].pop(day, None)
        cells[code].pop(before, None)
    found = only(plan(cells, posts=posts), "both_off")
    assert (found.hard, "照料岗" in found.words) == (True, True)
    cells["a"][day] = "10:00-11:00"
    assert day not in [w for f in findings(plan(cells, posts=posts), RosterTerms()) if f.code == "both_off"
                       for w in f.words]  # fmt: skip


def test_a_holiday_without_a_duty_officer_is_refused_and_any_other_day_warned_of() -> None:
    first, last = date(2026, 9, 29), date(2026, 10, 8)
    days = [(first + timedelta(days=n)).isoformat() for n in range(10)]
    cells = sound(first, last)
    for missing, hard in (("2026-10-01", True), ("2026-10-04", True), ("2026-09-29", False), ("2026-10-08", False)):
        officers = {day: 1 for day in days if day != missing}
        found = only(plan(cells, first, last, officers=officers), "officer")
        assert (found.words[0], found.hard) == (missing, hard)


def test_a_sunday_worked_instead_needs_no_more_than_a_workday() -> None:
    """调休: 2026-09-20 is worked, so its missing officer only warns."""
    exchanged, holiday = date(2026, 9, 20), date(2026, 9, 25)
    for day, hard in ((exchanged, False), (holiday, True)):
        assert only(plan(sound(day, day), day, day, officers={}), "officer").hard is hard


def test_on_a_holiday_every_station_is_named() -> None:
    day = date(2026, 10, 1)
    found = only(plan(sound(day, day), day, day, stations=[STATION, 2]), "holiday")
    assert (found.station_id, found.hard) == (2, True)
    assert "holiday" not in codes(plan(sound(day, day), day, day))


def test_too_little_rest_between_two_days_is_refused_but_a_shift_in_two_parts_is_not() -> None:
    cells = sound()
    free = next(c for c in CODES_OF if not cells[c].get("2026-12-08") and cells[c].get("2026-12-09") == "N")
    cells[free] = {"2026-12-08": "L", "2026-12-09": "08:00-12:00+14:00-18:00"}
    found = only(plan(cells), "rest")
    assert (found.hard, found.words, found.carer_id) == (True, ("8", "11"), CODES_OF.index(free) + 1)
    cells[free]["2026-12-08"] = "E"
    assert "rest" not in codes(plan(cells))


def test_two_shifts_at_once_are_refused() -> None:
    cells = sound()
    early = next(code for code, own in cells.items() if own.get("2026-12-09") == "E")
    cells[early]["2026-12-09"] = "E+12:00-14:00"
    assert only(plan(cells), "double").hard


def test_more_than_a_weeks_hours_warn_and_meals_are_not_counted() -> None:
    cells = sound()
    cells["f"] = {(FIRST + timedelta(days=n)).isoformat(): "E" for n in range(6)}
    assert "week" not in codes(plan(cells)), "six times eight hours"
    found = plan(cells)
    assert "week" in codes(found, week_hours=47.5)
    assert not any(one.hard for one in findings(found, RosterTerms(week_hours=47.5)) if one.code == "week")


def test_the_last_half_hour_of_a_shift_is_covered_by_the_incoming_one() -> None:
    cells = sound()
    early = next(code for code, own in cells.items() if own.get("2026-12-09") == "E")
    evening = next(code for code, own in cells.items() if own.get("2026-12-09") == "L")
    day = next(code for code, own in cells.items() if own.get("2026-12-09") == "D")
    cells[day].pop("2026-12-09")
    assert "hand_over" not in codes(plan(cells))
    for starts, found in (("15:30", False), ("15:31", True), ("16:00", True)):
        cells[evening]["2026-12-09"] = f"{starts}-24:00"
        assert ("hand_over" in codes(plan(cells))) is found, starts
    assert not only(plan(cells), "hand_over").hard
    cells[evening]["2026-12-09"] = "17:00-24:00"
    assert "hand_over" not in codes(plan(cells)), "where nobody comes at all there is a gap"
    assert cells[early]["2026-12-09"] == "E"


def test_nobody_on_shift_with_a_needed_skill_warns() -> None:
    cells = sound()
    early = next(n for n, code in enumerate(CODES_OF, start=1) if cells[code].get("2026-12-09") == "E")
    skills = dict.fromkeys(range(1, 7), frozenset({"first_aid"})) | {early: frozenset({"bath"})}
    found = only(plan(cells, skills=skills), "skill")
    assert (found.hard, found.words) == (False, ("first_aid",))
    assert "gap" not in codes(plan(cells, skills=skills))


def test_every_rule_has_a_test_here() -> None:
    told = {"gap", "both_off", "officer", "holiday", "double", "rest", "hand_over", "skill", "week"}
    assert set(CODES) == told


@pytest.mark.parametrize("size", [0, 3, 4])
def test_too_few_carers_turn_no_wheel(size: int) -> None:
    assert wheel(size) == []
    assert propose(CODES_OF[:size], [FIRST], {}) == {code: {} for code in CODES_OF[:size]}


@pytest.mark.parametrize("turn", range(6))
def test_the_wheel_goes_on_from_where_it_stands(turn: int) -> None:
    days = [FIRST + timedelta(days=n) for n in range(20)]
    whole = propose([*CODES_OF[turn:], *CODES_OF[:turn]], days, {})
    before = {code: {d: t for d, t in own.items() if d < days[7].isoformat()} for code, own in whole.items()}
    after = propose(CODES_OF, days[7:], {code: before[code] for code in CODES_OF})
    assert after == {code: {d: t for d, t in whole[code].items() if d >= days[7].isoformat()} for code in CODES_OF}


MINUTES = 24 * 60
spans = st.lists(
    st.tuples(st.integers(1, 2), st.integers(-300, MINUTES), st.integers(1, 600)), max_size=8
)  # station, first minute, how many


@given(spans)
def test_gaps_are_the_minutes_with_nobody(some: list[tuple[int, int, int]]) -> None:
    day = date(2026, 12, 9)
    start = at(day, 0, ZONE)
    rows = [
        Span(n, station, day.isoformat(), later(start, 60 * first), later(start, 60 * (first + long)))
        for n, (station, first, long) in enumerate(some)
    ]
    judged = plan({}, day, day, spans=rows, stations=[1, 2])
    covered = {(station, m) for station, first, long in some for m in range(first, first + long)}
    alone = {(station, m) for station in (1, 2) for m in range(MINUTES)} - covered
    found = [one for one in findings(judged, RosterTerms()) if one.code == "gap"]
    told = [
        (one.station_id, round(seconds_between(start, one.starts_at) / 60) + m)
        for one in found
        for m in range(round(seconds_between(one.starts_at, one.ends_at) / 60))
    ]
    assert len(told) == len(set(told)), "no minute is told twice"
    assert set(told) == alone
