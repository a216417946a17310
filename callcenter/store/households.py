"""One home with everybody in it, read and saved as a whole."""

import hashlib
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, Table, delete, insert, select, update

from callcenter.rules.call import NotThere
from callcenter.rules.register import BY_NAME, Record
from callcenter.store.database import Database
from callcenter.store.log import Log, Writing
from callcenter.store.tables import contacts, device_models, devices, health_notes, homes, residents, stations

DETAILS: dict[str, Table] = {"contacts": contacts, "health": health_notes}


class Moved(Exception):
    """Somebody else has saved this home since it was shown."""


@dataclass(slots=True)
class Household:
    """Records as the sheets have them; contacts and health notes by the resident's code, in order."""

    home: Record
    residents: list[Record]
    contacts: dict[str, list[Record]] = field(default_factory=dict)
    health: dict[str, list[Record]] = field(default_factory=dict)

    @property
    def digest(self) -> str:
        seen = (self.home, self.residents, self.contacts, self.health)
        return hashlib.sha256(repr(seen).encode()).hexdigest()[:16]


class Households:
    def __init__(self, database: Database, log: Log) -> None:
        self.database, self.log = database, log

    def one(self, code: str) -> Household | None:
        with self.database.read() as conn:
            return _one(conn, code)

    def devices(self, code: str) -> list[Record]:
        query = (
            select(devices, device_models.c.name.label("model"))
            .select_from(devices.join(homes).outerjoin(device_models))
            .where(homes.c.code == code)
        )
        with self.database.read() as conn:
            return [dict(row) for row in conn.execute(query).mappings()]

    def stations(self) -> list[Record]:
        with self.database.read() as conn:
            query = select(stations.c.id, stations.c.code, stations.c.name).order_by(stations.c.id)
            return [dict(row) for row in conn.execute(query).mappings()]

    def save(self, after: Household, seen: str, actor: str) -> None:
        """Keep the household as given, with the names of what changed in the log. ``seen`` is the digest that was
        shown; raises ``Moved`` when it is no longer so."""
        with self.log.writing() as writing:
            before = _one(writing.conn, after.home["code"])
            if before is None or before.digest != seen:
                raise Moved
            changed = _save(writing.conn, before, after)
            if changed:
                body = {"home": after.home["code"], "changed": changed}
                writing.append("people", "PeopleChanged", body, actor)

    @staticmethod
    def access_checked(w: Writing, home_id: int, works: bool, words: str, name: str, actor: str) -> None:
        """Somebody stood at the door and tried the way in. What did not work is shown to whoever is sent next."""
        code = w.conn.execute(select(homes.c.code).where(homes.c.id == home_id)).scalar()
        if code is None:
            raise NotThere(f"there is no home {home_id}")
        fault = "" if works else words or "?"
        seen = {"access_checked_at": w.at, "access_checked_by": name[:60], "access_fault": fault}
        w.conn.execute(update(homes).where(homes.c.id == home_id).values(seen))
        w.append("people", "AccessChecked", {"home": code, "works": works, "words": words, "name": name}, actor)


def _one(conn: Connection, code: str) -> Household | None:
    query = select(homes, stations.c.code.label("station")).outerjoin_from(homes, stations).where(homes.c.code == code)
    row = conn.execute(query).mappings().first()
    if row is None:
        return None
    people = conn.execute(select(residents).where(residents.c.home_id == row["id"]).order_by(residents.c.id))
    found = Household(_record("homes", dict(row)), [])
    for person in people.mappings():
        found.residents.append(_record("residents", {**person, "home": code}))
        for sheet, table, order in (
            ("contacts", contacts, contacts.c.rank),
            ("health", health_notes, health_notes.c.id),
        ):
            rows = conn.execute(select(table).where(table.c.resident_id == person["id"]).order_by(order)).mappings()
            records = [_record(sheet, {**detail, "resident": person["code"]}) for detail in rows]
            getattr(found, sheet)[person["code"]] = records
    return found


def _record(sheet: str, row: dict[str, Any]) -> Record:
    return {column.name: row[column.name] or column.default if column.refers else row[column.name]
            for column in BY_NAME[sheet].fields if column.name != "datum"}  # fmt: skip


def _save(conn: Connection, before: Household, after: Household) -> list[str]:
    """The names of what changed: ``address``, ``R0001 tier``, ``R0001 contacts``."""
    changed = _differing(before.home, after.home)
    if changed:
        values = {name: after.home[name] for name in changed if name != "station"}
        if "station" in changed:
            values["station_id"] = (
                select(stations.c.id).where(stations.c.code == after.home["station"]).scalar_subquery()
            )
        conn.execute(update(homes).where(homes.c.code == after.home["code"]).values(**values))
    for old, new in zip(before.residents, after.residents, strict=True):
        code, differing = new["code"], _differing(old, new)
        if differing:
            conn.execute(update(residents).where(residents.c.code == code).values({n: new[n] for n in differing}))
        changed += [f"{code} {name}" for name in differing] + _save_details(conn, code, before, after)
    return changed


def _save_details(conn: Connection, code: str, before: Household, after: Household) -> list[str]:
    changed = []
    for sheet, table in DETAILS.items():
        new = getattr(after, sheet).get(code, [])
        if new == getattr(before, sheet).get(code, []):
            continue
        number = conn.execute(select(residents.c.id).where(residents.c.code == code)).scalar_one()
        conn.execute(delete(table).where(table.c.resident_id == number))
        for record in new:
            values = {name: value for name, value in record.items() if name != "resident"}
            conn.execute(insert(table).values(resident_id=number, **values))
        changed.append(f"{code} {sheet}")
    return changed


def _differing(old: Record, new: Record) -> list[str]:
    return [name for name, value in new.items() if value != old[name]]
