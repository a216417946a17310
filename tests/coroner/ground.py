"""The ground of the model check: one house over a copy of the demo district, a clock, consoles, and how a rule acts."""

import math
import shutil
import tempfile
from collections import Counter
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, ClassVar

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, precondition
from sqlalchemy import update

from callcenter import deadlines, following
from callcenter.rules.call import CLOSED, DEVICE_PRIORITY, PLUMBING_KINDS, NotNow, NotThere
from callcenter.rules.events import Event, Row
from callcenter.rules.times import stamp
from callcenter.store.database import Database
from callcenter.store.tables import signs_of_life, users
from tests.conftest import Rehearsal
from tests.desks import Desks

HOMES = {"1042": 42, "1107": 107, "1007": 7}  # account: home; the last is of the highest risk
UNKNOWN = "8888"  # an account nobody has put into the register
EXTENSIONS = ("801", "802", "803")
MEMORY = "/dev/shm" if Path("/dev/shm").is_dir() else None  # where a commit waits for no disk
LATEST_BEAT = 8.0  # seconds; a web process that says nothing for longer has a gap in its life

which = st.integers(min_value=0, max_value=5)
user = st.sampled_from((0, 1, 2))
hand = st.sampled_from((-1, -1, -1, 0, 1, 2))  # -1: whoever has the case in hand, or it was offered to
anybody_there = precondition(lambda night: bool(night.of_people()))
account = st.sampled_from(tuple(HOMES))


class Loud:
    """In place of a log that would write an exception down and let the next turn go on."""

    def exception(self, _words: str, **_said: Any) -> None:
        raise


