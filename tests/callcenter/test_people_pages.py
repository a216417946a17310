"""The people pages, asked as a browser asks: finding, looking, changing, bringing in, and who may not."""

import io
import re
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from flask import Blueprint
from flask.testing import FlaskClient
from sqlalchemy import delete, insert, update

from callcenter import settings
from callcenter.demo import load
from callcenter.exchange import Exchange
from callcenter.pages.guard import need
from callcenter.pages.people import people
from callcenter.pages.site import furnish, site
from callcenter.store.database import Database
from callcenter.store.log import Log
from callcenter.store.people import People
from callcenter.store.register import Register
from callcenter.store.tables import devices, homes, metadata, residents, shifts, users
from callcenter.store.users import Users

ZONE = ZoneInfo("Asia/Shanghai")
NOW = datetime(2026, 11, 21, 4, 0, tzinfo=UTC)
ROLES = ("operator", "supervisor", "carer", "admin")


class Browser:
    """One person at a browser: knows the CSRF token of the page it last saw."""

    def __init__(self, client: FlaskClient, number: int) -> None:
        self.client = client
        with client.session_transaction() as session:
            session["_user_id"], session["_fresh"] = f"{number}:0", True

    def get(self, path: str, status: int = 200) -> str:
        answer = self.client.get(path)
        assert answer.status_code == status, answer.text[:400]
        return answer.text

    def post(self, path: str, page: str, status: int, /, **values: object) -> str:
        token = re.search(r'name="csrf_token" value="([^"]+)"', page)
        assert token
        answer = self.client.post(path, data={"csrf_token": token[1], **values})
        assert answer.status_code == status, answer.text[:400]
        return answer.text


class Centre:
    def __init__(self, folder: Path) -> None:
        self.database = Database(f"sqlite:///{folder / 'anxin.db'}")
        metadata.create_all(self.database.engine)
        self.log = Log(self.database, lambda: NOW, [])
        self.register = Register(self.database, self.log)
        self.exchange = Exchange(self.register, ZONE)
        with self.database.write() as conn:
            for number, role in enumerate(ROLES, start=1):
                conn.execute(insert(users).values(id=number, login=role, name=role, role=role, password_hash="-"))
        self.app, _ = site(b"k" * 32, "", settings.Centre(), Users(self.database), dict)
        page = people(need, People(self.database), self.register, self.exchange, ZONE, lambda: NOW)
        login = Blueprint("login", __name__)
        login.add_url_rule("/login", "login", lambda: "log in")
        furnish(self.app, [page, login])

    def browser(self, role: str = "supervisor") -> Browser:
        return Browser(self.app.test_client(), ROLES.index(role) + 1)


@pytest.fixture
def empty(tmp_path: Path) -> Iterator[Centre]:
    centre = Centre(tmp_path)
    yield centre
    centre.database.close()


@pytest.fixture
def centre(empty: Centre) -> Centre:
    load(empty.register, date(2026, 11, 21), ZONE)
    return empty


def form_of(page: str) -> dict[str, str]:
    """What a browser would send back of a form nobody touched."""
    values = {}
    for name, rest in re.findall(r'<input [^>]*?name="([^"]+)"([^>]*)>', page):
        if (value := re.search(r'value="([^"]*)"', rest)) and name != "csrf_token":
            values[name] = _plain(value[1])
    for name, text in re.findall(r'<textarea [^>]*?name="([^"]+)"[^>]*>([^<]*)</textarea>', page):
        values[name] = _plain(text)
    for name, options in re.findall(r'<select [^>]*?name="([^"]+)"[^>]*>(.*?)</select>', page, re.S):
        chosen = re.search(r'<option value="([^"]*)" selected', options)
        values[name] = _plain(chosen[1]) if chosen else ""
    values.pop("next", None)
    return values


def _plain(text: str) -> str:
    return text.replace("&#34;", '"').replace("&amp;", "&").replace("&lt;", "<").replace("&gt;", ">")


def test_somebody_is_found_and_looked_at(centre: Centre) -> None:
    browser = centre.browser("operator")
    assert "1050" in browser.get("/people")
    found = browser.get("/people?q=1417")
    assert "/people/homes/H0417" in found
    page = browser.get("/people/homes/H0417")
    assert "1417" in page
    assert "/edit" not in page  # an operator reads
    assert "没有这个人" in browser.get("/people?q=没有这个人")
    browser.get("/people/homes/H9999", 404)
    assert browser.get("/people?station=2&tier=A&page=99")


def test_who_may_not_is_turned_away(centre: Centre) -> None:
    operator, carer = centre.browser("operator"), centre.browser("carer")
    operator.get("/people/homes/H0001/edit", 403)
    operator.get("/people/import", 403)
    operator.get("/people/export.xlsx", 403)
    carer.get("/people", 403)
    assert centre.app.test_client().get("/people").status_code == 302


def test_a_form_nobody_touched_changes_nothing(centre: Centre) -> None:
    browser = centre.browser()
    for code in ("H0001", "H0002", "H0417", "H0900"):
        page = browser.get(f"/people/homes/{code}/edit")
        browser.post(f"/people/homes/{code}/edit", page, 302, **form_of(page))
    assert [event.kind for event in centre.log.stream("people")] == ["PeopleImported"]


