"""Pretend operators and carers: they answer, send, accept, arrive and close, over the public API like anyone.

Operators decide by what the resident says; carers take as long as people do, divided by the speed. A refusal (somebody
was faster, a carer is still there) is no fault: they look again.
"""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import dataclass
from random import Random
from typing import Any

from devices.simulator.board import JOB_STAGES, Board, Case, Job
from devices.simulator.centre import Refused, Visitor
from devices.simulator.roll_call import work_through
from devices.simulator.workload import WORKLOAD, Person

LOOK_SECONDS = 0.1
DRILL_SECONDS = 2.0  # how often somebody looks whether a roll call is being practised
DOOR_SECONDS = (240, 720)  # from one door to the next: 5 homes an hour on foot, more in one building
LOOK_FIRST = frozenset({"same_reason", "visit_owed", "unheard", "uncalled"})  # refusals that ask for somebody to go
OUTCOMES = {"emergency": "helped", "urgent": "helped", "service": "service_done", "social": "advice"}
CONDITIONS = {"emergency": "settled", "urgent": "settled"}
# Makes a log-in of that role (for a carer: of that carer), for as long as the simulation lasts: (log-in, password).
Enrol = Callable[[str, int], tuple[str, str]]


@dataclass(frozen=True)
class Staffing:
    """``operators`` may be 0: then only the carers are pretended, and people answer the calls."""

    address: str
    operators: int
    enrol: Enrol


class Staff:
    """``who`` tells who has pressed at an account: nobody known is treated like somebody who stays silent."""

    def __init__(self, staffing: Staffing, board: Board, who: Callable[[str], Person | None], seed: int, speed: float):
        self.board, self.who, self._staffing, self._seed, self._speed = board, who, staffing, seed, speed
        self.names = [f"sim-operator-{number + 1}" for number in range(staffing.operators)]
        self._seats: dict[str, Visitor] = {}
        self._phones: dict[int, asyncio.Task[Visitor]] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        board.offered = self._offered

    async def begin(self) -> None:
        """Everybody sits down. Raises ``Refused``, ``OSError``."""
        for number, name in enumerate(self.names):
            self._seats[name] = await self._come_in("operator", number + 1)

    async def let_in(self, visitor: Visitor) -> None:
        """Somebody who only looks on."""
        await visitor.log_in(*await asyncio.to_thread(self._staffing.enrol, "operator", 0))

    def work(self) -> None:
        for name, seat in self._seats.items():
            self._start(self._operate(name, seat))
        for seat in list(self._seats.values())[:1]:
            self._start(self._hear_of_drills(seat))

    @property
    def busy(self) -> bool:
        """Is a call open that a pretend home made, or that one of us has?"""
        return any(case.ours or case.holder in self.names for case in self.board.open)

    async def go(self) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        for visitor in [*self._seats.values(), *(t.result() for t in self._phones.values() if _well(t))]:
            visitor.close()

    # --- operators --------------------------------------------------------------------------------------------

    async def _operate(self, name: str, seat: Visitor) -> None:
        desk = Operator(name, seat, self.who, Random(f"{self._seed} {name}"), self._speed)
        while True:
            for case in self.board.open:
                with contextlib.suppress(Refused, OSError):  # then the next one, not the same again and again
                    if await desk.take(case):
                        break
            await asyncio.sleep(LOOK_SECONDS)

    # --- carers -----------------------------------------------------------------------------------------------

    def _offered(self, case: Case, job: Job) -> None:
        self._start(self._visit(case, job))

    async def _visit(self, case: Case, job: Job) -> None:
        random = Random(f"{self._seed} {job.carer} {job.visit}")
        with contextlib.suppress(Refused, OSError):
            await go_there(await self._phone(job.carer), random, self._speed, job, self.who(case.account))

    async def _hear_of_drills(self, seat: Visitor) -> None:
        """A roll call that is a drill is answered; a real one is for real people."""
        begun: set[tuple[str, int]] = set()
        while True:
            with contextlib.suppress(Refused, OSError):
                for roll in (await seat.get("/api/v1/rollcalls"))["rollcalls"]:
                    homes = (await seat.get(f"/api/v1/rollcalls/{roll['id']}?left=1"))["homes"] if roll["drill"] else []
                    for carer in {home["carer_id"] for home in homes if home["carer_id"]}:
                        if (roll["id"], carer) not in begun:
                            begun.add((roll["id"], carer))
                            self._start(self._answer_drill(carer))
            await asyncio.sleep(DRILL_SECONDS)

    async def _answer_drill(self, carer: int) -> None:
        random = Random(f"{self._seed} drill {carer}")
        pause = pauses(random, self._speed, {"door": DOOR_SECONDS})
        with contextlib.suppress(Refused, OSError):
            await work_through(await self._phone(carer), random, lambda: pause("door"))

    async def _phone(self, carer: int) -> Visitor:
        """The carer's phone, logged in when it first rings."""
        if carer not in self._phones or not _well(self._phones[carer], yet=True):
            self._phones[carer] = asyncio.create_task(self._come_in("carer", carer))
        return await asyncio.shield(self._phones[carer])

    async def _come_in(self, role: str, number: int) -> Visitor:
        visitor = Visitor(self._staffing.address)
        await visitor.log_in(*await asyncio.to_thread(self._staffing.enrol, role, number))
        return visitor

    def _start(self, story: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(story)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)


