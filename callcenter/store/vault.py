"""The vault: seal the log, copy the database while it works, put a copy back."""

import os
import shutil
import sqlite3
import subprocess
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy import func, select

from callcenter.rules.times import stamp
from callcenter.store.database import Database, StoreUnavailable
from callcenter.store.log import Log
from callcenter.store.seal import seal
from callcenter.store.tables import events, signs_of_life

RUNNING_SECONDS = 10.0


class Vault:
    def __init__(self, database: Database):
        self.database = database

    # --- sealing ----------------------------------------------------------------------------------------------

    def seal_with(self, log: Log) -> Callable[[], None]:
        """The nightly work, see ``callcenter.store.seal``."""

        def nightly() -> None:
            with log.writing() as w:
                seal(w)

        return nightly

    # --- copies -----------------------------------------------------------------------------------------------

    def backup(self, file: Path) -> None:
        """A whole copy of one moment, while the centre goes on working."""
        if file.exists():
            raise StoreUnavailable(f"{file} exists already; choose another name, backups are never written over")
        if self.database.is_sqlite:
            with closing(sqlite3.connect(self._path())) as source, closing(sqlite3.connect(file)) as target:
                source.backup(target)
                self._sound(target, file)
        else:
            self._postgres("pg_dump", "--format=custom", f"--file={file}")
        file.chmod(0o600)

    def restore(self, file: Path, replace: bool) -> None:
        """Put a copy back. Refuses while the centre runs, and to replace what is not empty without being told."""
        if self._running():
            raise StoreUnavailable("the centre is running on this database: stop it first")
        if self._filled() and not replace:
            raise StoreUnavailable("the database is not empty: back it up, then say --yes to replace it")
        if not self.database.is_sqlite:
            self._postgres("pg_restore", "--clean", "--if-exists", "--no-owner", "--single-transaction", str(file))
            return
        with closing(sqlite3.connect(f"file:{file}?mode=ro", uri=True)) as copy:
            self._sound(copy, file)
        self.database.close()
        _put_in_place(file, Path(self._path()))

    def _path(self) -> str:
        return str(self.database.url.database)

    @staticmethod
    def _sound(connection: sqlite3.Connection, file: Path) -> None:
        try:
            found = connection.execute("PRAGMA integrity_check").fetchone()[0]
        except sqlite3.DatabaseError as error:
            raise StoreUnavailable(f"{file} is no sound SQLite database: {error}") from None
        if found != "ok":
            raise StoreUnavailable(f"{file} is no sound SQLite database: {found}")

    def _postgres(self, program: str, *words: str) -> None:
        address = self.database.url.set(drivername="postgresql").render_as_string(hide_password=False)
        if shutil.which(program) is None:
            raise StoreUnavailable(f"{program} is not installed: install the PostgreSQL client programs")
        found = subprocess.run([program, f"--dbname={address}", *words], capture_output=True, text=True, check=False)
        if found.returncode:
            raise StoreUnavailable(f"{program} failed: {found.stderr.strip()[-500:]}")

    def _running(self) -> bool:
        lately = stamp(datetime.now(UTC) - timedelta(seconds=RUNNING_SECONDS))
        try:
            with self.database.read() as conn:
                return conn.execute(select(func.count()).where(signs_of_life.c.at > lately)).scalar_one() > 0
        except Exception:  # no tables yet: nothing runs on it
            return False

    def _filled(self) -> bool:
        try:
            with self.database.read() as conn:
                return conn.execute(select(func.count()).select_from(events)).scalar_one() > 0
        except Exception:
            return False


def _put_in_place(file: Path, path: Path) -> None:
    """The copy is whole before the old file goes; and the old one's WAL goes first, it would be replayed on the new."""
    arriving = path.with_name(path.name + ".restoring")
    shutil.copyfile(file, arriving)
    with arriving.open("rb") as whole:
        os.fsync(whole.fileno())
    for leftover in ("-wal", "-shm"):
        Path(f"{path}{leftover}").unlink(missing_ok=True)
    arriving.replace(path)
