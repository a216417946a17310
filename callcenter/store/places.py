"""Where homes are and whose: for whoever draws the district, or opens a case of a home that no device told of."""

from collections.abc import Sequence

from sqlalchemy import Connection, func, or_, select

from callcenter.rules.events import Row
from callcenter.rules.risk import highest_tier
from callcenter.store.tables import calls, devices, homes, residents, stations

PLACE = ("id", "code", "community", "building", "address", "station_id", "latitude", "longitude", "floor", "lift",
         "key_safe")  # fmt: skip


def every(conn: Connection) -> list[Row]:
    """All homes with the name of their station and how many live there; homes without a position too."""
    persons = select(func.count()).where(residents.c.home_id == homes.c.id).scalar_subquery()
    query = select(*(homes.c[name] for name in PLACE), stations.c.name.label("station"), persons.label("persons"))
    found = conn.execute(query.outerjoin_from(homes, stations).order_by(homes.c.id)).mappings()
    return [dict(row) for row in found]


def whose(conn: Connection, home_id: int) -> Row | None:
    """``{account, community, station_id, resident_id, tier}``; ``resident_id`` only where one person lives."""
    place = conn.execute(select(homes.c.community, homes.c.station_id).where(homes.c.id == home_id)).first()
    if place is None:
        return None
    people = conn.execute(select(residents.c.id, residents.c.tier).where(residents.c.home_id == home_id)).all()
    first = select(devices.c.account).where(devices.c.home_id == home_id).order_by(devices.c.id).limit(1)
    return {
        "account": conn.execute(first).scalar() or "", "community": place.community, "station_id": place.station_id,
        "resident_id": people[0].id if len(people) == 1 else None,
        "tier": highest_tier(one.tier for one in people),
    }  # fmt: skip


def cases_of(conn: Connection, home_id: int, since: str, until: str) -> Sequence[Row]:
    """Cases of people in this home that are open, or were opened between two stamps; the newest first."""
    near = calls.c.opened_at.between(since, until)
    mine = (calls.c.home_id == home_id, calls.c.priority < 4, or_(calls.c.stage != "closed", near))
    found = conn.execute(select(calls).where(*mine).order_by(calls.c.opened_at.desc())).mappings()
    return [dict(row) for row in found]
