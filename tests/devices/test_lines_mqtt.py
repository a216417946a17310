"""MQTT lines against a real Mosquitto: acknowledged when kept, and nothing lost when somebody dies."""

import asyncio
import json
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import paho.mqtt.publish as publisher
import pytest
import trustme

from devices.lines import mqtt
from devices.settings import LineSettings
from devices.signal import Kind
from tests.devices.memory_door import MemoryDoor, asynchronous, opened, until
from tests.devices.mosquitto import NEEDED, Mosquitto

pytestmark = NEEDED
PRESS = {"action": "emergency", "battery": 88}


@pytest.fixture
def broker(tmp_path: Path) -> Iterator[Mosquitto]:
    running = Mosquitto(tmp_path).start()
    yield running
    running.kill()


@pytest.fixture(autouse=True)
def _soon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mqtt, "RETRY_SECONDS", (0.1, 0.5))


def line(broker: Mosquitto, **more: Any) -> LineSettings:
    place = {"host": "127.0.0.1", "port": broker.port, "topics": ["zigbee2mqtt/+"], "format": {"preset": "zigbee2mqtt"}}
    return LineSettings(**{"name": "z", "protocol": "mqtt-json", "transport": "mqtt", **place, **more})


async def publish(broker: Mosquitto, name: str = "flat-12", said: Any = PRESS, qos: int = 1, **more: Any) -> None:
    payload = said if isinstance(said, bytes) else json.dumps(said)
    await asyncio.to_thread(
        publisher.single, f"zigbee2mqtt/{name}", payload, qos, hostname="127.0.0.1", port=broker.port, **more
    )


async def up(door: MemoryDoor, times: int = 1) -> None:
    await until(lambda: [state for _, state, _ in door.states].count("up") >= times)


def accounts(door: MemoryDoor) -> list[str]:
    return [message.account for message in door.messages]


@asynchronous
async def test_a_press_is_kept_and_only_then_acknowledged(broker: Mosquitto) -> None:
    door = MemoryDoor()
    door.working.clear()
    async with opened(door, line(broker)) as lines:
        await up(door)
        await publish(broker)
        await until(lambda: door._waiting)
        carrier: Any = lines._carriers["z"]
        assert len(carrier._unacknowledged) == 1
        door.working.set()
        await until(lambda: not carrier._unacknowledged)
        assert accounts(door) == ["flat-12"]
        assert door.messages[0].signals[0].kind is Kind.SOS
        assert door.kept[0].peer == "zigbee2mqtt/flat-12"
        assert door.kept[0].heard.raw == b"zigbee2mqtt/flat-12\n" + json.dumps(PRESS).encode()
    again = MemoryDoor()
    async with opened(again, line(broker)):  # the broker has nothing left for us
        await up(again)
        await asyncio.sleep(0.3)
    assert not again.kept


@asynchronous
async def test_a_gateway_that_dies_before_the_commit_is_given_the_press_again(broker: Mosquitto) -> None:
    door = MemoryDoor()
    door.working.clear()
    async with opened(door, line(broker)):
        await up(door)
        await publish(broker)
        await until(lambda: door._waiting)
        door._waiting.clear()  # what was in memory died with it
    assert not door.kept
    successor = MemoryDoor()
    async with opened(successor, line(broker)):
        await until(lambda: successor.messages)
        await asyncio.sleep(0.3)
    assert accounts(successor) == ["flat-12"]


@asynchronous
async def test_what_could_not_be_kept_is_asked_for_again(broker: Mosquitto) -> None:
    door = MemoryDoor(verdict=False)
    async with opened(door, line(broker)) as lines:
        await up(door)
        await publish(broker)
        await until(lambda: door.count)
        await until(lambda: any("could not be kept" in detail for _, _, detail in door.states))
        door.verdict = True
        await until(lambda: door.messages)
        carrier: Any = lines._carriers["z"]
        await until(lambda: not carrier._unacknowledged)
    assert accounts(door) == ["flat-12"]


@asynchronous
async def test_a_broker_that_is_killed_is_said_and_what_it_queued_arrives(broker: Mosquitto, tmp_path: Path) -> None:
    door, kept = MemoryDoor(), tmp_path / "mosquitto.db"
    async with opened(door, line(broker)):
        await up(door)
        await until(lambda: kept.exists() and b"zigbee2mqtt/+" in kept.read_bytes())  # our session is written down
        broker.kill()
        await until(lambda: door.states[-1][1] == "down")
        assert "connection was lost" in door.states[-1][2]
        await until(lambda: "nothing listens there" in door.states[-1][2])
        broker.start()
        await publish(broker, "flat-13")
        await up(door, 2)
        await publish(broker, "flat-14")
        await until(lambda: len(door.messages) == 2)
    assert accounts(door) == ["flat-13", "flat-14"]


