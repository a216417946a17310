"""A gateway killed right after an acknowledgement, fifty times: nothing acknowledged is lost, no call doubled."""

import os
import signal
import time
from pathlib import Path

from sqlalchemy import select

from callcenter.store.database import Database
from callcenter.store.tables import calls, frames
from tests.house import house
from tests.stories.dialler import MAINS_LOST, Dialler

ROUNDS = 50
HOMES = 4  # that press in each round, each on a line of its own


def test_fifty_kills_right_after_an_acknowledgement_lose_no_frame_and_double_no_call(
    district: str, tmp_path: Path
) -> None:
    acknowledged: set[tuple[str, int]] = set()
    with house(tmp_path, district) as centre:
        started = time.monotonic()
        gateway = centre.spawn("gateway")
        for number in range(ROUNDS):
            dialler = Dialler(centre.tcp_port)
            for home in range(HOMES):
                account = str(1001 + number * HOMES + home)
                dialler.add(account, 2 * number + 1)
                dialler.add(account, 2 * number + 2, MAINS_LOST)
            while not dialler.acknowledged:
                dialler.dial(HOMES, until_first=gateway)
            acknowledged |= dialler.acknowledged
            gateway = centre.spawn("gateway")
            dialler.dial_until_done()
        os.kill(gateway, signal.SIGTERM)
        seconds = time.monotonic() - started
        assert "all agree" in centre.verify()
        assert "traceback" not in centre.said("gateway").lower()
    assert len(acknowledged) >= ROUNDS
    _every_press_once(district)
    print(f"{ROUNDS} rounds, {len(acknowledged)} acknowledged before a kill, {seconds:.1f} s")


def _every_press_once(url: str) -> None:
    database = Database(url)
    with database.read() as conn:
        kept = [(f.account, f.outcome) for f in conn.execute(select(frames.c.account, frames.c.outcome))]
        made = [(c.home_id, c.priority, c.presses) for c in conn.execute(select(calls))]
    database.close()
    raised = sorted(account for account, outcome in kept if outcome == "raised")
    assert raised == sorted([str(1001 + n) for n in range(ROUNDS * HOMES)] * 2), "each frame is raised once"
    assert len(made) == len({(home, priority) for home, priority, _ in made}) == 2 * ROUNDS * HOMES
    assert {presses for _, priority, presses in made if priority == 1} == {1}, "a retransmission is no second press"
