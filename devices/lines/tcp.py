"""TCP lines: a server on the event loop, one conversation per connection."""

import asyncio
import contextlib
import itertools
import socket
import ssl
from collections.abc import Iterable

from devices.lines.conversation import Conversation
from devices.lines.entrance import Entrance, Seats
from devices.lines.line import Line
from devices.lines.tls import HANDSHAKE, LOOK_SECONDS, BadCertificate, Certificate, Secured

READ = 4096  # bytes taken from one socket in one round of the loop
UNREAD = 64 * 1024  # bytes of replies a peer may leave unread before it is dropped
RETRY_SECONDS = (0.2, 5.0)  # first and longest wait when the address is taken


class TcpLine:
    def __init__(self, line: Line, seats: Seats):
        self.line, self.seats = line, seats
        self.buffer = bytearray(READ)  # one for all: it is emptied before the next peer is read
        self.strangers: dict[_Peer, None] = {}  # no good frame yet; longest here first
        self.friends: dict[_Peer, None] = {}  # longest silent first
        self._entrance = Entrance(line, self.let_in)
        self._joining: set[asyncio.Task[object]] = set()
        self._opening: asyncio.Task[None] | None = None
        self.certificate: Certificate | None = None
        self._looked_at = line.loop.time()

    @property
    def port(self) -> int:
        """The port that was bound, or 0 while none is."""
        return self._entrance.port

    async def open(self) -> None:
        """Listen. Where the address is taken the line is down and keeps trying, so that the other lines work."""
        if not await self._listen():
            self._opening = asyncio.create_task(self._keep_trying())

    async def _keep_trying(self) -> None:
        wait, longest = RETRY_SECONDS
        while True:
            await asyncio.sleep(wait)
            if await self._listen():
                return
            wait = min(2 * wait, longest)

    async def _listen(self) -> bool:
        settings = self.line.settings
        try:
            if settings.tls_certificate:
                self.certificate = Certificate(settings)
            await self._entrance.open(settings.host, settings.port or 0)
        except BadCertificate as error:
            self.line.say("down", str(error))
            return False
        except OSError as error:
            why = error.strerror or error
            self.line.say("down", f"cannot listen on {settings.place}: {why}; free it or change port")
            return False
        how = "tls" if self.certificate else "tcp"
        self.line.say("up", f"listening on {how} {settings.host}:{self.port}")
        self._remark()
        return True

    # --- peers ----------------------------------------------------------------------------------------------------

    def let_in(self, sock: socket.socket) -> None:
        joining = self.line.loop.create_task(self._join(sock))
        self._joining.add(joining)
        joining.add_done_callback(self._joining.discard)

    async def _join(self, sock: socket.socket) -> None:
        with contextlib.suppress(OSError):  # gone already
            await self.line.loop.connect_accepted_socket(lambda: _Peer(self), sock)

    def joined(self, peer: "_Peer") -> bool:
        """Room for one more? When it is crowded, whoever has been silent longest makes room."""
        here = len(self.strangers) + len(self.friends)
        if here >= self.line.settings.max_connections or self.seats.free <= 0:
            self.line.tally.crowded_out += 1
            silent = next((p for p in self.strangers if not p.talk.waiting), None)
            if silent is None:
                return False
            silent.hang_up()
            self.left(silent)
        self.strangers[peer] = None
        self.seats.free -= 1
        self.line.tally.connections += 1
        return True

    def greeted(self, peer: "_Peer") -> None:
        for among in (self.strangers, self.friends):
            if peer in among:
                del among[peer]
                self.friends[peer] = None  # behind all others
                return

    def left(self, peer: "_Peer") -> None:
        if peer in self.strangers:
            del self.strangers[peer]
            self.line.manners.nonsense(peer.talk.host)
        elif peer in self.friends:
            del self.friends[peer]
        else:
            return
        self.seats.free += 1

    # --- life ---------------------------------------------------------------------------------------------------

    def watch(self) -> None:
        """Close the peers that have said nothing sensible for too long; look at the certificate."""
        now, settings = self.line.loop.time(), self.line.settings
        if self.certificate and now - self._looked_at >= LOOK_SECONDS:
            self._looked_at = now
            self.certificate.refresh()
            self._remark()
        for peers, limit in ((self.strangers, settings.greeting_seconds), (self.friends, settings.idle_seconds)):
            for peer in _silent_since(peers, now - limit):
                if not peer.talk.waiting:
                    self.line.tally.idle += 1
                    peer.hang_up()

    def _remark(self) -> None:
        if self.certificate:
            self.line.remark("certificate", self.certificate.remark(self.line.clock()))

    def stop(self) -> None:
        """Read and accept nothing more; what was said is still kept and answered."""
        if self._opening:
            self._opening.cancel()
        self._entrance.close()
        for peer in [*self.strangers, *self.friends]:
            peer.talk.end()

    @property
    def busy(self) -> bool:
        return bool(self.strangers or self.friends)

    async def close(self) -> None:
        for peer in [*self.strangers, *self.friends]:
            peer.hang_up()
        await asyncio.sleep(0)  # lets the sockets close


