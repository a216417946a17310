"""Decode and reply without sockets: how many frames a second one core reads and answers, ours and pysiaalarm's."""

import time
from collections.abc import Callable
from datetime import UTC, datetime

from pysiaalarm.account import SIAAccount
from pysiaalarm.base_server import BaseSIAServer
from pysiaalarm.utils.counter import Counter

from devices.codecs.dc09 import Dc09
from devices.signal import Message, Setup
from tests.bench.figures import count, table
from tests.bench.frames import ACCOUNTS, KEY, KINDS, SECRET, press

Answer = Callable[[bytes], bytes]


def ours(secret: bool, now: datetime) -> Answer:
    codec = Dc09(Setup(lambda _account: SECRET if secret else None))

    def answer(frame: bytes) -> bytes:
        (heard,) = codec.feed(frame, now)
        assert isinstance(heard, Message)
        return codec.reply(heard, now)

    return answer


def theirs(secret: bool) -> Answer:
    class Server(BaseSIAServer):
        """Only what stands between its sockets."""

    server = Server({a: SIAAccount(a, KEY if secret else None) for a in ACCOUNTS}, Counter())

    def answer(frame: bytes) -> bytes:
        event = server.parse_and_check_event(frame)
        assert event
        return bytes(event.create_response())

    return answer


def rate(answer: Answer, frames: list[tuple[bytes, bytes]], seconds: float) -> float:
    """Processor time, so that a busy machine does not show."""
    done, start = 0, time.process_time()
    while time.process_time() - start < seconds:
        for frame, begins in frames:
            assert begins in answer(frame)
        done += len(frames)
    return done / (time.process_time() - start)


def measure(seconds: float) -> str:
    now, rows = datetime.now(UTC), []
    for kind, (_, _, secret) in KINDS.items():
        frames = [press(kind, number, now) for number in range(500)]
        mine, other = rate(ours(secret, now), frames, seconds), rate(theirs(secret), frames, seconds)
        rows.append((kind, count(mine), count(other), f"**{mine / other:.1f}**"))
    return table(("frames", "ours /s", "pysiaalarm /s", "ratio"), rows)
