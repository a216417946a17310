"""Telephone calls as rows, who a number belongs to, and whose telephone an extension is."""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import ColumnElement, Connection, func, or_, select, update

from callcenter.rules.events import Event, Row
from callcenter.rules.numbers import ending, same
from callcenter.rules.people import place
from callcenter.rules.telephony import ENDED, IN, OPEN, RINGING
from callcenter.store.database import Database
from callcenter.store.log import event_of
from callcenter.store.tables import calls, carers, contacts, events, homes, residents, stations, talks, users, visits

ASKED = ("TalkDialled", "TalkAsked")
MOST = 200  # telephone calls shown at once
_HOME = (homes.c.id.label("home_id"), homes.c.community, homes.c.building, homes.c.address, homes.c.station_id)


class Talks:
    def __init__(self, database: Database):
        self.database = database

    # --- telephone calls ------------------------------------------------------------------------------------

    def one(self, talk: str) -> Row | None:
        with self.database.read() as conn:
            found = conn.execute(select(talks).where(talks.c.id == talk)).mappings().first()
            return dict(found) if found else None

    def open(self) -> dict[str, str]:
        """Calls that are not over by our books: id to direction."""
        with self.database.read() as conn:
            found = conn.execute(select(talks.c.id, talks.c.direction).where(talks.c.stage.in_(OPEN)))
            return {row.id: row.direction for row in found}

    def shown(self, since: str) -> list[Row]:
        """What goes on now, and what of the last moments somebody may still want to do something about."""
        lately = (talks.c.stage == ENDED) & (talks.c.ended_at >= since) & talks.c.call_id.is_(None)
        query = select(talks).where(or_(talks.c.stage.in_(OPEN), lately)).order_by(talks.c.rang_at).limit(MOST)
        with self.database.read() as conn:
            return [dict(row) for row in conn.execute(query).mappings()]

    def of_call(self, call_id: str) -> list[Row]:
        with self.database.read() as conn:
            found = conn.execute(select(talks).where(talks.c.call_id == call_id).order_by(talks.c.rang_at))
            return [dict(row) for row in found.mappings()]

    def between(self, start: str, end: str) -> list[Row]:
        """All that rang or were dialled in a span, in order."""
        query = (
            select(talks).where(talks.c.rang_at >= start, talks.c.rang_at < end).order_by(talks.c.rang_at, talks.c.id)
        )
        with self.database.read() as conn:
            return [dict(row) for row in conn.execute(query).mappings()]

    @staticmethod
    def busy(conn: Connection, user_id: int) -> Row | None:
        """What this person is speaking in, or dialling, now."""
        mine = (talks.c.user_id == user_id) & talks.c.stage.in_(OPEN) & ~_waits_for_all()
        found = conn.execute(select(talks).where(mine).order_by(talks.c.rang_at.desc()).limit(1)).mappings().first()
        return dict(found) if found else None

    @staticmethod
    def rang_about(conn: Connection, call_id: str) -> bool:
        """Has anybody telephoned to us about this case, answered or in vain?"""
        query = select(talks.c.id).where(talks.c.call_id == call_id, talks.c.direction == IN)
        return conn.execute(query.limit(1)).first() is not None

    # --- who is it ------------------------------------------------------------------------------------------

    @staticmethod
    def callers(conn: Connection, number: str) -> list[Row]:
        """Everybody this number belongs to: ``{kind, name, relation, home_id, …}``; a home stands once, its residents'
        own numbers before those of their contacts."""
        tail = ending(number)
        if not tail:
            return []
        found: list[Row] = []
        for rows in (_residents(conn, tail), _contacts(conn, tail), _carers(conn, tail)):
            found += [row for row in rows if any(same(one, number) for one in row.pop("phones"))]
        return found

    @staticmethod
    def ended_since(conn: Connection, home_id: int, since: str) -> str | None:
        """The case of a person of this home that was closed a moment ago: who rings again is graver."""
        mine = (calls.c.home_id == home_id) & (calls.c.closed_at > since) & (calls.c.priority < 4)
        return conn.execute(select(calls.c.id).where(mine).order_by(calls.c.closed_at.desc()).limit(1)).scalar()

    @staticmethod
    def case_of_carer(conn: Connection, carer_id: int) -> str | None:
        """The case of the visit this carer is on."""
        on = (visits.c.carer_id == carer_id) & visits.c.stage.in_(("accepted", "on_the_way", "arrived"))
        return conn.execute(select(visits.c.call_id).where(on).limit(1)).scalar()

    # --- seats ----------------------------------------------------------------------------------------------

    @staticmethod
    def seat(conn: Connection, extension: str) -> Row | None:
        """Whose telephone this is now: ``{id, name}``."""
        if not extension:
            return None
        mine = (users.c.extension == extension) & users.c.active
        found = conn.execute(select(users.c.id, users.c.name).where(mine)).mappings().first()
        return dict(found) if found else None

    @staticmethod
    def extension(conn: Connection, user_id: int) -> str:
        return conn.execute(select(users.c.extension).where(users.c.id == user_id)).scalar() or ""

    @staticmethod
    def sit_down(conn: Connection, user_id: int, extension: str) -> list[Row]:
        """This person has that telephone now; returns who had it before."""
        before = (users.c.extension == extension) & (users.c.id != user_id)
        others = [dict(r) for r in conn.execute(select(users.c.id, users.c.name).where(before)).mappings()]
        if extension:
            conn.execute(update(users).where(before).values(extension=""))
        conn.execute(update(users).where(users.c.id == user_id).values(extension=extension))
        return others if extension else []

    # --- orders to the exchange -----------------------------------------------------------------------------

    def asked(self, after: int, until: int) -> list[Event]:
        """Orders in the log after one seq, up to another, oldest first."""
        between = events.c.seq > after, events.c.seq <= until
        query = select(events).where(events.c.kind.in_(ASKED), *between).order_by(events.c.seq)
        with self.database.read() as conn:
            return [event_of(dict(row)) for row in conn.execute(query).mappings()]


