"""What the figures were measured on: the machine, the versions, and how fast its disk says that a write is kept."""

import os
import platform
import sqlite3
import subprocess
import sys
import time
from importlib.metadata import version
from pathlib import Path

from tests.postgres import programs

PACKAGES = ("sqlalchemy", "eventlet", "flask-socketio", "python-socketio", "psycopg", "pysiaalarm")


def words() -> str:
    """One line for the machine, one for the versions."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    load = ", ".join(f"{n:.1f}" for n in os.getloadavg())
    machine = f"{_processor()}, {os.cpu_count()} cores, {memory:.0f} GiB, {platform.platform(terse=True)}"
    packages = ", ".join(f"{name} {version(name)}" for name in PACKAGES)
    stores = f"SQLite {sqlite3.sqlite_version}, {_postgresql()}"
    at_start = f"load average {load} at the start"
    return f"{machine}; {at_start}\n\nPython {sys.version.split()[0]}, {stores}, {packages}; {_commit()}"


def _processor() -> str:
    for line in Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            return line.partition(":")[2].strip()
    return platform.machine()


def _postgresql() -> str:
    if (folder := programs()) is None:
        return "PostgreSQL not installed"
    said = subprocess.run([folder / "initdb", "--version"], capture_output=True, text=True, check=True).stdout
    return f"PostgreSQL {said.split()[2]}"


def _commit() -> str:
    asked = ["git", "describe", "--always", "--dirty"]
    said = subprocess.run(asked, capture_output=True, text=True, check=False, cwd=Path(__file__).parent)
    return f"Anxin {said.stdout.strip() or 'without git'}"


def fsyncs(folder: Path, seconds: float) -> float:
    """Writes of 4 KiB a second, each followed by fsync, one after the other."""
    until, done = time.monotonic() + seconds, 0
    with (folder / "fsync").open("wb", buffering=0) as file:
        while time.monotonic() < until:
            file.write(bytes(4096))
            os.fsync(file.fileno())
            done += 1
    return done / seconds
