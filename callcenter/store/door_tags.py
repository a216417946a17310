"""Tags at doors as rows: which home, by whom, whether they still count. Of the token only the hash is kept."""

from sqlalchemy import Connection, insert, select, update

from callcenter.rules.events import Row
from callcenter.store.database import Database
from callcenter.store.tables import door_tags, homes, visits

LISTED = 500


class DoorTagRows:
    def __init__(self, database: Database):
        self.database = database

    def by_digest(self, digest: str) -> Row | None:
        with self.database.read() as conn:
            found = conn.execute(select(door_tags).where(door_tags.c.digest == digest)).mappings().first()
            return dict(found) if found else None

    def home(self, code: str) -> int | None:
        """The id of the home with this code."""
        with self.database.read() as conn:
            return conn.execute(select(homes.c.id).where(homes.c.code == code)).scalar()

    def standing(self) -> list[Row]:
        """Tags that count, with the code of their home, newest first."""
        query = select(door_tags, homes.c.code.label("home")).join(homes, homes.c.id == door_tags.c.home_id)
        query = query.where(door_tags.c.revoked_at.is_(None)).order_by(door_tags.c.id.desc()).limit(LISTED)
        with self.database.read() as conn:
            return [dict(row) for row in conn.execute(query).mappings()]

    def unproved(self, since: str) -> list[Row]:
        """Visits whose arrival rests on the carer's word alone, newest first."""
        by_hand = visits.c.proof == "manual", visits.c.arrived_at >= since
        names = ("id", "call_id", "stage", "priority", "carer_id", "carer_name", "arrived_at", "ended_at")
        query = select(*(visits.c[name] for name in names), homes.c.code.label("home")).outerjoin_from(
            visits, homes, homes.c.id == visits.c.home_id
        )
        with self.database.read() as conn:
            found = conn.execute(query.where(*by_hand).order_by(visits.c.arrived_at.desc()).limit(LISTED))
            return [dict(row) for row in found.mappings()]

    @staticmethod
    def add(conn: Connection, row: Row) -> int:
        return int(conn.execute(insert(door_tags).values(**row).returning(door_tags.c.id)).scalar_one())

    @staticmethod
    def revoke(conn: Connection, tag: int, at: str, by: str) -> bool:
        """Whether there was a tag of this number that still counted."""
        standing = door_tags.c.id == tag, door_tags.c.revoked_at.is_(None)
        return conn.execute(update(door_tags).where(*standing).values(revoked_at=at, revoked_by=by)).rowcount == 1
