"""The versions of the service promises, read as the rules know them."""

from sqlalchemy import select

from callcenter.rules.events import Row
from callcenter.store.database import Database
from callcenter.store.tables import promises


class Versions:
    def __init__(self, database: Database):
        self.database = database

    def after(self, number: int) -> list[Row]:
        """Every version later than this one, in order."""
        query = select(promises).where(promises.c.number > number).order_by(promises.c.number)
        with self.database.read() as conn:
            return [dict(row) for row in conn.execute(query).mappings()]
