"""After an upgrade the pictures are folded from the log again: a newer program may see more in an old event."""

import json
from collections.abc import Sequence
from itertools import groupby
from typing import Any

from sqlalchemy import insert, select, update

from callcenter.rules.events import Event, Row
from callcenter.store.database import Database
from callcenter.store.log import Picture
from callcenter.store.tables import events, metadata
from callcenter.store.upgrade import upgrade


def bring_up(database: Database, pictures: Sequence[Picture]) -> tuple[str | None, str, int]:
    """The database brought to this program's tables: the revision before, after, and rows folded anew."""
    before, after = upgrade(database)
    return before, after, refold(database, pictures) if before not in (None, after) else 0


def refold(database: Database, pictures: Sequence[Picture]) -> int:
    """Writes every row that differs from what the log says; returns how many did. One transaction: all or nothing."""
    changed = 0
    with database.write() as conn:
        history = conn.execute(select(events).order_by(events.c.stream, events.c.version)).all()
        for _, story in groupby(history, key=lambda row: row.stream):
            for table, rows in _folded(list(story), pictures).items():
                changed += sum(_put(conn, table, row) for row in rows.values())
    return changed


def _folded(story: list[Any], pictures: Sequence[Picture]) -> dict[str, dict[str, Row]]:
    found: dict[str, dict[str, Row]] = {picture.table: {} for picture in pictures}
    for row in story:
        event = Event(row.seq, row.at, row.stream, row.version, row.kind, json.loads(row.body), row.actor, row.hash)
        for picture in pictures:
            key = picture.key(event)
            if key is not None:
                found[picture.table][key] = picture.after(found[picture.table].get(key), event)
    return found


def _put(conn: Any, table: str, row: Row) -> bool:
    t = metadata.tables[table]
    kept = conn.execute(select(t).where(t.c.id == row["id"])).mappings().first()
    if kept is None:
        conn.execute(insert(t).values(**row))
        return True
    different = {column: value for column, value in row.items() if kept[column] != value}
    if different:
        conn.execute(update(t).where(t.c.id == row["id"]).values(**different))
    return bool(different)
