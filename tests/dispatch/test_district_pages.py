"""The district over HTTP: fields, reach and carers for the console; a map only where it is set up; who is out."""

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import update

from app import House, Settings
from callcenter.rules.tiles import hosts, layers, policy
from callcenter.rules.times import later, stamp
from callcenter.store.tables import carers, homes
from tests.callcenter.whole_site import WholeSite
from tests.conftest import MORNING

TILES = {"kind": "xyz", "url": "https://tiles.example.cn/{z}/{x}/{y}.png?k={key}", "key": "SECRET", "datum": "gcj02",
         "attribution": "测试", "approval": "审图号：青S(2026)000号"}  # fmt: skip


@pytest.fixture
def site(sqlite_district: Path, tmp_path: Path) -> Iterator[WholeSite]:
    shutil.copy(sqlite_district, tmp_path / "anxin.db")
    made = WholeSite(f"sqlite:///{tmp_path / 'anxin.db'}", tmp_path)
    yield made
    made.close()


def district(site: WholeSite) -> dict[str, Any]:
    answer = site.ask("operator", "/api/v1/district")
    assert answer.status_code == 200
    found: dict[str, Any] = answer.json or {}
    return found


def move(site: WholeSite, carer: int, position: tuple[float, float] | None, at: str | None) -> None:
    north, east = position or (None, None)
    with site.house.database.write() as conn:
        conn.execute(update(carers).where(carers.c.id == carer).values(latitude=north, longitude=east, position_at=at))


def test_every_home_stands_in_a_field_and_every_station_in_one(site: WholeSite) -> None:
    found = district(site)
    tiles = {tile["id"]: tile for tile in found["tiles"]}
    assert sum(tile["homes"] for tile in tiles.values()) == 900
    assert len(tiles) == 23
    assert {station["tile"] for station in found["stations"]} <= set(tiles)
    assert found["minutes"] == 15
    assert (found["map"], found["out_of_reach"]) == (False, 900 - sum(tile["within"] for tile in tiles.values()))
    assert all(tile["within_now"] <= tile["within"] <= tile["homes"] for tile in tiles.values())


def test_a_carer_is_where_the_phone_was_lately_else_at_the_station(site: WholeSite) -> None:
    carer = site.carers[0]["id"]
    assert district(site)["carers"][str(carer)] == {"tile": "朝阳社区", "how": "station"}
    far = (36.7014, 101.7523)  # 泉湾
    move(site, carer, far, stamp(MORNING))
    assert district(site)["carers"][str(carer)] == {"tile": "泉湾社区", "how": "position"}
    move(site, carer, far, later(stamp(MORNING), -1801))
    assert district(site)["carers"][str(carer)]["how"] == "station", "an old position is not believed"


def test_no_position_of_anybody_leaves_without_a_map(site: WholeSite) -> None:
    assert site.ask("operator", "/api/v1/district/map").status_code == 404
    answer = site.ask("operator", "/api/v1/district").text
    assert "36." not in answer
    assert "latitude" not in answer
    assert "img-src 'self' data:;" in site.ask("operator", "/console").headers["Content-Security-Policy"]


def test_the_supervisor_reads_who_is_out_of_reach_by_day_and_by_night(site: WholeSite) -> None:
    with site.house.database.write() as conn:
        conn.execute(update(homes).where(homes.c.id == 42).values(latitude=37.5))
        conn.execute(update(homes).where(homes.c.id == 43).values(latitude=None))
    for when in ("now", "day", "night", "never"):
        page = site.ask("supervisor", f"/supervisor/reach?when={when}")
        assert page.status_code == 200
        out, nowhere = page.text.split('id="nowhere-title"')
        assert "H0042" in out
        assert "H0043" not in out
        assert "H0043" in nowhere
    assert site.ask("operator", "/supervisor/reach").status_code == 403


def test_with_a_map_its_host_is_let_through_on_the_console_alone_and_its_key_goes_to_whoever_opens_it(
    sqlite_district: Path, tmp_path: Path
) -> None:
    shutil.copy(sqlite_district, tmp_path / "anxin.db")
    chosen: Any = {"database": {"url": f"sqlite:///{tmp_path / 'anxin.db'}", "data_dir": str(tmp_path / "data")},
                   "server": {"async_mode": "threading"}, "map": TILES}  # fmt: skip
    app = House(Settings(**chosen), tmp_path / "config.toml", lambda: MORNING).web()
    client = app.test_client()
    there = client.get("/login")
    assert "tiles.example.cn" not in there.headers["Content-Security-Policy"]
    assert "SECRET" not in there.text
    assert "img-src 'self' data: https://tiles.example.cn;" in client.get("/console").headers["Content-Security-Policy"]
    assert client.get("/api/v1/district/map").status_code == 401


def test_where_tiles_come_from_by_kind() -> None:
    (streets, names) = layers("tianditu", "", "TK")
    assert "LAYER=vec" in streets
    assert "LAYER=cva" in names
    assert all("tk=TK" in address and "{x}" in address for address in (streets, names))
    assert hosts("tianditu", "") == "https://*.tianditu.gov.cn"
    assert hosts("xyz", "https://a{s}.tiles.example.cn:8443/{z}/{x}/{y}") == "https://*.tiles.example.cn:8443"
    assert policy("xyz", "/tiles/{z}/{x}/{y}.png") == {}, "our own address is let through already"
    assert (policy("none", ""), layers("none", "", "")) == ({}, [])