class _Peer(asyncio.BufferedProtocol):
    """One connection: the wire of its conversation."""

    __slots__ = ("_finished", "_lost", "_secured", "_server", "_transport", "talk")
    talk: Conversation
    _transport: asyncio.Transport

    def __init__(self, server: TcpLine):
        self._server = server
        self._lost = self._finished = False
        self._secured = Secured(server.certificate.context) if server.certificate else None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        host, port = (transport.get_extra_info("peername") or ("?", 0))[:2]
        self.talk = Conversation(self._server.line, f"{host}:{port}", host, self)
        if not self._server.joined(self):
            self._finished = True
            transport.abort()
            return
        with contextlib.suppress(OSError):  # gone already
            sock = transport.get_extra_info("socket")
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
        transport.set_write_buffer_limits(high=UNREAD)

    def get_buffer(self, sizehint: int) -> bytearray:
        return self._server.buffer

    def buffer_updated(self, nbytes: int) -> None:
        data = memoryview(self._server.buffer)[:nbytes]
        if self._secured:
            self._take_secret(self._secured, bytes(data))
        else:
            self.talk.take(data)

    def _take_secret(self, secured: Secured, data: bytes) -> None:
        try:
            clear = secured.receive(data)
        except ssl.SSLError as error:
            self._server.line.refuse(self.talk.host, f"TLS: {error.reason or error}")
            if not secured.open and data[0] != HANDSHAKE:  # somebody may have pressed
                self.talk.unreadable(data, "clear text on a line that speaks TLS")
            self._transport.write(secured.leaving)  # the alert that says why
            self.talk.end()
            return
        self._transport.write(secured.leaving)
        if clear:
            self.talk.take(clear)
        if secured.ended:
            self.talk.end()

    def eof_received(self) -> bool:
        """The peer has finished sending but may still be waiting for its acknowledgement."""
        self.talk.end()
        return True

    def pause_writing(self) -> None:
        self._server.line.tally.slow += 1
        self._transport.abort()

    def connection_lost(self, exc: Exception | None) -> None:
        self._lost = True
        if not self._finished:
            self.talk.end()
        self._leave()

    # --- wire -----------------------------------------------------------------------------------------------

    def send(self, data: bytes) -> None:
        if self._transport.is_closing():
            return
        if self._secured:
            self._secured.send(data)
            data = self._secured.leaving
        self._transport.write(data)

    def pause(self) -> None:
        self._transport.pause_reading()

    def resume(self) -> None:
        self._transport.resume_reading()

    def greeted(self) -> None:
        self._server.greeted(self)

    def finish(self) -> None:
        self._finished = True
        if self._secured and not self._transport.is_closing():
            self._secured.close()
            self._transport.write(self._secured.leaving)
        self._transport.close()
        self._leave()

    def hang_up(self) -> None:
        """Close at once, without waiting for a peer that may never read."""
        self._transport.abort()

    def _leave(self) -> None:
        """A peer that is gone still counts until all it said is kept, so that there is a bound on what waits."""
        if self._lost and self._finished:
            self._server.left(self)


def _silent_since(peers: Iterable[_Peer], when: float) -> list[_Peer]:
    """Of peers in the order in which they said something sensible, those that have not since ``when``."""
    return list(itertools.takewhile(lambda peer: peer.talk.sensible_at < when, peers))
