"""One database, SQLite or PostgreSQL: how to read, how to write alone, and how to be woken by a write.

SQLite runs in WAL with ``synchronous=FULL``: a commit is on disk when it returns. SQLite waits for a lock inside C,
which would freeze every greenlet of a web process, so the wait is done here in Python, in short naps.

Writers of one process take turns before they take a connection. A writer that looks something up reads on a second
connection; if writers could hold all connections while they wait for the store's lock, the one that has it would wait
for a connection that never comes back.
"""

import threading
import time
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DBAPIError, DisconnectionError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as NoConnectionFree
from sqlalchemy.pool import ConnectionPoolEntry

from callcenter.store.pulse import Pulse

LOCK_KEY = 0x414E58  # "ANX": appends of one centre are serialised, so that seq order is commit order
NAP_SECONDS = 0.005
IDLE_SECONDS = 1.0
LAST_SECONDS = 0.5  # for the lock, however long the turn was waited for
LOCK = text("SELECT pg_advisory_xact_lock(:key)")
NO_LOCK = "55P03"  # PostgreSQL's code for a lock that did not come within lock_timeout
FROZEN_SECONDS = 5.0
# A writer that is frozen keeps the lock of the whole centre: PostgreSQL ends its session (SQLite's lock goes with the
# process, which ``runtime.supervise`` ends). One frozen while it was sending several statements counts as busy there,
# for ever: whoever has waited for the lock in vain ends that session. A peer that has vanished is noticed in seconds,
# not in TCP's two hours, on both sides.
END_FROZEN = text(
    "SELECT pg_terminate_backend(l.pid) FROM pg_locks l JOIN pg_stat_activity a USING (pid)"
    " WHERE l.locktype = 'advisory' AND l.objid = :key AND l.granted AND a.datname = current_database()"
    " AND a.wait_event = 'ClientRead' AND a.query_start < clock_timestamp() - make_interval(secs => :seconds)"
)
POSTGRESQL_OPTIONS = (
    "-c synchronous_commit=on -c statement_timeout=20000 -c lock_timeout=10000"
    " -c idle_in_transaction_session_timeout=5000"
    " -c tcp_keepalives_idle=5 -c tcp_keepalives_interval=2 -c tcp_keepalives_count=3"
)
POSTGRESQL_CONNECTION = {
    "connect_timeout": 5, "options": POSTGRESQL_OPTIONS, "keepalives_idle": 5, "keepalives_interval": 2,
    "keepalives_count": 3, "tcp_user_timeout": 10_000,
}  # fmt: skip


class StoreUnavailable(Exception):
    """The database cannot be reached or cannot be written now. Nothing was kept; trying again later may succeed."""


class StoreLocked(StoreUnavailable):
    """Another process holds the store's lock and does not give it back."""


class Database:
    """``url`` is an SQLAlchemy URL: ``sqlite:///data/anxin.db`` or ``postgresql+psycopg://…``."""

    def __init__(self, url: str, *, patience_seconds: float = 5.0, pool_size: int = 5):
        self.url = make_url(url)
        self.patience_seconds = patience_seconds
        self.is_sqlite = self.url.get_backend_name() == "sqlite"
        self.engine = _sqlite(url) if self.is_sqlite else _postgresql(url, pool_size)
        # PostgreSQL shows each statement the newest state, in a transaction or not: none is begun just to look, which
        # would cost two more ways to the server and back.
        self._looking = self.engine if self.is_sqlite else self.engine.execution_options(isolation_level="AUTOCOMMIT")
        self._turns = _Turns()
        self.refusing = False  # the last write of this process found the store locked, full or away
        self.pulse = Pulse(self._ask)

    @cached_property
    def folder(self) -> Path | None:
        """Where the SQLite file lies; None on PostgreSQL."""
        return Path(self.url.database or ".").resolve().parent if self.is_sqlite else None

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """A connection for looking: SQLite shows it one state of the store, PostgreSQL each statement the newest."""
        self._need_an_answer()
        with _told(), self._looking.connect() as connection:
            yield connection

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """One transaction, alone: committed at the end, rolled back on any exception.

        Raises ``StoreUnavailable`` when the store cannot be written. Never yield to another greenlet inside it.
        """
        try:
            with self._alone() as connection:
                yield connection
        except StoreUnavailable:
            self.refusing = True
            raise
        self.refusing = False

    @contextmanager
    def _alone(self) -> Iterator[Connection]:
        came = time.monotonic()
        self._need_an_answer()
        with self._turns.mine(self.patience_seconds), _told(), self.engine.connect() as connection:
            if self.is_sqlite:
                self._begin_immediate(connection, came)
            else:
                self._lock(connection)
            try:
                yield connection
                connection.commit()
            except BaseException:
                connection.rollback()
                raise

    def _begin_immediate(self, connection: Connection, came: float) -> None:
        """Waits as long as is left of the patience with which it ``came``: a page waits no longer than six seconds."""
        connection = connection.execution_options(begin_immediate=True)
        give_up = max(came + self.patience_seconds, time.monotonic() + min(LAST_SECONDS, self.patience_seconds))
        while True:
            try:
                connection.begin()
                return
            except OperationalError as error:
                if "locked" not in str(error):
                    raise
                if time.monotonic() > give_up:
                    raise StoreLocked(str(error.orig)) from error
                time.sleep(NAP_SECONDS)

    @staticmethod
    def _lock(connection: Connection) -> None:
        try:
            connection.execute(LOCK, {"key": LOCK_KEY})
        except OperationalError as error:
            connection.rollback()
            if getattr(error.orig, "sqlstate", None) != NO_LOCK:
                raise
            connection.execute(END_FROZEN, {"key": LOCK_KEY, "seconds": FROZEN_SECONDS})
            connection.commit()
            raise StoreLocked(str(error.orig)) from error

    def watch(self) -> None:
        """A process that lives long looks whether the server still answers. An SQLite file never falls silent."""
        if not self.is_sqlite:
            self.pulse.start()

    @cached_property
    def _own(self) -> Engine:
        """For the pulse alone: whoever asks whether the server answers must not wait for those who wait for it."""
        return _postgresql(self.url.render_as_string(hide_password=False), 1)

    def _ask(self) -> None:
        with self._own.connect() as connection:
            connection.execute(text("SELECT 1"))

    def _need_an_answer(self) -> None:
        """Whoever comes while the server is silent is told at once, and does not wait with the others."""
        if self.pulse.silent:
            raise StoreUnavailable("the database does not answer")

    def close(self) -> None:
        self.engine.dispose()


