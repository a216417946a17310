"""TCP lines: a server on the event loop, one conversation per connection."""

import asyncio
import contextlib
import resource
import socket

from devices.lines.conversation import Conversation
from devices.lines.line import Line

READ = 4096  # bytes taken from one socket in one round of the loop
UNREAD = 64 * 1024  # bytes of replies a peer may leave unread before it is dropped
BACKLOG = 1024
RETRY_SECONDS = (0.2, 5.0)  # first and longest wait when the address is taken


class TcpLine:
    def __init__(self, line: Line):
        self.line = line
        self.buffer = bytearray(READ)  # one for all: it is emptied before the next peer is read
        self._peers: dict[_Peer, None] = {}  # oldest first
        self._server: asyncio.Server | None = None
        self._opening: asyncio.Task[None] | None = None

    @property
    def port(self) -> int:
        """The port that was bound, or 0 while none is."""
        return int(self._server.sockets[0].getsockname()[1]) if self._server and self._server.sockets else 0

    async def open(self) -> None:
        """Listen. Where the address is taken the line is down and keeps trying, so that the other lines work."""
        allow_open_files(self.line.settings.max_connections)
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
            self._server = await self.line.loop.create_server(
                lambda: _Peer(self), settings.host or None, settings.port or 0, backlog=BACKLOG, reuse_address=True
            )
        except OSError as error:
            why = error.strerror or error
            self.line.say("down", f"cannot listen on {settings.place}: {why}; free it or change port")
            return False
        self.line.say("up", f"listening on tcp {settings.host}:{self.port}")
        return True

    def watch(self) -> None:
        """Close the peers that have said nothing sensible for too long."""
        now, settings = self.line.loop.time(), self.line.settings
        for peer in list(self._peers):
            limit = settings.idle_seconds if peer.talk.friendly else settings.greeting_seconds
            if now - peer.talk.sensible_at > limit and not peer.talk.waiting:
                self.line.tally.idle += 1
                peer.hang_up()

    def stop(self) -> None:
        """Read and accept nothing more; what was said is still kept and answered."""
        if self._opening:
            self._opening.cancel()
        if self._server:
            self._server.close()
        for peer in list(self._peers):
            peer.talk.end()

    @property
    def busy(self) -> bool:
        return bool(self._peers)

    async def close(self) -> None:
        for peer in list(self._peers):
            peer.hang_up()
        await asyncio.sleep(0)  # lets the sockets close

    def joined(self, peer: "_Peer") -> bool:
        """Room for one more? When it is crowded, whoever has been silent longest makes room."""
        if len(self._peers) >= self.line.settings.max_connections:
            self.line.tally.crowded_out += 1
            silent = next((p for p in self._peers if not p.talk.friendly and not p.talk.waiting), None)
            if silent is None:
                return False
            silent.hang_up()
            self._peers.pop(silent, None)
        self._peers[peer] = None
        self.line.tally.connections += 1
        return True

    def left(self, peer: "_Peer") -> None:
        self._peers.pop(peer, None)


class _Peer(asyncio.BufferedProtocol):
    """One connection: the wire of its conversation."""

    talk: Conversation
    _transport: asyncio.Transport

    def __init__(self, server: TcpLine):
        self._server = server
        self._lost = self._finished = False

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
        self.talk.take(memoryview(self._server.buffer)[:nbytes])

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
        if not self._transport.is_closing():
            self._transport.write(data)

    def pause(self) -> None:
        self._transport.pause_reading()

    def resume(self) -> None:
        self._transport.resume_reading()

    def finish(self) -> None:
        self._finished = True
        self._transport.close()
        self._leave()

    def hang_up(self) -> None:
        """Close at once, without waiting for a peer that may never read."""
        self._transport.abort()

    def _leave(self) -> None:
        """A peer that is gone still counts until all it said is kept, so that there is a bound on what waits."""
        if self._lost and self._finished:
            self._server.left(self)


def allow_open_files(needed: int) -> None:
    """Raise this process's own limit of open files as far as it may, for ``needed`` sockets and some room."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = needed + 256
    if hard != resource.RLIM_INFINITY:
        wanted = min(wanted, hard)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
