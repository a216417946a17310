"""Absences as rows: who is away now, what was noted before, and where the register says something else."""

from typing import Any

from sqlalchemy import Connection, and_, func, or_, select

from callcenter.rules.absences import ON
from callcenter.rules.events import Row
from callcenter.rules.people import place
from callcenter.store.database import Database
from callcenter.store.tables import absences, devices, homes, residents, stations


class Away:
    def __init__(self, database: Database):
        self.database = database

    @staticmethod
    def running(conn: Connection, resident_id: int) -> Row | None:
        """The absence of this person that goes on now."""
        mine = and_(absences.c.resident_id == resident_id, absences.c.stage == ON)
        return next(iter(_rows(conn, select(absences).where(mine))), None)

    def listed(self, on: bool, limit: int = 300) -> list[Row]:
        """Who is away, the first to come back first; or who was, the newest first. ``pressed_at``: a press since."""
        pressed = select(func.max(devices.c.last_press_at)).where(devices.c.home_id == absences.c.home_id)
        named = (residents.c.name, residents.c.tier, homes.c.code.label("home_code"), stations.c.name.label("station"),
                 *(homes.c[n] for n in ("community", "building", "address")))  # fmt: skip
        query = select(absences, *named, pressed.scalar_subquery().label("pressed")).select_from(
            absences.join(homes, homes.c.id == absences.c.home_id)
            .outerjoin(residents, residents.c.id == absences.c.resident_id)
            .outerjoin(stations)
        )
        query = query.where(absences.c.stage == ON) if on else query.where(absences.c.stage != ON)
        order = absences.c.until_at if on else absences.c.ended_at.desc()
        with self.database.read() as conn:
            found = _rows(conn, query.order_by(order, absences.c.id).limit(limit))
        for row in found:
            row["place"] = place(row.pop("community") or "", row.pop("building") or "", row.pop("address") or "")
            pressed_at = row.pop("pressed")
            row["pressed_at"] = pressed_at if pressed_at and pressed_at > row["from_at"] else None
        return found

    @staticmethod
    def of_homes(conn: Connection, home_ids: list[int]) -> dict[int, Row]:
        """For each home with somebody away: ``{resident_id: {id, kind, until_at, from_at}}``."""
        names = ("id", "kind", "until_at", "from_at")
        mine = and_(absences.c.home_id.in_(home_ids), absences.c.stage == ON)
        found: dict[int, Row] = {}
        for row in _rows(conn, select(absences).where(mine)):
            found.setdefault(row["home_id"], {})[row["resident_id"]] = {name: row[name] for name in names}
        return found

    @staticmethod
    def differing(conn: Connection, now: str) -> list[Row]:
        """Residents whose ``away_until`` is not what their running absence says; ``absence`` is its id or None."""
        mine = and_(absences.c.resident_id == residents.c.id, absences.c.stage == ON)
        away = and_(residents.c.away_until.is_not(None), residents.c.away_until > now)
        differs = or_(
            and_(away, absences.c.id.is_(None)),
            and_(absences.c.id.is_not(None), func.coalesce(residents.c.away_until, "") != absences.c.until_at),
        )
        query = select(residents, absences.c.id.label("absence"), homes.c.code.label("home_code")).select_from(
            residents.join(homes).outerjoin(absences, mine)
        )
        return _rows(conn, query.where(differs).order_by(residents.c.id).limit(200))


def _rows(conn: Connection, query: Any) -> list[Row]:
    return [dict(row) for row in conn.execute(query).mappings()]
