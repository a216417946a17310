"""How people are reached: their numbers, which device of a home can tell something, which relatives wish to hear."""

from collections.abc import Iterable

from sqlalchemy import Connection, select

from callcenter.rules.events import Row
from callcenter.store.tables import carers, contacts, devices, homes, residents


def carer(conn: Connection, carer_id: int) -> Row:
    """``{id, name, phone}``; empty for a carer nobody knows any more."""
    found = conn.execute(select(carers.c.id, carers.c.name, carers.c.phone).where(carers.c.id == carer_id))
    return dict(found.mappings().first() or {})


def home(conn: Connection, home_id: int) -> Row:
    """``{phone, district, languages}`` of a home; its residents' own numbers where the home has none."""
    place = conn.execute(select(homes.c.phone, homes.c.district).where(homes.c.id == home_id)).first()
    who = conn.execute(
        select(residents.c.phone, residents.c.language).where(residents.c.home_id == home_id).order_by(residents.c.id)
    ).all()
    phones = [*([place.phone] if place else []), *(one.phone for one in who)]
    return {
        "phone": next((phone for phone in phones if phone), ""),
        "district": place.district if place else "",
        "languages": [one.language for one in who],
    }


def family(conn: Connection, home_id: int, most: int) -> list[Row]:
    """The first contacts of each resident who have said that they wish to hear; everyone once."""
    query = (
        select(contacts.c.id, contacts.c.resident_id, contacts.c.name, contacts.c.phone)
        .join(residents, residents.c.id == contacts.c.resident_id)
        .where(residents.c.home_id == home_id, contacts.c.wants_notices)
        .order_by(contacts.c.resident_id, contacts.c.rank, contacts.c.id)
    )
    found: dict[str, Row] = {}
    counted: dict[int, int] = {}
    for row in conn.execute(query).mappings():
        counted[row["resident_id"]] = counted.get(row["resident_id"], 0) + 1
        if counted[row["resident_id"]] <= most:
            found.setdefault(row["phone"], {"id": row["id"], "name": row["name"], "phone": row["phone"]})
    return list(found.values())


def unit(conn: Connection, home_id: int, account: str, lines: Iterable[str]) -> str:
    """The account of a device in this home that was last heard on one of these lines; the one that called first."""
    mine = devices.c.home_id == home_id, devices.c.line.in_(sorted(lines)), devices.c.last_heard_at.is_not(None)
    query = select(devices.c.account).where(*mine).order_by(devices.c.last_heard_at.desc())
    found = list(conn.execute(query).scalars())
    return account if account in found else next(iter(found), "")
