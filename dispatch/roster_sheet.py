"""A month as a workbook that people who plan in Excel know: one row for each carer, one column for each day.

The row of duty officers has 值班 in the column 工号. What is read goes into drafts; nothing is in force before it is
published. Colour, notes and columns behind the last day are not read.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from callcenter.rules.cells import Unreadable, folded, spoken
from callcenter.workbook import Column, Page, column_letters, pages, written
from dispatch.in_force import OFFICERS, Cells, Grid
from dispatch.rules.months import Month
from dispatch.rules.shift_letters import OFF, Template

WEEKDAYS = "一二三四五六日"
CODE, OFFICERS_CODE = "工号", "值班"
TITLE, NOTES = "排班", "说明"
DAY = re.compile(r"(?:20\d\d-\d\d-)?(\d{1,2})(?!\d)")  # "1 二", or a date that Excel made of it


@dataclass(slots=True)
class Sheet:
    """What a file holds: cells by the sheet they belong to, and faults as ``(row, column, Unreadable)``."""

    cells: dict[str, Cells] = field(default_factory=dict)
    faults: list[tuple[int, str, Unreadable]] = field(default_factory=list)


def as_workbook(m: Month, grids: Sequence[Grid], templates: Sequence[Template]) -> bytes:
    """Bringing it in again changes nothing."""
    days = [Column(f"{day.day} {WEEKDAYS[day.weekday()]}", width=5) for day in m.days]
    columns = [Column("站点", width=22), Column(CODE, True, 8), Column("姓名", width=10), *days]
    rows = [row for grid in grids for row in _rows(grid, m)]
    letters = [[one.letter, one.name, f"{one.starts}–{one.ends}", "待命" if one.stand_by else one.post]
               for one in templates] + [[letter, name, "", "不上班"] for letter, name in OFF.items()]  # fmt: skip
    legend = [Column("填写"), Column("班次"), Column("时间", width=16), Column("岗位")]
    return written([(f"{TITLE} {m.text}", columns, rows), (NOTES, legend, letters)])


def _rows(grid: Grid, m: Month) -> list[list[str]]:
    if grid.station_id is None:
        said = grid.cells[OFFICERS]
        return [["", OFFICERS_CODE, "值班负责人", *(said.get(day.isoformat(), "") for day in m.days)]]
    return [
        [grid.name, row["code"], row["name"], *(grid.cells[row["code"]].get(day.isoformat(), "") for day in m.days)]
        for row in grid.rows
    ]


def read(name: str, data: bytes, m: Month, grids: Sequence[Grid]) -> Sheet:
    """Rows of nobody here, and days that the month does not have, are faults; letters are judged later."""
    found = Sheet()
    try:
        page = _page(pages(name, data), m)
        _read(page, m, grids, found)
    except Unreadable as error:
        found.faults.append((0, "", error))
    return found


def _page(all_pages: Sequence[Page], m: Month) -> Page:
    for page in all_pages:
        told = re.search(r"(20\d\d)\D(\d{1,2})", page.title)
        if told and f"{told[1]}-{int(told[2]):02d}" != m.text:
            raise Unreadable("this sheet is of %(other)s", "open the page of that month", other=page.title)
        if page.title.strip() != NOTES and any(_head(row) is not None for row in page.rows):
            return page
    raise Unreadable("no row has the heading 工号", "export the month, fill that workbook in, bring it back")


def _head(row: Sequence[Any]) -> int | None:
    return next((index for index, cell in enumerate(row) if folded(cell) == CODE), None)


def _read(page: Page, m: Month, grids: Sequence[Grid], found: Sheet) -> None:
    head = next(number for number, row in enumerate(page.rows) if _head(row) is not None)
    place = _head(page.rows[head]) or 0
    columns = _days(page.rows[head], place, m, found)
    sheets = {row["code"]: grid.sheet for grid in grids if grid.station_id for row in grid.rows}
    for number, row in enumerate(page.rows[head + 1 :], start=head + 2):
        code = folded(row[place]) if place < len(row) else ""
        if not code:
            continue
        sheet = OFFICERS if code == OFFICERS_CODE else sheets.get(code)
        if sheet is None:
            error = Unreadable("%(value)s is no carer here", "mend the code, or add the carer first", value=code)
            found.faults.append((number, column_letters(place), error))
            continue
        own = found.cells.setdefault(sheet, {})
        key = OFFICERS if sheet == OFFICERS else code
        if key in own:
            error = Unreadable("%(value)s stands in the file twice", "keep one of the two rows", value=code)
            found.faults.append((number, column_letters(place), error))
        own[key] = _cells(row, columns)


def _days(head: Sequence[Any], place: int, m: Month, found: Sheet) -> Mapping[int, str]:
    """``{column: day}`` of the headings behind 工号 that begin with a number."""
    known, columns = {day.day: day.isoformat() for day in m.days}, {}
    for index, cell in enumerate(head):
        told = DAY.match(folded(cell)) if index > place else None
        if told is None:
            continue
        if int(told[1]) not in known:
            error = Unreadable("%(month)s has no day %(value)s", "delete the column", month=m.text, value=told[1])
            found.faults.append((1, column_letters(index), error))
        else:
            columns[index] = known[int(told[1])]
    return columns


def _cells(row: Sequence[Any], columns: Mapping[int, str]) -> dict[str, str]:
    return {day: text for index, day in columns.items() if index < len(row) and (text := spoken(row[index]))}
