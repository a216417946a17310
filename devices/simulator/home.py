"""What one pretend home can do at the moment: has its unit power, does it hear its pager, has it a network."""

import asyncio
from collections import Counter

from devices.simulator.workload import Change

# what begins: what ends it. Two faults of one kind at a time are over when both are.
ENDS = {
    Change.UNIT_LIVES: Change.UNIT_DIED,
    Change.PAGER_BACK: Change.PAGER_LOST,
    Change.NETWORK_BACK: Change.NETWORK_LOST,
}


class Home:
    def __init__(self) -> None:
        self._faults: Counter[Change] = Counter()
        self._online = asyncio.Event()
        self._online.set()
        self.outages = 0  # that have begun

    def change(self, what: Change) -> None:
        if what in ENDS:
            self._faults[ENDS[what]] -= 1
        else:
            self._faults[what] += 1
            self.outages += what is Change.NETWORK_LOST
        (self._online.clear if self.offline else self._online.set)()

    @property
    def dead(self) -> bool:
        return self._faults[Change.UNIT_DIED] > 0

    @property
    def offline(self) -> bool:
        return self._faults[Change.NETWORK_LOST] > 0

    @property
    def deaf(self) -> bool:
        """Does a press of the pager end in nothing?"""
        return self.dead or self._faults[Change.PAGER_LOST] > 0

    async def network(self) -> None:
        """Returns when there is a network."""
        await self._online.wait()
