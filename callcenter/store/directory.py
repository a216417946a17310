"""The lists people look through: homes, devices with their signs of life, carers and their shifts."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, func, or_, select

from callcenter.rules.people import place
from callcenter.store.database import Database
from callcenter.store.tables import (
    calls,
    carers,
    device_models,
    devices,
    homes,
    residents,
    responders,
    shifts,
    stations,
)

Row = dict[str, Any]
PAGE = 50


@dataclass(frozen=True, slots=True)
class Listing:
    rows: list[Row]
    found: int
    number: int

    @property
    def pages(self) -> int:
        return max(1, -(-self.found // PAGE))


class Directory:
    def __init__(self, database: Database) -> None:
        self.database = database

    def residents(self, station_id: int | None, tier: str, number: int) -> Listing:
        account = select(func.min(devices.c.account)).where(devices.c.home_id == homes.c.id).scalar_subquery()
        wanted: list[ColumnElement[bool]] = []
        if station_id:
            wanted.append(homes.c.station_id == station_id)
        if tier:
            wanted.append(residents.c.tier == tier)
        query = (
            select(
                *(residents.c[name] for name in ("code", "name", "sex", "born", "tier", "phone", "away_until")),
                *(homes.c[name] for name in ("community", "building", "address")),
                homes.c.code.label("home_code"),
                homes.c.phone.label("home_phone"),
                stations.c.name.label("station"),
                account.label("account"),
            )
            .select_from(residents.join(homes).outerjoin(stations))
            .where(*wanted)
            .order_by(homes.c.code, residents.c.code)
        )
        return self.listing(query, number)

    def devices(self, silent_before: str | None, number: int) -> Listing:
        """All devices, the longest silent first; ``silent_before`` leaves only those not heard since that stamp."""
        heard = devices.c.last_heard_at
        names = ("account", "pager", "last_heard_at", "last_press_at", "last_test_at", "battery_low", "mains_lost")
        query = (
            select(
                *(devices.c[name] for name in names),
                *(homes.c[name] for name in ("community", "building", "address")),
                homes.c.code.label("home_code"),
                device_models.c.name.label("model"),
            )
            .select_from(devices.outerjoin(homes).outerjoin(device_models))
            .where(*([or_(heard.is_(None), heard < silent_before)] if silent_before else []))
            .order_by(func.coalesce(heard, ""), devices.c.account)
        )
        return self.listing(query, number)

    def listing(self, query: Select[Any], number: int, placed: bool = True) -> Listing:
        with self.database.read() as conn:
            found = conn.execute(select(func.count()).select_from(query.order_by(None).subquery())).scalar() or 0
            number = max(1, min(number, -(-found // PAGE)))
            rows = conn.execute(query.limit(PAGE).offset((number - 1) * PAGE)).mappings()
            listed = [dict(row) for row in rows]
        for row in listed if placed else ():
            row["place"] = place(row["community"] or "", row["building"] or "", row["address"] or "")
        return Listing(listed, found, number)

    def responders(self, kind: str, number: int) -> Listing:
        """Who of the neighbourhood may be asked; those who may not are shown too, with why."""
        query = (
            select(responders, stations.c.name.label("station"), homes.c.code.label("home_code"), *(
                homes.c[name].label(f"home_{name}") for name in ("building", "address")))
            .select_from(responders.outerjoin(stations).outerjoin(homes, homes.c.id == responders.c.home_id))
            .where(*([responders.c.kind == kind] if kind else []))
            .order_by(responders.c.community, responders.c.grid, responders.c.code)
        )  # fmt: skip
        return self.listing(query, number, placed=False)

    def shifts(self, start: str, end: str) -> list[Row]:
        """Shifts of active carers that touch the time between two stamps, by time."""
        query = (
            select(
                *(shifts.c[name] for name in ("carer_id", "starts_at", "ends_at", "post")),
                func.coalesce(shifts.c.station_id, carers.c.station_id).label("station_id"),
                carers.c.name,
                carers.c.code,
            )
            .select_from(shifts.join(carers))
            .where(shifts.c.ends_at > start, shifts.c.starts_at < end, carers.c.active)
            .order_by(carers.c.station_id, shifts.c.starts_at, carers.c.id)
        )
        with self.database.read() as conn:
            return [dict(row) for row in conn.execute(query).mappings()]

    def roster_ends(self) -> str | None:
        with self.database.read() as conn:
            return conn.execute(
                select(func.max(shifts.c.ends_at)).select_from(shifts.join(carers)).where(carers.c.active)
            ).scalar()

    def last_calls(self, home_code: str, most: int = 5) -> list[Row]:
        names = ("id", "opened_at", "kind", "priority", "stage", "outcome")
        query = (
            select(*(calls.c[name] for name in names))
            .select_from(calls.join(homes, homes.c.id == calls.c.home_id))
            .where(homes.c.code == home_code)
            .order_by(calls.c.opened_at.desc())
            .limit(most)
        )
        with self.database.read() as conn:
            return [dict(row) for row in conn.execute(query).mappings()]
