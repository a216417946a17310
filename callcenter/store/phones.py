"""What the carers' phones tell between events: that they are alive, and where they were."""

from typing import Any

from sqlalchemy import and_, exists, or_, select, update

from callcenter.rules.times import later
from callcenter.store.database import Database
from callcenter.store.tables import carers, shifts

Row = dict[str, Any]
SEEN_EVERY_SECONDS = 20.0  # a phone asks every 3 s; writing each time would be 20 commits a second for 60 phones


class Phones:
    def __init__(self, database: Database) -> None:
        self.database = database

    def shifts(self, carer_id: int, now: str) -> list[Row]:
        """This carer's shifts that are not over, for ``dispatch.rules.roster``."""
        columns = (shifts.c.carer_id, shifts.c.starts_at, shifts.c.ends_at, shifts.c.post)
        query = select(*columns).where(shifts.c.carer_id == carer_id, shifts.c.ends_at > now)
        with self.database.read() as conn:
            return [dict(row) for row in conn.execute(query.order_by(shifts.c.starts_at).limit(20)).mappings()]

    def travel(self, carer_id: int) -> str:
        """This carer's means of travel: walk, e_bike or car."""
        with self.database.read() as conn:
            return str(conn.execute(select(carers.c.travel).where(carers.c.id == carer_id)).scalar_one())

    def seen(self, carer_id: int, at: str) -> None:
        """The phone spoke to us; written down only now and then."""
        old = or_(carers.c.seen_at.is_(None), carers.c.seen_at < later(at, -SEEN_EVERY_SECONDS))
        due = and_(carers.c.id == carer_id, old)
        with self.database.read() as conn:
            if conn.execute(select(carers.c.id).where(due)).first() is None:
                return
        with self.database.write() as conn:
            conn.execute(update(carers).where(due).values(seen_at=at))

    def was_at(self, carer_id: int, latitude: float, longitude: float, at: str) -> None:
        """Where the phone said it was (WGS-84): kept only of a carer who agreed to it and is on shift at ``at``."""
        place = {"latitude": latitude, "longitude": longitude, "position_at": at}
        on = exists().where(shifts.c.carer_id == carer_id, shifts.c.starts_at <= at, shifts.c.ends_at > at)
        agreed = and_(carers.c.id == carer_id, carers.c.position_consent <= at, on)
        with self.database.read() as conn:
            if conn.execute(select(carers.c.id).where(agreed)).first() is None:
                return
        with self.database.write() as conn:
            conn.execute(update(carers).where(agreed).values(place))
