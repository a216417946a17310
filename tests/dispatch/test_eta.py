"""The estimate of arrival: distance, means of travel, and what is not travel."""

import time
from dataclasses import replace
from random import Random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dispatch.rules.eta import MEANS, SOURCES, Entrance, Estimator, Known, Position, Travel, distance, eta

XIAOQIAO = Position(36.6449, 101.7663)
BEISHAN = Position(36.6429, 101.7853)
TRAVEL = Travel()
STREET = Entrance(floor=1)

near = st.tuples(st.floats(36.5, 36.8), st.floats(101.6, 101.9)).map(lambda pair: Position(*pair))
hours = st.integers(0, 23)


def test_a_degree_of_latitude_is_111_195_metres() -> None:
    assert distance(Position(36, 101), Position(37, 101)) == pytest.approx(111_195, abs=1)


def test_two_stations_in_chengbei_are_1710_metres_apart() -> None:
    assert distance(XIAOQIAO, BEISHAN) == pytest.approx(1709.6, abs=0.5)


def test_an_e_bike_by_day_to_the_ground_floor() -> None:
    found = eta(XIAOQIAO, BEISHAN, "e_bike", 10, STREET, TRAVEL)
    assert found.metres == 1710
    assert found.travel_seconds == round(1709.6 * 1.40 / (16 / 3.6))
    assert found.seconds == found.travel_seconds + 90 + 120


@pytest.mark.parametrize(
    ("hour", "entrance", "more"),
    [
        (22, STREET, 50),
        (6, STREET, 50),
        (7, STREET, 0),
        (10, Entrance(key_safe=True, floor=1), -60),
        (10, Entrance(floor=6), 75),
        (10, Entrance(floor=-1), 30),
        (10, Entrance(floor=6, lift=True), 0),
        (10, Entrance(), 0),
    ],
)
def test_night_keys_and_stairs_are_counted(hour: int, entrance: Entrance, more: int) -> None:
    plain = eta(XIAOQIAO, BEISHAN, "walk", 10, STREET, TRAVEL)
    assert eta(XIAOQIAO, BEISHAN, "walk", hour, entrance, TRAVEL).seconds == plain.seconds + more


def test_a_night_that_does_not_cross_midnight() -> None:
    short = replace(TRAVEL, night_from_hour=1, night_until_hour=5)
    assert [hour for hour in range(24) if short.night(hour)] == [1, 2, 3, 4]


def test_snow_slows_the_road_and_nothing_else() -> None:
    dry = eta(XIAOQIAO, BEISHAN, "e_bike", 10, STREET, TRAVEL)
    snow = eta(XIAOQIAO, BEISHAN, "e_bike", 10, STREET, replace(TRAVEL, slowed_by=1.4))
    assert snow.travel_seconds == pytest.approx(dry.travel_seconds * 1.4, abs=1)
    assert snow.seconds - snow.travel_seconds == dry.seconds - dry.travel_seconds


def test_an_unknown_means_of_travel_names_the_known_ones() -> None:
    with pytest.raises(ValueError, match=r"'horse'.*walk, e_bike, car"):
        eta(XIAOQIAO, BEISHAN, "horse", 10, STREET, TRAVEL)


@given(near, near, near, st.sampled_from(MEANS), hours)
def test_farther_is_never_quicker(home: Position, a: Position, b: Position, means: str, hour: int) -> None:
    closer, farther = sorted((a, b), key=lambda origin: distance(origin, home))
    there = [eta(origin, home, means, hour, STREET, TRAVEL) for origin in (closer, farther)]
    assert there[0].seconds <= there[1].seconds
    assert there[0].travel_seconds <= there[1].travel_seconds


@given(near, near)
def test_the_way_there_is_as_long_as_the_way_back(a: Position, b: Position) -> None:
    assert distance(a, b) == pytest.approx(distance(b, a), abs=1e-6)


# --- many at once, and what is known beyond the formula -----------------------------------------------------------

