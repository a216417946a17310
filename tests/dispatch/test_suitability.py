"""What speaks for and against a carer: who may be interrupted, what only costs seconds, what rules somebody out."""

from dataclasses import replace
from datetime import UTC, datetime
from math import isclose
from unittest.mock import patch

import pytest
from hypothesis import given
from hypothesis import strategies as st

from callcenter.pages.reasons import REASONS
from dispatch.rules import ranking
from dispatch.rules.eta import MEANS, Entrance, Position, Travel, eta
from dispatch.rules.ranking import Candidate, Carer, Need, Weights, rank
from dispatch.rules.suitability import BARS

NOW = datetime(2026, 11, 21, 12, 5, tzinfo=UTC)
FRESH, OLD = "2026-11-21T12:04:00.000Z", "2026-11-21T09:00:00.000Z"
HOME = Need(1, 36.650, 101.760, station_id=1, floor=1)
TRAVEL, WEIGHTS = Travel(), Weights()


def carer(number: int, north: float = 0.0, **facts: object) -> Carer:
    """A carer ``north`` kilometres from the home, of its station."""
    place = {"latitude": 36.650 + north / 111.195, "longitude": 101.760, "position_at": FRESH}
    return Carer(number, f"carer {number}", **{"station_id": 1, "station": "Xiaoqiao", **place, **facts})  # type: ignore[arg-type]


def ranked(priority: int, *carers: Carer) -> list[Candidate]:
    return rank(replace(HOME, priority=priority), carers, NOW, TRAVEL, WEIGHTS)


def bathing(number: int, north: float = 0.0, **facts: object) -> Carer:
    """In a home, on a visit that can wait."""
    job = {"busy_visit": "20261121-0009.1", "busy_priority": 3, "interruptible": True}
    return carer(number, north, **{**job, **facts})


# --- interrupting -------------------------------------------------------------------------------------------------


def test_an_emergency_takes_the_near_carer_from_a_visit_that_can_wait() -> None:
    first, second = ranked(1, carer(1, 3.0), bathing(2, 0.2))
    assert (first.carer_id, first.suitable, first.state) == (2, True, "busy")
    assert ("interruptible", "20261121-0009.1") in first.reasons
    assert first.eta_seconds is not None
    assert first.cost == first.eta_seconds + WEIGHTS.interrupt
    assert second.carer_id == 1


def test_of_two_equally_near_the_free_one_goes() -> None:
    assert [one.carer_id for one in ranked(1, bathing(1, 0.5), carer(2, 0.5))] == [2, 1]


def test_a_p2_interrupts_only_when_everybody_else_is_much_later() -> None:
    assert ranked(2, carer(1, 1.5), bathing(2, 0.1))[0].carer_id == 1
    assert ranked(2, carer(1, 6.0), bathing(2, 0.1))[0].carer_id == 2


@pytest.mark.parametrize(
    ("priority", "facts", "may"),
    [
        (1, {}, True),
        (2, {}, True),
        (3, {}, False),
        (4, {"busy_priority": 4}, False),
        (1, {"interruptible": False}, False),
        (1, {"busy_priority": 2}, True),
        (2, {"busy_priority": 2}, False),
        (2, {"busy_priority": 1}, False),
        (1, {"interruptible": False, "travelling": True}, True),
        (2, {"interruptible": False, "travelling": True, "busy_priority": 4}, True),
        (1, {"interruptible": False, "travelling": True, "busy_priority": 2}, False),
        (3, {"travelling": True, "busy_priority": 4}, False),
    ],
)
def test_only_p1_and_p2_take_a_carer_and_only_from_what_is_less_urgent(
    priority: int, facts: dict[str, object], may: bool
) -> None:
    (found,) = ranked(priority, bathing(1, 0.5, **facts))
    assert found.suitable is may
    said = "diverted" if facts.get("travelling") else "interruptible"
    assert (said if may else "busy", "20261121-0009.1") in found.reasons
    assert found.state == "busy"


# --- what costs seconds -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("facts", "reason", "seconds"),
    [
        ({"knows_home": True}, ("knows_home", ""), -120),
        ({"jobs_done": 3}, ("jobs_done", 3), 30),
        ({"jobs_done": 40}, ("jobs_done", 40), 60),
        ({"on_break": True}, ("on_break", ""), 300),
        ({"presence": "stale"}, ("phone_stale", ""), 60),
        ({"on_shift": False, "stand_by": True}, ("stand_by", ""), 300),
    ],
)
def test_what_is_not_ideal_costs_seconds_and_is_said(
    facts: dict[str, object], reason: tuple[str, str], seconds: int
) -> None:
    (found,) = ranked(2, carer(1, 1.0, **facts))
    assert found.eta_seconds is not None
    assert (found.suitable, found.cost) == (True, found.eta_seconds + seconds)
    assert reason in found.reasons


