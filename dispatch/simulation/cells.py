"""Every policy under every load, one by one or in several processes at once; the same seed gives the same figures."""

from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from multiprocessing import get_context

from dispatch.simulation.hindsight import hindsight
from dispatch.simulation.play import Play, Played
from dispatch.simulation.policies import HINDSIGHT, Policy
from dispatch.simulation.tables import Result, result
from dispatch.simulation.world import Scene, story


@dataclass(frozen=True)
class Cell:
    """One policy (``None``: the reference that knew everything) in one scene, with several seeds."""

    policy: Policy | None
    scene: Scene
    seeds: tuple[int, ...] = (1,)

    def play(self) -> Result:
        played = [self._once(replace(self.scene, seed=seed)) for seed in self.seeds]
        return result(self.policy.name if self.policy else HINDSIGHT, self.scene.load, self.scene.visits, played)

    def _once(self, scene: Scene) -> Played:
        told = story(scene)
        return Play(told, self.policy).run() if self.policy else hindsight(told)


def cells(
    policies: Sequence[Policy | None],
    loads: Sequence[float],
    visits: Sequence[bool],
    days: int,
    seed: int,
    scene: Scene,
) -> list[Cell]:
    """``days`` are those at 1×: ten times the load needs a tenth of the days for as many alarms. The reference knows
    no booked visits and is left out beside them."""
    return [
        Cell(policy, replace(scene, load=load, days=max(1, round(days / max(1.0, load))), visits=booked), (seed,))
        for booked in visits
        for policy in policies
        for load in loads
        if policy or not booked
    ]


def play(wanted: Sequence[Cell], jobs: int = 1) -> Iterator[Result]:
    """In the order of ``wanted``, each as soon as it and all before it are done."""
    if jobs <= 1:
        yield from map(Cell.play, wanted)
        return
    with ProcessPoolExecutor(jobs, mp_context=get_context("spawn")) as pool:
        yield from pool.map(Cell.play, wanted)
