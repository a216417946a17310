"""Spreadsheet files in and out: xlsx and csv bytes to rows of cells, and rows to an xlsx nobody can booby-trap.

A workbook is a zip of XML that may unfold to gigabytes, and one cell at XFD1048576 makes a reader lay out seventeen
thousand million empty ones; both are looked for before anything is read.
"""

import csv
import io
import re
import zipfile
import zlib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import xlsxwriter
from python_calamine import CalamineError, CalamineWorkbook

from callcenter.rules.cells import Unreadable

MOST_BYTES, MOST_UNFOLDED = 20 * 1024 * 1024, 200 * 1024 * 1024
MOST_ROWS, MOST_COLUMNS = 50_000, 200
# All that zipfile and calamine raise over a damaged or locked workbook, found by damaging a good one at random.
DAMAGED = (
    zipfile.BadZipFile,
    zlib.error,
    EOFError,
    ValueError,
    NotImplementedError,
    RuntimeError,
    OSError,
    CalamineError,
)
CELL = re.compile(rb"""\sr=["']([A-Z]{1,4})(\d{1,9})["']""")
ROW = re.compile(rb"""<(?:\w+:)?row\s[^>]*?r=["'](\d{1,9})["']""")


@dataclass(frozen=True, slots=True)
class Page:
    """One sheet as it stands in the file; ``rows[0]`` is row 1. A csv has one page without a title."""

    title: str
    rows: list[list[Any]]


def pages(name: str, data: bytes) -> list[Page]:
    """Raises ``Unreadable`` when the file as a whole cannot be taken."""
    if len(data) > MOST_BYTES:
        raise Unreadable("the file is larger than 20 MB", "split it into several files and bring them in one by one")
    if data[:4] == b"PK\x03\x04":
        return _limited(_xlsx(data))
    if name.lower().endswith(".csv"):
        return _limited([Page("", _csv(data))])
    raise Unreadable("this is neither .xlsx nor .csv", "in Excel choose Save as, then Excel workbook (.xlsx)")


def _limited(found: list[Page]) -> list[Page]:
    if sum(len(page.rows) for page in found) > MOST_ROWS:
        raise Unreadable("there are more than 50 000 rows", "split the file and bring the parts in one by one")
    return found


def _xlsx(data: bytes) -> list[Page]:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as folder:
            _weigh(folder)
        book = CalamineWorkbook.from_filelike(io.BytesIO(data))
        return [Page(title, _rows(book, title)) for title in book.sheet_names]
    except Unreadable:
        raise
    except DAMAGED as error:
        raise Unreadable(
            "the workbook cannot be opened", "open it in Excel, remove any password, save it anew"
        ) from error


def _rows(book: CalamineWorkbook, title: str) -> list[list[Any]]:
    return book.get_sheet_by_name(title).to_python(skip_empty_area=False)


def _weigh(folder: zipfile.ZipFile) -> None:
    """The sizes a zip declares may lie, so what is unfolded here is counted as it comes."""
    too_large = Unreadable("the workbook unfolds to more than 200 MB", "remove pictures and empty rows, save it anew")
    if sum(part.file_size for part in folder.infolist()) > MOST_UNFOLDED:
        raise too_large
    budget = MOST_UNFOLDED
    for part in folder.infolist():
        with folder.open(part) as stream:
            rest = b""
            while piece := stream.read(1 << 20):
                budget -= len(piece)
                if budget < 0:
                    raise too_large
                if part.filename.startswith("xl/worksheets/"):
                    _reaches(rest + piece)
                    rest = piece[-64:]


def _reaches(xml: bytes) -> None:
    furthest = max((int(row) for row in ROW.findall(xml)), default=0)
    for letters, row in set(CELL.findall(xml)):
        furthest = max(furthest, int(row))
        if _column_number(letters.decode()) > MOST_COLUMNS:
            raise Unreadable(
                "a cell stands beyond column %(most)s", "delete the columns behind the data", most=MOST_COLUMNS
            )
    if furthest > MOST_ROWS:
        raise Unreadable(
            "a cell stands in row %(row)s", "delete the empty rows below the data, save it anew", row=furthest
        )


def _csv(data: bytes) -> list[list[Any]]:
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            text = data.decode(encoding)
            break
        except UnicodeDecodeError:
            continue
    else:
        raise Unreadable("the text encoding is not known", "save it as CSV UTF-8, or as .xlsx")
    first = text.split("\n", 1)[0]
    separator = max(",\t;", key=first.count)
    try:
        return [row[:MOST_COLUMNS] for row in csv.reader(io.StringIO(text.replace("\0", "")), delimiter=separator)]
    except csv.Error as error:
        raise Unreadable("the rows cannot be told apart", "a quotation mark is missing; save the file anew") from error


def column_letters(index: int) -> str:
    """0 is A, 26 is AA."""
    letters = ""
    while index >= 0:
        index, rest = divmod(index, 26)
        letters, index = chr(65 + rest) + letters, index - 1
    return letters


def _column_number(letters: str) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    return number


@dataclass(frozen=True, slots=True)
class Column:
    heading: str
    required: bool = False
    width: int = 14


def written(sheets: Iterable[tuple[str, Sequence[Column], Iterable[Sequence[Any]]]]) -> bytes:
    """An xlsx whose cells are all plain values: text stays text, even when it begins with ``=``.

    Every column is formatted as Text, so that phone numbers and accounts typed in later keep their leading zeros.
    """
    out = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with xlsxwriter.Workbook(out, options) as book:
        text = book.add_format({"num_format": "@", "font_size": 11})
        head = book.add_format({"bold": True, "bg_color": "#E6E9EC", "bottom": 1, "num_format": "@"})
        must = book.add_format({"bold": True, "bg_color": "#FFE9A8", "bottom": 1, "num_format": "@"})
        for title, columns, rows in sheets:
            sheet = book.add_worksheet(title)
            sheet.freeze_panes(1, 1)
            for index, column in enumerate(columns):
                sheet.set_column(index, index, column.width, text)
                sheet.write_string(0, index, column.heading, must if column.required else head)
            _fill(sheet.write_string, rows, text)
    return out.getvalue()


def _fill(put: Callable[..., Any], rows: Iterable[Sequence[Any]], cell_format: Any) -> None:
    for number, row in enumerate(rows, start=1):
        for index, value in enumerate(row):
            if value != "":
                put(number, index, str(value), cell_format)
