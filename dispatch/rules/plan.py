"""The day plan of one station: which carer goes to which booked visit, in which order, and when.

Greedy insertion, the tightest window first, then each order is bettered by reversing a stretch (2-opt) or moving
one visit, as long as it grows cheaper. Everything is decided in seconds since the day began, ties by id, so that the
same visits and carers give the same plan. What is in the plan keeps its window; what is left out fits nowhere in it.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from dispatch.rules.eta import Position

KNOWN_SECONDS = -120  # somebody who was there last time
SEX_SECONDS = 240  # another sex than was wished for
MOST_BETTERED = 10  # visits of one carer whose order is tried over; more are left as they were inserted
Span = tuple[int, int]
Order = tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Stop:
    """One booked visit. It may begin from ``earliest`` to ``latest`` and takes ``seconds`` at the door."""

    id: str
    earliest: int
    latest: int
    seconds: int
    place: Position | None = None
    skills: frozenset[str] = frozenset()
    carer_sex: str = ""
    known: frozenset[int] = frozenset()  # carers who were there last time
    only: int | None = None  # already promised to this carer


@dataclass(frozen=True, slots=True)
class Hand:
    """One carer's day: where it begins, the shift, the breaks within it."""

    id: int
    name: str
    begins: int
    ends: int
    place: Position | None = None
    skills: frozenset[str] = frozenset()
    sex: str = ""
    travel: str = "e_bike"
    breaks: tuple[Span, ...] = ()


class Placed(NamedTuple):
    stop: Stop
    starts: int
    travel: int


@dataclass(slots=True)
class Plan:
    routes: dict[int, list[Placed]] = field(default_factory=dict)
    left: list[Stop] = field(default_factory=list)

    @property
    def travel(self) -> int:
        return sum(placed.travel for route in self.routes.values() for placed in route)


Ride = Callable[[str, Position | None, Position | None], int]
"""Seconds from one place to another by this means of travel."""


def plan(stops: Iterable[Stop], hands: Iterable[Hand], ride: Ride) -> Plan:
    """Every stop with a carer as far as windows, skills, shifts and breaks allow; the rest is in ``left``."""
    routes = {hand.id: _Route(hand, ride) for hand in sorted(hands, key=lambda hand: hand.id)}
    left = sorted(stops, key=lambda stop: (stop.only is None, stop.latest, stop.earliest, stop.id))
    while True:
        still = [stop for stop in left if not _insert(stop, routes)]
        bettered = [route.better() for route in routes.values()]
        if not still or (len(still) == len(left) and not any(bettered)):
            return Plan({key: route.placed() for key, route in routes.items() if route.stops}, still)
        left = still


def cheapest(
    stop: Stop, hands: Iterable[Hand], standing: Mapping[int, Sequence[Stop]], ride: Ride
) -> tuple[int, Placed] | None:
    """Which carer takes one more visit at the least cost, and when: the orders that stand stay as they are."""
    best: tuple[int, int, Placed] | None = None
    for hand in sorted(hands, key=lambda hand: hand.id):
        route = _Route(hand, ride, list(standing.get(hand.id, ())))
        offer = route.offer(stop, reorder=False)
        if offer is not None and (best is None or offer[0] < best[0]):
            order = route.inserted(stop, offer[1])
            placed = next(one for one in route.schedule(order) or [] if one.stop.id == stop.id)
            best = (offer[0], hand.id, placed)
    return (best[1], best[2]) if best else None


def able(stop: Stop, hand: Hand) -> bool:
    """May this carer do it at all? Whether there is time is another question."""
    return stop.skills <= hand.skills and stop.only in (None, hand.id)


def _insert(stop: Stop, routes: dict[int, "_Route"]) -> bool:
    offers = [(offer, key) for key, route in routes.items() if (offer := route.offer(stop)) is not None]
    if not offers:
        return False
    (_, order), key = min(offers, key=lambda one: (one[0][0], one[1]))
    route = routes[key]
    route.stops = route.inserted(stop, order)
    return True


