"""When the centre was last away, read from what it last wrote and from when its clock came back."""

from sqlalchemy import Connection, func, select

from callcenter.store.tables import events, signs_of_life


def last(conn: Connection) -> tuple[str, str] | None:
    """The last thing written before the dispatcher came back, and when that was; None where it never went away."""
    back = conn.execute(select(signs_of_life.c.since).where(signs_of_life.c.name == "dispatcher")).scalar()
    if not back:
        return None
    before = conn.execute(select(func.max(events.c.at)).where(events.c.at < back)).scalar()
    return (str(before), str(back)) if before else None
