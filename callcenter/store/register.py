"""The people as the sheets of a workbook: everything that is stored, by the codes people use, and changes kept at once.

Rows here name each other by code (``station``, ``home``, ``resident``); ids stay inside this module.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

from sqlalchemy import Connection, Table, bindparam, func, insert, select, update

from callcenter.rules.register import BY_NAME, SHEETS, Key, Record
from callcenter.store.database import Database
from callcenter.store.log import Log
from callcenter.store.tables import (
    calendar_days,
    carers,
    contacts,
    device_models,
    devices,
    duties,
    health_notes,
    homes,
    officers,
    posts,
    residents,
    responders,
    services,
    shifts,
    stand_bys,
    stations,
    ties,
)

TABLES: dict[str, Table] = {
    "stations": stations,
    "models": device_models,
    "homes": homes,
    "residents": residents,
    "contacts": contacts,
    "health": health_notes,
    "devices": devices,
    "services": services,
    "carers": carers,
    "shifts": shifts,
    "stand_bys": stand_bys,
    "posts": posts,
    "officers": officers,
    "duties": duties,
    "calendar": calendar_days,
    "responders": responders,
    "ties": ties,
}
IDS = {"station": "station_id", "home": "home_id", "resident": "resident_id", "model": "model_id", "carer": "carer_id",
       "a": "a_id", "b": "b_id", "officer": "officer_id"}  # fmt: skip

Present = dict[str, dict[Key, Record]]


@dataclass(frozen=True, slots=True)
class Change:
    """One row to add (``before`` is None) or to change; ``values`` holds only what differs when it changes.

    ``row`` is where it stands in the file, 0 when it came from elsewhere."""

    sheet: str
    key: Key
    values: Record
    before: Record | None = None
    row: int = 0


@dataclass(frozen=True, slots=True)
class Kept:
    """What an import is about: the file's name and what happened to each sheet, for the log."""

    file: str
    digest: str
    counts: Mapping[str, Mapping[str, int]] = field(default_factory=dict)


class Register:
    """Reads all people for comparison and export, and keeps a set of changes together with its event, or nothing."""

    def __init__(self, database: Database, log: Log) -> None:
        self.database, self.log = database, log

    def present(self) -> Present:
        with self.database.read() as conn:
            return present(conn)

    def is_empty(self) -> bool:
        with self.database.read() as conn:
            return not conn.execute(select(func.count()).select_from(residents)).scalar()

    def counts(self) -> dict[str, int]:
        """How many rows each sheet has now."""
        with self.database.read() as conn:
            return {
                name: int(conn.execute(select(func.count()).select_from(table)).scalar_one())
                for name, table in TABLES.items()
            }

    def keep(self, planned: Callable[[Present], tuple[list[Change], Kept]], actor: str) -> None:
        """Plan on what is stored now and keep the result, in one transaction. What ``planned`` raises stops it all."""
        with self.log.writing() as writing:
            changes, about = planned(present(writing.conn))
            if changes:
                _keep(writing.conn, changes)
                body = {
                    "file": about.file,
                    "sha256": about.digest,
                    "sheets": {k: dict(v) for k, v in about.counts.items()},
                }
                writing.append("people", "PeopleImported", body, actor)


def present(conn: Connection) -> Present:
    """``{sheet: {key: record}}`` of everything stored. Positions to six places (0.1 m), as sheets have them."""
    codes = {sheet: _codes(conn, sheet) for sheet in ("stations", "models", "homes", "residents", "carers", "officers")}
    return {sheet.name: _records(conn, sheet.name, codes) for sheet in SHEETS}


def _codes(conn: Connection, sheet: str) -> dict[int, str]:
    table = TABLES[sheet]
    return {row.id: row[1] for row in conn.execute(select(table.c.id, table.c[BY_NAME[sheet].key[0]]))}


def _records(conn: Connection, name: str, codes: Mapping[str, Mapping[int, str]]) -> dict[Key, Record]:
    sheet, table = BY_NAME[name], TABLES[name]
    stored = [c for c in sheet.fields if IDS.get(c.name, c.name) in table.c]
    found: dict[Key, Record] = {}
    for row in conn.execute(select(table).order_by(table.c.id)).mappings():
        record: Record = {}
        for column in stored:
            value = row[IDS[column.name] if column.refers else column.name]
            if column.refers:
                value = codes[column.refers].get(value, "")
            elif column.kind == "degrees" and value is not None:
                value = round(value, 6)
            record[column.name] = value
        found[sheet.key_of(record)] = record
    return found


def _keep(conn: Connection, changes: Iterable[Change]) -> None:
    by_sheet: dict[str, list[Change]] = defaultdict(list)
    for change in changes:
        by_sheet[change.sheet].append(change)
    for sheet in SHEETS:  # in this order a row's home, resident or carer is there before the row
        if by_sheet[sheet.name]:
            _keep_sheet(conn, sheet.name, by_sheet[sheet.name])


def _keep_sheet(conn: Connection, name: str, changes: list[Change]) -> None:
    table, parents = TABLES[name], _parents(conn, name)
    new = [_stored(name, change.values, parents) for change in changes if change.before is None]
    for some in _alike(new):
        conn.execute(insert(table), some)
    old = [change for change in changes if change.before is not None]
    if not old:
        return
    ids = _ids(conn, name, parents)
    for some in _alike([{**_stored(name, c.values, parents), **_anew(c), "_id": ids[c.key]} for c in old]):
        columns: Record = {column: bindparam(column) for column in some[0] if column != "_id"}
        conn.execute(update(table).where(table.c.id == bindparam("_id")).values(columns), some)


def _parents(conn: Connection, name: str) -> dict[str, dict[str, int]]:
    """Code to id for each sheet this one refers to."""
    referred = {column.refers for column in BY_NAME[name].fields if column.refers}
    return {sheet: {code: number for number, code in _codes(conn, sheet).items()} for sheet in referred}


def _stored(name: str, values: Record, parents: Mapping[str, Mapping[str, int]]) -> Record:
    """The row as its table has it, codes turned to ids."""
    refers = {column.name: column.refers for column in BY_NAME[name].fields if column.refers}
    return {
        IDS.get(column, column): (parents[refers[column]][value] if value else None) if column in refers else value
        for column, value in values.items()
    }


def _anew(change: Change) -> Record:
    """A device that goes to another home is installed anew: it protects nobody there before a live test press."""
    moved = change.sheet == "devices" and "home" in change.values
    return {"accepted_at": None, "accepted_by": "", "next_look_at": ""} if moved else {}


def _ids(conn: Connection, name: str, parents: Mapping[str, Mapping[str, int]]) -> dict[Key, int]:
    sheet, table = BY_NAME[name], TABLES[name]
    codes = {IDS[c.name]: {i: code for code, i in parents[c.refers].items()} for c in sheet.fields if c.refers}
    columns = [IDS.get(part, part) for part in sheet.key]
    rows = conn.execute(select(table.c.id, *(table.c[column] for column in columns)))
    return {
        tuple(codes[c][v] if c in codes else v for c, v in zip(columns, row[1:], strict=True)): row[0] for row in rows
    }


def _alike(rows: Iterable[Record]) -> list[list[Record]]:
    """Rows with the same columns together, so that each group goes to the store in one statement."""
    groups: dict[frozenset[str], list[Record]] = defaultdict(list)
    for row in rows:
        groups[frozenset(row)].append(row)
    return list(groups.values())
