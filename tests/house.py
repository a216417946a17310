"""The running centre: real processes on free ports over a database of the test's own, told apart by name."""

import contextlib
import json
import os
import re
import secrets
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import requests
from sqlalchemy import insert, select

from callcenter.accounts import Accounts
from callcenter.rules.times import stamp
from callcenter.store.database import Database
from callcenter.store.log import Log
from callcenter.store.people import People
from callcenter.store.tables import carers, shifts
from callcenter.store.users import Users
from tests.nursery import Born, nursery

BORN = ("gateway", "dispatcher")  # whose imports nothing has to come before
ROOT = Path(__file__).resolve().parents[1]
CONFIG = """
[watch]
drill_at = ""
homes = 10000
[server]
port = {web}
webs = 1
async_mode = "{mode}"
[database]
url = "{url}"
data_dir = "{folder}/data"
[[lines]]
name = "panels-tcp"
protocol = "dc09"
transport = "tcp"
host = "127.0.0.1"
port = {tcp}
[[lines]]
name = "panels-udp"
protocol = "dc09"
transport = "udp"
host = "127.0.0.1"
port = {tcp}
[[lines]]
name = "receiver-tcp"
protocol = "surgard"
transport = "tcp"
host = "127.0.0.1"
port = {surgard}
{more}
"""


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def until(true: Callable[[], Any], seconds: float = 60.0, every: float = 0.05) -> Any:
    """Wait until something holds, and return it; fail with the last exception or value."""
    give_up, last = time.monotonic() + seconds, None
    while time.monotonic() < give_up:
        try:
            last = true()
            if last:
                return last
        except (OSError, urllib.error.URLError, AssertionError) as error:
            last = error
        time.sleep(every)
    raise AssertionError(f"did not happen within {seconds} s; last seen: {last!r}")


