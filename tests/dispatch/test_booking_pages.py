"""The pages and the API of booked services, asked as browsers and machines ask them."""

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from werkzeug.test import TestResponse

from callcenter.rules.times import stamp
from tests.callcenter.whole_site import WholeSite

WISH = {"service": "clean", "home_id": 1, "day": "2026-11-23", "begin": "11:00", "end": "12:00"}
FORM = {**{name: str(value) for name, value in WISH.items()}, "skip_holidays": "1", "every": "1", "source": "phone"}


@pytest.fixture
def site(sqlite_district: Path, tmp_path: Path) -> Iterator[WholeSite]:
    shutil.copy(sqlite_district, tmp_path / "anxin.db")
    made = WholeSite(f"sqlite:///{tmp_path / 'anxin.db'}", tmp_path)
    yield made
    made.close()


def post(site: WholeSite, who: str, path: str, **fields: Any) -> TestResponse:
    """A page's form, with the token the page carries."""
    token = site.headers(who)["X-CSRFToken"]
    data = {"csrf_token": token, "key": str(uuid4()), **fields}
    return site.client(who).post(path, data=data, follow_redirects=True)


def booked(site: WholeSite, **more: Any) -> dict[str, Any]:
    answer = site.say("operator", "/api/v1/bookings", {**WISH, **more})
    assert answer.status_code == 201, answer.text
    found: dict[str, Any] = answer.json["booking"]  # type: ignore[index]
    return found


def to_rate(site: WholeSite) -> str:
    """A carer has visited somebody; returns the call-back about it."""
    visit = site.visit(0)
    dispatcher, carer = site.house.dispatcher, visit["asked"][-1]["carer_id"]
    with site.house.log.writing() as w:
        dispatcher.accept(w, visit["id"], carer, "carer")
        dispatcher.arrive(w, visit["id"], carer, "carer")
        dispatcher.finish(w, visit["id"], carer, "carer", {"condition": "well", "done": [], "text": ""})
    site.house.parts.services.tick(stamp(site.house.clock()))
    return f"rate:{visit['id']}"


@pytest.mark.parametrize(
    "path", ["/bookings", "/bookings/new", "/bookings/new?q=wang", "/bookings/day", "/callbacks", "/callbacks?all=1",
             "/callbacks/figures", "/services", "/services?edit=bath", "/bookings?stage=planned&station=1"],
)  # fmt: skip
def test_every_page_opens_for_a_supervisor(site: WholeSite, path: str) -> None:
    booked(site)
    assert site.ask("supervisor", path).status_code == 200


def test_a_booking_is_made_from_a_call_and_the_call_says_so(site: WholeSite) -> None:
    call = site.call(1, kind="service", text="想请人打扫")
    page = site.ask("operator", f"/bookings/new?call={call['id']}")
    assert f'name="from_call" value="{call["id"]}"' in page.text
    made = post(site, "operator", "/bookings", **FORM, from_call=call["id"])
    assert "1 visits booked" in made.text
    card = site.ask("operator", f"/api/v1/calls/{call['id']}").json
    assert any("助洁" in line["text"] for line in card["timeline"])  # type: ignore[index]


def test_what_stands_against_it_is_said_and_it_can_be_booked_all_the_same(site: WholeSite) -> None:
    booked(site)
    refused = post(site, "operator", "/bookings", **FORM)
    assert refused.status_code == 409
    assert "This home has 助洁" in refused.text
    assert 'name="anyway"' in refused.text
    assert "1 visits booked" in post(site, "operator", "/bookings", **FORM, anyway="1").text


def test_who_could_come_is_said_without_booking(site: WholeSite) -> None:
    before = site.head()
    said = post(site, "operator", "/bookings", **FORM, look="1")
    assert "could come at" in said.text
    answer = site.say("operator", "/api/v1/bookings/look", WISH).json
    assert answer["place"]["carer_name"] in said.text  # type: ignore[index]
    assert site.head() == before


def test_a_field_that_cannot_be_used_is_named(site: WholeSite) -> None:
    assert post(site, "operator", "/bookings", **{**FORM, "begin": "25:00"}).status_code == 422
    answer = site.say("operator", "/api/v1/bookings", {**WISH, "day": "tomorrow"})
    assert (answer.status_code, answer.json["field"]) == (422, "day")  # type: ignore[index]


