"""What is sent: wrong types, odd letters, too much of everything, addresses that lead nowhere. Nothing of it breaks."""

import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some

from callcenter.pages.openapi import TABLE
from callcenter.pages.openapi_schemas import BODIES
from callcenter.rules import access
from callcenter.rules.events import Row
from callcenter.store.verify import verify
from tests.callcenter.what_exists import everything
from tests.callcenter.whole_site import WholeSite

ODD = "a\x00b\ud800c"


def test_a_body_that_is_too_large_is_refused_with_what_to_do(site: WholeSite) -> None:
    call = site.call()
    for who, path in (("operator", f"/api/v1/calls/{call['id']}/note"), ("device", "/api/v1/signals")):
        answer = site.say(who, path, {"text": "x" * 70_000})
        assert (answer.status_code, answer.json["error"]) == (413, "request_entity_too_large")  # type: ignore[index]
        assert re.search("smaller|小", answer.json["fix"])  # type: ignore[index]
    sent = {"data": b"x" * (22 * 1024 * 1024), "content_type": "multipart/form-data; boundary=x"}
    page = site.clients["supervisor"].post("/people/import", headers=site.headers("supervisor"), **sent)
    assert page.status_code == 413
    assert "smaller" in page.text


ANYTHING: some.SearchStrategy[Any] = some.recursive(
    some.none() | some.booleans() | some.integers() | some.floats() | some.text(max_size=12) | some.just(ODD),
    lambda inner: some.lists(inner, max_size=3) | some.dictionaries(some.text(max_size=8), inner, max_size=3),
    max_leaves=5,
)
FIELDS = sorted({field.split()[0].lstrip("~") for shape in BODIES.values() for field in shape.split(",")})
SENT = [
    (row, who) for row in TABLE if row.body for who in ("operator", "carer", "device") if access.may(who, row.right)
]


@pytest.fixture(scope="module")
def lived_in(sqlite_district: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[WholeSite, Row]]:
    """A site and what each name in a path stands for there."""
    folder = tmp_path_factory.mktemp("odd")
    shutil.copy(sqlite_district, folder / "anxin.db")
    made = WholeSite(f"sqlite:///{folder / 'anxin.db'}", folder)
    yield made, everything(made) | {"name": "texts"}
    made.close()


@pytest.mark.parametrize(("row", "who"), SENT, ids=lambda one: getattr(one, "path", one))
def test_no_body_of_a_wrong_type_breaks_anything(lived_in: tuple[WholeSite, Row], row: Any, who: str) -> None:
    site, known = lived_in
    path = row.path.format(**known)

    @given(body=ANYTHING | some.dictionaries(some.sampled_from(FIELDS), ANYTHING, max_size=6))
    @settings(max_examples=12, deadline=None, database=None, derandomize=True, suppress_health_check=list(HealthCheck))
    def send(body: Any) -> None:
        answer = site.say(who, path, body)
        assert answer.status_code in (200, 201, 202, 404, 409, 422), answer.text
        if answer.status_code == 422:
            assert (answer.json or {})["field"]
            assert (answer.json or {})["fix"]

    send()


@pytest.mark.parametrize(
    "raw",
    [b"", b"{", b"[]", b"null", b"\xff\xfe", b'"text"', b"[" * 5000, b'{"a":' * 500 + b"1" + b"}" * 500, b"1" * 5000],
)
def test_no_body_that_is_no_object_breaks_anything(site: WholeSite, raw: bytes) -> None:
    for who, path in (
        ("operator", "/api/v1/calls"),
        ("operator", f"/api/v1/calls/{site.call()['id']}/note"),
        ("device", "/api/v1/signals"),
    ):
        answer = site.client(who).post(path, data=raw, headers=site.headers(who), content_type="application/json")
        assert (answer.status_code, (answer.json or {}).get("field")) == (422, "body"), answer.text


def test_letters_no_store_can_hold_are_cleaned_on_both(either_site: WholeSite) -> None:
    site = either_site
    call = site.call(text=f"电话 {ODD}")
    assert call["reason"] == "电话 a�b�c"
    path = f"/api/v1/calls/{call['id']}"
    assert site.say("operator", f"{path}/answer", {}).status_code == 200
    assert site.say("operator", f"{path}/note", {"text": ODD}).status_code == 200
    visit = site.visit(0)
    for tap, body in (("accept", {}), ("arrive", {}), ("finish", {"report": {"condition": "well", "text": ODD}})):
        answer = site.say("carer", f"/api/v1/visits/{visit['id']}/{tap}", body)
        assert answer.status_code == 200, answer.text
    assert site.say("device", "/api/v1/signals", {"account": ODD, "kind": "sos", "text": ODD}).status_code == 202
    assert site.say("operator", "/api/v1/calls", {"source": ODD, "text": "x"}).status_code == 422
    assert not verify(site.house.database, site.house.log.pictures).faults


NUMBERS = ("0", "-1", "x", "1" * 40, "9" * 18, "%00", "")


def test_no_address_breaks_anything_on_either_store(either_site: WholeSite) -> None:
    site = either_site
    odd = [
        "%00",
        "x" * 5000,
        quote("'; DROP TABLE calls; --"),
        "%ff%fe",
        "%F0%9F%9A%91",
        "..%2f..%2fapp.py",
        "%ED%A0%80",
    ]
    paths = [f"/api/v1/calls/{one}" for one in odd] + [f"/api/v1/calls/{one}/candidates" for one in odd]
    paths += [f"{page}/{one}" for page in ("/people/homes", "/supervisor/calls") for one in odd]
    paths += [f"/people?q={one}" for one in odd] + [f"/supervisor?q={one}&station={one}&from={one}" for one in odd]
    paths += [f"/{page}?page={n}" for page in ("people", "people/devices", "supervisor") for n in NUMBERS]
    paths += [f"/api/v1/{name}?after={n}&limit={n}" for name in ("events", "frames", "calls") for n in NUMBERS]
    paths += [f"/api/v1/calls?stage={one}" for one in odd] + [f"/api/v1/calls?priority={n}" for n in NUMBERS]
    paths += [f"/supervisor?priority={n}&station={n}&operator={n}&show={n}&sort={n}&from={n}&to={n}" for n in NUMBERS]
    for path in paths:
        answer = site.ask("supervisor", path)
        assert answer.status_code < 500, (path[:80], answer.text[:300])


def test_no_log_in_breaks_anything_on_either_store(either_site: WholeSite) -> None:
    site, client = either_site, either_site.stranger()
    for login, password in (
        (ODD.replace("\ud800", ""), "x"),
        ("x" * 5000, "y" * 5000),
        ("", ""),
        ("' OR 1=1 --", "%00"),
    ):
        assert site.log_in(client, login, password).status_code in (401, 422)
    odd = {"Authorization": f"Bearer {'x' * 5000}"}
    assert site.stranger().get("/api/v1/snapshot", headers=odd).status_code == 401


@pytest.mark.parametrize(
    "path", ["../app.py", "%2e%2e/app.py", "..%2fapp.py", "css/../../config.toml", "/etc/passwd", "..\\app.py"]
)
def test_no_path_leads_out_of_the_static_folder(site: WholeSite, path: str) -> None:
    answer = site.ask("operator", f"/static/{path}")
    assert answer.status_code in (308, 404)
    assert "import" not in answer.text
