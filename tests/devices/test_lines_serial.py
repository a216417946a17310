"""Serial lines over a real pty opened by pyserial: Sur-Gard in, one byte back, and ports that go away and come back."""

import asyncio
import os
import termios
import time
import tty
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import serial
from pydantic import ValidationError

from devices.codecs import surgard
from devices.codecs.surgard import SurGard
from devices.lines import conversation
from devices.lines import line as line_module
from devices.lines.entrance import allow_open_files
from devices.settings import LineSettings
from tests.devices.memory_door import MemoryDoor, asynchronous, line, opened, until

ACK, NAK = b"\x06", b"\x15"


class Receiver:
    """The far end of the cable: a pty whose slave has a fixed name in the file system."""

    def __init__(self, name: Path):
        self.name = name
        self.plug_in()

    def plug_in(self) -> None:
        self.master, slave = os.openpty()
        tty.setraw(slave)
        os.set_blocking(self.master, False)
        self.name.symlink_to(os.ttyname(slave))
        os.close(slave)

    def unplug(self) -> None:
        self.name.unlink()
        os.close(self.master)

    def send(self, data: bytes) -> None:
        os.write(self.master, data)

    async def hear(self, seconds: float = 15.0) -> bytes:
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            try:
                return os.read(self.master, 1000)
            except OSError:  # nothing yet, or nobody has the slave open yet
                await asyncio.sleep(0.005)
        return b""


@pytest.fixture
def receiver(tmp_path: Path) -> Iterator[Receiver]:
    made = Receiver(tmp_path / "receiver")
    yield made
    if made.name.is_symlink():
        made.unplug()


def cable(receiver: Receiver, **more: object) -> LineSettings:
    return line("serial", protocol="surgard", device=str(receiver.name), **more)


def press(account: str = "1001") -> bytes:
    return surgard.write_contact_id(account, "101")


@asynchronous
async def test_a_press_through_a_receiver_is_acknowledged_with_one_byte_once_it_is_kept(receiver: Receiver) -> None:
    door = MemoryDoor()
    door.working.clear()
    settings = cable(receiver, baud=19200, bytesize=7, parity="even")
    async with opened(door, settings) as lines:
        await until(lambda: lines.states()["a"] == "up")
        receiver.send(press())
        assert await receiver.hear(0.3) == b""
        door.working.set()
        assert await receiver.hear() == ACK
        assert [m.account for m in door.messages] == ["1001"]
        assert door.kept[0].peer == str(receiver.name)


@asynchronous
async def test_a_heartbeat_is_answered_at_once_and_rubbish_with_nak(receiver: Receiver) -> None:
    door = MemoryDoor()
    async with opened(door, cable(receiver)) as lines:
        await until(lambda: lines.states()["a"] == "up")
        receiver.send(surgard.write_heartbeat())
        assert await receiver.hear() == ACK
        assert door.lives == [("a", "")]
        receiver.send(b"rubbish\x14")
        assert await receiver.hear() == NAK
        await until(lambda: door.garbled)


@asynchronous
async def test_a_port_that_goes_away_is_said_to_be_down_and_is_used_again_when_it_comes_back(
    receiver: Receiver,
) -> None:
    door = MemoryDoor()
    async with opened(door, cable(receiver)) as lines:
        await until(lambda: lines.states()["a"] == "up")
        receiver.send(press("1001"))
        assert await receiver.hear() == ACK
        receiver.send(press("1002")[:9])  # cut off by the plug being pulled
        carrier: Any = lines._carriers["a"]
        await until(lambda: carrier._current._noise)  # heard, and no frame yet
        receiver.unplug()
        await until(lambda: lines.states()["a"] == "down")
        await until(lambda: door.garbled)
        receiver.plug_in()
        await until(lambda: lines.states()["a"] == "up")
        receiver.send(press("1002"))
        assert await receiver.hear() == ACK
        assert [m.account for m in door.messages] == ["1001", "1002"]


