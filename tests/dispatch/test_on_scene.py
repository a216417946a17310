"""A carer alone in a home, over both stores: help, SOS, the clock that asks after them, and what they take back."""

from typing import Any

import pytest

from callcenter.rules.call import NotNow
from callcenter.rules.events import Row
from callcenter.rules.times import seconds_between, stamp
from dispatch.on_scene import OnScene
from tests.conftest import Rehearsal

HELP_IS_HERE = "164501001"
PLACE = {"latitude": 36.62, "longitude": 101.77, "accuracy": 20.0}


def scene(rehearsal: Rehearsal, verb: str, visit: Row, *given: Any, **more: Any) -> Row:
    """The carer of a visit says something that is no step of it; returns the visit."""
    with rehearsal.writing() as w:
        act = getattr(OnScene(rehearsal.dispatcher), verb)
        row: Row = act(w, visit["id"], visit["carer_id"], f"carer:{visit['carer_id']}", *given, **more)
    return row


def sos(rehearsal: Rehearsal, carer_id: int, **more: Any) -> Row:
    with rehearsal.writing() as w:
        row: Row = OnScene(rehearsal.dispatcher).sos(w, carer_id, f"carer:{carer_id}", **more)
    return row


def inside(rehearsal: Rehearsal, account: str = "1042") -> tuple[Row, Row]:
    """A call, and the visit whose carer has arrived."""
    call = rehearsal.act("answer", rehearsal.press(account))
    visit = rehearsal.carer("accept", rehearsal.send(call))
    rehearsal.carer("depart", visit)
    return call, rehearsal.carer("arrive", visit)


def said(rehearsal: Rehearsal, code: str) -> None:
    rehearsal.receive(rehearsal.frame("1042", code))
    rehearsal.wait(1)


def silences(rehearsal: Rehearsal, call: Row) -> list[str]:
    return [e.body["step"] for e in rehearsal.log.stream(f"call:{call['id']}") if e.kind == "CarerOverdue"]


def test_a_silent_carer_is_asked_rung_and_looked_for(rehearsal: Rehearsal) -> None:
    call, visit = inside(rehearsal)
    stay = visit["stay_seconds"]
    assert 20 * 60 <= stay <= 90 * 60
    rehearsal.wait(0.8 * stay - 5, step=30)
    assert silences(rehearsal, call) == []
    for seconds, step in ((10, "reminder"), (0.2 * stay, "ring"), (180, "station_head"), (180, "second_carer")):
        rehearsal.wait(seconds, step=30)
        assert silences(rehearsal, call)[-1] == step
    second = rehearsal.cases.visits_of([call["id"]])[-1]
    assert second["id"] != visit["id"]
    assert second["stage"] == "offered"
    assert second["carer_id"] != visit["carer_id"]
    rehearsal.wait(1200, step=30)
    assert len(silences(rehearsal, call)) == 4, "each rung once"
    assert not rehearsal.verify().faults


def test_i_am_fine_starts_the_clock_anew_and_the_end_of_the_visit_stops_it(rehearsal: Rehearsal) -> None:
    call, visit = inside(rehearsal)
    rehearsal.wait(0.9 * visit["stay_seconds"], step=30)
    visit = scene(rehearsal, "check_in", visit)
    assert visit["stay_step"] == "reminder"
    rehearsal.wait(0.7 * visit["stay_seconds"], step=30)
    assert silences(rehearsal, call) == ["reminder"]
    visit = rehearsal.carer("finish", visit, report={"condition": "well"})
    assert visit["stay_due_at"] is None
    rehearsal.wait(visit["stay_seconds"] or 5400, step=60)
    assert silences(rehearsal, call) == ["reminder"]
    assert not rehearsal.verify().faults


def test_a_clock_that_was_away_takes_each_rung_once(rehearsal: Rehearsal) -> None:
    call, visit = inside(rehearsal)
    rehearsal.wait(visit["stay_seconds"] + 3600, step=visit["stay_seconds"] + 3600)
    for _ in range(8):
        rehearsal.tick()
    assert silences(rehearsal, call) == ["reminder", "ring", "station_head", "second_carer"]


