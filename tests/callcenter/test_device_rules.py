"""How a device stands, as rules: silence only makes it worse, being heard never does, and our own outage is ours."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from callcenter.rules import incidents, watch
from callcenter.rules.devices import (
    AMBER,
    LIVE,
    REASONS,
    RETURNED,
    SILENT,
    STATES,
    STATUSES,
    UNPROTECTED,
    judge,
    worst,
)  # fmt: skip
from callcenter.rules.incidents import Limits, Struck, clusters
from callcenter.rules.learned import learned
from callcenter.rules.listening import listening, since
from callcenter.rules.protection import person_hours
from callcenter.rules.times import stamp
from callcenter.rules.watch import Ladder, steps_due
from devices.signal import Kind, Signal

START = datetime(2026, 11, 1, tzinfo=UTC)
DAY = 86400.0


def at(seconds: float) -> str:
    return stamp(START + timedelta(seconds=seconds))


SOUND: dict[str, Any] = {
    "account": "1003", "heartbeat_seconds": 300, "grace_seconds": 60, "battery_hours": 24, "test_days": 30,
    "last_heard_at": at(0), "accepted_at": at(-DAY), "last_full_test_at": at(-DAY), "mains_lost": False,
    "mains_lost_at": None, "battery_low": False, "battery_percent": None, "pager_lost": False,
    "pager_battery_low": False, "fault": "", "state": None, "silent_since": None, "away_until": None,
}  # fmt: skip

moments = st.one_of(st.none(), st.floats(-40 * DAY, 0).map(at))
rows = st.fixed_dictionaries(
    {
        "account": st.just("1003"),
        "heartbeat_seconds": st.sampled_from([0, 60, 300, 86400]),
        "grace_seconds": st.sampled_from([0, 60, 7200]),
        "battery_hours": st.sampled_from([0, 12, 24]),
        "test_days": st.sampled_from([0, 30]),
        "last_heard_at": moments,
        "accepted_at": moments,
        "last_full_test_at": moments,
        "mains_lost": st.booleans(),
        "mains_lost_at": moments,
        "battery_low": st.booleans(),
        "battery_percent": st.one_of(st.none(), st.integers(0, 100)),
        "pager_lost": st.booleans(),
        "pager_battery_low": st.booleans(),
        "fault": st.sampled_from(["", "tamper", "not_worn"]),
        "state": st.sampled_from([None, *STATES]),
        "silent_since": st.floats(-40 * DAY, 0).map(at),
        "away_until": moments,
        "recalled": st.booleans(),
    }
)


@given(rows, st.floats(0, 60 * DAY), st.floats(0, 60 * DAY), st.floats(-DAY, 0))
@settings(max_examples=300, deadline=None)
def test_longer_silence_never_makes_a_device_better(row: dict[str, Any], now: float, more: float, up: float) -> None:
    earlier, later = judge(row, at(now), at(up)), judge(row, at(now + more), at(up))
    assert later.misses >= earlier.misses
    assert STATUSES.index(later.status) >= STATUSES.index(earlier.status)
    becomes_silent = {"missed", "returned"}
    assert set(earlier.reasons) - becomes_silent <= set(later.reasons)


@given(rows, st.floats(1, 60 * DAY))
@settings(max_examples=300, deadline=None)
def test_being_heard_never_makes_a_device_worse(row: dict[str, Any], now: float) -> None:
    silent, heard = judge(row, at(now)), judge({**row, "last_heard_at": at(now)}, at(now))
    assert STATUSES.index(heard.status) <= STATUSES.index(silent.status)
    assert heard.misses == 0


@given(rows, st.floats(1, 60 * DAY))
@settings(max_examples=300, deadline=None)
def test_the_next_look_comes_before_anything_can_have_changed(row: dict[str, Any], now: float) -> None:
    found = judge(row, at(now))
    assert at(now) < found.next_look_at <= at(now + 6 * 3600.001)
    just_before = judge({**row, "state": found.state, "silent_since": found.silent_since or row["silent_since"]},
                        stamp(datetime.fromisoformat(found.next_look_at) - timedelta(seconds=11)))  # fmt: skip
    if datetime.fromisoformat(found.next_look_at) - timedelta(seconds=11) > START + timedelta(seconds=now):
        assert just_before.status == found.status


def test_misses_come_one_heartbeat_after_the_other() -> None:
    assert [judge(SOUND, at(seconds)).misses for seconds in (0, 359, 361, 659, 661, 961)] == [0, 0, 1, 1, 2, 3]
    assert [judge(SOUND, at(seconds)).state for seconds in (359, 361, 961)] == [LIVE, AMBER, SILENT]


def test_silence_does_not_count_while_our_own_line_was_away() -> None:
    assert judge(SOUND, at(DAY), listening_since=at(DAY - 300)).state == LIVE
    deaf = judge(SOUND, at(DAY), listening=False)
    assert (deaf.state, deaf.status, deaf.reasons[0]) == (LIVE, UNPROTECTED, "centre_down")


def test_out_of_a_long_silence_only_a_live_press_leads() -> None:
    silent = {**SOUND, "state": SILENT, "silent_since": at(-7200)}
    assert judge({**silent, "last_heard_at": at(-7200)}, at(10)).state == SILENT
    assert judge(silent, at(10)).state == RETURNED
    assert judge({**silent, "last_full_test_at": at(5), "last_heard_at": at(5)}, at(10)).state == LIVE


def test_every_reason_can_be_the_only_one() -> None:
    wrong: dict[str, dict[str, Any]] = {
        "away": {"away_until": at(DAY)},
        "not_installed": {"accepted_at": None},
        "silent": {"last_heard_at": at(-7200)},
        "battery_out": {"mains_lost": True, "mains_lost_at": at(-2 * DAY)},
        "pager_lost": {"pager_lost": True},
        "returned": {"state": RETURNED, "silent_since": at(-3600)},
        "missed": {"last_heard_at": at(-400)},
        "recalled": {"recalled": True},
        "mains_lost": {"mains_lost": True, "mains_lost_at": at(-60)},
        "not_worn": {"fault": "not_worn"},
        "battery_low": {"battery_percent": 20},
        "pager_battery_low": {"pager_battery_low": True},
        "fault": {"fault": "tamper"},
        "test_overdue": {"last_full_test_at": at(-31 * DAY), "accepted_at": at(-90 * DAY)},
    }
    found = {name: judge({**SOUND, **more}, at(0)).reasons for name, more in wrong.items()}
    found["centre_down"] = judge(SOUND, at(0), listening=False).reasons
    assert {name: reasons[0] for name, reasons in found.items()} == {name: name for name in found}
    assert set(found) == {name for name, _, _ in REASONS}


def test_the_worst_device_of_a_home_decides() -> None:
    sound, amber = judge(SOUND, at(0)), judge(SOUND, at(400))
    lost = judge({**SOUND, "pager_lost": True}, at(0))
    assert worst([("1", sound), ("2", lost), ("3", amber)]) == ("2", lost)
    assert worst([]) is None


@pytest.mark.parametrize(
    ("signal", "learns"),
    [
        (Signal("1", Kind.SOS, "CID 101"), {"last_press_at", "last_full_test_at", "pager_heard_at", "pager_lost"}),
        (Signal("1", Kind.TEST, "CID 602"), {"last_test_at"}),
        (Signal("1", Kind.TEST, "CID 601"), {"last_test_at", "last_full_test_at", "pager_heard_at", "pager_lost"}),
        (Signal("1", Kind.LOW_BATTERY, "CID 384"), {"pager_battery_low"}),
        (Signal("1", Kind.LOW_BATTERY, "CID 302"), {"battery_low"}),
        (Signal("1", Kind.DEVICE_LOST, "CID 381"), {"pager_lost"}),
        (Signal("1", Kind.INACTIVITY, "CID 391"), {"last_press_at"}),
        (Signal("1", Kind.TAMPER, "CID 137"), {"fault"}),
        (Signal("1", Kind.STATUS, "CID 605"), set()),
    ],
)
def test_what_a_signal_teaches_of_its_device(signal: Signal, learns: set[str]) -> None:
    assert set(learned(signal, at(0))) == learns | {"last_heard_at"}


def test_mains_said_again_do_not_begin_the_battery_anew() -> None:
    lost = Signal("1", Kind.MAINS_LOST, "CID 301")
    assert learned(lost, at(10), at(0))["mains_lost_at"] == at(0)
    back = learned(Signal("1", Kind.MAINS_LOST, "CID 301", restore=True), at(20), at(0))
    assert (back["mains_lost"], back["mains_lost_at"]) == (False, None)


def test_person_hours_count_only_what_lies_in_the_month() -> None:
    period = {"persons": 2, "status": "unprotected", "reason": "silent", "model": "AX", "station_id": 3}
    found = person_hours(
        [
            {**period, "since": at(-3600), "until": at(3600)},
            {**period, "since": at(DAY - 1800), "until": None, "status": "doubtful"},
            {**period, "since": at(2 * DAY), "until": None},
        ],
        at(0), at(DAY),
    )  # fmt: skip
    assert found.by_status == {"unprotected": 2.0, "doubtful": 1.0, "away": 0.0}
    assert (found.by_station, found.by_model, found.by_reason) == ({3: 2.0}, {"AX": 2.0}, {"silent": 2.0})


# --- many at once ------------------------------------------------------------------------------------------------


def struck(numbers: range, community: str = "小桥", building: str = "", cause: str = "mains") -> list[Struck]:
    places = {"district": "", "community": community} | ({"building": building} if building else {})
    return [Struck(n, cause, at(0), places) for n in numbers]


def test_the_widest_place_takes_the_narrower_with_it() -> None:
    totals = {("district", ""): 900, ("community", "小桥"): 100, ("building", "3号楼"): 10}
    of_building = clusters(struck(range(6), building="3号楼"), totals, Limits(), at(60))
    assert [(c.scope, len(c.homes)) for c in of_building] == [("building", 6)]
    of_community = clusters(struck(range(40), building="3号楼"), totals, Limits(), at(60))
    assert [(c.scope, len(c.homes)) for c in of_community] == [("community", 40)]
    assert clusters(struck(range(4), building="3号楼"), totals, Limits(), at(60)) == []  # too few


def test_devices_that_died_one_by_one_are_no_incident() -> None:
    totals = {("district", ""): 10}
    found = [Struck(n, "silent", at(n * 7200.0), {"district": ""}) for n in range(10)]
    assert clusters(found, totals, Limits(), at(10 * 7200.0)) == []


@given(st.sets(st.integers(0, 199), min_size=1), st.floats(0.05, 1))
@settings(max_examples=200, deadline=None)
def test_each_home_is_in_one_incident_of_a_cause_at_most(homes: set[int], share: float) -> None:
    found = [
        Struck(n, "mains", at(0), {"district": "", "community": str(n % 4), "building": str(n % 20)}) for n in homes
    ]
    totals = {("district", ""): 200}
    totals |= {("community", str(n)): 50 for n in range(4)} | {("building", str(n)): 10 for n in range(20)}
    listed = [home.home_id for c in clusters(found, totals, Limits(share=share), at(0)) for home in c.homes]
    assert len(listed) == len(set(listed))


def test_the_ladder_never_takes_a_step_back() -> None:
    for tier in "ABC":
        before: set[str] = set()
        for hours in range(24):
            due = set(steps_due(Ladder(), tier, SILENT, at(0), at(hours * 3600.0)))
            assert before <= due
            before = due
        assert before == {"item", "welfare", "visit"}
    assert steps_due(Ladder(), "A", AMBER, at(0), at(DAY)) == ()


def test_we_are_deaf_only_after_our_patience_and_never_before_we_began_to_watch() -> None:
    sign = {"name": "gateway", "at": at(0), "state": "up", "since": at(-DAY)}
    assert listening([sign], at(40), at(-60), 45).deaf() == ()
    assert listening([sign], at(50), at(-60), 45).deaf() == ("gateway",)
    assert listening([sign], at(50), at(30), 45).deaf() == ()
    line = {"name": "line:panels", "at": at(0), "state": "down", "since": at(0)}
    heard = listening([{**sign, "at": at(60)}, line], at(60), at(-60), 45)
    assert (heard.deaf(), heard.on("panels")[0], heard.on("other")[0]) == (("panels",), False, True)


def test_a_centre_that_is_started_in_the_morning_blames_nobody_for_the_night() -> None:
    """The clock looks before the gateway has said its first word."""
    night = {"name": "gateway", "at": at(0), "state": "up", "since": at(-DAY)}
    morning = listening([night], at(DAY), at(DAY - 1), 45)
    assert morning.on("panels") == (True, at(DAY))
    assert judge(SOUND, at(DAY), morning.on("panels")[1]).state == LIVE
    first_day = listening([], at(DAY), at(DAY - 1), 45)
    assert judge(SOUND, at(DAY), first_day.on("panels")[1]).state == LIVE


def test_a_sign_of_life_remembers_since_when() -> None:
    up = {"state": "up", "at": at(10), "since": at(0)}
    assert since(up, "up", at(12), beats=True) == at(0)
    assert since(up, "up", at(50), beats=True) == at(50)  # it was away in between
    assert since(up, "up", at(DAY), beats=False) == at(0)  # a line only speaks when it changes
    assert since(up, "down", at(12), beats=True) == at(12)
    assert since(None, "up", at(5), beats=True) == at(5)


def test_every_event_of_these_pictures_is_known() -> None:
    from callcenter.rules.events import KINDS

    assert set(watch.AFTER) | set(incidents.AFTER) <= KINDS
