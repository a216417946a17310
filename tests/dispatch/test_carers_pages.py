"""Tags and photos through the whole web application: who may, what a stranger learns, what is left afterwards."""

import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import pytest
from werkzeug.test import TestResponse

from callcenter.rules.events import Row
from tests.callcenter.whole_site import NOBODY, WholeSite

JPEG = b"\xff\xd8\xff\xe0" + b"picture" * 100 + b"\xff\xd9"


@pytest.fixture
def site(sqlite_district: Path, tmp_path: Path) -> Iterator[WholeSite]:
    shutil.copy(sqlite_district, tmp_path / "anxin.db")
    made = WholeSite(f"sqlite:///{tmp_path / 'anxin.db'}", tmp_path)
    yield made
    made.close()


@pytest.fixture
def visit(site: WholeSite) -> Row:
    """A visit that the carer who can log in here has accepted."""
    house = site.house
    answer = site.say("operator", "/api/v1/calls", {"source": "phone", "text": "摔倒了", "kind": "fall", "home_id": 42,
                                                    "key": str(uuid4())})  # fmt: skip
    call = answer.json["call"]
    with house.log.writing() as w:
        asked = house.dispatcher.request(w, call["id"], "user:1 李敏", site.carers[0]["id"])
        return house.dispatcher.accept(w, asked["id"], site.carers[0]["id"], "carer")


def send(site: WholeSite, visit: Row, picture: bytes = JPEG, who: str = "carer", key: str = "") -> TestResponse:
    headers = site.headers(who) | {"X-Key": key or str(uuid4()), "Accept": "application/json"}
    headers["X-CSRFToken"] = site.form_token(site.clients[who])
    return site.clients[who].post(
        f"/phone/visits/{visit['id']}/photos", data=picture, content_type="image/jpeg", headers=headers
    )


def form(site: WholeSite, who: str, path: str, **fields: str) -> TestResponse:
    client = site.clients[who]
    return client.post(path, data={"csrf_token": site.form_token(client), **fields})


def files(site: WholeSite) -> list[Path]:
    return sorted(Path(site.house.settings.database.data_dir).glob("photos/*"))


def test_a_photo_is_kept_once_seen_by_the_desk_and_deleted_for_good(site: WholeSite, visit: Row) -> None:
    key = str(uuid4())
    first, again = send(site, visit, key=key), send(site, visit, key=key)
    assert first.status_code == 200, first.text
    assert first.json == again.json
    (file,) = files(site)
    assert re.fullmatch(r"[0-9a-f]{32}\.jpg", file.name)
    assert file.stat().st_mode & 0o077 == 0
    path = f"/photos/{first.json['photo']}.jpg"
    assert site.clients["operator"].get(path).data == JPEG
    assert site.clients["carer"].get(path).status_code == 403
    assert site.stranger().get(path).status_code == 302
    story = f"/supervisor/calls/{visit['call_id']}"
    assert path in site.clients["supervisor"].get(story).text
    assert form(site, "operator", f"/photos/{first.json['photo']}/delete", reason="x").status_code == 403
    assert form(site, "supervisor", f"/photos/{first.json['photo']}/delete").status_code == 422
    assert form(site, "supervisor", f"/photos/{first.json['photo']}/delete", reason="拍到了证件").status_code == 302
    assert files(site) == []
    assert site.clients["operator"].get(path).status_code == 404
    shown = site.clients["supervisor"].get(story).text
    assert path not in shown
    assert "拍到了证件" in shown


@pytest.mark.parametrize(
    ("picture", "status"),
    [(b"GIF89a", 422), (b"", 422), (JPEG[:-2], 422), (b"\xff\xd8\xff" + bytes(410 * 1024) + b"\xff\xd9", 413)],
)
def test_what_is_no_small_jpeg_is_refused_and_nothing_is_kept(
    site: WholeSite, visit: Row, picture: bytes, status: int
) -> None:
    assert send(site, visit, picture).status_code == status
    assert files(site) == []


def test_nobody_sends_photos_of_a_visit_they_were_never_asked_about(site: WholeSite, visit: Row) -> None:
    other = visit | {"id": visit["call_id"] + ".9"}
    assert send(site, other).status_code == 404
    assert send(site, visit, who="operator").status_code == 403
    for _ in range(12):
        assert send(site, visit).status_code == 200
    assert send(site, visit).status_code == 409


