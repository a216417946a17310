"""The pretend district against real lines: everything acknowledged or named, the same seed the same day."""

import asyncio
import itertools
import tempfile
from collections import Counter
from collections.abc import Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from devices.codecs import contact_id, sia_codes
from devices.settings import LineSettings
from devices.signal import Kind
from devices.simulator import District, Manner, Patience, Tally, units_for, wording, workload
from devices.simulator.workload import Pace
from tests.devices.memory_door import MemoryDoor, asynchronous, line, opened, until

KEY = bytes(range(16))
QUICK = Patience(retry=3.0, attempts=10)  # opening a port drops what it held, so the first frame may need repeating
ACCOUNTS = [str(n) for n in range(1001, 1901)]


@pytest.fixture
def device() -> Iterator[str]:
    with tempfile.TemporaryDirectory() as folder:
        yield str(Path(folder) / "receiver")


@asynccontextmanager
async def a_centre(door: MemoryDoor, device: str):  # type: ignore[no-untyped-def]
    """Lines of every kind, and their settings as the simulator needs them: with the ports that were given."""
    made = (
        line(name="tcp", key=KEY),
        line("udp", name="udp", key=KEY),
        line("serial", name="receiver", protocol="surgard", device=device),
    )
    async with opened(door, *made) as lines:
        yield [s if s.device else s.model_copy(update={"port": lines.port(s.name)}) for s in made]


async def play(lines: list[LineSettings], homes: int, **manner: object) -> Tally:
    return (await District(units_for(lines, homes), lines, Manner(**manner)).play()).tally  # type: ignore[arg-type]


@asynchronous
async def test_in_a_storm_all_920_frames_are_acknowledged_and_20_of_them_are_people(device: str) -> None:
    door = MemoryDoor(commit_seconds=0.002)
    async with a_centre(door, device) as lines:
        tally = await play(lines, 900, storm=True, patience=QUICK)
        print(tally)
        assert (tally.sent, tally.acknowledged, tally.human, tally.technical) == (920, 920, 20, 900)
        assert tally.lost == []
        heard = Counter(signal.kind for message in door.messages for signal in message.signals)
        assert heard[Kind.MAINS_LOST] >= 900
        assert heard[Kind.SOS] + heard[Kind.FALL] >= 20
        by_line = Counter(kept.line for kept in door.kept)
        assert set(by_line) == {"tcp", "udp", "receiver"}
        assert any(message.encrypted for message in door.messages)


@asynchronous
async def test_a_fast_day_over_tcp_udp_and_a_pty_is_acknowledged_whole_with_its_heartbeats(device: str) -> None:
    door = MemoryDoor()
    async with a_centre(door, device) as lines:
        tally = await play(
            lines, 200, speed=400_000, seconds=2, heartbeat_seconds=1, first_press_seconds=0.1, patience=QUICK
        )
        print(tally)
        assert tally.sent == tally.acknowledged > 50
        assert tally.heartbeats > 200
        assert tally.heartbeats_missed == 0
        assert {account for _, account in door.lives} >= {"", "1001"}
        assert tally.human > tally.technical / 4
        assert not door.garbled


@asynchronous
async def test_a_unit_repeats_the_same_frame_until_it_is_acknowledged(device: str) -> None:
    door = MemoryDoor(verdict=False)
    async with a_centre(door, device) as lines:
        patience = Patience(retry=0.2, attempts=20)
        playing = asyncio.create_task(
            play(lines, 20, seconds=0.1, first_press_seconds=0.0, heartbeat_seconds=0, patience=patience)
        )
        await until(lambda: door.count >= 2)
        door.verdict = True
        tally = await playing
        assert tally.acknowledged == tally.sent == 1
        assert tally.retransmitted >= 1


