"""The roster as rows: carers, shifts, stand-by, posts, duty officers, breaks, the official calendar, and drafts.

Every question takes the connection it is asked on, so that a change and what it is judged by are of one transaction.
"""

from collections.abc import Iterable, Sequence
from contextlib import AbstractContextManager
from typing import Any

from sqlalchemy import Connection, Select, Table, delete, insert, select, update

from callcenter.store.database import Database
from callcenter.store.tables import (
    breaks,
    calendar_days,
    carers,
    duties,
    officers,
    posts,
    roster_drafts,
    shifts,
    stand_bys,
    stations,
)

Row = dict[str, Any]
TABLES: dict[str, Table] = {"shifts": shifts, "stand_bys": stand_bys, "duties": duties, "breaks": breaks}
CARER = ("id", "code", "name", "phone", "skills", "post", "seen_at", "position_consent", "station_id")


class Rosters:
    def __init__(self, database: Database) -> None:
        self.database = database

    def reading(self) -> AbstractContextManager[Connection]:
        return self.database.read()

    # --- who there is ---------------------------------------------------------------------------------------------

    @staticmethod
    def stations(conn: Connection) -> list[Row]:
        return _rows(conn, select(stations.c.id, stations.c.code, stations.c.name).order_by(stations.c.id))

    @staticmethod
    def carers(conn: Connection) -> list[Row]:
        """Active carers with the name of their station, by station and code."""
        columns = (*(carers.c[name] for name in CARER), stations.c.name.label("station"))
        query = select(*columns).select_from(carers.join(stations)).where(carers.c.active)
        return _rows(conn, query.order_by(carers.c.station_id, carers.c.id))

    @staticmethod
    def posts(conn: Connection) -> list[Row]:
        return _rows(conn, select(posts).order_by(posts.c.station_id, posts.c.id))

    @staticmethod
    def officers(conn: Connection) -> list[Row]:
        return _rows(conn, select(officers).order_by(officers.c.id))

    @staticmethod
    def calendar(conn: Connection, first: str, last: str) -> list[Row]:
        """The official table of every year that these days touch."""
        of_years = calendar_days.c.day.between(f"{first[:4]}-01-01", f"{last[:4]}-12-31")
        return _rows(conn, select(calendar_days).where(of_years).order_by(calendar_days.c.day))

    # --- who is there when ----------------------------------------------------------------------------------------

    @staticmethod
    def during(conn: Connection, table: str, start: str, end: str) -> list[Row]:
        """Rows of ``shifts``, ``stand_bys``, ``duties`` or ``breaks`` that touch the time between two stamps."""
        t = TABLES[table]
        return _rows(conn, select(t).where(t.c.ends_at > start, t.c.starts_at < end).order_by(t.c.starts_at, t.c.id))

    @staticmethod
    def add(conn: Connection, table: str, rows: Sequence[Row]) -> None:
        if rows:
            conn.execute(insert(TABLES[table]), list(rows))

    @staticmethod
    def remove(conn: Connection, table: str, ids: Iterable[int]) -> None:
        t = TABLES[table]
        conn.execute(delete(t).where(t.c.id.in_(list(ids))))

    @staticmethod
    def end(conn: Connection, table: str, row_id: int, at: str) -> None:
        t = TABLES[table]
        conn.execute(update(t).where(t.c.id == row_id).values(ends_at=at))

    @staticmethod
    def agree(conn: Connection, carer_id: int, at: str | None) -> None:
        """When this carer agreed that positions are kept; with None what is kept of them goes too."""
        gone = {} if at else {"latitude": None, "longitude": None, "position_at": None}
        conn.execute(update(carers).where(carers.c.id == carer_id).values(position_consent=at, **gone))

    # --- drafts ---------------------------------------------------------------------------------------------------

    @staticmethod
    def drafts(conn: Connection, month: str) -> dict[str, Row]:
        """``{sheet: row}``."""
        query = select(roster_drafts).where(roster_drafts.c.month == month)
        return {row["sheet"]: row for row in _rows(conn, query)}

    @staticmethod
    def put_draft(conn: Connection, row: Row) -> None:
        known = conn.execute(update(roster_drafts).where(roster_drafts.c.id == row["id"]).values(**row))
        if not known.rowcount:
            conn.execute(insert(roster_drafts).values(**row))

    @staticmethod
    def published(conn: Connection, month: str, at: str) -> None:
        conn.execute(update(roster_drafts).where(roster_drafts.c.month == month).values(published_at=at))


def _rows(conn: Connection, query: Select[Any]) -> list[Row]:
    return [dict(row) for row in conn.execute(query).mappings()]
