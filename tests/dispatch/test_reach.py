"""Who is within a station's time: the 80 % rule, the homes out of reach by name, and what nobody can say."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dispatch.rules.eta import NOTHING, Entrance, Known, Position, Travel, eta
from dispatch.rules.reach import Home, Reach, Station, reach, seconds, usual_means

TRAVEL = Travel()
HERE = Position(36.65, 101.75)
STATIONS = [Station(1, HERE, "e_bike"), Station(2, Position(36.65, 101.80), "walk")]
LIMIT = 900.0


def home(number: int, north: float = 0.0, station: int | None = 1, community: str = "小桥社区", **more: object) -> Home:
    place = Position(HERE.latitude + north, HERE.longitude)
    usual = {"place": place, "entrance": Entrance(), "persons": 1}
    return Home(number, community, station, **{**usual, **more})  # type: ignore[arg-type]


def found(homes: list[Home], hour: int = 10, known: Known = NOTHING) -> Reach:
    return reach(homes, STATIONS, seconds(homes, STATIONS, hour, TRAVEL, lambda _station: known), LIMIT)


def test_the_seconds_are_those_of_the_estimate_that_chooses_carers() -> None:
    one = home(1, 0.02)
    assert one.place is not None
    (row,) = seconds([one], STATIONS, 10, TRAVEL, lambda _station: NOTHING)
    for way, station in zip(row, STATIONS, strict=True):
        assert way == eta(station.place, one.place, station.means, 10, Entrance(), TRAVEL).seconds


def test_a_home_beyond_every_station_is_named_the_farthest_first() -> None:
    result = found([home(1), home(2, 0.06), home(3, 0.09), home(4, place=None)])
    assert result.out() == [3, 2]
    assert result.nowhere() == [4]
    assert (result.total.homes, result.total.placed, result.total.within) == (4, 3, 1)


def test_four_of_five_keep_the_rule_and_three_do_not() -> None:
    near = [home(number) for number in range(4)]
    assert found([*near, home(9, 0.09)]).own[1].kept
    assert not found([*near[:3], home(8, 0.09), home(9, 0.09)]).own[1].kept
    assert not found([home(1, place=None)]).own[1].kept, "of what nobody knows nothing is kept"


def test_a_home_counts_for_its_own_station_and_for_any() -> None:
    result = found([home(1, station=2)])
    assert result.own[2].within == 0, "its own station walks, and is too far off"
    assert result.total.within == 1, "another is near"
    assert result.from_station == {1: {"小桥社区": 1}, 2: {}}
    assert found([home(1, station=77)]).total.homes == 1, "of a station nobody knows"


def test_at_night_and_up_the_stairs_the_reach_is_smaller() -> None:
    edge = home(1, 0.019, entrance=Entrance(floor=1))
    assert found([edge]).total.within == 1
    assert found([edge], hour=3).total.within == 0
    assert found([edge._replace(entrance=Entrance(floor=6))]).total.within == 0
    assert found([edge], known=Known(turnout=2.0)).total.within == 0, "what arrivals have taught counts"


@given(st.lists(st.floats(0, 0.1), max_size=30))
def test_the_tallies_add_up_and_nobody_is_both_in_and_out(norths: list[float]) -> None:
    homes = [home(number, north, community=f"社区{number % 3}") for number, north in enumerate(norths)]
    result = found(homes)
    assert sum(one.homes for one in result.communities.values()) == result.total.homes == len(homes)
    assert result.total.within + len(result.out()) + len(result.nowhere()) == len(homes)
    assert np.isnan(list(result.nearest.values())).sum() == len(result.nowhere())


@pytest.mark.parametrize(
    ("travels", "usual"), [([], "e_bike"), (["walk", "walk", "car"], "walk"), (["car"], "car"), (["e_bike"], "e_bike")]
)
def test_how_most_of_a_station_travel(travels: list[str], usual: str) -> None:
    assert usual_means(travels) == usual
