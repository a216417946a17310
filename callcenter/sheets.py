"""Tables for spreadsheet programs, CSV and XLSX, that can never become formulas.

A cell that begins with ``= + - @``, a tab or a line end is run as a formula by spreadsheet programs when it comes in a
CSV (CWE-1236), so it gets an apostrophe there; in XLSX text is written as text. Only XLSX keeps the leading zeros of
numbers that are names (accounts, phones), because a spreadsheet program guesses at every cell of a CSV.
CSV is made row by row. XLSX is packed by a process of its own (``python -m callcenter.sheets ROWS XLSX``), because
packing keeps a processor busy for seconds and a web process must not stand still; memory stays constant in both.
"""

import csv
import io
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import IO, Literal

import xlsxwriter

Cell = str | int | float | None
MOST_ROWS = 100_000
LONGEST_TEXT = 32_767  # characters in one cell of an XLSX
DANGEROUS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
ROOT = Path(__file__).resolve().parent.parent
PACKING_SECONDS = 120
NAP_SECONDS = 0.02


class SheetFailed(Exception):
    """The file could not be made; the text says what the packing process said."""


@dataclass(frozen=True)
class Column:
    """``moment`` cells are local times written ``2026-11-21 12:00:09``; they become real dates in XLSX."""

    title: str
    kind: Literal["text", "number", "moment"] = "text"
    width: int = 14  # characters


@dataclass(frozen=True)
class Sheet:
    """``about`` says what was asked for and when it was made: the first sheet of an XLSX."""

    title: str
    about: tuple[tuple[str, str], ...]
    columns: tuple[Column, ...]
    rows: Iterable[list[Cell]]
    about_title: str = "about"


def harmless(cell: Cell) -> Cell:
    """Text that no spreadsheet program takes for a formula."""
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(DANGEROUS) else cell


def as_csv(sheet: Sheet) -> Iterator[bytes]:
    """UTF-8 with the mark at the start without which Excel garbles Chinese."""
    yield b"\xef\xbb\xbf"
    yield _line(column.title for column in sheet.columns)
    for cells in sheet.rows:
        yield _line(cells)


def _line(cells: Iterable[Cell]) -> bytes:
    text = io.StringIO(newline="")
    csv.writer(text).writerow([harmless(cell) for cell in cells])
    return text.getvalue().encode("utf-8", "replace")


# --- XLSX --------------------------------------------------------------------------------------------------------


def as_xlsx(sheet: Sheet) -> IO[bytes]:
    """An open file holding the workbook, gone from the disk when it is closed. Raises ``SheetFailed``."""
    made = tempfile.NamedTemporaryFile(suffix=".xlsx")  # noqa: SIM115 - handed on open
    try:
        with tempfile.NamedTemporaryFile("w", suffix=".rows", encoding="utf-8", errors="replace") as rows:
            for line in _as_lines(sheet):
                rows.write(line)
            rows.flush()
            _pack_elsewhere(rows.name, made.name)
        made.seek(0)
    except BaseException:
        made.close()
        raise
    return made


def _as_lines(sheet: Sheet) -> Iterator[str]:
    columns = [[column.title, column.kind, column.width] for column in sheet.columns]
    yield json.dumps({"titles": [sheet.title, sheet.about_title], "about": sheet.about, "columns": columns}) + "\n"
    for cells in sheet.rows:
        yield json.dumps(cells) + "\n"


def _pack_elsewhere(rows: str, made: str) -> None:
    with tempfile.TemporaryFile() as said:
        command = [sys.executable, "-m", "callcenter.sheets", rows, made]
        packing = subprocess.Popen(command, cwd=ROOT, stdin=subprocess.DEVNULL, stdout=said, stderr=said)
        give_up = time.monotonic() + PACKING_SECONDS
        # Asked in naps: waiting inside the C library would stop every greenlet of a web process.
        while packing.poll() is None and time.monotonic() < give_up:
            time.sleep(NAP_SECONDS)
        if packing.returncode is None:
            packing.kill()
            packing.wait()
        if packing.returncode:
            said.seek(0)
            raise SheetFailed(said.read().decode("utf-8", "replace")[-500:] or f"no file after {PACKING_SECONDS} s")


def pack(sheet: Sheet, made: str) -> None:
    """Write the workbook to the path ``made``; rows are taken one at a time."""
    safely = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(made, {**safely, "default_date_format": "yyyy-mm-dd hh:mm:ss"}) as book:
        bold = book.add_format({"bold": True, "bottom": 1})
        about, page = book.add_worksheet(sheet.about_title[:31]), book.add_worksheet(sheet.title[:31])
        about.set_column(0, 0, 20)
        about.set_column(1, 1, 80)
        for number, (name, said) in enumerate(sheet.about):
            about.write_string(number, 0, name, bold)
            about.write_string(number, 1, said)
        for at, column in enumerate(sheet.columns):
            page.set_column(at, at, column.width)
            page.write_string(0, at, column.title, bold)
        number = 0
        for number, cells in enumerate(sheet.rows, start=1):
            _fill(page, number, cells, sheet.columns)
        page.freeze_panes(1, 1)
        page.autofilter(0, 0, max(number, 1), len(sheet.columns) - 1)
        page.activate()


def _fill(page: "xlsxwriter.worksheet.Worksheet", number: int, cells: list[Cell], columns: tuple[Column, ...]) -> None:
    for at, (cell, column) in enumerate(zip(cells, columns, strict=True)):
        if cell is None or cell == "":
            continue
        if column.kind == "moment" and isinstance(cell, str):
            with suppress(ValueError):
                page.write_datetime(number, at, datetime.fromisoformat(cell))
                continue
        if column.kind == "number" and not isinstance(cell, str):
            page.write_number(number, at, cell)
        else:
            page.write_string(number, at, str(cell)[:LONGEST_TEXT])


def main(rows: str, made: str) -> None:
    with Path(rows).open(encoding="utf-8") as lines:
        head = json.loads(next(lines))
        columns = tuple(Column(*column) for column in head["columns"])
        about = tuple((name, said) for name, said in head["about"])
        title, about_title = head["titles"]
        pack(Sheet(title, about, columns, map(json.loads, lines), about_title), made)


if __name__ == "__main__":
    main(*sys.argv[1:])