def test_after_an_outage_of_a_day_people_are_told_and_nobody_is_sent(rehearsal: Rehearsal) -> None:
    call, _ = inside(rehearsal)
    rehearsal.wait(86400, step=86400)
    rehearsal.tick()
    assert silences(rehearsal, call) == ["stale"]
    assert len(rehearsal.cases.visits_of([call["id"]])) == 1


@pytest.mark.parametrize("reason", ["heavy", "worse", "locked_out", "threatened"])
def test_help_needed_here_brings_a_second_carer_who_knows_why(rehearsal: Rehearsal, reason: str) -> None:
    call, visit = inside(rehearsal)
    scene(rehearsal, "need_help", visit, reason, "老人太重")
    first, second = rehearsal.cases.visits_of([call["id"]])
    assert (first["stage"], second["stage"], second["why"]) == ("arrived", "offered", "老人太重")
    assert second["carer_id"] != first["carer_id"]
    scene(rehearsal, "need_help", visit, reason, "老人太重")
    assert len(rehearsal.cases.visits_of([call["id"]])) == 2, "one who is coming is enough"
    assert not rehearsal.verify().faults


def test_a_carer_in_danger_is_a_p1_of_their_own_and_the_nearest_others_are_asked(rehearsal: Rehearsal) -> None:
    first_call, visit = inside(rehearsal)
    call = sos(rehearsal, visit["carer_id"], position=PLACE)
    assert (call["kind"], call["priority"], call["source"], call["home_id"]) == ("carer_sos", 1, "carer", None)
    assert call["carer_id"] == visit["carer_id"]
    assert call["id"] != first_call["id"]
    (second,) = rehearsal.cases.visits_of([call["id"]])
    assert second["stage"] == "offered"
    assert second["home_id"] == visit["home_id"], "whoever comes sees the door"
    assert second["carer_id"] != visit["carer_id"], "nobody is sent to help themselves"
    pressed = rehearsal.press("1042")
    assert pressed["id"] == first_call["id"], "the home's own pager still belongs to the home's call"
    rehearsal.wait(400, step=10)
    asked = {one["carer_id"] for one in rehearsal.cases.visits_of([call["id"]])[0]["asked"]}
    assert visit["carer_id"] not in asked
    assert not rehearsal.verify().faults


def test_sos_without_a_job_and_twice(rehearsal: Rehearsal) -> None:
    carer = next(c for c in rehearsal.people.carers(rehearsal.now) if not c["on_shift"])
    call = sos(rehearsal, carer["id"], position=PLACE)
    assert call["position"] == [PLACE["latitude"], PLACE["longitude"]]
    assert carer["name"] in call["reason"]
    (visit,) = rehearsal.cases.visits_of([call["id"]])
    assert visit["home_id"] is None
    assert visit["eta_seconds"] is not None, "the nearest to the place, though it is no home"
    again = sos(rehearsal, carer["id"])
    assert (again["id"], again["presses"]) == (call["id"], 2)
    ranked = {one.carer_id: one for one in rehearsal.dispatcher.candidates(call["id"])}
    assert not ranked[carer["id"]].suitable
    assert not rehearsal.verify().faults


def test_a_step_taken_back_stays_in_the_log_with_its_correction(rehearsal: Rehearsal) -> None:
    call, visit = inside(rehearsal)
    assert rehearsal.call(call)["arrived_at"]
    visit = scene(rehearsal, "undo", visit, "arrive")
    assert (visit["stage"], visit["arrived_at"], visit["proof"], visit["stay_due_at"]) == ("on_the_way",) + (None,) * 3
    assert rehearsal.call(call)["arrived_at"] is None
    visit = scene(rehearsal, "undo", visit, "depart")
    assert (visit["stage"], visit["departed_at"]) == ("accepted", None)
    kinds = rehearsal.kinds(call)
    assert [k for k in kinds if k.startswith(("Carer", "Arrival", "Departure"))] == [
        "CarerDeparted", "CarerArrived", "ArrivalUndone", "DepartureUndone"]  # fmt: skip
    rehearsal.carer("depart", visit)
    assert rehearsal.call(call)["departed_at"] == stamp(rehearsal.now)
    assert not rehearsal.verify().faults


