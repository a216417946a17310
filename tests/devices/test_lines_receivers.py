"""Receivers and diallers over real sockets and a real pty: kept before they are answered, each in its own words."""

import asyncio
from pathlib import Path

import pytest

from devices.codecs import ademco685, al00_uart, d6500, d6600_dc07, lupus_cid, surgard, texecom
from devices.signal import Kind
from tests.devices.memory_door import MemoryDoor, asynchronous, line, opened, says_nothing, until
from tests.devices.test_lines_serial import Receiver

PRESSES = {
    "surgard": (surgard.write_contact_id("1001", "101"), b"\x06"),
    "d6500": (d6500.write_contact_id("1001", "101"), b"\x06"),
    "d6600-dc07": (
        d6600_dc07.write_contact_id("1001", "101", sequence=7),
        d6600_dc07.write(d6600_dc07.LINK_TEST, "", 7),
    ),
    "ademco685": (ademco685.write_contact_id("1001", "101"), b"\x06"),
    "texecom": (texecom.write_contact_id("1001", "101"), b"2\x06\r\n"),
    "lupus-cid": (lupus_cid.write("1001", "101"), b"\x06"),
    "al00-uart": (al00_uart.write("1001", "101"), b"OK\r\n"),
}
EVERY = pytest.mark.parametrize("protocol", PRESSES)


@EVERY
@asynchronous
async def test_a_press_over_tcp_is_answered_in_its_protocols_words_only_after_it_is_kept(protocol: str) -> None:
    door = MemoryDoor()
    door.working.clear()
    sent, answer = PRESSES[protocol]
    async with opened(door, line(protocol=protocol)) as lines:
        reader, writer = await asyncio.open_connection("127.0.0.1", lines.port("a"))
        writer.write(sent)
        assert await says_nothing(reader)
        door.working.set()
        assert await asyncio.wait_for(reader.readexactly(len(answer)), 20) == answer
        assert [(m.account, m.signals[0].kind) for m in door.messages] == [("1001", Kind.SOS)]
        assert door.garbled == []
        writer.close()


@EVERY
@asynchronous
async def test_a_press_over_a_serial_line_is_answered_as_well(protocol: str, tmp_path: Path) -> None:
    door, receiver = MemoryDoor(), Receiver(tmp_path / "receiver")
    sent, answer = PRESSES[protocol]
    async with opened(door, line("serial", protocol=protocol, device=str(receiver.name))):
        await until(lambda: door.states and door.states[-1][1] == "up")
        receiver.send(sent)
        heard = b""
        while len(heard) < len(answer) and (more := await receiver.hear()):
            heard += more
        assert heard == answer
        assert [(m.account, m.signals[0].kind) for m in door.messages] == [("1001", Kind.SOS)]
    receiver.unplug()
