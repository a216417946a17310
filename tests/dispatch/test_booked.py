"""A booked visit from the wish to the end, as stories: made, planned, reminded, opened as a case, done, closed."""

from datetime import date, timedelta

import pytest

from callcenter.rules.call import NotNow
from dispatch.rules.recurring import Repeat
from tests.conftest import Rehearsal
from tests.dispatch.booked import (
    TODAY,
    TOMORROW,
    book,
    booking,
    carried_out,
    local,
    made,
    opened,
    to_ring,
    until,
    wish,
)


def test_a_booking_for_today_is_planned_at_once_with_a_carer_of_the_station(rehearsal: Rehearsal) -> None:
    row = book(rehearsal)
    assert row["stage"] == "planned"
    assert row["from_at"] <= row["planned_at"] <= row["until_at"]
    assert row["owner_name"] == "李敏"
    carer = next(c for c in rehearsal.people.carers(rehearsal.now) if c["id"] == row["carer_id"])
    assert carer["station_id"] == row["station_id"]
    assert not rehearsal.verify().faults


def test_when_its_time_comes_it_is_a_case_in_its_owners_hands_that_rings_nobody(rehearsal: Rehearsal) -> None:
    row = book(rehearsal)
    until(rehearsal, 10, 36)
    call, visit = opened(rehearsal, row)
    assert (call["stage"], call["priority"], call["source"], call["kind"]) == ("answered", 3, "booking", "booking")
    assert call["holder_name"] == "李敏"
    assert call["service"]["booking"] == row["id"]
    assert visit["asked"][0]["carer_id"] == row["carer_id"]
    assert visit["slot_at"] == row["planned_at"]
    assert booking(rehearsal, row)["stage"] == "due"
    assert "CallRungAgain" not in rehearsal.kinds(call)


def test_the_carer_arrives_and_finishes_and_the_case_is_closed_with_the_carers_evidence(rehearsal: Rehearsal) -> None:
    row = book(rehearsal)
    call, visit = carried_out(rehearsal, row)
    assert booking(rehearsal, row)["stage"] == "done"
    assert (call["stage"], call["outcome"], call["evidence"]) == ("closed", "service_done", "was_seen")
    assert call["late"] == visit["late"] == {}
    assert rehearsal.kinds(call).count("CallBackDue") == 1
    assert not rehearsal.verify().faults


@pytest.mark.parametrize(("condition", "stage"), [("absent", "started"), ("hurt", "done")])
def test_a_carer_who_found_nobody_or_somebody_hurt_leaves_the_case_to_a_person(
    rehearsal: Rehearsal, condition: str, stage: str
) -> None:
    row = book(rehearsal)
    call, _ = carried_out(rehearsal, row, {"condition": condition, "done": [], "text": ""})
    assert call["stage"] == "answered"
    assert booking(rehearsal, row)["stage"] == stage


def test_a_planned_carer_who_says_no_is_followed_by_the_next(rehearsal: Rehearsal) -> None:
    row = book(rehearsal)
    until(rehearsal, 10, 36)
    call, visit = opened(rehearsal, row)
    rehearsal.carer("decline", visit, row["carer_id"], reason="在忙")
    asked = [ask["carer_id"] for ask in rehearsal.visit(visit)["asked"]]
    assert asked[0] == row["carer_id"]
    assert len(set(asked)) == 2
    assert call["stage"] == "answered"


def test_a_visit_is_not_late_before_its_time_although_the_carer_accepted_early(rehearsal: Rehearsal) -> None:
    row = book(rehearsal)
    until(rehearsal, 10, 36)
    _, visit = opened(rehearsal, row)
    visit = rehearsal.carer("accept", visit, row["carer_id"])
    until(rehearsal, 11, 0)
    assert rehearsal.visit(visit)["late"] == {}


def test_bookings_of_tomorrow_are_planned_at_four_and_the_residents_reminded_after_that(rehearsal: Rehearsal) -> None:
    row = book(rehearsal, day=TOMORROW, begin=540, end=600)
    assert (row["stage"], local(row["plan_at"])) == ("booked", "23 16:00")
    until(rehearsal, 16, 1)
    row = booking(rehearsal, row)
    assert row["stage"] == "planned"
    assert to_ring(rehearsal, "remind") == []
    until(rehearsal, 16, 31)
    (task,) = to_ring(rehearsal, "remind")
    assert task["booking_id"] == row["id"]
    assert task["why"]["from_at"] == row["planned_at"]
    assert booking(rehearsal, row)["reminded_at"]
    assert not rehearsal.verify().faults


def test_who_has_been_told_a_time_keeps_it_when_the_day_is_planned_again(rehearsal: Rehearsal) -> None:
    row = book(rehearsal, day=TOMORROW, begin=540, end=720)
    until(rehearsal, 16, 31)
    told = booking(rehearsal, row)
    for home in (2, 3, 4, 5):
        book(rehearsal, home_id=home, day=TOMORROW, begin=540, end=720, anyway=True)
    assert [booking(rehearsal, row)[n] for n in ("carer_id", "planned_at")] == [told["carer_id"], told["planned_at"]]


