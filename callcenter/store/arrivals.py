"""What taking in frames asks of the store again and again: how far others have come, and which frames came lately."""

from collections.abc import Iterable, Sequence

from sqlalchemy import Connection, bindparam, case, func, select

from callcenter.rules.events import Row
from callcenter.store.prepared import Prepared
from callcenter.store.tables import calls, events, frames

Seen = tuple[int, str, str]
"""A frame that raised something: its id, the moment it was received, and until when nobody can have known that it was
kept (the journal does not say: then it is the moment it was received)."""

NEWEST = Prepared(
    select(
        select(func.coalesce(func.max(events.c.seq), 0)).scalar_subquery().label("seq"),
        select(func.coalesce(func.max(frames.c.id), 0)).scalar_subquery().label("frame"),
    )
)
MOVES = case((events.c.kind == "HomeFound", 1), else_=0)  # a call that is another home's from here
STREAMS_AFTER = Prepared(
    select(events.c.stream, func.min(events.c.version).label("version"), func.max(MOVES).label("moved"))
    .where(events.c.seq > bindparam("seq"))
    .group_by(events.c.stream)
)
FRAMES_BETWEEN = Prepared(
    select(frames.c.digest, frames.c.id, frames.c.received_at)
    .where(frames.c.id > bindparam("first"), frames.c.id <= bindparam("last"), frames.c.outcome == "raised")
    .order_by(frames.c.id)
)
FRAMES_SEEN = Prepared(
    select(frames.c.digest, frames.c.id, frames.c.received_at)
    .where(
        frames.c.digest.in_(bindparam("digests", expanding=True)),
        frames.c.received_at.between(bindparam("since"), bindparam("until")),
        frames.c.outcome == "raised",
    )
    .order_by(frames.c.id),
    "digests",
)
CALLS = Prepared(select(calls).where(calls.c.id.in_(bindparam("ids", expanding=True))), "ids")


def newest(conn: Connection) -> tuple[int, int]:
    """How far the log and the journal have come: the last ``seq`` and the last frame's id."""
    (row,) = NEWEST.rows(conn)
    return row["seq"], row["frame"]


def streams_after(conn: Connection, seq: int) -> list[tuple[str, bool]]:
    """The streams that have grown since, and whether each is somebody's anew: begun, or found to be another home's."""
    found = STREAMS_AFTER.rows(conn, seq=seq)
    return [(row["stream"], row["version"] == 1 or bool(row["moved"])) for row in found]


def calls_in(conn: Connection, ids: Sequence[str]) -> list[Row]:
    return CALLS.rows(conn, ids=ids) if ids else []


def frames_between(conn: Connection, first: int, last: int) -> dict[bytes, Seen]:
    """Raised frames after ``first`` up to ``last``, as ``frames_seen`` gives them."""
    return _seen(FRAMES_BETWEEN.rows(conn, first=first, last=last))


def frames_seen(conn: Connection, digests: Sequence[bytes], since: str, until: str) -> dict[bytes, Seen]:
    """Raised frames with this content: digest to the newest one's id and moments."""
    return _seen(FRAMES_SEEN.rows(conn, digests=digests, since=since, until=until))


def _seen(rows: Iterable[Row]) -> dict[bytes, Seen]:
    return {bytes(r["digest"]): (r["id"], r["received_at"], r["received_at"]) for r in rows}
