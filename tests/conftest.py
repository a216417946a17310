"""The rehearsal: the whole centre in one process over a real database, with a clock that the test moves.

``rehearsal`` runs every story twice, on SQLite and on PostgreSQL.
"""

import shutil
from collections.abc import Container, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import settings
from sqlalchemy import update

from callcenter.commands import Commands
from callcenter.demo import district as demo
from callcenter.desk import Desk
from callcenter.emergency import Emergency
from callcenter.intake import Intake
from callcenter.journal import Received
from callcenter.memory import Memory
from callcenter.owning import Owning
from callcenter.rules.events import Event, Row
from callcenter.rules.times import stamp
from callcenter.seats import Seats
from callcenter.settings import Promises, Watch
from callcenter.standing import Standing
from callcenter.store.cases import Cases
from callcenter.store.database import Database
from callcenter.store.log import Log
from callcenter.store.notices import NoticeBook
from callcenter.store.people import People
from callcenter.store.register import Register
from callcenter.store.seats import SeatBook
from callcenter.store.tables import signs_of_life
from callcenter.store.upgrade import upgrade
from callcenter.store.users import Users
from callcenter.store.verify import Verified, verify
from callcenter.watchman import Watchman
from devices.codecs.dc09 import Dc09, write
from devices.signal import Message, Setup
from dispatch import outfit
from dispatch.channels import screen
from dispatch.channels.channel import Channel
from dispatch.notifier import Notifier
from dispatch.parts import Parts
from dispatch.rules.pictures import pictures
from dispatch.rules.service_terms import Services
from dispatch.settings import Notices, Sending
from tests import asking, postgres

ZONE = ZoneInfo("Asia/Shanghai")
MORNING = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)  # Monday, ten o'clock in Xining
# Qualifier, event, partition and zone of Contact ID, as DC-09 carries them.
SOS, FALL, SERVICE, MAINS_LOST, MAINS_BACK = "110101001", "110301001", "161601002", "130100000", "330100000"
CANCEL, TEST = "140601001", "160100001"


# No deadline: on a busy machine it would fail a test for being slow once; what must be quick measures its own time.
settings.register_profile("suite", max_examples=50, deadline=None)
settings.register_profile("soak", max_examples=2000, deadline=None)  # make soak
settings.load_profile("suite")