def test_another_carers_arrival_is_not_taken_back_with_mine(rehearsal: Rehearsal) -> None:
    call, first = inside(rehearsal)
    scene(rehearsal, "need_help", first, "heavy", "太重")
    rehearsal.wait(5)
    second = rehearsal.carer("accept", rehearsal.cases.visits_of([call["id"]])[-1])
    rehearsal.carer("arrive", second)
    at = rehearsal.call(call)["arrived_at"]
    scene(rehearsal, "undo", rehearsal.visit(second), "arrive")
    assert rehearsal.call(call)["arrived_at"] == at
    scene(rehearsal, "undo", rehearsal.carer("arrive", second), "arrive")
    scene(rehearsal, "undo", first, "arrive")
    assert rehearsal.call(call)["arrived_at"] is None


def test_what_is_long_past_and_what_was_accepted_cannot_be_taken_back(rehearsal: Rehearsal) -> None:
    _, visit = inside(rehearsal)
    rehearsal.wait(61, step=61)
    with pytest.raises(NotNow) as error:
        scene(rehearsal, "undo", visit, "arrive")
    assert error.value.code == "too_late"
    said_at = stamp(rehearsal.now)
    rehearsal.wait(600, step=600)
    with pytest.raises(NotNow):
        scene(rehearsal, "undo", visit, "depart", said_at)
    assert seconds_between(visit["arrived_at"], said_at) > 60


@pytest.mark.parametrize(
    ("metres", "accuracy", "proof"),
    [(100, 10, "gps"), (190, 60, "gps"), (260, 60, "manual"), (100, 900, "manual")],
)
def test_the_circle_of_the_phone_must_touch_the_fence_of_the_home(
    rehearsal: Rehearsal, metres: float, accuracy: float, proof: str
) -> None:
    call = rehearsal.act("answer", rehearsal.press("1042"))
    visit = rehearsal.carer("accept", rehearsal.send(call))
    home = rehearsal.people.need(visit["home_id"])
    there = {"latitude": home["latitude"] + metres / 111_195, "longitude": home["longitude"], "accuracy": accuracy}
    assert rehearsal.carer("arrive", visit, position=there)["proof"] == proof


def test_the_help_has_arrived_key_is_one_carer_and_the_others_are_still_waited_for(rehearsal: Rehearsal) -> None:
    call = rehearsal.act("answer", rehearsal.press("1042"))
    first = rehearsal.carer("accept", rehearsal.send(call))
    with rehearsal.writing() as w:
        second = rehearsal.dispatcher.open(w, rehearsal.call(call), "clock", why="help_needed_here")
    second = rehearsal.carer("depart", rehearsal.carer("accept", rehearsal.visit(second)))

    said(rehearsal, HELP_IS_HERE)
    assert rehearsal.visit(second)["stage"] == "arrived", "who has left is there before who has only accepted"
    assert rehearsal.visit(second)["proof"] == "pager"
    assert rehearsal.visit(first)["stage"] == "accepted"

    said(rehearsal, HELP_IS_HERE)
    assert rehearsal.visit(first)["stage"] == "arrived"
    said(rehearsal, HELP_IS_HERE)
    assert rehearsal.kinds(call).count("CarerArrived") == 2
    assert not rehearsal.verify().faults


def test_the_help_has_arrived_key_proves_the_carer_who_said_so(rehearsal: Rehearsal) -> None:
    call, visit = inside(rehearsal)
    said(rehearsal, HELP_IS_HERE)
    assert rehearsal.visit(visit)["proof"] == "pager"
    assert rehearsal.kinds(call).count("CarerArrived") == 1
