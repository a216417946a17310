"""Promises change in mid-story, clocks stand still, and the log still proves every row."""

from datetime import timedelta
from typing import Any

import pytest

from callcenter.rules.call import NotNow, NotThere
from callcenter.rules.events import Row
from callcenter.rules.promises import Rule, Version, of_settings
from callcenter.rules.times import later, stamp
from callcenter.settings import Promises
from callcenter.standing import FRESH_SECONDS, Standing
from callcenter.store.database import StoreUnavailable
from callcenter.store.verify import verify
from dispatch.rules.visit import due
from tests.conftest import SERVICE, ZONE, Rehearsal

PLAIN = list(of_settings(Promises().targets()).rules)


def change(r: Rehearsal, *rules: Rule, after: float = 0) -> Row:
    """A supervisor makes the next version; it holds for calls opened ``after`` so many seconds."""
    with r.writing() as w:
        return r.targets.change(w, [*PLAIN, *rules], later(w.at, after), "十五分钟圈", "陈主任", "user:3 陈主任")


def seen(r: Rehearsal) -> None:
    r.targets.look()


def owed(r: Rehearsal, row: Row) -> dict[str, float]:
    return dict(r.targets.of(row))


# --- versions ------------------------------------------------------------------------------------------------------


def test_a_call_is_judged_by_the_promise_it_was_opened_under(rehearsal: Rehearsal) -> None:
    r = rehearsal
    before = r.press("1042")
    change(r, Rule(1, {"answer": 5}), Rule(1, {"answer": 3}, tier="A"))
    seen(r)
    after = r.press("1043")
    assert (before["promise"], owed(r, before)["answer"]) == ("0:0,1,2,3", 15)
    tier = after["tier"]
    assert owed(r, after)["answer"] == (3 if tier == "A" else 15), "the rule that stands first of the plain ones holds"
    r.wait(6)
    assert "answer" not in r.call(before)["late"]
    r.wait(10)
    assert r.call(before)["late"] == {"answer": 15}
    assert r.verify().faults == []


def test_tier_station_and_hour_choose_the_rule(rehearsal: Rehearsal) -> None:
    r = rehearsal
    first = r.press("1042")
    station, tier = first["station_id"], first["tier"]
    assert tier in "ABC"
    assert station
    change(r, Rule(1, {"answer": 7}, station_id=station), Rule(1, {"answer": 6}, tier=tier, station_id=station),
           Rule(1, {"answer": 4}, tier=tier, station_id=station, hours=(22, 6)))  # fmt: skip
    seen(r)
    presses = map(r.press, map(str, range(1043, 1300)))
    alike = (c for c in presses if (c["station_id"], c["tier"]) == (station, tier))
    same = next(alike)
    assert owed(r, same)["answer"] == 6
    r.now += timedelta(hours=14)  # midnight in Xining
    at_night = next(alike)
    assert owed(r, at_night)["answer"] == 4
    visit = r.send(r.act("answer", at_night))
    assert visit["promise"] == at_night["promise"]
    assert r.verify().faults == []


def test_a_version_for_tomorrow_waits_until_then(rehearsal: Rehearsal) -> None:
    r = rehearsal
    made = change(r, *(Rule(1, {"answer": 5}, tier=tier) for tier in "ABC"), after=86400)
    seen(r)
    assert owed(r, r.press("1042"))["answer"] == 15
    r.now += timedelta(days=1, seconds=1)
    assert owed(r, r.press("1043"))["answer"] == 5
    assert made["number"] == 1
    with r.writing() as w:
        late = r.targets.change(w, PLAIN, later(w.at, -9999), "", "陈主任", "user:3")
    assert late["from_at"] == stamp(r.now), "nobody is promised anything for yesterday"
    assert r.verify().faults == []


def test_a_version_that_leaves_somebody_alone_is_refused(rehearsal: Rehearsal) -> None:
    r = rehearsal
    with r.writing() as w, pytest.raises(NotNow) as refusal:
        r.targets.change(w, [Rule(1, {"answer": 15})], w.at, "", "陈主任", "user:3")
    assert refusal.value.code == "owed"
    assert r.log.stream("promises") == []


