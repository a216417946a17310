"""Statements of the hot path, compiled once and run straight on the driver's cursor.

What every frame needs is asked again and again in the same words. Executed through SQLAlchemy each costs 20-60 µs and
5 µs a row, many times what the store itself takes for it; here the SQL, the order of its parameters and the
conversions of their types are kept. Errors come out as SQLAlchemy's, so that callers see no difference.

Rows go to SQLite many in one statement. Its driver lets the interpreter's lock go for every step and has to win it back
from the event loop afterwards: with a row a step the writer would wait for each of fifty rows as long as for one.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from itertools import chain
from operator import itemgetter
from typing import Any

from sqlalchemy import ClauseElement, Connection, LargeBinary
from sqlalchemy.engine import Dialect
from sqlalchemy.exc import DBAPIError
from sqlalchemy.types import TypeEngine

Row = dict[str, Any]
Convert = Callable[[Any], Any]
Lengths = tuple[tuple[str, int], ...]
MOST_ROWS = 32  # in one statement


@dataclass(frozen=True, slots=True)
class _Compiled:
    sql: str
    in_order: Callable[[Row], tuple[Any, ...]] | None  # None where the driver takes parameters by name
    constants: Row
    sent: tuple[tuple[str, Convert], ...]  # parameters that are converted before they are sent
    columns: tuple[str, ...]
    read: tuple[tuple[str, Convert], ...]  # columns that are converted when they are read
    several: Callable[[int], str] | None  # the statement for so many rows at once, where that can be said

    def parameters(self, values: Row) -> Any:
        if self.constants or self.sent:
            values = {**values, **self.constants}
            for name, convert in self.sent:
                values[name] = convert(values[name])
        return self.in_order(values) if self.in_order else values

    def row(self, found: Sequence[Any]) -> Row:
        row = dict(zip(self.columns, found, strict=True))
        for name, convert in self.read:
            row[name] = convert(row[name])
        return row


class Prepared:
    """``lists`` are the statement's expanding parameters, those behind ``IN``."""

    def __init__(self, statement: ClauseElement, *lists: str):
        self._statement, self._lists = statement, lists
        self._compiled: dict[tuple[str, Lengths], _Compiled] = {}

    def rows(self, conn: Connection, **values: Any) -> list[Row]:
        """Run once; the rows found."""
        lengths = []
        for name in self._lists:
            padded = _padded(values.pop(name))
            lengths.append((name, len(padded)))
            values.update((f"{name}_{place}", value) for place, value in enumerate(padded, start=1))
        ready = self._ready(conn.dialect, tuple(lengths))
        found = _run(conn, ready.sql, ready.parameters(values), many=False)
        return [ready.row(row) for row in found]

    def number(self, conn: Connection, **values: Any) -> int:
        """Run once; the one number found."""
        (row,) = self.rows(conn, **values)
        return int(next(iter(row.values())))

    def each(self, conn: Connection, rows: Sequence[Row]) -> None:
        """Run for every row; each has all the parameters."""
        ready = self._ready(conn.dialect, ())
        values = [ready.parameters(row) for row in rows]
        if ready.several is None or len(rows) == 1:
            _run(conn, ready.sql, values, many=True)
            return
        at = 0
        while at < len(values):
            size = min(MOST_ROWS, 1 << (len(values) - at).bit_length() - 1)  # few sizes, so few statements to keep
            _run(conn, ready.several(size), list(chain.from_iterable(values[at : at + size])), many=False)
            at += size

    def _ready(self, dialect: Dialect, lengths: Lengths) -> _Compiled:
        key = (dialect.name, lengths)
        if key not in self._compiled:
            self._compiled[key] = _compile(self._statement, dialect, lengths)
        return self._compiled[key]


@contextmanager
def together(conn: Connection) -> Iterator[None]:
    """What is run ``each`` inside goes to PostgreSQL without waiting for answers, which all come at the end."""
    if conn.dialect.name == "sqlite":
        yield
        return
    driver: Any = conn.connection.driver_connection
    try:
        with driver.pipeline():
            yield
    except conn.dialect.dbapi.Error as error:  # type: ignore[union-attr]
        raise _as_sqlalchemys(conn.dialect, "several statements", error) from error


