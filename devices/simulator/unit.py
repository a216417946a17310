"""A pretend unit, or a receiver that speaks for many: it dials, waits for its acknowledgement, and repeats.

One frame at a time, like a real dialler. Where the protocol has a NAK, it is answered at once with a fresh copy. A
connection is kept open for heartbeats.
"""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime

from devices.simulator.cables import Cable
from devices.simulator.dialler import Patience, Verdict, deliver
from devices.simulator.home import Home
from devices.simulator.speech import Speaker, Speech
from devices.simulator.tally import Tally
from devices.simulator.workload import Happening


class Unit:
    def __init__(
        self, speech: Speech, speaker: Speaker, cable: Cable, patience: Patience, tally: Tally, sequence: int = 1
    ):
        self.speech, self.speaker, self._cable, self._tally = speech, speaker, cable, tally
        self._patience = replace(patience, retry=min(speech.retry or patience.retry, patience.retry))
        self._sequence = sequence
        self._line = asyncio.Lock()

    async def report(self, happening: Happening, home: Home) -> float | None:
        """Say what happened; seconds until it was acknowledged, or None when it never was."""
        await home.network()  # before the lock: a receiver goes on for the other homes
        async with self._line:
            return await self._deliver(
                lambda number, now: self.speech.say(self.speaker, happening, number, now), self._patience, home
            )

    async def beat(self) -> bool:
        """One heartbeat, never repeated: the next one comes anyway."""
        async with self._line:
            once = replace(self._patience, attempts=1)
            after = await self._deliver(lambda number, now: self.speech.live(self.speaker, number, now), once)
            return after is not None

    def hang_up(self) -> None:
        self._cable.close()

    def unplug(self) -> None:
        self._cable.unplug()

    async def _deliver(
        self, write: Callable[[int, datetime], bytes], patience: Patience, home: Home | None = None
    ) -> float | None:
        self._sequence = number = self._sequence % 9999 + 1

        async def answer() -> Verdict:
            while True:
                raw = await self._cable.hear()
                if thanks := self.speech.thank(raw):
                    await self._cable.send(thanks)
                if verdict := self.speech.judge(raw, self.speaker, number):
                    return verdict

        network = {} if home is None or self.speech.shared else {"network": home.network}
        began = datetime.now(UTC)
        copy = lambda: write(number, datetime.now(UTC) if self.speech.restamps else began)  # noqa: E731
        return await deliver(self._cable, copy, answer, patience, self._tally, **network)
