"""What passes through the gateway is counted for each device: repeats, numbers that never came, battery by the day."""

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from callcenter.store.trend import Trend
from callcenter.traffic import HIGHEST, Traffic
from tests.conftest import Rehearsal


def heard(*sequences: str | None) -> dict[str, int]:
    """``None`` is a link test."""
    traffic = Traffic()
    for sequence in sequences:
        if sequence is None:
            traffic.beat("1003")
        else:
            traffic.frame("panels", "1003", sequence)
    found = traffic.take()["1003"]
    return {name: found[name] for name in ("frames", "retransmissions", "gaps")}


def test_a_number_that_never_came_is_a_gap_and_one_that_came_twice_a_failed_attempt() -> None:
    assert heard("0001", "0002", "0003") == {"frames": 3, "retransmissions": 0, "gaps": 0}
    assert heard("0001", "0005") == {"frames": 2, "retransmissions": 0, "gaps": 3}
    assert heard("0001", "0001", "0002") == {"frames": 3, "retransmissions": 1, "gaps": 0}


def test_link_tests_between_two_frames_excuse_their_numbers() -> None:
    assert heard("0001", None, None, "0004")["gaps"] == 0
    assert heard("0001", None, None, "0005")["gaps"] == 1


def test_after_the_highest_number_comes_the_first() -> None:
    assert heard("9999", "0001")["gaps"] == 0


def test_a_unit_that_was_started_again_has_lost_nothing() -> None:
    assert heard("0500", "0001")["gaps"] == 0


def test_frames_without_numbers_are_only_counted() -> None:
    assert heard("", "", "0000") == {"frames": 3, "retransmissions": 0, "gaps": 0}


@given(st.integers(1, HIGHEST), st.lists(st.integers(0, 30), min_size=1, max_size=30))
def test_as_many_gaps_as_frames_that_were_lost(start: int, lost: list[int]) -> None:
    numbers, at = [start], start
    for missing in lost:
        at = (at - 1 + missing + 1) % HIGHEST + 1
        numbers.append(at)
    assert heard(*(f"{number:04}" for number in numbers))["gaps"] == sum(lost)


def test_what_could_not_be_written_is_counted_again() -> None:
    traffic = Traffic()
    traffic.frame("panels", "1003", "0001")
    taken = traffic.take()
    traffic.put_back(taken)
    assert traffic.take() == taken
    assert traffic.take() == {}


def test_a_line_for_each_day_with_its_lowest_battery(rehearsal: Rehearsal) -> None:
    trend, day = Trend(rehearsal.database), date(2026, 11, 23)
    frames = {"line": "panels", "last_sequence": 7, "frames": 3, "retransmissions": 1, "gaps": 2}
    trend.add(day, {"1003": frames, "9999": frames}, {"1003": 80})
    trend.add(day, {"1003": frames}, {"1003": 75, "1004": 90})
    trend.add(day, {}, {"1003": 90})
    trend.add(day + timedelta(days=1), {"1003": frames}, {})
    first, second = trend.days("1003")
    assert [first[name] for name in ("battery_percent", "frames", "retransmissions", "gaps")] == [75, 6, 2, 4]
    assert (second["day"], second["battery_percent"], second["frames"]) == ("2026-11-24", None, 3)
    assert trend.days("9999") == []  # nobody's device
    trend.add(day + timedelta(days=500), {"1003": frames}, {})
    assert len(trend.days("1003")) == 1
