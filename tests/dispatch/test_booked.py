"""A booked visit from the wish to the end, as a story: made, planned, reminded, opened as a case, done, rung about."""

from datetime import date
from typing import Any

from callcenter.rules.events import Row
from dispatch.bookings import Wish
from tests.conftest import MORNING, Rehearsal

TODAY, TOMORROW = date(2026, 11, 23), date(2026, 11, 24)


def book(rehearsal: Rehearsal, service: str = "clean", home_id: int = 1, **more: Any) -> Row:
    """Today from eleven to twelve, unless it is said otherwise; the first booking that was made."""
    wish = Wish(**{"service": service, "day": TODAY, "begin": 660, "end": 720, "home_id": home_id, **more})
    with rehearsal.writing() as w:
        made = rehearsal.services.bookings.make(w, rehearsal.operator, wish)
    return booking(rehearsal, made["bookings"][0])


def booking(rehearsal: Rehearsal, booking_id: str) -> Row:
    found = rehearsal.services.diary.booking(booking_id)
    assert found is not None
    return found


def until(rehearsal: Rehearsal, hour: int, minute: int = 0, day: int = 23) -> None:
    """Time passes in steps of half a minute."""
    from tests.conftest import ZONE

    goal = MORNING.astimezone(ZONE).replace(day=day, hour=hour, minute=minute)
    rehearsal.wait((goal - rehearsal.now).total_seconds(), step=30)


def test_a_booking_for_today_is_planned_at_once_with_a_carer_of_the_station(rehearsal: Rehearsal) -> None:
    made = book(rehearsal)
    assert made["stage"] == "planned"
    assert made["from_at"] <= made["planned_at"] <= made["until_at"]
    assert made["owner_name"] == "李敏"
    carer = next(c for c in rehearsal.people.carers(rehearsal.now) if c["id"] == made["carer_id"])
    assert carer["station_id"] == made["station_id"]
    assert not rehearsal.verify().faults


def test_a_visit_is_opened_as_a_case_in_its_owners_hands_and_rings_nobody(rehearsal: Rehearsal) -> None:
    made = book(rehearsal)
    until(rehearsal, 10, 40)
    made = booking(rehearsal, made["id"])
    call = rehearsal.call({"id": made["call_id"]})
    assert (call["stage"], call["priority"], call["source"]) == ("answered", 3, "booking")
    assert call["holder_name"] == "李敏"
    (visit,) = rehearsal.cases.visits_of([call["id"]])
    assert visit["asked"][0]["carer_id"] == made["carer_id"]
    assert visit["slot_at"] == made["planned_at"]
    assert made["stage"] == "due"
    assert not rehearsal.verify().faults
