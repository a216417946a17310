"""The estimate of arrival: distance, means of travel, and what is not travel."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dispatch.rules.eta import MEANS, Entrance, Position, Travel, distance, eta

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
