"""Messages to people as rows: what is still to be told, each attempt at it, and the phones that take web push.

A row is the timer (``next_at``), and an attempt is written down before it is made: so a restart loses nothing, and
whoever is killed in between sends nothing twice. Every method but the last few works inside the caller's transaction.
"""

import secrets
from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, bindparam, delete, func, insert, or_, select, update

from callcenter.rules.events import Row
from callcenter.rules.times import later
from callcenter.store.database import Database
from callcenter.store.prepared import Prepared
from callcenter.store.tables import deliveries, notices, push_subscriptions, users

OPEN = "open"
DUE, SENDING, SENT, FAILED, DROPPED = "due", "sending", "sent", "failed", "dropped"
KEPT_SECONDS = 8 * 86400  # what is over is forgotten after this; the log keeps it for good

# The look of every tick.
TIMER = Prepared(select(notices.c.id).where(notices.c.state == OPEN, notices.c.next_at <= bindparam("now")).limit(1))
JOB = Prepared(
    select(deliveries.c.id)
    .where(deliveries.c.state == DUE, deliveries.c.channel.in_(bindparam("able", expanding=True)))
    .limit(1),
    "able",
)
LATE = and_(deliveries.c.state.in_((DUE, SENDING)), deliveries.c.lease_until < bindparam("now"))
LAPSED = Prepared(select(deliveries.c.id).where(LATE).limit(1))