def test_a_booking_is_moved_and_called_off(site: WholeSite) -> None:
    made = booked(site)
    page = post(site, "operator", f"/bookings/{made['id']}/move", day="2026-11-23", begin="15:00", end="15:30")
    assert "11-23 15:00–15:30" in page.text
    page = post(site, "operator", f"/bookings/{made['id']}/cancel", reason="住院")
    assert "Called off" in page.text
    again = site.say("operator", f"/api/v1/bookings/{made['id']}/cancel", {"reason": "住院"})
    assert again.status_code == 409


def test_the_plan_of_the_day_lists_each_carers_way(site: WholeSite) -> None:
    made = booked(site)
    page = site.ask("head", f"/bookings/day?station={made['station_id']}&day=2026-11-23")
    assert made["carer_name"] in page.text
    again = post(site, "head", "/bookings/day", station=str(made["station_id"]), day="2026-11-23")
    assert made["carer_name"] in again.text


def test_a_carer_sees_their_own_plan_and_no_door_code(site: WholeSite) -> None:
    made = booked(site)
    carer = site.house.users.by_login("carer")
    assert carer is not None
    plan = site.ask("carer", "/api/v1/phone/plan")
    mine = [v["booking"] for v in plan.json["visits"]]  # type: ignore[index]
    assert mine == ([made["id"]] if made["carer_id"] == carer["carer_id"] else [])
    assert "door_code" not in plan.text


def test_the_supervisor_changes_the_catalogue_and_an_operator_may_not(site: WholeSite) -> None:
    fields = {"code": "haircut", "name": "理发", "minutes": "40", "carers": "1", "price": "20", "subsidy": "10",
              "within_hours": "72", "interruptible": "1", "active": "1", "skills": "first_aid"}  # fmt: skip
    assert "理发" in post(site, "supervisor", "/services", **fields).text
    kept = next(one for one in site.house.parts.services.diary.services() if one["code"] == "haircut")
    assert (kept["minutes"], kept["skills"], kept["outcomes"]) == (40, ["first_aid"], [])
    assert post(site, "operator", "/services", **fields).status_code == 403
    post(site, "supervisor", "/services", **{**fields, "active": ""})
    refused = site.say("operator", "/api/v1/bookings", {**WISH, "service": "haircut"})
    assert refused.json["error"] == "no_service"  # type: ignore[index]


def test_a_low_rating_on_the_page_opens_the_case_and_stands_in_the_figures(site: WholeSite) -> None:
    task = to_rate(site)
    assert "没来" not in site.ask("supervisor", "/callbacks/figures").text
    page = post(site, "operator", f"/callbacks/{task}", result="1", words="迟到，没打扫干净")
    assert page.status_code == 200
    figures = site.ask("supervisor", "/callbacks/figures")
    assert "迟到，没打扫干净" in figures.text
    row = site.house.parts.services.diary.callback(task)
    assert row is not None
    call = site.ask("operator", f"/api/v1/calls/{row['call_id']}").json["call"]  # type: ignore[index]
    assert (call["complaint"], call["order_state"], call["rating"]) == (True, "rated", 1)


def test_a_low_rating_without_words_is_refused_and_nothing_is_lost(site: WholeSite) -> None:
    task = to_rate(site)
    page = post(site, "operator", f"/callbacks/{task}", result="2")
    assert "A low rating needs words" in page.text
    row = site.house.parts.services.diary.callback(task)
    assert row is not None
    assert row["stage"] == "open"


def test_the_list_says_whom_to_ring_and_by_which_number(site: WholeSite) -> None:
    task = to_rate(site)
    with site.house.log.writing() as w:
        row = w.row("callbacks", task)
    assert row is not None
    answer = site.say("operator", f"/api/v1/callbacks/{task}/no_reply", {})
    assert answer.json["stage"] == "open"  # type: ignore[index]
    listed = site.ask("operator", "/api/v1/callbacks").json["callbacks"]  # type: ignore[index]
    assert [one["id"] for one in listed] == [task]
    assert len(listed[0]["tries"]) == 1
