"""What the clock looks at four times a second, mostly in vain: each look is compiled once."""

from functools import cache

from sqlalchemy import bindparam, select

from callcenter.store.prepared import Prepared
from callcenter.store.tables import calls, events, followers, metadata, visits

FOLLOWED = Prepared(select(followers.c.seq).where(followers.c.name == bindparam("name")))
NEWEST_OF = Prepared(
    select(events)
    .where(events.c.stream == bindparam("stream"), events.c.kind.in_(bindparam("kinds", expanding=True)))
    .order_by(events.c.version.desc())
    .limit(1),
    "kinds",
)
LOWER = Prepared(
    select(visits, calls.c.priority.label("call_priority"))
    .join(calls, calls.c.id == visits.c.call_id)
    .where(visits.c.ended_at.is_(None), calls.c.priority < visits.c.priority)
)


@cache
def one_due(table: str) -> Prepared:
    """One of a table with deadlines whose next one has come by ``now``."""
    t = metadata.tables[table]
    return Prepared(select(t.c.id).where(t.c.next_due_at <= bindparam("now")).limit(1))
