"""The recorder: everything heard and said is in the file, and a disk that fails never slows or stops the line."""

import asyncio
import json
import os
import socket
import stat
import threading
import time
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from devices.lines import capture, recorded
from devices.replay import BadCapture, read
from tests.devices.memory_door import MemoryDoor, asynchronous, line, link_test, opened, press, sequence_of, until


def records(path: Path) -> list[dict[str, Any]]:
    return [json.loads(one) for one in path.read_text().splitlines() if one]


async def talk(port: int, *frames: bytes) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    for frame in frames:
        writer.write(frame)
        await sequence_of(reader)
    writer.close()


@asynchronous
async def test_what_is_heard_and_said_is_recorded_with_times_and_connection_numbers(tmp_path: Path) -> None:
    file, ticks = tmp_path / "a.capture", count()

    def clock() -> datetime:
        """A millisecond later each time it is asked: on a quick machine both talks begin within one."""
        return datetime(2026, 1, 1, tzinfo=UTC) + timedelta(milliseconds=next(ticks))

    async with opened(MemoryDoor(), line(capture=str(file)), clock=clock) as lines:
        await talk(lines.port("a"), press(1), link_test(2))
        await talk(lines.port("a"), press(3, "1002"))
    head, *rest = records(file)
    assert head == {"capture": 1, "line": "a", "protocol": "dc09", "transport": "tcp"}
    assert [next(k for k in r if k not in ("at", "conn")) for r in rest if r["conn"] == 1] == [
        "open", "in", "out", "in", "out", "end",
    ]  # fmt: skip
    assert {r["conn"] for r in rest} == {1, 2}
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    first, second = read([file])[0]
    assert first.all("in") == press(1) + link_test(2)
    assert second.all("in") == press(3, "1002")
    assert second.all("out").startswith(b"\n")
    times = [step.at for one in (first, second) for step in one.steps]
    assert times == sorted(set(times)), "each has its own time, in the order in which it was heard or said"


@asynchronous
async def test_datagrams_are_recorded_each_as_a_connection_of_its_own(tmp_path: Path) -> None:
    file = tmp_path / "a.capture"
    door = MemoryDoor()
    async with opened(door, line("udp", capture=str(file))) as lines:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as unit:
            for n in (1, 2):
                unit.sendto(press(n), ("127.0.0.1", lines.port("a")))
        await until(lambda: len(door.messages) == 2)
        await until(lambda: lines.figures()["a"]["replies"] == 2)
    talks, lost = read([file])
    assert [t.all("in") for t in talks] == [press(1), press(2)]
    assert all(t.all("out") and t.transport == "udp" for t in talks)
    assert lost == 0


@asynchronous
async def test_a_full_disk_loses_the_capture_says_so_and_the_line_goes_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(capture, "RETRY_SECONDS", 0.05)
    file, door = tmp_path / "a.capture", MemoryDoor()
    write = os.write

    def full(fd: int, data: bytes) -> int:
        """The first bytes still fit, as they do on a real disk."""
        if Path(f"/proc/self/fd/{fd}").readlink() != file:
            return write(fd, data)
        if len(data) > 100:
            return write(fd, data[:20])
        raise OSError(28, "No space left on device")

    async with opened(door, line(capture=str(file))) as lines:
        await talk(lines.port("a"), press(1))
        monkeypatch.setattr(os, "write", full)
        await talk(lines.port("a"), press(2))
        await until(lambda: "No space left" in door.states[-1][2])
        await talk(lines.port("a"), press(3))
        monkeypatch.setattr(os, "write", write)
        await until(lambda: "No space left" not in door.states[-1][2])
        await talk(lines.port("a"), press(4))
        assert {state for _, state, _ in door.states} == {"up"}
        assert [m.sequence for m in door.messages] == ["0001", "0002", "0003", "0004"]
    talks, lost = read([file])
    assert lost > 0
    assert {press(1), press(4)} <= {t.all("in") for t in talks}


@asynchronous
async def test_a_folder_that_is_not_there_stops_no_line(tmp_path: Path) -> None:
    door = MemoryDoor()
    async with opened(door, line(capture=str(tmp_path / "nowhere" / "a.capture"))) as lines:
        await talk(lines.port("a"), press(1))
        await until(lambda: "cannot be written: No such file" in door.states[-1][2])


@asynchronous
async def test_a_disk_that_hangs_holds_up_nobody_and_what_does_not_fit_is_counted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(capture, "WAITING", 10)
    file, hanging, go_on = tmp_path / "a.capture", threading.Event(), threading.Event()
    write = capture.Capture._write

    def hang(made: capture.Capture, record: Any) -> None:
        hanging.set()
        go_on.wait(60)
        write(made, record)

    monkeypatch.setattr(capture.Capture, "_write", hang)
    async with opened(MemoryDoor(), line(capture=str(file))) as lines:
        started = time.monotonic()
        await talk(lines.port("a"), *[press(n) for n in range(1, 101)])
        assert time.monotonic() - started < 30
        assert hanging.is_set()
        made = lines._carriers["a"].line.capture
        assert made
        assert made.lost > 100
        go_on.set()
    assert read([file])[1] > 100, "the file says how many are missing"


@asynchronous
async def test_a_file_that_is_full_is_put_aside_and_so_many_are_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(capture, "MOST_BYTES", 4000)
    monkeypatch.setattr(capture, "KEPT", 3)
    file = tmp_path / "a.capture"
    async with opened(MemoryDoor(), line(capture=str(file))) as lines:
        await talk(lines.port("a"), *[press(n) for n in range(1, 201)])
    assert sorted(f.name for f in tmp_path.iterdir()) == ["a.capture", *[f"a.capture.{n}" for n in (1, 2, 3)]]
    assert all(f.stat().st_size < 4400 for f in tmp_path.iterdir())
    (whole,), _ = read(sorted(tmp_path.iterdir()))  # one connection over all files, its beginning rotated away
    assert whole.all("in").endswith(press(200))
    assert whole.all("in").count(b"\r") == len(whole.all("in")) // len(press(1))


def test_what_is_no_capture_is_said(tmp_path: Path) -> None:
    (tmp_path / "x").write_text("hello\n")
    with pytest.raises(BadCapture, match="x is no capture"):
        read([tmp_path / "x"])


def test_a_folder_for_all_lines_leaves_those_alone_that_have_a_file(tmp_path: Path) -> None:
    lines = line(), line(name="b", capture="/elsewhere/b")
    assert recorded(lines, None) == lines
    made = recorded(lines, tmp_path / "new")
    assert [one.capture for one in made] == [str(tmp_path / "new" / "a.capture"), "/elsewhere/b"]
    assert stat.S_IMODE((tmp_path / "new").stat().st_mode) == 0o700