def test_an_emergency_is_no_matter_of_acquaintance_but_it_is_said() -> None:
    (found,) = ranked(1, carer(1, 1.0, knows_home=True))
    assert found.cost == found.eta_seconds
    assert ("knows_home", "") in found.reasons


def test_whoever_stands_by_is_called_in_for_p1_and_p2_only() -> None:
    assert [ranked(p, carer(1, on_shift=False, stand_by=True))[0].suitable for p in (1, 2, 3, 4)] == [
        True,
        True,
        False,
        False,
    ]


def test_nobody_is_called_in_from_stand_by_while_somebody_on_shift_may_go() -> None:
    ready = carer(1, 0.0, on_shift=False, stand_by=True)
    first, second = ranked(1, ready, carer(2, 5.0))
    assert (first.carer_id, second.suitable) == (2, False)
    assert ranked(1, ready, carer(2, 5.0, asked="declined"))[0].suitable


# --- phones -------------------------------------------------------------------------------------------------------


def test_a_silent_phone_is_passed_over_for_one_that_is_heard() -> None:
    first, second = ranked(1, carer(1, 0.1, presence="lost", silent_minutes=7), carer(2, 3.0, presence="fresh"))
    assert (first.carer_id, second.carer_id, second.suitable, second.state) == (2, 1, False, "free")
    assert ("silent", 7) in second.reasons


def test_where_no_phone_is_heard_the_silent_are_asked_for_nobody_is_assumed() -> None:
    far, asked = carer(2, 3.0, presence="lost"), carer(3, 0.2, asked="declined")
    first, second, third = ranked(1, carer(1, 0.1, presence="lost"), far, asked)
    assert (first.carer_id, second.carer_id, third.carer_id) == (1, 2, 3)
    assert (first.suitable, second.suitable, third.suitable) == (True, True, False)
    assert {("nearest", ""), ("silent", 0)} <= set(first.reasons)


def test_a_silent_phone_is_no_reason_to_ask_somebody_twice() -> None:
    (found,) = ranked(1, carer(1, presence="lost", asked="expired"))
    assert not found.suitable


# --- what rules somebody out --------------------------------------------------------------------------------------


@pytest.mark.parametrize("why", sorted(BARS))
def test_whoever_is_barred_from_a_home_is_never_sent_there(why: str) -> None:
    first, last = ranked(1, carer(1, 0.0, barred=why), carer(2, 9.0))
    assert (first.carer_id, last.suitable, last.state) == (2, False, "barred")
    assert ("forbidden", why) in last.reasons


def test_whoever_is_suspended_is_not_sent() -> None:
    (found,) = ranked(1, carer(1, suspended=True))
    assert (found.suitable, found.state) == (False, "off_shift")
    assert ("suspended", "") in found.reasons


def test_every_obstacle_is_said() -> None:
    (found,) = ranked(3, carer(1, on_shift=False, barred="ban", asked="declined", presence="lost"))
    assert {("off_shift", ""), ("forbidden", "ban"), ("declined", ""), ("silent", 0)} <= set(found.reasons)


# --- against a slow and obvious reference ---------------------------------------------------------------------------

FLAGS = st.booleans()
SETS = st.frozensets(st.sampled_from(["zh", "bo"]), max_size=2)
needs = st.builds(
    Need, priority=st.integers(1, 4), latitude=st.none() | st.floats(36.6, 36.7), longitude=st.floats(101.7, 101.8),
    station_id=st.none() | st.integers(1, 2), languages=SETS, carer_sex=st.sampled_from(["", "F"]),
    skills=st.frozensets(st.just("lift")), key_safe=FLAGS, intimate=FLAGS, key_at_station=FLAGS,
)  # fmt: skip
people = st.builds(
    Carer, id=st.integers(1, 10_000), name=st.just("x"), station_id=st.integers(1, 2), station=st.just("s"),
    sex=st.sampled_from(["F", "M"]), travel=st.sampled_from(MEANS), skills=st.frozensets(st.just("lift")),
    languages=SETS, latitude=st.none() | st.floats(36.6, 36.7), longitude=st.floats(101.7, 101.8),
    position_at=st.sampled_from([None, FRESH, OLD]), on_shift=st.booleans(), stand_by=FLAGS,
    shift_ends_at=st.sampled_from([None, "2026-11-21T12:30:00.000Z"]), busy_visit=st.sampled_from([None, "V"]),
    busy_priority=st.integers(1, 4), interruptible=FLAGS, travelling=FLAGS, asked=st.sampled_from(["", "declined"]),
    active=st.just(True) | FLAGS, suspended=st.just(False) | FLAGS, barred=st.sampled_from(["", "", "ban"]),
    knows_home=FLAGS, jobs_done=st.integers(0, 9), on_break=FLAGS,
    presence=st.sampled_from(["", "fresh", "stale", "lost"]), station_latitude=st.none() | st.floats(36.6, 36.7),
    station_longitude=st.floats(101.7, 101.8),
)  # fmt: skip
crowds = st.lists(people, max_size=12, unique_by=lambda one: one.id)