LONG = ("stories", "browser", "bench", "devices")  # whole processes and browsers


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The long files first, so that no worker ends alone with one of them.

    xdist would put the files with the most tests first, which are the quick ones: hence its ``--no-loadscope-reorder``.
    """
    items.sort(key=lambda item: not any(part in item.path.parts for part in LONG))


@pytest.fixture(scope="session")
def cluster() -> Iterator[postgres.Cluster]:
    if postgres.programs() is None:
        pytest.skip("PostgreSQL is not installed: apt-get install postgresql")
    with postgres.cluster(postgres.QUICK) as made:
        yield made


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The URL of an empty database, once of each kind."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'anxin.db'}"
        return
    cluster: postgres.Cluster = request.getfixturevalue("cluster")
    made = cluster.database()
    yield made
    cluster.drop(made)


@pytest.fixture
def database(url: str) -> Iterator[Database]:
    made = Database(url)
    upgrade(made)
    yield made
    made.close()


class Rehearsal:
    """900 homes, 60 carers, the services, and no process: ``press``, ``wait``, ``act`` and look."""

    def __init__(self, database: Database, now: datetime = MORNING):
        self.now, self.database = now, database
        self.targets = Standing(database, Promises().targets(), ZONE)
        self.scripts = asking.scripting(database, lambda: self.now)
        fills = self.scripts.fills(self.targets.fills)
        self.log = Log(database, lambda: self.now, pictures(self.targets, Services()), fills)
        self.cases, self.people, self.register = Cases(database), People(database), Register(database, self.log)
        self.intake = Intake(self.log, self.cases, self.people, ZONE)
        self.memory = Memory(self.cases, self.people)  # as one gateway has it, through the whole story
        self.desk = Desk(self.cases, self.scripts)
        self.commands = Commands(self.log, self.desk)
        users = Users(database)
        self.parts = Parts(self.log, self.cases, self.people, users, Sending(), self.targets, ZONE, lambda: self.now,
                           address="https://anxin.example.cn")  # fmt: skip
        self.dispatcher, self.visit_clock = self.parts.dispatcher, self.parts.visit_clock
        self.services, self.welfare = self.parts.services, self.parts.welfare
        self.emergency = Emergency(300, self.dispatcher.request)
        self.owning = Owning(lambda number: next((u.__dict__ for u in self.seats if u.id == number), None))
        self.book = SeatBook(database)
        self.places, self.in_hand = Seats(self.book, self.parts.whom.supervisors), self.parts.in_hand
        self.watchman = Watchman(self.log, self.cases, Watch(), ZONE, self.dispatcher.request)
        self.notifier = self.notifying()
        self.operator = SimpleNamespace(id=1, name="李敏", role="operator")
        self.other = SimpleNamespace(id=2, name="王强", role="operator")
        self.supervisor = SimpleNamespace(id=3, name="陈主任", role="supervisor")
        self.seats = [SimpleNamespace(**u.__dict__, active=True) for u in (self.operator, self.other, self.supervisor)]
        self._sequence = 0

    def notifying(
        self, *channels: Channel, rules: Notices | None = None, link: str = "", lines: Row | None = None,
    ) -> Notifier:  # fmt: skip
        """A notifier with these channels beside the phone page."""
        book, supervisors = NoticeBook(self.database), lambda: [self.supervisor.__dict__]
        return outfit.notifier(
            self.log,
            book,
            rules or Notices(),
            ZONE,
            supervisors,
            lines,
            channels,
            link,
            always=(screen.CHANNEL,),
            personal=self.parts.responding.link,
        )

    # --- the field ----------------------------------------------------------------------------------------

    def frame(self, account: str, code: str = SOS, sequence: int | None = None, token: str = "ADM-CID") -> bytes:
        """One DC-09 frame; ``code`` is qualifier, event, partition and zone run together, or SIA text."""
        if sequence is None:
            self._sequence += 1
            sequence = self._sequence
        data = f"{code[:4]} {code[4:6]} {code[6:]}" if token == "ADM-CID" else code
        return write(token, sequence, account, data)

    def receive(self, *frames: bytes) -> list[Event]:
        """The frames as a TCP line would hear them, in one group."""
        codec = Dc09(Setup())
        heard = [h for f in frames for h in codec.feed(f, self.now)]
        group = [Received("panels", "dc09", "127.0.0.1:1", self.now, h) for h in heard if isinstance(h, Message)]
        assert group, "nothing was heard"
        events = self.intake.receive(group, self.memory)
        moments, self.memory.moments = self.memory.moments, {}
        self.cases.note_beats(moments)
        return events

    def press(self, account: str, code: str = SOS) -> Row:
        """Press a pager; returns the call it belongs to."""
        events = self.receive(self.frame(account, code))
        call = self.cases.call(events[-1].stream.removeprefix("call:"))
        assert call is not None
        return call

    def wait(self, seconds: float, step: float = 1.0) -> None:
        """Let time pass with the clock's tick at every step."""
        until = self.now + timedelta(seconds=seconds)
        while self.now < until:
            self.now = min(until, self.now + timedelta(seconds=step))
            self.tick()

    def tick(self) -> None:
        for turn in self.parts.turns():
            turn()
        self.notifier.tick()

    def beats(self, seconds: float, silent: Container[str] = (), step: float = 30.0, gateway: bool = True) -> None:
        """Let time pass while every base unit but the ``silent`` ones says that it lives, and the watch looks."""
        until = self.now + timedelta(seconds=seconds)
        while self.now < until:
            self.now = min(until, self.now + timedelta(seconds=step))
            if gateway:
                if step > 25:  # the gateway says so every two seconds: a longer step of the clock is no gap in its life
                    self._gateway_lived()
                heard = [str(a) for a in range(1001, 1901) if str(a) not in silent]
                self.cases.note_beats({account: {"last_heard_at": stamp(self.now)} for account in heard})
                self.cases.show_life("gateway", stamp(self.now))
            self.watchman.tick(stamp(self.now))

    def _gateway_lived(self) -> None:
        at = stamp(self.now - timedelta(seconds=2))
        with self.database.write() as conn:
            last = stamp(self.now - timedelta(hours=2))
            lately = (signs_of_life.c.name == "gateway") & (signs_of_life.c.at >= last)
            conn.execute(update(signs_of_life).where(lately).values(at=at))

    # --- people -------------------------------------------------------------------------------------------

    def writing(self) -> Any:
        return self.log.writing()

    def act(self, verb: str, call: Row, user: Any = None, **more: Any) -> Row:
        """An operator's verb on a call; returns the call afterwards. Before closing, the script is answered."""
        with self.log.writing() as w:
            if verb == "close":
                more = asking.before_closing(self, w, call, user, more)
            row: Row = getattr(self.desk, verb)(w, call["id"], user or self.operator, **more)
        return row

    def act_as_typed(self, verb: str, call: Row, user: Any = None, **more: Any) -> Row:
        """The same, with no step of the script answered first and no word added."""
        with self.log.writing() as w:
            return {**getattr(self.desk, verb)(w, call["id"], user or self.operator, **more)}

    def hand_over(self, verb: str, call: Row, user: Any = None, **more: Any) -> Row:
        """To 120, 119, 110 (``call``, ``chase`` …) or to a colleague (``offer``, ``accept``, ``keep``)."""
        service = self.emergency if hasattr(self.emergency, verb) else self.owning
        with self.log.writing() as w:
            row: Row = getattr(service, verb)(w, call["id"], user or self.operator, **more)
        return row

    def send(self, call: Row, **more: Any) -> Row:
        """Ask for a visit; returns the visit."""
        with self.log.writing() as w:
            return self.dispatcher.request(w, call["id"], "user:1 李敏", **more)

    def carer(self, verb: str, visit: Row, carer_id: int | None = None, **more: Any) -> Row:
        """The carer's phone says something about a visit; returns the visit."""
        carer_id = carer_id or visit["carer_id"]
        with self.log.writing() as w:
            row: Row = getattr(self.dispatcher, verb)(w, visit["id"], carer_id, f"carer:{carer_id}", **more)
        return row

    # --- looking ------------------------------------------------------------------------------------------

    def call(self, call: Row) -> Row:
        found = self.cases.call(call["id"])
        assert found is not None
        return found

    def visit(self, visit: Row) -> Row:
        found = self.cases.visit(visit["id"])
        assert found is not None
        return found

    def kinds(self, call: Row) -> list[str]:
        """What happened in a call, in order."""
        return [e.kind for e in self.log.stream(f"call:{call['id']}")]

    def verify(self) -> Verified:
        return verify(self.database, self.log.pictures)


def _filled(url: str) -> str:
    """The demo district in a database that is then only copied: loading takes most of a second."""
    database = Database(url)
    upgrade(database)
    demo.load(Rehearsal(database).register, MORNING.date(), ZONE)
    database.close()
    return url


@pytest.fixture(scope="session")
def sqlite_district(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("district") / "anxin.db"
    _filled(f"sqlite:///{path}")
    return path


@pytest.fixture(scope="session")
def postgresql_district(cluster: postgres.Cluster) -> str:
    return _filled(cluster.database())


@pytest.fixture(params=["sqlite", "postgresql"])
def district(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The URL of a database that holds the demo district, once of each kind."""
    if request.param == "sqlite":
        shutil.copy(request.getfixturevalue("sqlite_district"), tmp_path / "anxin.db")
        yield f"sqlite:///{tmp_path / 'anxin.db'}"
        return
    cluster: postgres.Cluster = request.getfixturevalue("cluster")
    made = cluster.database(like=request.getfixturevalue("postgresql_district"))
    yield made
    cluster.drop(made)


@pytest.fixture
def rehearsal(district: str) -> Iterator[Rehearsal]:
    database = Database(district)
    yield Rehearsal(database)
    database.close()
