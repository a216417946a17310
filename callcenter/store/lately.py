"""What has happened lately, for whoever has to notice that it is a lot: presses, reports of a home."""

from typing import Any

from sqlalchemy import Connection, and_, func, select

from callcenter.store.database import Database
from callcenter.store.tables import calls, homes, visits

Row = dict[str, Any]


class Lately:
    def __init__(self, database: Database):
        self.database = database

    def presses_since(self, at: str) -> list[Row]:
        """People's calls opened since a moment: ``opened_at`` and the building, as community and building."""
        where = func.coalesce(homes.c.community + " " + func.nullif(homes.c.building, ""), "")
        of_homes = calls.outerjoin(homes, homes.c.id == calls.c.home_id)
        query = select(calls.c.opened_at, where.label("building")).select_from(of_homes)
        with self.database.read() as conn:
            found = conn.execute(query.where(calls.c.opened_at >= at, calls.c.priority < 4)).mappings()
            return [dict(row) for row in found]

    def homes(self) -> int:
        with self.database.read() as conn:
            return int(conn.execute(select(func.count()).select_from(homes)).scalar_one())

    @staticmethod
    def reports_of(conn: Connection, home_id: int, since: str) -> list[Row]:
        """What carers have reported of a home since a moment."""
        mine = and_(visits.c.home_id == home_id, visits.c.finished_at >= since)
        return [report for report in conn.execute(select(visits.c.report).where(mine)).scalars() if report]
