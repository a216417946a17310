"""Quiet hours, and a surge: what can wait waits and is not forgotten; emergencies wait for nothing. On both stores."""

from datetime import UTC, datetime, timedelta

import pytest

from callcenter.rules.events import Row
from callcenter.store.database import Database
from tests.conftest import SERVICE, SOS, Rehearsal

NOON = datetime(2026, 11, 23, 4, 45, tzinfo=UTC)  # 12:45 in Xining: 午休
NIGHT = datetime(2026, 11, 23, 15, 30, tzinfo=UTC)  # 23:30


@pytest.fixture(params=[NOON, NIGHT])
def quiet(request: pytest.FixtureRequest, district: str) -> Rehearsal:
    return Rehearsal(Database(district), request.param)


def surges(rehearsal: Rehearsal) -> list[str]:
    return [e.kind for e in rehearsal.log.stream("surge") if e.kind.startswith("Surge")]


def asked_for(rehearsal: Rehearsal, account: str, code: str = SOS) -> Row:
    return rehearsal.send(rehearsal.act("answer", rehearsal.press(account, code)))


def test_in_quiet_hours_no_carer_is_asked_about_a_service_until_they_end(quiet: Rehearsal) -> None:
    visit = asked_for(quiet, "1042", SERVICE)
    assert visit["stage"] == "requested"
    ends = datetime.fromisoformat(visit["retry_at"])
    assert ends.astimezone(UTC) - quiet.now in (timedelta(minutes=105), timedelta(hours=7, minutes=30))
    quiet.wait((ends - quiet.now).total_seconds() - 2, step=600)
    assert quiet.visit(visit)["stage"] == "requested"
    quiet.wait(4)
    assert quiet.visit(visit)["asked"] or quiet.call({"id": visit["call_id"]})["nobody_left"]


def test_emergencies_know_no_quiet_hours(quiet: Rehearsal) -> None:
    assert asked_for(quiet, "1042")["stage"] == "offered"


def test_in_quiet_hours_an_operator_may_still_ask_somebody_by_name(quiet: Rehearsal) -> None:
    call = quiet.act("answer", quiet.press("1042", SERVICE))
    best = quiet.dispatcher.candidates(call["id"])[0]
    assert quiet.send(call, carer_id=best.carer_id)["stage"] == "offered"


def test_eight_presses_in_five_minutes_are_a_surge_in_which_services_wait(rehearsal: Rehearsal) -> None:
    for number in range(8):
        rehearsal.press(str(1100 + 37 * number))
        rehearsal.wait(3)
    began = [e for e in rehearsal.log.stream("surge") if e.kind == "SurgeBegan"]
    assert len(began) == 1
    service = asked_for(rehearsal, "1042", SERVICE)
    assert service["stage"] == "requested"
    assert asked_for(rehearsal, "1050")["stage"] == "offered", "an emergency does not wait"
    rehearsal.wait(1500, step=30)
    assert surges(rehearsal) == ["SurgeBegan", "SurgeEnded"]
    rehearsal.wait(301, step=30)
    assert rehearsal.visit(service)["asked"], "and it was not forgotten"
    assert not rehearsal.verify().faults


def test_two_dispatchers_speak_of_one_surge(rehearsal: Rehearsal) -> None:
    second = Rehearsal(rehearsal.database, rehearsal.now)
    for number in range(9):
        rehearsal.press(str(1100 + 37 * number))
    for _ in range(4):
        rehearsal.wait(2)
        second.wait(2)
    assert surges(rehearsal) == ["SurgeBegan"]


def test_a_press_an_hour_is_no_surge(rehearsal: Rehearsal) -> None:
    for number in range(6):
        rehearsal.press(str(1100 + 37 * number))
        rehearsal.wait(600, step=60)
    assert not rehearsal.log.stream("surge")