class Ground(RuleBasedStateMachine):
    """``district`` is the file of a filled SQLite database; each example works on a copy.

    ``made`` counts the kinds of events of all ``examples``, ``steps`` their steps: what was tried is said honestly.
    """

    district: ClassVar[Path]
    made: ClassVar[Counter[str]] = Counter()
    examples: ClassVar[int] = 0
    steps: ClassVar[int] = 0

    def begin(self) -> None:
        type(self).examples += 1
        self.folder = Path(tempfile.mkdtemp(prefix="night", dir=MEMORY))
        shutil.copy(self.district, self.folder / "anxin.db")
        self.database = Database(f"sqlite:///{self.folder / 'anxin.db'}")
        self.quiet = deadlines.log, following.log, deadlines.MOST_SECONDS
        deadlines.MOST_SECONDS = math.inf  # how busy this machine is decides nothing: the same choices, the same night
        deadlines.log = following.log = Loud()  # type: ignore[assignment]
        self.seconds = self.ticked = 0.0  # by a clock that nobody sets; and while the centre's clock was turning
        self.set_back = 0.0  # seconds, all together
        self.ticks = self.webs = self.days = 0
        self.heard: dict[int, tuple[float, int]] = {}  # user: the turn at which a console of theirs was last heard
        self.started: dict[str, tuple[float, int]] = {}  # web process: the turn at which it started
        self.centre = Rehearsal(self.database)
        self.staff = [self.centre.operator, self.centre.other, self.centre.supervisor]
        with self.database.write() as conn:
            for who, extension in zip(self.staff, EXTENSIONS, strict=True):
                row = {"login": f"seat{extension}", "name": who.name, "role": who.role, "password_hash": "x"}
                conn.execute(users.insert().values(id=who.id, extension=extension, **row))
        self.desks = Desks(self.centre, 0)
        self._start(self.centre)
        self.pressed: Counter[str] = Counter()
        self.frames: list[tuple[bytes, datetime]] = []
        self.graver: dict[str, int] = {}
        self.looked_at = self.told_to = self.centre.log.head()
        self._known: tuple[int, list[Row]] = (-1, [])

    def teardown(self) -> None:
        if not hasattr(self, "centre"):
            return
        deadlines.log, following.log, deadlines.MOST_SECONDS = self.quiet
        try:
            assert not (faults := self.centre.verify().faults), faults
        finally:
            self.database.close()
            shutil.rmtree(self.folder)

    # --- processes and consoles -----------------------------------------------------------------------------------

    def _start(self, centre: Rehearsal) -> None:
        """The clock's process and two of the web start; the consoles dial again."""
        self.clock_starts(centre)
        self.desks.webs.clear()
        for _ in range(2):
            self.web_starts()

    def clock_starts(self, centre: Rehearsal) -> None:
        centre._sequence = 5000 * self.webs + self.centre.log.head() if self.webs else 0
        centre.parts.steady.monotonic = lambda: self.seconds
        self.centre = self.desks.rehearsal = centre

    def web_starts(self) -> None:
        """A new web process takes every console over. What was before the older of the two, nobody can swear to."""
        self.webs += 1
        name = f"web:{self.webs}"
        self.desks.start(name)
        self.desks.webs[name].clock = lambda: self.centre.now
        for tab in self.desks.tabs.values():
            tab["web"] = name
        for dead in list(self.desks.webs)[:-2]:
            del self.desks.webs[dead]
        self.started[name] = self.turn()
        self.desks.webs[name].write()

    def turn(self) -> tuple[float, int]:
        """How long the clock has been turning, and how often it has."""
        return self.ticked, self.ticks

    def at_a_console(self, who: Any) -> None:
        """Whoever does something at the desk has a console open."""
        if f"tab-of-{who.id}" not in self.desks.tabs:
            self.desks.sit(who, web=f"web:{self.webs}", sign_on=False)
            self.heard[who.id] = self.turn()

    # --- time -----------------------------------------------------------------------------------------------------

    def passes(self, seconds: float, step: float) -> None:
        """Time passes with the clock's turn at every step; consoles that are open and web processes say so all along.

        A step longer than a beat stands for many of them: what lived at its end has lived all the time.
        """
        until = self.centre.now + timedelta(seconds=seconds)
        while self.centre.now < until:
            apart = min(step, (until - self.centre.now).total_seconds())
            self.ticked, self.ticks = self.ticked + apart, self.ticks + 1
            self.moves(apart)
            self.centre.tick()

    def moves(self, apart: float) -> None:
        """Time without a turn of the clock."""
        self.seconds += apart
        self.centre.now += timedelta(seconds=apart)
        self._all_beat(apart)

    def _all_beat(self, apart: float) -> None:
        if apart >= LATEST_BEAT:
            lately = stamp(self.centre.now - timedelta(seconds=2))
            with self.database.write() as conn:
                alive = signs_of_life.c.name.in_(list(self.desks.webs))
                conn.execute(update(signs_of_life).where(alive).values(at=lately))
        for tab, said in self.desks.tabs.items():
            if said["web"] in self.desks.webs:
                self.desks.says(tab)
                self.heard[said["user"].id] = self.turn()
        for web in self.desks.webs.values():
            web.write()

    # --- looking --------------------------------------------------------------------------------------------------

    def cases(self) -> list[Row]:
        """All of them, the newest first; read again only when something was written."""
        head = self.centre.log.head()
        if self._known[0] != head:
            self._known = head, self.centre.cases.listed((), (), "", 500)
        return self._known[1]

    def of_people(self) -> list[Row]:
        return [c for c in self.cases() if c["priority"] < DEVICE_PRIORITY and c["kind"] not in PLUMBING_KINDS]

    def open_cases(self) -> list[Row]:
        return [c for c in self.of_people() if c["stage"] != CLOSED]

    def open_at(self, home: int) -> Row | None:
        return next((c for c in self.open_cases() if c["home_id"] == home), None)

    def since_last_look(self) -> list[Event]:
        found, seq = [], self.looked_at
        while some := self.centre.log.after(seq, 1000):
            found += some
            seq = some[-1].seq
        return found

    def news(self, call: Row, kinds: set[str]) -> int:
        return sum(e.kind in kinds for e in self.centre.log.stream(f"call:{call['id']}"))

    # --- doing ----------------------------------------------------------------------------------------------------

    def done(self, verb: Callable[..., object], *words: Any, **more: Any) -> Any:
        with self.centre.log.writing() as w:
            return verb(w, *words, **more)

    def tried(self, act: Callable[[Row], object], which: int, among: list[Row] | None = None) -> bool:
        """On one of the cases, if there is one. A refusal is an answer, and then nothing has happened."""
        found = self.of_people() if among is None else among
        return bool(found) and self.maybe(lambda: act(found[which % len(found)]))

    def maybe(self, act: Callable[[], object]) -> bool:
        head = self.centre.log.head()
        try:
            act()
        except (NotNow, NotThere):
            assert self.centre.log.head() == head, "refused, and yet something was written"
            return False
        return True
