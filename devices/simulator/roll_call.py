"""A pretend carer works through their share of a roll call, as a person with a phone does: door after door."""

from collections.abc import Awaitable, Callable
from random import Random
from typing import Any, Protocol

PATH = "/api/v1/phone/rollcall"
KNOWN = ("safe", "help", "in_case")
# How often a home answers so; the rest are safe and were seen or heard.
NOT_REACHED, HELP, SEEN = 0.06, 0.01, 0.7
MOST_ROUNDS = 5  # whoever is not in after so many is left to the centre


class Phone(Protocol):
    async def get(self, path: str) -> dict[str, Any]: ...
    async def post(self, path: str, **body: Any) -> dict[str, Any]: ...


async def work_through(phone: Phone, random: Random, pause: Callable[[], Awaitable[None]]) -> int:
    """Every home of every roll call that is this carer's, the first on the list first. Returns how many were marked.

    ``pause`` lasts from one door to the next. Raises ``Refused``, ``OSError``.
    """
    marked = 0
    for _ in range(MOST_ROUNDS):
        found = (await phone.get(PATH))["rollcalls"]
        left = [(roll["id"], home) for roll in found for home in roll["homes"] if home["state"] not in KNOWN]
        for roll, home in left:
            await pause()
            await phone.post(f"{PATH}/{roll}/{home['home_id']}", **said(random))
            marked += 1
        if not left:
            break
    return marked


def said(random: Random) -> dict[str, str]:
    """What is found behind a door."""
    fate = random.random()
    if fate < NOT_REACHED:
        return {"state": "not_reached"}
    if fate < NOT_REACHED + HELP:
        return {"state": "help", "words": "a pretend call of the simulator"}
    return {"state": "safe", "how": "seen" if random.random() < SEEN else "spoke"}
