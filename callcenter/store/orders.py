"""Orders to devices as the log has them: which have been given, what became of each."""

import json
from collections.abc import Sequence

from sqlalchemy import Connection, select

from callcenter.rules.events import Event, Row, device_stream
from callcenter.store.database import Database
from callcenter.store.tables import events

GIVEN = "DeviceOrdered"
TOLD, OBEYED, FAILED = "DeviceToldOrder", "DeviceObeyed", "OrderNotDelivered"
KINDS = (GIVEN, TOLD, OBEYED, FAILED)


class OrderBook:
    def __init__(self, database: Database):
        self.database = database

    def given(self, after: int, until: int) -> list[Event]:
        """Orders in the log after one seq, up to another, oldest first. Every event between is looked at once."""
        between = events.c.seq > after, events.c.seq <= until
        query = select(events).where(events.c.kind == GIVEN, *between).order_by(events.c.seq)
        with self.database.read() as conn:
            return _events(conn.execute(query).mappings().all())

    @staticmethod
    def settled(conn: Connection, given: Event) -> bool:
        """Has any gateway told the device, or said that it could not?"""
        mine = events.c.stream == given.stream, events.c.version > given.version, events.c.kind.in_((TOLD, FAILED))
        found = _events(conn.execute(select(events).where(*mine)).mappings().all())
        return any(event.body.get("order") == given.seq for event in found)

    def recent(self, account: str, limit: int) -> list[Event]:
        """The newest events about orders to one device, oldest of them first."""
        mine = events.c.stream == device_stream(account), events.c.kind.in_(KINDS)
        query = select(events).where(*mine).order_by(events.c.version.desc()).limit(limit)
        with self.database.read() as conn:
            return _events(conn.execute(query).mappings().all())[::-1]


def _events(rows: Sequence[object]) -> list[Event]:
    found: list[Row] = [dict(row) for row in rows]  # type: ignore[call-overload]
    return [Event(**{**row, "body": json.loads(row["body"])}) for row in found]
