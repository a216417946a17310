"""Never silently dead: a device that falls silent is found and acted on, and only a live press makes it good again."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from callcenter.rules.events import Row
from callcenter.rules.times import stamp
from callcenter.store.tables import calls, device_models, devices, homes, incidents, protection, residents, watches
from tests.conftest import MAINS_BACK, MAINS_LOST, SOS, Rehearsal

HAND_TEST = "160100001"
MINUTE, HOUR = 60.0, 3600.0


@pytest.fixture
def rehearsal(rehearsal: Rehearsal) -> Rehearsal:
    """Everybody is heard, and has been for an hour."""
    rehearsal.beats(300, step=300)
    return rehearsal


def rows(rehearsal: Rehearsal, table: Any, *where: Any) -> list[Row]:
    with rehearsal.database.read() as conn:
        query = select(table).where(*where)
        query = query.order_by(table.c.since) if "since" in table.c else query
        return [dict(row) for row in conn.execute(query).mappings()]


def watch(rehearsal: Rehearsal, account: str) -> Row:
    found = rows(rehearsal, watches, watches.c.id == account)
    return found[0] if found else {"state": "live", "misses": 0, "item_id": None, "welfare_id": None}


def items(rehearsal: Rehearsal) -> list[Row]:
    return rows(rehearsal, calls, calls.c.source == "watch", calls.c.stage != "closed")


def test_every_home_is_protected_while_everybody_is_heard(rehearsal: Rehearsal) -> None:
    rehearsal.beats(20 * MINUTE, step=60)
    assert rows(rehearsal, protection) == []
    assert items(rehearsal) == []


def test_the_first_miss_is_amber_the_third_a_device_item(rehearsal: Rehearsal) -> None:
    rehearsal.beats(5 * MINUTE + 30, silent={"1003"})
    assert watch(rehearsal, "1003")["state"] == "live"
    rehearsal.beats(MINUTE, silent={"1003"})
    assert (watch(rehearsal, "1003")["state"], items(rehearsal)) == ("amber", [])
    [period] = rows(rehearsal, protection)
    assert (period["status"], period["reason"], period["until"]) == ("doubtful", "missed", None)
    rehearsal.beats(10 * MINUTE, silent={"1003"})
    assert watch(rehearsal, "1003")["state"] == "silent"
    [item] = items(rehearsal)
    assert (item["priority"], item["kind"], item["account"]) == (4, "device_silent", "1003")
    assert item["next_step"] == "decide"  # the clock of 24 hours for a visit
    assert [p["reason"] for p in rows(rehearsal, protection)] == ["missed", "silent"]
    assert rehearsal.verify().faults == []


def test_one_heartbeat_forgives_amber_but_silence_ends_only_with_a_live_press(rehearsal: Rehearsal) -> None:
    rehearsal.beats(7 * MINUTE, silent={"1003"})
    rehearsal.beats(MINUTE)
    assert watch(rehearsal, "1003")["state"] == "live"
    rehearsal.beats(17 * MINUTE, silent={"1003"})
    rehearsal.beats(MINUTE)
    assert watch(rehearsal, "1003")["state"] == "returned"
    assert len(items(rehearsal)) == 1
    rehearsal.receive(rehearsal.frame("1003", "160200000"))  # a dialler's own daily test never left the hall
    rehearsal.beats(MINUTE)
    assert watch(rehearsal, "1003")["state"] == "returned"
    rehearsal.receive(rehearsal.frame("1003", HAND_TEST))
    rehearsal.beats(30)
    assert watch(rehearsal, "1003")["state"] == "live"
    assert items(rehearsal) == []
    assert all(period["until"] for period in rows(rehearsal, protection))
    assert rehearsal.verify().faults == []


def test_the_highest_risk_is_called_at_the_third_miss_the_others_after_hours(rehearsal: Rehearsal) -> None:
    with rehearsal.database.write() as conn:
        home = select(devices.c.home_id).where(devices.c.account == "1005").scalar_subquery()
        conn.execute(residents.update().where(residents.c.home_id == home).values(tier="A"))
        home = select(devices.c.home_id).where(devices.c.account == "1003").scalar_subquery()
        conn.execute(residents.update().where(residents.c.home_id == home).values(tier="B"))
    silent = {"1003", "1005"}
    rehearsal.beats(17 * MINUTE, silent=silent)
    found = {(item["account"], item["kind"]): item["priority"] for item in items(rehearsal)}
    assert found == {("1003", "device_silent"): 4, ("1005", "device_silent"): 4, ("1005", "welfare"): 2}
    rehearsal.beats(4 * HOUR, silent=silent, step=HOUR)
    found = {(item["account"], item["kind"]): item["priority"] for item in items(rehearsal)}
    assert found[("1003", "welfare")] == 3
    visited = {item["account"] for item in items(rehearsal) if item["requested_at"]}
    assert visited == {"1005"}
    rehearsal.beats(8 * HOUR, silent=silent, step=HOUR)
    visited = {item["account"] for item in items(rehearsal) if item["requested_at"]}
    assert visited == {"1003", "1005"}
    assert rehearsal.verify().faults == []


def test_a_press_in_a_welfare_call_is_a_press(rehearsal: Rehearsal) -> None:
    rehearsal.beats(5 * HOUR, silent={"1003"}, step=HOUR)
    [welfare] = [item for item in items(rehearsal) if item["kind"] == "welfare"]
    call = rehearsal.press("1003", SOS)
    assert (call["id"], call["priority"], call["stage"]) == (welfare["id"], 1, "waiting")


def test_nobody_is_called_who_is_away_but_the_home_stays_listed(rehearsal: Rehearsal) -> None:
    with rehearsal.database.write() as conn:
        home = select(devices.c.home_id).where(devices.c.account == "1003").scalar_subquery()
        away = "2026-12-24T00:00:00.000Z"
        conn.execute(residents.update().where(residents.c.home_id == home).values(away_until=away))
    rehearsal.beats(6 * HOUR, silent={"1003"}, step=HOUR)
    assert items(rehearsal) == []
    assert watch(rehearsal, "1003")["state"] == "silent"
    assert rows(rehearsal, protection)[-1]["persons"] == 0


def test_an_item_closed_while_the_device_is_still_silent_comes_back(rehearsal: Rehearsal) -> None:
    rehearsal.beats(17 * MINUTE, silent={"1003"})
    [item] = items(rehearsal)
    closing = {"outcome": "other", "evidence": "device_answers", "words": "好像好了"}
    rehearsal.act("close", item, seen_version=item["version"], **closing)
    rehearsal.beats(30 * MINUTE, silent={"1003"}, step=300)
    assert items(rehearsal) == []
    rehearsal.beats(40 * MINUTE, silent={"1003"}, step=300)
    [again] = items(rehearsal)
    assert again["id"] != item["id"]


def test_a_device_item_is_overdue_when_it_is_not_repaired_in_48_hours(rehearsal: Rehearsal) -> None:
    rehearsal.beats(17 * MINUTE, silent={"1003"})
    [item] = items(rehearsal)
    rehearsal.wait(48 * HOUR, step=HOUR)
    assert set(rehearsal.call(item)["late"]) >= {"decide", "repair"}


def test_silence_of_our_own_gateway_blames_nobody(rehearsal: Rehearsal) -> None:
    rehearsal.beats(10 * MINUTE, gateway=False)
    assert rows(rehearsal, watches) == []
    [incident] = rows(rehearsal, incidents)
    assert (incident["scope"], incident["cause"], incident["stage"]) == ("gateway", "centre", "open")
    assert len(incident["homes"]) == 900
    [call] = items(rehearsal)
    assert (call["kind"], call["priority"], call["id"]) == ("incident", 2, incident["id"])
    unprotected = rows(rehearsal, protection, protection.c.until.is_(None))
    assert len(unprotected) == 900
    assert {period["reason"] for period in unprotected} == {"centre_down"}
    rehearsal.beats(5 * MINUTE)
    assert items(rehearsal) == []
    assert rows(rehearsal, protection, protection.c.until.is_(None)) == []
    assert rows(rehearsal, incidents)[0]["stage"] == "ended"
    assert rehearsal.verify().faults == []


def test_a_gateway_that_was_only_started_again_is_no_incident(rehearsal: Rehearsal) -> None:
    rehearsal.beats(20, step=10, gateway=False)
    rehearsal.beats(20 * MINUTE, silent={"1003"})
    assert rows(rehearsal, incidents) == []
    assert watch(rehearsal, "1003")["state"] == "silent"


def test_a_device_heard_once_between_two_silences_is_looked_at_once(rehearsal: Rehearsal) -> None:
    """It speaks and falls silent again before the watch comes round: the silence begins anew, and is said once."""
    rehearsal.beats(7 * MINUTE, silent={"1003"})
    rehearsal.now += timedelta(seconds=10)
    rehearsal.cases.note_beats({"1003": {"last_heard_at": stamp(rehearsal.now)}})
    heard = stamp(rehearsal.now)
    rehearsal.beats(7 * MINUTE, silent={"1003"}, step=7 * MINUTE)
    assert watch(rehearsal, "1003")["silent_since"] == heard
    before = rehearsal.log.head()
    rehearsal.watchman.tick(stamp(rehearsal.now + timedelta(seconds=2)))
    assert rehearsal.log.head() == before


def test_a_line_that_is_down_is_an_incident_of_those_who_speak_over_it(rehearsal: Rehearsal) -> None:
    on_it = ("1003", "1005", "1006")
    rehearsal.cases.show_life("line:receiver", stamp(rehearsal.now), "up")
    with rehearsal.database.write() as conn:
        rehearsal.cases.mark_devices(conn, {account: {"line": "receiver", "next_look_at": ""} for account in on_it})
    rehearsal.beats(MINUTE)
    rehearsal.cases.show_life("line:receiver", stamp(rehearsal.now), "down", "cable")
    rehearsal.beats(20 * MINUTE, silent=set(on_it))
    [row] = rows(rehearsal, incidents)
    assert (row["scope"], row["place"], row["cause"], len(row["homes"])) == ("line", "receiver", "centre", 3)
    assert [item["kind"] for item in items(rehearsal)] == ["incident"]
    assert {period["reason"] for period in rows(rehearsal, protection)} == {"centre_down"}
    rehearsal.cases.show_life("line:receiver", stamp(rehearsal.now), "up")
    rehearsal.beats(3 * MINUTE, silent={"1003"})
    [row] = rows(rehearsal, incidents)
    assert row["stage"] == "over"
    assert watch(rehearsal, "1003")["state"] == "live"  # its silence counts from the return of the line
    rehearsal.beats(MINUTE)
    assert rows(rehearsal, incidents)[0]["stage"] == "ended"
    assert rehearsal.verify().faults == []


def community(rehearsal: Rehearsal, share: float) -> tuple[list[str], int]:
    """Accounts of devices that beat in the community with the most homes, and how many homes it has."""
    with rehearsal.database.read() as conn:
        joined = select(devices.c.account, homes.c.community, device_models.c.heartbeat_seconds).select_from(
            devices.join(homes).join(device_models)
        )
        found = list(conn.execute(joined.order_by(devices.c.account)))
    names = [row.community for row in found]
    largest = max(set(names), key=names.count)
    able = [row.account for row in found if row.community == largest and row.heartbeat_seconds == 300]
    return able[: int(names.count(largest) * share) + 1], names.count(largest)


def test_a_community_that_falls_silent_is_one_incident_and_who_does_not_return_stays_listed(
    rehearsal: Rehearsal,
) -> None:
    accounts, _ = community(rehearsal, 0.35)
    rehearsal.beats(20 * MINUTE, silent=set(accounts))
    [incident] = rows(rehearsal, incidents)
    assert (incident["scope"], incident["cause"], len(incident["homes"])) == ("community", "silent", len(accounts))
    assert [item["kind"] for item in items(rehearsal)] == ["incident"]
    left = {accounts[0]}
    rehearsal.beats(2 * MINUTE, silent=left)
    [incident] = rows(rehearsal, incidents)
    assert incident["stage"] == "over"
    assert [said["back_at"] for said in incident["homes"].values()].count(None) == 1
    assert sorted(item["kind"] for item in items(rehearsal)) == ["device_silent", "incident"]
    rehearsal.beats(MINUTE)
    [incident] = rows(rehearsal, incidents)
    assert incident["stage"] == "ended"
    assert [item["kind"] for item in items(rehearsal)] == ["device_silent"]  # waits for a live press
    assert rehearsal.verify().faults == []


def test_mains_lost_in_a_community_is_one_row_and_a_press_among_it_still_rings(rehearsal: Rehearsal) -> None:
    accounts, _ = community(rehearsal, 0.5)
    rehearsal.receive(*(rehearsal.frame(account, MAINS_LOST) for account in accounts))
    call = rehearsal.press(accounts[0], SOS)
    rehearsal.beats(MINUTE)
    open_calls = rows(rehearsal, calls, calls.c.stage != "closed")
    assert sorted(row["kind"] for row in open_calls) == ["incident", "sos"]
    assert rehearsal.call(call)["stage"] == "waiting"
    assert len(rows(rehearsal, protection, protection.c.until.is_(None))) == len(accounts)
    rehearsal.receive(*(rehearsal.frame(account, MAINS_BACK) for account in accounts[:-1]))
    rehearsal.beats(2 * MINUTE)
    open_calls = rows(rehearsal, calls, calls.c.stage != "closed")
    assert sorted(row["kind"] for row in open_calls) == ["incident", "mains_lost", "sos"]
    rehearsal.receive(rehearsal.frame(accounts[-1], MAINS_BACK))
    rehearsal.beats(2 * MINUTE)
    assert [row["kind"] for row in rows(rehearsal, calls, calls.c.stage != "closed")] == ["sos"]
    assert rehearsal.verify().faults == []


def test_a_wider_power_cut_takes_the_narrower_incident_with_it(rehearsal: Rehearsal) -> None:
    accounts, _ = community(rehearsal, 0.5)
    rehearsal.receive(*(rehearsal.frame(account, MAINS_LOST) for account in accounts))
    rehearsal.beats(30)
    rehearsal.receive(*(rehearsal.frame(str(account), MAINS_LOST) for account in range(1001, 1401)))
    rehearsal.beats(MINUTE)
    standing = rows(rehearsal, incidents, incidents.c.stage == "open")
    assert [row["scope"] for row in standing] == ["district"]
    assert [item["kind"] for item in items(rehearsal)] == ["incident"]
    assert rehearsal.verify().faults == []


def test_without_mains_the_hours_of_the_battery_are_counted_down(rehearsal: Rehearsal) -> None:
    rehearsal.receive(rehearsal.frame("1003", MAINS_LOST))
    rehearsal.beats(HOUR, step=HOUR)
    rehearsal.receive(rehearsal.frame("1003", MAINS_LOST))  # said again: the battery does not begin anew
    rehearsal.beats(22 * HOUR, step=HOUR)
    [period] = rows(rehearsal, protection)
    assert (period["status"], period["reason"]) == ("doubtful", "mains_lost")
    rehearsal.beats(2 * HOUR, step=HOUR)
    [_, period] = rows(rehearsal, protection)
    assert (period["status"], period["reason"]) == ("unprotected", "battery_out")


def test_a_device_without_a_signature_protects_nobody(rehearsal: Rehearsal) -> None:
    with rehearsal.database.write() as conn:
        conn.execute(devices.update().where(devices.c.account == "1003").values(accepted_at=None, next_look_at=""))
    rehearsal.beats(30)
    [period] = rows(rehearsal, protection)
    assert (period["status"], period["reason"]) == ("unprotected", "not_installed")


def test_a_second_dispatcher_says_nothing_twice(rehearsal: Rehearsal) -> None:
    other = Rehearsal(rehearsal.database, rehearsal.now)
    for _ in range(40):
        rehearsal.beats(30, silent={"1003"})
        other.now = rehearsal.now
        other.watchman.tick(stamp(other.now))
    said = [event.kind for event in rehearsal.log.stream("device:1003")]
    assert said == ["DeviceMissed", "DeviceLost", "WatchRaised"]
    assert len(items(rehearsal)) == 1


def test_a_pager_that_the_base_unit_no_longer_hears_leaves_the_home_unprotected(rehearsal: Rehearsal) -> None:
    rehearsal.receive(rehearsal.frame("1003", "138100001"))
    rehearsal.beats(30)
    [period] = rows(rehearsal, protection)
    assert (period["status"], period["reason"]) == ("unprotected", "pager_lost")
    rehearsal.receive(rehearsal.frame("1003", HAND_TEST))
    rehearsal.beats(30)
    assert rows(rehearsal, protection)[0]["until"] is not None
