"""UDP lines over real sockets: one frame a datagram, answered to where it came from once it is kept."""

import asyncio
import socket

import pytest

from devices.codecs import dc09
from devices.lines import udp
from tests.devices.memory_door import MemoryDoor, asynchronous, line, link_test, opened, press, until


def unit(port: int) -> socket.socket:
    sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    sock.setblocking(False)
    sock.connect(("127.0.0.1", port))
    return sock


async def answer(sock: socket.socket, seconds: float = 20.0) -> str:
    raw = await asyncio.wait_for(asyncio.get_running_loop().sock_recv(sock, 2000), seconds)
    reply = dc09.read_reply(raw)
    assert reply
    return reply.token + " " + reply.sequence


@asynchronous
async def test_each_unit_gets_the_acknowledgement_of_its_own_datagram_once_it_is_kept() -> None:
    door = MemoryDoor()
    door.working.clear()
    async with opened(door, line("udp")) as lines:
        units = [unit(lines.port("a")) for _ in range(20)]
        for number, sock in enumerate(units):
            sock.send(press(number + 1, str(1001 + number)))
        await asyncio.sleep(0.1)
        with pytest.raises(BlockingIOError):
            units[0].recv(100)
        door.working.set()
        for number, sock in enumerate(units):
            assert await answer(sock) == f"ACK {number + 1:04}"
            sock.close()
        assert {m.account for m in door.messages} == {str(1001 + n) for n in range(20)}


@asynchronous
async def test_a_link_test_is_answered_at_once_and_what_is_not_kept_not_at_all() -> None:
    door = MemoryDoor(verdict=False)
    async with opened(door, line("udp")) as lines:
        sock = unit(lines.port("a"))
        sock.send(press(1))
        await until(lambda: lines.figures()["a"]["withheld"])
        sock.send(link_test(2))
        assert await answer(sock) == "ACK 0002"
        assert door.lives == [("a", "1001")]
        sock.close()


@asynchronous
async def test_a_frame_without_its_end_is_heard_because_the_datagram_has_one() -> None:
    door = MemoryDoor()
    async with opened(door, line("udp")) as lines:
        sock = unit(lines.port("a"))
        sock.send(press(1).rstrip(b"\r"))
        assert await answer(sock) == "ACK 0001"
        sock.send(press(2)[:30])
        await until(lambda: door.garbled)
        assert door.garbled[0].raw == press(2)[:30]
        sock.close()


@asynchronous
async def test_a_full_door_delays_datagrams_and_loses_none() -> None:
    door = MemoryDoor(capacity=3)
    door.working.clear()
    async with opened(door, line("udp")) as lines:
        sock = unit(lines.port("a"))
        for n in range(1, 31):
            sock.send(press(n))
        await until(lambda: door.refusals)
        door.working.set()
        assert sorted([await answer(sock) for _ in range(30)]) == [f"ACK {n:04}" for n in range(1, 31)]
        sock.close()


@asynchronous
async def test_what_waits_is_bounded_per_unit_and_per_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(udp, "DATAGRAMS", 100)
    door = MemoryDoor()
    door.working.clear()
    async with opened(door, line("udp")) as lines:
        units = [unit(lines.port("a")) for _ in range(3)]
        for sock in units:
            for n in range(1, 81):
                sock.send(press(n))
            await asyncio.sleep(0.1)
        await until(lambda: lines.figures()["a"]["crowded_out"] == 240 - 100)
        door.working.set()
        for sock, kept in zip(units, (64, 36, 0), strict=True):
            for _ in range(kept):
                await answer(sock)
            sock.close()
        assert len(door.messages) == 100
