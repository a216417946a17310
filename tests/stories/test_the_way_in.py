"""The way in goes with the carer and with 120, and whoever stood before the door says whether it works (failure 12)."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from callcenter.store.tables import homes
from tests.callcenter.whole_site import WholeSite


@pytest.fixture
def site(district: str, tmp_path: Path) -> Iterator[WholeSite]:
    made = WholeSite(district, tmp_path)
    with made.house.database.write() as conn:
        known = {"door_code": "4502#", "way_in": "东门进", "key_holder": "邻居保管"}
        conn.execute(homes.update().where(homes.c.id == 1).values(**known))
    yield made
    made.close()


def job(site: WholeSite) -> Any:
    answer = site.ask("carer", "/api/v1/phone/jobs").json
    assert answer
    [found] = answer["jobs"]
    return found["home"]


def test_the_carer_has_the_way_in_from_accepting_on_with_when_it_was_last_tried(site: WholeSite) -> None:
    visit = site.visit(0)
    assert "door_code" not in job(site)
    assert site.say("carer", f"/api/v1/visits/{visit['id']}/accept", {}).status_code == 200
    pushed = job(site)
    assert (pushed["door_code"], pushed["way_in"], pushed["key_holder"]) == ("4502#", "东门进", "邻居保管")
    assert (pushed["access_checked_at"], pushed["access_fault"]) == (None, "")


def test_a_code_that_did_not_work_is_told_to_whoever_goes_next_and_to_120(site: WholeSite) -> None:
    tried = site.say("operator", "/api/v1/homes/1/access", {"works": False, "words": "门禁换了，密码不对"})
    assert tried.status_code == 200, tried.text
    visit = site.visit(0)
    site.say("carer", f"/api/v1/visits/{visit['id']}/accept", {})
    assert job(site)["access_fault"] == "门禁换了，密码不对"
    card = site.ask("operator", f"/api/v1/calls/{visit['call_id']}").json
    assert card
    assert card["home"]["access_checked_by"] == "operator"
    for told in ("4502#", "东门进", "门禁换了，密码不对", visit["call_id"]):
        assert told in site.ask("operator", f"/calls/{visit['call_id']}/handover").text, told
    again = site.say("operator", "/api/v1/homes/1/access", {"works": True})
    assert again.status_code == 200
    assert job(site)["access_fault"] == ""


def test_a_home_that_is_not_there_and_a_carer_who_may_not(site: WholeSite) -> None:
    for wrong in ("99999", "-1", "x", "9999999999"):
        assert site.say("operator", f"/api/v1/homes/{wrong}/access", {"works": True}).status_code == 404, wrong
    assert site.say("carer", "/api/v1/homes/1/access", {"works": True}).status_code == 403
    log = [e.kind for e in site.house.log.stream("people")]
    assert "AccessChecked" not in log
