"""Questions about tasks, answered from the picture."""

from typing import Any

from sqlalchemy import Connection, and_, func, or_, select

from callcenter.rules.events import Row
from callcenter.store.database import Database
from callcenter.store.tables import tasks

MOST = 500


class TaskStore:
    def __init__(self, database: Database):
        self.database = database

    @staticmethod
    def last_number(conn: Connection, day: str) -> int:
        last = select(func.coalesce(func.max(tasks.c.number), 0)).where(tasks.c.day == day)
        return int(conn.execute(last).scalar_one())

    def open(self) -> list[Row]:
        """What is still to be done, the most overdue first."""
        return self._rows(tasks.c.stage == "open")

    def mine(self, user_id: int, role: str) -> list[Row]:
        """What this person owns, and what anybody of their role may take up."""
        whose = or_(tasks.c.owner_id == user_id, and_(tasks.c.owner_id.is_(None), tasks.c.role == role))
        return self._rows(and_(tasks.c.stage == "open", whose))

    def owned(self, user_id: int) -> list[Row]:
        """What nobody else would do if this person went home."""
        return self._rows(and_(tasks.c.stage == "open", tasks.c.owner_id == user_id))

    def of_call(self, call_id: str) -> list[Row]:
        return self._rows(tasks.c.call_id == call_id)

    def lately_done(self, since: str) -> list[Row]:
        return self._rows(and_(tasks.c.stage == "done", tasks.c.done_at >= since))

    def _rows(self, where: Any) -> list[Row]:
        query = select(tasks).where(where).order_by(tasks.c.due_at, tasks.c.id).limit(MOST)
        with self.database.read() as conn:
            return [dict(row) for row in conn.execute(query).mappings()]
