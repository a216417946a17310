"""What the store knows of a carer alone: the visit they are on at a home, and their own open call for help."""

from sqlalchemy import Connection, and_, select

from callcenter.store.tables import calls, visits


def visit_at(conn: Connection, carer_id: int, home_id: int) -> str | None:
    """The visit this carer is on at this home."""
    theirs = visits.c.carer_id == carer_id, visits.c.home_id == home_id
    under_way = visits.c.stage.in_(("accepted", "on_the_way", "arrived"))
    return conn.execute(select(visits.c.id).where(*theirs, under_way)).scalar()


def call_for_help(conn: Connection, carer_id: int) -> str | None:
    """The open call in which this carer asks for help for themselves."""
    theirs = and_(calls.c.carer_id == carer_id, calls.c.stage != "closed")
    return conn.execute(select(calls.c.id).where(theirs).limit(1)).scalar()