def test_other_processes_see_it_within_seconds_and_a_row_they_meet_at_once(rehearsal: Rehearsal) -> None:
    r, ticks = rehearsal, [0.0]
    other = Standing(r.database, Promises().targets(), ZONE, lambda: ticks[0])
    assert other.which(stamp(r.now), "", None, 10) == "0:0,1,2,3"
    change(r)
    seen(r)
    ticks[0] += FRESH_SECONDS - 0.1
    assert other.which(stamp(r.now), "", None, 10) == "0:0,1,2,3"
    call = r.press("1042")
    assert other.of(call)["answer"] == 15, "a row under a version not known yet is looked up there and then"
    assert other.which(stamp(r.now), "", None, 10) == "1:0,1,2,3"
    another = Standing(r.database, Promises().targets(), ZONE, lambda: ticks[0])
    change(r)
    assert another.which(stamp(r.now), "", None, 10) == "2:0,1,2,3"
    assert other.which(stamp(r.now), "", None, 10) == "1:0,1,2,3"
    ticks[0] += FRESH_SECONDS
    assert other.which(stamp(r.now), "", None, 10) == "2:0,1,2,3"


def test_a_store_that_is_away_costs_no_press_its_promise(rehearsal: Rehearsal) -> None:
    book = Standing(rehearsal.database, Promises().targets(), ZONE)
    rehearsal.database.close()
    book.store.after = _away  # type: ignore[method-assign]
    assert book.which(stamp(rehearsal.now), "A", 1, 3) == "0:0,1,2,3"


def _away(_number: int) -> Any:
    raise StoreUnavailable("away")


def test_the_log_is_replayed_the_same_by_a_process_that_starts_later(rehearsal: Rehearsal) -> None:
    r = rehearsal
    r.press("1042")
    change(r, Rule(2, {"arrive": 600}))
    seen(r)
    r.send(r.act("answer", r.press("1043")))
    later_on = Rehearsal(r.database, r.now)
    assert verify(r.database, later_on.log.pictures).faults == []


# --- pauses --------------------------------------------------------------------------------------------------------


def service(r: Rehearsal, account: str = "1042") -> Row:
    return r.act("answer", r.press(account, SERVICE))


def test_the_residents_side_asks_to_wait_and_the_deadline_moves(rehearsal: Rehearsal) -> None:
    r = rehearsal
    call = service(r)
    due_before = call["next_due_at"]
    call = r.act("pause", call, reason="waiting_for_family", minutes=30)
    assert call["next_due_at"] == later(due_before, 1800)
    r.wait(1000, step=20)
    assert "decide" not in r.call(call)["late"]
    r.wait(1800, step=20)
    late = [e.body for e in r.log.stream(f"call:{call['id']}") if e.kind == "DeadlineMissed"]
    assert [(one["step"], one["target"], one["late_by"] < 21) for one in late] == [("decide", 900, True)]
    assert r.verify().faults == []


def test_letting_it_run_again_keeps_only_what_was_waited(rehearsal: Rehearsal) -> None:
    r = rehearsal
    call = service(r)
    due = call["next_due_at"]
    r.act("pause", call, reason="waiting_for_key", minutes=30)
    r.now += timedelta(minutes=5)
    call = r.act("resume_clock", call, user=r.other)
    assert call["next_due_at"] == later(due, 300)
    with pytest.raises(NotNow):
        r.act("resume_clock", call)
    assert [k for k in r.kinds(call) if k.startswith("Clock")] == ["ClockPaused", "ClockResumed"]
    assert r.verify().faults == []


