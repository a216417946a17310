"""The machine may die at any hour: what stands on paper is an hour old at most, and it is said when it is not."""

import stat
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import update

from callcenter.rules.times import stamp
from callcenter.store.households import Households
from callcenter.store.tables import homes
from dispatch.pages.paper_sheet import renderer
from dispatch.paper import CODES, Paper
from tests.conftest import ZONE, Rehearsal


@pytest.fixture
def paper(rehearsal: Rehearsal, tmp_path: Path) -> Paper:
    return Paper(rehearsal.people, rehearsal.parts.duty, rehearsal.cases, ZONE, lambda: rehearsal.now, renderer(),
                 tmp_path, ("城北区呼叫中心", "000-5550000"))  # fmt: skip


def packs(paper: Paper) -> list[Path]:
    return sorted(paper.folder.iterdir()) if paper.folder.exists() else []


def sign(rehearsal: Rehearsal) -> tuple[str, str]:
    row = next(row for row in rehearsal.cases.signs_of_life() if row["name"] == "pack")
    return row["state"], row["at"]


def test_it_is_written_at_once_then_every_hour_for_us_alone_and_old_ones_go(rehearsal: Rehearsal, paper: Paper) -> None:
    for _ in range(3 * 60):  # three hours, minute by minute
        paper.tick()
        rehearsal.now += timedelta(minutes=1)
    assert [path.name for path in packs(paper)] == ["20261123T030000Z", "20261123T040000Z"]
    newest = packs(paper)[-1]
    assert stat.S_IMODE(newest.stat().st_mode) == 0o700
    assert {stat.S_IMODE(file.stat().st_mode) for file in newest.iterdir()} == {0o600}
    assert {file.name for file in newest.iterdir()} == {
        *(f"ST{n}.html" for n in range(1, 10)), "index.html", "blank.html", "door-codes.html",
    }  # fmt: skip
    assert sign(rehearsal) == ("up", "2026-11-23T04:00:00.000Z")


def test_everybody_stands_in_it_with_door_phones_contacts_and_who_is_on_duty(
    paper: Paper, rehearsal: Rehearsal
) -> None:
    whole = next(paper.sheets(lambda name: name == "all"))
    text = paper.render(whole, True)
    assert text.count('class="sheet-home"') == 900
    card = rehearsal.people.card({"home_id": 42, "account": ""}, rehearsal.now, ZONE)
    one, home = card["residents"][0], card["home"]
    told = [one["name"], home["address"], home["code"], home["phone"], *(c["phone"] for c in one["contacts"])]
    told += [note["text"] for note in one["health"]]
    on_duty = [carer for carer in rehearsal.people.carers(rehearsal.now) if carer["on_shift"]]
    told += [part for carer in on_duty for part in (carer["name"], carer["phone"])]
    told += ["城北区呼叫中心", "000-5550000", "2026-11-23 10:00", "120"]
    assert not [word for word in told if word not in text]
    assert "http" not in text
    assert "<script" not in text
    stations = [paper.render(s, True) for s in paper.sheets(lambda name: name.startswith("ST"))]
    assert sum(text.count('class="sheet-home"') for text in stations) == 900, "each home on one station's sheet"


def test_door_codes_stand_in_a_sheet_of_their_own_and_nowhere_else(paper: Paper, rehearsal: Rehearsal) -> None:
    code = "门禁#7731#"
    with rehearsal.writing() as w:
        w.conn.execute(update(homes).where(homes.c.id == 42).values(door_code=code))
    with_code = [sheet.name for sheet in paper.sheets() if code in paper.render(sheet, True)]
    assert with_code == [CODES]


def test_a_name_that_is_markup_is_text(paper: Paper, rehearsal: Rehearsal) -> None:
    with rehearsal.writing() as w:
        Households.access_checked(w, 42, False, "<img src=x onerror=alert(1)>", "李敏", "user:1 李敏")
    assert "<img" not in paper.render(next(paper.sheets(lambda name: name == "all")), True)


def test_a_full_disk_is_said_and_tried_again_and_the_old_pack_stays(paper: Paper, rehearsal: Rehearsal) -> None:
    paper.tick()
    (before,) = packs(paper)

    def full(_sheet: object, _alone: bool) -> str:
        raise OSError(28, "No space left on device")

    whole, paper.render = paper.render, full
    rehearsal.now += timedelta(hours=1, seconds=1)
    with pytest.raises(OSError, match="No space"):
        paper.tick()
    assert sign(rehearsal)[0] == "failed"
    assert packs(paper) == [before], "and no half pack beside it"
    paper.tick()  # not again at once
    paper.render = whole
    rehearsal.now += timedelta(minutes=5, seconds=1)
    paper.tick()
    assert sign(rehearsal) == ("up", stamp(rehearsal.now))
    assert len(packs(paper)) == 2


def test_a_start_in_between_waits_for_the_hour_and_leftovers_of_a_death_go(
    paper: Paper, rehearsal: Rehearsal, tmp_path: Path
) -> None:
    paper.tick()
    (paper.folder / ".part-77-20261123T015959Z").mkdir()
    rehearsal.now += timedelta(minutes=20)
    again = Paper(paper.people, paper.duty, paper.cases, ZONE, paper.clock, paper.render, tmp_path, paper.centre)
    again.tick()
    assert len([path for path in packs(paper) if not path.name.startswith(".")]) == 1
    rehearsal.now += timedelta(minutes=41)
    again.tick()
    assert [path.name for path in packs(paper)] == ["20261123T020000Z", "20261123T030100Z"]


def test_a_clock_set_back_does_not_stop_it(paper: Paper, rehearsal: Rehearsal) -> None:
    paper.tick()
    rehearsal.now -= timedelta(hours=6)
    paper.tick()
    assert sign(rehearsal)[1] == stamp(rehearsal.now)


def test_nobody_on_duty_and_a_home_without_a_station_are_said(paper: Paper, rehearsal: Rehearsal) -> None:
    with rehearsal.database.write() as conn:
        conn.execute(update(homes).where(homes.c.id == 42).values(station_id=None))
    rehearsal.now += timedelta(days=400)  # beyond every roster
    names = {sheet.name: sheet for sheet in paper.sheets()}
    assert "none" in names
    text = paper.render(names["none"], True)
    assert text.count('class="sheet-home"') == 1
    assert text.count("没有人：请打邻近站点") == 9
    assert [home["id"] for home in names["none"].content["parts"][0]["homes"]] == [42]
