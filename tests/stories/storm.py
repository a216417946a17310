"""A storm of the tests' own: the mains fail in every home at once, people press among it, diallers repeat until heard.

``Storm`` is the field, in a thread of its own; ``account_for`` reads the store afterwards and counts.
"""

import os
import random
import threading
import time
from collections import Counter
from collections.abc import Callable

from sqlalchemy import select

from callcenter.rules.call_clock import CallPicture
from callcenter.rules.promises import Book
from callcenter.settings import Promises
from callcenter.store.database import Database
from callcenter.store.tables import calls, frames
from callcenter.store.verify import verify
from dispatch.rules.visit import VisitPicture
from tests.house import until
from tests.stories.dialler import MAINS_LOST, SOS, Dialler

HOMES = [str(1001 + n) for n in range(900)]
PRESSING, TWICE = 40, 10  # homes where somebody presses, and among them those who press twice
LINES = 45
ROUNDS = int(os.environ.get("STORM_ROUNDS", "1"))  # storms one after the other in each test
Sent = dict[bytes, tuple[str, bool]]
"""Every frame of every storm so far: to its account, and whether a person pressed."""


class Storm(threading.Thread):
    """``patience`` is how many seconds a dialler waits for acknowledgements before it dials anew."""

    def __init__(self, sent: Sent, round_: int, port: int, *others: int, patience: float = 1.0):
        super().__init__(daemon=True)
        self.dialler, self.patience, self.fault = Dialler(port, others=others), patience, ""
        self.seconds = 0.0
        dice = random.Random(round_)
        pressing = dice.sample(HOMES, PRESSING)
        wanted = [(home, 4 * round_ + 1, MAINS_LOST) for home in HOMES]
        wanted += [(home, 4 * round_ + 2, SOS) for home in pressing]
        wanted += [(home, 4 * round_ + 3, SOS) for home in pressing[:TWICE]]
        dice.shuffle(wanted)
        for home, sequence, data in wanted:
            frame = self.dialler.add(home, sequence, data)
            sent[self.dialler.frames[frame]] = (home, data == SOS)

    def run(self) -> None:
        started = time.monotonic()
        while self.dialler.waiting:
            try:
                self.dialler.dial(LINES, seconds=self.patience)
            except Exception as error:  # told to the test, which waits
                self.fault = repr(error)
                return
            if self.dialler.waiting:
                time.sleep(0.02)
        self.seconds = time.monotonic() - started

    def when(self, acknowledged: int, blow: Callable[[], object], seconds: float = 60) -> None:
        """Strike in the middle: as soon as so many frames are acknowledged."""
        until(lambda: self.fault or len(self.dialler.acknowledged) >= acknowledged, seconds, every=0.001)
        blow()

    def blow_over(self, seconds: float = 100) -> None:
        self.join(seconds)
        assert not self.fault, self.fault
        assert not self.dialler.waiting, f"never acknowledged: {self.dialler.waiting[:20]}"

    def tell(self, found: object) -> None:
        print(f"{len(self.dialler.frames)} frames, {self.dialler.sent} sent, {self.seconds:.1f} s; in all {found}")


def account_for(url: str, sent: Sent) -> Counter[str]:
    """Every frame raised exactly once, every press in the one call of its home, and ``verify`` without a fault.

    Returns how many frames had which outcome. Calls of earlier storms stay open: presses add up.
    """
    database, targets = Database(url), Book(Promises().targets())
    with database.read() as conn:
        kept = [(bytes(f.raw), f.outcome) for f in conn.execute(select(frames.c.raw, frames.c.outcome))]
        made = [(c.account, c.priority, c.presses) for c in conn.execute(select(calls))]
    found = verify(database, (CallPicture(targets), VisitPicture(targets)))
    database.close()
    assert found.faults == []
    raised = Counter(raw for raw, outcome in kept if outcome == "raised")
    assert not {raw: times for raw, times in raised.items() if times > 1}, "doubled"
    assert not [sent[raw] for raw in sent if raw not in raised], "lost"
    assert not [raw for raw in raised if raw not in sent], "from nowhere"
    presses = Counter(account for account, pressed in sent.values() if pressed)
    assert sorted((account, n) for account, priority, n in made if priority < 4) == sorted(presses.items())
    technical = {account for account, pressed in sent.values() if not pressed}
    assert sorted(account for account, priority, _ in made if priority == 4) == sorted(technical)
    return Counter(outcome for _, outcome in kept)
