"""One front door: whoever reports it and however, it is one case; nobody is turned away for want of a record."""

import time
from datetime import timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from callcenter import finding
from callcenter.desk import Desk
from callcenter.front_door import FrontDoor, Told
from callcenter.rules.events import Row
from callcenter.store.tables import contacts, devices, homes, residents
from tests.callcenter.whole_site import WholeSite
from tests.conftest import MORNING, Rehearsal


def tell(rehearsal: Rehearsal, *, take: bool = False, user: Any = None, **told: Any) -> Row:
    """Somebody reports it; returns the call, with ``joined``."""
    user = user or rehearsal.operator
    what = {"source": "phone", "kind": "sos", "words": "摔倒了", "form": f"form-{time.monotonic_ns()}", **told}
    with rehearsal.writing() as w:
        door = FrontDoor(rehearsal.intake, Desk(rehearsal.cases))
        done = door.report(w, Told(**what), f"user:{user.id} {user.name}", user if take else None)
    return {**rehearsal.call({"id": done["call"]}), "joined": done["joined"]}


def home_without_device(rehearsal: Rehearsal) -> int:
    with rehearsal.database.write() as conn:
        conn.execute(devices.update().where(devices.c.home_id == 417).values(home_id=None))
    return 417


def find(rehearsal: Rehearsal, text: str) -> Row:
    return finding.find(rehearsal.database, text, rehearsal.now.date())


def test_a_home_without_any_device_gets_a_case_by_telephone_and_never_a_second(rehearsal: Rehearsal) -> None:
    home = home_without_device(rehearsal)
    call = tell(rehearsal, home_id=home, take=True)
    assert (call["account"], call["home_id"], call["stage"], call["joined"]) == ("home:417", home, "answered", False)
    assert call["station_id"] == rehearsal.people.need(home)["station_id"]
    assert (call["priority"], call["holder_name"], call["owner_name"]) == (1, "李敏", "李敏")
    again = tell(rehearsal, home_id=home, source="grid", words="敲门没人应", user=rehearsal.other)
    assert (again["id"], again["joined"], again["presses"]) == (call["id"], True, 2)
    assert [(one["source"], one["words"]) for one in again["callers"]] == [], "nobody said who they are"
    with rehearsal.database.write() as conn:
        conn.execute(devices.update().where(devices.c.account == "1500").values(home_id=home))
    assert rehearsal.press("1500")["id"] == call["id"], "a pager installed meanwhile meets the same case"
    assert not rehearsal.verify().faults


def test_the_pager_the_daughter_the_counter_and_the_grid_worker_are_one_case(rehearsal: Rehearsal) -> None:
    call = rehearsal.press("1042")
    daughter = {"name": "王芳", "phone": "+86 139 7200 0001", "place": ""}
    told = tell(rehearsal, home_id=call["home_id"], kind="service", words="妈妈说头晕", caller=daughter, take=True)
    assert (told["id"], told["joined"], told["holder_name"]) == (call["id"], True, "李敏")
    assert (told["priority"], told["kinds"]) == (1, ["sos", "service"]), "a service asked for never lowers an emergency"
    for source in ("walk_in", "grid", "web"):
        told = tell(rehearsal, home_id=call["home_id"], source=source, take=True, user=rehearsal.other)
        assert (told["id"], told["joined"]) == (call["id"], True)
    assert told["holder_name"] == "李敏", "who has the case keeps it"
    assert [one["name"] for one in told["callers"]] == ["王芳"]
    assert rehearsal.press("1042")["id"] == call["id"]
    assert not rehearsal.verify().faults


def test_a_caller_nobody_knows_is_a_case_and_rings_again_into_the_same_one(rehearsal: Rehearsal) -> None:
    caller = {"name": "路人", "phone": "0086 139 7200 0001", "place": "小桥菜市场门口"}
    call = tell(rehearsal, caller=caller)
    assert (call["account"], call["home_id"], call["stage"]) == ("caller:13972000001", None, "waiting")
    assert call["callers"][0]["place"] == "小桥菜市场门口"
    again = tell(rehearsal, caller={"name": "", "phone": "13972000001", "place": ""}, words="还躺着")
    assert (again["id"], again["joined"]) == (call["id"], True)
    other = tell(rehearsal, caller={"name": "", "phone": "13972000002", "place": ""})
    assert other["id"] != call["id"]
    assert not rehearsal.verify().faults


