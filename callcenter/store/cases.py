"""Questions about calls and visits, answered from the pictures."""

from collections.abc import Iterable, Sequence
from functools import cache
from typing import Any

from sqlalchemy import Connection, and_, bindparam, delete, func, insert, or_, select, update

from callcenter.rules.events import Row
from callcenter.rules.listening import since
from callcenter.store import mass
from callcenter.store.database import Database
from callcenter.store.looks import LOWER, one_due
from callcenter.store.prepared import Prepared
from callcenter.store.tables import calls, devices, frames, incidents, metadata, signs_of_life, visits
from callcenter.store.tasks import TaskStore

OPEN_LIMIT = 2000

# The statements of every frame, and of every look that live push has at the log.
# Open, or closed a moment ago; in words that leave only the home's (or the account's) own index to search by: by stage
# SQLite would go through every call there ever was.
LATELY = or_(calls.c.stage != "closed", calls.c.closed_at > bindparam("closed_after"))
AROUND_HOMES = Prepared(
    select(calls).where(calls.c.home_id.in_(bindparam("homes", expanding=True)), LATELY).order_by(calls.c.opened_at),
    "homes",
)
AROUND_STRANGERS = Prepared(
    select(calls)
    .where(calls.c.account.in_(bindparam("accounts", expanding=True)), calls.c.home_id.is_(None), LATELY)
    .order_by(calls.c.opened_at),
    "accounts",
)
LAST_NUMBER = Prepared(select(func.coalesce(func.max(calls.c.number), 0)).where(calls.c.day == bindparam("day")))
CALLS_BY_ID = Prepared(select(calls).where(calls.c.id.in_(bindparam("ids", expanding=True))), "ids")
GOING = Prepared(select(visits).where(visits.c.stage.in_(("offered", "accepted", "on_the_way", "arrived"))))
KEEP_FRAME = Prepared(insert(frames))


@cache
def _mark(columns: tuple[str, ...]) -> Prepared:
    values: dict[str, Any] = {name: bindparam(f"_{name}") for name in columns}
    return Prepared(update(devices).where(devices.c.account == bindparam("_account")).values(values))


