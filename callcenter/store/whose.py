"""Whose case it is when no wire has said so: a home's or a resident's, with a device or without any; a caller's."""

from typing import Any

from sqlalchemy import Connection, select

from callcenter.rules.call import CLOSED, DEVICE_PRIORITY
from callcenter.rules.callers import HOME
from callcenter.rules.risk import highest_tier
from callcenter.store.log import Writing
from callcenter.store.people import CONDITION, People
from callcenter.store.tables import calls, devices, homes, residents

Row = dict[str, Any]


def owner(conn: Connection, people: People, home_id: int | None, resident_id: int | None) -> tuple[str, Row] | None:
    """The account of the home and its owner row, as the intake knows them; None when there is no such home.

    A home with a device goes by its first account, so that a case from another door meets the pager's case.
    """
    if resident_id is not None:
        home_id = conn.execute(select(residents.c.home_id).where(residents.c.id == resident_id)).scalar()
    home = conn.execute(select(homes).where(homes.c.id == home_id)).mappings().first() if home_id else None
    if home is None:
        return None
    mine = select(devices.c.account).where(devices.c.home_id == home["id"]).order_by(devices.c.id).limit(1)
    account = conn.execute(mine).scalar()
    found = people.devices_by_account(conn, [account])[account] if account else _without_device(conn, dict(home))
    return account or f"{HOME}{home['id']}", found | ({"resident_id": resident_id} if resident_id else {})


def case_of_caller(w: Writing, account: str) -> Row | None:
    """The open case of a person nobody knew when they called, by whatever door; found at home meanwhile or not."""
    mine = (calls.c.caller == account) & (calls.c.stage != CLOSED) & (calls.c.priority < DEVICE_PRIORITY)
    rows = w.conn.execute(select(calls).where(mine).order_by(calls.c.opened_at)).mappings()
    found = {row["id"]: dict(row) for row in rows} | {row["id"]: row for row in w.changed("calls")}
    theirs = (row for row in found.values() if row["caller"] == account and row["stage"] != CLOSED)
    return next((row for row in theirs if row["priority"] < DEVICE_PRIORITY), None)


def _without_device(conn: Connection, home: Row) -> Row:
    living = conn.execute(select(residents).where(residents.c.home_id == home["id"]).order_by(residents.c.id))
    who = [dict(row) for row in living.mappings()]
    return {
        "device_id": None, "home_id": home["id"], "resident_id": who[0]["id"] if len(who) == 1 else None,
        "station_id": home["station_id"], "community": home["community"], "keys": {}, "key_hex": "",
        "tier": highest_tier(row["tier"] for row in who), "language": who[0]["language"] if who else "zh",
        "away_until": None, **dict.fromkeys(CONDITION),
    }  # fmt: skip
