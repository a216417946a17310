"""The page of what wants checking: doubtful numbers, numbers never rung or not heard for a year, homes with too few."""

import re
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from callcenter.store.data_quality import DataQuality
from callcenter.store.tables import contacts, homes, residents, responders
from tests.callcenter.whole_site import WholeSite
from tests.conftest import MORNING


class Moving:
    def __init__(self) -> None:
        self.now: datetime = MORNING

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def clock() -> Moving:
    return Moving()


@pytest.fixture
def site(district: str, tmp_path: Path, clock: Moving) -> Any:
    made = WholeSite(district, tmp_path, clock)
    yield made
    made.close()


def page(site: WholeSite, which: str) -> str:
    answer = site.ask("supervisor", f"/people/check?which={which}")
    assert answer.status_code == 200, answer.text[:500]
    return answer.text


def count(site: WholeSite, which: str) -> int:
    found = re.search(r"<h1>To check <span class=\"muted\">(\d+)</span>", page(site, which))
    assert found
    return int(found[1])


def say_of(site: WholeSite, phone: str, right: str, key: str) -> None:
    form = {"csrf_token": site.form_token(site.clients["operator"]), "key": key, "phone": phone, "right": right}
    assert site.clients["operator"].post("/people/check", data=form).status_code == 303


def test_a_wrong_number_of_a_case_is_an_item_until_somebody_mends_or_confirms_it(site: WholeSite) -> None:
    never = count(site, "never")
    assert (count(site, "doubtful"), never > 500) == (0, True)
    call = site.call(417)
    one = (site.ask("operator", f"/api/v1/calls/{call['id']}").json or {})["ring_round"]["people"][0]
    tried = {"contact": one["id"], "role": one["role"], "result": "wrong_number"}
    answer = site.say("operator", f"/api/v1/calls/{call['id']}/contacts/tried", tried)
    assert answer.status_code == 200, answer.text
    assert one["phone"] in page(site, "doubtful")
    assert count(site, "never") < never
    say_of(site, one["phone"], "yes", "confirm-number-1")
    assert (count(site, "doubtful"), one["phone"] in page(site, "never")) == (0, False)
    with site.house.database.write() as conn:
        conn.execute(contacts.update().where(contacts.c.phone == one["phone"]).values(phone="+86 139 7200 0417"))
    assert count(site, "never") == never, "a new number has not been rung"


def test_after_a_year_a_number_is_asked_anew(site: WholeSite, clock: Moving) -> None:
    with site.house.database.read() as conn:
        phone = str(conn.execute(contacts.select().limit(1)).mappings().one()["phone"])
    say_of(site, phone, "yes", "confirm-number-1")
    assert count(site, "old") == 0
    clock.now += timedelta(days=366)
    assert phone in page(site, "old")
    say_of(site, phone, "no", "confirm-number-2")
    assert (count(site, "old"), phone in page(site, "doubtful")) == (0, True)


def test_a_home_has_three_contacts_one_key_and_one_who_lives_near_or_it_is_on_the_list(site: WholeSite) -> None:
    lacking = {row["code"] for number in range(1, 40) for row in DataQuality(site.house.database).homes(number).rows}
    with site.house.database.write() as conn:
        conn.execute(homes.update().where(homes.c.id == 417).values(key_safe=False, key_holder=""))
        conn.execute(responders.delete().where(responders.c.home_id == 417))
        person = conn.execute(residents.select().where(residents.c.home_id == 417)).mappings().first()
        assert person
        conn.execute(contacts.delete().where(contacts.c.resident_id == person["id"]))
        for rank, minutes in ((1, 10), (2, 40), (3, None)):
            one = {
                "resident_id": person["id"],
                "rank": rank,
                "name": "甲",
                "phone": f"1397{rank}",
                "has_key": rank == 2,
            }
            conn.execute(contacts.insert().values(minutes_away=minutes, **one))
    quality = DataQuality(site.house.database)

    def listed() -> bool:
        pages = (quality.homes(number) for number in range(1, quality.homes(1).pages + 1))
        return any(row["code"] == "H0417" for one in pages for row in one.rows)

    assert lacking
    assert not listed()
    for change in ({"has_key": False}, {"minutes_away": 60}):
        with site.house.database.write() as conn:
            before = conn.execute(contacts.select().where(contacts.c.resident_id == person["id"])).mappings().all()
            conn.execute(contacts.update().where(contacts.c.resident_id == person["id"]).values(change))
        assert listed(), change
        with site.house.database.write() as conn:
            for row in before:
                conn.execute(contacts.update().where(contacts.c.id == row["id"]).values(dict(row)))
    assert not listed()
    with site.house.database.write() as conn:
        conn.execute(contacts.delete().where(contacts.c.resident_id == person["id"], contacts.c.rank == 3))
    assert listed()
