"""Prepared statements answer as SQLAlchemy does: same rows, same types, same errors, on both stores."""

from pathlib import Path

import pytest
from sqlalchemy import bindparam, insert, select, update
from sqlalchemy.exc import IntegrityError

from callcenter.store.database import Database, StoreUnavailable
from callcenter.store.prepared import Prepared
from callcenter.store.tables import carers, device_models, frames, stations

MODELS = select(device_models).where(device_models.c.id.in_(bindparam("ids", expanding=True))).order_by("id")
FRAME = {
    "line": "panels", "peer": "", "received_at": "2026-11-21T20:49:06.123Z", "raw": b"\x00\xff", "account": "1001",
    "outcome": "raised", "signals": 1, "same_as": None, "note": "",
}  # fmt: skip


def test_lists_of_any_length_and_json_come_back_as_from_sqlalchemy(database: Database) -> None:
    prepared = Prepared(MODELS, "ids")
    with database.write() as conn:
        numbers = {"heartbeat_seconds": 300, "grace_seconds": 60, "battery_hours": 24, "test_days": 30}
        rows = [{"id": n, "name": f"型号{n}", "keys": {"2": "service"}, **numbers} for n in range(1, 8)]
        Prepared(insert(device_models)).each(conn, rows)
        for many in (0, 1, 2, 3, 5, 7):
            asked = list(range(1, many + 1))
            expected = [dict(row) for row in conn.execute(MODELS, {"ids": asked}).mappings()]
            assert prepared.rows(conn, ids=asked) == expected
            assert len(expected) == many


def test_bytes_and_booleans_keep_their_types(database: Database) -> None:
    with database.write() as conn:
        Prepared(insert(frames)).each(conn, [{**FRAME, "id": n, "digest": bytes([n]) * 16} for n in (1, 2)])
        (found,) = Prepared(select(frames.c.raw, frames.c.same_as).where(frames.c.id == bindparam("id"))).rows(
            conn, id=2
        )
        assert (bytes(found["raw"]), found["same_as"]) == (b"\x00\xff", None)
        conn.execute(insert(stations).values(id=1, code="S1", name="站", latitude=36.6, longitude=101.7))
        conn.execute(insert(carers).values(id=1, code="C1", station_id=1, name="张", skills=[], languages=[]))
        change = update(carers).where(carers.c.id == bindparam("_id")).values(active=bindparam("_active"))
        Prepared(change).each(conn, [{"_id": 1, "_active": False}])
        (carer,) = Prepared(select(carers.c.active).where(carers.c.active.is_(False))).rows(conn)
        assert carer["active"] is False


def test_a_broken_rule_of_the_store_is_sqlalchemys_error_and_nothing_is_kept(database: Database) -> None:
    twice = [{**FRAME, "id": 1, "digest": bytes(16)}] * 2
    with pytest.raises(IntegrityError), database.write() as conn:
        Prepared(insert(frames)).each(conn, twice)
    with database.read() as conn:
        assert Prepared(select(frames.c.id)).rows(conn) == []


def test_a_store_that_fails_is_unavailable(tmp_path: Path) -> None:
    """SQLite; PostgreSQL that goes away is told in stories/test_survives_store_away.py."""
    database = Database(f"sqlite:///{tmp_path / 'without_tables.db'}")
    with pytest.raises(StoreUnavailable), database.read() as conn:
        Prepared(select(carers.c.id)).rows(conn)
    database.close()