def test_an_emergency_waits_for_nobody_before_somebody_is_there(rehearsal: Rehearsal) -> None:
    r = rehearsal
    call = r.act("answer", r.press("1042"))
    with pytest.raises(NotNow) as refusal:
        r.act("pause", call, reason="waiting_for_family", minutes=10)
    assert refusal.value.code == "emergency"
    visit = r.carer("accept", r.send(call))
    r.carer("arrive", visit)
    ends = later(r.visit(visit)["arrived_at"], 3600)
    r.act("pause", r.call(call), reason="resident_asked", minutes=10)
    without_stay = {**r.visit(visit), "stay_due_at": None}  # how long a carer is alone is another clock
    assert due(without_stay, r.targets) == (later(ends, 600), "finish"), "only the end of the visit moves"
    assert r.verify().faults == []


def test_a_new_press_ends_the_pause_on_call_and_visit(rehearsal: Rehearsal) -> None:
    r = rehearsal
    call = service(r)
    visit = r.carer("accept", r.send(call))
    arrive_by = r.visit(visit)["next_due_at"]
    r.act("pause", r.call(call), reason="resident_asked", minutes=30)
    assert r.visit(visit)["next_due_at"] > arrive_by
    r.press("1042", SERVICE)
    assert r.visit(visit)["next_due_at"] == arrive_by
    assert r.kinds(call)[-1] != "ClockPaused"
    assert "ClockResumed" in r.kinds(call)
    assert r.verify().faults == []


def test_sending_somebody_ends_the_pause_and_the_visit_has_waited_as_long(rehearsal: Rehearsal) -> None:
    r = rehearsal
    call = r.act("pause", service(r), reason="resident_asked", minutes=60)
    r.now += timedelta(minutes=20)
    visit = r.carer("accept", r.send(call))
    assert r.call(call)["pauses"][0]["to"] == stamp(r.now)
    assert r.visit(visit)["pauses"] == r.call(call)["pauses"]
    with pytest.raises(NotNow):
        r.act("resume_clock", r.call(call))
    assert r.verify().faults == []


def test_all_pauses_of_a_call_together_have_a_limit(rehearsal: Rehearsal) -> None:
    r = rehearsal
    call = service(r)
    r.act("pause", call, reason="weather", minutes=1440)
    r.act("resume_clock", call)
    r.act("pause", call, reason="weather", minutes=240)
    with pytest.raises(NotNow) as refusal:
        r.act("pause", call, reason="weather", minutes=10)
    assert refusal.value.code == "paused"
    r.now += timedelta(hours=5)
    with pytest.raises(NotNow) as refusal:
        r.act("pause", call, reason="weather", minutes=1440)
    assert refusal.value.code == "paused_too_long"
    assert r.verify().faults == []


def test_two_visits_wait_and_go_on_together(rehearsal: Rehearsal) -> None:
    r = rehearsal
    call = service(r)
    first = r.carer("accept", r.send(call))
    other = next(c for c in r.dispatcher.candidates(call["id"]) if c.suitable and c.carer_id != first["carer_id"])
    second = r.carer("accept", r.send(call, carer_id=other.carer_id, override_reason="二人"))
    r.act("pause", r.call(call), reason="waiting_for_key", minutes=10)
    assert len(r.call(call)["pauses"]) == 1, "one pause, however many were told"
    assert [len(r.visit(v)["pauses"]) for v in (first, second)] == [1, 1]
    r.act("resume_clock", r.call(call))
    assert r.verify().faults == []


def test_nobody_pauses_a_call_that_is_not_there(rehearsal: Rehearsal) -> None:
    with rehearsal.writing() as w, pytest.raises(NotThere):
        rehearsal.desk.pause(w, "20260101-0001", rehearsal.operator, "weather", 10)


def test_versions_are_never_changed(rehearsal: Rehearsal) -> None:
    change(rehearsal)
    body = {"version": 1, "rules": [], "from_at": "", "why": "", "name": ""}
    with rehearsal.writing() as w, pytest.raises(NotNow):
        w.append("promises", "PromisesChanged", body, "user:3")
    seen(rehearsal)
    assert isinstance(rehearsal.targets.versions[1], Version)
