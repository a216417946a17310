"""Ages, windows, places, holes in the roster, and positions from Chinese maps."""

from datetime import date, time
from math import cos, hypot, radians

import pytest

from callcenter.rules.people import Hole, age, holes, household, place, reachable_now, spelled, windows
from devices.codecs.datum import TO_WGS84, gcj02_to_wgs84, wgs84_to_gcj02

XINING = (36.65009, 101.76428)


def metres(one: tuple[float, float], other: tuple[float, float]) -> tuple[float, float]:
    north = (other[0] - one[0]) * 111_195
    east = (other[1] - one[1]) * 111_195 * cos(radians(one[0]))
    return north, east


@pytest.mark.parametrize(
    ("born", "years"), [("1943", 83), ("1943-11-21", 83), ("1943-11-22", 82), ("1944-02-29", 82), ("", None)]
)
def test_age_counts_full_years(born: str, years: int | None) -> None:
    assert age(born, date(2026, 11, 21)) == years


@pytest.mark.parametrize(
    ("window", "at", "expected"),
    [
        ("", time(3, 0), True),
        ("18:00-22:00", time(18, 0), True),
        ("18:00-22:00", time(22, 0), False),
        ("08:00-12:00,18:00-22:00", time(19, 0), True),
        ("08:00-12:00，18：00-22：00", time(13, 0), False),
        ("22:00-06:00", time(2, 0), True),
        ("22:00-06:00", time(12, 0), False),
        ("08:00-24:00", time(23, 59), True),
        ("00:00-24:00", time(12, 0), True),
        ("evenings", time(12, 0), True),
    ],
)
def test_a_contact_can_be_reached_inside_the_window(window: str, at: time, expected: bool) -> None:
    assert reachable_now(window, at) is expected


def test_a_window_nobody_can_read_is_named() -> None:
    with pytest.raises(ValueError, match="25:00-26:00"):
        windows("08:00-12:00, 25:00-26:00")


def test_a_couple_is_one_line() -> None:
    couple = [
        {"name": "王秀英", "sex": "F", "born": "1940", "tier": "C"},
        {"name": "李德福", "sex": "M", "born": "1938", "tier": "B"},
    ]
    assert household(couple, date(2026, 1, 1)) == {"name": "王秀英、李德福", "sex": "", "age": 88, "tier": "B"}
    assert household(couple[:1], date(2026, 1, 1))["sex"] == "F"


def test_a_place_is_said_short() -> None:
    assert place("小桥社区", "3号楼") == "小桥社区 3号楼"
    assert place("", "", "小桥大街5号") == "小桥大街5号"
    assert spelled(" Ｗang XY１２ ") == "wangxy12"


def test_holes_in_the_roster_are_found() -> None:
    shifts = [
        {"station_id": 1, "starts_at": "T08", "ends_at": "T16"},
        {"station_id": 1, "starts_at": "T10", "ends_at": "T12"},
        {"station_id": 1, "starts_at": "T18", "ends_at": "T30"},
    ]
    assert holes([1, 2], shifts, "T00", "T24") == [
        Hole(1, "T00", "T08"),
        Hole(1, "T16", "T18"),
        Hole(2, "T00", "T24"),
    ]


def test_gcj02_is_about_174_metres_east_and_6_south_in_xining() -> None:
    north, east = metres(XINING, wgs84_to_gcj02(*XINING))
    assert east == pytest.approx(174, abs=3)
    assert north == pytest.approx(-6, abs=3)


@pytest.mark.parametrize("point", [XINING, (39.9087, 116.3975), (22.5431, 114.0579), (43.8256, 87.6168)])
def test_there_and_back_is_less_than_a_metre(point: tuple[float, float]) -> None:
    assert hypot(*metres(point, gcj02_to_wgs84(*wgs84_to_gcj02(*point)))) < 1


def test_baidu_comes_home_too() -> None:
    # Tian'anmen: published BD-09 39.915119,116.403963 and WGS-84 39.907375,116.391349 agree within some metres.
    assert hypot(*metres((39.907375, 116.391349), TO_WGS84["bd09"](39.915119, 116.403963))) < 30


def test_points_outside_china_stay() -> None:
    assert wgs84_to_gcj02(48.8566, 2.3522) == (48.8566, 2.3522)
    assert TO_WGS84["gcj02"](48.8566, 2.3522) == (48.8566, 2.3522)
