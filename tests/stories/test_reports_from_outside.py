"""Reports from outside and the family's view: a link of one's own that ends; the number of the case, nothing more."""

import re
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient

from callcenter.rules.events import Row
from callcenter.store.tables import homes, personal_links, residents
from tests.callcenter.whole_site import WholeSite
from tests.conftest import MORNING


class Moving:
    """A clock that the test moves."""

    def __init__(self) -> None:
        self.now: datetime = MORNING

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def clock() -> Moving:
    return Moving()


@pytest.fixture
def site(district: str, tmp_path: Path, clock: Moving) -> Any:
    made = WholeSite(district, tmp_path, clock, public_url="https://anxin.example.cn")
    yield made
    made.close()


def link(site: WholeSite, **wanted: str) -> str:
    """Made on the page by a supervisor; returns the path behind the centre's address."""
    client, form = site.clients["supervisor"], {"csrf_token": site.form_token(site.clients["supervisor"])}
    page = client.post("/people/links", data={**form, "person": "网格员老张", "days": "30", **wanted})
    found = re.search(r"https://anxin\.example\.cn(/(?:report|family)/[\w-]{20,})", page.text)
    assert found, page.text[-2000:]
    return found[1]


def post(site: WholeSite, path: str, **typed: str) -> Any:
    return site.stranger().post(path, data={"key": "a-form-of-mine-1", "kind": "fall", "words": "坐在地上", **typed})


def newest(site: WholeSite) -> Row:
    return site.house.cases.listed([], [], "", 1)[0]


def test_a_grid_worker_reports_without_log_in_cookie_or_script_and_learns_the_number(site: WholeSite) -> None:
    path = link(site, purpose="grid", phone="13972000009", community="小桥社区")
    visitor: FlaskClient = site.stranger()
    page = visitor.get(path)
    assert (page.status_code, page.headers["X-Robots-Tag"][:7], page.headers["Referrer-Policy"]) == (
        200, "noindex", "no-referrer")  # fmt: skip
    assert "Set-Cookie" not in page.headers
    assert "<script" not in page.text
    told = post(site, path, place="3号楼门口")
    call = newest(site)
    assert call["id"] in told.text
    assert (call["source"], call["home_id"], call["stage"]) == ("grid", None, "waiting")
    assert call["callers"][0]["name"] == "网格员老张"
    assert "3号楼门口" in call["callers"][0]["place"]
    again = post(site, path, place="3号楼门口")
    assert call["id"] in again.text
    assert newest(site)["presses"] == 1, "the same form sent twice is one report"
    other = post(site, path, place="5号楼", key="another-form-2")
    assert newest(site)["id"] != call["id"], "the worker's own number does not make one case of two people"
    assert newest(site)["id"] in other.text


def test_name_and_place_that_fit_one_home_meet_the_case_of_its_pager(site: WholeSite) -> None:
    with site.house.database.write() as conn:
        conn.execute(homes.update().where(homes.c.id == 417).values(community="小桥社区", building="3号楼", unit="2"))
        first = residents.select().where(residents.c.home_id == 417).order_by(residents.c.id).limit(1)
        conn.execute(residents.update().where(residents.c.id == conn.execute(first).scalar()).values(name="才让卓玛玛"))
    pressed = site.call(417)
    told = post(site, link(site, purpose="grid", community="小桥社区"), name="才让卓玛玛", place="3号楼")
    assert pressed["id"] in told.text
    assert newest(site)["id"] == pressed["id"]
    assert newest(site)["presses"] == 2
    for secret in (pressed["place"], pressed["station"], "417"):
        assert secret not in told.text or secret in pressed["id"]


def test_a_family_reports_about_its_own_home_only_and_what_is_missing_is_said_without_losing_a_word(
    site: WholeSite,
) -> None:
    path = link(site, purpose="web", home="H0417")
    short = post(site, path, kind="", words="妈妈不接电话")
    assert short.status_code == 422
    assert "妈妈不接电话" in short.text
    post(site, path, words="妈妈不接电话")
    call = newest(site)
    assert (call["home_id"], call["source"], call["kind"]) == (417, "web", "fall")
    nowhere = site.clients["supervisor"].post("/people/links", data={
        "csrf_token": site.form_token(site.clients["supervisor"]), "purpose": "web", "person": "x", "days": "30",
        "home": "H9999"})  # fmt: skip
    assert nowhere.status_code == 422


def test_a_link_ends_by_itself_or_at_once_and_the_database_does_not_know_the_token(
    site: WholeSite, clock: Moving
) -> None:
    path = link(site, purpose="grid")
    token = path.rpartition("/")[2]
    with site.house.database.read() as conn:
        rows = conn.execute(personal_links.select()).mappings().all()
    assert token not in str(rows) + str([e.body for e in site.house.log.after(0)])
    form = {"csrf_token": site.form_token(site.clients["supervisor"]), "digest": rows[0]["digest"]}
    assert site.clients["supervisor"].post("/people/links/revoke", data=form).status_code == 303
    assert site.stranger().get(path).status_code == 404
    assert post(site, path).status_code == 404
    second = link(site, purpose="grid")
    clock.now += timedelta(days=31)
    assert site.stranger().get(second).status_code == 404
    assert site.stranger().get(f"/family/{second.rpartition('/')[2]}").status_code == 404


def test_the_family_sees_accepted_arrived_and_closed_and_nothing_else(site: WholeSite, clock: Moving) -> None:
    path = link(site, purpose="family", home="H0001")
    family = site.stranger()
    assert "当前没有" in family.get(path).text or "No case is open" in family.get(path).text
    visit = site.visit(0)
    seen = [family.get(path).text]
    for tap in ("accept", "depart", "arrive"):
        assert site.say("carer", f"/api/v1/visits/{visit['id']}/{tap}", {}).status_code == 200
        seen.append(family.get(path).text)
    assert len({re.search(r"<h1>(.*?)</h1>", text)[1] for text in seen}) == 4  # type: ignore[index]
    card = site.ask("operator", f"/api/v1/calls/{visit['call_id']}").json
    assert card
    hidden = [visit["carer_name"], visit["call_id"], card["home"]["address"], card["residents"][0]["name"], "摔倒了"]
    for text in seen:
        assert not [word for word in hidden if word in text]
    assert (
        site.say("carer", f"/api/v1/visits/{visit['id']}/finish", {"report": {"condition": "well"}}).status_code == 200
    )
    taken = site.say("operator", f"/api/v1/calls/{visit['call_id']}/answer", {})
    assert taken.status_code == 200, taken.text
    version = taken.json["call"]["version"]
    end = {"outcome": "helped", "evidence": "was_seen", "words": "没事", "expected_version": version}
    assert site.say("operator", f"/api/v1/calls/{visit['call_id']}/close", end).status_code == 200
    closed = family.get(path).text
    clock.now += timedelta(hours=13)
    assert family.get(path).text != closed, "half a day later there is nothing to see any more"


def test_reports_and_guesses_are_slowed_down(site: WholeSite) -> None:
    path = link(site, purpose="grid")
    answers = [post(site, path, key=f"form-number-{n}").status_code for n in range(12)]
    assert (answers[0], answers[-1]) == (200, 429)
    guesses = [site.stranger().get(f"/report/guess-{n}").status_code for n in range(25)]
    assert 429 in guesses