@asynchronous
async def test_a_port_that_is_not_there_yet_leaves_the_line_down_with_the_reason(receiver: Receiver) -> None:
    receiver.unplug()
    door = MemoryDoor()
    async with opened(door, cable(receiver)) as lines:
        await until(lambda: door.states)
        assert door.states[0][1] == "down"
        assert str(receiver.name) in door.states[0][2]
        receiver.plug_in()
        await until(lambda: lines.states()["a"] == "up")


@asynchronous
async def test_silence_of_the_receiver_is_noticed_although_the_port_is_open(receiver: Receiver) -> None:
    door = MemoryDoor()
    async with opened(door, cable(receiver, silent_seconds=0.2)) as lines:
        await until(lambda: lines.states()["a"] == "silent")
        receiver.send(surgard.write_heartbeat())
        await until(lambda: [state for _, state, _ in door.states][:3] == ["up", "silent", "up"])


@asynchronous
async def test_without_a_word_in_the_settings_a_receivers_silence_is_a_fault_within_a_minute(
    receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    door, minute = MemoryDoor(), 60.0
    monkeypatch.setattr(SurGard, "heartbeat_seconds", 30.0 / minute)  # the minute lasts a second
    monkeypatch.setattr(line_module, "MARGIN_SECONDS", 5.0 / minute)
    async with opened(door, cable(receiver), line(name="b", protocol="surgard")) as lines:
        await until(lambda: lines.states()["a"] == "up")
        sent = time.monotonic()
        receiver.send(surgard.write_heartbeat())
        await until(lambda: door.lives)
        await until(lambda: lines.states()["a"] == "silent")
        assert 50 / minute < time.monotonic() - sent < 10  # of the real minute: ``test_how_long_a_line_may_be_silent``
        assert lines.states()["b"] == "up", "on TCP nothing is taken for granted"
        assert "no good frame for" in door.states[-1][2]
        receiver.send(surgard.write_heartbeat())
        await until(lambda: lines.states()["a"] == "up")


def test_how_long_a_line_may_be_silent() -> None:
    async def seconds(settings: LineSettings) -> float:
        async with opened(MemoryDoor(), settings) as lines:
            return lines._carriers["a"].line.silent_seconds

    cable = {"protocol": "surgard", "device": "/dev/none"}
    assert asyncio.run(seconds(line("serial", **cable))) == 55
    assert asyncio.run(seconds(line("serial", **cable, silent_seconds=0))) == 0
    assert asyncio.run(seconds(line("serial", **cable, silent_seconds=200))) == 200
    assert asyncio.run(seconds(line("serial", protocol="dc09", device="/dev/none"))) == 0
    assert asyncio.run(seconds(line(protocol="surgard"))) == 0


@asynchronous
async def test_garbage_says_what_is_likely_wrong_with_the_line_until_a_good_frame_comes(receiver: Receiver) -> None:
    door = MemoryDoor()
    async with opened(door, cable(receiver)) as lines:
        await until(lambda: lines.states()["a"] == "up")
        too_fast = bytes.fromhex("80f818f8e0781e8600f8f81ee6987e60") * 5
        receiver.send(too_fast)
        await until(lambda: "without a good frame" in door.states[-1][2])
        assert "80 bytes" in door.states[-1][2]
        assert "too fast" in door.states[-1][2], door.states[-1][2]
        receiver.send(b"\x14" + press())
        await until(lambda: "without a good frame" not in door.states[-1][2])
        assert lines.states()["a"] == "up"
        receiver.send(press() * 6)  # many bytes, all of them good
        await until(lambda: len(door.messages) == 7)
        assert "without a good frame" not in door.states[-1][2]


@asynchronous
async def test_a_name_that_stands_for_another_port_now_is_followed_although_the_old_port_still_works(
    receiver: Receiver,
) -> None:
    door = MemoryDoor()
    async with opened(door, cable(receiver)) as lines:
        await until(lambda: lines.states()["a"] == "up")
        old, held = receiver.master, os.open(receiver.name, os.O_RDWR | os.O_NOCTTY)  # so that it does not hang up
        receiver.name.unlink()
        receiver.plug_in()
        await until(lambda: any("another port" in detail for _, _, detail in door.states))
        await until(lambda: lines.states()["a"] == "up")
        receiver.send(press("1002"))
        assert await receiver.hear() == ACK
        os.close(held)
        os.close(old)


@asynchronous
async def test_modem_lines_and_flow_control_are_set_as_the_settings_have_them(
    receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A pty has no modem lines, so DTR and RTS are seen only as far as what is asked of the driver."""
    asked: list[tuple[str, bool]] = []
    monkeypatch.setattr(serial.Serial, "_update_dtr_state", lambda s: asked.append(("dtr", s.dtr)))
    monkeypatch.setattr(serial.Serial, "_update_rts_state", lambda s: asked.append(("rts", s.rts)))
    for more, wanted, hardware in (
        ({}, [("dtr", True), ("rts", True)], False),
        ({"dtr": False, "rts": False}, [("dtr", False), ("rts", False)], False),
        ({"rtscts": True, "dtr": True}, [("dtr", True)], True),  # RTS is the driver's then
    ):
        asked.clear()
        async with opened(MemoryDoor(), cable(receiver, **more)) as lines:
            await until(lambda: lines.states()["a"] == "up")
            assert asked == wanted
            slave = os.open(receiver.name, os.O_RDWR | os.O_NOCTTY)
            assert bool(termios.tcgetattr(slave)[2] & termios.CRTSCTS) == hardware
            os.close(slave)
            receiver.send(press())
            assert await receiver.hear() == ACK
    with pytest.raises(ValidationError, match="moves RTS by itself"):
        cable(receiver, rtscts=True, rts=True)


@asynchronous
async def test_an_acknowledgement_that_comes_too_late_is_not_sent_for_it_would_answer_the_next_frame(
    receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(conversation, "PATIENCE_SECONDS", 2.0)
    door = MemoryDoor()
    door.working.clear()
    async with opened(door, cable(receiver)) as lines:
        await until(lambda: lines.states()["a"] == "up")
        receiver.send(press())
        await until(lambda: door._waiting)
        await asyncio.sleep(2.2)
        receiver.send(press())  # the receiver repeats
        await until(lambda: len(door._waiting) == 2)
        door.working.set()
        assert await receiver.hear() == ACK
        assert await receiver.hear(0.2) == b""
        assert len(door.messages) == 2


@asynchronous
async def test_after_a_frame_that_was_not_kept_the_one_behind_it_is_not_answered_either(receiver: Receiver) -> None:
    door = MemoryDoor(verdict=False)
    door.working.clear()
    async with opened(door, cable(receiver)) as lines:
        await until(lambda: lines.states()["a"] == "up")
        receiver.send(press("1001") + press("1002"))
        await until(lambda: len(door._waiting) == 2)
        door.working.set()
        assert await receiver.hear(0.3) == b""


@asynchronous
async def test_a_port_opened_while_a_thousand_connections_are_open_works_like_any_other(receiver: Receiver) -> None:
    allow_open_files(2000)
    others = [os.dup(receiver.master) for _ in range(1100)]
    door = MemoryDoor()
    try:
        async with opened(door, cable(receiver)) as lines:
            await until(lambda: lines.states()["a"] == "up")
            receiver.send(press())
            assert await receiver.hear() == ACK
    finally:
        for other in others:
            os.close(other)


@asynchronous
async def test_a_port_that_blocks_does_not_block_the_other_lines(receiver: Receiver) -> None:
    door = MemoryDoor()
    async with opened(door, cable(receiver), line(name="b")) as lines:
        await until(lambda: lines.states()["a"] == "up")
        beats = surgard.write_heartbeat() * 20
        for _ in range(500):  # 10,000 heartbeats whose answers nobody reads
            try:
                receiver.send(beats)
            except BlockingIOError:
                await asyncio.sleep(0.002)
        started = time.monotonic()
        reader, writer = await asyncio.open_connection("127.0.0.1", lines.port("b"))
        writer.write(b"GET /\r")
        writer.write_eof()
        await reader.read()
        assert time.monotonic() - started < 15
        writer.close()
