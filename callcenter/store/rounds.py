"""Rounds as rows: plans, runs with their tally, who is to be rung now and what one must know of them."""

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import Connection, and_, or_, select

from callcenter.rules.events import Row
from callcenter.rules.people import place
from callcenter.rules.rounds import OPEN, REACHED
from callcenter.store.database import Database
from callcenter.store.people import portions
from callcenter.store.tables import calls, contacts, homes, residents, round_calls, round_plans, rounds, stations

MOST = 2000  # entries on one list
PERSON = ("name", "sex", "phone", "language", "lives_alone", "away_until", "notes", "born")


class Rounds:
    """What takes a ``conn`` is read inside the caller's transaction."""

    def __init__(self, database: Database):
        self.database = database

    # --- plans and runs ---------------------------------------------------------------------------------------

    def plans(self) -> list[Row]:
        with self.database.read() as conn:
            return _rows(conn, select(round_plans).order_by(round_plans.c.active.desc(), round_plans.c.id))

    @staticmethod
    def plan_ids(conn: Connection) -> set[str]:
        return set(conn.execute(select(round_plans.c.id)).scalars())

    def runs(self, limit: int = 60) -> list[Row]:
        """Those that go on first, then the newest."""
        query = select(rounds).order_by(rounds.c.stage != OPEN, rounds.c.began_at.desc(), rounds.c.id).limit(limit)
        with self.database.read() as conn:
            return _rows(conn, query)

    def run(self, round_id: str) -> Row | None:
        with self.database.read() as conn:
            return next(iter(_rows(conn, select(rounds).where(rounds.c.id == round_id))), None)

    # --- who is to be rung ------------------------------------------------------------------------------------

    @staticmethod
    def open_entries(conn: Connection, round_id: str = "") -> list[Row]:
        """Everybody on a list now; ``away_until`` and ``busy`` say whom not to ring: away, or in a call already."""
        query = _with_people().where(round_calls.c.stage == OPEN)
        query = query.where(round_calls.c.round_id == round_id) if round_id else query
        query = query.order_by(round_calls.c.urgent.desc(), round_calls.c.closely.desc(), round_calls.c.tier,
                               round_calls.c.from_at, round_calls.c.id).limit(MOST)  # fmt: skip
        found = [_said(row) for row in _rows(conn, query)]
        busy = _busy(conn, {row["home_id"] for row in found})
        return [row | {"busy": row["home_id"] in busy} for row in found]

    def entries(self, round_id: str) -> list[Row]:
        """The whole round, for its report."""
        query = _with_people().where(round_calls.c.round_id == round_id).order_by(round_calls.c.id)
        with self.database.read() as conn:
            return [_said(row) | {"busy": False} for row in _rows(conn, query)]

    def entry(self, entry_id: str) -> Row | None:
        """One person with the telephone numbers of those who may know."""
        with self.database.read() as conn:
            row = next(iter(_rows(conn, _with_people().where(round_calls.c.id == entry_id))), None)
            if row is None:
                return None
            names = ("rank", "name", "relation", "phone", "reachable", "has_key")
            mine = select(*(contacts.c[n] for n in names)).where(contacts.c.resident_id == row["resident_id"])
            busy = row["home_id"] in _busy(conn, {row["home_id"]})
            return _said(row) | {"contacts": _rows(conn, mine.order_by(contacts.c.rank)), "busy": busy}

    @staticmethod
    def of_people(conn: Connection, resident_ids: Iterable[int]) -> list[Row]:
        """Open entries of these people."""
        found: list[Row] = []
        for some in portions(sorted(set(resident_ids))):
            mine = and_(round_calls.c.resident_id.in_(some), round_calls.c.stage == OPEN)
            found += _rows(conn, select(round_calls).where(mine))
        return found

    @staticmethod
    def silent(conn: Connection, now: str) -> list[Row]:
        """Who gave no sign today, and whom nobody is ringing at this moment."""
        mine = and_(round_calls.c.kind == "ok", round_calls.c.stage == OPEN)
        free = or_(round_calls.c.held_until.is_(None), round_calls.c.held_until <= now)
        return _rows(conn, select(round_calls).where(mine, free))

    @staticmethod
    def closely_left(conn: Connection, round_id: str) -> int:
        """How many of a round must not be given up."""
        mine = and_(round_calls.c.round_id == round_id, round_calls.c.stage == OPEN)
        watched = or_(round_calls.c.closely, round_calls.c.urgent)
        return len(conn.execute(select(round_calls.c.id).where(mine, watched)).all())

    @staticmethod
    def reached_at(conn: Connection, resident_ids: Sequence[int]) -> dict[int, list[str]]:
        """When each of these people was reached before."""
        found: dict[int, list[str]] = {}
        columns = (round_calls.c.resident_id, round_calls.c.done_at)
        for some in portions(sorted(set(resident_ids))):
            spoke = and_(round_calls.c.resident_id.in_(some), round_calls.c.result.in_(sorted(REACHED)))
            for who, at in conn.execute(select(*columns).where(spoke)):
                found.setdefault(who, []).append(at)
        return found

    def numbers_in_doubt(self) -> list[Row]:
        """Whose number was said to be wrong, the newest first, until it has been changed in the register."""
        query = _with_people().where(round_calls.c.wrong_number).order_by(round_calls.c.next_due_at.desc())
        with self.database.read() as conn:
            return [_said(row) for row in _rows(conn, query.limit(100))]


def _with_people() -> Any:
    named = (
        *(residents.c[name] for name in PERSON), homes.c.code.label("home_code"), homes.c.phone.label("home_phone"),
        *(homes.c[name] for name in ("community", "building", "address")), stations.c.name.label("station"),
    )  # fmt: skip
    people = round_calls.outerjoin(residents, residents.c.id == round_calls.c.resident_id)
    placed = people.outerjoin(homes, homes.c.id == round_calls.c.home_id)
    return select(round_calls, *named).select_from(
        placed.outerjoin(stations, stations.c.id == round_calls.c.station_id)
    )


def _said(row: Row) -> Row:
    where = place(row.pop("community") or "", row.pop("building") or "", row.pop("address") or "")
    row.pop("born")
    phones = list(dict.fromkeys(one for one in (row.pop("phone"), row.pop("home_phone")) if one))
    return {**row, "name": row["name"] or "", "place": where, "phones": phones}


def _busy(conn: Connection, home_ids: Iterable[int]) -> set[int]:
    """Homes with an open case of a person: somebody is talking to them, or is on the way."""
    found: set[int] = set()
    for some in portions(sorted(home_ids)):
        live = and_(calls.c.home_id.in_(some), calls.c.stage != "closed", calls.c.priority < 4)
        found.update(conn.execute(select(calls.c.home_id).where(live)).scalars())
    return found


def _rows(conn: Connection, query: Any) -> list[Row]:
    return [dict(row) for row in conn.execute(query).mappings()]