HOME = Position(36.650, 101.760)
crowd = st.lists(st.tuples(near, st.integers(0, 2)), min_size=1, max_size=20)


@given(crowd, hours, st.booleans(), st.sampled_from([1.0, 0.6, 1.37]))
def test_many_at_once_are_what_each_would_be_alone(
    carers: list[tuple[Position, int]], hour: int, engine: bool, factor: float
) -> None:
    some = {(p.latitude, p.longitude, MEANS[m]): 100.0 + 7 * n for n, (p, m) in enumerate(carers) if n % 2}
    factors = {("detour", "walk"): factor, ("osrm", "car"): 1.2}
    known = Known("osrm", some if engine else {}, factors, turnout=1.1)
    estimator = Estimator(HOME, hour, STREET, TRAVEL, known)
    many = estimator.many([p.latitude for p, _ in carers], [p.longitude for p, _ in carers], [m for _, m in carers])
    for n, (place, means) in enumerate(carers):
        alone = estimator.eta(place, MEANS[means])
        assert (many.seconds[n], many.metres[n], many.travel_seconds[n]) == pytest.approx(alone[:3], abs=1)
        assert SOURCES[many.source[n]] == alone.source


def test_an_origin_that_is_not_known_has_no_estimate_and_spoils_no_other() -> None:
    found = Estimator(HOME, 10, STREET, TRAVEL).seconds([36.65, float("nan")], [101.76, 101.76], [1, 1])
    assert (found[0], str(found[1])) == (210, "nan")


def test_the_road_engine_replaces_the_way_and_nothing_else() -> None:
    plain = Estimator(HOME, 10, STREET, TRAVEL).eta(BEISHAN, "e_bike")
    known = Known("osrm", {(*BEISHAN, "e_bike"): 700.0})
    road = Estimator(HOME, 10, STREET, TRAVEL, known).eta(BEISHAN, "e_bike")
    assert (road.travel_seconds, road.source, road.metres) == (700, "osrm", plain.metres)
    assert road.seconds - road.travel_seconds == plain.seconds - plain.travel_seconds
    assert Estimator(HOME, 10, STREET, TRAVEL, known).eta(BEISHAN, "walk").source == "detour"


def test_what_was_learnt_of_the_formula_is_not_applied_to_the_engine() -> None:
    known = Known("osrm", {(*BEISHAN, "e_bike"): 700.0}, {("detour", "e_bike"): 1.5})
    estimator = Estimator(HOME, 10, STREET, TRAVEL, known)
    assert estimator.eta(BEISHAN, "e_bike")[2:6] == (700, "osrm", "osrm", 1.0)
    plain = Estimator(HOME, 10, STREET, TRAVEL).eta(XIAOQIAO, "e_bike")
    learnt = estimator.eta(XIAOQIAO, "e_bike")
    assert (learnt.source, learnt.by, learnt.factor) == ("learnt", "detour", 1.5)
    assert learnt.travel_seconds == pytest.approx(plain.travel_seconds * 1.5, abs=1)


@pytest.mark.parametrize(("carers", "promised"), [(60, 0.001), (6000, 0.010)])
def test_estimating_everybody_is_a_small_part_of_ranking_them(carers: int, promised: float) -> None:
    """Measured 0.05 and 0.7 ms on two shared cores: a tenth of what ranking may take."""
    random = Random(1)
    places = [(36.65 + random.uniform(-0.1, 0.1), 101.76 + random.uniform(-0.1, 0.1)) for _ in range(carers)]
    north, east = np.array([p[0] for p in places]), np.array([p[1] for p in places])
    means = np.array([random.randrange(3) for _ in range(carers)])
    known = Known(factors={("detour", one): 1.1 for one in MEANS})
    best = 1.0
    for _ in range(20):
        started = time.perf_counter()
        Estimator(HOME, 10, STREET, TRAVEL, known).seconds(north, east, means)
        best = min(best, time.perf_counter() - started)
    assert best <= promised / 2, f"{best * 1000:.2f} ms for {carers}"