@asynchronous
async def test_what_the_broker_repeats_while_the_first_copy_is_at_the_door_is_not_handed_on_twice(
    broker: Mosquitto,
) -> None:
    door = MemoryDoor()
    door.working.clear()
    async with opened(door, line(broker)) as lines:
        await up(door)
        for number in range(5):
            await publish(broker, f"flat-{number}")
        await until(lambda: len(door._waiting) == 5)
        carrier: Any = lines._carriers["z"]
        carrier._broker.close("cut for the test")
        await up(door, 2)
        await until(lambda: len(carrier._unacknowledged) == 5)
        door.working.set()
        await until(lambda: not carrier._unacknowledged)
        await asyncio.sleep(0.3)
    assert accounts(door) == [f"flat-{number}" for number in range(5)]


@asynchronous
async def test_a_full_door_stops_the_flow_and_loses_nothing(broker: Mosquitto, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mqtt, "WAITING", 10)
    door = MemoryDoor(capacity=3)
    door.working.clear()
    async with opened(door, line(broker)) as lines:
        await up(door)
        many = [(f"zigbee2mqtt/flat-{n}", json.dumps(PRESS), 1, False) for n in range(60)]
        await asyncio.to_thread(publisher.multiple, many, hostname="127.0.0.1", port=broker.port)
        carrier: Any = lines._carriers["z"]
        await until(lambda: carrier._broker.paused)
        await asyncio.sleep(0.3)
        assert len(carrier._here) == 10
        door.working.set()
        await until(lambda: len(door.messages) == 60)
    assert sorted(accounts(door)) == sorted(f"flat-{n}" for n in range(60))


@asynchronous
async def test_a_connection_that_ends_while_the_door_is_full_is_followed_by_another(
    broker: Mosquitto, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mqtt, "WAITING", 2)
    door, wrong = MemoryDoor(), []
    door.working.clear()
    asyncio.get_running_loop().set_exception_handler(lambda _, said: wrong.append(said))
    async with opened(door, line(broker)) as lines:
        await up(door)
        for number in range(3):
            await publish(broker, f"flat-{number}")
        carrier: Any = lines._carriers["z"]
        await until(lambda: carrier._broker.paused)
        carrier._broker.close("cut for the test")
        door.working.set()
        await until(lambda: set(accounts(door)) == {"flat-0", "flat-1", "flat-2"})
    assert not wrong


@asynchronous
async def test_an_urgent_message_that_overtakes_is_acknowledged_in_its_place(broker: Mosquitto) -> None:
    door = MemoryDoor()
    door.working.clear()
    acknowledged: list[int] = []
    async with opened(door, line(broker)) as lines:
        await up(door)
        carrier: Any = lines._carriers["z"]
        acknowledge = carrier._broker.acknowledge
        carrier._broker.acknowledge = lambda mid: (acknowledged.append(mid), acknowledge(mid))
        for number in range(3):
            await publish(broker, f"flat-{number}")
        await until(lambda: len(door._waiting) == 3)
        came = list(carrier._unacknowledged)
        door._waiting.reverse()
        door.working.set()
        await until(lambda: len(acknowledged) == 3)
    assert acknowledged == came


@asynchronous
async def test_heartbeats_and_what_cannot_be_read_are_acknowledged_too(broker: Mosquitto) -> None:
    door = MemoryDoor()
    async with opened(door, line(broker)) as lines:
        await up(door)
        await publish(broker, said={"action": "", "battery": 70})
        await publish(broker, said=b"\x00\xff no JSON")
        await publish(broker, qos=0)
        await until(lambda: door.lives == [("z", "flat-12")] and door.garbled and door.messages)
        carrier: Any = lines._carriers["z"]
        await until(lambda: not carrier._unacknowledged)
        assert door.garbled[0].raw == b"zigbee2mqtt/flat-12\n\x1a\xff no JSON"
        assert lines.figures()["z"]["connections"] == 1


@asynchronous
async def test_no_payload_can_hold_a_second_message(broker: Mosquitto) -> None:
    door = MemoryDoor()
    async with opened(door, line(broker)):
        await up(door)
        await publish(broker, said=b'{}\x00zigbee2mqtt/somebody-else\n{"action": "emergency"}')
        await until(lambda: door.garbled)
        await asyncio.sleep(0.1)
        assert not door.messages


