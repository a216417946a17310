"""What 120 is told: in the order they ask, within twenty seconds, with whatever is known and nothing that is not."""

import re
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from callcenter.rules.reading_aloud import ALWAYS, SECONDS, Line, fitting, seconds
from callcenter.store.tables import health_notes, homes, residents
from tests.callcenter.whole_site import WholeSite
from tests.conftest import MORNING


@pytest.fixture
def site(sqlite_district: Path, tmp_path: Path) -> Any:
    (tmp_path / "anxin.db").write_bytes(sqlite_district.read_bytes())
    made = WholeSite(f"sqlite:///{tmp_path / 'anxin.db'}", tmp_path, lambda: MORNING + timedelta(0))
    yield made
    made.close()


LINES = st.lists(st.builds(Line, st.just("t"), st.text("东南西北门19aZ ，", max_size=60)), max_size=12)


@given(LINES)
def test_nothing_is_lost_the_order_stays_and_the_time_is_kept(lines: list[Line]) -> None:
    now, later = fitting(lines)
    assert sorted(now + later) == sorted(lines)
    assert now == [line for line in lines if line in now] or len(set(lines)) < len(lines)
    spent = sum(seconds(line.text) for line in now)
    assert spent <= SECONDS or len(now) <= ALWAYS or spent - sum(seconds(x.text) for x in now[ALWAYS:]) > SECONDS


def test_a_figure_is_a_sign_and_a_stop_is_breath() -> None:
    assert seconds("九十个字") == seconds("1，2、3。4")
    assert round(seconds("东" * 90)) == 20
    assert seconds("ambulance") < seconds("救护车到东门口等候")


def test_the_card_of_any_home_of_the_district_is_read_out_in_twenty_seconds(site: WholeSite) -> None:
    for home in range(1, 900, 60):
        call = site.call(home)
        aloud = (site.ask("operator", f"/api/v1/calls/{call['id']}").json or {})["read_aloud"]
        assert 4 <= aloud["seconds"] <= SECONDS, aloud
        assert [title for title, _ in aloud["now"]][:2] == ["Where", "What happened"]


def test_allergies_are_read_out_before_medicines_and_the_gate_and_who_stands_there_are_on_the_card(
    site: WholeSite,
) -> None:
    with site.house.database.write() as conn:
        conn.execute(homes.update().where(homes.c.id == 417).values(way_in="从东门进", floor=6, lift=False))
        person = conn.execute(residents.select().where(residents.c.home_id == 417)).mappings().first()
        assert person
        conn.execute(health_notes.delete().where(health_notes.c.resident_id == person["id"]))
        for text, kind, critical in (
            ("心梗病史", "", True),
            ("青霉素", "allergy", False),
            ("华法林", "medicine", False),
        ):
            note = {"resident_id": person["id"], "text": text, "kind": kind, "critical": critical}
            conn.execute(health_notes.insert().values(note))
    call = site.call(417)
    met = {"person": "女婿小李", "phone": "13972000001", "where": "东门岗亭"}
    assert site.say("operator", f"/api/v1/calls/{call['id']}/emergency/meet", met).status_code == 200
    card = site.ask("operator", f"/api/v1/calls/{call['id']}").json
    assert card
    assert card["call"]["emergency"]["meets"] == met
    told = [text for _, text in card["read_aloud"]["now"] + card["read_aloud"]["more"]]
    at = {
        part: next(n for n, text in enumerate(told) if part in text)
        for part in ("从东门进", "青霉素", "东门岗亭", "华法林")
    }
    assert at["从东门进"] < at["青霉素"] < at["东门岗亭"] < at["华法林"]
    assert "东门岗亭 女婿小李 13972000001" in told
    assert "女婿小李" in next(e["text"] for e in card["timeline"] if e["kind"] == "CrewToBeMet")
    page = site.ask("operator", f"/calls/{call['id']}/handover").text
    for part in ("从东门进", "青霉素", "华法林", "东门岗亭", "13972000001", "心梗病史"):
        assert part in page, part
    assert re.search(r"about \d+ s", page)


def test_of_a_caller_without_a_home_the_place_in_words_is_read_out(site: WholeSite) -> None:
    body = {"source": "phone", "kind": "sos", "text": "坐在地上", "caller": {"place": "小桥菜市场门口"}}
    call = (site.say("operator", "/api/v1/calls", body).json or {})["call"]
    card = site.ask("operator", f"/api/v1/calls/{call['id']}").json
    assert card
    assert card["read_aloud"]["now"][0][1] == "小桥菜市场门口"
    assert site.ask("operator", f"/calls/{call['id']}/handover").status_code == 200
