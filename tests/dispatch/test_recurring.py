"""Bookings that come again, and the hours at which elders may be rung."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from callcenter.rules.call_hours import CallHours, next_allowed
from callcenter.rules.four_orders import ORDERS, complete, order_state, telling
from callcenter.rules.times import moment, stamp
from dispatch.rules.recurring import Repeat, days

ZONE = ZoneInfo("Asia/Shanghai")
MONDAY = date(2026, 11, 23)


def never(_day: date) -> bool:
    return False


def test_a_booking_without_weekdays_happens_once() -> None:
    assert days(MONDAY, Repeat(), never) == ([MONDAY], [])


def test_tuesdays_and_fridays_every_second_week_until_the_end_of_the_month() -> None:
    found, _ = days(MONDAY, Repeat((1, 4), every=2, until=date(2026, 12, 31)), never)
    assert [f"{d:%m-%d}" for d in found] == ["11-24", "11-27", "12-08", "12-11", "12-22", "12-25"]


def test_holidays_are_left_out_and_said_unless_wanted() -> None:
    new_year = date(2027, 1, 1)
    repeat = Repeat((4,), until=date(2027, 1, 8))
    found, left_out = days(date(2026, 12, 25), repeat, lambda day: day == new_year)
    assert (found, left_out) == ([date(2026, 12, 25), date(2027, 1, 8)], [new_year])
    again, none = days(date(2026, 12, 25), Repeat((4,), until=date(2027, 1, 8), skip_holidays=False), lambda _: True)
    assert new_year in again
    assert none == []


def test_single_days_can_be_excepted() -> None:
    found, _ = days(MONDAY, Repeat((0,), until=date(2026, 12, 7), except_on=(date(2026, 11, 30),)), never)
    assert found == [MONDAY, date(2026, 12, 7)]


@pytest.mark.parametrize("until", [None, MONDAY - timedelta(days=1), MONDAY + timedelta(days=400)])
def test_a_repeated_booking_needs_an_end_within_a_year(until: date | None) -> None:
    with pytest.raises(ValueError, match="366 days"):
        days(MONDAY, Repeat((0,), until=until), never)


@given(st.datetimes(datetime(2026, 1, 1), datetime(2026, 12, 30)))
def test_the_next_moment_for_a_telephone_call_is_allowed_and_the_first(local: datetime) -> None:
    hours, at = CallHours(), stamp(local.replace(tzinfo=ZONE))
    found = moment(next_allowed(at, ZONE, hours)).astimezone(ZONE)
    assert hours.allowed(found)
    assert stamp(found) >= at
    probe = moment(at).astimezone(ZONE)
    while probe < found:  # nothing in between would have been allowed
        assert not hours.allowed(probe)
        probe += timedelta(minutes=7)


@pytest.mark.parametrize(
    ("said", "allowed"),
    [("08:29", "08:30"), ("08:30", "08:30"), ("12:30", "14:30"), ("14:29", "14:30"), ("20:29", "20:29"),
     ("20:30", "08:30"), ("03:00", "08:30")],
)  # fmt: skip
def test_nobody_is_rung_at_noon_or_at_night(said: str, allowed: str) -> None:
    local = datetime.fromisoformat(f"2026-11-23T{said}").replace(tzinfo=ZONE)
    assert f"{moment(next_allowed(stamp(local), ZONE, CallHours())).astimezone(ZONE):%H:%M}" == allowed


@pytest.mark.parametrize(
    ("stages", "told"),
    [
        ("accepted requested", 0), ("arrived cancelled", 0), ("cancelled requested", 1), ("finished requested", 1),
        ("finished cancelled", 0), ("offered offered", 1), ("interrupted", 0), ("on_the_way accepted", 0),
    ],
)  # fmt: skip
def test_of_several_visits_the_one_nearest_to_the_person_stands_for_the_call(stages: str, told: int) -> None:
    visits = [{"id": str(at), "stage": stage} for at, stage in enumerate(stages.split())]
    assert telling(visits) == visits[told]
    assert telling([]) is None


@pytest.mark.parametrize(
    ("rated", "visit", "state"),
    [("", None, "placed"), ("", "requested", "sent"), ("", "offered", "sent"), ("", "accepted", "taken"),
     ("", "arrived", "taken"), ("due", "finished", "taken"), ("rated", "finished", "rated"),
     ("no_reply", "finished", "rated"), ("", "cancelled", "placed"), ("", "interrupted", "placed")],
)  # fmt: skip
def test_every_case_stands_at_one_of_the_four_orders(rated: str, visit: str | None, state: str) -> None:
    assert order_state({"rated": rated}, {"stage": visit} if visit else None) == state
    assert state in ORDERS


def test_a_case_is_complete_when_it_is_closed_and_rated_or_asked_in_vain() -> None:
    assert [complete({"stage": "closed", "rated": rated}) for rated in ("", "due", "rated", "no_reply")] == [
        True, False, True, True
    ]  # fmt: skip
    assert not complete({"stage": "answered", "rated": "rated"})
