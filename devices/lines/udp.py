"""UDP lines: one frame per datagram, answered to the address it came from."""

import asyncio
import contextlib
import socket
from collections import Counter, OrderedDict
from typing import Any

from devices.lines.conversation import NEVER, UNANSWERED, Conversation
from devices.lines.line import Line
from devices.lines.manners import remember
from devices.lines.repeats import Repeats
from devices.signal import Asking

DATAGRAMS = 4096  # waiting at once on one line; more are dropped, and the device repeats
RECEIVE_BUFFER = 1 << 20  # bytes the kernel keeps while we are busy
RETRY_SECONDS = 2.0


class UdpLine(asyncio.DatagramProtocol):
    def __init__(self, line: Line):
        self.line = line
        self._transport: asyncio.DatagramTransport | None = None
        self._waiting: Counter[Any] = Counter()  # address -> datagrams not yet kept and answered
        self._spoken: OrderedDict[Any, str] = OrderedDict()  # address -> the account it first spoke as
        self._answered: OrderedDict[str, float] = OrderedDict()  # host -> loop time
        self._count = 0
        self._stopping = False
        self._opening: asyncio.Task[None] | None = None
        codec = line.codec()
        self._asking = codec if isinstance(codec, Asking) else None
        self._repeats = Repeats(line.loop, self._put)

    @property
    def port(self) -> int:
        """The port that was bound, or 0 while none is."""
        return int(self._transport.get_extra_info("sockname")[1]) if self._transport else 0

    async def open(self) -> None:
        if not await self._bind():
            self._opening = asyncio.create_task(self._keep_trying())

    async def _keep_trying(self) -> None:
        while not await self._bind():
            await asyncio.sleep(RETRY_SECONDS)

    async def _bind(self) -> bool:
        settings = self.line.settings
        try:
            self._transport, _ = await self.line.loop.create_datagram_endpoint(
                lambda: self, local_addr=(settings.host or "0.0.0.0", settings.port or 0)
            )
        except OSError as error:
            why = error.strerror or error
            self.line.say("down", f"cannot listen on {settings.place}: {why}; free it or change port")
            return False
        with contextlib.suppress(OSError):
            sock = self._transport.get_extra_info("socket")
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, RECEIVE_BUFFER)
        self.line.say("up", f"listening on udp {settings.host}:{self.port}")
        return True

    def datagram_received(self, data: bytes, addr: Any) -> None:
        if self._stopping or not self.line.may_call(addr[0]):
            return
        if self._asking and (name := self._asking.answered(data)):
            self._repeats.answered(name, addr)
        if self._waiting[addr] >= UNANSWERED or self._count >= DATAGRAMS:
            self.line.tally.crowded_out += 1
            return
        self._waiting[addr] += 1
        self._count += 1
        answerer = _Answerer(self, addr)
        talk = Conversation(self.line, f"{addr[0]}:{addr[1]}", addr[0], answerer, self._spoken.get(addr, ""))
        talk.turn_at = self._answered.get(addr[0], NEVER)  # a datagram of a host that goes on talking has no precedence
        answerer.talk = talk
        talk.take(data)
        talk.end()

    def send(self, data: bytes, addr: Any) -> None:
        self._put(data, addr)
        if self._asking and (name := self._asking.question(data)):
            self._repeats.asked(name, data, addr)

    def _put(self, data: bytes, addr: Any) -> None:
        if self._transport and not self._transport.is_closing():
            self._transport.sendto(data, addr)

    def greeted(self, addr: Any, account: str) -> None:
        remember(self._spoken, addr, account)

    def finished(self, addr: Any) -> None:
        self._waiting[addr] -= 1
        self._count -= 1
        remember(self._answered, addr[0], self.line.loop.time())
        if not self._waiting[addr]:
            del self._waiting[addr]

    def watch(self) -> None:
        """Nothing to close: a datagram is over when it is answered."""

    def stop(self) -> None:
        self._stopping = True
        self._repeats.stop()
        if self._opening:
            self._opening.cancel()

    @property
    def busy(self) -> bool:
        return bool(self._waiting)

    async def close(self) -> None:
        self._repeats.stop()
        if self._transport:
            self._transport.close()
        await asyncio.sleep(0)


class _Answerer:
    """The wire of one datagram."""

    talk: Conversation

    def __init__(self, server: UdpLine, addr: Any):
        self._server, self._addr = server, addr

    def send(self, data: bytes) -> None:
        self._server.send(data, self._addr)

    def pause(self) -> None:
        """One datagram cannot be read in parts."""

    def resume(self) -> None:
        """See ``pause``."""

    def greeted(self) -> None:
        self._server.greeted(self._addr, self.talk.account)

    def finish(self) -> None:
        self._server.finished(self._addr)
