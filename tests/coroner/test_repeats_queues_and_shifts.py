"""Failures that killed people elsewhere, each played here, on both stores. The stories are named after them.

Luleå 2020, Walford, Newham 2024, East Sussex 2022, Queensland 2025, Beijing, Wuzhou: see the field's record of them.
"""

from datetime import UTC, datetime, timedelta

import pytest

from callcenter.rules.call import NotNow
from callcenter.rules.events import Row
from callcenter.store.database import Database
from callcenter.store.users import Users
from tests.conftest import SERVICE, Rehearsal


def carers_asked(rehearsal: Rehearsal, call: Row) -> list[int]:
    return [one["carer_id"] for visit in rehearsal.cases.visits_of([call["id"]]) for one in visit["asked"]]


def test_01_lulea_eight_presses_are_one_case_that_grows_more_urgent_and_is_forwarded(rehearsal: Rehearsal) -> None:
    calls = set()
    for _ in range(8):
        calls.add(rehearsal.press("1042", SERVICE)["id"])
        rehearsal.wait(60, step=5)
    (call_id,) = calls
    call = rehearsal.call({"id": call_id})
    assert call["presses"] == 8
    assert call["priority"] == 1, "it began as a service"
    assert carers_asked(rehearsal, call), "nobody answered, and somebody was sent all the same"


def test_01_lulea_a_case_closed_by_mistake_comes_back_graver(rehearsal: Rehearsal) -> None:
    first = rehearsal.act("answer", rehearsal.press("1042", SERVICE))
    rehearsal.act(
        "close", first, seen_version=rehearsal.call(first)["version"], outcome="false_alarm",
        evidence="spoke_clearly", words="误按",
    )  # fmt: skip
    rehearsal.wait(300, step=30)
    again = rehearsal.press("1042", SERVICE)
    assert again["priority"] == first["priority"] - 1


def test_07_walford_in_the_last_minutes_of_a_shift_the_incoming_one_is_asked(district: str) -> None:
    """15:45 in Xining: the early shift ends at 16:00, the evening shift began at 15:30."""
    rehearsal = Rehearsal(Database(district), datetime(2026, 11, 23, 7, 45, tzinfo=UTC))
    call = rehearsal.act("answer", rehearsal.press("1042"))
    visit = rehearsal.send(call)
    on = {row["id"]: row for row in rehearsal.people.carers(rehearsal.now)}
    leaving = {one for one, row in on.items() if row["on_shift"] and row["shift_ends_at"] <= "2026-11-23T08:01"}
    assert leaving, "somebody is about to go home"
    rehearsal.wait(65)
    asked = set(carers_asked(rehearsal, call))
    assert asked - leaving, "and somebody who stays was asked within a minute"
    assert rehearsal.visit(visit)["ended_at"] is None


def test_07_walford_unaccepted_for_a_minute_it_has_gone_to_others(rehearsal: Rehearsal) -> None:
    call = rehearsal.act("answer", rehearsal.press("1042"))
    first = rehearsal.send(call)["asked"]
    rehearsal.wait(61)
    assert len(carers_asked(rehearsal, call)) > len(first)


def test_08_newham_a_call_on_hold_comes_back_by_itself(rehearsal: Rehearsal) -> None:
    call = rehearsal.act("hold", rehearsal.act("answer", rehearsal.press("1042")), seconds=60)
    rehearsal.wait(62)
    assert "hold" in rehearsal.call(call)["late"]
    rehearsal.wait(60)
    assert carers_asked(rehearsal, call), "and nobody talks to her: a carer is sent"


def test_09_east_sussex_a_call_nobody_answers_reaches_the_managers_telephone(rehearsal: Rehearsal) -> None:
    with rehearsal.database.write() as conn:
        Users.add(conn, {"login": "chen", "name": "陈主任", "role": "supervisor", "password_hash": "", "phone": "1"})
    call = rehearsal.press("1042")
    rehearsal.wait(180)
    told = [e.body for e in rehearsal.log.stream(f"call:{call['id']}") if e.kind == "CallOverflowed"]
    assert [one["who"] for one in told] == ["supervisor", "station_phone", "duty_manager"]
    assert told[0]["to"][0]["phone"] == "1"
    assert set(rehearsal.call(call)["late"]) >= {"answer", "decide"}, "the breach is on file"


def test_29_queensland_a_call_without_clear_speech_ends_in_a_visit_and_not_in_a_note(rehearsal: Rehearsal) -> None:
    call = rehearsal.act("answer", rehearsal.press("1042", SERVICE))
    for _ in range(2):
        rehearsal.act("heard", call, anybody=False)
    rehearsal.tick()
    with pytest.raises(NotNow):
        rehearsal.act("close", call, seen_version=rehearsal.call(call)["version"], outcome="false_alarm",
                      evidence="spoke_clearly", words="没人说话")  # fmt: skip
    assert carers_asked(rehearsal, call)


def test_30_beijing_at_eleven_at_night_a_closed_station_is_covered_by_its_neighbours(district: str) -> None:
    rehearsal = Rehearsal(Database(district), datetime(2026, 11, 23, 15, 0, tzinfo=UTC))
    call = rehearsal.act("answer", rehearsal.press("1042"))
    visit = rehearsal.send(call)
    rehearsal.wait(95)
    own = rehearsal.people.need(visit["home_id"])["station_id"]
    stations = {row["id"]: row["station_id"] for row in rehearsal.people.carers(rehearsal.now)}
    assert {stations[one] for one in carers_asked(rehearsal, call)} - {own}


def test_31_wuzhou_a_line_that_rings_unanswered_rings_on_and_sends_somebody(rehearsal: Rehearsal) -> None:
    call = rehearsal.press("1042")
    rehearsal.wait(600, step=2)
    call = rehearsal.call(call)
    assert call["stage"] == "waiting", "no machine answers for a person"
    assert carers_asked(rehearsal, call)
    assert call["next_due_at"] or rehearsal.cases.visits_of([call["id"]])[0]["next_due_at"]


def test_a_pager_that_chatters_is_a_fault_and_still_a_call(rehearsal: Rehearsal) -> None:
    call = rehearsal.press("1042")
    for _ in range(14):
        rehearsal.now += timedelta(seconds=3)
        rehearsal.press("1042")
        rehearsal.tick()
    items = [row for row in rehearsal.cases.listed(("waiting", "answered"), (4,), "", 50) if row["kind"] == "fault"]
    assert len(items) == 1
    assert rehearsal.call(call)["stage"] == "waiting", "the person is rung back all the same"
    assert not rehearsal.verify().faults
