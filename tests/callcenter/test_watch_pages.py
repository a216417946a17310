"""The pages of devices over a real database: the number, the list, and everything people do from there."""

import re
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import update

from callcenter.cases_of_watch import CasesOfWatch
from callcenter.rules.times import stamp
from callcenter.store.register import Change, Kept
from callcenter.store.tables import devices
from callcenter.store.verify import verify
from tests.callcenter.whole_site import MORNING, WholeSite

PAGES = ("/watch", "/watch/devices/1003", "/watch/installations", "/watch/tests", "/watch/recalls", "/watch/incidents")


def device(site: WholeSite, account: str, **values: Any) -> None:
    with site.house.database.write() as conn:
        conn.execute(update(devices).where(devices.c.account == account).values(next_look_at="", **values))


def looked(site: WholeSite) -> None:
    """Everybody was heard just now, and the watch has looked."""
    with site.house.database.write() as conn:
        conn.execute(update(devices).values(last_heard_at=stamp(MORNING), next_look_at=""))
    site.house.watchman.tick(stamp(MORNING))


def form(site: WholeSite, who: str, page: str, action: str, **fields: str) -> int:
    """Send the form of a page, with its own hidden fields; returns the status of what follows."""
    html = site.ask(who, page).text
    found = re.search(rf'<form[^>]*action="{re.escape(action)}"[^>]*>(.*?)</form>', html, re.S)
    assert found, f"no form for {action}"
    hidden = dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', found[1]))
    answer = site.client(who).post(action, data={**hidden, **fields}, follow_redirects=True)
    form.said = re.findall(r'class="flash[^"]*"[^>]*>([^<]+)', answer.text)  # type: ignore[attr-defined]
    return answer.status_code


def said() -> list[str]:
    return list(form.said)  # type: ignore[attr-defined]


def incident(site: WholeSite) -> str:
    with site.house.log.writing() as w:
        call = CasesOfWatch(w, site.house.cases, site.house.zone).open("incident", 2, "小桥", account="incident/{call}")
        body = {"scope": "community", "place": "小桥", "cause": "mains", "homes": [[1, w.at], [2, w.at]]}
        w.append(f"call:{call}", "IncidentBegan", body, "watch")
    return call


@pytest.mark.parametrize("role", ["operator", "head", "supervisor", "admin"])
def test_whoever_sits_at_the_console_may_read_them(site: WholeSite, role: str) -> None:
    for page in PAGES:
        assert site.ask(role, page).status_code == 200, page
    assert site.ask("carer", "/watch").status_code == 403
    assert site.ask("operator", "/watch/devices/none").status_code == 404
    assert site.ask("operator", "/watch/incidents/none").status_code == 404
    assert site.ask("operator", "/watch/recalls/none").status_code == 404


def test_the_number_and_the_list_say_the_same(either_site: WholeSite) -> None:
    site = either_site
    looked(site)
    device(site, "1003", pager_lost=True)
    device(site, "1005", mains_lost=True, mains_lost_at=stamp(MORNING))
    site.house.watchman.tick(stamp(MORNING + timedelta(seconds=10)))
    answer = site.ask("operator", "/api/v1/protection").json
    assert answer is not None
    assert answer["counts"] == {"protected": 898, "unprotected": 1, "doubtful": 1, "away": 0, "without_device": 0}
    assert [(row["account"], row["reason"]) for row in answer["homes"]] == [
        ("1003", "pager_lost"), ("1005", "mains_lost"),
    ]  # fmt: skip
    page = site.ask("supervisor", "/watch").text
    assert "<dd>898</dd>" in page
    assert "Pager out of reach" in page
    assert "1005" not in site.ask("supervisor", "/watch?status=unprotected").text
    only = site.ask("operator", "/api/v1/protection?status=doubtful").json
    assert [row["account"] for row in only["homes"]] == ["1005"]  # type: ignore[index]
    assert site.ask("operator", "/api/v1/protection?status=bad").status_code == 422
    assert site.ask("operator", "/api/v1/protection?month=13").status_code == 422
    card = site.ask("operator", f"/api/v1/calls/{site.call(3)['id']}").json
    assert card["device"]["protection"]["reason"] == "pager_lost"  # type: ignore[index]


def test_an_installation_is_signed_only_after_a_live_press(site: WholeSite) -> None:
    device(site, "1003", accepted_at=None, accepted_by="", last_full_test_at=None)
    looked(site)
    assert "1003" in site.ask("operator", "/watch/installations").text
    refused = site.say("operator", "/api/v1/devices/1003/sign", {})
    assert (refused.status_code, refused.json["error"]) == (409, "no_test_press")  # type: ignore[index]
    device(site, "1003", last_full_test_at=stamp(MORNING - timedelta(minutes=5)))
    assert form(site, "operator", "/watch/installations", "/watch/devices/1003/sign") == 200
    assert said() == ["Saved"]
    site.house.watchman.tick(stamp(MORNING))
    assert site.ask("operator", "/api/v1/protection").json["counts"]["unprotected"] == 0  # type: ignore[index]
    story = site.ask("operator", "/api/v1/devices/1003").json
    assert story["device"]["accepted_by"] == "operator"  # type: ignore[index]
    assert "signed the installation" in site.ask("operator", "/watch/devices/1003").text


def test_a_device_moved_to_another_home_is_installed_anew(site: WholeSite) -> None:
    change = Change("devices", ("1003",), {"home": "H0007"}, {"home": "H0003"})
    site.house.register.keep(lambda _present: ([change], Kept("by hand", "")), "user:1 admin")
    assert site.ask("operator", "/api/v1/devices/1003").json["device"]["accepted_at"] is None  # type: ignore[index]