class Operator:
    def __init__(self, name: str, seat: Visitor, who: Callable[[str], Person | None], random: Random, speed: float):
        self.name, self.seat, self.who = name, seat, who
        self._pause = pauses(random, speed, WORKLOAD["staff"]["operator"])

    async def take(self, case: Case) -> bool:
        """Do the next thing in this call, if there is one for us. Raises ``Refused``, ``OSError``."""
        if case.stage == "waiting":
            await self._pause("notices")
            if case.stage == "waiting":
                await self._answer(case)
            return True
        if case.stage == "answered" and case.holder == self.name and not case.visiting:
            await self._pause("concludes")
            await self._conclude(case)
            return True
        return False

    async def _answer(self, case: Case) -> None:
        await self.seat.post(f"/api/v1/calls/{case.id}/answer")
        case.stage, case.holder, case.answered = "answered", self.name, True  # before the log says so
        person = self.who(case.account)
        if person and not person.silent:  # written down at once: silence sends somebody by itself
            await self.seat.post(f"/api/v1/calls/{case.id}/heard")
        await self._pause("listens" if person is None or person.silent else "talks")
        if (person is None or person.visit) and not case.visiting and not case.come:
            await self.seat.post(f"/api/v1/calls/{case.id}/dispatch", why=person.why if person else "")
            case.visiting = True

    async def _conclude(self, case: Case) -> None:
        """Nothing is closed that has not been looked at: the version is that of the card on the screen."""
        person, card = self.who(case.account), await self.seat.get(f"/api/v1/calls/{case.id}")
        if case.come or (person and not person.visit):
            outcome = OUTCOMES.get(person.why, "false_alarm") if person else "other"
            evidence = "was_seen" if case.come else "spoke_clearly"
            words, version = "a pretend call of the simulator", card["call"]["version"]
            end = {"outcome": outcome, "evidence": evidence, "words": words, "expected_version": version}
            await self._ask(case, {evidence, outcome})
            await self._close(case, end | ({"said": "按错了"} if outcome == "false_alarm" else {}))
        else:  # the visit was called off, and nobody has been seen
            await self.seat.post(f"/api/v1/calls/{case.id}/dispatch")
            case.visiting = True

    async def _ask(self, case: Case, ending: set[str]) -> None:
        """The steps of the script that this ending demands, answered as somebody answers who is well."""
        script = await self.seat.get(f"/api/v1/calls/{case.id}/script")
        must = [step for step in script.get("steps", []) if step["must"]]
        asked = {step["id"]: calmest(step) for step in must if not step["gates"] or ending & {*step["gates"]}}
        if asked:
            await self.seat.post(f"/api/v1/calls/{case.id}/script", answers=asked)

    async def _close(self, case: Case, end: dict[str, Any]) -> None:
        """Where the centre will not take it (the second time for the same reason, a silence), somebody is sent."""
        try:
            await self.seat.post(f"/api/v1/calls/{case.id}/close", **end)
            case.stage = "closed"
        except Refused as refused:
            if refused.code not in LOOK_FIRST or case.come:
                raise
            await self.seat.post(f"/api/v1/calls/{case.id}/dispatch")
            case.visiting = True


def calmest(step: dict[str, Any]) -> str:
    """The answer that asks for nobody."""
    harmless = [option["code"] for option in step["options"] if not {*option["causes"]} - {"clear"}]
    return str(harmless[0]) if harmless else "无"


async def go_there(phone: Visitor, random: Random, speed: float, job: Job, person: Person | None) -> None:
    """One visit on one carer's phone, from where it stands to its end. Raises ``Refused``, ``OSError``."""
    manner = WORKLOAD["staff"]["carer"]
    pause, fate = pauses(random, speed, manner), random.random()
    begun = JOB_STAGES.index(job.stage)

    async def say(verb: str, **more: Any) -> None:
        await phone.post(f"/api/v1/visits/{job.visit}/{verb}", **more)

    if begun < 1:
        if fate < manner["ignores"]:
            return
        await pause("answers")
        await phone.get("/api/v1/phone/jobs")  # the offer is on the screen
        if fate < manner["ignores"] + manner["declines"]:
            await say("decline", reason="on another errand")
            return
        await say("accept")
    if begun < 2:
        await pause("departs")
        await say("depart")
    if begun < 3:
        await asyncio.sleep(job.eta * random.uniform(*manner["of_eta"]) / speed)
        await say("arrive")
    await pause("stays")
    condition = CONDITIONS.get(person.why, "well") if person else "well"
    await say("finish", report={"condition": condition, "done": ["comforted"]})


def pauses(random: Random, speed: float, manner: dict[str, Any]) -> Callable[[str], Awaitable[None]]:
    """``await pause("talks")``: as long as that takes somebody, divided by the speed."""

    async def pause(what: str) -> None:
        await asyncio.sleep(random.uniform(*manner[what]) / speed)

    return pause


def _well(task: asyncio.Task[Visitor], yet: bool = False) -> bool:
    """Has it come in; or, ``yet``, may it still."""
    if not task.done():
        return yet
    return not task.cancelled() and task.exception() is None
