"""Devices that were dead and nobody knew (failures 3, 14 to 18, 32, 33), and calls that never came whole (23, 35)."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from callcenter.protection import Protection
from callcenter.rules.call import NotNow
from callcenter.rules.events import Row
from callcenter.rules.times import stamp
from callcenter.store.ledger import Ledger
from callcenter.store.tables import devices, protection, residents
from callcenter.store.trend import Trend
from callcenter.store.watching import Watching
from callcenter.traffic import Traffic
from callcenter.upkeep import Upkeep
from tests.conftest import ZONE, Rehearsal

HAND_TEST, PAGER_LOST = "160100001", "138100001"
MINUTE, HOUR = 60.0, 3600.0


@pytest.fixture
def rehearsal(rehearsal: Rehearsal) -> Rehearsal:
    """Everybody is heard, and has been for an hour."""
    rehearsal.beats(300, step=300)
    return rehearsal


def upkeep(rehearsal: Rehearsal, verb: str, *words: object) -> Row:
    with rehearsal.writing() as w:
        row: Row = getattr(Upkeep(rehearsal.cases, Watching(rehearsal.database)), verb)(w, *words)
    return row


def change(rehearsal: Rehearsal, account: str, **values: object) -> None:
    with rehearsal.database.write() as conn:
        conn.execute(devices.update().where(devices.c.account == account).values(next_look_at="", **values))


def unprotected(rehearsal: Rehearsal) -> dict[int, str]:
    """Home -> why nobody there is protected now."""
    with rehearsal.database.read() as conn:
        found = select(protection.c.home_id, protection.c.reason).where(protection.c.until.is_(None))
        return {int(row[0]): str(row[1]) for row in conn.execute(found)}


def watched(rehearsal: Rehearsal) -> list[Row]:
    return [call for call in rehearsal.cases.listed(("waiting", "answered"), (), "", 100) if call["source"] == "watch"]


def protecting(rehearsal: Rehearsal) -> Protection:
    ledger = Ledger(rehearsal.database, rehearsal.people)
    return Protection(ledger, rehearsal.log, ZONE, lambda: rehearsal.now)


def of_tier(rehearsal: Rehearsal, account: str, tier: str) -> None:
    with rehearsal.database.write() as conn:
        home = select(devices.c.home_id).where(devices.c.account == account).scalar_subquery()
        conn.execute(residents.update().where(residents.c.home_id == home).values(tier=tier))


def test_03_a_fault_of_one_batch_is_a_list_of_every_home_until_each_is_mended(rehearsal: Rehearsal) -> None:
    for account in ("1003", "1005", "1042"):
        change(rehearsal, account, batch="2016-K")
    upkeep(rehearsal, "recall", rehearsal.supervisor, "按键不灵", {"batch": "2016-K"})
    rehearsal.beats(30)
    assert unprotected(rehearsal) == {3: "recalled", 5: "recalled", 42: "recalled"}
    upkeep(rehearsal, "check", "recall-1", "1003", rehearsal.operator, "telephone", "她很好")
    rehearsal.beats(30)
    assert 3 in unprotected(rehearsal), "somebody rang: that compensates, it mends nothing"
    for account in ("1003", "1005", "1042"):
        upkeep(rehearsal, "mended", "recall-1", account, rehearsal.operator)
    rehearsal.beats(30)
    assert unprotected(rehearsal) == {}


def test_14_summers_a_broken_alarm_is_a_person_at_risk_with_a_clock_and_whoever_visits_knows_it(
    rehearsal: Rehearsal,
) -> None:
    rehearsal.receive(rehearsal.frame("1042", PAGER_LOST))
    rehearsal.beats(MINUTE)
    assert unprotected(rehearsal) == {42: "pager_lost"}
    [item] = rehearsal.cases.listed(("waiting",), (4,), "", 10)
    rehearsal.wait(48 * HOUR, step=HOUR)
    assert "repair" in rehearsal.call(item)["late"], "not mended in 48 hours, and it is said"
    card = rehearsal.people.card({"home_id": 42, "account": "1042"}, rehearsal.now, ZONE)
    assert card["device"]["protection"]["reason"] == "pager_lost", "what the carer's phone warns of"


def test_15_two_who_died_behind_silent_units_the_third_miss_is_an_item_and_somebody_goes(rehearsal: Rehearsal) -> None:
    silent = {"1003"}
    of_tier(rehearsal, "1003", "B")
    rehearsal.beats(17 * MINUTE, silent=silent)
    assert [call["kind"] for call in watched(rehearsal)] == ["device_silent"]
    rehearsal.beats(13 * HOUR, silent=silent, step=HOUR)
    found = watched(rehearsal)
    assert {call["kind"] for call in found} == {"device_silent", "welfare"}, "they are telephoned"
    assert any(call["requested_at"] for call in found), "and the same day somebody is asked to go and look"


def test_16_svt_who_was_never_tested_for_thirty_days_is_on_a_list(rehearsal: Rehearsal) -> None:
    long_ago = stamp(rehearsal.now - timedelta(days=31))
    change(rehearsal, "1003", last_full_test_at=long_ago, accepted_at=long_ago)
    assert [row["account"] for row in protecting(rehearsal).tests() if row["overdue"]] == ["1003"]
    rehearsal.receive(rehearsal.frame("1003", HAND_TEST))
    assert not [row for row in protecting(rehearsal).tests() if row["overdue"]]


def test_17_sula_the_watchman_finds_planted_dead_units_and_no_others(rehearsal: Rehearsal) -> None:
    planted = {"1003", "1100", "1555", "1899"}
    rehearsal.beats(20 * MINUTE, silent=planted)
    assert {call["account"] for call in watched(rehearsal) if call["kind"] == "device_silent"} == planted


def test_18_trigg_it_worked_at_the_hand_over_and_only_a_press_of_today_proves_that_it_does(
    rehearsal: Rehearsal,
) -> None:
    rehearsal.beats(17 * MINUTE, silent={"1003"})
    rehearsal.beats(MINUTE)
    rehearsal.receive(rehearsal.frame("1003", "160200000"))  # the unit's own daily test: no key was pressed for it
    rehearsal.beats(MINUTE)
    assert unprotected(rehearsal), "the hall is heard again, the pager is not proved"
    rehearsal.receive(rehearsal.frame("1003", HAND_TEST))
    rehearsal.beats(MINUTE)
    assert unprotected(rehearsal) == {}


def test_32_wuhan_delivered_and_never_switched_on_is_not_installed(rehearsal: Rehearsal) -> None:
    change(rehearsal, "1003", accepted_at=None, accepted_by="", last_full_test_at=None)
    rehearsal.beats(30)
    assert unprotected(rehearsal) == {3: "not_installed"}
    with pytest.raises(NotNow) as refusal:
        upkeep(rehearsal, "sign", "1003", rehearsal.operator)
    assert refusal.value.code == "no_test_press"
    rehearsal.receive(rehearsal.frame("1003", HAND_TEST))
    upkeep(rehearsal, "sign", "1003", rehearsal.operator)
    rehearsal.beats(30)
    assert unprotected(rehearsal) == {}


def test_33_zhabei_an_ornament_is_found_a_press_a_month_or_it_is_asked_for(rehearsal: Rehearsal) -> None:
    for account in ("1003", "1004"):
        change(rehearsal, account, last_full_test_at=stamp(rehearsal.now - timedelta(days=200)))
    overdue = [row["account"] for row in protecting(rehearsal).tests() if row["overdue"]]
    assert set(overdue) == {"1003", "1004"}
    upkeep(rehearsal, "remind", "1003", rehearsal.operator)
    [asked] = [row for row in protecting(rehearsal).tests() if row["account"] == "1003"]
    assert asked["reminded_at"]
    assert asked["overdue"], "to have been asked is not to have pressed"


def heard(rehearsal: Rehearsal, account: str, *numbers: int) -> Row:
    """What the supervisor reads of a device after frames with these numbers have passed the gateway."""
    traffic = Traffic()
    for number in numbers:
        traffic.frame("panels", account, f"{number:04}")
    Trend(rehearsal.database).add(rehearsal.now.date(), traffic.take(), {})
    found = protecting(rehearsal).device(account)
    assert found
    return found


def test_23_huddinge_presses_the_network_swallowed_leave_a_gap_that_is_counted(rehearsal: Rehearsal) -> None:
    assert heard(rehearsal, "1003", 1, 2, 3)["gap_rate"] == 0
    assert heard(rehearsal, "1005", 1, 2, 36)["gap_rate"] == round(33 / 36, 4), "33 frames were sent and never came"


def test_35_attempts_that_failed_are_a_figure_and_not_only_those_that_came(rehearsal: Rehearsal) -> None:
    assert heard(rehearsal, "1003", 1, 2, 2, 2, 3)["failure_rate"] == 0.4
