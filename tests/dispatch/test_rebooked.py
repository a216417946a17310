"""A booked visit gives way to an emergency: it has a new time and the resident is rung, in the same transaction."""

from callcenter.rules.events import Row
from tests.conftest import SERVICE, Rehearsal
from tests.dispatch.booked import book, booking, local, opened, to_ring, until


def underway(rehearsal: Rehearsal, row: Row) -> tuple[Row, Row]:
    """The planned carer is in the home."""
    until(rehearsal, 10, 36)
    call, visit = opened(rehearsal, row)
    visit = rehearsal.carer("accept", visit, visit["asked"][-1]["carer_id"])
    rehearsal.carer("depart", visit)
    until(rehearsal, 11, 0)
    visit = rehearsal.carer("arrive", visit)
    rehearsal.wait(1)
    return rehearsal.call(call), visit


def alarm_takes(rehearsal: Rehearsal, visit: Row, account: str = "1500") -> Row:
    """An emergency elsewhere, offered to the carer who is at a booked visit, and accepted."""
    alarm = rehearsal.press(account)
    rehearsal.act("answer", alarm)
    wanted, dispatcher = rehearsal.send(alarm), rehearsal.dispatcher
    ranked = dispatcher.choosing.rank(alarm["home_id"], 1, {}, {}, dispatcher.choosing.look(rehearsal.now))
    with rehearsal.writing() as w:
        row = w.row("visits", wanted["id"])
        assert row is not None
        dispatcher.asking.offer(w, row, next(c for c in ranked if c.carer_id == visit["carer_id"]), 0, "clock")
    return rehearsal.carer("accept", wanted, visit["carer_id"])


def test_the_visit_gets_the_cheapest_place_today_and_the_resident_a_call(rehearsal: Rehearsal) -> None:
    row = book(rehearsal)
    call, visit = underway(rehearsal, row)
    taken = alarm_takes(rehearsal, visit)
    moved, call = booking(rehearsal, row), rehearsal.call(call)
    assert taken["stage"] == "accepted"
    assert rehearsal.visit(visit)["stage"] == "interrupted"
    assert (moved["stage"], moved["moved"], moved["day"]) == ("planned", 1, row["day"])
    assert moved["planned_at"] > row["planned_at"]
    assert moved["from_at"] <= moved["planned_at"] <= moved["until_at"]
    assert (call["stage"], call["outcome"], call["evidence"]) == ("closed", "moved", "rebooked")
    (task,) = to_ring(rehearsal, "moved")
    assert task["why"] == {"was": row["planned_at"], "from_at": moved["from_at"], "carer_name": moved["carer_name"]}
    assert task["owner_name"] == "李敏"
    at = rehearsal.log.stream(f"booking:{row['id']}")
    together = {e.at for e in at if e.kind in ("BookingInterrupted", "BookingMoved", "CallBackDue")}
    assert len(together) == 1  # one transaction
    assert not rehearsal.verify().faults


def test_the_moved_visit_comes_as_a_case_of_its_own(rehearsal: Rehearsal) -> None:
    row = book(rehearsal)
    call, visit = underway(rehearsal, row)
    alarm_takes(rehearsal, visit)
    moved = booking(rehearsal, row)
    hour, minute = map(int, local(moved["planned_at"])[3:].split(":"))
    until(rehearsal, hour, minute)
    again, _ = opened(rehearsal, row)
    assert again["id"] != call["id"]
    assert again["service"]["booking"] == row["id"]


def test_when_today_has_no_place_it_is_tomorrow_at_the_hour_that_was_agreed(rehearsal: Rehearsal) -> None:
    row = book(rehearsal, begin=1140, end=1200)  # the last hour of the day
    until(rehearsal, 18, 36)
    _, visit = opened(rehearsal, row)
    visit = rehearsal.carer("accept", visit, visit["asked"][-1]["carer_id"])
    rehearsal.carer("depart", visit)
    until(rehearsal, 19, 0)
    visit = rehearsal.carer("arrive", visit)
    until(rehearsal, 19, 20)
    alarm_takes(rehearsal, visit)
    moved = booking(rehearsal, row)
    assert local(moved["from_at"])[:2] == "24"
    assert "19:00" <= local(moved["planned_at"])[3:] <= "20:00"


def test_a_bath_is_not_broken_off(rehearsal: Rehearsal) -> None:
    row = book(rehearsal, "bath", anyway=True)
    until(rehearsal, 10, 36)
    _, visit = opened(rehearsal, row)
    assert visit["interruptible"] is False
    assert row["terms"]["interruptible"] is False


def test_a_visit_in_which_the_elder_has_called_for_help_is_not_put_off_to_another_day(rehearsal: Rehearsal) -> None:
    row = book(rehearsal)
    call, visit = underway(rehearsal, row)
    rehearsal.wait(300, step=30)
    rehearsal.press(call["account"], SERVICE)
    with rehearsal.writing() as w:
        assert not rehearsal.services.rebook(w, rehearsal.visit(visit))
    assert booking(rehearsal, row)["moved"] == 0
    assert to_ring(rehearsal, "moved") == []


def test_nobody_has_arrived_a_quarter_of_an_hour_late_and_the_case_rings(rehearsal: Rehearsal) -> None:
    row = book(rehearsal)
    until(rehearsal, 10, 36)
    call, visit = opened(rehearsal, row)
    first = visit["asked"][-1]["carer_id"]
    rehearsal.carer("accept", visit, first)
    until(rehearsal, 11, 14)
    assert rehearsal.call(call)["stage"] == "answered"
    until(rehearsal, 11, 16)
    late = rehearsal.call(call)
    assert late["stage"] == "waiting"
    assert "arrive" in late["late"]
    (task,) = to_ring(rehearsal, "late")
    assert task["booking_id"] == row["id"]
    visits = rehearsal.cases.visits_of([call["id"]])
    asked = {ask["carer_id"] for one in visits for ask in one["asked"]}
    assert len(visits) == 2  # the first carer keeps theirs, another is asked as well
    assert len(asked) > 1
    assert rehearsal.visit(visit)["stage"] == "accepted"
    assert not rehearsal.verify().faults


def test_when_the_carer_arrives_after_all_nobody_has_to_be_told_any_more(rehearsal: Rehearsal) -> None:
    row = book(rehearsal)
    until(rehearsal, 10, 36)
    _, visit = opened(rehearsal, row)
    visit = rehearsal.carer("accept", visit, visit["asked"][-1]["carer_id"])
    until(rehearsal, 11, 16)
    assert len(to_ring(rehearsal, "late")) == 1
    rehearsal.carer("arrive", visit)
    rehearsal.wait(1)
    assert to_ring(rehearsal, "late") == []
    assert booking(rehearsal, row)["stage"] == "started"
