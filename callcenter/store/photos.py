"""Photos of visits as rows: whose, of which call, in which file. The pictures themselves are files."""

from sqlalchemy import Connection, func, insert, select, update

from callcenter.rules.events import Row
from callcenter.store.database import Database
from callcenter.store.tables import photos


class PhotoRows:
    def __init__(self, database: Database):
        self.database = database

    def photo(self, photo_id: int) -> Row | None:
        """One that has not been deleted."""
        with self.database.read() as conn:
            query = select(photos).where(photos.c.id == photo_id, photos.c.deleted_at.is_(None))
            found = conn.execute(query).mappings().first()
            return dict(found) if found else None

    def of_call(self, call_id: str) -> list[Row]:
        with self.database.read() as conn:
            query = select(photos).where(photos.c.call_id == call_id).order_by(photos.c.id)
            return [dict(row) for row in conn.execute(query).mappings()]

    @staticmethod
    def count(conn: Connection, visit_id: str) -> int:
        mine = photos.c.visit_id == visit_id, photos.c.deleted_at.is_(None)
        return int(conn.execute(select(func.count()).select_from(photos).where(*mine)).scalar_one())

    @staticmethod
    def add(conn: Connection, row: Row) -> int:
        return int(conn.execute(insert(photos).values(**row).returning(photos.c.id)).scalar_one())

    @staticmethod
    def mark_deleted(conn: Connection, photo_id: int, at: str, by: str) -> bool:
        standing = photos.c.id == photo_id, photos.c.deleted_at.is_(None)
        return conn.execute(update(photos).where(*standing).values(deleted_at=at, deleted_by=by)).rowcount == 1
