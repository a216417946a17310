"""What of the centre the simulation sees and does: nothing, its log over the public API, or its staff's work."""

import asyncio
from collections.abc import Collection
from dataclasses import dataclass

from devices.simulator.board import Board
from devices.simulator.centre import Refused, Visitor, Watch
from devices.simulator.staff import Staff, Staffing
from devices.simulator.tally import Tally
from devices.simulator.truth import Truth
from devices.simulator.workload import Happening, Person

WHOLE_VISIT_SECONDS = 3600.0  # of life: how long the staff may still work after the end
SETTLING_LOOK_SECONDS = 0.2


@dataclass(frozen=True)
class Outlook:
    """Where the centre's API is, and with which ``token`` or ``staffing`` it may be seen; without either, not at all.

    With ``settle_seconds`` None the staff have as long as a whole visit takes to finish what is open at the end.
    """

    address: str = ""
    token: str = ""
    staffing: Staffing | None = None
    settle_seconds: float | None = None


UNSEEN = Outlook()


class Lookout:
    """``accounts`` are those of the pretend homes, as the centre has them."""

    def __init__(self, outlook: Outlook, accounts: Collection[str], seed: int, speed: float):
        self._outlook, self._speed = outlook, speed
        self._people: dict[str, Person] = {}  # who pressed last, by account
        self._board: Board | None = None
        self._staff: Staff | None = None
        self._watch: Watch | None = None
        self._following: asyncio.Task[None] | None = None
        if outlook.token or outlook.staffing:
            self._board = Board(accounts)
        if self._board and outlook.staffing:
            self._staff = Staff(outlook.staffing, self._board, self._people.get, seed, speed)

    @property
    def sees(self) -> bool:
        return self._board is not None

    async def begin(self) -> list[str]:
        """Returns the accounts that have a call already. Raises ``OSError`` or ``Refused`` when the centre cannot be
        seen although it should be."""
        if not self._board:
            return []
        visitor = Visitor(self._outlook.address, self._outlook.token)
        if self._staff:
            await self._staff.begin()
            if not self._outlook.token:
                await self._staff.let_in(visitor)
        self._watch = Watch(visitor, self._board)
        await self._watch.begin()
        self._following = asyncio.create_task(self._watch.follow())
        if self._staff:
            self._staff.work()
        return [case.account for case in self._board.open]

    def pressed(self, account: str, happening: Happening) -> None:
        if happening.person:
            self._people[account] = happening.person

    def alone(self, account: str, happening: Happening) -> bool:
        """Has nobody spoken with who pressed, or, where somebody has to come, has nobody come?"""
        case = self._board.of(account) if self._board else None
        if case is None:
            return True
        waits = happening.unless == "come" and (happening.person is None or happening.person.visit)
        return case.stage != "closed" and not (case.come if waits else case.answered)

    async def finish(self, stop: asyncio.Event) -> None:
        """The staff may still finish what is open; a centre worked by people is left to them."""
        if not self._staff or not self._staff.names:
            return
        seconds = self._outlook.settle_seconds
        if seconds is None:
            seconds = WHOLE_VISIT_SECONDS / self._speed
        clock = asyncio.get_running_loop().time
        end = clock() + seconds
        while clock() < end and not stop.is_set() and self._staff.busy:
            await asyncio.sleep(SETTLING_LOOK_SECONDS)

    async def truth(self, tally: Tally) -> Truth:
        """After a last look."""
        if not self._watch or not self._board:
            return Truth(tally)
        try:
            await self._watch.look()
        except (OSError, Refused) as error:
            return Truth(tally, unread=str(error))
        return Truth(tally, self._board)

    async def leave(self) -> None:
        if self._following:
            self._following.cancel()
            await asyncio.gather(self._following, return_exceptions=True)
        if self._staff:
            await self._staff.go()
        if self._watch:
            self._watch.visitor.close()
