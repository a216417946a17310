"""The demo district: as many as promised, always the same, everyone in the district, and never a station alone."""

import time
from collections import Counter
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select

from app import Settings
from callcenter.configuration import read_settings
from callcenter.demo import planted
from callcenter.demo.district import AlreadyPeopled, district, load
from callcenter.rules.cells import read, write
from callcenter.rules.people import age, holes
from callcenter.rules.register import SHEETS
from callcenter.rules.times import moment, stamp
from callcenter.store.database import Database
from callcenter.store.log import Log
from callcenter.store.people import People
from callcenter.store.register import Register
from callcenter.store.tables import calls, protection, residents
from devices.simulator import units_for
from tests.conftest import Rehearsal

ROOT = Path(__file__).resolve().parents[2]
ZONE = ZoneInfo("Asia/Shanghai")
TODAY = date(2026, 11, 21)
NOON = datetime(2026, 11, 21, 4, 0, tzinfo=UTC)
Sheets = dict[str, list[dict[str, Any]]]


@pytest.fixture(scope="module")
def sheets() -> Sheets:
    return district(TODAY, ZONE)


@pytest.fixture
def register(database: Database) -> Register:
    return Register(database, Log(database, lambda: NOON, []))


def test_there_are_as_many_as_promised(sheets: Sheets) -> None:
    counts = {name: len(rows) for name, rows in sheets.items()}
    assert counts["stations"] == 9
    assert counts["homes"] == counts["devices"] == 900
    assert counts["residents"] == 1050
    assert counts["carers"] == 60
    assert counts["shifts"] == 37 * 90
    assert [row["account"] for row in sheets["devices"]] == [str(n) for n in range(1001, 1901)]
    models = Counter(row["model"] for row in sheets["devices"])
    assert models == {"AX-100 (DC-09)": 765, "安康 SG-2 (Sur-Gard)": 135}
    planting = Counter(row["model"] for row in district(TODAY, ZONE, dead=True)["devices"])
    assert planting[planted.MODEL] == len(planted.ACCOUNTS) == 6


def test_what_a_home_has_is_what_the_pretend_district_speaks_for_it(sheets: Sheets) -> None:
    spoken = dict(units_for(read_settings(Settings, ROOT / "config.toml").lines))
    receivers = {row["account"] for row in sheets["devices"] if "Sur-Gard" in row["model"]}
    assert {spoken[account] for account in {*planted.ACCOUNTS} - planted.QUIET} == {"dc09"}  # these beat
    assert receivers == {account for account, protocol in spoken.items() if protocol == "surgard"}


def test_they_are_as_old_and_as_alone_as_those_who_need_us(sheets: Sheets) -> None:
    people = sheets["residents"]
    ages = [age(person["born"], TODAY) or 0 for person in people]
    assert 59 <= min(ages) <= max(ages) <= 97
    assert sum(years >= 80 for years in ages) / len(ages) == pytest.approx(0.45, abs=0.04)
    assert sum(person["lives_alone"] for person in people) == 405
    tiers = Counter(person["tier"] for person in people)
    assert tiers["A"] / 1050 == pytest.approx(0.02, abs=0.012)
    assert tiers["B"] / 1050 == pytest.approx(0.28, abs=0.05)
    assert {"zh", "qinghai", "bo", "mjg"} == {person["language"] for person in people}


def test_every_number_is_invented_and_dialled_once(sheets: Sheets) -> None:
    phones = [row["phone"] for rows in sheets.values() for row in rows if row.get("phone")]
    assert all(phone.startswith("000-") for phone in phones)
    assert len(phones) == len(set(phones))


def test_one_to_three_contacts_each(sheets: Sheets) -> None:
    each = Counter(row["resident"] for row in sheets["contacts"])
    assert set(each) == {person["code"] for person in sheets["residents"]}
    assert set(each.values()) == {1, 2, 3}


def test_every_home_lies_in_the_district_near_its_station(sheets: Sheets) -> None:
    for home in sheets["homes"]:
        assert 36.628 <= home["latitude"] <= 36.754
        assert 101.575 <= home["longitude"] <= 101.8
        assert home["station"]


def test_the_same_seed_and_day_give_the_same_district(sheets: Sheets) -> None:
    assert district(TODAY, ZONE) == sheets
    assert district(TODAY, ZONE, seed=2)["homes"] != sheets["homes"]


def test_every_value_could_have_come_from_a_sheet(sheets: Sheets) -> None:
    for sheet in SHEETS:
        for row in sheets[sheet.name]:
            for column in sheet.fields:
                if column.name != "datum":
                    assert read(column, write(column, row[column.name], ZONE), ZONE) == row[column.name]


