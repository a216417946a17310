"""How anything that dials delivers one frame: copy after copy until it is acknowledged or the attempts are used up."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Literal

from devices.simulator.cables import Cable
from devices.simulator.tally import Tally

Verdict = Literal["acknowledged", "again", "refused"]
ACKNOWLEDGED: Verdict = "acknowledged"
AGAIN: Verdict = "again"
REFUSED: Verdict = "refused"


@dataclass(frozen=True)
class Patience:
    """Seconds between copies of a frame, and how many copies. Real seconds: the wait belongs to the device."""

    retry: float = 5.0
    attempts: int = 12


async def always() -> None:
    """The network of a home that never loses it."""


async def deliver(
    cable: Cable, write: Callable[[], bytes], answer: Callable[[], Awaitable[Verdict]], patience: Patience,
    tally: Tally, network: Callable[[], Awaitable[None]] = always,
) -> float | None:  # fmt: skip
    """Seconds from the first copy to the acknowledgement, or None. ``answer`` waits for the verdict on a copy.

    ``network`` returns when there is one: until then the unit dials in vain, which uses up none of its attempts.
    """
    await network()
    clock = asyncio.get_running_loop().time
    started = clock()
    for attempt in range(patience.attempts):
        await network()
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
