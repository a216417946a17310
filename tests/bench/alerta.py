"""Alerta, an alarm console of wide use, beside us: POST /alert over HTTP into PostgreSQL, at 1 and 10 connections.

It is installed from the package registry into a temporary folder, only when asked for, and runs under gunicorn with one
process, as our gateway is one. What cannot be had is said, with the reason, in place of a figure.
"""

import http.client
import json
import os
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests import postgres
from tests.bench.acknowledgements import closed_loop
from tests.bench.figures import Run, Several, count, ms, percentile, table
from tests.bench.frames import account
from tests.bench.servers import TICKS, Server
from tests.house import free_port, until

SECONDS = 2.0
PROGRAMS = ("alerta-server", "psycopg2-binary", "gunicorn")


class Unavailable(Exception):
    """Why Alerta cannot be measured here."""


def measure(folder: Path, ours: Server, rounds: int) -> str:
    try:
        with postgres_url() as url, alerta(folder, url) as (port, process):
            return _compare(port, process, ours, rounds)
    except Unavailable as why:
        return f"No figure: {why}"


def _compare(port: int, process: subprocess.Popen[bytes], ours: Server, rounds: int) -> str:
    rows = []
    for many in (1, 10):
        mine, theirs = [], []
        for _ in range(rounds):
            theirs.append(_posts(port, process, many))
            mine.append(closed_loop(ours, "ADM-CID", many, SECONDS))
        a, b = Several(mine), Several(theirs)
        rows.append((str(many), count(a.rate), ms(a.p99), count(b.rate), ms(b.p99), f"**{a.against(b):.1f}**"))
    heads = ("connections", "ours ACK/s", "p99 ms", "Alerta POST/s", "p99 ms", "ratio")
    return (
        table(heads, rows) + "\n\nOurs into SQLite FULL, Alerta into PostgreSQL; both are kept when they are answered."
    )


def _posts(port: int, process: subprocess.Popen[bytes], many: int) -> Run:
    took: list[float] = []
    before, start = _cpu(process.pid), time.monotonic()

    def post(first: int) -> None:
        line, number = http.client.HTTPConnection("127.0.0.1", port, timeout=30), first
        while time.monotonic() - start < SECONDS:
            number += many
            alert = {
                "resource": account(number),
                "event": f"SOS{number}",
                "environment": "Production",
                "severity": "critical",
                "service": ["pager"],
            }
            left = time.monotonic()
            line.request("POST", "/alert", json.dumps(alert), {"Content-Type": "application/json"})
            answer = line.getresponse()
            said = answer.read()
            if answer.status != 201:
                raise Unavailable(f"it answered {answer.status}: {said[:200]!r}")
            took.append(time.monotonic() - left)

    threads = [threading.Thread(target=post, args=(time.monotonic_ns() % 10**9 + n,)) for n in range(many)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    took.sort()
    if not took:
        raise Unavailable("it answered nothing")
    seconds = time.monotonic() - start
    return Run(len(took), seconds, percentile(took, 0.5), percentile(took, 0.99), _cpu(process.pid) - before)


def _cpu(pid: int) -> float:
    words = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(words[11]) + int(words[12])) / TICKS


@contextmanager
def postgres_url() -> Iterator[str]:
    if postgres.programs() is None:
        raise Unavailable("it needs PostgreSQL, which is not installed (`apt-get install postgresql`)")
    with postgres.cluster() as cluster:
        yield cluster.database().replace("postgresql+psycopg://", "postgresql://")


@contextmanager
def alerta(folder: Path, url: str) -> Iterator[tuple[int, subprocess.Popen[bytes]]]:
    python = _install(folder / "alerta")
    port = free_port()
    serve = [
        str(python),
        "-m",
        "gunicorn",
        "-w",
        "1",
        "-k",
        "gthread",
        "--threads",
        "10",
        "-b",
        f"127.0.0.1:{port}",
        "alerta.app:create_app()",
    ]
    log = (folder / "alerta.log").open("wb")
    process = subprocess.Popen(
        serve, env={**os.environ, "DATABASE_URL": url, "AUTH_REQUIRED": "false"}, stdout=log, stderr=log
    )
    try:
        try:
            until(lambda: _answers(port), 40)
        except AssertionError:
            said = (folder / "alerta.log").read_text("utf-8", "replace").strip()[-600:]
            raise Unavailable(f"it does not start: {said}") from None
        yield port, process
    finally:
        process.terminate()
        process.wait(20)
        log.close()


def _answers(port: int) -> bool:
    line = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    line.request("GET", "/")
    return line.getresponse().status < 500


def _install(folder: Path) -> Path:
    """An environment of its own; it has no pip, the system's pip fills it from outside, as the Makefile does."""
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", folder], check=True)
    pip = [shutil.which("python3.11") or shutil.which("python3") or "python3", "-m", "pip"]
    words: list[str] = [
        *pip,
        "--python",
        str(folder / "bin" / "python"),
        "install",
        "--quiet",
        "--disable-pip-version-check",
        *PROGRAMS,
    ]
    done = subprocess.run(words, capture_output=True, text=True, timeout=600, check=False)
    if done.returncode:
        raise Unavailable(f"pip could not install it: {done.stderr.strip()[-400:]}")
    return folder / "bin" / "python"