class House:
    """``start("gateway", "dispatcher", "web")`` or ``start("run")``; everything started is ended with the house."""

    def __init__(self, folder: Path, url: str, mode: str = "eventlet", more: str = ""):
        self.folder, self.url = folder, url
        self.web_port, self.tcp_port, self.surgard_port = free_port(), free_port(), free_port()
        self.address = f"http://127.0.0.1:{self.web_port}"
        self.config = folder / "config.toml"
        self.config.write_text(
            CONFIG.format(
                web=self.web_port,
                tcp=self.tcp_port,
                surgard=self.surgard_port,
                url=url,
                folder=folder,
                mode=mode,
                more=more,
            ),
            "utf-8",
        )
        self.processes: dict[str, subprocess.Popen[bytes] | Born] = {}

    # --- processes ----------------------------------------------------------------------------------------

    def command(self, *words: str) -> list[str]:
        return [sys.executable, str(ROOT / "app.py"), "--config", str(self.config), *words]

    def tell(self, *words: str, check: bool = True, seconds: float = 60) -> str:
        """Run one command to its end; returns what it printed."""
        out = self.folder / f"said-{secrets.token_hex(4)}"
        done = nursery().bear(self.config, out, list(words))
        try:
            code = done.wait(seconds)
        except subprocess.TimeoutExpired:
            done.kill()
            done.wait()
            raise
        said = out.read_text("utf-8", "replace")
        out.unlink()
        if check and code:
            raise AssertionError(f"{words} failed: {said}")
        return said

    def start(self, *names: str, env: dict[str, str] | None = None) -> None:
        """From the nursery where that is the same; an environment of its own needs a process of its own."""
        for name in names:
            if name in BORN and env is None:
                self.processes[name] = nursery().bear(self.config, self.folder / f"{name}.log", [name])
                continue
            out = (self.folder / f"{name}.log").open("ab")
            self.processes[name] = subprocess.Popen(
                self.command(*name.split("-")),
                stdout=out,
                stderr=out,
                cwd=self.folder,
                env={**os.environ, **(env or {})},
                start_new_session=True,
            )
            out.close()

    def start_more(self, *names: str) -> None:
        """A second process of each kind, known as ``web-2`` and so on."""
        for name in names:
            first = self.processes.pop(name)
            self.start(name)
            self.processes[f"{name}-2"], self.processes[name] = self.processes[name], first

    def spawn(self, name: str) -> int:
        """Start ``name`` from the nursery; returns its pid. ``name`` is not ended with the house."""
        return nursery().fork(self.config, self.folder / f"{name}.log", [name])

    def children(self, name: str) -> dict[str, int]:
        """The processes that ``name`` has started: last word of their command line to pid."""
        pid, found = self.processes[name].pid, {}
        for child in Path(f"/proc/{pid}/task/{pid}/children").read_text("utf-8").split():
            with contextlib.suppress(OSError):
                words = Path(f"/proc/{child}/cmdline").read_bytes().decode().rstrip("\0").split("\0")
                found[words[-1]] = int(child)
        return found

    def freeze(self, name: str) -> None:
        self.signal(name, signal.SIGSTOP)

    def thaw(self, name: str) -> None:
        self.signal(name, signal.SIGCONT)

    def ready(self, seconds: float = 90) -> None:
        """Wait until a press would be taken, shown and acted on; a process that has ended says why at once."""

        def there() -> bool:
            for name, process in self.processes.items():
                if process.poll() is not None:
                    raise RuntimeError(f"{name} has ended ({process.returncode}): {self.said(name)[-1000:]}")
            return bool(self.get("/readyz", anyway=True).get("ready"))

        until(there, seconds)

    def signal(self, name: str, number: int) -> None:
        os.kill(self.processes[name].pid, number)

    def kill(self, name: str) -> None:
        self.signal(name, signal.SIGKILL)
        self.processes.pop(name).wait(10)

    def stop(self) -> None:
        for process in self.processes.values():
            with contextlib.suppress(ProcessLookupError):
                process.send_signal(signal.SIGCONT)
                process.terminate()
        for process in self.processes.values():
            try:
                process.wait(15)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()

    def said(self, name: str) -> str:
        return (self.folder / f"{name}.log").read_text("utf-8", "replace")

    @staticmethod
    def now() -> datetime:
        return datetime.now(UTC)

    # --- people -------------------------------------------------------------------------------------------

    def add_user(self, login: str, role: str, *more: str) -> str:
        """Returns the password."""
        return self.tell("add-user", login, "--role", role, *more).split()[-1]

    def get(self, path: str, token: str = "", anyway: bool = False) -> Any:
        request = urllib.request.Request(
            self.address + path, headers={"Authorization": f"Bearer {token}"} if token else {}
        )
        try:
            with urllib.request.urlopen(request, timeout=5) as answer:
                return json.load(answer)
        except urllib.error.HTTPError as error:
            if anyway:
                return json.load(error)
            raise

    def token(self, role: str = "system") -> str:
        """A bearer token, made on the database itself: a command line takes a second and a half."""
        database = Database(self.url)
        made = Accounts(
            Log(database, lambda: datetime.now(UTC), ()), Users(database), lambda work, *values: work(*values)
        ).add_token(f"{role} {secrets.token_hex(4)}", role)
        database.close()
        return made

    def log_in(self, login: str, password: str) -> requests.Session:
        """A browser's session: its cookie, and the form token in the header that the pages send."""
        session = requests.Session()
        found = re.search(r'name="csrf_token" value="([^"]+)"', session.get(f"{self.address}/login", timeout=10).text)
        assert found
        done = session.post(
            f"{self.address}/login",
            {"login": login, "password": password, "csrf_token": found[1]},
            timeout=10,
            allow_redirects=False,
        )
        assert done.status_code == 302, done.text
        page = session.get(f"{self.address}/login", timeout=10).text
        found = re.search(r'name="csrf-token" content="([^"]+)"', page)
        assert found
        session.headers["X-CSRFToken"] = found[1]
        return session

    def everyone_on_shift(self) -> None:
        """All carers, now and for half a day: the demo roster may belong to another week."""
        database, now = Database(self.url), datetime.now(UTC)
        with database.write() as conn:
            until_ = {"starts_at": stamp(now - timedelta(hours=1)), "ends_at": stamp(now + timedelta(hours=12))}
            ids = conn.execute(select(carers.c.id)).scalars().all()
            conn.execute(insert(shifts), [{"carer_id": one, **until_} for one in ids])
        database.close()

    def carer_on_shift(self, station: str = "") -> tuple[int, str, str]:
        """``(id, code, name)`` of a carer who is on shift now."""
        database = Database(self.url)
        found = next(c for c in People(database).carers(datetime.now(UTC)) if c["on_shift"] and station in c["station"])
        database.close()
        return found["id"], found["code"], found["name"]

    def events(self) -> list[dict[str, Any]]:
        """The whole log, read from the database."""
        database = Database(self.url)
        found = [asdict(e) for e in Log(database, lambda: datetime.now(UTC), ()).after(0, 1_000_000)]
        database.close()
        return found

    # --- devices ------------------------------------------------------------------------------------------

    def dial(self, frame: bytes, seconds: float = 5.0, port: int = 0) -> bytes:
        """Send one frame on a connection of its own; returns the acknowledgement, or b"" when none came."""
        with socket.create_connection(("127.0.0.1", port or self.tcp_port), 5) as line:
            line.settimeout(seconds)
            line.sendall(frame)
            try:
                return line.recv(4096)
            except TimeoutError:
                return b""

    def verify(self) -> str:
        return self.tell("verify")


@contextmanager
def house(folder: Path, url: str, mode: str = "eventlet", more: str = "") -> Iterator[House]:
    made = House(folder, url, mode, more)
    try:
        yield made
    finally:
        made.stop()


def passwords(text: str) -> dict[str, tuple[str, str]]:
    """What ``run --demo`` printed: role to (login, password), the first of each role."""
    found: dict[str, tuple[str, str]] = {}
    for role, login, password in re.findall(
        r"^\s+(operator|supervisor|admin|head|carer)\s+(\S+)\s+(\S+-\S+-\S+-\S+)", text, re.M
    ):
        found.setdefault(role, (login, password))
    return found
