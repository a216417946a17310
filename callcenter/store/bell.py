"""The bell: a write rings it, followers of the log wake up at once. Polling stands behind it, so a lost ring is only late.

SQLite: every follower binds a unix datagram socket in ``<folder>/bells``; the writer rings them all.
PostgreSQL: ``NOTIFY`` in the writing transaction, ``LISTEN`` on a connection of the follower's own.
"""

import contextlib
import os
import select
import socket
from pathlib import Path
from typing import Protocol

from sqlalchemy import Connection, text

from callcenter.store.database import Database

CHANNEL = "anxin_log"


class Bell(Protocol):
    def wait(self, seconds: float) -> None:
        """Return when the log has grown, or after ``seconds``."""

    def close(self) -> None: ...


class SocketBell:
    def __init__(self, folder: Path, name: str):
        folder.mkdir(parents=True, exist_ok=True)
        self.path = folder / f"{os.getpid()}-{name}"
        self.path.unlink(missing_ok=True)
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.socket.bind(str(self.path))

    def wait(self, seconds: float) -> None:
        self.socket.settimeout(seconds)
        with contextlib.suppress(TimeoutError, OSError):
            self.socket.recv(1)
            self.socket.settimeout(0)
            while True:  # many rings are one ring
                self.socket.recv(1)

    def close(self) -> None:
        self.socket.close()
        self.path.unlink(missing_ok=True)


class NotifyBell:
    """Waits with ``select``, which every runtime makes cooperative; a lost connection falls back to polling."""

    def __init__(self, database: Database):
        self.database = database
        self.raw = self._listen()

    def _listen(self):  # type: ignore[no-untyped-def]
        pooled = self.database.engine.raw_connection()
        raw = pooled.driver_connection
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
        connection.execute(text(f"SELECT pg_notify('{CHANNEL}', '')"))


def ring(database: Database) -> None:
    """Ring after the commit (SQLite). Sockets nobody listens on any more are swept away."""
    folder = database.folder
    if folder is None or not (folder / "bells").is_dir():
        return
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as ringer:
        ringer.setblocking(False)
        for path in os.scandir(folder / "bells"):
            try:
                ringer.sendto(b"!", path.path)
            except ConnectionRefusedError:
                Path(path.path).unlink(missing_ok=True)
            except OSError:
                pass  # a full socket is already ringing
