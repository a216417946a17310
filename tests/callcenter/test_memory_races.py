"""Two gateways that remember, webhooks and operators write at once, and commits fail without saying whether they held.

Every writer is a thread with a database of its own, and does what the real one does: a gateway repeats its group until
it is told that it was kept, a dialler dials the other gateway when it is not, a webhook repeats its key.
"""

import contextlib
import random
import threading
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import pytest
from sqlalchemy import Connection, select

from callcenter.answered import Answered
from callcenter.commands import Commands
from callcenter.desk import Desk
from callcenter.intake import Intake
from callcenter.journal import Received
from callcenter.memory import Memory
from callcenter.rules.call import NotNow
from callcenter.store.cases import Cases
from callcenter.store.database import Database, StoreUnavailable
from callcenter.store.log import Log
from callcenter.store.people import People
from callcenter.store.tables import calls, commands, frames
from devices.codecs.dc09 import Dc09, write
from devices.signal import Kind, Message, Setup, Signal
from tests.asking import calmest
from tests.conftest import SOS, TEST, ZONE, Rehearsal

HOMES = [str(1001 + n) for n in range(30)]
FRAMES, POSTS, GROUP = 200, 60, 5


class Doubtful(Database):
    """One commit in five fails: half of those were kept all the same, as when the answer to COMMIT is lost."""

    dice: random.Random

    @contextmanager
    def write(self) -> Iterator[Connection]:
        fate = self.dice.random()
        with super().write() as conn:
            yield conn
            if fate < 0.1:
                raise StoreUnavailable("lost before the commit")
        if fate > 0.9:
            raise StoreUnavailable("the answer to the commit was lost")


class Clock:
    """One machine's: it jumps by an hour, there and back, while frames of others are on their way."""

    def __init__(self, seed: int):
        self.dice, self.off = random.Random(seed), timedelta()

    def __call__(self) -> datetime:
        return datetime.now(UTC) + self.off

    def jump(self) -> None:
        self.off = self.dice.choice((timedelta(), timedelta(hours=1), timedelta(hours=-1)))


class Part:
    """A process: its own connections, its own services."""

    def __init__(self, url: str, pictures: Sequence[object], clock: Callable[[], datetime], seed: int):
        self.database, self.clock, self.dice = Doubtful(url, patience_seconds=30), clock, random.Random(seed)
        self.database.dice = self.dice
        self.log = Log(self.database, clock, pictures)  # type: ignore[arg-type]
        self.cases, self.people = Cases(self.database), People(self.database)
        self.intake = Intake(self.log, self.cases, self.people, ZONE)
        self.memory = Memory(self.cases, self.people)

    def hear(self, frames: bytes) -> None:
        """As a gateway does: one group, until it is kept."""
        now = self.clock()
        heard = [one for one in Dc09(Setup()).feed(frames, now) if isinstance(one, Message)]
        group = [Received("panels", "dc09", "127.0.0.1:1", now, one) for one in heard]
        self.until_told(lambda: self.intake.receive(group, self.memory))

    def until_told(self, work: Callable[[], object]) -> None:
        while True:
            with contextlib.suppress(StoreUnavailable):
                work()
                return


def gateway(part: Part, waiting: list[bytes]) -> None:
    for start in range(0, len(waiting), GROUP):
        part.hear(b"".join(waiting[start : start + GROUP]))


def webhook(part: Part, posts: list[str]) -> None:
    commanding, user = Commands(part.log, Desk(part.cases)), SimpleNamespace(id=9, name="hook", role="device")
    for number, account in enumerate(posts):
        key = f"post-{number:05}"
        said = Message(key.encode(), account, (Signal(account, Kind.SOS, "webhook sos"),), key, key.encode())
        received = Received("webhook:hook", "webhook", "127.0.0.1", part.clock(), said, "webhook")

        def post(key: str = key, received: Received = received) -> None:
            commanding.once("signal", key, user, lambda w: {"call": part.intake.receive_one(w, received)})  # type: ignore[arg-type]

        part.until_told(post)


def operator(part: Part, over: threading.Event) -> None:
    desk, user = Desk(part.cases), SimpleNamespace(id=1, name="李敏", role="operator")
    while not over.wait(0.001):
        with contextlib.suppress(NotNow, StoreUnavailable):
            for call in part.cases.live()[:5]:
                with part.log.writing() as w:
                    verb = {"waiting": desk.answer, "answered": desk.hold, "on_hold": desk.resume}[call["stage"]]
                    if call["stage"] == "answered" and part.dice.random() < 0.7:
                        asked = {one.id: calmest(one) for one in desk.scripts.of(call) if one.must}
                        if asked:
                            Answered(desk, part.clock).answer(w, call["id"], user, asked)
                        desk.close(w, call["id"], user, call["version"], "other", "spoke_clearly", "好")
                    else:
                        verb(w, call["id"], user, **({"seconds": 60} if verb == desk.hold else {}))  # type: ignore[operator]


def frame(number: int, account: str, code: str) -> bytes:
    return write("ADM-CID", number, account, f"{code[:4]} {code[4:6]} {code[6:]}")


@pytest.mark.parametrize("jumping", [False, True], ids=["steady", "clocks-jump"])
def test_nothing_is_lost_or_doubled_whoever_writes_and_whatever_becomes_of_the_commit(
    rehearsal: Rehearsal, district: str, jumping: bool
) -> None:
    dice, clock = random.Random(5), Clock(7)
    parts = [Part(district, rehearsal.log.pictures, clock, seed) for seed in range(4)]
    clock.off = timedelta(minutes=-2)  # long enough ago that memory alone must know what the other gateway keeps
    early = [frame(9001 + n, HOMES[0], TEST) for n in range(2)]
    for part, one in zip(parts, early, strict=False):
        part.hear(one)
    clock.off = timedelta()
    said = [frame(n + 1, dice.choice(HOMES), dice.choice((SOS, SOS, TEST))) for n in range(FRAMES)]
    again = [] if jumping else dice.sample(said, 30)  # the other gateway was too slow to acknowledge these
    over, posts = threading.Event(), [dice.choice(HOMES) for _ in range(POSTS)]
    field = [
        threading.Thread(target=gateway, args=(parts[0], said[::2] + again)),
        threading.Thread(target=gateway, args=(parts[1], said[1::2] + again)),
        threading.Thread(target=webhook, args=(parts[2], posts)),
    ]
    desk = threading.Thread(target=operator, args=(parts[3], over))
    for thread in (*field, desk):
        thread.start()
    while any(thread.is_alive() for thread in field):
        if jumping:
            clock.jump()
        for thread in field:
            thread.join(0.01)
    over.set()
    desk.join(30)
    for part in parts:
        part.database.close()
    _each_once(rehearsal, early + said + [f"post-{n:05}".encode() for n in range(POSTS)])


def _each_once(rehearsal: Rehearsal, wanted: list[bytes]) -> None:
    with rehearsal.database.read() as conn:
        raised = conn.execute(select(frames.c.raw, frames.c.account).where(frames.c.outcome == "raised")).all()
        counted = conn.execute(select(calls.c.account, calls.c.presses)).all()
        assert len(conn.execute(select(commands.c.key)).all()) == POSTS
    assert sorted(bytes(row.raw) for row in raised) == sorted(wanted)
    presses: Counter[str] = Counter()
    for account, number in counted:
        presses[account] += number
    tests = f"[{TEST[:4]} ".encode()
    assert presses == Counter(row.account for row in raised if tests not in bytes(row.raw))
    assert rehearsal.verify().faults == []
