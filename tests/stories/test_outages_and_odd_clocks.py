"""The clock was away, for a minute or for seven weeks, or was set back: nothing is lost, nothing is done twice."""

from datetime import timedelta

from callcenter.rules.events import Event, Row
from callcenter.rules.times import moment, stamp
from tests.conftest import Rehearsal
from tests.dispatch.booked import WELL, book, booking, to_ring


class Wound:
    """A clock nobody sets, moved by the test."""

    def __init__(self) -> None:
        self.seconds = 0.0

    def __call__(self) -> float:
        return self.seconds


def later(rehearsal: Rehearsal, **away: float) -> Rehearsal:
    """A dispatcher that starts after the old one has been away."""
    rehearsal.cases.show_life("dispatcher", stamp(rehearsal.now))
    return Rehearsal(rehearsal.database, rehearsal.now + timedelta(**away))


def said(rehearsal: Rehearsal, kind: str) -> list[Event]:
    return [e for e in rehearsal.log.stream("clock") if e.kind == kind]


def offered(rehearsal: Rehearsal, account: str) -> Row:
    return rehearsal.send(rehearsal.act("answer", rehearsal.press(account)))


def test_what_was_overdue_after_a_restart_is_done_once_each_and_reported(rehearsal: Rehearsal) -> None:
    visits = [offered(rehearsal, account) for account in ("1042", "1043", "1044")]
    woken = later(rehearsal, minutes=2)
    for _ in range(4):
        woken.tick()
    (report,) = said(woken, "ClockReturned")
    assert report.body["overdue"] >= 3
    assert report.body["stale"] == 0
    for visit in visits:
        events = woken.log.stream(f"call:{visit['call_id']}")
        expired = [e.body["carer_id"] for e in events if e.kind == "OfferExpired"]
        assert len(expired) == len(set(expired))
        assert woken.visit(visit)["stage"] == "offered", "the next carers are asked now"
    assert not woken.verify().faults


def test_after_seven_weeks_nobody_is_sent_to_yesterdays_emergencies_but_every_case_is_there(
    rehearsal: Rehearsal,
) -> None:
    waiting, visit = rehearsal.press("1050"), offered(rehearsal, "1042")
    woken = later(rehearsal, weeks=7)
    woken.wait(300, step=10)
    (report,) = said(woken, "ClockReturned")
    assert report.body["stale"] >= 2
    assert woken.visit(visit)["stage"] == "cancelled"
    assert not woken.cases.visits_of([waiting["id"]]), "no carer is rung for a press of seven weeks ago"
    for call in (waiting, {"id": visit["call_id"]}):
        assert woken.call(call)["stage"] != "closed", "a person looks at each of them"
        assert woken.call(call)["late"]
    fresh = offered(woken, "1060")
    assert fresh["stage"] == "offered", "and today's work goes on"
    assert not woken.verify().faults


def test_a_clock_set_back_makes_nobody_wait_an_hour_longer(rehearsal: Rehearsal) -> None:
    mono = rehearsal.parts.steady.monotonic = Wound()
    visit = offered(rehearsal, "1042")
    rehearsal.tick()
    rehearsal.now -= timedelta(hours=1)
    for _ in range(40):
        mono.seconds += 1
        rehearsal.now += timedelta(seconds=1)
        rehearsal.tick()
    (step,) = said(rehearsal, "ClockSetBack")
    assert 3598 < step.body["seconds"] < 3602
    results = [one["result"] for one in rehearsal.visit(visit)["asked"]]
    assert results[:2] == ["expired", "expired"], "after thirty seconds as people feel them"
    assert len(results) == 4, "and the next have their own thirty seconds"


def test_offers_made_after_the_clock_was_set_back_keep_their_time(rehearsal: Rehearsal) -> None:
    mono = rehearsal.parts.steady.monotonic = Wound()
    rehearsal.tick()
    rehearsal.now -= timedelta(hours=1)
    mono.seconds += 1
    rehearsal.tick()
    visit = offered(rehearsal, "1042")
    for _ in range(20):
        mono.seconds += 1
        rehearsal.now += timedelta(seconds=1)
        rehearsal.tick()
    assert [one["result"] for one in rehearsal.visit(visit)["asked"]] == ["offered", "offered"]


def test_a_log_that_is_ahead_of_the_machine_is_noticed_at_the_start(rehearsal: Rehearsal) -> None:
    offered(rehearsal, "1042")
    behind = Rehearsal(rehearsal.database, rehearsal.now - timedelta(hours=2))
    behind.tick()
    assert said(behind, "ClockSetBack")


def test_what_is_booked_and_who_is_to_be_rung_go_by_the_wall_when_the_clock_was_set_back(rehearsal: Rehearsal) -> None:
    """Their rows do not say by which clock they were written: they are appointments."""
    mono = rehearsal.parts.steady.monotonic = Wound()
    visit = offered(rehearsal, "1042")
    carer_id = visit["asked"][0]["carer_id"]
    for verb in ("accept", "arrive"):
        rehearsal.carer(verb, visit, carer_id)
    rehearsal.carer("finish", visit, carer_id, report=WELL)
    rehearsal.wait(1)
    (task,) = to_ring(rehearsal, "rate")
    row = book(rehearsal)
    missed: dict[str, Row] = {"bookings": row, "callbacks": task}
    for table, one in sorted(missed.items(), key=lambda item: item[1]["next_due_at"]):
        due = one["next_due_at"]
        rehearsal.now = moment(due) - timedelta(seconds=60)
        rehearsal.tick()
        rehearsal.now -= timedelta(hours=1)
        mono.seconds += 1
        rehearsal.tick()
        assert next_due(rehearsal, table, one) == due, "nothing is done an hour early, and no turn breaks off"
        rehearsal.now, mono.seconds = moment(due) + timedelta(seconds=1), mono.seconds + 3661
        rehearsal.tick()
        assert next_due(rehearsal, table, one) != due


def next_due(rehearsal: Rehearsal, table: str, row: Row) -> str | None:
    if table == "bookings":
        return booking(rehearsal, row)["next_due_at"]
    return next((one["next_due_at"] for one in to_ring(rehearsal, "rate") if one["id"] == row["id"]), None)