def test_the_carer_is_told_an_hour_before(rehearsal: Rehearsal) -> None:
    row = book(rehearsal, begin=750, end=750)
    until(rehearsal, 11, 29)
    assert booking(rehearsal, row)["carer_told_at"] is None
    until(rehearsal, 11, 31)
    told = [e for e in rehearsal.log.stream(f"booking:{row['id']}") if e.kind == "BookingReminded"]
    assert [(e.body["whom"], e.body["carer_id"]) for e in told] == [("carer", row["carer_id"])]


def test_a_repeated_booking_makes_each_visit_once_and_says_which_holidays_are_left_out(rehearsal: Rehearsal) -> None:
    repeat = Repeat((4,), until=date(2027, 1, 15))
    result = made(rehearsal, day=date(2026, 12, 18), repeat=repeat)
    assert result["left_out"] == ["2027-01-01"]
    rows = [booking(rehearsal, one) for one in result["bookings"]]
    assert [row["day"] for row in rows] == ["2026-12-18", "2026-12-25", "2027-01-08", "2027-01-15"]
    assert {row["series"] for row in rows[1:]} == {rows[0]["id"]}


def test_a_whole_series_is_called_off_from_one_visit_on(rehearsal: Rehearsal) -> None:
    result = made(rehearsal, day=TOMORROW, repeat=Repeat((1, 3), until=TOMORROW + timedelta(days=14)))
    second = result["bookings"][1]
    with rehearsal.writing() as w:
        ended = rehearsal.services.bookings.cancel(w, second, rehearsal.operator, "住院了", series=True)
    assert ended["bookings"] == result["bookings"][1:]
    assert [booking(rehearsal, one)["stage"] for one in result["bookings"]] == ["booked", *["cancelled"] * 4]


@pytest.mark.parametrize(
    ("asked", "code"),
    [({"service": "clean", "begin": 690, "end": 690}, "collides"),
     ({"service": "meal", "home_id": 2, "begin": 1430, "end": 1439}, "window"),
     ({"service": "meal", "home_id": 2, "begin": 480, "end": 500}, "past"),
     ({"service": "sing", "home_id": 2}, "no_service"),
     ({"service": "meal", "home_id": 2, "repeat": Repeat((0,))}, "repeat"),
     ({"service": "meal", "home_id": 99999}, "nobody"),
     ({"service": "repair", "home_id": 2}, "no_time"),
     ({"service": "repair", "home_id": 61}, "no_skill")],
)  # fmt: skip
def test_what_cannot_be_is_said_in_words_with_the_fix(
    rehearsal: Rehearsal, asked: dict[str, object], code: str
) -> None:
    book(rehearsal)
    with rehearsal.writing() as w, pytest.raises(NotNow) as refusal:
        rehearsal.services.bookings.make(w, rehearsal.operator, wish(**asked))  # type: ignore[arg-type]
    assert refusal.value.code == code
    assert refusal.value.fix
    assert str(refusal.value).format(**refusal.value.values)


def test_when_everybody_is_taken_it_is_said_from_when_on_there_is_time(rehearsal: Rehearsal) -> None:
    book(rehearsal)  # which takes the one technician of the station
    with rehearsal.writing() as w, pytest.raises(NotNow) as refusal:
        rehearsal.services.bookings.make(w, rehearsal.operator, wish("repair", 2))
    time = refusal.value.values["time"]
    assert time < "20:00"
    begin = int(time[:2]) * 60 + int(time[3:])
    assert local(book(rehearsal, "repair", 2, begin=begin, end=begin)["planned_at"]) == f"23 {time}"


def test_what_collides_can_be_booked_all_the_same(rehearsal: Rehearsal) -> None:
    book(rehearsal)
    assert made(rehearsal, "meal", anyway=True)["problems"] == ["collides"]


def test_a_home_with_an_open_case_is_waited_for_and_then_moved(rehearsal: Rehearsal) -> None:
    row = book(rehearsal)
    until(rehearsal, 10, 30)
    alarm = rehearsal.press(str(1000 + row["home_id"]))
    rehearsal.act("answer", alarm)
    until(rehearsal, 11, 14)
    waiting = booking(rehearsal, row)
    assert waiting["call_id"] is None
    assert waiting["stage"] == "planned"
    until(rehearsal, 12, 10)
    moved = booking(rehearsal, row)
    assert moved["moved"] == 1
    assert moved["from_at"] > row["until_at"]
    assert [task["purpose"] for task in to_ring(rehearsal, "moved")] == ["moved"]
    assert not rehearsal.verify().faults


def test_the_time_of_day_can_be_agreed_anew(rehearsal: Rehearsal) -> None:
    row = book(rehearsal)
    with rehearsal.writing() as w:
        moved = rehearsal.services.bookings.move(w, row["id"], rehearsal.operator, TODAY, 900, 960)
    assert (moved["stage"], local(moved["from_at"]), moved["moved"]) == ("planned", "23 15:00", 1)
    assert moved["from_at"] <= moved["planned_at"] <= moved["until_at"]