def _padded(values: Sequence[Any]) -> list[Any]:
    """Made a power of two long, so that few lengths occur; NULL is in no list."""
    length = 1
    while length < len(values):
        length *= 2
    last = values[-1] if values else None
    return [*values, *[last] * (length - len(values))]


def _compile(statement: Any, dialect: Dialect, lengths: Lengths) -> _Compiled:
    compiled: Any = statement.compile(dialect=dialect)
    asked = {name: None for name, bind in compiled.binds.items() if bind.required}
    state = compiled.construct_expanded_state(asked | {name: [None] * length for name, length in lengths})
    types = {name: bind.type for name, bind in compiled.binds.items()}
    types |= {f"{name}_{place}": types[name] for name, length in lengths for place in range(1, length + 1)}
    given = set(asked).difference(name for name, _ in lengths) | {n for n in types if n not in compiled.binds}
    columns = [(c.name, c.type) for c in statement.selected_columns] if statement.is_select else []
    return _Compiled(
        sql=state.statement,
        in_order=_picker(state.positiontup),
        constants={name: value for name, value in state.parameters.items() if name not in given},
        sent=_conversions(given, lambda name: _to_driver(types[name], dialect)),
        columns=tuple(name for name, _ in columns),
        read=_conversions(
            dict(columns), lambda name: dict(columns)[name].dialect_impl(dialect).result_processor(dialect, FLOAT8)
        ),
        several=_several(state.statement) if dialect.name == "sqlite" else None,
    )


FLOAT8 = 701  # PostgreSQL's number of the one type whose reader asks which it is: a Float is kept as nothing else
_INSERT = re.compile(r"INSERT INTO .* VALUES (?P<row>\((?:\?(?:, )?)+\))$", re.DOTALL)
_UPDATE = re.compile(r"UPDATE (?P<table>\w+) SET (?P<sets>.*) WHERE (?P<key>\w+\.\w+) = \?$", re.DOTALL)


def _several(sql: str) -> Callable[[int], str] | None:
    """How an INSERT of one row, or an UPDATE of columns by one key, is said for many rows."""
    if found := _INSERT.match(sql):
        row = found["row"]
        return cache(lambda size: sql + f", {row}" * (size - 1))
    if found := _UPDATE.match(sql):
        names = [part.removesuffix("=?") for part in found["sets"].split(", ")]
        row = f"({', '.join('?' * (len(names) + 1))})"
        sets = ", ".join(f"{name}=v.column{number}" for number, name in enumerate(names, start=1))
        head = f"UPDATE {found['table']} SET {sets} FROM (VALUES "
        tail = f") AS v WHERE {found['key']} = v.column{len(names) + 1}"
        return cache(lambda size: head + ", ".join([row] * size) + tail)
    return None


def _picker(names: Sequence[str] | None) -> Callable[[Row], tuple[Any, ...]] | None:
    if names is None:
        return None
    if len(names) > 1:
        return itemgetter(*names)
    return lambda values: tuple(values[name] for name in names)


def _conversions(names: Iterable[str], of: Callable[[str], Convert | None]) -> tuple[tuple[str, Convert], ...]:
    return tuple((name, convert) for name in sorted(names) if (convert := of(name)))


def _to_driver(kind: TypeEngine[Any], dialect: Dialect) -> Convert | None:
    """How a value is made ready for the driver; both drivers take bytes as they are."""
    return None if isinstance(kind, LargeBinary) else kind.dialect_impl(dialect).bind_processor(dialect)


def _run(conn: Connection, sql: str, parameters: Any, many: bool) -> list[Any]:
    cursor: Any = conn.connection.cursor()
    try:
        if many:
            cursor.executemany(sql, parameters)
            return []
        cursor.execute(sql, parameters)
        return list(cursor.fetchall())
    except Exception as error:
        raise _as_sqlalchemys(conn.dialect, sql, error) from error
    finally:
        cursor.close()


def _as_sqlalchemys(dialect: Dialect, sql: str, error: Exception) -> BaseException:
    drivers: Any = dialect.dbapi
    return DBAPIError.instance(sql, None, error, drivers.Error, dialect=dialect)
