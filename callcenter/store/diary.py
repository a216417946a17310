"""Services, booked visits and call-backs as rows: the catalogue, the day of a station, who works, who is to be rung."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, and_, func, insert, or_, select, update

from callcenter.rules.events import Row, call_stream
from callcenter.store.database import Database
from callcenter.store.log import event_of
from callcenter.store.people import portions
from callcenter.store.tables import (
    bookings,
    callbacks,
    calls,
    carers,
    events,
    homes,
    residents,
    services,
    shifts,
    stations,
    visits,
)

MOST = 500


class Diary:
    """Moments are stamps. What takes a ``conn`` is read inside the caller's transaction."""

    def __init__(self, database: Database):
        self.database = database

    # --- the catalogue ----------------------------------------------------------------------------------------

    def services(self, active_only: bool = False) -> list[Row]:
        query = select(services).order_by(services.c.active.desc(), services.c.id)
        with self.database.read() as conn:
            return _rows(conn, query.where(services.c.active) if active_only else query)

    @staticmethod
    def service(conn: Connection, code: str) -> Row | None:
        return _first(conn, select(services).where(services.c.code == code))

    @staticmethod
    def keep_service(conn: Connection, code: str, values: Mapping[str, Any]) -> bool:
        """Add it or change it; returns whether it was new."""
        if conn.execute(update(services).where(services.c.code == code).values(values)).rowcount:
            return False
        conn.execute(insert(services).values(code=code, **values))
        return True

    # --- booked visits ----------------------------------------------------------------------------------------

    def booking(self, booking_id: str) -> Row | None:
        with self.database.read() as conn:
            return _first(conn, select(bookings).where(bookings.c.id == booking_id))

    @staticmethod
    def last_number(conn: Connection, day: str) -> int:
        """``day`` as it stands in the ids: 20261123."""
        mine = bookings.c.id.like(f"{day}-B%")
        return int(conn.execute(select(func.count()).select_from(bookings).where(mine)).scalar_one())

    @staticmethod
    def of_day(conn: Connection, day: str, station_id: int | None) -> list[Row]:
        same = and_(bookings.c.day == day, bookings.c.station_id.is_not_distinct_from(station_id))
        return _rows(conn, select(bookings).where(same).order_by(bookings.c.id))

    @staticmethod
    def of_home(conn: Connection, home_id: int, days: Iterable[str]) -> list[Row]:
        mine = and_(bookings.c.home_id == home_id, bookings.c.day.in_(sorted(days)))
        return _rows(conn, select(bookings).where(mine).order_by(bookings.c.from_at))

    @staticmethod
    def of_series(conn: Connection, series: str, since: str) -> list[Row]:
        mine = and_(bookings.c.series == series, bookings.c.day >= since)
        return _rows(conn, select(bookings).where(mine).order_by(bookings.c.id))

    def listed(self, since: str, until: str, station_id: int | None, stages: Sequence[str]) -> list[Row]:
        query = select(bookings).where(bookings.c.day >= since, bookings.c.day <= until)
        if station_id:
            query = query.where(bookings.c.station_id == station_id)
        if stages:
            query = query.where(bookings.c.stage.in_(stages))
        with self.database.read() as conn:
            return _rows(conn, query.order_by(bookings.c.from_at, bookings.c.id).limit(MOST))

    def of_carer(self, carer_id: int, days: Iterable[str], stages: Iterable[str]) -> list[Row]:
        mine = (bookings.c.carer_id == carer_id, bookings.c.day.in_(sorted(days)), bookings.c.stage.in_(sorted(stages)))
        with self.database.read() as conn:
            return _rows(conn, select(bookings).where(*mine).order_by(bookings.c.planned_at))

    # --- homes and carers -------------------------------------------------------------------------------------

    @staticmethod
    def whose(conn: Connection, home_id: int | None, resident_id: int | None) -> Row | None:
        """The home of a booking with station and community; ``resident_id`` when it was said."""
        query = select(homes.c.id.label("home_id"), homes.c.station_id, homes.c.community)
        if resident_id is not None:
            query = query.join(residents, residents.c.home_id == homes.c.id).where(residents.c.id == resident_id)
        found = _first(conn, query.where(homes.c.id == home_id) if home_id is not None else query)
        return found | {"resident_id": resident_id} if found and (home_id or resident_id) else None

    @staticmethod
    def doors(conn: Connection, home_ids: Iterable[int]) -> dict[int, Row]:
        """Where homes are, and which sex of carer is wished for there (when all who live there wish the same)."""
        found: dict[int, Row] = {}
        for some in portions(sorted(set(home_ids))):
            query = select(homes.c.id, homes.c.latitude, homes.c.longitude, residents.c.carer_sex)
            for row in conn.execute(query.outerjoin_from(homes, residents).where(homes.c.id.in_(some))).mappings():
                before = found.get(row["id"])
                same = before is None or before["carer_sex"] == (row["carer_sex"] or "")
                found[row["id"]] = dict(row) | {"carer_sex": (row["carer_sex"] or "") if same else ""}
        return found

    @staticmethod
    def working(conn: Connection, station_id: int, since: str, until: str) -> list[Row]:
        """Carers of a station with each shift that touches the time: one row a shift."""
        during = and_(shifts.c.carer_id == carers.c.id, shifts.c.starts_at < until, shifts.c.ends_at > since)
        query = (
            select(carers, shifts.c.starts_at, shifts.c.ends_at, stations.c.latitude.label("station_latitude"),
                   stations.c.longitude.label("station_longitude"))
            .select_from(carers.join(stations).join(shifts, during))
            .where(carers.c.active, carers.c.station_id == station_id)
            .order_by(carers.c.id, shifts.c.starts_at)
        )  # fmt: skip
        return _rows(conn, query)

    @staticmethod
    def last_carers(conn: Connection, home_ids: Iterable[int]) -> dict[int, int]:
        """Who was last at each home and finished there."""
        found: dict[int, int] = {}
        for some in portions(sorted(set(home_ids))):
            mine = and_(visits.c.home_id.in_(some), visits.c.stage == "finished")
            query = select(visits.c.home_id, visits.c.carer_id).where(mine).order_by(visits.c.finished_at, visits.c.id)
            found |= {row.home_id: row.carer_id for row in conn.execute(query)}
        return found

    # --- call-backs -------------------------------------------------------------------------------------------

    def callback(self, callback_id: str) -> Row | None:
        with self.database.read() as conn:
            return _first(conn, select(callbacks).where(callbacks.c.id == callback_id))

    @staticmethod
    def asked_of_call(conn: Connection, call_id: str) -> list[Row]:
        return _rows(conn, select(callbacks).where(callbacks.c.call_id == call_id, callbacks.c.stage == "open"))

    @staticmethod
    def asked_of_booking(conn: Connection, booking_id: str) -> list[Row]:
        mine = and_(callbacks.c.booking_id == booking_id, callbacks.c.purpose != "rate")
        return _rows(conn, select(callbacks).where(mine))

    def to_ring(self, owner_id: int | None = None, station_id: int | None = None) -> list[Row]:
        """Open call-backs: first those that may be rung soonest, the most overdue of them first."""
        query = select(callbacks).where(callbacks.c.stage == "open")
        if owner_id:
            query = query.where(or_(callbacks.c.owner_id == owner_id, callbacks.c.owner_id.is_(None)))
        if station_id:
            query = query.where(callbacks.c.station_id == station_id)
        with self.database.read() as conn:
            return _rows(conn, query.order_by(callbacks.c.due_at, callbacks.c.id).limit(MOST))

    def answered(self, since: str, until: str) -> list[Row]:
        """Rating call-backs done in a stretch of time: what the figures are made of."""
        mine = and_(callbacks.c.purpose == "rate", callbacks.c.done_at >= since, callbacks.c.done_at < until)
        with self.database.read() as conn:
            return _rows(conn, select(callbacks).where(mine).order_by(callbacks.c.done_at, callbacks.c.id))

    def complaints_told(self, since: str, until: str) -> list[Row]:
        """Complaints nobody had rung for, of the cases opened in a stretch of time: ``{call, home_id, at, words}``."""
        opened = and_(calls.c.complaint, calls.c.opened_at >= since, calls.c.opened_at < until)
        found: list[Row] = []
        with self.database.read() as conn:
            homes_of = {row.id: row.home_id for row in conn.execute(select(calls.c.id, calls.c.home_id).where(opened))}
            for some in portions([call_stream(call_id) for call_id in homes_of]):
                raised = (events.c.stream.in_(some), events.c.kind == "ComplaintRaised")
                found += [event_of(row).body | {"at": row["at"]}
                          for row in _rows(conn, select(events).where(*raised))]  # fmt: skip
        told = [one for one in found if "callback" not in one]
        return sorted((one | {"home_id": homes_of[one["call"]]} for one in told), key=lambda one: one["at"])

    def station_names(self) -> dict[int, str]:
        with self.database.read() as conn:
            return {
                row.id: row.name for row in conn.execute(select(stations.c.id, stations.c.name).order_by(stations.c.id))
            }

    def numbers_of(self, home_ids: Iterable[int]) -> dict[int, list[str]]:
        """Telephones of homes and of who lives there, the residents' own first."""
        found: dict[int, list[str]] = {}
        with self.database.read() as conn:
            for some in portions(sorted(set(home_ids))):
                query = select(homes.c.id, homes.c.phone, residents.c.phone.label("own")).where(homes.c.id.in_(some))
                for row in conn.execute(query.outerjoin_from(homes, residents).order_by(residents.c.id)).mappings():
                    known = found.setdefault(row["id"], [])
                    known += [n for n in (row["own"], row["phone"]) if n and n not in known]
        return found


def _rows(conn: Connection, query: Any) -> list[Row]:
    return [dict(row) for row in conn.execute(query).mappings()]


def _first(conn: Connection, query: Any) -> Row | None:
    row = conn.execute(query).mappings().first()
    return dict(row) if row else None