def test_a_home_is_changed_and_the_log_names_what(centre: Centre) -> None:
    browser = centre.browser()
    page = browser.get("/people/homes/H0001/edit")
    values = form_of(page)
    person = next(name.split(".")[0] for name in values if name.endswith(".tier"))
    values |= {"home.way_in": "敲窗 <b>", f"{person}.tier": "A", f"{person}.away_until": "2026-12-01 18:00"}
    values |= {f"{person}.contacts.0.{name}": "" for name in ("name", "phone", "relation", "reachable", "minutes_away")}
    values |= {
        f"{person}.contacts.8.name": "新邻居",
        f"{person}.contacts.8.phone": "000-777",
        f"{person}.health.9.text": "怕黑",
    }
    browser.post("/people/homes/H0001/edit", page, 302, **values)
    page = browser.get("/people/homes/H0001")
    assert "敲窗 &lt;b&gt;" in page
    assert "新邻居" in page
    assert "怕黑" in page
    assert "2026-12-01 18:00" in page
    event = centre.log.stream("people")[-1]
    assert event.kind == "PeopleChanged"
    assert {"way_in", f"{person} tier", f"{person} contacts", f"{person} health"} <= set(event.body["changed"])


def test_a_fault_in_the_form_loses_nothing_typed(centre: Centre) -> None:
    browser = centre.browser()
    page = browser.get("/people/homes/H0001/edit")
    values = form_of(page)
    values |= {"home.phone": "not a phone", "home.way_in": "long story", "home.address": ""}
    page = browser.post("/people/homes/H0001/edit", page, 422, **values)
    assert 'value="not a phone"' in page
    assert "long story" in page
    assert 'href="#f-home-phone"' in page
    assert 'href="#f-home-address"' in page
    assert form_of(page)["seen"] == values["seen"]


def test_two_people_at_one_home_do_not_overwrite_each_other(centre: Centre) -> None:
    one, other = centre.browser(), centre.browser("admin")
    path = "/people/homes/H0001/edit"
    first, second = one.get(path), other.get(path)
    one.post(path, first, 302, **(form_of(first) | {"home.way_in": "mine"}))
    page = other.post(path, second, 409, **(form_of(second) | {"home.way_in": "yours"}))
    assert "yours" in page
    other.post(path, page, 302, **form_of(page))
    assert "yours" in other.get("/people/homes/H0001")


def test_a_workbook_is_shown_first_and_brought_in_after(empty: Centre) -> None:
    browser = empty.browser()
    assert "/people/import" in browser.get("/people")
    page = browser.get("/people/import")
    text = "住户编号,地址,老人姓名,设备账号\nH1,小桥大街12号,王秀英,0417\n".encode()

    def send(status: int = 200, name: str = "homes.csv", data: bytes = text, **values: str) -> str:
        return browser.post("/people/import", page, status, file=(io.BytesIO(data), name), **values)

    shown = send()
    digest = re.search(r'name="looked_at" value="([^"]+)"', shown)
    assert digest
    assert "homes.csv" in shown
    assert "0417" not in browser.get("/people/devices")
    assert "looked_at" not in send(looked_at=digest[1])
    assert "0417" in browser.get("/people/devices")
    send(200, looked_at=digest[1])  # what was looked at is no longer what would happen
    refused = send(422, data="住户编号,地址\nH2,\n".encode())
    assert "<td>2</td><td>地址 (B)</td>" in refused
    browser.post("/people/import", page, 302)


def test_template_and_export_are_workbooks(centre: Centre) -> None:
    browser = centre.browser()
    for name in ("template", "export"):
        answer = browser.client.get(f"/people/{name}.xlsx")
        assert answer.data[:2] == b"PK"
        assert "attachment" in answer.headers["Content-Disposition"]
    assert not centre.exchange.look("export.xlsx", answer.data).changes
    assert centre.log.stream("reports")[-1].kind == "ReportExported"


def test_the_roster_warns_when_it_runs_out_or_has_a_hole(centre: Centre) -> None:
    browser = centre.browser()
    page = browser.get("/people/carers")
    assert "flash-error" not in page
    assert page.count("<strong>") >= 18
    with centre.database.write() as conn:
        conn.execute(delete(shifts).where(shifts.c.starts_at > "2026-11-23T"))
    page = browser.get("/people/carers")
    assert page.count("flash-error") == 2
    with centre.database.write() as conn:
        conn.execute(delete(shifts))
    assert "flash-error" in browser.get("/people/carers")


def test_devices_show_their_signs_of_life(centre: Centre) -> None:
    with centre.database.write() as conn:
        conn.execute(update(devices).values(last_heard_at="2026-11-21T03:59:00.000Z"))
        conn.execute(update(devices).where(devices.c.account == "1500").values(last_heard_at=None, battery_low=True))
    browser = centre.browser("operator")
    assert "1500" in browser.get("/people/devices")
    page = browser.get("/people/devices?silent=1")
    assert "1500" in page
    assert "1501" not in page


def test_an_empty_centre_says_what_to_do(empty: Centre) -> None:
    browser = empty.browser()
    for path in ("/people", "/people?q=x", "/people/carers", "/people/devices", "/people/import"):
        browser.get(path)
    with empty.database.write() as conn:
        conn.execute(insert(homes).values(code="H1", address="x"))
        conn.execute(delete(residents))
    assert "H1" in browser.get("/people/homes/H1")
    assert "H1" in browser.get("/people/homes/H1/edit")
