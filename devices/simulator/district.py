"""The pretend district: which home speaks which protocol over which line, and the whole of it played in real time."""

import asyncio
import contextlib
import signal
from collections.abc import Callable, Coroutine, Iterable, Sequence
from dataclasses import dataclass, field
from itertools import takewhile
from random import Random, SystemRandom
from typing import Any

from devices.lines.entrance import allow_open_files
from devices.settings import LineSettings
from devices.signal import Keys, no_keys
from devices.simulator.dialler import Cable, Patience
from devices.simulator.receiver import PtyCable, Receiver, SocketCable
from devices.simulator.tally import Tally
from devices.simulator.unit import TcpCable, UdpCable, Unit
from devices.simulator.workload import Happening, day, storm

RECEIVER_HEARTBEAT_SECONDS = 30.0  # Sur-Gard's own default
IN_A_HURRY_SECONDS = 1.0  # what is on its way still gets this long when the simulation is stopped
Units = Sequence[tuple[str, str]]  # (account, protocol)


@dataclass(frozen=True)
class Manner:
    """How the district behaves. ``seconds`` None goes on until stopped; ``heartbeat_seconds`` 0 is without any."""

    seed: int = 1
    speed: float = 1.0
    seconds: float | None = None
    storm: bool = False
    heartbeat_seconds: float = 60.0
    first_press_seconds: float | None = 5.0
    start_hour: float = 9.0
    patience: Patience = field(default_factory=Patience)
    grace_seconds: float = 10.0  # after the end, for acknowledgements still to come


def units_for(lines: Sequence[LineSettings], homes: int = 900, first_account: int = 1001) -> list[tuple[str, str]]:
    """Accounts in a row. Of twenty homes three ring a Sur-Gard receiver, where there is a line for one."""
    spoken = {line.protocol for line in lines}
    pattern = ["dc09"] * 17 + ["surgard"] * 3
    able = [protocol for protocol in pattern if protocol in spoken]
    if not able:
        raise ValueError("no line speaks dc09 or surgard: add one to [[lines]] for the pretend homes")
    return [(str(first_account + n), able[n * 7 % len(able)]) for n in range(homes)]


