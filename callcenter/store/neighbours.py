"""Who lives near, who has the key, who may be asked; and the links they were sent, of which only digests are kept."""

from typing import Any

from sqlalchemy import Connection, and_, insert, or_, select, update

from callcenter.store.database import Database
from callcenter.store.tables import calls, contacts, homes, residents, responder_links, responders

Row = dict[str, Any]
HOME = ("id", "community", "grid", "address", "building", "unit", "door", "floor", "lift", "way_in", "door_code",
        "key_holder", "key_safe", "latitude", "longitude", "phone")  # fmt: skip


class Neighbours:
    def __init__(self, database: Database) -> None:
        self.database = database

    @staticmethod
    def home(conn: Connection, home_id: int) -> Row | None:
        """The home with those who live there as ``residents``: ``name`` and ``sex``, and nothing of their health."""
        found = conn.execute(select(*(homes.c[name] for name in HOME)).where(homes.c.id == home_id)).mappings().first()
        if found is None:
            return None
        who = select(residents.c.name, residents.c.sex).where(residents.c.home_id == home_id).order_by(residents.c.id)
        return dict(found) | {"residents": [dict(row) for row in conn.execute(who).mappings()]}

    @staticmethod
    def responders(conn: Connection, home: Row, degrees: float) -> list[Row]:
        """Everyone who agreed and is of this grid or its committee, has the key of this home, or lives within so many
        degrees of it."""
        near = [and_(responders.c.community == home["community"], responders.c.grid == home["grid"]),
                and_(responders.c.community == home["community"], responders.c.kind == "committee"),
                responders.c.home_id == home["id"]]  # fmt: skip
        if home["latitude"] is not None:
            away = [responders.c[name].between(home[name] - degrees, home[name] + degrees)
                    for name in ("latitude", "longitude")]  # fmt: skip
            near.append(and_(*away))
        able = and_(responders.c.active, responders.c.consent, or_(*near))
        return [dict(row) for row in conn.execute(select(responders).where(able).order_by(responders.c.id)).mappings()]

    @staticmethod
    def contacts(conn: Connection, home_id: int) -> list[Row]:
        query = select(contacts).join(residents).where(residents.c.home_id == home_id)
        ordered = query.order_by(contacts.c.rank, contacts.c.id)
        return [dict(row) for row in conn.execute(ordered).mappings()]

    @staticmethod
    def has_key(conn: Connection, role: str, person_id: int, home_id: int) -> bool:
        """Is this the registered key holder of this home, today?"""
        if role == "contact":
            theirs = select(contacts.c.id).join(residents).where(
                contacts.c.id == person_id, contacts.c.has_key, residents.c.home_id == home_id)  # fmt: skip
        else:
            kept = (responders.c.id == person_id, responders.c.home_id == home_id, responders.c.kind == "key_holder")
            theirs = select(responders.c.id).where(*kept, responders.c.active)
        return conn.execute(theirs).first() is not None

    # --- links ------------------------------------------------------------------------------------------------

    @staticmethod
    def keep_link(conn: Connection, row: Row) -> None:
        conn.execute(insert(responder_links), row)

    @staticmethod
    def link(conn: Connection, digest: str) -> Row | None:
        """The link with the stage of its call as ``stage``."""
        query = select(responder_links, calls.c.stage, calls.c.home_id).join(
            calls, calls.c.id == responder_links.c.call_id
        )
        found = conn.execute(query.where(responder_links.c.digest == digest)).mappings().first()
        return dict(found) if found else None

    def revoke(self, call_id: str, role: str, person_id: int, at: str) -> None:
        """None of this person's links for this call opens any more."""
        theirs = and_(responder_links.c.call_id == call_id, responder_links.c.role == role)
        mine = and_(theirs, responder_links.c.person_id == person_id, responder_links.c.revoked_at.is_(None))
        with self.database.write() as conn:
            conn.execute(update(responder_links).where(mine).values(revoked_at=at))