def test_two_callers_without_number_or_name_are_two_cases_but_one_form_sent_twice_is_one(rehearsal: Rehearsal) -> None:
    first = tell(rehearsal, caller={}, form="form-a")
    assert tell(rehearsal, caller={}, form="form-b")["id"] != first["id"]
    assert tell(rehearsal, caller={}, form="form-a")["id"] == first["id"]
    assert first["callers"][0]["source"] == "phone"


def test_somebody_can_be_sent_to_a_caller_without_a_home_and_the_case_has_its_deadlines(rehearsal: Rehearsal) -> None:
    call = tell(rehearsal, caller={"name": "路人", "phone": "13972000001", "place": "菜市场门口"}, take=True)
    assert call["next_due_at"]
    rehearsal.send(call)
    rehearsal.wait(20, step=2)
    assert rehearsal.call(call)["requested_at"]
    assert not rehearsal.verify().faults


def test_one_of_two_who_share_a_home_is_named_and_advice_and_complaints_are_cases_too(rehearsal: Rehearsal) -> None:
    with rehearsal.database.read() as conn:
        shared = conn.execute(residents.select().order_by(residents.c.home_id)).mappings().all()
    pair = next(b for a, b in pairwise(shared) if a["home_id"] == b["home_id"])
    call = tell(rehearsal, resident_id=pair["id"], kind="complaint", words="昨天没有来送餐")
    assert (call["resident_id"], call["home_id"], call["kind"]) == (pair["id"], pair["home_id"], "complaint")
    assert call["priority"] in (2, 3)
    joined = tell(rehearsal, home_id=pair["home_id"], kind="advice")
    assert (joined["id"], joined["kinds"]) == (call["id"], ["complaint", "advice"])


def test_everything_a_caller_may_say_finds_the_home_within_a_tenth_of_a_second(rehearsal: Rehearsal) -> None:
    with rehearsal.database.write() as conn:
        conn.execute(homes.update().where(homes.c.id == 417).values(
            community="小桥社区", building="3号楼", unit="2", door="301", phone="0971-6300417"))  # fmt: skip
        conn.execute(residents.update().where(residents.c.home_id == 417).values(
            name="王桂兰", pinyin="wang gui lan", phone=""))  # fmt: skip
        person = conn.execute(residents.select().where(residents.c.home_id == 417)).mappings().first()
        assert person
        conn.execute(contacts.update().where(contacts.c.resident_id == person["id"]).values(phone="139-7299-0417"))
    by_name = ("王桂兰", "wgl", "WGL", "wangguilan", "ｗｇｌ", "桂兰", "王桂兰 小桥", "H0417")
    by_place = ("小桥 3号楼 2单元", "小桥3号楼2单元301室")
    by_number = (
        "09716300417",
        "0971-630 0417",
        "13972990417",
        "+86 139 7299 0417",
        "8613972990417",
        "１３９７２９９０４１７",
    )
    for typed in by_name + by_place + by_number:
        began, took = 0.0, []
        for _ in range(5):
            began = time.perf_counter()
            found = find(rehearsal, typed)
            took.append(time.perf_counter() - began)
        assert 417 in [one["home_id"] for one in found["people"]], typed
        assert min(took) < 0.1, (typed, took)
    assert find(rehearsal, "+86 139 7299 0417")["people"][0]["contact"]["phone"] == "139-7299-0417"
    assert find(rehearsal, "小桥 13号楼 2单元 301室")["people"] == [] or all(
        one["home_id"] != 417 for one in find(rehearsal, "小桥 13号楼 2单元 301室")["people"]
    )
    assert find(rehearsal, "   ")["people"] == find(rehearsal, "%_")["people"] == []


