"""The links of grid workers, reporters and families: of each only the digest of its token, until when, and for what."""

from typing import Any

from sqlalchemy import Connection, and_, insert, select, update

from callcenter.store.database import Database
from callcenter.store.tables import calls, homes, personal_links

Row = dict[str, Any]
SHOWN = 500


class PersonalLinkRows:
    def __init__(self, database: Database) -> None:
        self.database = database

    def one(self, digest: str) -> Row | None:
        with self.database.read() as conn:
            found = conn.execute(select(personal_links).where(personal_links.c.digest == digest)).mappings().first()
            return dict(found) if found else None

    def listed(self) -> list[Row]:
        """The newest first, with the code of their home."""
        query = (
            select(personal_links, homes.c.code.label("home_code"))
            .outerjoin(homes, homes.c.id == personal_links.c.home_id)
            .order_by(personal_links.c.made_at.desc(), personal_links.c.digest)
            .limit(SHOWN)
        )
        with self.database.read() as conn:
            return [dict(row) for row in conn.execute(query).mappings()]

    @staticmethod
    def home(conn: Connection, code: str) -> int | None:
        return conn.execute(select(homes.c.id).where(homes.c.code == code)).scalar()

    @staticmethod
    def keep(conn: Connection, row: Row) -> None:
        conn.execute(insert(personal_links), row)

    @staticmethod
    def change(conn: Connection, digest: str, **values: str) -> bool:
        """Only one that opens still; False when there is none."""
        open_ = and_(personal_links.c.digest == digest, personal_links.c.revoked_at.is_(None))
        return bool(conn.execute(update(personal_links).where(open_).values(**values)).rowcount)

    def newest_case(self, home_id: int, closed_after: str) -> Row | None:
        """The open case of this home, else the one closed last after a moment: its times and nothing of what it is."""
        names = ("stage", "opened_at", "accepted_at", "departed_at", "arrived_at", "closed_at")
        person = and_(calls.c.home_id == home_id, calls.c.priority < 4)
        recent = (calls.c.stage != "closed") | (calls.c.closed_at > closed_after)
        query = select(*(calls.c[name] for name in names)).where(person, recent)
        with self.database.read() as conn:
            rows = [dict(row) for row in conn.execute(query.order_by(calls.c.opened_at)).mappings()]
        return next((row for row in rows if row["stage"] != "closed"), rows[-1] if rows else None)