def test_a_tag_is_printed_once_read_by_the_carer_and_says_nothing_to_strangers(site: WholeSite, visit: Row) -> None:
    with site.house.database.read():
        code = site.house.people.card({"home_id": visit["home_id"]}, site.house.clock(), site.house.zone)["home"][
            "code"
        ]
    assert form(site, "operator", "/arrivals/tags", home=code).status_code == 403
    assert form(site, "supervisor", "/arrivals/tags", home="nowhere").status_code == 302
    printed = form(site, "supervisor", "/arrivals/tags", home=code)
    assert "<svg" in printed.text
    found = re.search(r"http://[^<\s]*(/v/[\w-]+)", printed.text)
    assert found
    path = found[1]
    for client in (site.stranger(), site.clients["operator"]):
        seen = client.get(path)
        assert seen.status_code == 200
        assert seen.text.replace(path[3:], "") == client.get("/v/guess").text.replace("guess", "")
        assert code not in seen.text
    assert 'data-door="proved"' in site.clients["carer"].get(path).text
    now = site.house.cases.visit(visit["id"])
    assert (now or {})["proof"] == "tag"
    assert 'data-door="unknown"' in site.clients["carer"].get("/v/guess").text
    listed = site.clients["head"].get("/arrivals").text
    tag = re.search(r"/arrivals/tags/(\d+)/revoke", listed)
    assert tag
    assert path[3:] not in listed
    form(site, "head", f"/arrivals/tags/{tag[1]}/revoke")
    assert 'data-door="revoked"' in site.clients["carer"].get(path).text


def test_an_arrival_by_hand_is_on_the_supervisors_list(site: WholeSite, visit: Row) -> None:
    assert visit["call_id"] not in site.clients["supervisor"].get("/arrivals").text
    answer = site.say("carer", f"/api/v1/visits/{visit['id']}/arrive", {"key": str(uuid4())})
    assert answer.status_code == 200
    assert visit["call_id"] in site.clients["supervisor"].get("/arrivals").text
    assert site.clients["operator"].get("/arrivals").status_code == 403
    assert site.ask(NOBODY, "/arrivals").status_code == 302


def test_a_phones_wrong_clock_is_written_down_beside_its_time(site: WholeSite, visit: Row) -> None:
    body = {"key": str(uuid4()), "at": "2026-11-23T01:50:00.000Z", "sent": "2026-11-23T02:05:00.000Z"}
    site.say("carer", f"/api/v1/visits/{visit['id']}/depart", body)
    story = site.house.log.stream(f"call:{visit['call_id']}")
    said = {e.kind: e.body for e in story}
    assert said["PhoneClockOff"]["ahead_seconds"] == 300
    assert said["CarerDeparted"]["phone_at"] == body["at"]
    shown = site.clients["supervisor"].get(f"/supervisor/calls/{visit['call_id']}").text
    assert "5 min ahead" in shown
    honest = body | {"key": str(uuid4()), "sent": "2026-11-23T02:00:10.000Z"}
    site.say("carer", f"/api/v1/visits/{visit['id']}/arrive", honest)
    kinds = [e.kind for e in site.house.log.stream(f"call:{visit['call_id']}")]
    assert kinds.count("PhoneClockOff") == 1, "a tap that waited is old, not wrong"


def test_sos_and_here_are_the_carers_own(site: WholeSite) -> None:
    place = {"latitude": 36.62, "longitude": 101.77, "accuracy": 12.0}
    key = str(uuid4())
    first = site.say("carer", "/api/v1/phone/sos", {"key": key, "position": place})
    assert first.status_code == 200, first.text
    assert site.say("carer", "/api/v1/phone/sos", {"key": key, "position": place}).json == first.json
    card = site.ask("operator", f"/api/v1/calls/{first.json['call']}").json
    assert card["call"]["priority"] == 1
    assert card["where"]["latitude"] == place["latitude"]
    assert site.say("operator", "/api/v1/phone/sos", {"key": key}).status_code == 403
    assert site.say("carer", "/api/v1/phone/here", place).status_code == 200
    kept = next(c for c in site.house.people.carers(site.house.clock()) if c["id"] == site.carers[0]["id"])
    assert kept["latitude"] == place["latitude"]
    assert site.say("admin", "/api/v1/phone/here", place).status_code in (403, 409)
