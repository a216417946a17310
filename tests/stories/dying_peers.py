"""Peers that die in the middle, a process of their own so that they can really be killed: ``PORT MANNER FRAMES``.

``half`` and ``whole`` send that much of each frame (hex, separated by commas) on a connection of its own; ``deaf`` asks
with them again and again and never reads an answer, until nothing more can be sent. Says ``connected``, waits for a
line, sends, says ``sent`` and waits to be ended.
"""

import contextlib
import socket
import sys
import time

ASKED = 4000  # times, at most


def main() -> None:
    port, manner, frames = int(sys.argv[1]), sys.argv[2], [bytes.fromhex(text) for text in sys.argv[3].split(",")]
    peers = [_connected(port) for _ in frames]
    print("connected", flush=True)
    sys.stdin.readline()
    for peer, frame in zip(peers, frames, strict=True):
        if manner == "deaf":
            _ask_in_vain(peer, frame)
        else:
            peer.sendall(frame[: len(frame) // 2] if manner == "half" else frame)
    print("sent", flush=True)
    time.sleep(600)


def _connected(port: int) -> socket.socket:
    peer = socket.socket()
    peer.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2048)
    peer.connect(("127.0.0.1", port))
    return peer


def _ask_in_vain(peer: socket.socket, frame: bytes) -> None:
    peer.settimeout(0.3)
    with contextlib.suppress(OSError):
        for _ in range(ASKED // 40):
            peer.sendall(frame * 40)


if __name__ == "__main__":
    main()
