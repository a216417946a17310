"""SCAIP over real sockets: 200 and mrs after the commit, asked again over UDP until the unit answers, digest."""

import asyncio
import socket
from typing import Any

import pytest

from devices.lines import repeats
from devices.settings import LineSettings
from tests.devices.memory_door import MemoryDoor, asynchronous, line, opened, until
from tests.devices.scaip_unit import ALARM, challenges, fine, messages, proof, request, statuses, told


def sip(transport: str = "udp", **more: Any) -> LineSettings:
    return line(transport, protocol="scaip", **more)


class Unit:
    """A unit's UDP socket."""

    def __init__(self, port: int):
        self.sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.sock.setblocking(False)
        self.sock.connect(("127.0.0.1", port))

    async def hears(self, seconds: float = 20.0) -> bytes:
        return await asyncio.wait_for(asyncio.get_running_loop().sock_recv(self.sock, 4000), seconds)

    async def hears_nothing(self, seconds: float = 0.2) -> bool:
        try:
            await self.hears(seconds)
        except TimeoutError:
            return True
        return False


@asynchronous
async def test_the_200_and_the_mrs_come_as_two_datagrams_after_the_alarm_is_kept_and_not_before() -> None:
    door = MemoryDoor()
    door.working.clear()
    async with opened(door, sip()) as lines:
        unit = Unit(lines.port("a"))
        unit.sock.send(request())
        assert await unit.hears_nothing()
        door.working.set()
        (response,) = messages(await unit.hears())
        (ours,) = messages(await unit.hears())
        assert (response.status, told(ours)["snu"]) == (200, "0")
        unit.sock.send(fine(ours))
        await until(lambda: door.lives)
        assert ([m.account for m in door.messages], door.garbled) == (["4670000001"], [])


@asynchronous
async def test_our_message_is_sent_again_until_the_unit_takes_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(repeats, "FIRST_SECONDS", 0.1)
    door = MemoryDoor()
    async with opened(door, sip()) as lines:
        unit = Unit(lines.port("a"))
        unit.sock.send(request())
        response, lost = await unit.hears(), await unit.hears()
        assert statuses(response) == [200]
        again, third = await unit.hears(), await unit.hears()
        assert lost == again == third, "byte for byte, so that the unit knows it for the same"
        unit.sock.send(fine(messages(again)[0]).replace(b"200 OK", b"100 Trying"))
        assert await unit.hears() == lost, "a provisional answer is not the end"
        unit.sock.send(fine(messages(again)[0]))
        assert await unit.hears_nothing(1.2)  # the fourth would have come after 0.8
        assert len(door.messages) == 1


@asynchronous
async def test_a_unit_that_never_answers_is_asked_four_times_more_and_no_more(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(repeats, "FIRST_SECONDS", 0.03)
    async with opened(MemoryDoor(), sip()) as lines:
        unit = Unit(lines.port("a"))
        unit.sock.send(request())
        unit.sock.send(request())  # its own repetition does not double ours
        heard = [await unit.hears() for _ in range(4 + repeats.REPETITIONS)]
        assert sorted(statuses(b"".join(heard))) == [0] * (2 + repeats.REPETITIONS) + [200, 200]
        assert await unit.hears_nothing(0.8)


@asynchronous
async def test_the_answer_of_another_address_ends_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(repeats, "FIRST_SECONDS", 0.05)
    async with opened(MemoryDoor(), sip()) as lines:
        unit, stranger = Unit(lines.port("a")), Unit(lines.port("a"))
        unit.sock.send(request())
        await unit.hears()
        ours = await unit.hears()
        stranger.sock.send(fine(messages(ours)[0]))
        assert await unit.hears() == ours


@asynchronous
async def test_what_is_asked_at_once_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(repeats, "QUESTIONS", 2)
    sent: list[bytes] = []
    open_ones = repeats.Repeats(asyncio.get_running_loop(), lambda data, addr: sent.append(data))
    monkeypatch.setattr(repeats, "FIRST_SECONDS", 0.01)
    for n in range(5):
        open_ones.asked(str(n), b"%d" % n, "x")
    await until(lambda: not open_ones._open)
    assert sorted(sent) == [b"0"] * repeats.REPETITIONS + [b"1"] * repeats.REPETITIONS
    open_ones.asked("6", b"6", "x")
    open_ones.stop()
    await asyncio.sleep(0.05)
    assert b"6" not in sent


@asynchronous
async def test_a_repeated_request_is_answered_with_the_same_bytes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(repeats, "FIRST_SECONDS", 60.0)  # what we ask must not be asked again in between
    async with opened(MemoryDoor(), sip()) as lines:
        unit = Unit(lines.port("a"))
        unit.sock.send(request())
        first = [await unit.hears(), await unit.hears()]
        unit.sock.send(request())
        assert [await unit.hears(), await unit.hears()] == first


@asynchronous
async def test_over_tcp_messages_are_heard_however_they_are_cut_and_a_ping_is_answered() -> None:
    door = MemoryDoor()
    async with opened(door, sip("tcp")) as lines:
        reader, writer = await asyncio.open_connection("127.0.0.1", lines.port("a"))
        stream = b"\r\n\r\n" + b"".join(
            request({**ALARM, "ref": str(n)}, number=n, transport="TCP") for n in (1, 2, 3)
        )  # fmt: skip
        for at in range(0, len(stream), 333):
            writer.write(stream[at : at + 333])
            await asyncio.sleep(0.01)
        assert await asyncio.wait_for(reader.readexactly(2), 20) == b"\r\n"
        heard = b""
        while heard.count(b"</mrs>") < 3:
            heard += await asyncio.wait_for(reader.read(4000), 20)
        assert statuses(heard) == [200, 0] * 3
        assert [m.sequence for m in door.messages] == ["1", "2", "3"]
        writer.close()


@asynchronous
async def test_a_unit_with_a_password_is_asked_for_it_and_then_heard() -> None:
    door = MemoryDoor()
    strict = sip(clear_text="refuse", format={"realm": "anxin", "passwords": {"4670000001": "geheim"}})
    async with opened(door, strict) as lines:
        unit = Unit(lines.port("a"))
        unit.sock.send(request())
        challenge = challenges(await unit.hears())[0]
        unit.sock.send(request(seq=2, more=[proof(challenge, "4670000001", "wrong")]))
        assert statuses(await unit.hears()) == [403]
        unit.sock.send(request(seq=3, more=[proof(challenge, "4670000001", "geheim")]))
        assert statuses(await unit.hears() + await unit.hears()) == [200, 0]
        assert [m.deviations for m in door.messages] == [()]
        assert [g.reason for g in door.garbled] == ["no password sent, asked for it", "wrong password"]
