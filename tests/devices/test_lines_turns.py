"""Who is heard when: quiet peers at once, talkative ones in turn, floods with little, and rude hosts on the porch."""

import asyncio
import contextlib
import resource
import socket
import time

import pytest
from structlog.testing import capture_logs

from devices.lines import entrance, tcp, turns
from devices.lines.turns import Turns
from tests.devices.memory_door import MemoryDoor, asynchronous, line, link_test, opened, press, sequence_of, until


class Talker:
    """Says ``pieces`` things, one a turn; ``rude`` ones flood."""

    queued = False
    turn_at = float("-inf")

    def __init__(self, among: Turns, pieces: int, rude: bool = False, to_door: bool = False):
        self.among, self.left, self.rude, self.to_door = among, pieces, rude, to_door
        self.turns = 0

    def turn(self) -> bool:
        self.left -= 1
        self.turns += 1
        if self.to_door:
            self.among.to_door()
        return self.left > 0

    def floods(self, now: float) -> bool:
        return self.rude


@asynchronous
async def test_a_quiet_peer_is_heard_at_once_and_a_flood_only_after_a_rest() -> None:
    among = Turns(asyncio.get_running_loop())
    flood, quiet = Talker(among, 50, rude=True), Talker(among, 1)
    among.ask(flood)
    among.ask(quiet)
    assert (flood.turns, quiet.turns) == (0, 1)
    await asyncio.sleep(5 * turns.REST_SECONDS)
    assert flood.turns > 0


@asynchronous
async def test_a_flood_has_few_frames_at_the_door_and_others_have_theirs_beside_them() -> None:
    among = Turns(asyncio.get_running_loop())
    flood, busy = Talker(among, 50, rude=True, to_door=True), Talker(among, 50, to_door=True)
    busy.turn_at = asyncio.get_running_loop().time()
    among.ask(flood)
    among.ask(busy)
    await until(lambda: flood.turns and busy.turns == 50)
    await asyncio.sleep(10 * turns.REST_SECONDS)
    assert (flood.turns, busy.turns) == (turns.FLOOD_CROWD, 50)
    among.from_door(flood=True)
    await until(lambda: flood.turns > turns.FLOOD_CROWD)
    await asyncio.sleep(10 * turns.REST_SECONDS)
    assert flood.turns == turns.FLOOD_CROWD + 1


@asynchronous
async def test_the_connections_of_a_scanning_host_wait_on_the_porch_and_more_than_it_holds_are_closed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(entrance, "PORCH", 5)
    door = MemoryDoor()
    async with opened(door, line()) as lines:
        port = lines.port("a")
        for _ in range(20):
            socket.create_connection(("127.0.0.1", port)).close()
        await until(lambda: lines.figures()["a"]["connections"] == 20)
        await until(lambda: not lines._carriers["a"].busy)  # they have left, without a word
        scans = [socket.create_connection(("127.0.0.1", port), source_address=("127.0.0.1", 0)) for _ in range(100)]
        await until(lambda: lines.figures()["a"]["crowded_out"])
        reader, writer = await asyncio.open_connection("127.0.0.1", port, local_addr=("127.0.0.2", 0))
        writer.write(press(1))
        assert await sequence_of(reader) == "0001", "another host is let in as ever"
        for scan in scans:
            scan.close()
        writer.close()


@asynchronous
async def test_a_unit_behind_a_rude_host_is_let_in_all_the_same() -> None:
    door = MemoryDoor()
    async with opened(door, line()) as lines:
        port = lines.port("a")
        for number in range(1, 20):
            socket.create_connection(("127.0.0.1", port)).close()
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            writer.write(press(number))
            assert await sequence_of(reader) == f"{number:04}"
            writer.close()


@asynchronous
async def test_whoever_has_been_silent_longest_is_closed_and_whoever_spoke_since_is_not() -> None:
    door = MemoryDoor()
    async with opened(door, line(idle_seconds=2.0)) as lines:
        talks = [await asyncio.open_connection("127.0.0.1", lines.port("a")) for _ in range(3)]
        for reader, writer in talks:
            writer.write(link_test(1))
            await sequence_of(reader)
        started = time.monotonic()
        while time.monotonic() - started < 4.0:
            talks[0][1].write(link_test(2))  # the one that was first to speak goes on
            await sequence_of(talks[0][0])
            await asyncio.sleep(0.1)
        assert [await asyncio.wait_for(reader.read(), 20) for reader, _ in talks[1:]] == [b"", b""]
        talks[0][1].write(link_test(3))
        assert await sequence_of(talks[0][0]) == "0003"
        assert lines.figures()["a"]["idle"] == 2
        for _, writer in talks:
            writer.close()


@asynchronous
async def test_an_open_connection_costs_little_memory_of_ours() -> None:
    """Resident memory is measured by ``make bench``; here only that no field has grown a dictionary or a big buffer."""
    door = MemoryDoor()
    async with opened(door, line()) as lines:
        reader, writer = await asyncio.open_connection("127.0.0.1", lines.port("a"))
        writer.write(link_test(1))
        await sequence_of(reader)
        carrier = lines._carriers["a"]
        assert isinstance(carrier, tcp.TcpLine)
        (peer,) = carrier.friends
        talk = peer.talk
        assert not hasattr(talk, "__dict__")
        own = sum(getattr(talk, name).__sizeof__() for name in ("_inbox", "_heard", "_answers", "_codec"))
        assert own < 500
        writer.close()


@asynchronous
async def test_when_files_are_short_all_lines_share_what_there_is_and_it_is_said(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    files = entrance.OTHER_FILES + 3
    monkeypatch.setattr(resource, "getrlimit", lambda _which: (files, files))
    with capture_logs() as said:
        async with opened(MemoryDoor(), line(), line(name="b")) as lines:
            talks = []
            for number, name in enumerate(("a", "b", "a", "b"), start=1):
                talks.append(await asyncio.open_connection("127.0.0.1", lines.port(name)))
                talks[-1][1].write(link_test(number))
                with contextlib.suppress(asyncio.IncompleteReadError, ConnectionError):
                    assert await sequence_of(talks[-1][0]) == f"{number:04}"
            assert [lines.figures()[name]["heartbeats"] for name in "ab"] == [2, 1], "the fourth finds no seat"
            talks[0][1].close()
            await until(lambda: lines._seats.free == 1)
            reader, writer = await asyncio.open_connection("127.0.0.1", lines.port("b"))
            writer.write(link_test(5))
            assert await sequence_of(reader) == "0005"
            for _, each in [*talks[1:], (reader, writer)]:
                each.close()
    assert any("LimitNOFILE" in one["event"] for one in said)


@asynchronous
async def test_a_burst_that_a_receiver_sends_without_waiting_is_kept_whole_and_in_order() -> None:
    door = MemoryDoor(commit_seconds=0.001)
    async with opened(door, line()) as lines:
        reader, writer = await asyncio.open_connection("127.0.0.1", lines.port("a"))
        writer.write(b"".join(press(n) for n in range(1, 201)))
        for n in range(1, 201):
            assert await sequence_of(reader) == f"{n:04}"
        with contextlib.suppress(OSError):
            writer.close()
        assert [m.sequence for m in door.messages] == [f"{n:04}" for n in range(1, 201)]
