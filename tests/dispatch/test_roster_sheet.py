"""A month as a workbook: out and in again changes nothing; what is wrong in a file is said by row and column."""

import io
from datetime import UTC, datetime
from typing import Any

import openpyxl
import pytest

from callcenter.store.rosters import Rosters
from dispatch import roster_sheet
from dispatch.in_force import OFFICERS, Grid
from dispatch.rostering import Rostering
from dispatch.rules.months import Month
from dispatch.rules.roster_rules import RosterTerms
from dispatch.rules.shift_letters import TEMPLATES
from tests.conftest import ZONE, Rehearsal


@pytest.fixture
def month(rehearsal: Rehearsal) -> Month:
    return rostering(rehearsal).month("2026-12")


def rostering(rehearsal: Rehearsal) -> Rostering:
    clock = lambda: datetime(2026, 11, 23, tzinfo=UTC)  # noqa: E731
    return Rostering(rehearsal.log, Rosters(rehearsal.database), RosterTerms(), ZONE, clock)


@pytest.fixture
def grids(rehearsal: Rehearsal, month: Month) -> list[Grid]:
    with rehearsal.database.read() as conn:
        return rostering(rehearsal).grids(conn, month)


def book(grids: list[Grid], month: Month) -> Any:
    return openpyxl.load_workbook(io.BytesIO(roster_sheet.as_workbook(month, grids, TEMPLATES)))


def saved(workbook: Any) -> bytes:
    out = io.BytesIO()
    workbook.save(out)
    return out.getvalue()


def test_what_goes_out_comes_in_again_as_it_was(grids: list[Grid], month: Month) -> None:
    grids[0].cells["C01"]["2026-12-01"] = "10:00-14:00B+N@ST2"
    said = roster_sheet.read("a.xlsx", roster_sheet.as_workbook(month, grids, TEMPLATES), month, grids)
    assert said.faults == []
    assert said.cells == {grid.sheet: grid.cells for grid in grids}


def test_it_is_the_sheet_that_people_know(grids: list[Grid], month: Month) -> None:
    sheet = book(grids, month).worksheets[0]
    assert sheet.title == "排班 2026-12"
    assert [cell.value for cell in sheet[1]][:5] == ["站点", "工号", "姓名", "1 二", "2 三"]
    assert sheet.max_row == 1 + 60 + 1
    assert sheet.max_column == 3 + 31
    assert [cell.value for cell in sheet[62]][1] == "值班"


def test_a_cell_changed_in_excel_and_headings_that_excel_made_dates_of(grids: list[Grid], month: Month) -> None:
    workbook = book(grids, month)
    sheet = workbook.worksheets[0]
    sheet["D2"], sheet["D1"] = "夜", datetime(2026, 12, 1)
    sheet["E62"] = "Z3"
    said = roster_sheet.read("a.xlsx", saved(workbook), month, grids)
    assert said.faults == []
    assert said.cells["ST1"]["C01"]["2026-12-01"] == "夜"
    assert said.cells[OFFICERS][OFFICERS]["2026-12-02"] == "Z3"


@pytest.mark.parametrize(
    ("place", "value", "fault"),
    [
        ("B2", "C99", (2, "B", "C99 is no carer here: mend the code, or add the carer first")),
        ("B3", "C01", (3, "B", "C01 stands in the file twice: keep one of the two rows")),
        ("D1", "32", (1, "D", "2026-12 has no day 32: delete the column")),
    ],
)
def test_what_is_wrong_is_said_by_row_and_column(
    grids: list[Grid], month: Month, place: str, value: str, fault: tuple[int, str, str]
) -> None:
    workbook = book(grids, month)
    workbook.worksheets[0][place] = value
    said = roster_sheet.read("a.xlsx", saved(workbook), month, grids)
    assert [(row, column, str(error)) for row, column, error in said.faults] == [fault]


def test_another_month_another_table_and_no_table_are_refused(
    grids: list[Grid], month: Month, rehearsal: Rehearsal
) -> None:
    data = roster_sheet.as_workbook(month, grids, TEMPLATES)
    january = rostering(rehearsal).month("2027-01")
    for name, some, m in (("a.xlsx", data, january), ("a.csv", b"a,b\n1,2\n", month), ("a.txt", b"x", month)):
        said = roster_sheet.read(name, some, m, grids)
        assert (len(said.faults), said.cells) == (1, {})


def test_a_csv_is_read_too(grids: list[Grid], month: Month) -> None:
    text = "站点,工号,姓名,1,2\n,C01,x,E,\n,值班,,Z1,Z2\n"
    said = roster_sheet.read("a.csv", text.encode("gb18030"), month, grids)
    assert said.faults == []
    assert said.cells["ST1"] == {"C01": {"2026-12-01": "E"}}
