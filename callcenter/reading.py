"""A people file being read: pages to records, every fault with its place, and what it would change.

Each fault names sheet, row and column as they stand in the file, so that a person can go there and mend it.
"""

import hashlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import Any
from zoneinfo import ZoneInfo

from callcenter.rules import cells
from callcenter.rules.cells import Field, Unreadable
from callcenter.rules.flat import FLAT, unfolded
from callcenter.rules.register import BY_NAME, SHEETS, Key, Record, Sheet, headings, plain, sheet_named
from callcenter.store.register import Change, Present
from callcenter.workbook import Page, column_letters

EXAMPLES = ("示例", "example")
NOTES = ("说明", "notes")


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with a cell, a row (``column`` empty), a sheet (``row`` 0) or the whole file."""

    sheet: str
    row: int
    column: str
    reason: str
    fix: str
    params: dict[str, Any] = field(default_factory=dict)

    def __str__(self) -> str:
        spot = " ".join(part for part in (self.sheet, f"row {self.row}" if self.row else "", self.column) if part)
        reason, fix = (text % self.params if self.params else text for text in (self.reason, self.fix))
        return f"{spot}: {reason} → {fix}" if spot else f"{reason} → {fix}"


@dataclass(frozen=True, slots=True)
class Plan:
    """What a file would do: nothing at all while there are faults. ``digest`` is the same for the same outcome."""

    file: str
    faults: list[Fault]
    changes: list[Change] = field(default_factory=list)
    unchanged: dict[str, int] = field(default_factory=dict)
    digest: str = ""

    @property
    def counts(self) -> dict[str, dict[str, int]]:
        """``{sheet: {"added", "changed", "unchanged"}}`` for the sheets in the file."""
        found = {name: {"added": 0, "changed": 0, "unchanged": same} for name, same in self.unchanged.items()}
        for change in self.changes:
            found[change.sheet]["added" if change.before is None else "changed"] += 1
        return found


@dataclass(slots=True)
class _Place:
    """Where a record stands, for faults found later."""

    sheet: str
    row: int
    columns: dict[str, str]


class Reading:
    """A file being read: records by sheet and key, and every fault found on the way."""

    def __init__(self, name: str, zone: ZoneInfo, breathe: Callable[[], None]) -> None:
        self.name, self.zone, self.breathe = name, zone, breathe
        self.faults: list[Fault] = []
        self.records: dict[str, dict[Key, Record]] = {}
        self.damaged: dict[str, dict[Key, tuple[Record, _Place]]] = {}  # there, but with a fault of their own
        self.places: dict[tuple[str, Key], _Place] = {}

    # --- pages to records -----------------------------------------------------------------------------------------

    def page(self, page: Page) -> None:
        if plain(page.title) in NOTES or not any(any(_filled(cell) for cell in row) for row in page.rows):
            return
        head = next(index for index, row in enumerate(page.rows) if any(_filled(cell) for cell in row))
        titles = [cells.spoken(cell) if _filled(cell) else "" for cell in page.rows[head]]
        sheet = sheet_named(page.title) or _sheet_of(titles)
        label = page.title or (sheet.zh if sheet else "")
        known = headings(sheet) if sheet else FLAT
        wrong = [title for title in titles if title and plain(title) not in known]
        if sheet is None and not any(plain(title) in FLAT for title in titles):
            self._fault(label, 0, "", Unreadable("this sheet is not known", "name it as in the template, or delete it"))
            return
        for title in wrong:
            self._fault(label, head + 1, title, _unknown(title, known))
        if not wrong:
            self._rows(sheet, label, head, titles, page.rows)

    def _rows(self, sheet: Sheet | None, label: str, head: int, titles: list[str], rows: list[list[Any]]) -> None:
        marks = [f"{title} ({column_letters(index)})" for index, title in enumerate(titles)]
        columns = [plain(title) for title in titles]
        for number, row in enumerate(rows[head + 1 :], start=head + 2):
            if number % 200 == 0:
                self.breathe()
            filled = {c: (v, m) for c, v, m in zip(columns, row, marks, strict=False) if c}
            if not any(_filled(value) for value, _ in filled.values()) or _is_example(row):
                continue
            if sheet is not None:
                known = headings(sheet)
                self._record(sheet, _Place(label, number, {}), {known[c].name: cell for c, cell in filled.items()})
                continue
            for name, cell_row in unfolded({c: cell for c, cell in filled.items() if _filled(cell[0])}):
                self._record(BY_NAME[name], _Place(label, number, {}), cell_row)

    def _record(self, sheet: Sheet, place: _Place, cell_row: dict[str, tuple[Any, str]]) -> None:
        place.columns.update({name: mark for name, (_, mark) in cell_row.items()})
        record: Record = {}
        before = len(self.faults)
        for column in sheet.fields:
            if column.name in cell_row or column.name in sheet.key:
                self._cell(column, place, record, cell_row.get(column.name, ("", column.zh)))
        if len(self.faults) == before:
            try:
                sheet.check(record)
            except Unreadable as error:
                self._fault(place.sheet, place.row, "", error)
        if len(self.faults) == before:
            self._remember(sheet, sheet.key_of(record), record, place)
        elif all(name in record for name in sheet.key):
            self.damaged.setdefault(sheet.name, {})[sheet.key_of(record)] = (record, place)

    def _cell(self, column: Field, place: _Place, record: Record, cell: tuple[Any, str]) -> None:
        try:
            record[column.name] = cells.read(column, cell[0], self.zone)
        except Unreadable as error:
            self._fault(place.sheet, place.row, cell[1], error)

    def _remember(self, sheet: Sheet, key: Key, record: Record, place: _Place) -> None:
        rows = self.records.setdefault(sheet.name, {})
        if key in rows:
            first = self.places[sheet.name, key].row
            again = Unreadable(
                "%(key)s stands in row %(first)s already", "keep one of the two rows", key=_said(key), first=first
            )
            self._fault(place.sheet, place.row, place.columns.get(sheet.key[0], ""), again)
            return
        rows[key], self.places[sheet.name, key] = record, place

    def _fault(self, sheet: str, row: int, column: str, error: Unreadable) -> None:
        self.faults.append(Fault(sheet, row, column, error.reason, error.fix, error.params))

    # --- records to a plan ----------------------------------------------------------------------------------------

    def plan(self, present: Present) -> Plan:
        faults, changes = list(self.faults), list[Change]()
        unchanged: dict[str, int] = {}
        for sheet in SHEETS:
            rows = self.records.get(sheet.name, {})
            for record, place in self.damaged.get(sheet.name, {}).values():
                faults += self._dangling(sheet, record, place, present)
            for key, record in rows.items():
                place = self.places[sheet.name, key]
                faults += self._dangling(sheet, record, place, present)
                change, missing = _compared(sheet, key, record, present[sheet.name].get(key), place)
                faults += missing
                if change:
                    changes.append(change)
                else:
                    unchanged[sheet.name] = unchanged.get(sheet.name, 0) + 1
            if rows:
                unchanged.setdefault(sheet.name, 0)
        digest = hashlib.sha256(repr([(c.sheet, c.key, c.values, c.before) for c in changes]).encode()).hexdigest()
        return Plan(self.name, faults, [] if faults else changes, {} if faults else unchanged, digest)

    def _dangling(self, sheet: Sheet, record: Record, place: _Place, present: Present) -> Iterator[Fault]:
        for column in sheet.fields:
            key = (record.get(column.name),)
            if not column.refers or not key[0]:
                continue
            here = (present, self.records, self.damaged)
            if not any(key in sheets.get(column.refers, {}) for sheets in here):
                reason, fix = "%(value)s is not in the sheet %(sheet)s", "mend the code, or add the row there"
                params = {"value": key[0], "sheet": BY_NAME[column.refers].zh}
                yield Fault(place.sheet, place.row, place.columns.get(column.name, column.zh), reason, fix, params)


def _compared(
    sheet: Sheet, key: Key, record: Record, stored: Record | None, place: _Place
) -> tuple[Change | None, list[Fault]]:
    """The change a row asks for, if any; a new row needs all required columns, an old one only its key."""
    if stored is None:
        lacking = [c for c in sheet.fields if c.required and c.name not in record]
        reason, fix = "a new row, and %(column)s is missing", "fill it in; add the column if there is none"
        faults = [Fault(place.sheet, place.row, "", reason, fix, {"column": c.zh}) for c in lacking]
        whole = {c.name: c.default for c in sheet.fields if c.name != "datum"} | record
        return Change(sheet.name, key, whole, None, place.row), faults
    asked = (column for column in sheet.fields if column.name in place.columns and column.name in record)
    values = {
        c.name: record[c.name] for c in asked if record[c.name] != stored[c.name] and (record[c.name] or not c.secret)
    }
    before = {name: stored[name] for name in values}
    return (Change(sheet.name, key, values, before, place.row) if values else None), []


def _filled(cell: Any) -> bool:
    return cell is not None and str(cell).strip() != ""


def _is_example(row: list[Any]) -> bool:
    return next((str(cell) for cell in row if _filled(cell)), "").strip().lower().startswith(EXAMPLES)


def _said(key: Key) -> str:
    return " ".join(str(part) for part in key)


def _sheet_of(titles: list[str]) -> Sheet | None:
    """The sheet to which all these headings belong; None when it is the flat form or nothing of ours."""
    wanted = {plain(title) for title in titles if title}
    fitting = [s for s in SHEETS if wanted <= set(headings(s)) and all(plain(s.column(k).zh) in wanted
               or plain(s.column(k).en) in wanted or plain(k) in wanted for k in s.key)]  # fmt: skip
    return max(fitting, key=lambda s: len(wanted & set(headings(s))) / len(s.fields), default=None)


def _unknown(title: str, known: Iterable[str]) -> Unreadable:
    near = get_close_matches(plain(title), list(known), n=1, cutoff=0.5)
    if near:
        return Unreadable(
            "this column is not known", "perhaps %(near)s is meant; otherwise delete the column", near=near[0]
        )
    return Unreadable("this column is not known", "name it as in the template, or delete the column")
