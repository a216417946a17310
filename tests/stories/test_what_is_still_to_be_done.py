"""Tasks after a case have an owner and a time, and are never lost when somebody goes home. On both stores."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from callcenter.rules import tasks as life
from callcenter.rules.call import NotNow, NotThere
from callcenter.rules.events import Event, Row
from callcenter.rules.times import later, stamp
from callcenter.store.tasks import TaskStore
from callcenter.tasks import Tasks
from tests.conftest import MORNING, ZONE, Rehearsal


class Office:
    """What operators do with tasks."""

    def __init__(self, rehearsal: Rehearsal):
        self.rehearsal = rehearsal
        people = {seat.id: {**seat.__dict__} for seat in rehearsal.seats}
        self.tasks = Tasks(TaskStore(rehearsal.database), people.get, ZONE)

    def do(self, verb: str, *said: Any, user: Any = None, **more: Any) -> Row:
        user = user or self.rehearsal.operator
        with self.rehearsal.writing() as w:
            first = (user, *said) if verb == "make" else (said[0]["id"], user, *said[1:])
            row: Row = getattr(self.tasks, verb)(w, *first, **more)
        return row

    def make(self, minutes: float = 60, **more: Any) -> Row:
        due_at = later(stamp(self.rehearsal.now), minutes * 60)
        return self.do("make", "call_back", "问问老人好些没有", due_at, **more)

    def kinds(self, task: Row) -> list[str]:
        return [e.kind for e in self.rehearsal.log.stream(f"task:{task['id']}")]


@pytest.fixture
def office(rehearsal: Rehearsal) -> Office:
    return Office(rehearsal)


def test_a_task_of_a_case_is_the_makers_own_and_ends_with_a_result(office: Office, rehearsal: Rehearsal) -> None:
    call = rehearsal.act("answer", rehearsal.press("1042"))
    task = office.make(call_id=call["id"])
    assert (task["owner_name"], task["home_id"], task["stage"]) == ("李敏", call["home_id"], "open")
    assert [one["id"] for one in office.tasks.store.of_call(call["id"])] == [task["id"]]
    assert office.make()["id"].endswith("T002")
    done = office.do("done", task, "老人好多了")
    assert (done["stage"], done["done_by"], done["next_due_at"]) == ("done", "李敏", None)
    with pytest.raises(NotNow) as twice:
        office.do("done", task, "老人好多了", user=rehearsal.other)
    assert twice.value.values["name"] == "李敏"
    assert not rehearsal.verify().faults


def test_when_it_is_due_the_owner_is_alarmed_and_then_the_supervisor(office: Office, rehearsal: Rehearsal) -> None:
    rehearsal.parts.task_clock.supervisors = lambda: [{"role": "supervisor", "id": 3, "name": "陈主任", "phone": ""}]
    task = office.make(minutes=1)
    rehearsal.wait(59)
    assert office.kinds(task) == ["TaskMade"]
    rehearsal.wait(2)
    assert office.kinds(task) == ["TaskMade", "TaskDue"]
    rehearsal.wait(life.GRACE_SECONDS, step=60)
    rehearsal.wait(3600, step=600)
    said = [kind for kind in office.kinds(task) if kind != "NoticeSent"]
    assert said == ["TaskMade", "TaskDue", "TaskOverdue", "NoticeAsked"], "once each"
    assert [one["id"] for one in office.tasks.store.open()] == [task["id"]], "and it stays on the list"
    assert not rehearsal.verify().faults


def test_whoever_goes_home_is_shown_what_nobody_else_would_do(office: Office, rehearsal: Rehearsal) -> None:
    task = office.make(minutes=1)
    rehearsal.wait(61)
    assert [row["id"] for row in rehearsal.cases.left_behind(1)] == [task["id"]]
    task = office.do("hand_over", task, 2)
    assert (task["owner_name"], task["alarmed"]) == ("王强", 0)
    assert rehearsal.cases.left_behind(1) == []
    rehearsal.wait(1)
    assert office.kinds(task)[-1] == "TaskDue", "what is due rings for the new owner"
    task = office.do("hand_over", task, None, "supervisor")
    assert [one["id"] for one in office.tasks.store.mine(3, "supervisor")] == [task["id"]]
    assert office.tasks.store.mine(2, "operator") == []


def test_nobody_is_given_a_task_who_cannot_do_it(office: Office) -> None:
    for more in ({"owner": 99}, {"role": "carer"}):
        with pytest.raises(NotNow) as refusal:
            office.make(**more)
        assert refusal.value.code == "no_taker"
    with pytest.raises(NotThere):
        office.make(call_id="20261123-9999")
    with pytest.raises(NotNow):
        office.make(minutes=61 * 1440)
    with pytest.raises(NotNow) as same:
        office.do("hand_over", office.make(), 1)
    assert same.value.code == "owner_already"


@given(st.lists(st.sampled_from(["TaskDue", "TaskOverdue", "TaskHandedOver", "TaskDone"]), max_size=12))
def test_an_open_task_always_has_an_owner_and_the_next_alarm_or_everybody_knows(kinds: list[str]) -> None:
    picture, at = life.TaskPicture(), stamp(MORNING)
    made = {"task": "t", "day": "20261123", "number": 1, "kind": "other", "words": "x", "call_id": None,
            "home_id": None, "owner_id": 1, "owner_name": "李敏", "role": "", "due_at": at, "name": "李敏"}  # fmt: skip
    row = picture.after(None, Event(1, at, "task:t", 1, "TaskMade", made, "test", ""))
    for version, kind in enumerate(kinds, start=2):
        body = {"task": "t", "owner_id": None, "owner_name": "", "role": "supervisor", "result": "好", "name": "王强"}
        try:
            row = picture.after(row, Event(version, at, "task:t", version, kind, body, "test", ""))
        except NotNow:
            assert row["stage"] == "done"
            continue
        assert row["owner_id"] or row["role"]
        assert (row["next_due_at"] is None) == (row["stage"] == "done" or row["alarmed"] == life.SUPERVISOR)