class _Turns:
    """First come, first served, among the threads or greenlets of this process."""

    def __init__(self) -> None:
        self._door, self._taken = threading.Lock(), False
        self._waiting: deque[threading.Event] = deque()

    @contextmanager
    def mine(self, seconds: float) -> Iterator[None]:
        if not self._come(seconds):
            raise StoreUnavailable(f"earlier writes of this process have not ended for {seconds:g} s")
        try:
            yield
        finally:
            self._go()

    def _come(self, seconds: float) -> bool:
        with self._door:
            if not self._taken:
                self._taken = True
                return True
            called = threading.Event()
            self._waiting.append(called)
        try:
            called.wait(seconds)
        except BaseException:  # a greenlet that is ended while it waits must not be handed the turn
            if not self._leave(called):
                self._go()
            raise
        return not self._leave(called)

    def _leave(self, called: threading.Event) -> bool:
        """True when it left the queue, False when its turn had come."""
        with self._door:
            if called.is_set():
                return False
            self._waiting.remove(called)
            return True

    def _go(self) -> None:
        with self._door:
            if self._waiting:
                self._waiting.popleft().set()  # the turn is handed on, so that nobody can slip in between
            else:
                self._taken = False


@contextmanager
def _told() -> Iterator[None]:
    """Driver errors that mean "the store is away" come out as one exception of ours."""
    try:
        yield
    except (OperationalError, InterfaceError) as error:
        raise StoreUnavailable(str(error.orig or error)) from error
    except NoConnectionFree as error:
        raise StoreUnavailable("all connections of this process to the database are in use") from error
    except DBAPIError as error:
        if error.connection_invalidated:
            raise StoreUnavailable(str(error.orig or error)) from error
        raise


def _sqlite(url: str) -> Engine:
    path = make_url(url).database
    if path and path != ":memory:":
        Path(path).parent.mkdir(parents=True, exist_ok=True)
    engine = create_engine(url, connect_args={"timeout": 0, "check_same_thread": False}, pool_size=10, max_overflow=20)

    @event.listens_for(engine, "connect")
    def prepare(dbapi: Any, _record: Any) -> None:
        dbapi.isolation_level = None  # BEGIN is ours to say
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "temp_store=MEMORY"):
            _patiently(dbapi, f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        immediate = connection.get_execution_options().get("begin_immediate")
        connection.exec_driver_sql("BEGIN IMMEDIATE" if immediate else "BEGIN")

    return engine


def _patiently(dbapi: Any, statement: str) -> None:
    """Turning WAL on takes the lock for a moment; two processes starting together must both succeed."""
    for attempt in range(400):
        try:
            dbapi.execute(statement)
            return
        except Exception as error:
            if "locked" not in str(error) or attempt == 399:
                raise
            time.sleep(NAP_SECONDS)


def _postgresql(url: str, pool_size: int) -> Engine:
    engine = create_engine(url, pool_size=pool_size, max_overflow=10, connect_args=POSTGRESQL_CONNECTION)

    @event.listens_for(engine, "checkin")
    def left(_dbapi: Any, record: ConnectionPoolEntry) -> None:
        record.info["left_at"] = time.monotonic()

    @event.listens_for(engine, "checkout")
    def taken(dbapi: Any, record: ConnectionPoolEntry, _fairy: Any) -> None:
        """A connection that has lain unused may be dead by now; asking one just used would cost every write a way."""
        if time.monotonic() - record.info.get("left_at", time.monotonic()) < IDLE_SECONDS:
            return
        try:
            engine.dialect.do_ping(dbapi)
        except Exception as error:
            raise DisconnectionError("the connection has died while it lay unused") from error

    return engine
