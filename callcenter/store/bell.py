"""The bell: a write rings it, followers of the log wake at once. Polling stands behind it: a lost ring is only late.

SQLite: every follower binds a unix datagram socket in ``<folder>/bells``; the writer rings them all.
PostgreSQL: ``NOTIFY`` in the writing transaction, ``LISTEN`` on a connection of the follower's own.
"""

import contextlib
import os
import select
import socket
from functools import cache
from pathlib import Path
from typing import Any, Protocol

import structlog
from sqlalchemy import Connection, func
from sqlalchemy import select as selected

from callcenter.store.database import Database
from callcenter.store.prepared import Prepared

CHANNEL = "anxin_log"
NOTIFY = Prepared(selected(func.pg_notify(CHANNEL, "")))
log = structlog.get_logger("bell")


class Bell(Protocol):
    def wait(self, seconds: float) -> None:
        """Return when the log has grown, or after ``seconds``."""

    def close(self) -> None: ...


class SocketBell:
    """Where no socket can be made (a path longer than 107 bytes, a full disk) its follower goes on by polling."""

    def __init__(self, folder: Path, name: str):
        self.path = folder / f"{os.getpid()}-{name}"
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        try:
            folder.mkdir(parents=True, exist_ok=True)
            self.path.unlink(missing_ok=True)
            self.socket.bind(str(self.path))
        except OSError as error:
            log.warning("no bell, the log is only polled", path=str(self.path), error=str(error))

    def wait(self, seconds: float) -> None:
        self.socket.settimeout(seconds)
        with contextlib.suppress(OSError):
            self.socket.recv(1)
            self.socket.settimeout(0)
            while True:  # many rings are one ring
                self.socket.recv(1)

    def close(self) -> None:
        self.socket.close()
        with contextlib.suppress(OSError):
            self.path.unlink(missing_ok=True)


class NotifyBell:
    """Waits with ``select``, which every runtime makes cooperative; a lost connection falls back to polling."""

    def __init__(self, database: Database):
        self.database = database
        self.raw: Any = None
        with contextlib.suppress(Exception):  # away just now: the first wait tries again
            self.raw = self._listen()

    def _listen(self) -> Any:
        pooled = self.database.engine.raw_connection()
        raw: Any = pooled.driver_connection
        pooled.detach()
        raw.autocommit = True
        raw.execute(f"LISTEN {CHANNEL}")
        return raw

    def wait(self, seconds: float) -> None:
        try:
            if self.raw is None:
                self.raw = self._listen()
            ready, _, _ = select.select([self.raw.pgconn.socket], [], [], seconds)
            if ready:
                self.raw.pgconn.consume_input()
                while self.raw.pgconn.notifies():
                    pass
        except Exception:
            self.close()
            select.select([], [], [], min(seconds, 0.25))

    def close(self) -> None:
        with contextlib.suppress(Exception):
            if self.raw is not None:
                self.raw.close()
        self.raw = None


def bell(database: Database, name: str) -> Bell:
    folder = database.folder
    return SocketBell(folder / "bells", name) if folder else NotifyBell(database)


def ring_in(connection: Connection, database: Database) -> None:
    """Ring from inside the transaction (PostgreSQL delivers at commit)."""
    if not database.is_sqlite:
        NOTIFY.rows(connection)


def ring(database: Database) -> None:
    """Ring after the commit (SQLite). Sockets nobody listens on any more are swept away.

    Never fails: what was written is written, and a caller that is told otherwise would write it again.
    """
    folder = database.folder
    if folder is not None:
        with contextlib.suppress(OSError):
            _ring_all(folder / "bells")


@cache
def _ringer(process: int) -> socket.socket:
    """One socket for all rings of this process; a forked child must not ring with its parent's."""
    ringer = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    ringer.setblocking(False)
    return ringer


def _ring_all(folder: Path) -> None:
    ringer = _ringer(os.getpid())
    for name in os.listdir(folder):  # noqa: PTH208, this runs after every commit and Path.iterdir costs ten times as much
        try:
            ringer.sendto(b"!", f"{folder}/{name}")
        except ConnectionRefusedError:
            (folder / name).unlink(missing_ok=True)
        except OSError:
            pass  # a full socket is already ringing
