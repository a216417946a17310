"""The page on which a filled-in case form is typed, and the API: nothing typed is lost when it is refused."""

import re
from datetime import timedelta

from callcenter.rules.times import stamp
from tests.callcenter.whole_site import WholeSite
from tests.conftest import MORNING, ZONE

LOCAL = "%Y-%m-%dT%H:%M"
BEGAN = MORNING - timedelta(hours=2)


def typed(site: WholeSite, **more: str) -> dict[str, str]:
    at = BEGAN.astimezone(ZONE)
    usual = {
        "csrf_token": site.form_token(site.clients["operator"]), "key": "paper-0001", "home_id": "42", "kind": "fall",
        "opened_at": at.strftime(LOCAL), "arrived_at": (at + timedelta(minutes=15)).strftime(LOCAL),
        "closed_at": (at + timedelta(minutes=40)).strftime(LOCAL), "sent": "王丽，李明", "outcome": "helped",
        "evidence": "was_seen", "words": "扶起，无外伤", "why": "断电",
    }  # fmt: skip
    return usual | more


def test_somebody_is_found_by_name_and_a_form_with_the_fields_of_the_paper_comes(site: WholeSite) -> None:
    name = site.house.people.card({"home_id": 42, "account": ""}, MORNING, ZONE)["residents"][0]["name"]
    found = site.ask("operator", f"/by-hand?q={name}").text
    assert "home_id=42" in found
    page = site.ask("operator", "/by-hand?home_id=42").text
    assert name in page
    order = ["kind", "opened_at", "answered_at", "sent_at", "sent", "arrived_at", "closed_at", "outcome", "evidence"]
    assert re.findall(r'name="(\w+)"', page)[-11:] == [*order, "words", "why"]


def test_the_form_makes_one_case_however_often_it_is_sent(site: WholeSite) -> None:
    for _ in range(2):
        answer = site.clients["operator"].post("/by-hand", data=typed(site))
        assert answer.status_code == 302
    (call,) = site.house.cases.listed((), (), "", 10)
    assert (call["opened_at"], call["closed_at"]) == (stamp(BEGAN), stamp(BEGAN + timedelta(minutes=40)))
    assert call["by_hand"]["sent"] == ["王丽", "李明"]
    assert call["id"].startswith(BEGAN.astimezone(ZONE).strftime("%Y%m%d")), "of the day it happened"


def test_what_is_refused_comes_back_with_everything_that_was_typed(site: WholeSite) -> None:
    before = site.head()
    wrong = [
        (typed(site, why=""), 409, "write why"),
        (typed(site, opened_at="yesterday"), 422, "Called or pressed at"),
        (typed(site, words=""), 422, "What happened"),
        (typed(site, key="x"), 422, "idempotency"),
        (typed(site, closed_at="2031-01-01T00:00"), 409, "future"),
    ]
    for data, status, said in wrong:
        answer = site.clients["operator"].post("/by-hand", data=data)
        assert (answer.status_code, said in answer.text) == (status, True), (said, answer.text[-3000:])
        assert "王丽，李明" in answer.text
        assert data["key"] in answer.text
    assert site.head() == before


def test_another_system_may_enter_it_and_is_told_what_is_wrong(site: WholeSite) -> None:
    body = {"home_id": 42, "kind": "fall", "opened_at": stamp(BEGAN), "words": "扶起", "why": "断电"}
    answer = site.say("operator", "/api/v1/by-hand", body)
    assert (answer.status_code, (answer.json or {})["call"]["stage"]) == (201, "answered")
    wrong = ({**body, "kind": "mains_lost"}, {**body, "sent": ["x"] * 7}, {**body, "outcome": "restart"})
    assert [site.say("operator", "/api/v1/by-hand", one).status_code for one in wrong] == [422, 422, 422]
    assert site.say("operator", "/api/v1/by-hand", {**body, "home_id": 99999}).status_code == 404
    assert site.say("carer", "/api/v1/by-hand", body).status_code == 403
