"""A PostgreSQL of the tests' own: a cluster in a temporary folder, run as user postgres when we are root."""

import contextlib
import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg

# What only a power cut can lose, and the work of nights that a database of one test never sees.
QUICK = " -c fsync=off -c full_page_writes=off -c autovacuum=off"


def programs() -> Path | None:
    """The folder with initdb and pg_ctl, the newest Debian has; None when PostgreSQL is not installed."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda p: int(p.parts[-3]))
    if found:
        return found[-1].parent
    there = shutil.which("initdb")
    return Path(there).resolve().parent if there else None


class Cluster:
    def __init__(self, bin_: Path, folder: Path, more: str = ""):
        self.bin, self.folder, self.more = bin_, folder, more
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.made = 0

    def run(self, program: str, *words: str) -> None:
        """As user postgres when we are root: the server refuses to run as root."""
        identity: dict[str, object] = {}
        if os.geteuid() == 0:
            user = pwd.getpwnam("postgres")
            identity = {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}
        subprocess.run(
            [str(self.bin / program), *words], check=True, capture_output=True, cwd=self.folder, timeout=60, **identity  # type: ignore[call-overload]
        )  # fmt: skip

    def start(self) -> None:
        options = f"-c listen_addresses=127.0.0.1 -c port={self.port} -c max_connections=200"
        options += f" -c unix_socket_directories={self.folder}{self.more}"
        self.run(
            "pg_ctl", "-D", str(self.folder / "data"), "-l", str(self.folder / "log"), "-w", "-o", options, "start"
        )

    def stop(self, mode: str = "fast") -> None:
        self.run("pg_ctl", "-D", str(self.folder / "data"), "-w", "-m", mode, "stop")

    def processes(self) -> list[int]:
        """Every process of the server, its head first."""
        head = int((self.folder / "data" / "postmaster.pid").read_text("ascii").split()[0])
        return [head, *map(int, Path(f"/proc/{head}/task/{head}/children").read_text("ascii").split())]

    def signal(self, number: int) -> None:
        """To every process of the server at once, as a power cut or a stalled machine would."""
        for pid in self.processes():
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, number)

    def kill(self) -> None:
        """A power cut. Afterwards the server can be started again: nothing runs, and no pid means anything."""
        pids = self.processes()
        self.signal(signal.SIGKILL)
        while any(_runs(pid) for pid in pids):
            time.sleep(0.01)
        for name in ("data/postmaster.pid", f".s.PGSQL.{self.port}.lock"):
            (self.folder / name).unlink()

    def database(self, like: str = "") -> str:
        """The URL of a new database: empty, or a copy of the one ``like``, to which nobody may be connected."""
        self.made += 1
        name = f"anxin_{self.made}"
        self._say(f"CREATE DATABASE {name}" + (f" TEMPLATE {_name(like)}" if like else ""))
        return f"postgresql+psycopg://anxin@127.0.0.1:{self.port}/{name}"

    def drop(self, url: str) -> None:
        """With whoever is still connected: hundreds of them, kept to the end of the run, are gigabytes."""
        self._say(f"DROP DATABASE {_name(url)} WITH (FORCE)")

    def _say(self, statement: str) -> None:
        where = f"host=127.0.0.1 port={self.port} user=anxin dbname=postgres connect_timeout=60"
        with psycopg.connect(where, autocommit=True) as conn:
            conn.execute(statement.encode())


def _name(url: str) -> str:
    return url.rsplit("/", 1)[-1]


def _runs(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text("utf-8").rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


@contextmanager
def cluster(more: str = "") -> Iterator[Cluster]:
    """As PostgreSQL is, unless ``more`` options (``QUICK``) say otherwise."""
    bin_ = programs()
    assert bin_ is not None
    folder = Path(tempfile.mkdtemp(prefix="anxin-pg-"))
    if os.geteuid() == 0:
        shutil.chown(folder, "postgres", "postgres")
    made = Cluster(bin_, folder, more)
    try:
        made.run(
            "initdb",
            "-D",
            str(folder / "data"),
            "-U",
            "anxin",
            "--auth=trust",
            "-E",
            "UTF8",
            "--locale=C.UTF-8",
            "--no-sync",
        )
        made.start()
        yield made
    finally:
        if (folder / "data" / "postmaster.pid").exists():
            made.stop("immediate")
        shutil.rmtree(folder, ignore_errors=True)