class _Route:
    def __init__(self, hand: Hand, ride: Ride, stops: list[Stop] | None = None):
        self.hand, self.ride, self.stops = hand, ride, stops or []

    def placed(self) -> list[Placed]:
        return self.schedule(self.stops) or []

    def inserted(self, stop: Stop, order: Order) -> list[Stop]:
        """``order`` counts the stops there are, and the new one as the last of them."""
        every = [*self.stops, stop]
        return [every[number] for number in order]

    def schedule(self, stops: Sequence[Stop]) -> list[Placed] | None:
        """When each visit of this order begins, or None when one of them misses its window or the shift."""
        now, here, found = self.hand.begins, self.hand.place, []
        for stop in stops:
            travel = self.ride(self.hand.travel, here, stop.place)
            starts = _outside(max(now + travel, stop.earliest), stop.seconds, self.hand.breaks)
            if starts > stop.latest or starts + stop.seconds > self.hand.ends:
                return None
            found.append(Placed(stop, starts, travel))
            now, here = starts + stop.seconds, stop.place
        return found

    def cost(self, stops: Sequence[Stop]) -> int | None:
        """Seconds on the road, and what is not ideal in seconds."""
        placed = self.schedule(stops)
        return None if placed is None else sum(one.travel for one in placed) + sum(map(self._dislike, stops))

    def _dislike(self, stop: Stop) -> int:
        other_sex = bool(stop.carer_sex) and stop.carer_sex != self.hand.sex
        return (KNOWN_SECONDS if self.hand.id in stop.known else 0) + (SEX_SECONDS if other_sex else 0)

    def offer(self, stop: Stop, reorder: bool = True) -> tuple[int, Order] | None:
        """What it costs more to go there too, and in which order; None when it cannot be done.

        Only when it fits into no place of the order there is are the others put into another order for it.
        """
        if not able(stop, self.hand):
            return None
        before = self.cost(self.stops) or 0
        count = len(self.stops)
        usual = tuple(range(count))
        found = self._try(stop, usual, before)
        if found is None and reorder and count < MOST_BETTERED:
            tried = (self._try(stop, order, before) for order in _neighbours(usual))
            found = min((one for one in tried if one is not None), default=None)
        return found

    def _try(self, stop: Stop, order: Order, before: int) -> tuple[int, Order] | None:
        new = len(self.stops)
        orders = [(*order[:at], new, *order[at:]) for at in range(len(order) + 1)]
        costs = [(cost - before, o) for o in orders if (cost := self.cost(self.inserted(stop, o))) is not None]
        return min(costs, default=None)

    def better(self) -> bool:
        """Go over to the cheapest neighbour again and again. Returns whether anything changed."""
        changed = False
        best = self.cost(self.stops)
        while best is not None and 1 < len(self.stops) <= MOST_BETTERED:
            usual = tuple(range(len(self.stops)))
            orders = [[self.stops[n] for n in order] for order in _neighbours(usual)]
            costs = [(cost, at) for at, order in enumerate(orders) if (cost := self.cost(order)) is not None]
            cheapest, at = min(costs, default=(best, -1))
            if cheapest >= best:
                break
            self.stops, best, changed = orders[at], cheapest, True
        return changed


def _outside(starts: int, seconds: int, breaks: Iterable[Span]) -> int:
    """The first moment from ``starts`` on at which so long a visit touches no break."""
    for begins, ends in sorted(breaks):
        if starts < ends and starts + seconds > begins:
            starts = ends
    return starts


def _neighbours(order: Order) -> Iterator[Order]:
    """Each stretch the other way round, and each visit moved to each other place."""
    count = len(order)
    for first in range(count):
        for last in range(first + 2, count + 1):
            yield (*order[:first], *order[first:last][::-1], *order[last:])
    for moved in range(count):
        rest = order[:moved] + order[moved + 1 :]
        for to in range(count):
            if to != moved:
                yield (*rest[:to], order[moved], *rest[to:])