class District:
    def __init__(self, units: Units, lines: Sequence[LineSettings], manner: Manner, keys: Keys = no_keys):
        self.manner, self._keys = manner, keys
        self.tally = Tally(units=len(units))
        self._lines = lines
        self._sequences = SystemRandom()  # another run soon after must not look like retransmissions of this one
        self._spoken = dict(units)
        self._order = {account: number for number, (account, _) in enumerate(units)}
        self._units: dict[str, Unit] = {}
        self._receiver: Receiver | None = None
        self._tasks: set[asyncio.Task[Any]] = set()

    async def play(self, stop: asyncio.Event | None = None) -> Tally:
        """The whole of it; returns what came of it, also when ``stop`` is set before the end."""
        stop = stop or asyncio.Event()
        allow_open_files(2 * len(self._spoken))
        clock = asyncio.get_running_loop().time
        started = clock()
        for protocol in sorted(set(self._spoken.values())):
            self._lines_for(protocol)  # a missing line is said before anything is sent
        try:
            if "surgard" in self._spoken.values():
                self._the_receiver()  # the gateway may need a moment to find its port
            if self.manner.storm:
                self._start(self._say(h, own_connection=True) for h in storm(list(self._spoken), self.manner.seed))
            else:
                await self._live_a_day(stop)
            await self._settle(stop)
        finally:
            self.tally.seconds = clock() - started
            self._hang_up()
        return self.tally

    async def _live_a_day(self, stop: asyncio.Event) -> None:
        manner, clock = self.manner, asyncio.get_running_loop().time
        started = clock()
        beats = self._beats()
        happenings: Iterable[Happening] = day(
            list(self._spoken), manner.seed, manner.speed, manner.start_hour, manner.first_press_seconds
        )
        if manner.seconds is not None:
            end = manner.seconds
            happenings = takewhile(lambda h: h.at < end, happenings)
        for happening in happenings:
            if await _stopped(stop, started + happening.at - clock()):
                break
            self._start([self._say(happening)])
        if manner.seconds is not None:
            await _stopped(stop, started + manner.seconds - clock())
        for beat in beats:
            beat.cancel()

    async def _say(self, happening: Happening, own_connection: bool = False) -> None:
        self.tally.begin(happening)
        after = None
        try:
            if self._spoken[happening.account] == "surgard":
                after = await self._the_receiver().report(happening)
            elif own_connection:
                unit = self._make_unit(happening.account)
                after = await unit.report(happening)
                unit.close()
            else:
                after = await self._unit(happening.account).report(happening)
        finally:  # also when the simulation is stopped meanwhile
            self.tally.end(happening, after)

    # --- heartbeats -------------------------------------------------------------------------------------------

    def _beats(self) -> list[asyncio.Task[None]]:
        every, random = self.manner.heartbeat_seconds, Random(self.manner.seed)
        if not every:
            return []
        units = [account for account, protocol in self._spoken.items() if protocol != "surgard"]
        beats = [self._beat(self._unit(account).beat, every, random.uniform(0, every)) for account in units]
        if "surgard" in self._spoken.values():
            often = min(every, RECEIVER_HEARTBEAT_SECONDS)
            beats.append(self._beat(self._the_receiver().beat, often, random.uniform(0, min(often, 1.0))))
        return self._start(beats)

    async def _beat(self, beat: Callable[[], Coroutine[Any, Any, bool]], every: float, offset: float) -> None:
        await asyncio.sleep(offset)
        while True:
            self.tally.heartbeats += 1
            self.tally.heartbeats_missed += not await beat()
            await asyncio.sleep(every)

    # --- who speaks over what ---------------------------------------------------------------------------------

    def _lines_for(self, protocol: str) -> list[LineSettings]:
        found = [line for line in self._lines if line.protocol == protocol]
        if not found:
            raise ValueError(f"some homes speak {protocol} but no line does: add one to [[lines]]")
        return found

    def _unit(self, account: str) -> Unit:
        if account not in self._units:
            self._units[account] = self._make_unit(account)
        return self._units[account]

    def _make_unit(self, account: str) -> Unit:
        """Two of three speak over TCP where both are to be had; every fourth that has a key uses it."""
        number = self._order[account]
        lines = sorted(self._lines_for("dc09"), key=lambda line: line.transport)
        lines = [line for line in lines if line.transport == "tcp"] * 2 + [x for x in lines if x.transport == "udp"]
        line = lines[number % len(lines)]
        key = self._keys(line.prefix + account) or (line.key if number % 4 == 0 else None)
        cable: Cable = (TcpCable if line.transport == "tcp" else UdpCable)(_reachable(line.host), line.port or 0)
        sequence = self._sequences.randint(1, 9999)
        return Unit(account, cable, self.manner.patience, self.tally, sequence, key, sia=number % 3 == 1)

    def _the_receiver(self) -> Receiver:
        if not self._receiver:
            line = self._lines_for("surgard")[0]
            serial = line.transport == "serial"
            cable = PtyCable(line.device) if serial else SocketCable(_reachable(line.host), line.port or 0)
            self._receiver = Receiver(cable, self.manner.patience, self.tally)
        return self._receiver

    # --- tasks ------------------------------------------------------------------------------------------------

    def _start(self, stories: Iterable[Coroutine[Any, Any, None]]) -> list[asyncio.Task[None]]:
        started = [asyncio.create_task(story) for story in stories]
        self._tasks.update(started)
        for task in started:
            task.add_done_callback(self._tasks.discard)
        return started

    async def _settle(self, stop: asyncio.Event) -> None:
        """Wait for what is still on its way. A storm gets all its attempts, a day some grace after its end."""
        patience, seconds = self.manner.patience, self.manner.grace_seconds
        if self.manner.storm:
            seconds += patience.retry * patience.attempts
        all_said: asyncio.Future[Any] = asyncio.gather(*self._tasks, return_exceptions=True)
        if not stop.is_set():
            stopping: asyncio.Future[Any] = asyncio.ensure_future(stop.wait())
            await asyncio.wait({all_said, stopping}, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
            stopping.cancel()
        late = list(self._tasks)
        if stop.is_set() and late:
            await asyncio.wait(late, timeout=min(IN_A_HURRY_SECONDS, seconds))
        for task in late:
            task.cancel()
        await asyncio.gather(*late, return_exceptions=True)

    def _hang_up(self) -> None:
        for unit in self._units.values():
            unit.close()
        if self._receiver:
            self._receiver.unplug()


def simulate(
    units: Units, lines: Sequence[LineSettings], *, seed: int = 1, speed: float = 1.0, seconds: float | None = None,
    storm: bool = False, keys: Keys = no_keys, heartbeat_seconds: float = 60.0,
    first_press_seconds: float | None = 5.0, start_hour: float = 9.0,
) -> Tally:  # fmt: skip
    """Play the district in this process until its end, Ctrl-C or SIGTERM. ``str()`` of the result is the summary."""
    manner = Manner(seed, speed, seconds, storm, heartbeat_seconds, first_press_seconds, start_hour)

    async def played() -> Tally:
        stop = asyncio.Event()
        with contextlib.suppress(ValueError, RuntimeError):  # not the main thread: then nobody interrupts it
            for number in (signal.SIGINT, signal.SIGTERM):
                asyncio.get_running_loop().add_signal_handler(number, stop.set)
        return await District(units, lines, manner, keys).play(stop)

    return asyncio.run(played())


async def _stopped(stop: asyncio.Event, seconds: float) -> bool:
    """Sleep, unless told to stop."""
    with contextlib.suppress(TimeoutError):
        await asyncio.wait_for(stop.wait(), max(0.0, seconds))
    return stop.is_set()


def _reachable(host: str) -> str:
    return {"0.0.0.0": "127.0.0.1", "": "127.0.0.1", "::": "::1"}.get(host, host)