@asynchronous
async def test_what_is_never_acknowledged_is_named(device: str) -> None:
    lines = [line(name="nobody", port=1)]  # nobody listens there
    tally = await play(lines, 3, storm=True, patience=Patience(retry=0.05, attempts=2), grace_seconds=1)
    assert tally.acknowledged == 0
    assert Counter(tally.lost) == Counter({(str(n), k): 1 for n in (1001, 1002, 1003) for k in kinds_of(tally, n)})
    assert "not acknowledged: 100" in str(tally)


def kinds_of(tally: Tally, account: int) -> list[str]:
    return [kind for lost, kind in tally.lost if lost == str(account)]


def test_the_same_seed_plays_the_same_day_and_another_seed_another() -> None:
    def hundred(seed: int) -> list[workload.Happening]:
        return list(itertools.islice(workload.day(ACCOUNTS, seed, Pace(10.0)), 100))

    assert hundred(1) == hundred(1) != hundred(2)
    assert [h.at for h in hundred(1)] == sorted(h.at for h in hundred(1))
    assert hundred(1)[0].kind is Kind.SOS
    assert hundred(1)[0].at == 5.0
    assert workload.storm(ACCOUNTS, 1) == workload.storm(ACCOUNTS, 1) != workload.storm(ACCOUNTS, 2)


def test_a_month_has_the_calls_the_hours_and_the_repeats_that_were_published() -> None:
    month = workload.day(ACCOUNTS, 7, Pace(), start_hour=0.0, first_press=None)
    happened = list(itertools.takewhile(lambda h: h.at < workload.MONTH_SECONDS, month))
    happened = [h for h in happened if isinstance(h.kind, Kind)]
    calls = [h for h in happened if h.kind is not Kind.TEST and not h.restore]
    assert 900 < len(calls) < 1150  # 900 calls, and one in six repeated
    in_the_morning = sum(6 <= h.at / 3600 % 24 < 12 for h in calls) / len(calls)
    assert 0.30 < in_the_morning < 0.40
    human = sum(h.human for h in calls) / len(calls)
    assert 0.90 < human < 0.96


def test_a_unit_says_what_it_means_in_both_event_languages() -> None:
    for kind, event in wording.CONTACT_ID.items():
        assert contact_id.KIND[event] is kind
    for kind, (new, restored) in wording.SIA.items():
        assert sia_codes.MEANING[new] == (kind, False)
        assert sia_codes.MEANING[restored] == (kind, kind is not Kind.TEST)


def test_homes_speak_only_what_a_line_speaks() -> None:
    dc09, receiver = line(), line("serial", name="r", protocol="surgard", device="/nowhere/receiver")
    assert Counter(protocol for _, protocol in units_for([dc09, receiver])) == {"dc09": 765, "surgard": 135}
    assert {protocol for _, protocol in units_for([dc09])} == {"dc09"}
    with pytest.raises(ValueError, match="add one to"):
        units_for([])


@asynchronous
async def test_a_real_port_is_never_pretended_upon(tmp_path: Path) -> None:
    (tmp_path / "ttyS0").write_text("a real device")
    lines = [line("serial", name="r", protocol="surgard", device=str(tmp_path / "ttyS0"))]
    with pytest.raises(ValueError, match="no pretend port"):
        await play(lines, 1, seconds=0.1)
    assert (tmp_path / "ttyS0").read_text() == "a real device"


@asynchronous
async def test_a_simulation_that_is_stopped_says_so_soon_and_counts_what_was_under_way_as_lost() -> None:
    for manner in (Manner(storm=True), Manner(first_press_seconds=0.0, heartbeat_seconds=0)):
        lines, stop = [line(name="nobody", port=1)], asyncio.Event()
        district = District(units_for(lines, 3), lines, manner)
        playing = asyncio.create_task(district.play(stop))
        await until(lambda: district._tasks)  # noqa: B023
        stop.set()
        tally = (await asyncio.wait_for(playing, 15)).tally
        assert tally.sent == len(tally.lost) > 0
