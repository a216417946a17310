"""What the load is sent to, each a real process on this machine: our gateway over a demo district, and pysiaalarm."""

import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import func, select

from callcenter.store.database import Database
from callcenter.store.tables import frames
from tests.bench.frames import KEY
from tests.house import ROOT, House, free_port, house, until

TICKS = os.sysconf("SC_CLK_TCK")
AES_LINE = """
[[lines]]
name = "panels-aes"
protocol = "dc09"
transport = "tcp"
host = "127.0.0.1"
port = {port}
key = "text:{key}"
"""


@dataclass
class Server:
    """Where frames go. ``database`` is None where nothing is kept."""

    name: str
    pid: int
    plain: int
    secret: int
    database: Database | None = None
    url: str = ""
    used: int = 0  # presses sent so far: each must be another one

    def cpu(self) -> float:
        """Processor seconds it has used."""
        words = Path(f"/proc/{self.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(words[11]) + int(words[12])) / TICKS

    def kept(self) -> int:
        """Frames on disk that raised something."""
        assert self.database
        with self.database.read() as conn:
            raised = select(func.count()).select_from(frames).where(frames.c.outcome == "raised")
            return int(conn.execute(raised).scalar_one())


@contextmanager
def gateway(name: str, folder: Path, url: str, env: dict[str, str] | None = None) -> Iterator[Server]:
    """``app.py gateway`` over the database ``url``, which holds the demo district."""
    folder.mkdir(parents=True)
    secret = free_port()
    with house(folder, url, more=AES_LINE.format(port=secret, key=KEY)) as made:
        made.start("gateway", env=env)
        _listening(made.tcp_port, secret)
        database = Database(url)
        yield Server(name, made.processes["gateway"].pid, made.tcp_port, secret, database, url)
        database.close()


@contextmanager
def centre(folder: Path, url: str) -> Iterator[tuple[House, Server]]:
    """Gateway, dispatcher and web, ready."""
    folder.mkdir(parents=True)
    with house(folder, url) as made:
        made.start("gateway", "dispatcher", "web")
        made.ready(60)
        database = Database(url)
        yield made, Server("centre", made.processes["gateway"].pid, made.tcp_port, 0, database)
        database.close()


@contextmanager
def pysiaalarm() -> Iterator[Server]:
    plain, secret = free_port(), free_port()
    words = [sys.executable, "-m", "tests.bench.receiver", str(plain), str(secret)]
    process = subprocess.Popen(words, cwd=ROOT)
    try:
        _listening(plain, secret)
        yield Server("pysiaalarm", process.pid, plain, secret)
    finally:
        process.terminate()
        process.wait(10)


def _listening(*ports: int) -> None:
    def answers() -> bool:
        for port in ports:
            socket.create_connection(("127.0.0.1", port), 1).close()
        return True

    until(answers, 30)