def test_no_station_is_ever_without_somebody(sheets: Sheets) -> None:
    station_of = {carer["code"]: carer["station"] for carer in sheets["carers"]}
    shifts = [{**shift, "station_id": station_of[shift["carer"]]} for shift in sheets["shifts"]]
    start = datetime(2026, 11, 21, tzinfo=ZONE)
    assert holes(set(station_of.values()), shifts, stamp(start), stamp(start + timedelta(days=90))) == []


def test_each_day_has_37_shifts_that_overlap_at_the_hand_over(sheets: Sheets) -> None:
    ends = Counter((moment(s["ends_at"]).astimezone(ZONE) - timedelta(seconds=1)).date() for s in sheets["shifts"])
    assert set(ends.values()) == {37}
    lengths = {(moment(s["ends_at"]) - moment(s["starts_at"])).total_seconds() / 3600 for s in sheets["shifts"]}
    assert max(lengths) <= 8.5


def test_nobody_works_two_shifts_at_once_and_everyone_rests_between(sheets: Sheets) -> None:
    by_carer: dict[str, list[tuple[str, str]]] = {}
    for shift in sheets["shifts"]:
        by_carer.setdefault(shift["carer"], []).append((shift["starts_at"], shift["ends_at"]))
    assert len(by_carer) == 60
    for own in by_carer.values():
        own.sort()
        for (_, end), (start, _) in pairwise(own):
            assert moment(start) - moment(end) >= timedelta(hours=8)


def test_it_loads_in_three_seconds_and_only_once(register: Register) -> None:
    start = time.process_time()
    counts = load(register, TODAY, ZONE)
    assert time.process_time() - start < 3
    assert counts["homes"] == 900
    with pytest.raises(AlreadyPeopled):
        load(register, TODAY, ZONE)


def test_everyone_is_found_by_what_a_caller_can_say(register: Register) -> None:
    load(register, TODAY, ZONE)
    people = People(register.database)
    with register.database.read() as conn:
        person = dict(conn.execute(select(residents).where(residents.c.code == "R0417a")).mappings().one())
    initials = "".join(syllable[0] for syllable in person["pinyin"].split())
    for typed in (person["name"], person["pinyin"], initials, "1417", "H0417", "r0417A", "000-5204170", "5304170"):
        found = people.find(typed, 1000)
        assert person["id"] in {row["resident_id"] for row in found}, typed
    assert people.find("1417")[0]["account"] == "1417"
    assert people.find("") == people.find("没有这个人") == []


def test_the_carers_on_shift_are_known_with_their_end(register: Register) -> None:
    load(register, TODAY, ZONE)
    carers = People(register.database).carers(NOON)
    assert len(carers) == 60
    on = [carer for carer in carers if carer["on_shift"]]
    assert len(on) == 18
    assert {carer["station"] for carer in on} == {carer["station"] for carer in carers}
    assert all(carer["shift_ends_at"] > stamp(NOON) and carer["post"] in "AB" for carer in on)


def test_the_planted_devices_are_found_within_five_minutes(database: Database) -> None:
    """What `make run` shows: the pretend homes speak, six devices are not as they should be, and each is named."""
    rehearsal = Rehearsal(database, NOON)
    load(rehearsal.register, TODAY, ZONE, dead=True)
    rehearsal.cases.show_life("gateway", stamp(NOON))
    rehearsal.beats(5 * 60, silent=planted.QUIET)
    with database.read() as conn:
        rows = conn.execute(select(protection).where(protection.c.until.is_(None))).mappings().all()
        opened = conn.execute(select(calls).order_by(calls.c.id)).mappings().all()
    found = {row["account"]: (row["status"], row["reason"]) for row in rows}
    assert found == {
        planted.SILENT: ("unprotected", "silent"),
        planted.HIGHEST_RISK: ("unprotected", "silent"),
        planted.LOST_PAGER: ("unprotected", "pager_lost"),
        planted.FLAT_BATTERY: ("doubtful", "battery_low"),
        planted.NO_MAINS: ("unprotected", "silent"),
        planted.NEVER_TESTED: ("doubtful", "test_overdue"),
    }
    items = {(call["account"], call["kind"], call["priority"]) for call in opened}
    assert items == {(account, "device_silent", 4) for account in planted.QUIET} | {
        (planted.HIGHEST_RISK, "welfare", 2)
    }
    assert rehearsal.verify().faults == []
