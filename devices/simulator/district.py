"""The whole pretend district, played in real time: what happens reaches its home, and what a unit says its line."""

import asyncio
import contextlib
import signal
from collections.abc import Coroutine, Iterable, Sequence
from dataclasses import dataclass, field
from itertools import takewhile
from random import Random
from typing import Any

from devices.lines.entrance import allow_open_files
from devices.settings import LineSettings
from devices.signal import Keys, no_keys
from devices.simulator.dialler import Patience
from devices.simulator.home import Home
from devices.simulator.lookout import UNSEEN, Lookout, Outlook
from devices.simulator.tally import Tally
from devices.simulator.truth import Truth
from devices.simulator.wiring import Units, Wiring
from devices.simulator.workload import NETWORK, Change, Happening, Pace, day, storm

IN_A_HURRY_SECONDS = 1.0  # what is on its way still gets this long when the simulation is stopped
FASTEST_BEAT_SECONDS = 5.0  # real; heartbeats follow the speed only so far


@dataclass(frozen=True)
class Manner:
    """How the district behaves. ``seconds`` None goes on until stopped; ``heartbeat_seconds`` 0 is without any."""

    seed: int = 1
    speed: float = 1.0
    busy: float = 1.0
    seconds: float | None = None
    storm: bool = False
    heartbeat_seconds: float = 60.0
    first_press_seconds: float | None = 5.0
    start_hour: float = 9.0
    patience: Patience = field(default_factory=Patience)
    grace_seconds: float = 10.0  # after the end, for acknowledgements still to come


class District:
    def __init__(
        self, units: Units, lines: Sequence[LineSettings], manner: Manner, keys: Keys = no_keys,
        outlook: Outlook = UNSEEN,
    ):  # fmt: skip
        self.manner, self.tally = manner, Tally(units=len(units))
        self._wiring = Wiring(units, lines, manner.patience, self.tally, keys)
        self._homes = {account: Home() for account, _ in units}
        accounts = [self._wiring.registered(account) for account in self._homes]
        self._lookout = Lookout(outlook, accounts, manner.seed, manner.speed)
        self._tasks: set[asyncio.Task[Any]] = set()

    async def play(self, stop: asyncio.Event | None = None) -> Truth:
        """The whole of it; returns what came of it, also when ``stop`` is set before the end.

        Raises ``OSError`` or ``Refused`` when the centre cannot be watched although it should be.
        """
        stop = stop or asyncio.Event()
        allow_open_files(2 * len(self._homes))
        clock = asyncio.get_running_loop().time
        started = clock()
        try:
            self.tally.was_heard(await self._lookout.begin(), clock())
            self._wiring.open_receivers()
            if self.manner.storm:
                self._start(self._say(happening, own_connection=True) for happening in self._storm())
            else:
                await self._live_a_day(stop)
            await self._settle(stop)
            await self._lookout.finish(stop)
            self.tally.seconds = clock() - started
            return await self._lookout.truth(self.tally)
        finally:
            await self._lookout.leave()
            self._wiring.hang_up()

    def _storm(self) -> list[Happening]:
        happenings = storm(list(self._homes), self.manner.seed)
        worded = (self._wiring.speech(happening.account).worded(happening) for happening in happenings)
        return [happening for happening in worded if happening]

    # --- a day ------------------------------------------------------------------------------------------------

    async def _live_a_day(self, stop: asyncio.Event) -> None:
        manner, clock = self.manner, asyncio.get_running_loop().time
        started = clock()
        beats = self._beats()
        pace = Pace(manner.speed, manner.busy, watched=self._lookout.sees)
        happenings: Iterable[Happening] = day(
            list(self._homes), manner.seed, pace, manner.start_hour, manner.first_press_seconds
        )
        if manner.seconds is not None:
            end = manner.seconds
            happenings = takewhile(lambda h: h.at < end, happenings)
        for happening in happenings:
            if await _stopped(stop, started + happening.at - clock()):
                break
            self._happen(happening)
        if manner.seconds is not None:
            await _stopped(stop, started + manner.seconds - clock())
        for beat in beats:
            beat.cancel()

    def _happen(self, happening: Happening) -> None:
        """In order of time: what the home can do is as it was at that moment."""
        home, speech = self._homes[happening.account], self._wiring.speech(happening.account)
        if isinstance(happening.kind, Change):
            if not speech.worn or happening.kind in NETWORK:
                home.change(happening.kind)
            if home.offline and (unit := self._wiring.known(happening.account)):
                unit.hang_up()
        elif happening.unless and not self._lookout.alone(self._wiring.registered(happening.account), happening):
            self.tally.calmed += 1
        elif happening.human and home.deaf:
            self.tally.stayed += 1
        elif not home.dead and (worded := speech.worded(happening)):
            self._start([self._say(worded)])

    async def _say(self, happening: Happening, own_connection: bool = False) -> None:
        home, wiring = self._homes[happening.account], self._wiring
        account, shared = wiring.registered(happening.account), wiring.speech(happening.account).shared
        self._lookout.pressed(account, happening)
        own = own_connection and not shared
        unit = wiring.fresh_unit(happening.account) if own else wiring.unit(happening.account)
        after = None
        try:
            after = await unit.report(happening, home)
        finally:  # also when the simulation is stopped meanwhile
            if after is None and home.offline:
                self.tally.stayed += happening.human
            else:
                self.tally.end(happening, after)
        if own:
            unit.unplug()
        if after is not None and happening.human:
            self.tally.owe(account, happening, unit.speech.numbered, asyncio.get_running_loop().time())

    # --- heartbeats -------------------------------------------------------------------------------------------

    def _beats(self) -> list[asyncio.Task[None]]:
        usual, random = self.manner.heartbeat_seconds, Random(self.manner.seed)
        if not usual:
            return []
        usual = max(usual / self.manner.speed, min(usual, FASTEST_BEAT_SECONDS))
        beats = []
        for account in self._wiring.beating():
            speech = self._wiring.speech(account)
            every = min(usual, speech.beat or usual)
            offset = random.uniform(0, min(every, 1.0) if speech.shared else every)
            beats.append(self._beat(account, every, offset))
        return self._start(beats)

    async def _beat(self, account: str, every: float, offset: float) -> None:
        unit, home = self._wiring.unit(account), self._homes[account]
        shared = unit.speech.shared  # a receiver lives elsewhere
        await asyncio.sleep(offset)
        while True:
            if shared or not (home.dead or home.offline):
                outages = home.outages
                answered = await unit.beat() or (home.outages > outages and not shared)  # cut short is not unanswered
                self.tally.heartbeats += 1
                self.tally.heartbeats_missed += not answered
            await asyncio.sleep(every)

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


def simulate(
    units: Units, lines: Sequence[LineSettings], manner: Manner, *, keys: Keys = no_keys,
    outlook: Outlook = UNSEEN,
) -> Truth:  # fmt: skip
    """Play the district in this process until its end, Ctrl-C or SIGTERM. ``str()`` of the result is the summary."""

    async def played() -> Truth:
        stop = asyncio.Event()
        with contextlib.suppress(ValueError, RuntimeError):  # not the main thread: then nobody interrupts it
            for number in (signal.SIGINT, signal.SIGTERM):
                asyncio.get_running_loop().add_signal_handler(number, stop.set)
        return await District(units, lines, manner, keys, outlook).play(stop)

    return asyncio.run(played())


async def _stopped(stop: asyncio.Event, seconds: float) -> bool:
    """Sleep, unless told to stop."""
    with contextlib.suppress(TimeoutError):
        await asyncio.wait_for(stop.wait(), max(0.0, seconds))
    return stop.is_set()
