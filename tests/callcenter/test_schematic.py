"""The schematic of the district: nobody on top of another, directions kept, the same picture every time."""

import json
from itertools import combinations
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import callcenter.demo
from callcenter.rules.schematic import Field, Place, nearest, schematic

ROOT = Path(callcenter.demo.__file__).parent
XINING = [
    Place(one["name_zh"], one["lat"], one["lon"])
    for one in json.loads((ROOT / "xining.json").read_text("utf-8"))["communities"]
]
near = st.tuples(st.floats(36.6, 36.8), st.floats(101.5, 101.9))
districts = st.lists(near, max_size=40).map(
    lambda found: [Place(f"社区{number:02d}", *at) for number, at in enumerate(found)]
)


def turned_round(places: list[Place], drawn: dict[str, Field]) -> list[tuple[str, str]]:
    """Pairs of which both directions are drawn the wrong way round."""
    wrong = []
    for one, other in combinations(places, 2):
        here, there = drawn[one.name], drawn[other.name]
        east = (other.longitude - one.longitude) * (there.column - here.column)
        north = (other.latitude - one.latitude) * (here.row - there.row)
        if east < 0 and north < 0:
            wrong.append((one.name, other.name))
    return wrong


@given(districts)
def test_nobody_lies_on_another_and_no_direction_is_turned_round(places: list[Place]) -> None:
    drawn = schematic(places)
    assert set(drawn) == {place.name for place in places}
    assert len(set(drawn.values())) == len(places)
    assert not turned_round(places, drawn)
    assert schematic(list(reversed(places))) == drawn, "whatever the order of the list"


@given(districts)
def test_no_row_and_no_column_is_empty(places: list[Place]) -> None:
    drawn = schematic(places).values()
    for side in (0, 1):
        assert {field[side] for field in drawn} == set(range(len({field[side] for field in drawn})))


def test_the_demo_district_fits_the_pane_and_its_far_ends_are_its_far_ends() -> None:
    drawn = schematic(XINING)
    columns, rows = (1 + max(field[side] for field in drawn.values()) for side in (0, 1))
    assert columns <= 5
    assert rows <= 8
    north = max(XINING, key=lambda place: place.latitude)
    west, east = (find(XINING, key=lambda place: place.longitude) for find in (min, max))
    assert drawn[north.name].row == 0
    assert drawn[west.name].column == 0
    assert drawn[east.name].column == columns - 1


def test_far_apart_in_one_direction_is_seldom_drawn_the_other_way() -> None:
    """Beyond 3 km, where an operator would notice: fewer than one pair in twenty."""
    drawn, asked, wrong = schematic(XINING), 0, 0
    for one, other in combinations(XINING, 2):
        for apart, drawn_apart in (
            ((other.latitude - one.latitude) * 111, drawn[one.name].row - drawn[other.name].row),
            ((other.longitude - one.longitude) * 89, drawn[other.name].column - drawn[one.name].column),
        ):
            if abs(apart) > 3:
                asked += 1
                wrong += apart * drawn_apart < 0
    assert asked > 100
    assert wrong / asked < 0.05


def test_a_name_stands_once_and_no_place_is_no_picture() -> None:
    assert schematic([]) == {}
    assert schematic([Place("一", 36.6, 101.7)]) == {"一": Field(0, 0)}
    with pytest.raises(ValueError, match="twice"):
        schematic([Place("一", 36.6, 101.7), Place("一", 36.7, 101.7)])


def test_the_nearest_place_counts_metres_not_degrees() -> None:
    places = [Place("东", 36.650, 101.771), Place("北", 36.659, 101.760)]
    assert nearest(places, 36.650, 101.760) == "东", "a degree of longitude is shorter here"
    assert nearest([], 36.6, 101.7) == ""
