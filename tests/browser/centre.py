"""The running centre with the demo district, people who can log in, and callers that are none of ours."""

import os
import shutil
import threading
import time
import tty
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from my_dc09_spt import dc09_spt  # type: ignore[import-untyped]

from callcenter.accounts import Accounts
from callcenter.demo import district as demo
from callcenter.rules.events import Row
from callcenter.store.database import Database
from callcenter.store.upgrade import upgrade
from callcenter.store.users import Users
from tests.conftest import ZONE, Rehearsal
from tests.house import House, house

PASSWORD = "夜班也要记得住的口令"


class Centre:
    """``house`` is the processes; ``store`` looks into the same database from here."""

    def __init__(self, running: House, store: Rehearsal):
        self.house, self.store = running, store
        self.diallers: dict[str, Dialler] = {}  # one for each account: it counts what it sends
        self.accounts = Accounts(store.log, Users(store.database), lambda work, *values: work(*values))

    def press(self, account: str, code: int = 101, zone: int = 1) -> float:
        """A press of this home's pager over TCP; returns when it was acknowledged. Key 2 asks for a service."""
        if account not in self.diallers:
            self.diallers[account] = Dialler(account, self.house.tcp_port)
        return self.diallers[account].press(code, zone)

    def user(self, login: str, name: str, role: str, carer_id: int | None = None) -> str:
        """Makes a log-in, or gives it the one password of these tests; returns it."""
        self.accounts.add(login, name, role, password=PASSWORD, carer_id=carer_id)
        return login

    def carer(self, name: str) -> Row:
        """The carer on shift who is called so."""
        found = [c for c in self.store.people.carers(datetime.now(UTC)) if c["name"] == name and c["on_shift"]]
        assert len(found) == 1, f"{len(found)} carers on shift are called {name}"
        return found[0]

    def home(self, account: str) -> Row:
        """What is known about who has this device: ``{home, residents, device}``."""
        with self.store.database.read() as conn:
            device = self.store.people.devices_by_account(conn, [account])[account]
        call = {"home_id": device["home_id"], "account": account}
        return self.store.people.card(call, datetime.now(UTC), ZONE)

    def resident(self, account: str) -> str:
        """The name that stands in the queue when this device calls."""
        return str(self.home(account)["residents"][0]["name"])


@contextmanager
def centre(folder: Path, *processes: str, more: str = "", url: str = "") -> Iterator[Centre]:
    """``centre(folder, "gateway", "dispatcher", "web")``: the demo district from today on, served and ready."""
    if not url:
        url = f"sqlite:///{folder / 'anxin.db'}"
        shutil.copy(Path(_begun(datetime.now(ZONE).date()).name) / "anxin.db", folder)
    else:
        _begin(url, datetime.now(ZONE).date())
    database = Database(url)
    store = Rehearsal(database)
    store.now = datetime.now(UTC)
    with house(folder, url, more=more) as running:
        running.start(*processes)
        made = Centre(running, store)
        _ready(running, processes)
        yield made
    database.close()


@cache
def _begun(day: date) -> TemporaryDirectory[str]:
    """Made once in a run and then only copied: it takes two seconds, and nothing in it but four facts has an hour."""
    folder: TemporaryDirectory[str] = TemporaryDirectory(prefix="anxin-centre-")
    _begin(f"sqlite:///{folder.name}/anxin.db", day)
    return folder


def _begin(url: str, day: date) -> None:
    """The demo district from this day on, and who works there."""
    database = Database(url)
    upgrade(database)
    store = Rehearsal(database)
    store.now = datetime.now(UTC)
    demo.load(store.register, day, ZONE)
    accounts = Accounts(store.log, Users(database), lambda work, *values: work(*values))
    for login, name, role in STAFF:
        accounts.add(login, name, role, password=PASSWORD)
    database.close()


def _ready(running: House, processes: tuple[str, ...]) -> None:
    try:
        running.ready()
    except AssertionError as error:
        said = "\n".join(f"{name}: {running.said(name)[-600:]}" for name in processes)
        raise AssertionError(f"the centre did not start: {error}\n{said}") from None


STAFF = (("limin", "李敏", "operator"), ("wangqiang", "王强", "operator"), ("chen", "陈主任", "supervisor"))


class Dialler:
    """A DC-09 dialler that other people wrote: my_dc09_spt, which checks CRC, length and number of every answer."""

    def __init__(self, account: str, port: int):
        self.spt = dc09_spt.dc09_spt(account)
        self.spt.set_path("main", "primary", "127.0.0.1", port, account=account, type="TCP")

    def press(self, code: int = 101, zone: int = 1) -> float:
        """101 is the help key of a pager. Returns when the acknowledgement was there; raises when none came."""
        self.spt.send_msg("ADM-CID", {"code": code, "q": 1, "area": 1, "zone": zone})
        at = time.time()
        assert self.spt.isConnected()
        assert self.spt.notSent() == 0
        return at


class Receiver:
    """A Sur-Gard receiver on the far end of a serial cable: a pty of which the gateway opens the other side."""

    def __init__(self) -> None:
        self.master, slave = os.openpty()
        tty.setraw(slave)
        self.device = os.ttyname(slave)
        self._slave = slave  # held open, or the cable would be dead before the gateway comes

    def line(self) -> str:
        """The table for config.toml."""
        return (
            '[[lines]]\nname = "receiver-serial"\nprotocol = "surgard"\n'
            f'transport = "serial"\ndevice = "{self.device}"\nsilent_seconds = 0\n'  # it has no heartbeat
        )

    def send(self, frame: bytes) -> bytes:
        """Writes one frame; returns the one byte that comes back within 5 s, as a real receiver waits."""
        os.write(self.master, frame)
        heard: list[bytes] = []
        reader = threading.Thread(target=lambda: heard.append(os.read(self.master, 64)), daemon=True)
        reader.start()
        reader.join(5)
        return b"".join(heard)

    def unplug(self) -> None:
        os.close(self.master)
        os.close(self._slave)
