"""The load generator, a process of its own: frames made beforehand, one epoll loop, every acknowledgement checked.

Two ways. Closed loop: each connection sends, waits for its acknowledgement, sends the next. On time (``--rate``):
frame ``i`` leaves ``i / rate`` seconds after the start, on connection ``i % connections``, whatever is answered.
Nothing is sent after the end, and the end is only when all that was sent is answered, or ``PATIENCE`` has passed.
Prints one line of JSON; a wrong reply stops it with words.
"""

import argparse
import json
import resource
import select
import socket
import sys
import time
from collections import deque
from datetime import UTC, datetime
from typing import Any

from tests.bench.frames import press

PATIENCE = 30.0
LATER = 0.0005  # an on-time frame may leave this much early rather than sleep again

Made = tuple[bytes, bytes, str]  # frame, how its reply begins, kind


class Load:
    def __init__(self, port: int, connections: int, frames: list[Made]):
        self.frames, self.next = frames, 0
        self.sent: list[float] = []  # when each frame left (monotonic clock)
        self.took: list[float] = [0.0] * len(frames)  # seconds to its acknowledgement
        self.open, self.answered = 0, 0
        self.poll = select.epoll()
        self.peers: dict[int, tuple[socket.socket, deque[int], bytearray]] = {}
        for _ in range(connections):
            peer = socket.create_connection(("127.0.0.1", port), 10)
            peer.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self.peers[peer.fileno()] = (peer, deque(), bytearray())
            self.poll.register(peer, select.EPOLLIN)

    def closed(self, seconds: float) -> None:
        self.start = time.monotonic()
        until = self.start + seconds
        for number in self.peers:
            self._send(number)
        while self.open:
            for number in self._hear():
                if time.monotonic() < until:
                    self._send(number)

    def on_time(self, rate: float) -> None:
        self.start, order = time.monotonic() + 0.05, list(self.peers)
        while self.next < len(self.frames) or self.open:
            while self.next < len(self.frames) and time.monotonic() > self.start + self.next / rate - LATER:
                self._send(order[self.next % len(order)])
            left = self.start + self.next / rate - time.monotonic()
            self._hear(max(0.0, min(left, 1.0)) if self.next < len(self.frames) else 1.0)

    def _send(self, number: int) -> None:
        if self.next < len(self.frames):
            peer, waiting, _ = self.peers[number]
            waiting.append(self.next)
            self.sent.append(time.monotonic())
            self.open += 1
            peer.send(self.frames[self.next][0])
            self.next += 1

    def _hear(self, wait: float = 1.0) -> list[int]:
        """The connections of which an acknowledgement came, once for each."""
        if time.monotonic() - max(self.sent[-1:], default=self.start) > PATIENCE:
            sys.exit(f"{self.open} frames are without acknowledgement after {PATIENCE:g} s")
        heard = []
        for number, _ in self.poll.poll(wait):
            peer, waiting, rest = self.peers[number]
            data = peer.recv(65536)
            now = time.monotonic()
            if not data:
                sys.exit("the server closed a connection")
            rest += data
            while (end := rest.find(b"\r")) >= 0:
                reply = bytes(rest[:end])
                del rest[: end + 1]
                self._check(reply, waiting.popleft(), now)
                heard.append(number)
        return heard

    def _check(self, reply: bytes, index: int, now: float) -> None:
        if reply.find(self.frames[index][1], 1) not in (7, 9):  # behind LF, CRC (raw or in digits) and length
            sys.exit(f"{self.frames[index][0]!r} was answered {reply!r}")
        self.took[index] = now - self.sent[index]
        self.open -= 1
        self.answered += 1
        self.last = now

    def figures(self) -> dict[str, Any]:
        took = self.took[: self.next]
        by_kind: dict[str, list[float]] = {}
        last: dict[str, float] = {}
        for seconds, left, (_, _, kind) in zip(took, self.sent, self.frames, strict=False):
            by_kind.setdefault(kind, []).append(seconds)
            last[kind] = max(last.get(kind, 0.0), left + seconds - self.start)
        return {
            "sent": self.next, "acknowledged": self.answered, "seconds": self.last - self.start, "took": sorted(took),
            "by_kind": {kind: sorted(times) for kind, times in by_kind.items()}, "last": last, "left": self.sent,
        }  # fmt: skip


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--port", type=int, required=True)
    options.add_argument("--connections", type=int, required=True)
    options.add_argument("--kinds", nargs="+", required=True, help="of frames, in turn")
    options.add_argument("--first", type=int, default=0, help="number of the first press")
    options.add_argument(
        "--every", type=int, default=1, help="only each so many-th press, so that others send the rest"
    )
    options.add_argument("--frames", type=int, required=True, help="at most so many")
    options.add_argument("--seconds", type=float, default=0.0, help="closed loop for so long")
    options.add_argument("--rate", type=float, default=0.0, help="on time, so many a second")
    asked = options.parse_args()
    resource.setrlimit(resource.RLIMIT_NOFILE, (4096, resource.getrlimit(resource.RLIMIT_NOFILE)[1]))
    now = datetime.now(UTC)
    kinds = [asked.kinds[i % len(asked.kinds)] for i in range(asked.frames)]
    made = [(*press(kind, asked.first + i * asked.every, now), kind) for i, kind in enumerate(kinds)]
    load = Load(asked.port, asked.connections, made)
    load.on_time(asked.rate) if asked.rate else load.closed(asked.seconds)
    json.dump(load.figures(), sys.stdout)


if __name__ == "__main__":
    main()
