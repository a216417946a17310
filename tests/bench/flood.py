"""Fifty peers that misbehave, in one process of the lowest priority: real ones have machines of their own.

``KINDS`` says how each of them floods; ``mixed`` takes them in turn. Runs until its stdin ends.
"""

import argparse
import contextlib
import itertools
import os
import resource
import select
import socket
import sys
import time
from collections.abc import Callable, Iterator

from devices.codecs import contact_id, dc09

PAUSE = 0.0002  # between two rounds of all peers
SOURCE = "127.0.0.99"  # not where the quiet devices are: bytes of a known host are all kept
HELD = 50  # half-open connections of each peer


def garbage() -> Iterator[bytes]:
    return itertools.repeat(bytes(range(256)) * 16)


def heartbeats() -> Iterator[bytes]:
    return itertools.repeat(b"".join(dc09.write("NULL", n, "2001", "") for n in range(1, 100)))


def messages() -> Iterator[bytes]:
    frames = [dc09.write("ADM-CID", n, "2001", contact_id.write_data("2001", "301")) for n in range(1, 9999)]
    return itertools.cycle([b"".join(frames[at : at + 100]) for at in range(0, len(frames), 100)])


def presses() -> Iterator[bytes]:
    frames = [dc09.write("ADM-CID", n, "2002", contact_id.write_data("2002", "101")) for n in range(1, 9999)]
    return itertools.cycle([b"".join(frames[at : at + 100]) for at in range(0, len(frames), 100)])


def single_bytes() -> Iterator[bytes]:
    return (bytes([byte]) for byte in itertools.cycle(dc09.write("NULL", 1, "2001", "")))


def pour(make: Callable[[], Iterator[bytes]]) -> Callable[[int], Iterator[None]]:
    """Send all the time and read the answers; dial again when closed. One step each time it is asked."""

    def peer(port: int) -> Iterator[None]:
        while True:
            with _dial(port) as sock:
                rest = b""
                for piece in make():
                    rest = rest or piece
                    with contextlib.suppress(BlockingIOError):
                        rest = rest[sock.send(rest) :]
                    with contextlib.suppress(BlockingIOError):
                        if not sock.recv(65536):
                            break
                    yield
            yield

    return peer


def half_open(port: int) -> Iterator[None]:
    """Half a frame, and then nothing; a new one beside it each time."""
    held: list[socket.socket] = []
    while True:
        held.append(_dial(port))
        held[-1].send(dc09.write("NULL", 1, "2001", "")[:20])
        if len(held) > HELD:
            held.pop(0).close()
        yield


def port_scan(port: int) -> Iterator[None]:
    while True:
        _dial(port).close()
        yield


KINDS: dict[str, Callable[[int], Iterator[None]]] = {
    "garbage": pour(garbage),
    "heartbeats": pour(heartbeats),
    "messages": pour(messages),
    "presses": pour(presses),
    "one byte at a time": pour(single_bytes),
    "half-open": half_open,
    "port scan": port_scan,
}


def _dial(port: int) -> socket.socket:
    sock = socket.create_connection(("127.0.0.1", port), 10, (SOURCE, 0))
    sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    sock.setblocking(False)
    return sock


def flood(kind: str, port: int, peers: int) -> None:
    makers = list(KINDS.values()) if kind == "mixed" else [KINDS[kind]]
    steps = [makers[number % len(makers)](port) for number in range(peers)]
    while not select.select([sys.stdin], [], [], 0)[0]:
        for step in steps:
            with contextlib.suppress(OSError):
                next(step)
        time.sleep(PAUSE)


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--port", type=int, required=True)
    options.add_argument("--peers", type=int, required=True)
    options.add_argument("--kind", choices=[*KINDS, "mixed"], required=True)
    asked = options.parse_args()
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    os.nice(19)
    flood(asked.kind, asked.port, asked.peers)


if __name__ == "__main__":
    main()