def obvious(need: Need, one: Carer) -> tuple[float, bool, bool]:
    """Seconds that one carer costs; whether they may go; whether they are the reserve."""
    home = need.latitude is not None and need.longitude is not None
    here = (one.latitude, one.longitude) if one.position_at == FRESH and one.latitude is not None else None
    if here is None and one.station_latitude is not None:
        here = (one.station_latitude, one.station_longitude)
    time: float = 3600
    if home and here is not None:
        entrance = Entrance(need.key_safe, need.floor, need.lift)
        target = Position(need.latitude, need.longitude)  # type: ignore[arg-type]
        time = eta(Position(*here), target, one.travel, NOW.hour, entrance, TRAVEL).seconds  # type: ignore[arg-type]
    urgent = need.priority in (1, 2)
    waits = one.interruptible or (one.travelling and one.busy_priority in (3, 4))
    leaving = one.busy_visit is not None and urgent and one.busy_priority > need.priority and waits
    extra = 240 if need.languages and not need.languages & one.languages else 0
    if need.station_id not in (None, one.station_id):
        extra += 60 + (180 if need.key_at_station and not need.key_safe else 0)
    if need.carer_sex and one.sex != need.carer_sex:
        extra += 240 if need.intimate else 60
    extra += 60 if one.shift_ends_at else 0
    extra += min(60, 10 * one.jobs_done) + (300 if one.on_break else 0) + (60 if one.presence == "stale" else 0)
    extra += 300 if one.stand_by and not one.on_shift and urgent else 0
    here_now = one.on_shift or (one.stand_by and urgent)
    stopped = not (here_now and one.active and not one.suspended and not one.barred and not one.asked)
    able = not stopped and need.skills <= one.skills and (one.busy_visit is None or leaving)
    if able and leaving:
        extra += 60 if need.priority == 1 else 600
    extra = min(extra, 240) if need.priority == 1 else extra
    extra -= 120 if one.knows_home and need.priority in (2, 3) else 0
    reserve = one.presence == "lost" or not one.on_shift
    return time + extra, able and not reserve, able and reserve


@given(needs, crowds)
def test_the_ranking_is_that_of_the_slow_and_obvious_way(need: Need, crowd: list[Carer]) -> None:
    found = rank(need, crowd, NOW, TRAVEL, WEIGHTS)
    known = {one.id: obvious(need, one) for one in crowd}
    heard = {number for number, (_, may, _) in known.items() if may}
    going = heard or {number for number, (_, _, silent) in known.items() if silent}
    assert [one.carer_id for one in found if one.suitable] == sorted(going, key=lambda n: (known[n][0], n))
    assert {one.carer_id: one.suitable for one in found} == {one.id: one.id in going for one in crowd}
    assert all(isclose(one.cost, known[one.carer_id][0]) for one in found if one.suitable)


@given(needs, crowds, st.integers(0, 6))
def test_the_sieve_loses_nobody_who_belongs_among_the_first(need: Need, crowd: list[Carer], most: int) -> None:
    plain = rank(need, crowd, NOW, TRAVEL, WEIGHTS)
    most = min(most, len(crowd) // 4)
    with patch.object(ranking, "CROWD", 1):
        assert rank(need, crowd, NOW, TRAVEL, WEIGHTS, most) == plain[:most]


@given(needs, crowds)
def test_every_reason_has_words(need: Need, crowd: list[Carer]) -> None:
    assert {reason[0] for one in rank(need, crowd, NOW, TRAVEL, WEIGHTS) for reason in one.reasons} <= set(REASONS)
