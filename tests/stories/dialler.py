"""A dialler as the field has them: several frames on one connection, and whatever is not acknowledged is sent again."""

import contextlib
import os
import selectors
import signal
import socket
import time
from collections.abc import Iterable
from dataclasses import dataclass, field

from devices.codecs.dc09 import read_reply, write

Frame = tuple[str, int]  # account, sequence
SOS, MAINS_LOST = "1101 01 001", "1301 00 000"


@dataclass
class Dialler:
    """``acknowledged`` holds every frame whose ACK was read. With ``others`` lines are shared out over several
    gateways, and each is tried at another one the next time."""

    port: int
    frames: dict[Frame, bytes] = field(default_factory=dict)
    acknowledged: set[Frame] = field(default_factory=set)
    sent: int = 0
    others: tuple[int, ...] = ()
    dialled: int = 0

    def add(self, account: str, sequence: int, data: str = SOS) -> Frame:
        self.frames[account, sequence] = write("ADM-CID", sequence, account, data)
        return account, sequence

    @property
    def waiting(self) -> list[Frame]:
        return [f for f in self.frames if f not in self.acknowledged]

    def dial(self, lines: int = 4, until_first: int = 0, seconds: float = 5.0) -> None:
        """Send all that waits over so many connections. With a pid in ``until_first``, SIGKILL it at the first ACK."""
        picker, waiting, ports = selectors.DefaultSelector(), self.waiting, (self.port, *self.others)
        self.dialled += 1
        for number in range(lines):
            mine = waiting[number::lines]
            with contextlib.suppress(OSError):
                if mine:
                    line = socket.create_connection(("127.0.0.1", ports[(number + self.dialled) % len(ports)]), 2)
                    line.sendall(b"".join(self.frames[f] for f in mine))
                    self.sent += len(mine)
                    picker.register(line, selectors.EVENT_READ, bytearray())
        give_up = time.monotonic() + seconds
        while picker.get_map() and self.waiting and time.monotonic() < give_up:
            for key, _ in picker.select(0.05):
                heard_from = key.fileobj
                assert isinstance(heard_from, socket.socket)
                if not self._hear(heard_from, key.data):
                    picker.unregister(heard_from)
                    heard_from.close()
                if until_first and self.acknowledged:
                    os.kill(until_first, signal.SIGKILL)
                    until_first = 0
        for key in list(picker.get_map().values()):
            key.fileobj.close()  # type: ignore[union-attr]

    def dial_until_done(self, seconds: float = 60.0) -> None:
        """Again and again, as diallers do, until everything is acknowledged."""
        give_up = time.monotonic() + seconds
        while self.waiting:
            assert time.monotonic() < give_up, f"never acknowledged: {self.waiting}"
            self.dial(seconds=1.0)
            if self.waiting:
                time.sleep(0.02)

    def _hear(self, line: socket.socket, heard: bytearray) -> bool:
        try:
            data = line.recv(4096)
        except OSError:
            return False
        heard += data
        for reply in _replies(heard):
            self.acknowledged.add(reply)
        return bool(data)


def _replies(heard: bytearray) -> Iterable[Frame]:
    while (end := heard.find(b"\r")) >= 0:
        reply = read_reply(bytes(heard[: end + 1]))
        del heard[: end + 1]
        assert reply, "no reply of DC-09"
        assert reply.token == "ACK"
        yield reply.account, int(reply.sequence)
