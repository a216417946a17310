"""Seats in the store: their rows, the beats of their tabs, which calls they have in hand, what each has taken."""

from collections.abc import Mapping, Sequence

from sqlalchemy import Connection, and_, bindparam, delete, func, insert, or_, select, update

from callcenter.rules.events import Row
from callcenter.rules.in_hand import HAD
from callcenter.rules.seats import WEB_SECONDS, Beats
from callcenter.rules.times import later, seconds_between
from callcenter.store.database import Database
from callcenter.store.prepared import Prepared
from callcenter.store.tables import calls, events, seat_tabs, seats, signs_of_life, takes

WEB = "web:"  # how a web process is called among the signs of life
TAB_SECONDS = 3600.0  # a tab not heard for so long is forgotten
CHANGES = ("SeatSignedOn", "SeatOnBreak", "SeatSignedOff", "SeatLost", "SeatBack", "FloodBegan", "FloodEnded")

# The looks of every second.
SEATS, TABS = Prepared(select(seats).order_by(seats.c.name, seats.c.user_id)), Prepared(select(seat_tabs))
WEBS = Prepared(
    select(signs_of_life.c.name, signs_of_life.c.at, signs_of_life.c.since).where(signs_of_life.c.name.like(f"{WEB}%"))
)


class SeatBook:
    def __init__(self, database: Database):
        self.database = database

    # --- the beats ------------------------------------------------------------------------------------------------

    def put_tab(self, row: Row) -> None:
        """A tab that is new, or says something new: at once, so that nobody waits for the next round."""
        with self.database.write() as conn:
            found = conn.execute(update(seat_tabs).where(seat_tabs.c.id == row["id"]).values(row))
            if not found.rowcount:
                conn.execute(insert(seat_tabs).values(row))

    def note(self, web: str, heard: Mapping[str, str], now: str) -> None:
        """One transaction for all tabs of a web process, and that it lives: tab to when it was heard."""
        with self.database.write() as conn:
            if heard:
                mine = update(seat_tabs).where(seat_tabs.c.id == bindparam("_id"), seat_tabs.c.gone.is_(False))
                rows = [{"_id": tab, "_at": at} for tab, at in heard.items()]
                conn.execute(mine.values(at=bindparam("_at"), web=web), rows)
            # A clock that was set back: what was heard "later" than now counts from now.
            conn.execute(update(seat_tabs).where(seat_tabs.c.at > later(now, WEB_SECONDS)).values(at=now))
            self._lives(conn, web, now)

    @staticmethod
    def _lives(conn: Connection, web: str, now: str) -> None:
        mine = signs_of_life.c.name == web
        before = conn.execute(select(signs_of_life).where(mine)).mappings().first()
        if before is None:
            conn.execute(delete(seat_tabs).where(seat_tabs.c.at < later(now, -TAB_SECONDS)))
            dead = and_(signs_of_life.c.name.like(f"{WEB}%"), signs_of_life.c.at < later(now, -TAB_SECONDS))
            conn.execute(delete(signs_of_life).where(dead))
            conn.execute(insert(signs_of_life).values(name=web, at=now, state="up", since=now))
            return
        without_gap = 0 <= seconds_between(before["at"], now) <= WEB_SECONDS
        conn.execute(update(signs_of_life).where(mine).values(at=now, since=before["since"] if without_gap else now))

    def beats(self, now: str) -> Beats:
        with self.database.read() as conn:
            return self.beats_in(conn, now)

    @staticmethod
    def beats_in(conn: Connection, now: str) -> Beats:
        return Beats(TABS.rows(conn), WEBS.rows(conn), now)

    # --- the seats ------------------------------------------------------------------------------------------------

    def all(self) -> list[Row]:
        with self.database.read() as conn:
            return self.all_in(conn)

    @staticmethod
    def all_in(conn: Connection) -> list[Row]:
        return SEATS.rows(conn)

    @staticmethod
    def in_hand(conn: Connection, user_id: int) -> list[Row]:
        """Open calls this person has in hand, the most urgent first."""
        mine = and_(calls.c.holder_id == user_id, calls.c.stage.in_(HAD))
        found = conn.execute(select(calls).where(mine).order_by(calls.c.priority, calls.c.opened_at))
        return [dict(row) for row in found.mappings()]

    @staticmethod
    def holders(conn: Connection) -> dict[int, str]:
        """Who has calls in hand: number to when the newest of them was taken."""
        had = select(calls.c.holder_id, func.max(calls.c.taken_at)).where(calls.c.stage.in_(HAD))
        found = conn.execute(had.where(calls.c.holder_id.is_not(None)).group_by(calls.c.holder_id))
        return {number: at or "" for number, at in found.all()}

    @staticmethod
    def with_guests(conn: Connection) -> list[Row]:
        """Open calls on which somebody beside the holder is."""
        open_ = select(calls).where(calls.c.stage != "closed", calls.c.holder_id.is_not(None))
        return [row for found in conn.execute(open_).mappings() if (row := dict(found))["joined"]]

    # --- the load -------------------------------------------------------------------------------------------------

    def taken_since(self, at: str) -> dict[int, int]:
        """How many calls each has taken since a moment."""
        with self.database.read() as conn:
            query = select(takes.c.user_id, func.count()).where(takes.c.at >= at).group_by(takes.c.user_id)
            return {user: int(count) for user, count in conn.execute(query).all()}

    def ringing(self) -> int:
        """People's calls that wait for an answer."""
        with self.database.read() as conn:
            waiting = and_(calls.c.stage == "waiting", calls.c.priority < 4)
            return int(conn.execute(select(func.count()).select_from(calls).where(waiting)).scalar_one())

    def takes_between(self, since: str, until: str) -> list[Row]:
        with self.database.read() as conn:
            span = and_(takes.c.at >= since, takes.c.at < until)
            return [dict(row) for row in conn.execute(select(takes).where(span).order_by(takes.c.at)).mappings()]

    def changes_between(self, since: str, until: str, streams: Sequence[str]) -> list[Row]:
        """What the log says of these seats within a span, and the newest change of each before it."""
        mine = and_(events.c.stream.in_(streams), events.c.kind.in_(CHANGES))
        before = select(func.max(events.c.seq)).where(mine, events.c.at < since).group_by(events.c.stream)
        wanted = and_(mine, or_(and_(events.c.at >= since, events.c.at < until), events.c.seq.in_(before)))
        columns = (events.c.seq, events.c.at, events.c.stream, events.c.kind)
        with self.database.read() as conn:
            found = conn.execute(select(*columns).where(wanted).order_by(events.c.seq))
            return [dict(row) for row in found.mappings()]