class Cases:
    """Reads of the pictures. Rows are dicts with the columns of the tables."""

    def __init__(self, database: Database):
        self.database = database

    # --- inside a transaction -------------------------------------------------------------------------------

    @staticmethod
    def around(conn: Connection, homes: Iterable[int], accounts: Iterable[str], closed_after: str) -> list[Row]:
        """Calls of these homes (or of unregistered accounts) that are open or were closed after a moment."""
        homes, accounts = sorted(set(homes)), sorted(set(accounts))
        found = AROUND_HOMES.rows(conn, homes=homes, closed_after=closed_after) if homes else []
        if accounts:
            found += AROUND_STRANGERS.rows(conn, accounts=accounts, closed_after=closed_after)
        return found

    @staticmethod
    def ringing_in(conn: Connection, home_id: int) -> str | None:
        """The open call of a person in this home, if there is one."""
        person = and_(calls.c.home_id == home_id, calls.c.stage != "closed", calls.c.priority < 4)
        return conn.execute(select(calls.c.id).where(person).limit(1)).scalar()

    @staticmethod
    def open_of_kind(conn: Connection, kind: str) -> list[str]:
        return list(conn.execute(select(calls.c.id).where(calls.c.stage != "closed", calls.c.kind == kind)).scalars())

    @staticmethod
    def last_number(conn: Connection, day: str) -> int:
        return LAST_NUMBER.number(conn, day=day)

    @staticmethod
    def due(conn: Connection, table: str, now: str, limit: int) -> list[Row]:
        """Rows of a table with deadlines whose next one has come, the longest overdue first."""
        t = metadata.tables[table]
        found = conn.execute(select(t).where(t.c.next_due_at <= now).order_by(t.c.next_due_at, t.c.id).limit(limit))
        return [dict(r) for r in found.mappings()]

    def anything_due(self, table: str, now: str) -> bool:
        """A look without a lock, so that a quiet tick costs a reader and not a writer."""
        with self.database.read() as conn:
            return bool(one_due(table).rows(conn, now=now))

    def next_due(self, after: str, until: str) -> str | None:
        """The nearest deadline of any call or visit within a span, if there is one."""
        found = []
        with self.database.read() as conn:
            for t in (calls, visits):
                within = and_(t.c.next_due_at > after, t.c.next_due_at <= until)
                found.append(conn.execute(select(func.min(t.c.next_due_at)).where(within)).scalar())
        return min((at for at in found if at), default=None)

    def overdue(self, now: str, stale: str) -> Row:
        """Deadlines that have passed: ``count``, how many of them before ``stale``, and the oldest."""
        found: list[str] = []
        with self.database.read() as conn:
            for table in (calls, visits):
                found += conn.execute(select(table.c.next_due_at).where(table.c.next_due_at <= now)).scalars()
        return {"count": len(found), "stale": sum(at < stale for at in found), "oldest_at": min(found, default=now)}

    @staticmethod
    def visits_in(conn: Connection, call_id: str) -> list[Row]:
        return [
            dict(r)
            for r in conn.execute(select(visits).where(visits.c.call_id == call_id).order_by(visits.c.id)).mappings()
        ]

    @staticmethod
    def below_their_call(conn: Connection) -> list[Row]:
        """Active visits of a lower urgency than their call has by now, with the call's as ``call_priority``."""
        return LOWER.rows(conn)

    @staticmethod
    def visits_going(conn: Connection) -> list[Row]:
        """Visits that somebody is on, or is being asked about."""
        return GOING.rows(conn)

    @staticmethod
    def busy(conn: Connection) -> dict[int, Row]:
        """The visit of each carer who is on one, or who is being asked about one."""
        found = GOING.rows(conn)
        asked = {one["carer_id"]: row for row in found for one in row["asked"]
                 if row["stage"] == "offered" and one["result"] == "offered"}  # fmt: skip
        return asked | {row["carer_id"]: row for row in found if row["stage"] != "offered"}

    @staticmethod
    def mark_devices(conn: Connection, marks: dict[str, Row]) -> None:
        """Set columns of devices by account; marks of one shape go in one statement."""
        shapes: dict[tuple[str, ...], list[Row]] = {}
        for account, mark in marks.items():
            shapes.setdefault(tuple(sorted(mark)), []).append(
                {"_account": account, **{f"_{k}": v for k, v in mark.items()}}
            )
        for shape, rows in shapes.items():
            _mark(shape).each(conn, rows)

    @staticmethod
    def keep_frames(conn: Connection, rows: list[Row]) -> None:
        KEEP_FRAME.each(conn, rows)

    # --- for people -----------------------------------------------------------------------------------------

    def call(self, call_id: str) -> Row | None:
        with self.database.read() as conn:
            found = conn.execute(select(calls).where(calls.c.id == call_id)).mappings().first()
            return dict(found) if found else None

    def calls_by_id(self, ids: Sequence[str]) -> list[Row]:
        with self.database.read() as conn:
            return CALLS_BY_ID.rows(conn, ids=ids)

    def visits_of(self, call_ids: Sequence[str]) -> list[Row]:
        with self.database.read() as conn:
            in_turn = (func.length(visits.c.id), visits.c.id)  # …-0147.10 comes after …-0147.9
            found = conn.execute(select(visits).where(visits.c.call_id.in_(call_ids)).order_by(*in_turn))
            return [dict(r) for r in found.mappings()]

    def visit(self, visit_id: str) -> Row | None:
        with self.database.read() as conn:
            found = conn.execute(select(visits).where(visits.c.id == visit_id)).mappings().first()
            return dict(found) if found else None

    def visits_of_carer(self, carer_id: int, since: str) -> list[Row]:
        """A carer's active visits, what they are being asked about, and what has ended since a moment."""
        with self.database.read() as conn:
            mine = and_(visits.c.carer_id == carer_id, or_(visits.c.ended_at.is_(None), visits.c.ended_at >= since))
            asked = visits.c.stage == "offered"
            found = conn.execute(select(visits).where(or_(mine, asked)).order_by(visits.c.offered_at)).mappings()
            return [row for r in found if (row := dict(r))["stage"] != "offered" or _is_asked(row, carer_id)]

    def live(self) -> list[Row]:
        """Open calls that belong on the desk: every person's call, and device items somebody works on."""
        visited = select(visits.c.call_id).where(visits.c.ended_at.is_(None))
        mine = or_(calls.c.priority < 4, calls.c.holder_id.is_not(None), calls.c.id.in_(visited))
        with self.database.read() as conn:
            found = conn.execute(
                select(calls)
                .where(calls.c.stage != "closed", mine)
                .order_by(calls.c.priority, calls.c.opened_at)
                .limit(OPEN_LIMIT)
            )
            return [dict(r) for r in found.mappings()]

    def owned(self, user_id: int) -> list[Row]:
        """Open cases this person must not leave behind."""
        with self.database.read() as conn:
            found = conn.execute(
                select(calls)
                .where(calls.c.stage != "closed", calls.c.owner_id == user_id)
                .order_by(calls.c.priority, calls.c.opened_at)
            )
            return [dict(r) for r in found.mappings()]

    def left_behind(self, user_id: int) -> list[Row]:
        """What nobody else would see to if this person went home: open cases, and tasks."""
        return [*self.owned(user_id), *TaskStore(self.database).owned(user_id)]

    def technical(self) -> dict[str, Any]:
        """Open device items, folded: how many, of what, since when; those of a standing warning in ``mass``."""
        item = and_(calls.c.stage != "closed", calls.c.priority == 4)
        with self.database.read() as conn:
            rows = conn.execute(
                select(calls.c.kind, func.count(), func.min(calls.c.opened_at)).where(item).group_by(calls.c.kind)
            ).all()
            kinds = {kind: count for kind, count, _ in rows}
            found = {"count": sum(kinds.values()), "kinds": kinds, "oldest_at": min((r[2] for r in rows), default=None)}
            return mass.together(conn, found)

    def listed(self, stages: Sequence[str], priorities: Sequence[int], after: str, limit: int) -> list[Row]:
        """Calls in the order they were opened, newest first; ``after`` is the id of the last one seen."""
        query = select(calls).order_by(calls.c.day.desc(), calls.c.number.desc()).limit(limit)
        if stages:
            query = query.where(calls.c.stage.in_(stages))
        if priorities:
            query = query.where(calls.c.priority.in_(priorities))
        if after:
            day, _, number = after.partition("-")
            query = query.where(or_(calls.c.day < day, and_(calls.c.day == day, calls.c.number < int(number))))
        with self.database.read() as conn:
            return [dict(r) for r in conn.execute(query).mappings()]

    def incidents(self, ids: Sequence[str]) -> dict[str, Row]:
        """What a queue says of these incidents: what, where, how many homes, how many have not returned."""
        if not ids:
            return {}
        with self.database.read() as conn:
            found = conn.execute(select(incidents).where(incidents.c.id.in_(ids))).mappings().all()
        names = ("scope", "place", "cause", "stage")
        return {
            row["id"]: {name: row[name] for name in names}
            | {"homes": len(row["homes"]), "left": sum(home["back_at"] is None for home in row["homes"].values())}
            for row in found
        }

    def recent(self, home_id: int, before: str, limit: int = 5) -> list[Row]:
        with self.database.read() as conn:
            found = conn.execute(
                select(calls)
                .where(calls.c.home_id == home_id, calls.c.id != before)
                .order_by(calls.c.opened_at.desc())
                .limit(limit)
            )
            return [dict(r) for r in found.mappings()]

    def frames_after(self, frame_id: int, limit: int) -> list[Row]:
        with self.database.read() as conn:
            found = conn.execute(select(frames).where(frames.c.id > frame_id).order_by(frames.c.id).limit(limit))
            return [dict(r) for r in found.mappings()]

    # --- signs of life --------------------------------------------------------------------------------------

    def show_life(self, name: str, at: str, state: str = "up", detail: str = "") -> None:
        mine = signs_of_life.c.name == name
        with self.database.write() as conn:
            before = conn.execute(select(signs_of_life).where(mine)).mappings().first()
            began = since(dict(before) if before else None, state, at, beats=not name.startswith("line:"))
            values = {"at": at, "state": state, "detail": detail, "since": began}
            if before:
                conn.execute(update(signs_of_life).where(mine).values(values))
            else:
                conn.execute(insert(signs_of_life).values(name=name, **values))

    def forget_lines(self, names: Sequence[str]) -> None:
        """A line taken out of the settings must not stay down for ever."""
        line = and_(signs_of_life.c.name.like("line:%"), signs_of_life.c.name.not_in(names))
        with self.database.write() as conn:
            conn.execute(delete(signs_of_life).where(line))

    def forget_exchange(self) -> None:
        """Where no telephone exchange is set up any more, none can be down."""
        with self.database.write() as conn:
            conn.execute(delete(signs_of_life).where(signs_of_life.c.name == "exchange"))

    def note_beats(self, beats: dict[str, Row]) -> None:
        """What was heard of many devices, written together: account to the columns of its row."""
        if beats:
            with self.database.write() as conn:
                self.mark_devices(conn, beats)

    def device_keys(self) -> list[tuple[str, str]]:
        """``(account, key as hex)`` of every device that has a key of its own."""
        with self.database.read() as conn:
            found = conn.execute(select(devices.c.account, devices.c.key_hex).where(devices.c.key_hex != ""))
            return [(account, key) for account, key in found]

    def signs_of_life(self) -> list[Row]:
        with self.database.read() as conn:
            return [dict(r) for r in conn.execute(select(signs_of_life).order_by(signs_of_life.c.name)).mappings()]


def _is_asked(visit: Row, carer_id: int) -> bool:
    return any(one["carer_id"] == carer_id and one["result"] == "offered" for one in visit["asked"])
