"""The training seat: fenced, marked on every page, and judged by the clock and by whether residents press again."""

import socket
import sqlite3
import subprocess
from pathlib import Path
from typing import Any

import pytest
import requests

from callcenter.report import Report
from callcenter.rules.filters import Filters
from callcenter.rules.scoring import Result, results
from callcenter.store.cases import Cases
from callcenter.store.database import Database
from callcenter.store.figures import Figures
from callcenter.store.log import Log
from tests.callcenter.whole_site import WholeSite
from tests.conftest import MORNING, ZONE, Rehearsal
from tests.house import free_port, house, until


def judged(rehearsal: Rehearsal) -> dict[str, Result]:
    report = Report(Figures(rehearsal.database, ZONE), rehearsal.people, rehearsal.targets, lambda: rehearsal.now, int)
    today = rehearsal.now.astimezone(ZONE).date()
    return {one.name: one for one in results([(one.row, one.late) for one in report.every(Filters(today, today))])}


def close(rehearsal: Rehearsal, call: Any, by: Any) -> None:
    seen = rehearsal.call(call)["version"]
    words = {"outcome": "other", "evidence": "spoke_clearly", "words": "说没事"}
    rehearsal.act("close", call, by, seen_version=seen, **words)


def test_whoever_is_quick_and_helps_has_all_the_points(rehearsal: Rehearsal) -> None:
    call = rehearsal.press("1042")
    rehearsal.wait(5)
    close(rehearsal, rehearsal.act("answer", call), rehearsal.operator)
    rehearsal.wait(3600, step=300)
    found = judged(rehearsal)["李敏"]
    assert (found.score, found.passed, found.calls) == (100.0, True, 1)


def test_a_resident_who_presses_again_costs_the_one_who_closed_and_a_late_answer_too(rehearsal: Rehearsal) -> None:
    call = rehearsal.press("1042")
    rehearsal.wait(20)
    close(rehearsal, rehearsal.act("answer", call), rehearsal.operator)
    rehearsal.wait(240, step=5)
    again = rehearsal.act("answer", rehearsal.press("1042"), rehearsal.other)
    close(rehearsal, again, rehearsal.other)
    found = judged(rehearsal)
    marks = {mark.name: mark.missed for mark in found["李敏"].marks}
    assert marks["answer"] == marks["again"] == (call["id"],)
    assert not found["李敏"].passed
    assert found["王强"].passed, "the second one answered for it is not to blame for the first"


def test_nobody_is_judged_by_nothing(rehearsal: Rehearsal) -> None:
    rehearsal.press("1042")
    assert judged(rehearsal) == {}


def test_only_a_training_centre_has_the_page_and_says_what_it_is(district: str, tmp_path: Path) -> None:
    made = WholeSite(district, tmp_path)
    assert made.ask("operator", "/training").status_code == 404
    assert "training-strip" not in made.ask("operator", "/console").text
    made.close()


@pytest.mark.parametrize("district", ["sqlite"], indirect=True)
def test_a_training_centre_opens_with_people_ports_and_pagers_of_its_own(district: str, tmp_path: Path) -> None:
    secret = '[[channels]]\nname = "sms"\nkind = "sms"\nurl = "json://127.0.0.1:9/{phone}"\n'
    port, folder = free_port(), tmp_path / "exercise"
    with house(tmp_path, district) as real:
        real.config.write_text(real.config.read_text("utf-8") + secret, "utf-8")
        words = ("train", "--port", str(port), "--folder", str(folder), "--busy", "500", "--speed", "30")
        said = (tmp_path / "train.log").open("wb")
        real.processes["train"] = subprocess.Popen(real.command(*words), stdout=said, stderr=subprocess.STDOUT)
        said.close()
        address = f"http://127.0.0.1:{port}"
        page = until(lambda: requests.get(f"{address}/login", timeout=5), 90)
        assert "虚拟辖区" in page.text
        database = Database(f"sqlite:///{folder / 'anxin.db'}")
        until(lambda: Cases(database).live(), 90)
        assert Log(database, lambda: MORNING, {}).stream("people"), "its own people: the demo's"
        database.close()
        with sqlite3.connect(folder / "anxin.db") as store:
            told = """select count(*) from events where body like '%"channel":"sms"%'"""
            assert not store.execute(told).fetchone()[0]
    with sqlite3.connect(tmp_path / "anxin.db") as store:
        assert not store.execute("select count(*) from calls").fetchone()[0], "the real centre has heard nothing"


@pytest.mark.parametrize("district", ["sqlite"], indirect=True)
def test_a_port_that_is_taken_is_said_with_what_to_do(district: str, tmp_path: Path) -> None:
    with house(tmp_path, district) as real, socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        said = real.tell("train", "--port", str(port), "--folder", str(tmp_path / "exercise"), check=False)
        assert f"port {port} is taken; choose another with --port" in said
