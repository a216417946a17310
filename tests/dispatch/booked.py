"""What the stories of booked visits share: a wish, the hours of a day, a visit carried out."""

from datetime import date
from typing import Any

from callcenter.rules.events import Row
from callcenter.rules.times import moment, seconds_between, stamp
from dispatch.bookings import Wish
from tests.conftest import MORNING, ZONE, Rehearsal

TODAY, TOMORROW = date(2026, 11, 23), date(2026, 11, 24)  # a Monday
WELL = {"condition": "well", "done": [], "text": ""}


def wish(service: str = "clean", home_id: int = 1, **more: Any) -> Wish:
    """Today from eleven to twelve, unless it is said otherwise."""
    return Wish(**{"service": service, "day": TODAY, "begin": 660, "end": 720, "home_id": home_id, **more})


def book(rehearsal: Rehearsal, service: str = "clean", home_id: int = 1, **more: Any) -> Row:
    """The first booking that was made."""
    return booking(rehearsal, made(rehearsal, service, home_id, **more)["bookings"][0])


def made(rehearsal: Rehearsal, service: str = "clean", home_id: int = 1, **more: Any) -> Row:
    with rehearsal.writing() as w:
        return rehearsal.services.bookings.make(w, rehearsal.operator, wish(service, home_id, **more))


def booking(rehearsal: Rehearsal, row: Row | str) -> Row:
    found = rehearsal.services.diary.booking(row if isinstance(row, str) else row["id"])
    assert found is not None
    return found


def until(rehearsal: Rehearsal, hour: int, minute: int = 0, day: int = 23) -> None:
    """Time passes in steps of half a minute, to this moment of November by the centre's clock."""
    goal = MORNING.astimezone(ZONE).replace(day=day, hour=hour, minute=minute)
    rehearsal.wait((goal - rehearsal.now).total_seconds(), step=30)


def local(at: str | None) -> str:
    """``23 11:05``."""
    return moment(at).astimezone(ZONE).strftime("%d %H:%M") if at else ""


def opened(rehearsal: Rehearsal, row: Row) -> tuple[Row, Row]:
    """Its call and its newest visit."""
    call = rehearsal.call({"id": booking(rehearsal, row)["call_id"]})
    return call, rehearsal.cases.visits_of([call["id"]])[-1]


def carried_out(rehearsal: Rehearsal, row: Row, report: Row | None = None) -> tuple[Row, Row]:
    """From just before it is opened as a case: the carer who is asked accepts, arrives in time, and finishes."""
    until(rehearsal, 10, 36)
    call, visit = opened(rehearsal, row)
    visit = rehearsal.carer("accept", visit, visit["asked"][-1]["carer_id"])
    rehearsal.carer("depart", visit)
    rehearsal.wait(seconds_between(stamp(rehearsal.now), visit["slot_at"]), step=30)
    rehearsal.carer("arrive", visit)
    rehearsal.wait(1800, step=60)
    rehearsal.carer("finish", visit, report=report or WELL)
    rehearsal.wait(1)
    return rehearsal.call(call), rehearsal.visit(visit)


def to_ring(rehearsal: Rehearsal, purpose: str) -> list[Row]:
    return [row for row in rehearsal.services.diary.to_ring() if row["purpose"] == purpose]


def ring(rehearsal: Rehearsal, verb: str, callback: Row, *said: Any, user: Any = None) -> Row:
    """What an operator writes down after ringing."""
    with rehearsal.writing() as w:
        row: Row = getattr(rehearsal.services.callbacks, verb)(w, callback["id"], user or rehearsal.operator, *said)
    return row
