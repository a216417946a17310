"""Pretend consoles, a process of its own: log in once, hold many websockets, note when each event arrives at each.

Says "ready" when all are connected; at the end of standard input it writes the arrivals as JSON:
``[[console, account, moment], …]``, moments on the machine's monotonic clock.
"""

import argparse
import http.cookiejar
import json
import re
import sys
import time
import urllib.parse
import urllib.request
from typing import Any

import socketio

Arrivals = list[tuple[int, str, float]]
FAST = {"skip_utf8_validation": True}  # in pure Python it would cost more than everything else


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


def console(number: int, address: str, cookie: str, arrivals: Arrivals) -> socketio.Client:
    client = socketio.Client(reconnection=False, websocket_extra_options=FAST)

    def heard(event: dict[str, Any]) -> None:
        if event["kind"] in ("CallOpened", "PressRepeated"):
            arrivals.append((number, event["body"]["account"], time.monotonic()))

    client.on("event", heard)
    client.connect(address, headers={"Cookie": cookie}, transports=["websocket"], wait_timeout=20)
    return client


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("address")
    options.add_argument("login")
    options.add_argument("consoles", type=int)
    asked = options.parse_args()
    cookie = log_in(asked.address, asked.login, sys.stdin.readline().strip())
    arrivals: Arrivals = []
    clients = [console(number, asked.address, cookie, arrivals) for number in range(asked.consoles)]
    print("ready", flush=True)
    sys.stdin.read()
    for client in clients:
        client.disconnect()
    json.dump(arrivals, sys.stdout)


if __name__ == "__main__":
    main()
