"""Users and tokens as rows. Secrets come in as hashes; this room never sees a password."""

from typing import Any

from sqlalchemy import Connection, delete, func, insert, select, update

from callcenter.rules.events import Row
from callcenter.store.database import Database
from callcenter.store.tables import tokens, users


class Users:
    def __init__(self, database: Database):
        self.database = database

    def by_login(self, login: str) -> Row | None:
        return self._one(users.c.login == login)

    def by_id(self, user_id: int) -> Row | None:
        return self._one(users.c.id == user_id)

    def count(self) -> int:
        with self.database.read() as conn:
            return int(conn.execute(select(func.count()).select_from(users)).scalar_one())

    def all(self) -> list[Row]:
        with self.database.read() as conn:
            return [dict(r) for r in conn.execute(select(users).order_by(users.c.role, users.c.login)).mappings()]

    def on_duty(self, role: str) -> list[Row]:
        """Everyone of a role whose account is open."""
        return [user for user in self.all() if user["role"] == role and user["active"]]

    @staticmethod
    def supervisor(conn: Connection) -> Row | None:
        """Who owns what a machine has opened: ``{id, name}`` of the first supervisor whose account is open."""
        open_ = select(users.c.id, users.c.name).where(users.c.role == "supervisor", users.c.active)
        found = conn.execute(open_.order_by(users.c.id).limit(1)).mappings().first()
        return dict(found) if found else None

    def _one(self, where: Any) -> Row | None:
        with self.database.read() as conn:
            found = conn.execute(select(users).where(where)).mappings().first()
            return dict(found) if found else None

    @staticmethod
    def add(conn: Connection, row: Row) -> int:
        return int(conn.execute(insert(users).values(**row).returning(users.c.id)).scalar_one())

    @staticmethod
    def change(conn: Connection, user_id: int, **values: Any) -> None:
        """Change columns; every session of this user ends when the password or the right to be here changes."""
        if {"password_hash", "active", "role"} & set(values):
            values["session_epoch"] = users.c.session_epoch + 1
        conn.execute(update(users).where(users.c.id == user_id).values(**values))

    @staticmethod
    def put_token(conn: Connection, row: Row) -> None:
        """A name has one token: the one before, if any, ends."""
        conn.execute(delete(tokens).where(tokens.c.name == row["name"]))
        conn.execute(insert(tokens).values(**row))

    def token(self, digest: str) -> Row | None:
        with self.database.read() as conn:
            found = conn.execute(select(tokens).where(tokens.c.digest == digest, tokens.c.active)).mappings().first()
            return dict(found) if found else None