def test_a_test_press_that_is_overdue_is_listed_and_asked_for(site: WholeSite) -> None:
    long_ago = stamp(MORNING - timedelta(days=40))
    device(site, "1003", last_full_test_at=long_ago, accepted_at=long_ago)
    page = site.ask("operator", "/watch/tests").text
    assert "1003" in page
    assert form(site, "operator", "/watch/tests", "/watch/devices/1003/remind") == 200
    [row] = [row for row in site.ask("operator", "/api/v1/tests").json["tests"] if row["account"] == "1003"]  # type: ignore[index]
    assert row["overdue"]
    assert row["reminded_at"]


def test_a_loan_unit_must_be_registered_in_the_home_it_protects(site: WholeSite) -> None:
    refused = site.say("operator", "/api/v1/devices/1003/lend", {"loan": "1004"})
    assert (refused.status_code, refused.json["error"]) == (409, "not_there")  # type: ignore[index]
    device(site, "1004", home_id=3)
    device(site, "1003", pager_lost=True)
    looked(site)
    assert form(site, "operator", "/watch/devices/1003", "/watch/devices/1003/lend", loan="1004") == 200
    assert said() == ["Saved"]
    site.house.watchman.tick(stamp(MORNING))
    assert site.ask("operator", "/api/v1/protection").json["homes"] == []  # type: ignore[index]
    assert site.say("operator", "/api/v1/devices/1003/lend", {"loan": ""}).status_code == 200
    site.house.watchman.tick(stamp(MORNING))
    assert len(site.ask("operator", "/api/v1/protection").json["homes"]) == 1  # type: ignore[index]


def test_a_recall_opens_a_list_that_is_ticked_off(either_site: WholeSite) -> None:
    site = either_site
    device(site, "1003", firmware="9.9")
    device(site, "1005", firmware="9.9")
    looked(site)
    assert form(site, "supervisor", "/watch/recalls", "/watch/recalls", firmware="9.9", reason="天线松动") == 200
    site.house.watchman.tick(stamp(MORNING))
    now = site.ask("operator", "/api/v1/protection").json
    assert {row["reason"] for row in now["homes"]} == {"recalled"}  # type: ignore[index]
    page = "/watch/recalls/recall-1"
    assert "天线松动" in site.ask("operator", page).text
    assert form(site, "operator", page, f"{page}/1003/check", how="telephone", words="她很好") == 200
    assert "她很好" in site.ask("operator", page).text
    for account in ("1003", "1005"):
        assert form(site, "operator", page, f"{page}/{account}/mended") == 200
    [recall] = site.ask("operator", "/api/v1/recalls").json["recalls"]  # type: ignore[index]
    assert recall["closed_at"]
    again = site.say("operator", "/api/v1/recalls/recall-1/1003/mended", {})
    assert again.status_code == 409
    site.house.watchman.tick(stamp(MORNING))
    assert site.ask("operator", "/api/v1/protection").json["homes"] == []  # type: ignore[index]
    assert site.say("supervisor", "/api/v1/recalls", {"reason": "?", "firmware": "none"}).status_code == 409
    assert site.say("operator", "/api/v1/recalls", {"reason": "?", "firmware": "9.9"}).status_code == 403
    assert verify_is_clean(site)


def test_an_incident_is_one_row_with_its_list(either_site: WholeSite) -> None:
    site = either_site
    call = incident(site)
    [row] = site.ask("operator", "/api/v1/calls?stage=open").json["calls"]  # type: ignore[index]
    assert (row["known"], row["incident"]["homes"], row["incident"]["left"]) == (True, 2, 2)
    page = f"/watch/incidents/{call}"
    assert site.ask("operator", page).text.count('<tr id="home-') == 2
    assert form(site, "operator", page, f"{page}/1/safe", how="neighbour") == 200
    homes = site.ask("operator", f"/api/v1/incidents/{call}").json["incident"]["homes"]  # type: ignore[index]
    assert [(home["home_id"], home["safe_by"]) for home in homes] == [(2, ""), (1, "operator")]
    assert site.say("operator", f"/api/v1/incidents/{call}/safe", {"home": 99, "how": "visit"}).status_code == 404
    closing = {"outcome": "other", "evidence": "device_answers", "words": "已处理", "expected_version": 99}
    assert site.say("operator", f"/api/v1/calls/{call}/answer", {}).status_code == 200
    version = site.ask("operator", f"/api/v1/calls/{call}").json["call"]["version"]  # type: ignore[index]
    closing["expected_version"] = version
    assert site.say("operator", f"/api/v1/calls/{call}/close", closing).status_code == 200
    assert verify_is_clean(site)


def test_incidents_are_no_response_times_unless_they_are_asked_for(site: WholeSite) -> None:
    call = incident(site)
    day = "from=2026-11-23&to=2026-11-23&priority=1,2,3,4"
    assert call not in site.ask("supervisor", f"/supervisor?{day}").text


def test_a_failed_drill_makes_the_centre_unready(site: WholeSite) -> None:
    assert site.ask("operator", "/readyz").json["drill"] == {"state": "none", "age": None}  # type: ignore[index]
    site.house.cases.show_life("drill", stamp(MORNING), "up")
    assert site.ask("operator", "/readyz").status_code == 200
    site.house.cases.show_life("drill", stamp(MORNING), "failed", "not acknowledged")
    assert site.ask("operator", "/readyz").status_code == 503


def verify_is_clean(site: WholeSite) -> bool:
    return verify(site.house.database, site.house.log.pictures).faults == []
