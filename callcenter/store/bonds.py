"""What ties carers to homes: named for one, been there before, kept from it; and how much each has done today."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import and_, func, select

from callcenter.rules.events import Row
from callcenter.rules.times import stamp
from callcenter.store.database import Database
from callcenter.store.tables import homes, shifts, ties, visits

NAMED = frozenset({"A", "B"})  # AB岗制: the carers of a home; every other tie keeps the carer away


@dataclass(frozen=True)
class Bond:
    knows: frozenset[int] = frozenset()  # named for the home, or finished a visit there
    barred: Mapping[int, str] = field(default_factory=dict)  # carer to conflict, ban, allergy or infection
    done: Mapping[int, int] = field(default_factory=dict)  # visits finished in the shift that is running


class Bonds:
    def __init__(self, database: Database):
        self.database = database

    def of(self, home_id: int | None, now: datetime) -> Bond:
        at = stamp(now)
        running = and_(
            shifts.c.carer_id == visits.c.carer_id,
            shifts.c.starts_at <= at,
            shifts.c.ends_at > at,
            visits.c.finished_at >= shifts.c.starts_at,
        )
        count = func.count(visits.c.id.distinct())
        with self.database.read() as conn:
            work = (
                select(visits.c.carer_id, count).select_from(shifts.join(visits, running)).group_by(visits.c.carer_id)
            )
            done = {row[0]: row[1] for row in conn.execute(work)}
            if home_id is None:
                return Bond(done=done)
            been = select(visits.c.carer_id).where(visits.c.home_id == home_id, visits.c.stage == "finished").distinct()
            before = set(conn.execute(been).scalars())
            tied = list(conn.execute(select(ties.c.carer_id, ties.c.tie).where(ties.c.home_id == home_id)))
        named = {carer for carer, tie in tied if tie in NAMED}
        barred = {carer: tie for carer, tie in tied if tie not in NAMED}
        return Bond(frozenset(before | named), barred, done)

    def places(self, home_ids: Iterable[int | None]) -> dict[int, Row]:
        """``{home_id: {"latitude", "longitude"}}`` of the homes that carers are in, where that is known."""
        wanted = sorted({one for one in home_ids if one is not None})
        if not wanted:
            return {}
        columns = (homes.c.id, homes.c.latitude, homes.c.longitude)
        known = (homes.c.id.in_(wanted), homes.c.latitude.is_not(None), homes.c.longitude.is_not(None))
        with self.database.read() as conn:
            rows = [dict(row) for row in conn.execute(select(*columns).where(*known)).mappings()]
        return {row.pop("id"): row for row in rows}
