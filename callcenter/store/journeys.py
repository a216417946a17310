"""Journeys: what is kept of every arrival, read in the order of the log; and what a phone said when its carer left."""

import json

from sqlalchemy import Connection, select

from callcenter.rules.events import Row, call_stream
from callcenter.store.database import Database
from callcenter.store.tables import events, journeys

AT_ONCE = 5000


class Journeys:
    def __init__(self, database: Database):
        self.database = database

    def after(self, seq: int) -> list[Row]:
        """Arrivals later in the log than ``seq``, in its order; at most ``AT_ONCE``."""
        query = select(journeys).where(journeys.c.seq > seq).order_by(journeys.c.seq).limit(AT_ONCE)
        with self.database.read() as conn:
            return [dict(row) for row in conn.execute(query).mappings()]

    @staticmethod
    def departure(conn: Connection, call_id: str, visit_id: str) -> tuple[str, str] | None:
        """``(at, phone_at)`` of the carer's leaving for this visit."""
        stream = (events.c.stream == call_stream(call_id), events.c.kind == "CarerDeparted")
        for at, text in conn.execute(select(events.c.at, events.c.body).where(*stream).order_by(events.c.version)):
            body = json.loads(text)
            if body["visit"] == visit_id:
                return at, body.get("phone_at", "")
        return None
