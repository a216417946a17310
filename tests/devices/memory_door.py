"""A door that keeps frames in memory from another thread, as the gateway keeps them on disk, and lines open to it."""

import asyncio
import functools
import threading
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from devices.codecs import contact_id, dc09
from devices.lines import Lines, open_lines
from devices.lines.door import Clock
from devices.settings import LineSettings
from devices.signal import Garbled, Message, Position


@dataclass
class Kept:
    line: str
    protocol: str
    peer: str
    heard: Message | Garbled


class MemoryDoor:
    """``kept`` holds what was committed. ``commit_seconds`` is how slow the disk is; ``verdict`` what it says."""

    def __init__(self, capacity: int = 20_000, commit_seconds: float = 0.0, verdict: bool = True):
        self.capacity, self.commit_seconds, self.verdict = capacity, commit_seconds, verdict
        self.working = threading.Event()  # cleared: the store stands still
        self.working.set()
        self.kept: list[Kept] = []
        self.remembers = True  # False: only count, so that floods do not fill the memory
        self.count = 0
        self.lives: list[tuple[str, str]] = []
        self.states: list[tuple[str, str, str]] = []
        self.refusals = 0
        self.lines: Lines | None = None
        self._waiting: list[tuple[Kept, Callable[[bool], None]]] = []
        self._more = threading.Condition()
        self._stopping = False
        self._thread = threading.Thread(target=self._commit, daemon=True)
        self._thread.start()

    def heard(
        self, line: str, protocol: str, peer: str, message: Message | Garbled, done: Callable[[bool], None]
    ) -> bool:
        with self._more:
            if len(self._waiting) >= self.capacity:
                self.refusals += 1
                return False
            self._waiting.append((Kept(line, protocol, peer, message), done))
            self._more.notify()
        return True

    def alive(self, line: str, account: str, position: Position | None = None, battery: int | None = None) -> None:
        self.lives.append((line, account))

    def state(self, line: str, state: str, detail: str) -> None:
        self.states.append((line, state, detail))

    def _commit(self) -> None:
        while True:
            with self._more:
                self._more.wait_for(lambda: self._waiting or self._stopping)
            self.working.wait()
            if self._stopping:
                return
            if self.commit_seconds:
                time.sleep(self.commit_seconds)
            with self._more:
                group, self._waiting = self._waiting[:50], self._waiting[50:]
            self.count += len(group)
            if self.verdict and self.remembers:
                self.kept += [kept for kept, _ in group]
            assert self.lines
            self.lines.deliver([functools.partial(done, self.verdict) for _, done in group])

    def stop(self) -> None:
        with self._more:
            self._stopping = True
            self._more.notify()
        self.working.set()
        self._thread.join(5)

    @property
    def messages(self) -> list[Message]:
        return [kept.heard for kept in self.kept if isinstance(kept.heard, Message)]

    @property
    def garbled(self) -> list[Garbled]:
        return [kept.heard for kept in self.kept if isinstance(kept.heard, Garbled)]


@asynccontextmanager
async def opened(
    door: MemoryDoor,
    *settings: LineSettings,
    keys: dict[str, bytes] | None = None,
    clock: Clock = lambda: datetime.now(UTC),
) -> AsyncIterator[Lines]:
    lines = await open_lines(settings, (keys or {}).get, door, clock=clock)
    door.lines = lines
    try:
        yield lines
    finally:
        await lines.close(grace=0.2)
        door.stop()


def line(transport: str = "tcp", **more: Any) -> LineSettings:
    place: dict[str, Any] = {} if transport == "serial" else {"host": "127.0.0.1", "port": 0}
    return LineSettings(**{"name": "a", "protocol": "dc09", "transport": transport, **place, **more})


def asynchronous(story: Callable[..., Awaitable[None]]) -> Callable[..., None]:
    @functools.wraps(story)
    def told(*args: Any, **more: Any) -> None:
        asyncio.run(story(*args, **more))  # type: ignore[arg-type]

    return told


async def until(is_so: Callable[[], object], seconds: float = 30.0) -> None:
    """Wait for something to become so; fail when it does not."""
    end = time.monotonic() + seconds
    while not is_so():
        assert time.monotonic() < end, "it never came about"
        await asyncio.sleep(0.005)


def press(sequence: int, account: str = "1001", code: str = "101", key: bytes | None = None, at: Any = None) -> bytes:
    """One DC-09 frame with a Contact ID event, from our own writer."""
    return dc09.write("ADM-CID", sequence, account, contact_id.write_data(account, code), key, at=at)


def link_test(sequence: int, account: str = "1001") -> bytes:
    return dc09.write("NULL", sequence, account, "")


async def sequence_of(reader: asyncio.StreamReader, seconds: float = 30.0) -> str:
    """The next acknowledgement: its sequence number, or what else it is."""
    raw = await asyncio.wait_for(reader.readuntil(b"\r"), seconds)
    reply = dc09.read_reply(raw)
    assert reply, raw
    return reply.sequence if reply.token == "ACK" else reply.token


async def says_nothing(reader: asyncio.StreamReader, seconds: float = 0.3) -> bool:
    """True when nothing arrives (the connection may be closed)."""
    try:
        return await asyncio.wait_for(reader.read(100), seconds) == b""
    except (TimeoutError, ConnectionError):
        return True
