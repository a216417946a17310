"""How anything that dials delivers one frame: copy after copy until it is acknowledged or the attempts are used up."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Protocol

from devices.simulator.tally import Tally

ACKNOWLEDGED, AGAIN, REFUSED = "acknowledged", "again", "refused"


@dataclass(frozen=True)
class Patience:
    """Seconds between copies of a frame, and how many copies."""

    retry: float = 5.0
    attempts: int = 12


class Cable(Protocol):
    """What carries the bytes. ``send`` connects when needed; both may raise ``OSError``."""

    async def send(self, data: bytes) -> None: ...

    async def hear(self) -> bytes:
        """What comes back next: one whole reply, where the carrier can tell."""

    def close(self) -> None:
        """Something went wrong, or it is over: the next ``send`` begins anew."""


async def deliver(
    cable: Cable, write: Callable[[], bytes], answer: Callable[[], Awaitable[str]], patience: Patience, tally: Tally
) -> float | None:
    """Seconds from the first copy to the acknowledgement, or None. ``answer`` waits for the verdict on a copy."""
    clock = asyncio.get_running_loop().time
    started = clock()
    for attempt in range(patience.attempts):
        tally.retransmitted += attempt > 0
        again_at = clock() + patience.retry
        try:
            async with asyncio.timeout_at(again_at):
                await cable.send(write())
                verdict = await answer()
            if verdict == ACKNOWLEDGED:
                return clock() - started
            if verdict == REFUSED:
                return None
        except TimeoutError:
            continue
        except OSError:
            cable.close()
            if attempt + 1 < patience.attempts:
                await asyncio.sleep(max(0.0, again_at - clock()))
    return None
