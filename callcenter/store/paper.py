"""Everybody at once, for the paper pack: homes with who lives there, their contacts, what is known of their health."""

from itertools import groupby
from typing import Any

from sqlalchemy import Connection, Select, select

from callcenter.rules.events import Row
from callcenter.store.tables import contacts, devices, health_notes, homes, protection, residents

HOME = ("id", "code", "station_id", "community", "street", "address", "building", "unit", "door", "floor", "lift",
        "phone", "way_in", "door_code", "key_holder", "key_safe", "access_fault")  # fmt: skip
RESIDENT = ("id", "home_id", "code", "name", "pinyin", "sex", "born", "phone", "language", "tier", "lives_alone",
            "away_until", "notes")  # fmt: skip
CONTACT = ("resident_id", "name", "relation", "phone", "reachable", "minutes_away", "has_key")


def everybody(conn: Connection) -> list[Row]:
    """Homes in the order somebody would walk them, each with ``residents`` (with ``contacts`` and ``health``),
    ``account`` and whether the pager cannot be heard now (``unheard``)."""
    at = _by(conn, select(contacts).order_by(contacts.c.resident_id, contacts.c.rank, contacts.c.id), "resident_id")
    notes = _by(
        conn,
        select(health_notes).order_by(health_notes.c.resident_id, health_notes.c.critical.desc(), health_notes.c.id),
        "resident_id",
    )
    people = _by(
        conn, select(*(residents.c[n] for n in RESIDENT)).order_by(residents.c.home_id, residents.c.id), "home_id"
    )
    units = _by(conn, select(devices.c.home_id, devices.c.account).order_by(devices.c.home_id, devices.c.id), "home_id")
    running = select(protection.c.home_id).where(protection.c.until.is_(None), protection.c.status == "unprotected")
    unheard = set(conn.execute(running).scalars())
    order = (homes.c.community, homes.c.building, homes.c.unit, homes.c.door, homes.c.id)
    found = conn.execute(select(*(homes.c[name] for name in HOME)).order_by(*order)).mappings()
    return [
        {
            **home,
            "residents": [
                {**one, "contacts": at.get(one["id"], []), "health": notes.get(one["id"], [])}
                for one in people.get(home["id"], [])
            ],
            "account": next((unit["account"] for unit in units.get(home["id"], [])), ""),
            "unheard": home["id"] in unheard,
        }
        for home in found
    ]


def _by(conn: Connection, query: Select[Any], column: str) -> dict[Any, list[Row]]:
    rows = [dict(row) for row in conn.execute(query).mappings()]
    return {key: list(group) for key, group in groupby(rows, key=lambda row: row[column])}
