"""Which carer should go: the nearest who may, with every reason said.

The cost of a carer is the estimated time to the elder plus what ``suitability`` adds for what is not ideal. Those who
may not or cannot go are listed after the others, so that the operator sees why they were passed over. Whose phone has
fallen silent is passed over for one that is heard, and nobody is called in from stand-by while somebody on shift may
go; where there is no other these are asked, for nobody is assumed.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from operator import itemgetter
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from callcenter.rules.times import stamp
from dispatch.rules.eta import DETOUR, MEANS, NOTHING, Entrance, Estimator, Eta, Known, Position, Travel
from dispatch.rules.roster import SOON_SECONDS
from dispatch.rules.suitability import (
    MAY_GO,
    RESERVE,
    Carer,
    Judgement,
    Likeness,
    Need,
    Penalty,
    Reason,
    Weights,
    judge,
    likeness,
)

__all__ = ["Candidate", "Carer", "Need", "Penalty", "Reason", "Scales", "Weights", "rank"]

CROWD = 200  # from here on the far ones are sieved out before anybody is weighed
GRAVER = 1e7  # seconds: nobody who may not go comes before one who may
NOWHERE = (np.nan, np.nan)
MARGIN_SECONDS = 2.0  # the sieve and the scales might round to different sides: nobody is lost who is this close


class Candidate(NamedTuple):
    carer_id: int
    name: str
    station: str
    sex: str
    travel: str
    languages: frozenset[str]
    skills: frozenset[str]
    eta_seconds: int | None
    metres: int | None
    cost: int
    suitable: bool
    state: str  # free, busy, off_shift, asked, barred
    reasons: tuple[Reason, ...]
    eta_source: str = ""  # who reckoned the time of arrival: one of ``eta.SOURCES``; empty without one
    way: dict[str, str | float] | None = None  # ``Eta.way``: kept with the offer


Places = tuple[NDArray[Any], NDArray[Any], NDArray[Any]]  # degrees, and means as places in ``MEANS``
Weighed = tuple[int, int, int, Carer, Eta | None, str, tuple[Reason, ...]]
"""Place (0 for those who may go), cost, id, then what explains them: these sort into the final order."""


def rank(
    need: Need, carers: Iterable[Carer], now: datetime, travel: Travel, weights: Weights, most: int | None = None,
    known: Known = NOTHING,
) -> list[Candidate]:  # fmt: skip
    """Every carer once: those who may go by cost, then the others with why not; equals by id.

    ``now`` is an aware datetime in the centre's zone, for its hour decides between day and night. ``most`` cuts the
    list after all have been compared; ``known`` is what a road engine and past arrivals say of the ways. Raises
    ``ValueError`` for a means of travel that nobody knows.
    """
    scales = Scales(need, now, travel, weights, known)
    people = list(carers)
    if most is not None and len(people) >= max(CROWD, 4 * most):
        people = scales.sieve(people, most)
    weighed = sorted(map(scales.weigh, people), key=itemgetter(0, 1, 2))
    last = last_to_go(weighed[0][0] if weighed else MAY_GO)
    quickest = min((one[4].seconds for one in weighed if one[0] <= last and one[4]), default=None)
    return [_candidate(one, last, quickest, known.missed) for one in weighed[:most]]


def last_to_go(best: int) -> int:
    """The last place that may go, given the best there is."""
    return RESERVE if best == RESERVE else MAY_GO


def _candidate(one: Weighed, last: int, quickest: int | None, missed: str) -> Candidate:
    place, cost, _, carer, arrival, state, reasons = one
    if arrival:
        if arrival.source != DETOUR:
            reasons = (("eta_by", arrival.source), *reasons)
        if missed and arrival.by == DETOUR:
            reasons = (*reasons, ("eta_fallback", missed))
        reasons = (("eta", max(1, round(arrival.seconds / 60))), *reasons)
        if place <= last and arrival.seconds == quickest:
            reasons = (("nearest", ""), *reasons)
    return Candidate(
        carer.id,
        carer.name,
        carer.station,
        carer.sex,
        carer.travel,
        carer.languages,
        carer.skills,
        arrival.seconds if arrival else None,
        arrival.metres if arrival else None,
        cost,
        place <= last,
        state,
        reasons,
        arrival.source if arrival else "",
        arrival.way(carer.travel) if arrival else None,
    )


class Scales:
    """One need at one moment: what is the same for many carers is worked out once."""

    def __init__(
        self, need: Need, now: datetime, travel: Travel, weights: Weights, known: Known = NOTHING,
        judged: dict[Likeness, Judgement] | None = None,
    ) -> None:  # fmt: skip
        self.need = need
        self.weights = weights
        self.now = stamp(now)
        self.fresh_from = stamp(now - timedelta(seconds=travel.position_good_for_seconds))
        self.soon = stamp(now + timedelta(seconds=SOON_SECONDS))
        home = _position(need.latitude, need.longitude)
        self.where: tuple[Reason, ...] = () if home else (("no_home_position", ""),)
        destination = home or _position(need.station_latitude, need.station_longitude)
        entrance = Entrance(need.key_safe, need.floor, need.lift)
        self.estimator = Estimator(destination, now.hour, entrance, travel, known) if destination else None
        self.judged = {} if judged is None else judged  # shared by needs that differ in place alone

    def weigh(self, carer: Carer) -> Weighed:
        arrival, where = self._arrival(carer)
        place, penalty, state, why = self.judgement(carer)
        time = arrival.seconds if arrival else self.weights.no_position
        return place, time + penalty, carer.id, carer, arrival, state, (*where, *why)

    def judgement(self, carer: Carer) -> Judgement:
        alike = likeness(carer)
        found = self.judged.get(alike)
        if found is None:
            found = self.judged[alike] = judge(self.need, carer, self.weights, self.now, self.soon)
        return found

    def _arrival(self, carer: Carer) -> tuple[Eta | None, tuple[Reason, ...]]:
        origin, where = None, self.where
        if carer.position_at and carer.position_at >= self.fresh_from:
            origin = _position(carer.latitude, carer.longitude)
        if origin is None:
            origin = _position(carer.station_latitude, carer.station_longitude)
            where = (*where, ("no_position", "") if origin else ("no_eta", ""))
        if origin is None or self.estimator is None:
            return None, where
        return self.estimator.eta(origin, carer.travel), where

    # --- a crowd ----------------------------------------------------------------------------------------------

    def sieve(self, people: Sequence[Carer], most: int) -> list[Carer]:
        """Those of ``people`` who can be among the first ``most`` or be the quickest, and perhaps a few more.

        Reckoned for all at once; the sieve only leaves out, the scales weigh whoever is left.
        """
        place, cost, seconds = self.weigh_all(people, whereabouts(people, self.fresh_from))
        order = GRAVER * place + cost
        worst = np.partition(order, most - 1)[most - 1] if most else -np.inf
        going = ~np.isnan(seconds) & (place <= last_to_go(int(place.min())))
        quickest = seconds[going].min() if going.any() else -np.inf
        kept = (order <= worst + MARGIN_SECONDS) | (going & (seconds <= quickest + MARGIN_SECONDS))
        return [people[index] for index in np.flatnonzero(kept).tolist()]

    def weigh_all(self, people: Sequence[Carer], places: Places) -> tuple[NDArray[Any], NDArray[Any], NDArray[Any]]:
        """Place, cost and time of arrival of each; the time is not a number where nobody knows it."""
        judged = list(map(self.judgement, people))
        place, penalty = (np.array([one[part] for one in judged]) for part in (0, 1))
        seconds = self.estimator.seconds(*places) if self.estimator else np.full(len(people), np.nan)
        return place, penalty + np.where(np.isnan(seconds), self.weights.no_position, seconds), seconds


def whereabouts(people: Sequence[Carer], fresh_from: str) -> Places:
    """Where each of a crowd is believed to be, and how they travel; raises ``ValueError`` as ``rank`` does."""
    places = np.array([_whereabouts(one, fresh_from) for one in people])
    number = {means: index for index, means in enumerate(MEANS)}
    try:
        means = np.array([number[one.travel] for one in people])
    except KeyError as unknown:
        raise ValueError(f"{unknown} is not a known means of travel; the known ones are {', '.join(MEANS)}") from None
    return places[:, 0], places[:, 1], means


def _whereabouts(carer: Carer, fresh_from: str) -> tuple[float, float]:
    told = carer.position_at is not None and carer.position_at >= fresh_from
    if told and carer.latitude is not None and carer.longitude is not None:
        return carer.latitude, carer.longitude
    if carer.station_latitude is None or carer.station_longitude is None:
        return NOWHERE
    return carer.station_latitude, carer.station_longitude


def _position(latitude: float | None, longitude: float | None) -> Position | None:
    if latitude is None or longitude is None:
        return None
    return Position(latitude, longitude)
