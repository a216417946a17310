"""The life of a call as a table: every event and stage is in it, and no path leads out without evidence."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from callcenter.rules import call as life
from callcenter.rules import triage
from callcenter.rules.call import NotNow, why_not_close
from callcenter.rules.call_clock import due
from callcenter.rules.events import KINDS, Event, Row
from callcenter.rules.promises import Book
from callcenter.rules.times import later
from callcenter.settings import Promises
from devices.signal import Kind, Signal
from dispatch.rules import visit as visits

AT = "2026-11-23T02:00:00.000Z"
TARGETS = Book(Promises().targets())


def event(name: str, version: int, body: dict[str, Any]) -> Event:
    return Event(version, AT, "call:20261123-0001", version, name, body, "test", "")


def opened(priority: int = 1, kind: str = "sos") -> Row:
    home = {"home_id": 1, "resident_id": 1, "station_id": 1, "community": ""}
    what = {"priority": priority, "kind": kind, "reason": "", "source": "pager", "account": "1042"}
    body = {"call": "20261123-0001", "day": "20261123", "number": 1} | home | what
    return life.after(None, event("CallOpened", 1, body))


BODIES: dict[str, dict[str, Any]] = {
    "PressRepeated": {"kind": "sos", "priority": 1},
    "SignalJoined": {"kind": "sos", "restore": True},
    "StepAnswered": {"step": "speech", "answer": "clear", "name": "李敏"},
    "CallAnswered": {"user_id": 1, "name": "李敏"},
    "CallHeld": {"until": AT, "seconds": 60},
    "CallResumed": {"user_id": 1, "name": "李敏"},
    "CallClosed": {"outcome": "helped", "evidence": "was_seen"},
    "CallReopened": {"user_id": 1, "name": "李敏", "reason": ""},
    "DeadlineMissed": {"step": "answer", "target": 15},
    "CallBackDue": {"purpose": "rate"},
    "CallBackRated": {"rating": 5},
    "CallBackDone": {"result": "no_reply"},
    "EmergencyAssessed": {"criteria": ["chest_pain"], "spoke": False},
    "EmergencyCalled": {
        **{"service": "120", "criteria": [], "reference": "", "called_at": AT, "chase_at": AT, "name": "李敏"}
    },
    "EmergencyChased": {"service": "120", "chase_at": AT},
    "CrewArrived": {"service": "120", "evidence": "carer_there"},
    "EmergencyStoodDown": {"service": "120", "reason": "已坐起"},
    "EmergencyRefused": {"reason": "老人不去"},
    "CrewToBeMet": {"person": "女婿", "phone": "", "where": "东门"},
    "OwnerOffered": {"to_id": 2, "to_name": "王强", "name": "李敏", "words": ""},
    "OwnerHandedOver": {"user_id": 2, "name": "王强"},
    "ResponderAnswered": {"role": "responder", "id": 1, "answer": "going"},
    "ContactTried": {
        **{"contact": 1, "role": "contact", "kind": "family", "name": "王芳", "phone": "1", "words": "", "by": "李敏"},
        **{"result": "comes", "minutes": 5, "expected_at": AT},
    },
    "ResponderArrived": {"role": "responder", "id": 1},
    "ResponderReported": {"role": "responder", "id": 1, "seen": "talks"},
    "ClockPaused": {"reason": "resident_asked", "until": AT, "seconds": 600},
    "ClockResumed": {"reason": "resident_asked", "since": AT},
    "CallOverflowed": {"step": 1, "who": "supervisor", "to": []},
    "CallRaised": {"priority": 1},
    "HomeFound": {
        "account": "1042",
        "home_id": 2,
        "resident_id": None,
        "station_id": 1,
        "community": "",
        "tier": "A",
        "priority": 1,
    },
    "DepartureUndone": {"was_at": AT, "first_at": None},
    "CarerArrived": {"visit": "20261123-0001.1"},
    "ArrivalUndone": {"visit": "20261123-0001.1", "was_at": AT, "first_at": None},
    **{kind: {"visit": "20261123-0001.1"} for kind in ("VisitFinished", "VisitCancelled", "VisitInterrupted")},
    "HelpNeeded": {"priority": 1, "why": "heavy"},
    "CarerPrealerted": {"carer_id": 1, "carer_name": "王芳"},
    "CallTakenOver": {"user_id": 2, "name": "王强", "why": "language", "words": ""},
    "CallGivenBack": {"from_id": 1, "from_name": "李敏", "why": "lost"},
    "TransferOffered": {"user_id": 1, "name": "李敏", "to_id": 2, "to_name": "王强", "skill": "", "words": ""},
    "TransferRungAgain": {"to_id": 2},
    "TransferDeclined": {"user_id": 2, "name": "王强"},
    "TransferEnded": {"why": "untaken"},
    "TransferAccepted": {"user_id": 2, "name": "王强"},
    "CallJoined": {"key": "user:3", "joined_id": 3, "kind": "supervisor", "name": "陈主任", "by": "陈主任"},
    "CallLeft": {"key": "user:3", "name": "陈主任"},
    "CallIdle": {"step": 1, "who": "holder"},
    "CallAttended": {"name": "李敏"},
    "LossSeen": {"name": "李敏"},
}


def test_every_event_of_the_lives_is_a_kind_and_every_stage_can_be_reached() -> None:
    assert set(life.LIFE) | set(visits.LIFE) <= KINDS
    assert {to for _, to in life.LIFE.values() if to} == set(life.STAGES)
    assert {to for _, to in visits.LIFE.values() if to} == set(visits.STAGES)
    assert set(life.AFTER) < set(life.LIFE)
    assert set(visits.AFTER) < set(visits.LIFE)


@pytest.mark.parametrize("stage", life.STAGES)
@pytest.mark.parametrize("kind", sorted(set(life.LIFE) - {"CallOpened"}))
def test_an_event_out_of_its_stage_is_refused_in_words(kind: str, stage: str) -> None:
    row = {**opened(), "stage": stage}
    stages, to = life.LIFE[kind]
    if stage in stages:
        assert life.after(row, event(kind, 2, BODIES.get(kind, {})))["stage"] == (to or stage)
    else:
        with pytest.raises(NotNow) as refusal:
            life.after(row, event(kind, 2, BODIES.get(kind, {})))
        assert refusal.value.fix


def test_a_call_opens_once() -> None:
    with pytest.raises(NotNow):
        life.after(opened(), event("CallOpened", 2, {}))


@given(st.lists(st.sampled_from(sorted(BODIES)), max_size=30), st.sampled_from([1, 2, 3]))
def test_priority_never_falls_and_a_closed_call_always_has_evidence(kinds: list[str], priority: int) -> None:
    row = opened(priority, "service")
    for version, kind in enumerate(kinds, start=2):
        before = row["priority"]
        try:
            row = life.after(row, event(kind, version, BODIES[kind]))
        except NotNow:
            continue
        assert row["priority"] <= before
        if row["stage"] == "closed":
            assert row["evidence"] in life.DEVICE_EVIDENCE
            assert due(row, TARGETS) is None
            continue
        assert row["holder_id"] is None or row["stage"] != "waiting"
        assert due(row, TARGETS) is not None
        assert due(row, Book({})) is not None, "nobody is missed because nothing was promised"


def test_our_own_plumbing_in_somebodys_hands_rings_too_and_a_low_battery_does_not() -> None:
    answered = event("CallAnswered", 2, BODIES["CallAnswered"])
    drill = life.after(opened(1, "drill_failed"), answered)
    assert due(drill, TARGETS) == (later(AT, 3600), "idle")
    battery = life.after(opened(4, "low_battery"), answered)
    assert due(battery, Book({})) is None
    assert due({**battery, "going": True}, Book({4: {"idle": 600.0}})) == (later(AT, 7200), "idle")


def test_only_a_device_item_may_end_because_the_device_answers() -> None:
    assert why_not_close(opened(4, "mains_lost"), "device_answers", 9, False) is None
    refusal = why_not_close(opened(1), "device_answers", 9, False)
    assert refusal is not None
    assert refusal[0] == "evidence"


def test_every_kind_has_a_class_and_every_ringing_kind_a_priority() -> None:
    assert set(triage.CLASSES) == set(Kind)
    ringing = {k for k, c in triage.CLASSES.items() if c in (triage.Class.HUMAN, triage.Class.HOME)}
    assert set(triage.PRIORITIES) == ringing


@pytest.mark.parametrize("kind", list(Kind))
@pytest.mark.parametrize("known", [True, False])
def test_whatever_a_stranger_says_somebody_looks(kind: Kind, known: bool) -> None:
    verdict = triage.judge(Signal("1042", kind, "x"), known)
    assert known or verdict.rings or verdict.works
    if kind in (Kind.SOS, Kind.FALL, Kind.DURESS, Kind.SMOKE, Kind.GAS, Kind.CARBON_MONOXIDE):
        assert verdict.rings
        assert verdict.priority == 1


def test_a_restore_never_rings() -> None:
    assert not any(triage.judge(Signal("1042", kind, "x", restore=True), True).rings for kind in Kind)


def test_a_home_of_the_highest_tier_is_never_below_urgent() -> None:
    assert triage.judge(Signal("1042", Kind.SERVICE, "x"), True, "A").priority == 2
    assert triage.judge(Signal("1042", Kind.SERVICE, "x"), True, "C").priority == 3


@given(st.integers(1, 3), st.integers(1, 3), st.integers(1, 50))
def test_a_repeat_only_ever_raises(now: int, verdict: int, presses: int) -> None:
    assert 1 <= triage.raised(now, verdict, presses) <= now
