"""Who goes, in milliseconds: one home and many carers, many homes and sixty carers; and what the made-up days say."""

import time
from collections.abc import Callable
from datetime import UTC, datetime
from random import Random

from dispatch.rules.eta import MEANS, Travel
from dispatch.rules.matching import Waiting, assign, match
from dispatch.rules.ranking import Carer, Need, Weights, rank
from dispatch.simulation import cells, tables
from dispatch.simulation.policies import POLICIES
from dispatch.simulation.world import Scene
from tests.bench.figures import table

NOW = datetime(2026, 11, 21, 12, 5, tzinfo=UTC)
TRAVEL, WEIGHTS = Travel(), Weights()


def crowd(dice: Random, size: int) -> list[Carer]:
    return [
        Carer(
            number, "", number % 9, "", dice.choice("FM"), dice.choice(MEANS),
            languages=frozenset(dice.sample(["zh", "qinghai", "bo"], 2)), latitude=dice.uniform(36.6, 36.7),
            longitude=dice.uniform(101.7, 101.8), position_at="2026-11-21T12:04:00.000Z",
        )
        for number in range(size)
    ]  # fmt: skip


def need(dice: Random) -> Need:
    return Need(dice.randint(1, 3), dice.uniform(36.6, 36.7), dice.uniform(101.7, 101.8), dice.randint(0, 8),
                frozenset({"bo"}), "F")  # fmt: skip


def best_of(rounds: int, work: Callable[[], object]) -> float:
    """Processor time, so that a busy machine does not show."""
    found = []
    for _ in range(rounds):
        began = time.process_time()
        work()
        found.append(time.process_time() - began)
    return min(found)


def measure(rounds: int) -> str:
    dice = Random(4)
    home, sixty, many = need(dice), crowd(dice, 60), crowd(dice, 6000)
    rows = [
        ("rank 60 carers", 1.0, best_of(rounds, lambda: rank(home, sixty, NOW, TRAVEL, WEIGHTS))),
        ("rank 6,000 carers, the first 60", 10.0, best_of(rounds, lambda: rank(home, many, NOW, TRAVEL, WEIGHTS, 60))),
    ]
    for homes, allowed in ((20, 5.0), (225, 50.0)):
        waiting = [Waiting(f"v{number}", need(dice), float(number)) for number in range(homes)]
        costs = [[dice.uniform(0, 3600) for _ in sixty] for _ in waiting]
        matched = best_of(rounds, lambda: match(waiting, sixty, NOW, TRAVEL, WEIGHTS))  # noqa: B023
        alone = best_of(rounds, lambda: assign(costs, [1.0] * len(costs)))  # noqa: B023
        rows.append((f"match {homes} homes × 60 carers, from needs to names", allowed, matched))
        rows.append((f"assign {homes} × 60, the costs given", allowed, alone))
    return table(("", "ms", "aim"), [(name, f"{took * 1000:.2f}", f"{aim:g}") for name, aim, took in rows])


def days(many: int) -> str:
    """The table of ``simulate-dispatch``, with the reference that knew everything beside the alarms alone."""
    policies = list(POLICIES.values())
    alarms = cells.play(cells.cells([*policies, None], (1.0, 3.0, 10.0), (False,), many, 1, Scene()))
    visits = cells.play(cells.cells(policies, (1.0, 3.0, 10.0), (True,), many, 1, Scene()))
    return (
        f"Alarms only\n\n{tables.markdown(list(alarms))}\n\n"
        f"With 120 booked visits a day\n\n{tables.markdown(list(visits))}"
    )
