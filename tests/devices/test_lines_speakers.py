"""A device that sends under another's account is flagged, and its press is kept all the same."""

import asyncio
import socket

from devices.codecs import surgard
from devices.lines.speakers import ANOTHERS, REMEMBERED, Speakers
from tests.devices.memory_door import MemoryDoor, asynchronous, line, link_test, opened, press, sequence_of, until


async def say(port: int, source: str, *frames: bytes) -> None:
    """One connection from ``source``; every frame is acknowledged."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port, local_addr=(source, 0))
    for frame in frames:
        writer.write(frame)
        await sequence_of(reader)
    writer.close()


@asynchronous
async def test_a_press_under_the_account_of_a_device_elsewhere_is_kept_and_flagged() -> None:
    door = MemoryDoor()
    async with opened(door, line()) as lines:
        await say(lines.port("a"), "127.0.0.2", press(1, "1002"))
        await say(lines.port("a"), "127.0.0.3", press(1, "1001"), press(2, "1002"), press(3, "1001"))
        assert [(m.account, ANOTHERS in m.deviations) for m in door.messages] == [
            ("1002", False), ("1001", False), ("1002", True), ("1001", False),
        ]  # fmt: skip
        assert lines.figures()["a"]["borrowed"] == 1


@asynchronous
async def test_a_heartbeat_under_anothers_account_is_counted() -> None:
    door = MemoryDoor()
    async with opened(door, line()) as lines:
        await say(lines.port("a"), "127.0.0.2", link_test(1, "1002"))
        await say(lines.port("a"), "127.0.0.3", link_test(1, "1001"), link_test(2, "1002"))
        assert lines.figures()["a"]["borrowed"] == 1


@asynchronous
async def test_a_gateway_for_many_and_a_device_with_a_new_address_are_normal() -> None:
    door = MemoryDoor()
    async with opened(door, line()) as lines:
        both = press(1, "1001"), press(2, "1002")
        await say(lines.port("a"), "127.0.0.2", *both)
        await say(lines.port("a"), "127.0.0.2", *both)
        await say(lines.port("a"), "127.0.0.3", press(3, "1001"))
        assert not any(m.deviations for m in door.messages)


@asynchronous
async def test_a_line_may_say_what_is_normal_and_a_receivers_protocol_carries_all() -> None:
    door = MemoryDoor()
    receiver = line(name="r", protocol="surgard")
    async with opened(door, line(one_account_per_connection=False), receiver) as lines:
        for source, accounts in (("127.0.0.2", ["1002"]), ("127.0.0.3", ["1001", "1002"])):
            await say(lines.port("a"), source, *[press(1, account) for account in accounts])
            _, writer = await asyncio.open_connection("127.0.0.1", lines.port("r"), local_addr=(source, 0))
            writer.write(b"".join(surgard.write_contact_id(account, "101") for account in accounts))
            writer.write_eof()
        await until(lambda: lines.figures()["r"]["messages"] == 3)
        assert not any(m.deviations for m in door.messages)


@asynchronous
async def test_on_udp_the_address_stands_for_the_connection() -> None:
    door = MemoryDoor()
    async with opened(door, line("udp")) as lines:
        units = {}
        for source in ("127.0.0.2", "127.0.0.3"):
            units[source] = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
            units[source].bind((source, 0))
        for count, (source, account) in enumerate(
            [("127.0.0.2", "1002"), ("127.0.0.3", "1001"), ("127.0.0.3", "1002")], start=1
        ):
            units[source].sendto(press(count, account), ("127.0.0.1", lines.port("a")))
            await until(lambda count=count: len(door.messages) == count)  # type: ignore[misc]
        assert [m.deviations for m in door.messages] == [(), (), (ANOTHERS,)]
        for unit in units.values():
            unit.close()


def test_what_is_remembered_is_bounded() -> None:
    speakers = Speakers()
    for number in range(REMEMBERED + 10):
        speakers.borrowed("", str(number), "h")
    assert len(speakers._usual) == REMEMBERED