def _waits_for_all() -> ColumnElement[bool]:
    """An incoming call that rings belongs to nobody yet, whoever's telephone rings."""
    return (talks.c.direction == IN) & (talks.c.stage == RINGING)


def _ends(column: Any, tail: str) -> ColumnElement[bool]:
    digits: ColumnElement[str] = func.replace(func.replace(column, "-", ""), " ", "")
    return digits.like(f"%{tail}")


def _residents(conn: Connection, tail: str) -> Iterable[Row]:
    query = (
        select(residents.c.id.label("resident_id"), residents.c.name, residents.c.phone, residents.c.tier,
               homes.c.phone.label("home_phone"), *_HOME)
        .select_from(residents.join(homes))
        .where(or_(_ends(residents.c.phone, tail), _ends(homes.c.phone, tail)))
        .order_by(residents.c.id)
    )  # fmt: skip
    for row in conn.execute(query).mappings():
        phones = [row["phone"], row["home_phone"]]
        yield {**_at(row), "kind": "resident", "relation": "", "of": row["name"], "phones": phones}


def _contacts(conn: Connection, tail: str) -> Iterable[Row]:
    query = (
        select(contacts.c.name, contacts.c.relation, contacts.c.phone, residents.c.id.label("resident_id"),
               residents.c.name.label("of"), residents.c.tier, *_HOME)
        .select_from(contacts.join(residents).join(homes))
        .where(_ends(contacts.c.phone, tail))
        .order_by(contacts.c.rank, contacts.c.id)
    )  # fmt: skip
    for row in conn.execute(query).mappings():
        yield {**_at(row), "kind": "contact", "relation": row["relation"], "of": row["of"], "phones": [row["phone"]]}


def _carers(conn: Connection, tail: str) -> Iterable[Row]:
    query = (
        select(carers.c.id.label("carer_id"), carers.c.name, carers.c.phone, stations.c.name.label("station"))
        .select_from(carers.join(stations))
        .where(_ends(carers.c.phone, tail), carers.c.active)
    )
    for row in conn.execute(query).mappings():
        yield {"kind": "carer", "name": row["name"], "relation": row["station"], "of": "", "home_id": None, "place": "",
               "carer_id": row["carer_id"], "phones": [row["phone"]]}  # fmt: skip


def _at(row: Any) -> Row:
    names = ("name", "home_id", "resident_id", "tier", "station_id", "community")
    return {**{name: row[name] for name in names}, "carer_id": None,
            "place": place(row["community"], row["building"], row["address"])}  # fmt: skip
