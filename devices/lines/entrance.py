"""The entrance of a TCP line: listening sockets, and who is let in when.

Connections are accepted a few at a time, so that a thousand waiting ones do not hold up those that are open. One from a
host of which only nonsense was heard lately waits on the porch.
"""

import asyncio
import resource
import socket
from collections import deque
from collections.abc import Callable

import structlog

from devices.lines.line import Line

BACKLOG = 1024  # connections that the kernel holds until they are accepted
BUFFERS = ((socket.SO_RCVBUF, 32 * 1024), (socket.SO_SNDBUF, 16 * 1024))  # the kernel's, of each connection
AT_ONCE = 8  # accepted in one round of the loop
REST_SECONDS = 0.002  # nobody is accepted for so long, after one of a rude host was
NO_FILE_SECONDS = 1.0  # the same when the process may open no more files
OTHER_FILES = 256  # database, serial ports, logs
PORCH_AT_ONCE, PORCH_SECONDS = 4, 0.005  # so many are let in from there, this often
PORCH = 2048  # connections of rude hosts that wait; more are closed

log = structlog.get_logger("lines")


class Seats:
    """Every connection is an open file, of which all lines of a process together may have only so many."""

    def __init__(self) -> None:
        self.free = 0

    def provide(self, wanted: int) -> None:
        self.free = max(1, allow_open_files(wanted))
        if self.free < wanted:
            log.warning("not all of max_connections can be open: raise LimitNOFILE", wanted=wanted, allowed=self.free)


class Entrance:
    """``let_in`` is given each accepted socket."""

    def __init__(self, line: Line, let_in: Callable[[socket.socket], None]):
        self.line, self.let_in = line, let_in
        self._porch = _Porch(line, let_in)
        self._sockets: list[socket.socket] = []

    @property
    def port(self) -> int:
        """The port that was bound, or 0 while none is."""
        return int(self._sockets[0].getsockname()[1]) if self._sockets else 0

    async def open(self, host: str, port: int) -> None:
        """Raises ``OSError`` when an address is taken or unknown."""
        self._sockets = await bound(self.line.loop, host, port)
        for sock in self._sockets:
            self.line.loop.add_reader(sock, self._accept, sock)

    def close(self) -> None:
        for sock in self._sockets:
            self.line.loop.remove_reader(sock)
            sock.close()
        self._sockets = []
        self._porch.close()

    def _accept(self, listening: socket.socket) -> None:
        rude = False
        for _ in range(AT_ONCE):
            try:
                sock, address = listening.accept()
            except (BlockingIOError, ConnectionAbortedError, InterruptedError):
                break
            except OSError as error:  # no file is left: those that are open are served, the others wait
                log.error("no connection can be accepted", line=self.line.settings.name, error=str(error))
                self._rest(listening, NO_FILE_SECONDS)
                return
            if not self.line.may_call(address[0]):
                sock.close()
                continue
            sock.setblocking(False)
            if self.line.manners.rude(address[0]):
                self._porch.seat(sock)
                rude = True
            else:
                self.let_in(sock)
        if rude:
            self._rest(listening, REST_SECONDS)

    def _rest(self, listening: socket.socket, seconds: float) -> None:
        self.line.loop.remove_reader(listening)
        self.line.loop.call_later(seconds, self._go_on, listening)

    def _go_on(self, listening: socket.socket) -> None:
        if listening in self._sockets:
            self.line.loop.add_reader(listening, self._accept, listening)


class _Porch:
    """Where connections of rude hosts wait to be let in, a few now and then: each costs as much as a frame."""

    def __init__(self, line: Line, let_in: Callable[[socket.socket], None]):
        self._line, self._let_in = line, let_in
        self._waiting: deque[socket.socket] = deque()
        self._opens: asyncio.TimerHandle | None = None

    def seat(self, sock: socket.socket) -> None:
        if len(self._waiting) >= PORCH:
            self._line.tally.crowded_out += 1
            sock.close()
            return
        self._waiting.append(sock)
        if not self._opens:
            self._opens = self._line.loop.call_later(PORCH_SECONDS, self._open)

    def _open(self) -> None:
        for _ in range(min(PORCH_AT_ONCE, len(self._waiting))):
            self._let_in(self._waiting.popleft())
        self._opens = self._line.loop.call_later(PORCH_SECONDS, self._open) if self._waiting else None

    def close(self) -> None:
        if self._opens:
            self._opens.cancel()
        while self._waiting:
            self._waiting.popleft().close()


async def bound(loop: asyncio.AbstractEventLoop, host: str, port: int) -> list[socket.socket]:
    """Listening sockets at every address the name has; an empty ``host`` is every address of this machine."""
    infos = await loop.getaddrinfo(host or None, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
    sockets: list[socket.socket] = []
    try:
        for family, _, _, _, address in dict.fromkeys(infos):
            sockets.append(socket.create_server(address[:2], family=family, backlog=BACKLOG))
            sockets[-1].setblocking(False)
            for which, size in BUFFERS:  # the accepted ones inherit them
                sockets[-1].setsockopt(socket.SOL_SOCKET, which, size)
    except OSError:
        for sock in sockets:
            sock.close()
        raise
    return sockets


def allow_open_files(needed: int) -> int:
    """Raise this process's own limit of open files as far as it may; how many of ``needed`` connections it allows."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = needed + OTHER_FILES
    if hard != resource.RLIM_INFINITY:
        wanted = min(wanted, hard)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
        soft = wanted
    return needed if soft == resource.RLIM_INFINITY else min(needed, soft - OTHER_FILES)