class NoticeBook:
    def __init__(self, database: Database):
        self.database = database

    # --- notices ----------------------------------------------------------------------------------------------

    def work_waits(self, now: str, able: Sequence[str]) -> bool:
        """A look without a lock, so that a quiet tick costs a reader and not a writer. ``able`` channels have a hand
        free; what waits for another is no work yet."""
        with self.database.read() as conn:
            return bool(TIMER.rows(conn, now=now) or JOB.rows(conn, able=able) or LAPSED.rows(conn, now=now))

    @staticmethod
    def known(conn: Connection, kind: str, stream: str, to: tuple[str, str], since: str) -> bool:
        """Has this person been told of such a fact of this stream since a moment?"""
        same = (notices.c.kind == kind, notices.c.stream == stream, notices.c.role == to[0], notices.c.to_id == to[1])
        return conn.execute(select(notices.c.id).where(*same, notices.c.made_at >= since).limit(1)).first() is not None

    @staticmethod
    def add(conn: Connection, row: Row) -> bool:
        """A new notice, open and due; False when this person has one about this event already."""
        same = (notices.c.about == row["about"], notices.c.role == row["role"], notices.c.to_id == row["to_id"])
        if conn.execute(select(notices.c.id).where(*same).limit(1)).first():
            return False
        fresh = {"code": secrets.token_urlsafe(9), "state": OPEN, "step": 0, "level": 0, "next_at": row["made_at"]}
        conn.execute(insert(notices).values(**fresh, **row))
        return True

    @staticmethod
    def due(conn: Connection, now: str, limit: int) -> list[Row]:
        waiting = select(notices).where(notices.c.state == OPEN, notices.c.next_at <= now)
        return _rows(conn, waiting.order_by(notices.c.priority, notices.c.next_at, notices.c.id).limit(limit))

    @staticmethod
    def change(conn: Connection, notice_id: int, **values: Any) -> None:
        conn.execute(update(notices).where(notices.c.id == notice_id).values(**values))

    @staticmethod
    def notice(conn: Connection, notice_id: int) -> Row:
        return _rows(conn, select(notices).where(notices.c.id == notice_id))[0]

    @staticmethod
    def of_visit(conn: Connection, visit: str, to_id: str) -> list[Row]:
        """What was to be told to one carer about a visit and has not been read."""
        mine = (notices.c.visit == visit, notices.c.role == "carer", notices.c.to_id == to_id)
        return _rows(conn, select(notices).where(*mine, notices.c.read_at.is_(None)))

    @staticmethod
    def of_person(conn: Connection, stream: str, role: str, to_id: str) -> list[Row]:
        """What was to be told to somebody about a case and has not been read."""
        mine = (notices.c.stream == stream, notices.c.role == role, notices.c.to_id == to_id)
        return _rows(conn, select(notices).where(*mine, notices.c.read_at.is_(None)))

    def by_code(self, code: str) -> Row | None:
        """The notice of a short link."""
        with self.database.read() as conn:
            return next(iter(_rows(conn, select(notices).where(notices.c.code == code))), None)

    @staticmethod
    def forget(conn: Connection, now: str) -> None:
        """Drop what has been over for long."""
        old = select(notices.c.id).where(notices.c.state != OPEN, notices.c.made_at < later(now, -KEPT_SECONDS))
        conn.execute(delete(deliveries).where(deliveries.c.notice_id.in_(old)))
        conn.execute(delete(notices).where(notices.c.id.in_(old)))

    # --- attempts ---------------------------------------------------------------------------------------------

    @staticmethod
    def attempt(conn: Connection, row: Row) -> int:
        """A new attempt. Its reference is what the provider's report names, and nobody can guess it."""
        values = {"reference": secrets.token_urlsafe(15), "state": DUE, "error": "", **row}
        return int(conn.execute(insert(deliveries).values(**values).returning(deliveries.c.id)).scalar_one())

    @staticmethod
    def attempts(conn: Connection, notice_id: int) -> list[Row]:
        mine = select(deliveries).where(deliveries.c.notice_id == notice_id)
        return _rows(conn, mine.order_by(deliveries.c.id))

    @staticmethod
    def waiting(conn: Connection, channel: str, limit: int) -> list[Row]:
        """Attempts to be made by a channel, each with its notice, the most urgent first."""
        told: list[ColumnElement[Any]] = [notices.c[name].label(f"notice_{name}") for name in NOTICE]
        query = select(deliveries, *told).join(notices, notices.c.id == deliveries.c.notice_id)
        urgent = (notices.c.priority, deliveries.c.id)
        mine = (deliveries.c.state == DUE, deliveries.c.channel == channel)
        return _rows(conn, query.where(*mine).order_by(*urgent).limit(limit))

    @staticmethod
    def lapsed(conn: Connection, now: str) -> list[Row]:
        """Attempts that nobody took up in time, and those whose maker has not come back."""
        return _rows(conn, select(deliveries).where(LATE).params(now=now))

    @staticmethod
    def one(conn: Connection, delivery_id: int) -> Row:
        return _rows(conn, select(deliveries).where(deliveries.c.id == delivery_id))[0]

    @staticmethod
    def mark(conn: Connection, delivery_id: int, state: str, only: Sequence[str] = (), **values: Any) -> bool:
        """Move an attempt on; False when it is in none of the states ``only``."""
        mine = deliveries.c.id == delivery_id
        where = and_(mine, deliveries.c.state.in_(only)) if only else mine
        return bool(conn.execute(update(deliveries).where(where).values(state=state, **values)).rowcount)

    @staticmethod
    def by_reference(conn: Connection, channel: str, reference: str) -> Row | None:
        mine = (deliveries.c.channel == channel, deliveries.c.reference == reference)
        return next(iter(_rows(conn, select(deliveries).where(*mine))), None)

    @staticmethod
    def moments(conn: Connection, channel: str, address: str, since: str) -> list[str]:
        """When this number was tried by this channel, failed attempts included: providers count those too."""
        mine = (deliveries.c.channel == channel, deliveries.c.address == address, deliveries.c.at > since)
        return list(conn.execute(select(deliveries.c.at).where(*mine)).scalars())

    # --- phones that take web push ----------------------------------------------------------------------------

    def subscribe(self, user_id: int, endpoint: str, keys: tuple[str, str], at: str, most: int) -> None:
        """One row a browser; a user's oldest beyond ``most`` go."""
        row = {"user_id": user_id, "p256dh": keys[0], "auth": keys[1], "added_at": at}
        same = push_subscriptions.c.endpoint == endpoint
        mine = select(push_subscriptions.c.id).where(push_subscriptions.c.user_id == user_id)
        with self.database.write() as conn:
            if not conn.execute(update(push_subscriptions).where(same).values(**row)).rowcount:
                conn.execute(insert(push_subscriptions).values(endpoint=endpoint, **row))
            newest = list(conn.execute(mine.order_by(push_subscriptions.c.id.desc())).scalars())
            conn.execute(delete(push_subscriptions).where(push_subscriptions.c.id.in_(newest[most:])))

    def unsubscribe(self, endpoint: str, user_id: int | None = None) -> bool:
        where = [push_subscriptions.c.endpoint == endpoint]
        if user_id is not None:
            where.append(push_subscriptions.c.user_id == user_id)
        with self.database.write() as conn:
            return bool(conn.execute(delete(push_subscriptions).where(*where)).rowcount)

    def subscriptions(self, role: str, to_id: str) -> list[Row]:
        """Of a carer by the carer's number, of anybody else by the user's."""
        with self.database.read() as conn:
            return self.subscriptions_in(conn, role, to_id)

    @staticmethod
    def subscriptions_in(conn: Connection, role: str, to_id: str) -> list[Row]:
        if not to_id.isdigit() or role not in ("carer", "supervisor"):
            return []
        whose = users.c.carer_id if role == "carer" else users.c.id
        query = select(push_subscriptions).join(users, users.c.id == push_subscriptions.c.user_id)
        return _rows(conn, query.where(whose == int(to_id), users.c.active))

    # --- for supervisors --------------------------------------------------------------------------------------

    def attempts_since(self, since: str) -> list[Row]:
        """Attempts by channel and state since a moment, with the newest of each: ``{channel, state, error, n, at}``."""
        what = (deliveries.c.channel, deliveries.c.state, deliveries.c.reason)
        query = select(*what, func.count().label("n")).where(
            or_(deliveries.c.at >= since, deliveries.c.done_at >= since)
        )
        with self.database.read() as conn:
            return _rows(conn, query.group_by(*what))

    def newest(self, channel: str, states: Iterable[str], but: Iterable[str] = ()) -> Row | None:
        """The last attempt of a channel that ended so, for another reason than one of ``but``."""
        mine = (
            deliveries.c.channel == channel,
            deliveries.c.state.in_(tuple(states)),
            deliveries.c.done_at.is_not(None),
        )
        query = select(deliveries).where(*mine, deliveries.c.reason.not_in(tuple(but)))
        with self.database.read() as conn:
            found = _rows(conn, query.order_by(deliveries.c.done_at.desc()).limit(1))
        return found[0] if found else None

    def tried(self, channel: str, since: str) -> dict[str, list[str]]:
        """Of one channel, when each number was tried since a moment."""
        mine = (deliveries.c.channel == channel, deliveries.c.at > since)
        found: dict[str, list[str]] = {}
        with self.database.read() as conn:
            for address, at in conn.execute(select(deliveries.c.address, deliveries.c.at).where(*mine)):
                found.setdefault(address, []).append(at)
        return found

    def ended(self, states: Sequence[str], since: str, limit: int) -> list[Row]:
        """Notices that ended so since a moment, newest first, each with its attempts."""
        query = select(notices).where(notices.c.state.in_(states), notices.c.made_at >= since)
        with self.database.read() as conn:
            found = _rows(conn, query.order_by(notices.c.id.desc()).limit(limit))
            for row in found:
                row["attempts"] = self.attempts(conn, row["id"])
        return found

    def open_count(self) -> int:
        with self.database.read() as conn:
            query = select(func.count()).select_from(notices).where(notices.c.state == OPEN)
            return int(conn.execute(query).scalar_one())


NOTICE = ("state", "stream", "role", "to_id", "to_name", "phone", "words", "code", "read_at")


def _rows(conn: Connection, query: Any) -> list[Row]:
    return [dict(row) for row in conn.execute(query).mappings()]
