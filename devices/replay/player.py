"""Plays recorded connections: each at its time, as many times faster as wanted, and never ahead of its answers.

Where a device had waited for an answer before it went on, the replay waits for the answer too, though not for ever: an
instance that does not answer is a difference, no reason to stop.
"""

import asyncio
import contextlib
import ssl
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from devices.replay.recording import Step, Talk
from devices.replay.replies import words

PATIENCE_SECONDS = 5.0
LAST_SECONDS = 0.3  # after the last word of a talk


@dataclass(frozen=True, slots=True)
class Place:
    host: str
    port: int
    tls: bool = False


@dataclass(slots=True)
class Played:
    """One connection played: what the other instance ``said``, and why it went wrong if it did."""

    talk: Talk
    said: bytes = b""
    fault: str = ""


def play(talks: Sequence[Talk], where: Callable[[Talk], Place], speed: float) -> list[Played]:
    """``where`` each connection goes. ``speed`` 1 is as it was, 60 an hour in a minute."""
    return asyncio.run(_play(talks, where, speed))


async def _play(talks: Sequence[Talk], where: Callable[[Talk], Place], speed: float) -> list[Played]:
    loop = asyncio.get_running_loop()
    start, first = loop.time() + 0.05, min((t.steps[0].at for t in talks), default=None)

    def due(step: Step) -> float:
        assert first is not None
        return start + (step.at - first).total_seconds() / speed

    async def one(talk: Talk) -> Played:
        played = Played(talk)
        try:
            await asyncio.sleep(due(talk.steps[0]) - loop.time())
            await _Playing(played, where(talk), due).go()
        except OSError as error:
            played.fault = error.strerror or str(error) or type(error).__name__
        return played

    return list(await asyncio.gather(*(one(talk) for talk in talks)))


class _Playing(asyncio.Protocol, asyncio.DatagramProtocol):
    def __init__(self, played: Played, place: Place, due: Callable[[Step], float]):
        self._played, self._place, self._due = played, place, due
        self._news = asyncio.Event()
        self._gone = False

    async def go(self) -> None:
        loop, talk, place = asyncio.get_running_loop(), self._played.talk, self._place
        transport: asyncio.BaseTransport
        if talk.transport == "udp":
            transport, _ = await loop.create_datagram_endpoint(lambda: self, remote_addr=(place.host, place.port))
        else:
            secure = _unverified() if place.tls else None
            transport, _ = await loop.create_connection(lambda: self, place.host, place.port, ssl=secure)
        try:
            await self._follow(transport)
        finally:
            transport.close()

    async def _follow(self, transport: asyncio.BaseTransport) -> None:
        loop, expected, patient = asyncio.get_running_loop(), b"", True
        for step in self._played.talk.steps:
            if step.way == "out":
                expected += step.data
                patient = patient and await self._answered(expected, PATIENCE_SECONDS)
                continue
            await asyncio.sleep(self._due(step) - loop.time())
            if step.way == "in" and not self._gone:
                _send(transport, step.data)
        if expected and patient:
            await self._answered(expected, PATIENCE_SECONDS)
        await asyncio.sleep(LAST_SECONDS)  # for an answer more than was recorded

    async def _answered(self, expected: bytes, seconds: float) -> bool:
        """Wait until as much has been said as was recorded; False when it was not in time."""
        protocol = self._played.talk.protocol
        many = len(words(protocol, expected)) or 1
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                while len(words(protocol, self._played.said)) < many and not self._gone:
                    self._news.clear()
                    await self._news.wait()
        return len(words(protocol, self._played.said)) >= many

    # --- the transport's -----------------------------------------------------------------------------------------

    def data_received(self, data: bytes) -> None:
        self._played.said += data
        self._news.set()

    def datagram_received(self, data: bytes, addr: object) -> None:
        self.data_received(data)

    def error_received(self, exc: Exception) -> None:
        self._played.fault = str(exc)

    def connection_lost(self, exc: Exception | None) -> None:
        self._gone = True
        self._news.set()


def _send(transport: asyncio.BaseTransport, data: bytes) -> None:
    if isinstance(transport, asyncio.DatagramTransport):
        transport.sendto(data)
    elif isinstance(transport, asyncio.Transport):
        transport.write(data)


def _unverified() -> ssl.SSLContext:
    """The other instance is our own, under any name."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    return context
