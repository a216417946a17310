"""A month is typed, judged, refused, mended and published; holidays and the nights on which the clocks change."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from callcenter.exchange import Exchange
from callcenter.rules.call import NotNow
from callcenter.rules.times import stamp
from callcenter.store.rosters import Rosters
from dispatch.in_force import OFFICERS
from tests.conftest import ZONE, Rehearsal
from tests.stories.roster_office import Office


@pytest.fixture
def office(rehearsal: Rehearsal) -> Office:
    return Office(rehearsal)


def test_the_demo_districts_roster_is_clean_and_can_be_published_as_it_is(office: Office) -> None:
    assert office.judge() == []
    before = office.grids()
    said = office.publish()
    assert said["shifts"] == 37 * 31
    assert [grid.cells for grid in office.grids()] == [grid.cells for grid in before]
    assert office.judge() == []
    assert office.kinds() == ["RosterPublished"]
    assert office.rehearsal.verify().faults == []


def test_a_roster_with_nobody_is_refused_and_the_draft_is_kept(office: Office) -> None:
    office.save("ST1", {})
    assert {"gap", "both_off"} <= office.refused()
    assert office.grid("ST1").draft
    assert office.grid("ST1").cells["C01"] == {}
    assert office.grid("ST2").cells["C08"], "nobody touched it"
    assert not office.kinds(), "nothing was published"
    with office.rehearsal.database.read() as conn:
        assert any(row["carer_id"] == 1 for row in Rosters.during(conn, "shifts", office.month.start, office.month.end))


def test_a_roster_in_which_both_names_of_a_post_are_off_is_refused(office: Office) -> None:
    """C01 and C04 are A and B of the first post; others cover the station, and still it is refused."""
    grid, cells = office.grid("ST1"), {}
    codes = [row["code"] for row in grid.rows]
    for code in codes:
        cells[code] = dict(grid.cells[code])
    day, before = "2026-12-10", "2026-12-09"
    others = [code for code in codes if code not in ("C01", "C04")]
    for pair in ("C01", "C04"):
        for when in (before, day):
            if text := cells[pair].pop(when, ""):
                free = next(code for code in others if when not in cells[code])
                cells[free][when] = text
    office.save("ST1", cells)
    assert "both_off" in office.refused()
    assert "gap" not in office.refused()


def test_a_holiday_without_a_duty_officer_is_refused_until_one_is_named(rehearsal: Rehearsal) -> None:
    rehearsal.now = datetime(2026, 12, 20, 2, 0, tzinfo=ZoneInfo("UTC"))
    office = Office(rehearsal, text="2027-01")
    named = office.grid(OFFICERS).cells[OFFICERS]
    office.save(OFFICERS, {OFFICERS: {day: code for day, code in named.items() if day != "2027-01-01"}})
    assert office.refused() == {"officer"}
    office.save(OFFICERS, {OFFICERS: named})
    assert office.publish()["warnings"] == 0
    new_year = stamp(datetime(2027, 1, 1, 12, 0, tzinfo=ZONE))
    (officer,) = office.duty.duty_manager(new_year)
    assert (officer["role"], bool(officer["phone"])) == ("duty_manager", True)
    assert office.duty.duty_manager(stamp(datetime(2030, 1, 1, tzinfo=ZONE))) == []


def test_what_is_no_shift_and_who_is_no_officer_is_refused_by_name_and_nothing_typed_is_lost(office: Office) -> None:
    cells = office.grid("ST1").cells
    cells["C01"]["2026-12-03"] = "Q7"
    office.save("ST1", cells)
    office.save(OFFICERS, {OFFICERS: office.grid(OFFICERS).cells[OFFICERS] | {"2026-12-04": "Z9"}})
    assert {"cell", "no_officer"} <= office.refused()
    assert office.grid("ST1").cells["C01"]["2026-12-03"] == "Q7"


def test_two_people_at_one_sheet_do_not_overwrite_each_other(office: Office) -> None:
    seen = office.grid("ST1").version
    office.save("ST1", {})
    with pytest.raises(NotNow) as moved, office.rehearsal.writing() as w:
        office.rostering.save(w, office.month, "ST1", {}, seen, office.rehearsal.supervisor)
    assert moved.value.code == "draft_moved"


def test_only_what_has_not_begun_is_replaced(rehearsal: Rehearsal) -> None:
    office = Office(rehearsal, text="2026-11")
    with rehearsal.database.read() as conn:
        was = Rosters.during(conn, "shifts", office.month.start, stamp(rehearsal.now))
    assert was
    office.publish()
    with rehearsal.database.read() as conn:
        assert Rosters.during(conn, "shifts", office.month.start, stamp(rehearsal.now)) == was


@pytest.mark.parametrize("sheet", ["ST1", "ST8", "ST9"])
def test_a_proposed_month_goes_on_from_the_one_before_without_a_fault(office: Office, sheet: str) -> None:
    before = office.grid(sheet).cells
    office.save(sheet, {})
    with office.rehearsal.database.read() as conn:
        proposed = office.rostering.propose(conn, office.month, sheet)
    plain = {code: {d: t for d, t in own.items() if t != "S"} for code, own in before.items()}
    assert proposed == plain
    office.save(sheet, proposed)
    assert office.publish()["warnings"] == 0


def test_the_official_table_of_a_year_comes_in_as_a_csv_and_wins(rehearsal: Rehearsal) -> None:
    office = Office(rehearsal)
    kinds = lambda: {day.day.isoformat(): day.kind for day in office.days()}  # noqa: E731
    assert kinds()["2026-12-05"] == "weekend"
    table = "日期,休班,节日\n2026-12-04,休,宪法日\n2026-12-05,班,\n"
    Exchange(rehearsal.register, ZONE).bring_in("放假安排.csv", table.encode("gb18030"), "陈主任")
    assert (kinds()["2026-12-04"], kinds()["2026-12-05"]) == ("holiday", "workday")
    named = office.grid(OFFICERS).cells[OFFICERS]
    office.save(OFFICERS, {OFFICERS: {day: code for day, code in named.items() if day != "2026-12-04"}})
    assert office.refused() == {"officer"}


@pytest.mark.parametrize("text", ["2026-03", "2026-10"])
def test_the_night_the_clocks_change_has_no_gap_and_no_double(rehearsal: Rehearsal, text: str) -> None:
    """Europe/Berlin: a month of nights and days that meet on the wall."""
    berlin = ZoneInfo("Europe/Berlin")
    rehearsal.now = datetime(2026, 2, 20, 12, 0, tzinfo=berlin)
    office = Office(rehearsal, berlin, text)
    first = office.month.days[0]
    for grid in office.grids():
        if grid.station_id is None:
            codes = [row["code"] for row in grid.rows]
            office.save(OFFICERS, {OFFICERS: {d.isoformat(): codes[0] for d in office.month.days}})
            continue
        with rehearsal.database.read() as conn:
            cells = office.rostering.propose(conn, office.month, grid.sheet)
        spare = next(code for code, own in cells.items() if first.isoformat() not in own)
        cells[spare][first.isoformat()] = "00:00-08:00"  # the night before belongs to a month that nobody made
        office.save(grid.sheet, cells)
    found = [one for one in office.judge() if one.code in ("gap", "double", "hand_over")]
    assert [one for one in found if not one.starts_at.startswith(first.isoformat())] == []
