"""A watch calls for help, is asked where it is over its own connection, answers, and the operator sees where that is.

Real processes and a real TCP line, on both stores.
"""

import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
import requests

from devices.codecs.watch_frame import write, write_report
from tests.house import House, free_port, house, until

WATCH = "8800000015"
SOS = 1 << 16
LINE = """
[[lines]]
name = "watches"
protocol = "watch"
transport = "tcp"
host = "127.0.0.1"
port = {port}
idle_seconds = 1200
"""


class Worn:
    """A watch on somebody's wrist: says things, and hears what it is told."""

    def __init__(self, port: int):
        self.socket = socket.create_connection(("127.0.0.1", port), 10)
        self.socket.settimeout(10)

    def says(self, frame: bytes) -> None:
        self.socket.sendall(frame)

    def hears(self) -> bytes:
        heard = b""
        while not heard.endswith(b"]"):
            more = self.socket.recv(1)
            assert more, "hung up"
            heard += more
        return heard

    def off(self) -> None:
        self.socket.close()


@pytest.fixture
def centre(tmp_path: Path, district: str) -> Iterator[tuple[House, int]]:
    port = free_port()
    with house(tmp_path, district, more=LINE.format(port=port)) as running:
        running.start("gateway", "dispatcher", "web")
        running.ready()
        yield running, port


def order(running: House, token: str, **body: Any) -> requests.Response:
    path = f"{running.address}/api/v1/devices/{WATCH}/orders"
    return requests.post(
        path, json={"key": str(uuid4()), **body}, headers={"Authorization": f"Bearer {token}"}, timeout=10
    )


def card(running: House, token: str) -> Any:
    (call,) = running.get("/api/v1/calls?stage=open", token)["calls"]
    return running.get(f"/api/v1/calls/{call['id']}", token)


def last_state(running: House, token: str) -> str:
    recent = card(running, token)["orders"]["recent"]
    return str(recent[-1]["state"]) if recent else ""


def test_a_watch_that_called_is_located_rung_back_and_missed_when_it_is_gone(centre: tuple[House, int]) -> None:
    running, port = centre
    token = running.token()
    watch = Worn(port)
    watch.says(write_report(WATCH, "AL", SOS, 36.6200, 101.7700, battery=31))
    assert watch.hears() == b"[3G*8800000015*0002*AL]"
    shown = card(running, token)
    assert (shown["call"]["kind"], shown["orders"]["can"]) == ("sos", ["locate", "call", "find"])
    assert (shown["where"]["latitude"], shown["where"]["longitude"]) == (36.62, 101.77)

    key = str(uuid4())
    first = order(running, token, what="locate", call=shown["call"]["id"], key=key)
    assert first.status_code == 202, first.text
    assert order(running, token, what="locate", call=shown["call"]["id"], key=key).json() == first.json()
    assert watch.hears() == b"[3G*8800000015*0002*CR]"
    until(lambda: last_state(running, token) == "told")
    watch.says(write("CR", WATCH))
    until(lambda: last_state(running, token) == "obeyed")
    watch.says(write_report(WATCH, "UD", 0, 36.6300, 101.7800, battery=30))

    assert order(running, token, what="call", number="097112349").status_code == 202
    assert watch.hears() == b"[3G*8800000015*000E*CALL,097112349]"
    watch.off()
    assert order(running, token, what="find").status_code == 202
    until(lambda: last_state(running, token) == "not_connected")

    told = [(e["kind"], e["body"]["what"]) for e in running.events() if e["stream"] == f"device:{WATCH}"]
    assert told[:3] == [("DeviceOrdered", "locate"), ("DeviceToldOrder", "locate"), ("DeviceObeyed", "locate")]
    assert told.count(("DeviceOrdered", "locate")) == 1
    assert "all agree" in running.verify()


def test_an_order_given_while_the_gateway_was_away_is_done_if_it_is_fresh(centre: tuple[House, int]) -> None:
    running, port = centre
    token = running.token()
    running.kill("gateway")
    assert order(running, token, what="find").status_code == 202
    running.start("gateway")

    watch = until(lambda: Worn(port))
    watch.says(write("LK,0,0,88", WATCH))
    assert watch.hears() == b"[3G*8800000015*0002*LK]"
    assert watch.hears() == b"[3G*8800000015*0004*FIND]"
