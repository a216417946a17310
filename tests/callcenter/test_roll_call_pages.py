"""Roll calls over HTTP: the API of the console, a carer's phone, the list on paper and what is typed in from it."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from callcenter.rules.events import Row
from tests.callcenter.whole_site import WholeSite

AREA = [["district", ""]]


@pytest.fixture
def site(district: str, tmp_path: Path) -> Iterator[WholeSite]:
    made = WholeSite(district, tmp_path)
    yield made
    made.close()


def begin(site: WholeSite, **more: Any) -> str:
    answer = site.say("operator", "/api/v1/rollcalls", {"areas": AREA, "cause": "power", **more})
    assert answer.status_code == 200, answer.text
    return str(answer.json["rollcall"])  # type: ignore[index]


def counts(site: WholeSite) -> Row:
    found: Row = site.ask("operator", "/api/v1/rollcalls").json["rollcalls"][0]["counts"]  # type: ignore[index]
    return found


def test_a_warning_is_declared_shown_changed_and_ended(site: WholeSite) -> None:
    body = {"areas": AREA, "level": "warning", "cause": "power", "minutes": 60}
    done = site.say("operator", "/api/v1/mass", body)
    assert done.status_code == 200, done.text
    (event,) = site.ask("operator", "/api/v1/mass").json["events"]  # type: ignore[index]
    assert (event["level"], len(event["homes"]), event["begun_by"]) == ("warning", 900, "operator")
    snapshot = site.ask("operator", "/api/v1/snapshot").json
    assert snapshot["technical"]["mass"][0]["id"] == event["id"]  # type: ignore[index]
    again = site.say("supervisor", "/api/v1/mass", body)
    assert (again.status_code, again.json["error"]) == (409, "mass_stands")  # type: ignore[index]
    human = site.say("supervisor", f"/api/v1/mass/{event['id']}/change", {"kinds": ["sos"]})
    assert (human.status_code, human.json["error"]) == (409, "human_kind")  # type: ignore[index]
    assert site.say("supervisor", f"/api/v1/mass/{event['id']}/end", {}).json["folded"]["count"] == 0  # type: ignore[index]
    for wrong in ({"areas": []}, {"areas": [["planet", "x"]]}, {"minutes": 0}, {"cause": "aliens"}, {"level": "sos"}):
        assert site.say("operator", "/api/v1/mass", body | wrong).status_code == 422


def test_a_carer_sees_their_own_share_and_no_door_code_and_says_what_they_found(site: WholeSite) -> None:
    begin(site)
    mine = site.ask("carer", "/api/v1/phone/rollcall").json
    (roll,) = mine["rollcalls"]  # type: ignore[index]
    assert 0 < len(roll["homes"]) <= 40
    assert "door_code" not in roll["homes"][0]
    home = roll["homes"][0]["home_id"]
    path = f"/api/v1/phone/rollcall/{roll['id']}/{home}"
    assert site.say("carer", path, {"state": "safe"}).status_code == 422, "safe, but how is that known?"
    done = site.say("carer", path, {"state": "safe", "how": "seen"})
    assert done.json["mark"]["state"] == "safe"  # type: ignore[index]
    assert counts(site)["safe"] == 1
    assert site.say("carer", path + "/back", {}).status_code == 200
    assert counts(site)["safe"] == 0
    helped = site.say("carer", path, {"state": "help", "words": "胸闷"})
    call = helped.json["mark"]["call_id"]  # type: ignore[index]
    card = site.ask("operator", f"/api/v1/calls/{call}").json
    assert card["call"]["priority"] == 1  # type: ignore[index]
    assert card["call"]["kind"] == "needs_help"  # type: ignore[index]
    assert site.say("carer", "/api/v1/phone/rollcall/r1/1", {"state": "help"}).status_code == 404


def test_the_list_on_paper_has_door_codes_only_for_whoever_may_edit_homes_and_printing_is_written_down(
    site: WholeSite,
) -> None:
    roll = begin(site)
    homes = site.ask("operator", f"/api/v1/rollcalls/{roll}?left=1").json["homes"]  # type: ignore[index]
    assert len(homes) == 900
    with site.house.database.read() as conn:
        from callcenter.store import rollcalls

        codes = {
            row["door_code"]
            for row in rollcalls.households(
                conn, [h["home_id"] for h in homes], site.house.clock().date(), True
            ).values()
            if len(row["door_code"]) > 3
        }
    assert codes
    station = homes[0]["station_id"]
    plain = site.ask("operator", f"/rollcalls/{roll}/paper?station={station}&codes=1").text
    assert homes[0]["people"][0]["name"] in plain
    assert not any(f"Door code {code}" in plain for code in codes)
    assert any(f"Door code {code}" in site.ask("head", f"/rollcalls/{roll}/paper?codes=1").text for code in codes)
    printed = [e.body for e in site.house.log.stream(f"rollcall:{roll}") if e.kind == "RollCallPrinted"]
    assert [(body["name"], body["codes"]) for body in printed] == [("operator", False), ("head", True)]


def test_a_sheet_is_typed_in_whole_with_its_times_or_not_at_all(site: WholeSite) -> None:
    roll = begin(site)
    homes = [h["home_id"] for h in site.ask("operator", f"/api/v1/rollcalls/{roll}").json["homes"][:3]]  # type: ignore[index]
    page = site.ask("operator", f"/rollcalls/{roll}/entry").text
    key = re.search(r'name="key" value="([^"]+)"', page)
    assert key
    client, token = site.client("operator"), site.form_token(site.client("operator"))
    sheet = {"csrf_token": token, "key": key[1], f"tick-{homes[0]}": "seen", f"at-{homes[0]}": "09:40",
             f"tick-{homes[1]}": "not_reached", f"tick-{homes[2]}": ""}  # fmt: skip
    path = f"/rollcalls/{roll}/entry"
    assert "The time of a result is missing" in client.post(path, data=sheet, follow_redirects=True).text
    assert counts(site)["safe"] == 0
    for wrong in ("25:00", "soon", "9"):
        assert "This is no time of day" in client.post(path, data=sheet | {"at": wrong}, follow_redirects=True).text
    assert "2 results entered" in client.post(path, data=sheet | {"at": "09:50"}, follow_redirects=True).text
    assert "2 results entered" in client.post(path, data=sheet | {"at": "09:50"}, follow_redirects=True).text, "once"
    found = {h["home_id"]: h for h in site.ask("operator", f"/api/v1/rollcalls/{roll}").json["homes"]}  # type: ignore[index]
    assert (found[homes[0]]["at"], found[homes[0]]["by_hand"]) == ("2026-11-23T01:40:00.000Z", True)
    assert (found[homes[1]]["state"], found[homes[1]]["tries"]) == ("not_reached", 1)
    assert site.house.log.stream(f"rollcall:{roll}")[-1].kind == "RollCallMarked"


def test_the_report_and_the_history_show_what_was_reached_and_a_drill_says_that_it_is_one(site: WholeSite) -> None:
    roll = begin(site, drill=True, carers=[site.carers[0]["id"]])
    for home in site.ask("operator", f"/api/v1/rollcalls/{roll}").json["homes"][:2]:  # type: ignore[index]
        site.say("operator", f"/api/v1/rollcalls/{roll}/homes/{home['home_id']}", {"state": "safe", "how": "spoke"})
    for address in (f"/rollcalls/{roll}", f"/rollcalls/{roll}/paper", f"/rollcalls/{roll}/entry"):
        assert "DRILL" in site.ask("supervisor", address).text
    assert site.say("operator", f"/api/v1/rollcalls/{roll}/end", {}).status_code == 200
    page = site.ask("supervisor", "/rollcalls").text
    assert "DRILL" in page
    assert "2 / 900" in page
    home = site.ask("operator", f"/api/v1/rollcalls/{roll}").json["homes"][-1]["home_id"]  # type: ignore[index]
    assert site.ask("operator", "/api/v1/rollcalls").json["rollcalls"] == []  # type: ignore[index]
    assert site.say("operator", f"/api/v1/rollcalls/{roll}/share", {}).status_code == 409
    assert site.say("operator", f"/api/v1/rollcalls/{roll}/homes/{home}x", {"state": "help"}).status_code == 404
