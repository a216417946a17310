"""The pack over HTTP: who may take which sheet, what the log keeps of it, what a desk is given, how its age is told."""

import shutil
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner
from sqlalchemy import update

from app import cli
from callcenter.rules.times import stamp
from callcenter.store.tables import homes
from dispatch.pages.paper import SHELL
from tests.callcenter.whole_site import WholeSite
from tests.conftest import MORNING

CODE = "门禁#7731#"


@pytest.fixture
def site(sqlite_district: Path, tmp_path: Path) -> Iterator[WholeSite]:
    shutil.copy(sqlite_district, tmp_path / "anxin.db")
    made = WholeSite(f"sqlite:///{tmp_path / 'anxin.db'}", tmp_path)
    with made.house.database.write() as conn:
        conn.execute(update(homes).where(homes.c.id == 42).values(door_code=CODE))
    yield made
    made.close()


def taken(site: WholeSite) -> list[tuple[str, bool, str]]:
    return [(e.body["sheet"], e.body["codes"], e.actor) for e in site.house.log.stream("pack") if e.kind == "PackTaken"]


def test_every_sheet_with_a_name_on_it_leaves_a_line_in_the_log(site: WholeSite) -> None:
    whole = site.ask("operator", "/pack/sheet/all")
    assert whole.text.count('class="sheet-home"') == 900
    assert CODE not in whole.text
    assert "<style" not in whole.text, "the page's own policy forbids it; its style is linked"
    saved = site.ask("supervisor", "/pack/sheet/ST1?download=1")
    assert "attachment" in saved.headers["Content-Disposition"]
    assert "<style" in saved.text, "a file has no server behind it"
    assert site.ask("operator", "/pack/sheet/blank").status_code == 200
    assert CODE in site.ask("supervisor", "/pack/codes").text
    operator, supervisor = (site.house.users.by_login(login) for login in ("operator", "supervisor"))
    assert operator
    assert supervisor
    assert taken(site) == [
        ("all", False, f"user:{operator['id']} operator"), ("ST1", False, f"user:{supervisor['id']} supervisor"),
        ("door-codes", True, f"user:{supervisor['id']} supervisor"),
    ]  # fmt: skip


def test_door_codes_are_for_supervisors_and_a_head_has_the_own_station_only(site: WholeSite) -> None:
    assert site.ask("operator", "/pack/codes").status_code == 403
    assert site.ask("operator", "/pack/sheet/door-codes").status_code == 404
    head = site.house.users.by_login("head")
    assert head
    with site.house.log.writing() as w:
        site.house.users.change(w.conn, head["id"], station_id=1)
    assert site.ask("head", "/pack/sheet/ST1").status_code == 200
    assert [site.ask("head", f"/pack/sheet/{name}").status_code for name in ("all", "ST2", "none")] == [404] * 3
    assert site.say("head", "/api/v1/pack/kept", {"kept": True}).status_code == 403
    page = site.ask("head", "/pack").text
    assert "/pack/sheet/ST1" in page
    assert "/pack/sheet/ST2" not in page
    assert site.ask("carer", "/pack/sheet/ST1").status_code == 403


def test_a_desk_keeps_a_shell_without_a_name_and_the_log_says_who_let_it(site: WholeSite) -> None:
    first = site.say("operator", "/api/v1/pack/kept", {"kept": True, "key": "desk-0001"}).json
    assert first == {"kept": True, "seq": site.head()}
    assert site.say("operator", "/api/v1/pack/kept", {"kept": True, "key": "desk-0001"}).status_code == 200
    assert site.say("operator", "/api/v1/pack/kept", {"kept": False}).status_code == 200
    assert [event.kind for event in site.house.log.stream("pack")] == ["PackKept", "PackErased"]
    desk = site.ask("operator", "/pack/desk").text
    assert "operator" not in desk
    assert "csrf" not in desk
    worker = site.stranger().get("/pack/sw.js")
    assert worker.mimetype == "text/javascript"
    for piece in SHELL:
        assert f"/static/{piece}" in worker.text
        assert site.stranger().get(f"/static/{piece}").status_code == 200


def test_the_age_of_the_hourly_pack_is_told_and_a_failure_too(site: WholeSite) -> None:
    def pack() -> dict[str, object]:
        answer = site.ask("nobody", "/readyz")
        assert answer.status_code == 200, "a press is taken whether there is paper or not"
        found: dict[str, object] = (answer.json or {})["pack"]
        return found

    assert pack() == {"state": "none", "age": None}
    site.house.cases.show_life("pack", stamp(MORNING - timedelta(minutes=50)))
    assert pack() == {"state": "up", "age": 3000.0}
    site.house.cases.show_life("pack", stamp(MORNING - timedelta(hours=3)))
    assert pack()["state"] == "late"
    assert "Out of date" in site.ask("supervisor", "/pack").text
    site.house.cases.show_life("pack", stamp(MORNING), "failed", "No space left on device")
    assert pack()["state"] == "failed"
    assert "could not be written" in site.ask("supervisor", "/pack").text
    assert (site.ask("operator", "/api/v1/snapshot").json or {})["health"]["pack"]["state"] == "failed"


def test_a_stick_takes_the_same_pack_and_codes_only_when_asked(site: WholeSite, tmp_path: Path) -> None:
    stick = tmp_path / "stick"
    config = tmp_path / "config.toml"
    config.write_text(
        f'[database]\nurl = "{site.house.settings.database.url}"\ndata_dir = "{tmp_path}/data"\n', "utf-8"
    )
    tell = ["--config", str(config), "pack", str(stick)]
    missing = CliRunner().invoke(cli, tell)
    assert missing.exit_code == 1
    assert "is the stick plugged in?" in missing.output
    stick.mkdir()
    said = CliRunner().invoke(cli, tell)
    assert said.exit_code == 0, said.output
    found = stick / "anxin-pack"
    assert len(list(found.iterdir())) == 11
    assert (found / "index.html").read_text("utf-8").count('class="sheet-home"') == 900
    assert not (found / "door-codes.html").exists()
    CliRunner().invoke(cli, [*tell, "--codes"])
    assert CODE in (found / "door-codes.html").read_text("utf-8")
    assert not [path for path in stick.iterdir() if path != found]
