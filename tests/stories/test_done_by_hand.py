"""The centre was down for an hour and people worked with telephone and paper: what they did is entered afterwards."""

from datetime import timedelta
from typing import Any

import pytest

from callcenter.by_hand import ByHand, Told
from callcenter.pages.paper_words import TELL
from callcenter.report import Report
from callcenter.rules.call import NotNow
from callcenter.rules.events import Row
from callcenter.rules.figures import STEPS, standing
from callcenter.rules.filters import read
from callcenter.rules.times import later, stamp
from callcenter.store import outages
from callcenter.store.figures import Figures
from tests.conftest import MORNING, ZONE, Rehearsal

HOME = 42
BEGAN = stamp(MORNING + timedelta(minutes=20))  # in the hour the centre was away


@pytest.fixture
def back(rehearsal: Rehearsal) -> Rehearsal:
    """The centre worked until ten, was away for an hour, and has been back for a minute."""
    rehearsal.press("1900")
    rehearsal.cases.show_life("dispatcher", stamp(rehearsal.now))
    rehearsal.now += timedelta(hours=1)
    rehearsal.cases.show_life("dispatcher", stamp(rehearsal.now))
    rehearsal.now += timedelta(minutes=1)
    return rehearsal


def told(**more: Any) -> Told:
    times = {
        "opened_at": BEGAN, "answered_at": later(BEGAN, 20), "sent_at": later(BEGAN, 90),
        "arrived_at": later(BEGAN, 900), "closed_at": later(BEGAN, 1800),
    }  # fmt: skip
    usual: Row = {"home_id": HOME, "kind": "fall", "times": times, "words": "电话报跌倒，扶起", "sent": ("王丽",),
                  "outcome": "helped", "evidence": "was_seen"}  # fmt: skip
    return Told(**{**usual, **more})


def enter(rehearsal: Rehearsal, paper: Told) -> Row:
    with rehearsal.writing() as w:
        return ByHand(rehearsal.cases, ZONE).enter(w, paper, rehearsal.operator)


def refused(rehearsal: Rehearsal, paper: Told) -> str:
    before = rehearsal.log.head()
    with pytest.raises(NotNow) as error:
        enter(rehearsal, paper)
    assert error.value.fix
    assert rehearsal.log.head() == before
    return error.value.code


def test_a_paper_becomes_a_closed_case_with_the_times_of_the_paper(back: Rehearsal) -> None:
    call = enter(back, told())
    assert (call["stage"], call["source"], call["opened_at"]) == ("closed", "paper", BEGAN)
    assert (call["arrived_at"], call["outcome"], call["evidence"]) == (later(BEGAN, 900), "helped", "was_seen")
    assert call["by_hand"] == {"at": stamp(back.now), "by": "李敏", "sent": ["王丽"], "why": ""}
    (event,) = back.log.stream(f"call:{call['id']}")
    assert (event.at, event.body["happened_at"], event.actor) == (stamp(back.now), BEGAN, "user:1 李敏")
    assert event.kind in TELL
    back.wait(5)
    assert back.kinds(call) == ["CaseEntered"], "nobody is rung, sent or told for what is over"
    assert not back.verify().faults


def test_the_reports_count_it_apart_and_say_so(back: Rehearsal) -> None:
    call = enter(back, told())
    assert {standing(call, step) for step in STEPS.values()} == {"by_hand"}
    report = Report(Figures(back.database, ZONE), back.people, back.targets, lambda: back.now, lambda: None)
    page = report.page(read({}, back.now.date()), 1)
    assert page.tally.total == 2, "the case before the outage, and this one"
    assert page.tally.steps["arrive"].standings["by_hand"] == 1
    assert len(page.tally.steps["arrive"].seconds) == 0
    (listed,) = [one for one in page.calls if one.row["id"] == call["id"]]
    assert (dict(listed.late), listed.row["carers"]) == ({}, ["王丽"])


def test_what_is_not_over_stays_open_and_rings_until_somebody_closes_it(back: Rehearsal) -> None:
    times = {**told().times, "closed_at": None}
    call = enter(back, told(times=times, outcome="", evidence=""))
    assert (call["stage"], call["holder_name"], call["owner_name"]) == ("answered", "李敏", "李敏")
    back.wait(120, step=10)
    assert "conclude" in back.call(call)["late"]
    back.act("close", back.call(call), seen_version=back.call(call)["version"], outcome="helped",
             evidence="was_seen", words="王丽电话告知")  # fmt: skip
    assert back.call(call)["by_hand"], "it stays marked"
    assert not back.verify().faults


def test_a_home_with_an_open_case_is_joined_and_its_holder_must_read_it(back: Rehearsal) -> None:
    account = back.people.account_of(HOME, None)
    assert account
    call = back.press(account)
    back.act("answer", call)
    seen = back.call(call)["version"]
    paper = told(times={**told().times, "closed_at": None})
    assert enter(back, paper)["id"] == call["id"]
    joined = back.call(call)
    assert (joined["by_hand"], joined["opened_at"]) == (None, call["opened_at"]), "its own times stay the machine's"
    with pytest.raises(NotNow) as error:
        back.act("close", joined, seen_version=seen, outcome="helped", evidence="was_seen", words="x")
    assert error.value.code == "unseen"
    assert not back.verify().faults


def test_a_press_after_what_is_over_is_another_case(back: Rehearsal) -> None:
    account = back.people.account_of(HOME, None)
    assert account
    call = back.press(account)
    assert enter(back, told())["id"] != call["id"]
    assert back.call(call)["stage"] == "waiting", "a press is never closed by a paper"
    assert not back.verify().faults


def test_what_cannot_be_true_is_refused_with_the_fix(back: Rehearsal) -> None:
    times = dict(told().times)
    assert refused(back, told(times={**times, "closed_at": later(stamp(back.now), 90)})) == "future"
    assert refused(back, told(times={**times, "answered_at": later(BEGAN, -60)})) == "out_of_order"
    assert refused(back, told(outcome="")) == "evidence"
    assert refused(back, told(evidence="device_answers")) == "evidence"


def test_before_the_last_good_moment_it_is_taken_with_a_reason_only(back: Rehearsal) -> None:
    early = {"opened_at": stamp(MORNING - timedelta(hours=3)), "closed_at": stamp(MORNING - timedelta(hours=2))}
    assert refused(back, told(times=early)) == "not_the_outage"
    call = enter(back, told(times=early, why="坐席电脑断网，按纸质流程办理"))
    assert call["by_hand"]["why"] == "坐席电脑断网，按纸质流程办理"
    late = {"opened_at": later(stamp(back.now), -30)}
    assert refused(back, told(home_id=43, times=late, outcome="", evidence="")) == "not_the_outage"


def test_two_people_with_the_same_paper_make_one_case(back: Rehearsal) -> None:
    call = enter(back, told())
    with pytest.raises(NotNow) as error:
        enter(back, told(times={**told().times, "opened_at": later(BEGAN, 5)}))
    assert (error.value.code, error.value.values["other"]) == ("entered_already", call["id"])


def test_the_last_outage_is_read_from_the_log_and_from_the_clock_that_came_back(back: Rehearsal) -> None:
    with back.database.read() as conn:
        found = outages.last(conn)
    assert found == (stamp(MORNING), stamp(MORNING + timedelta(hours=1)))


def test_where_nothing_is_known_of_an_outage_a_reason_is_asked_for(rehearsal: Rehearsal) -> None:
    rehearsal.now += timedelta(hours=2)
    assert refused(rehearsal, told()) == "not_the_outage"
