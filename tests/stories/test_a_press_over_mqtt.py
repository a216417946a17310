"""A press through a real broker, and a gateway that is killed before it was on disk: it comes again, as one call."""

import contextlib
import json
import os
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import paho.mqtt.publish as publisher
import pytest

from tests.devices.mosquitto import NEEDED, Mosquitto
from tests.house import ROOT, until

pytestmark = NEEDED
CONFIG = """
[database]
url = "sqlite:///{folder}/anxin.db"
data_dir = "{folder}/data"
[[lines]]
name = "zigbee"
protocol = "mqtt-json"
transport = "mqtt"
host = "127.0.0.1"
port = {port}
topics = ["zigbee2mqtt/+"]
format = {{ preset = "zigbee2mqtt" }}
"""


@pytest.fixture
def broker(tmp_path: Path) -> Iterator[Mosquitto]:
    running = Mosquitto(tmp_path).start()
    yield running
    running.kill()


@contextlib.contextmanager
def gateway(config: Path) -> Iterator[subprocess.Popen[bytes]]:
    command = [sys.executable, str(ROOT / "app.py"), "--config", str(config), "gateway"]
    with (config.parent / "gateway.log").open("ab") as out:
        process = subprocess.Popen(command, stdout=out, stderr=out, env={**os.environ, "PYTHONUNBUFFERED": "1"})
    try:
        yield process
    finally:
        process.kill()
        process.wait(5)


def asked(folder: Path, query: str) -> int:
    with contextlib.closing(sqlite3.connect(folder / "anxin.db", timeout=5)) as database:
        return int(database.execute(query).fetchone()[0])


def state(folder: Path) -> str:
    with contextlib.closing(sqlite3.connect(folder / "anxin.db", timeout=5)) as database:
        found = database.execute("SELECT state FROM signs_of_life WHERE name = 'line:zigbee'").fetchone()
    return found[0] if found else ""


def press(broker: Mosquitto, account: str) -> None:
    payload = json.dumps({"action": "emergency", "battery": 90})
    publisher.single(f"zigbee2mqtt/{account}", payload, 1, hostname="127.0.0.1", port=broker.port)


def test_a_gateway_killed_before_the_commit_is_given_the_press_again_and_it_is_one_call(
    tmp_path: Path, broker: Mosquitto
) -> None:
    config = tmp_path / "config.toml"
    config.write_text(CONFIG.format(folder=tmp_path, port=broker.port), "utf-8")
    subprocess.run([sys.executable, str(ROOT / "app.py"), "--config", str(config), "upgrade"], check=True)
    with gateway(config) as first:
        until(lambda: state(tmp_path) == "up")
        with contextlib.closing(sqlite3.connect(tmp_path / "anxin.db", timeout=5)) as holding:
            holding.execute("BEGIN IMMEDIATE")  # nobody can commit
            press(broker, "flat-12")
            time.sleep(0.5)  # the broker has passed it on, and the gateway waits for the store
            first.kill()
            first.wait(5)
            holding.rollback()
    assert asked(tmp_path, "SELECT count(*) FROM frames") == 0
    with gateway(config):
        until(lambda: asked(tmp_path, "SELECT count(*) FROM calls"))
        press(broker, "flat-13")
        until(lambda: asked(tmp_path, "SELECT count(*) FROM calls") == 2)
    assert asked(tmp_path, "SELECT count(*) FROM frames WHERE outcome = 'raised'") == 2
    assert asked(tmp_path, "SELECT count(*) FROM calls WHERE account = 'flat-12' AND presses = 1") == 1
    done = subprocess.run(
        [sys.executable, str(ROOT / "app.py"), "--config", str(config), "verify"], capture_output=True, text=True,
        check=False,
    )  # fmt: skip
    assert "all agree" in done.stdout, done.stdout + done.stderr
