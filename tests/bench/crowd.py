"""Many devices in one process: thousands of connections from several loopback addresses, each with its heartbeats.

Driven by lines on stdin, each answered with one line of JSON: ``open N`` connects and lets each say one heartbeat;
``beat SECONDS PERIOD`` keeps that up, each connection once in PERIOD; ``close``.
"""

import argparse
import json
import resource
import select
import socket
import sys
import time
from typing import Any

from devices.codecs.dc09 import write

SOURCES = 8  # 127.0.0.2 and on: one address alone has 28,000 ports, some of them still in use
AT_ONCE = 50  # connections made before the answers are read: the backlog must not be what is measured
PATIENCE = 20.0
FIRST_ACCOUNT = 0x10000


class Crowd:
    def __init__(self, port: int):
        self.port, self.poll = port, select.epoll()
        self.peers: list[socket.socket] = []
        self.beats: list[bytes] = []
        self.by_number: dict[int, int] = {}
        self.sent = self.answered = 0
        self.took: list[float] = []
        self.left: dict[int, float] = {}

    def open(self, many: int) -> dict[str, Any]:
        start = time.monotonic()
        for index in range(len(self.peers), len(self.peers) + many):
            peer = socket.socket()
            peer.bind((f"127.0.0.{2 + index % SOURCES}", 0))
            peer.settimeout(PATIENCE)
            peer.connect(("127.0.0.1", self.port))
            self.poll.register(peer, select.EPOLLIN)
            self.by_number[peer.fileno()] = index
            self.peers.append(peer)
            self.beats.append(write("NULL", 1, f"{FIRST_ACCOUNT + index:X}", ""))
            self._say(index)
            while self.sent - self.answered >= AT_ONCE:
                self._hear(PATIENCE)
        self._hear_all()
        return {"open": many, "seconds": time.monotonic() - start}

    def beat(self, seconds: float, period: float) -> dict[str, Any]:
        """Evenly spread: connection ``i`` speaks at ``i / N`` of each period."""
        start, rate, before = time.monotonic(), len(self.peers) / period, self.answered
        self.took.clear()
        for number in range(int(seconds * rate)):
            while (left := start + number / rate - time.monotonic()) > 0:
                self._hear(left)
            self._say(number % len(self.peers))
        self._hear_all()
        took = sorted(self.took)
        return {"beats": self.answered - before, "seconds": time.monotonic() - start, "took": took}

    def _say(self, index: int) -> None:
        self.left[index] = time.monotonic()
        self.peers[index].send(self.beats[index])
        self.sent += 1

    def _hear(self, wait: float) -> None:
        for number, _ in self.poll.poll(wait):
            index = self.by_number[number]
            if not self.peers[index].recv(4096):
                sys.exit("the gateway closed a connection")
            self.took.append(time.monotonic() - self.left[index])
            self.answered += 1

    def _hear_all(self) -> None:
        until = time.monotonic() + PATIENCE
        while self.answered < self.sent:
            self._hear(1.0)
            if time.monotonic() > until:
                sys.exit(f"{self.sent - self.answered} of {self.sent} heartbeats without an answer")


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--port", type=int, required=True)
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    crowd = Crowd(options.parse_args().port)
    for line in sys.stdin:
        word, *values = line.split()
        if word == "close":
            break
        done = crowd.open(int(values[0])) if word == "open" else crowd.beat(float(values[0]), float(values[1]))
        print(json.dumps(done), flush=True)


if __name__ == "__main__":
    main()
