"""What has happened lately, for whoever has to notice that it is a lot: presses, reports of a home."""

from typing import Any

from sqlalchemy import Connection, and_, bindparam, func, select

from callcenter.store.database import Database
from callcenter.store.prepared import Prepared
from callcenter.store.tables import calls, homes, visits

Row = dict[str, Any]
PRESSES = Prepared(
    select(
        calls.c.opened_at,
        func.coalesce(homes.c.community + " " + func.nullif(homes.c.building, ""), "").label("building"),
    )
    .select_from(calls.outerjoin(homes, homes.c.id == calls.c.home_id))
    .where(calls.c.opened_at >= bindparam("since"), calls.c.priority < 4)
)


class Lately:
    def __init__(self, database: Database):
        self.database = database

    def presses_since(self, at: str) -> list[Row]:
        """People's calls opened since a moment: ``opened_at`` and the building, as community and building."""
        with self.database.read() as conn:
            return PRESSES.rows(conn, since=at)

    def homes(self) -> int:
        with self.database.read() as conn:
            return int(conn.execute(select(func.count()).select_from(homes)).scalar_one())

    @staticmethod
    def reports_of(conn: Connection, home_id: int, since: str) -> list[Row]:
        """What carers have reported of a home since a moment."""
        mine = and_(visits.c.home_id == home_id, visits.c.finished_at >= since)
        return [report for report in conn.execute(select(visits.c.report).where(mine)).scalars() if report]
