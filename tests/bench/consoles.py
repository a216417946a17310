"""Pretend consoles, a process of its own: log in once, hold many websockets, note when each event arrives at each.

One epoll loop reads the frames of all and only looks for kind and account: with python-socketio's client, a thread for
each, the reading cost 180 µs a message, ten times what the server takes to send it, and the bench measured itself.

Says "ready" when all are connected; at the end of standard input it writes the arrivals as JSON:
``[[console, account, moment], …]``, moments on the machine's monotonic clock.
"""

import argparse
import base64
import http.cookiejar
import json
import os
import re
import select
import socket
import struct
import sys
import time
import urllib.parse
import urllib.request

OPENING = (
    "GET /socket.io/?EIO=4&transport=websocket HTTP/1.1\r\nHost: {host}\r\nOrigin: http://{host}\r\n"
    "Upgrade: websocket\r\n"
    "Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: {key}\r\nCookie: {cookie}\r\n\r\n"
)
PRESS = re.compile(rb'^42\["event",.*?"body":\{"account":"([^"]+)"')
KINDS = (b'"kind":"CallOpened"', b'"kind":"PressRepeated"')
Arrivals = list[tuple[int, str, float]]


def log_in(address: str, login: str, password: str) -> str:
    """The Cookie header of the session."""
    jar = http.cookiejar.CookieJar()
    visitor = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(jar))
    page = visitor.open(f"{address}/login", timeout=20).read().decode()
    token = re.search(r'name="csrf_token" value="([^"]+)"', page)
    assert token, "the log-in page has no csrf_token"
    form = urllib.parse.urlencode({"csrf_token": token[1], "login": login, "password": password}).encode()
    visitor.open(f"{address}/login", form, timeout=20).read()
    return "; ".join(f"{cookie.name}={cookie.value}" for cookie in jar)


class Console:
    """One websocket that speaks Engine.IO 4 and Socket.IO 5 as far as listening needs it (RFC 6455)."""

    def __init__(self, address: str, cookie: str):
        host = address.removeprefix("http://")
        name, _, port = host.partition(":")
        self.socket = socket.create_connection((name, int(port)), 20)
        key = base64.b64encode(os.urandom(16)).decode()
        self.socket.sendall(OPENING.format(host=host, key=key, cookie=cookie).encode())
        self.buffer = b""
        while b"\r\n\r\n" not in self.buffer:
            self.buffer += self._more()
        head, _, self.buffer = self.buffer.partition(b"\r\n\r\n")
        assert b" 101 " in head, head
        self.say(b"40")
        while not any(text.startswith(b"40") for text in self.texts()):
            self.buffer += self._more()

    def _more(self) -> bytes:
        data = self.socket.recv(1 << 18)
        assert data, "the server closed a console"
        return data

    def say(self, text: bytes) -> None:
        """A short text; what a client sends is masked, and a mask of zeros is one."""
        self.socket.sendall(bytes([0x81, 0x80 | len(text), 0, 0, 0, 0]) + text)

    def hear(self) -> list[bytes]:
        self.buffer += self._more()
        return self.texts()

    def texts(self) -> list[bytes]:
        """The whole messages that have come; pings are answered."""
        found, at, data = [], 0, self.buffer
        while len(data) - at >= 2:
            length, start = data[at + 1], at + 2
            if length >= 126:
                form, size = (">H", 2) if length == 126 else (">Q", 8)
                if len(data) < start + size:
                    break
                (length,) = struct.unpack_from(form, data, start)
                start += size
            if len(data) < start + length:
                break
            found.append(data[start : start + length])
            at = start + length
        self.buffer = data[at:]
        if b"2" in found:
            self.say(b"3")
        return found


def listen(consoles: list[Console]) -> Arrivals:
    """Until standard input ends."""
    poll, numbers = select.epoll(), dict[int, int]()
    arrivals: Arrivals = []
    poll.register(sys.stdin, select.EPOLLIN)
    for number, console in enumerate(consoles):
        numbers[console.socket.fileno()] = number
        poll.register(console.socket, select.EPOLLIN)
    while True:
        for descriptor, _ in poll.poll():
            if descriptor == sys.stdin.fileno():
                return arrivals
            number = numbers[descriptor]
            for text in consoles[number].hear():
                press = PRESS.match(text)
                if press and any(kind in text for kind in KINDS):
                    arrivals.append((number, press[1].decode(), time.monotonic()))


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("address")
    options.add_argument("login")
    options.add_argument("consoles", type=int)
    asked = options.parse_args()
    cookie = log_in(asked.address, asked.login, sys.stdin.readline().strip())
    consoles = [Console(asked.address, cookie) for _ in range(asked.consoles)]
    print("ready", flush=True)
    json.dump(listen(consoles), sys.stdout)


if __name__ == "__main__":
    main()
