"""Who goes where when several homes wait at once: the best whole, not the best for whoever is looked at first.

One carer goes to one home. To leave a home waiting that could be served costs more than any way there, so nobody is
left out to spare others a walk; who must wait when carers are fewer than homes is decided by the weights. Raising a
priority by one outweighs any wait (``weight``), so a P2 never takes the carer of a P1.
"""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import NamedTuple

import numpy as np

from dispatch.rules.eta import NOTHING, Known, Travel
from dispatch.rules.ranking import Candidate, Carer, Need, Scales, Weights, last_to_go, rank, whereabouts
from dispatch.rules.suitability import Judgement, Likeness, kind_of_need

# For each priority; the longest wait doubles a weight, and the next priority is more than double.
BASE_WEIGHTS = {1: 27.0, 2: 9.0, 3: 3.0, 4: 1.0}
LONGEST_WAIT_SECONDS = 3600.0
DECIMALS = 3  # of a weight: finer differences would drown in the arithmetic


class Waiting(NamedTuple):
    """One visit that nobody is on the way to. ``asked``: carer to what they said in this round (``Carer.asked``)."""

    visit_id: str
    need: Need
    waited_seconds: float
    asked: Mapping[int, str] = {}
    barred: Mapping[int, str] = {}  # carer to why they may not go to this home
    known_to: frozenset[int] = frozenset()  # carers who know this home


def weight(priority: int, waited_seconds: float) -> float:
    """How much a second of this visit counts: by priority, and up to double for whoever has waited an hour."""
    waited = min(1.0, max(0.0, waited_seconds) / LONGEST_WAIT_SECONDS)
    return round(BASE_WEIGHTS[priority] * (1.0 + waited), DECIMALS)


def assign(costs: Sequence[Sequence[float | None]], weights: Sequence[float]) -> list[int | None]:
    """Row to column, ``None`` where a row must wait; the same input always gives the same answer.

    ``costs[row][column]`` in seconds, ``None`` where the two may not meet; below zero is allowed. ``weights`` are
    positive and count to three decimals. The answer leaves out as little weight as can be, and among those it has the
    least sum of weight × cost.

    Why ``left_out`` is enough: the rows that can be served together form a matroid, so an answer that leaves out too
    much weight becomes better by taking one row in, or one in place of another, which gains ``step`` at the least;
    and no answer costs more than ``most`` beyond any other.
    """
    columns = max((len(row) for row in costs), default=0)
    allowed = [cost for row in costs for cost in row if cost is not None]
    if not allowed:
        return [None] * len(costs)
    linear_sum_assignment = solver()
    importance = np.maximum(np.round(np.asarray(weights, dtype=float), DECIMALS), 10**-DECIMALS)
    table = np.array([[np.nan if cost is None else cost for cost in row] for row in costs], dtype=float) - min(allowed)
    most = importance.sum() * (max(allowed) - min(allowed))
    step = np.diff(np.unique(np.append(importance, 0.0))).min()
    left_out = importance * ((1.0 + most) / step)
    never = 1.0 + 2.0 * (left_out.sum() + most)
    table = np.where(np.isnan(table), never, table * importance[:, None])
    stay = np.full((len(costs), len(costs)), never)
    np.fill_diagonal(stay, left_out)
    _, chosen = linear_sum_assignment(np.hstack([table, stay]))
    return [int(column) if column < columns else None for column in chosen]


def solver() -> Callable[[np.ndarray], tuple[np.ndarray, np.ndarray]]:
    """Loaded when it is asked for: that takes a second, and only the clock needs it.

    Whoever will need it within a transaction asks before: the whole centre would wait for the lock meanwhile, and on a
    busy machine PostgreSQL ends a session that has said nothing within its transaction for five seconds.
    """
    from scipy.optimize import linear_sum_assignment

    found: Callable[[np.ndarray], tuple[np.ndarray, np.ndarray]] = linear_sum_assignment
    return found


def match(
    waiting: Sequence[Waiting],
    carers: Sequence[Carer],
    now: datetime,
    travel: Travel,
    weights: Weights,
    known: Mapping[str, Known] | None = None,
) -> dict[str, Candidate]:
    """Visit to the carer who should be asked, as ``rank`` would show them; a visit that must wait is not in it.

    ``known``: what a road engine and past arrivals say of the ways to each visit, by its id. Neither the order of
    ``waiting`` nor that of ``carers`` matters.
    """
    homes = sorted(waiting, key=lambda one: one.visit_id)
    people = sorted(carers, key=lambda one: one.id)
    if not homes or not people:
        return {}
    ways = {home.visit_id: (known or {}).get(home.visit_id, NOTHING) for home in homes}
    costs = _costs(homes, people, now, travel, weights, ways)
    chosen = assign(costs, [weight(home.need.priority, home.waited_seconds) for home in homes])
    found = {}
    for home, column in zip(homes, chosen, strict=True):
        if column is not None:
            one, way = seen_by(home, people[column]), ways[home.visit_id]
            (found[home.visit_id],) = rank(home.need, [one], now, travel, weights, known=way)
    return found


def _costs(
    homes: Sequence[Waiting], people: Sequence[Carer], now: datetime, travel: Travel, weights: Weights,
    ways: Mapping[str, Known],
) -> list[list[float | None]]:  # fmt: skip
    judged: defaultdict[Likeness, dict[Likeness, Judgement]] = defaultdict(dict)
    places, found = None, []
    for home in homes:
        scales = Scales(home.need, now, travel, weights, ways[home.visit_id], judged[kind_of_need(home.need)])
        places = places or whereabouts(people, scales.fresh_from)
        place, cost, _ = scales.weigh_all([seen_by(home, one) for one in people], places)
        may = place <= last_to_go(int(place.min()))
        found.append([one if able else None for one, able in zip(cost.tolist(), may.tolist(), strict=True)])
    return found


def seen_by(home: Waiting, carer: Carer) -> Carer:
    """The carer as this visit sees them: what they answered it, and what they and the home are to each other."""
    asked, barred = home.asked.get(carer.id, ""), home.barred.get(carer.id, "")
    knows = carer.id in home.known_to
    if (carer.asked, carer.barred, carer.knows_home) == (asked, barred, knows):
        return carer
    return replace(carer, asked=asked, barred=barred, knows_home=knows)
