"""Exports that no spreadsheet program runs, and that keep every Chinese word."""

import csv
import io
from datetime import datetime

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from callcenter import sheets
from callcenter.sheets import Cell, Column, Sheet, as_csv, as_xlsx

COLUMNS = (Column("呼叫号"), Column("接听用时（秒）", "number"), Column("呼入时间", "moment", 20), Column("备注"))
ROWS: list[list[Cell]] = [
    ["20261120-0001", 9.5, "2026-11-20 12:00:09", "王桂兰，小桥社区 3号楼"],
    ["=1+1", -3, None, '=HYPERLINK("http://x")'],
    ["+8613900000000", 0, "2026-11-20 23:59:59", "@SUM(A1)"],
    ["0417", None, "not a time", "-2\t3\n换行，“引号” \U00020bb7 藏文 བོད"],
]


def sheet(rows: list[list[Cell]] = ROWS) -> Sheet:
    return Sheet("响应时间", (("条件", "=now()"), ("制表时间", "2026-11-21 12:00:00")), COLUMNS, rows)


def read_csv(made: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(made.decode("utf-8-sig"), newline="")))


def test_csv_has_the_mark_and_every_dangerous_cell_an_apostrophe() -> None:
    made = b"".join(as_csv(sheet()))
    assert made.startswith(b"\xef\xbb\xbf")
    lines = read_csv(made)
    assert lines[0] == [column.title for column in COLUMNS]
    assert lines[1] == ["20261120-0001", "9.5", "2026-11-20 12:00:09", "王桂兰，小桥社区 3号楼"]
    assert lines[2] == ["'=1+1", "-3", "", '\'=HYPERLINK("http://x")']
    assert lines[3][0] == "'+8613900000000"
    assert lines[4][3] == "'" + str(ROWS[3][3])


@given(st.text(max_size=30).filter(lambda text: "\x00" not in text))
def test_no_text_of_a_csv_begins_as_a_formula(text: str) -> None:
    made = b"".join(as_csv(Sheet("t", (), (Column("a"), Column("b")), [["x", text]])))
    assert read_csv(made)[1][1] in (text, "'" + text)
    assert not read_csv(made)[1][1].startswith(sheets.DANGEROUS)


def test_xlsx_keeps_formulas_as_text_and_names_as_they_are() -> None:
    with as_xlsx(sheet()) as made:
        book = openpyxl.load_workbook(made)
    page = book["响应时间"]
    assert book.active is page
    assert (page["A3"].value, page["A3"].data_type) == ("=1+1", "s")
    assert (page["D3"].data_type, page["D3"].hyperlink) == ("s", None)
    assert (page["A5"].value, page["A5"].data_type) == ("0417", "s")
    assert (page["B2"].value, page["B3"].value, page["B5"].value) == (9.5, -3, None)
    assert page["C2"].value == datetime(2026, 11, 20, 12, 0, 9)
    assert page["C5"].value == "not a time"
    assert page["D5"].value == ROWS[3][3]


def test_the_first_sheet_says_what_was_asked_and_when() -> None:
    with as_xlsx(sheet()) as made:
        about = openpyxl.load_workbook(made).worksheets[0]
    assert [[cell.value for cell in row] for row in about.rows] == [
        ["条件", "=now()"],
        ["制表时间", "2026-11-21 12:00:00"],
    ]
    assert about["B1"].data_type == "s"


def test_an_empty_sheet_is_a_good_file() -> None:
    with as_xlsx(sheet([])) as made:
        assert openpyxl.load_workbook(made)["响应时间"].max_row == 1
    assert len(read_csv(b"".join(as_csv(sheet([]))))) == 1


def test_rows_that_cannot_be_packed_are_told() -> None:
    with pytest.raises(sheets.SheetFailed, match="ValueError"):
        as_xlsx(sheet([["one cell of four"]]))