def test_what_is_found_says_which_case_is_open_there(rehearsal: Rehearsal) -> None:
    call = rehearsal.act("answer", rehearsal.press("1042"))
    shown = find(rehearsal, "1042")["people"][0]["call"]
    assert (shown["id"], shown["stage"], shown["holder_name"]) == (call["id"], "answered", "李敏")
    caller = tell(rehearsal, caller={"phone": "13972000001"})
    assert find(rehearsal, "139 7200 0001")["caller_call"]["id"] == caller["id"]
    assert find(rehearsal, "139 7200 0002")["caller_call"] is None


def test_only_name_and_place_together_make_a_report_of_others_a_home_of_ours(rehearsal: Rehearsal) -> None:
    with rehearsal.database.write() as conn:
        conn.execute(homes.update().where(homes.c.id.in_((417, 418))).values(
            community="小桥社区", building="3号楼", unit="2"))  # fmt: skip
        for home, name in ((417, "王桂兰"), (418, "王桂兰"), (419, "才让卓玛玛")):
            first = residents.select().where(residents.c.home_id == home).order_by(residents.c.id).limit(1)
            conn.execute(residents.update().where(residents.c.id == conn.execute(first).scalar()).values(name=name))
        there = str(conn.execute(homes.select().where(homes.c.id == 419)).mappings().one()["community"])
    base = rehearsal.database
    assert finding.only_one(base, "王桂兰", "小桥 3号楼 2单元") is None, "two of that name live there"
    assert finding.only_one(base, "才让卓玛玛", "") is None
    assert finding.only_one(base, "才让卓玛玛", there) is not None
    assert finding.only_one(base, "才让卓玛玛", f"{there} 999号楼") is None


# --- over HTTP ----------------------------------------------------------------------------------------------------


@pytest.fixture
def site(district: str, tmp_path: Path) -> Any:
    made = WholeSite(district, tmp_path, lambda: MORNING + timedelta(0))
    yield made
    made.close()


def test_a_button_pressed_twice_opens_one_case_and_says_so(site: WholeSite) -> None:
    body = {
        "source": "phone",
        "kind": "sos",
        "text": "摔倒了",
        "caller": {"name": "路人"},
        "key": "one-form-1",
        "take": True,
    }
    first, second = (site.say("operator", "/api/v1/calls", body) for _ in range(2))
    assert (first.status_code, second.status_code) == (201, 200)
    assert first.json
    assert second.json
    assert (first.json["again"], second.json["again"]) == (False, True)
    assert first.json["call"]["id"] == second.json["call"]["id"]
    assert first.json["call"]["holder_name"] == "operator"
    nobody = site.say("operator", "/api/v1/calls", {"source": "phone", "text": "x"})
    assert (nobody.status_code, (nobody.json or {})["field"]) == (422, "account")
    wrong = site.say("operator", "/api/v1/calls", {"source": "phone", "text": "x", "home_id": 99999})
    assert wrong.status_code == 404


def test_a_grid_platform_learns_the_number_and_who_looks_after_it_and_nothing_of_the_home(site: WholeSite) -> None:
    body = {
        "source": "grid",
        "kind": "fall",
        "text": "在楼道里坐着",
        "place": "小桥 3号楼",
        "caller": {"name": "网格员老张"},
    }
    told = site.say("reporter", "/api/v1/reports", body)
    assert told.status_code == 201, told.text
    assert told.json
    assert set(told.json) == {"call", "stage", "looked_after_by", "centre_phone"}
    card = site.ask("operator", f"/api/v1/calls/{told.json['call']}").json
    assert card
    assert (card["call"]["source"], card["call"]["callers"][0]["name"]) == ("grid", "网格员老张")
    assert "在楼道里坐着" in card["timeline"][0]["text"]
    assert site.ask("reporter", f"/api/v1/calls/{told.json['call']}").status_code == 403
    assert site.ask("reporter", "/api/v1/people/search?q=wgl").status_code == 403
