"""A pretend base unit that speaks DC-09 over TCP or UDP: it dials, waits for its acknowledgement, and repeats.

One frame at a time, like a real dialler. A ``NAK`` is answered at once with a fresh timestamp. The connection is kept
open for heartbeats.
"""

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial

from devices.codecs import dc09
from devices.simulator import wording
from devices.simulator.dialler import ACKNOWLEDGED, AGAIN, REFUSED, Cable, Patience, deliver
from devices.simulator.tally import Tally
from devices.simulator.workload import Happening

LONGEST_REPLY = 4096


class TcpCable:
    def __init__(self, host: str, port: int):
        self._place = (host, port)
        self._streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def send(self, data: bytes) -> None:
        if not self._streams or self._streams[0].at_eof() or self._streams[1].is_closing():
            self.close()
            self._streams = await asyncio.open_connection(*self._place, limit=LONGEST_REPLY)
        self._streams[1].write(data)

    async def hear(self) -> bytes:
        if not self._streams:
            raise ConnectionError("not connected")
        try:
            return await self._streams[0].readuntil(b"\r")
        except (asyncio.IncompleteReadError, asyncio.LimitOverrunError) as error:
            raise ConnectionError("the line hung up") from error

    def close(self) -> None:
        if self._streams:
            self._streams[1].close()
        self._streams = None


class UdpCable(asyncio.DatagramProtocol):
    def __init__(self, host: str, port: int):
        self._place = (host, port)
        self._replies: asyncio.Queue[bytes] = asyncio.Queue()
        self._transport: asyncio.DatagramTransport | None = None

    async def send(self, data: bytes) -> None:
        if not self._transport:
            loop = asyncio.get_running_loop()
            self._transport, _ = await loop.create_datagram_endpoint(lambda: self, remote_addr=self._place)
        self._transport.sendto(data)

    async def hear(self) -> bytes:
        return await self._replies.get()

    def datagram_received(self, data: bytes, addr: object) -> None:
        self._replies.put_nowait(data)

    def close(self) -> None:
        if self._transport:
            self._transport.close()
        self._transport = None


class Unit:
    def __init__(
        self, account: str, cable: Cable, patience: Patience, tally: Tally, sequence: int = 1,
        key: bytes | None = None, sia: bool = False,
    ):  # fmt: skip
        self.account, self._cable, self._patience, self._tally = account, cable, patience, tally
        self._sequence, self._key, self._sia = sequence, key, sia
        self._line = asyncio.Lock()

    async def report(self, happening: Happening) -> float | None:
        """Say what happened; seconds until it was acknowledged, or None when it never was."""
        async with self._line:
            return await self._deliver(
                lambda number, now: wording.dc09_frame(happening, number, now, self._key, self._sia), self._patience
            )

    async def beat(self) -> bool:
        """One heartbeat, never repeated: the next one comes anyway."""
        async with self._line:
            once = Patience(self._patience.retry, 1)
            write = partial(wording.link_test, self.account, key=self._key)
            return await self._deliver(write, once) is not None

    def close(self) -> None:
        self._cable.close()

    async def _deliver(self, write: Callable[[int, datetime], bytes], patience: Patience) -> float | None:
        self._sequence = number = self._sequence % 9999 + 1
        return await deliver(
            self._cable, lambda: write(number, datetime.now(UTC)), partial(self._answer, f"{number:04}"), patience,
            self._tally,
        )  # fmt: skip

    async def _answer(self, number: str) -> str:
        """The verdict on this frame; what answers an earlier copy, or nothing at all, is passed over."""
        while True:
            reply = dc09.read_reply(await self._cable.hear(), self._key)
            if reply and reply.token == "NAK":
                return AGAIN
            if reply and reply.sequence == number:
                # a dialler never repeats after DUH (DC-09 annex C.1.3.14)
                return ACKNOWLEDGED if reply.token == "ACK" else REFUSED