@asynchronous
async def test_a_retained_state_is_heard_at_the_start_and_not_at_each_reconnection(broker: Mosquitto) -> None:
    await publish(broker, retain=True)
    door = MemoryDoor()
    async with opened(door, line(broker)) as lines:
        await up(door)
        carrier: Any = lines._carriers["z"]
        await until(lambda: door.messages and not carrier._unacknowledged)  # PUBACK is written before the good-bye
        carrier._broker.close("cut for the test")
        await up(door, 2)
        await publish(broker, "flat-13")
        await until(lambda: len(door.messages) == 2)
    assert accounts(door) == ["flat-12", "flat-13"]


@asynchronous
async def test_a_wrong_password_is_said_in_words_and_a_right_one_lets_in(tmp_path: Path) -> None:
    if not (tool := shutil.which("mosquitto_passwd")):
        pytest.skip("mosquitto_passwd is not installed (apt install mosquitto)")
    file = tmp_path / "passwords"
    subprocess.run([tool, "-b", "-c", str(file), "anxin", "right"], check=True, capture_output=True)
    running = Mosquitto(tmp_path, f"allow_anonymous false\npassword_file {file}").start()
    try:
        door = MemoryDoor()
        async with opened(door, line(running, username="anxin", password="SECRETWRONG")):
            await until(lambda: any("mend username and password" in detail for _, _, detail in door.states))
            assert all(state == "down" for _, state, _ in door.states)
            assert "SECRET" not in repr(door.states) + repr(line(running, username="anxin", password="SECRETWRONG"))
        good = MemoryDoor()
        async with opened(good, line(running, username="anxin", password="right")):
            await up(good)
            await publish(running, auth={"username": "anxin", "password": "right"})
            await until(lambda: good.messages)
    finally:
        running.kill()


@asynchronous
async def test_tls_is_spoken_and_a_certificate_nobody_signed_is_refused(tmp_path: Path) -> None:
    ca, other = trustme.CA(), trustme.CA()
    for name, blob in (("key", ca.issue_cert("127.0.0.1").private_key_and_cert_chain_pem), ("ca", ca.cert_pem),
                       ("other", other.cert_pem)):  # fmt: skip
        blob.write_to_path(str(tmp_path / name))
    running = Mosquitto(tmp_path, f"allow_anonymous true\ncertfile {tmp_path}/key\nkeyfile {tmp_path}/key").start()
    try:
        door = MemoryDoor()
        async with opened(door, line(running, tls=True, tls_ca=str(tmp_path / "ca"))):
            await up(door)
            said = json.dumps({**PRESS, "padding": "x" * 20_000})  # more than one record of TLS, several in a read
            many = [(f"zigbee2mqtt/flat-{n}", said, 1, False) for n in range(30)]
            secure = {"ca_certs": str(tmp_path / "ca")}
            await asyncio.to_thread(publisher.multiple, many, hostname="127.0.0.1", port=running.port, tls=secure)
            await until(lambda: len(door.messages) == 30)
            assert all(len(message.raw) > 20_000 for message in door.messages)
        for wrong, said in (({"tls": True, "tls_ca": str(tmp_path / "other")}, "certificate is not trusted"),
                            ({"tls": True, "tls_ca": str(tmp_path / "none")}, "tls_ca names no file")):  # fmt: skip
            refused = MemoryDoor()
            async with opened(refused, line(running, **wrong)):
                await until(lambda: refused.states)  # noqa: B023
            assert said in refused.states[0][2]
    finally:
        running.kill()


@asynchronous
async def test_topics_that_are_refused_are_said_and_asked_for_again(broker: Mosquitto) -> None:
    door = MemoryDoor()
    async with opened(door, line(broker)) as lines:
        await up(door)
        carrier: Any = lines._carriers["z"]
        carrier.granted([0x80])
        assert door.states[-1][1] == "down"
        assert door.states[-1][2].endswith("as anxin-z refuses zigbee2mqtt/+: let this client read it")
        carrier._ask_again_at = 0
        await until(lambda: door.states[-1][1] == "up")
        carrier.granted([0])
        assert "only QoS 0 for zigbee2mqtt/+" in door.states[-1][2]


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"topics": []}, "is mqtt but reads no topics"),
        ({"topics": ["a/#/b"]}, "write topics such as zigbee2mqtt/+"),
        ({"topics": ["a+"]}, "write topics such as"),
        ({"host": "0.0.0.0"}, "calls a broker: write its host"),
        ({"tls_ca": "/x"}, "has a CA but no TLS"),
        ({"qos": 2}, "0 or 1"),
        ({"transport": "tcp"}, 'has topics but is tcp: write transport = "mqtt"'),
        ({"client_id": "a b"}, "client_id"),
    ],
)
def test_wrong_settings_are_told(tmp_path: Path, change: dict[str, Any], said: str) -> None:
    with pytest.raises(ValueError, match=said.replace("+", r"\+")):
        line(Mosquitto(tmp_path), **change)
