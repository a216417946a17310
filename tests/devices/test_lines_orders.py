"""Orders over a real TCP line: to the connection on which the device was last heard, and back its answer."""

import asyncio

from devices.codecs.watch_frame import write, write_report
from devices.lines import Lines
from devices.lines.switchboard import Handed
from devices.signal import Order
from tests.devices.memory_door import MemoryDoor, asynchronous, line, opened, press, until

ID = "8800000015"


async def ask(lines: Lines, account: str, order: Order, heard: list[bool] | None = None) -> Handed:
    """As another thread does."""
    told = [] if heard is None else heard
    return await asyncio.to_thread(lines.order, account, order, told.append)


async def dial(lines: Lines, *frames: bytes) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    reader, writer = await asyncio.open_connection("127.0.0.1", lines.port("a"))
    for frame in frames:
        writer.write(frame)
        await reader.readuntil(b"]")
    return reader, writer


@asynchronous
async def test_a_watch_that_has_spoken_is_told_and_its_answer_is_heard() -> None:
    door = MemoryDoor()
    async with opened(door, line(protocol="watch", prefix="W")) as lines:
        reader, writer = await dial(lines, write_report(ID, "AL", 1 << 16))
        taken: list[bool] = []
        assert await ask(lines, "W" + ID, Order("locate"), taken) == "sent"
        assert await reader.readuntil(b"]") == b"[3G*8800000015*0002*CR]"
        assert taken == []
        writer.write(write("CR", ID))
        await until(lambda: taken == [True])
        assert await ask(lines, "W" + ID, Order("call", "not a number"), taken) == "cannot"
        assert await ask(lines, ID, Order("locate"), taken) == "not_connected"  # the prefix belongs to the account
        writer.close()


@asynchronous
async def test_a_device_that_is_gone_cannot_be_told() -> None:
    door = MemoryDoor()
    async with opened(door, line(protocol="watch")) as lines:
        _, writer = await dial(lines, write("LK", ID))
        writer.close()
        await until(lambda: not lines._switchboard._talks)
        assert await ask(lines, ID, Order("find")) == "not_connected"
        assert not lines._switchboard._accounts


@asynchronous
async def test_a_watch_that_dials_again_is_told_on_its_new_connection() -> None:
    door = MemoryDoor()
    async with opened(door, line(protocol="watch")) as lines:
        _, old = await dial(lines, write("LK", ID))
        reader, new = await dial(lines, write("LK", ID))
        old.close()
        await asyncio.sleep(0.05)
        assert await ask(lines, ID, Order("find")) == "sent"
        assert await reader.readuntil(b"]") == b"[3G*8800000015*0004*FIND]"
        new.close()


@asynchronous
async def test_a_panel_takes_no_orders() -> None:
    door = MemoryDoor()
    async with opened(door, line()) as lines:
        reader, writer = await asyncio.open_connection("127.0.0.1", lines.port("a"))
        writer.write(press(1))
        await reader.readuntil(b"\r")
        assert await ask(lines, "1001", Order("locate")) == "not_connected"
        writer.close()
