"""The day plan: windows kept, nothing left out that fits, never worse for being bettered, optimal where it is small."""

from collections.abc import Sequence
from itertools import permutations

from hypothesis import given
from hypothesis import strategies as st

from dispatch.rules.eta import Position
from dispatch.rules.plan import Hand, Placed, Plan, Stop, _Route, able, cheapest, plan

HOUR = 3600


def ride(means: str, a: Position | None, b: Position | None) -> int:
    """Degrees are minutes here; on foot it takes three times as long."""
    if a is None or b is None:
        return 600
    metres = abs(a.latitude - b.latitude) + abs(a.longitude - b.longitude)
    return round(metres * 60) * (3 if means == "walk" else 1)


places = st.builds(Position, st.integers(0, 30), st.integers(0, 30))


@st.composite
def stops(draw: st.DrawFn, wide: bool = False) -> Stop:
    earliest = draw(st.integers(8, 16)) * HOUR
    return Stop(
        id=f"b{draw(st.integers(0, 10**6)):07d}",
        earliest=0 if wide else earliest,
        latest=24 * HOUR if wide else earliest + draw(st.sampled_from([0, HOUR, 3 * HOUR])),
        seconds=draw(st.sampled_from([600, 1800, HOUR])),
        place=draw(places),
        skills=draw(st.sampled_from([frozenset(), frozenset({"bath"})])),
        carer_sex=draw(st.sampled_from(["", "F"])),
        known=draw(st.frozensets(st.integers(1, 3), max_size=1)),
    )


@st.composite
def hands(draw: st.DrawFn, number: int) -> Hand:
    begins = draw(st.integers(7, 9)) * HOUR
    return Hand(
        id=number,
        name=f"carer {number}",
        begins=begins,
        ends=begins + draw(st.integers(4, 9)) * HOUR,
        place=draw(places),
        skills=draw(st.sampled_from([frozenset(), frozenset({"bath", "lift"})])),
        sex=draw(st.sampled_from(["F", "M"])),
        travel=draw(st.sampled_from(["e_bike", "walk"])),
        breaks=draw(st.sampled_from([(), ((12 * HOUR, 13 * HOUR),)])),
    )


many = st.lists(stops(), max_size=9, unique_by=lambda s: s.id)
teams = st.tuples(hands(1), hands(2), hands(3))


def cheapest_hand(stop: Stop, team: Sequence[Hand]) -> int | None:
    found = cheapest(stop, team, {}, ride)
    return found[0] if found else None


def placed_of(found: Plan) -> list[Placed]:
    return [one for route in found.routes.values() for one in route]


@given(many, teams)
def test_everybody_is_visited_once_within_the_window_the_shift_and_outside_the_breaks(
    wanted: list[Stop], team: Sequence[Hand]
) -> None:
    found = plan(wanted, team, ride)
    assert sorted(s.id for s in wanted) == sorted([p.stop.id for p in placed_of(found)] + [s.id for s in found.left])
    by_id = {hand.id: hand for hand in team}
    for carer, route in found.routes.items():
        hand, free, here = by_id[carer], by_id[carer].begins, by_id[carer].place
        for one in route:
            assert able(one.stop, hand)
            assert one.stop.earliest <= one.starts <= one.stop.latest
            assert one.starts >= free + ride(hand.travel, here, one.stop.place)
            assert one.starts + one.stop.seconds <= hand.ends
            assert all(one.starts + one.stop.seconds <= a or one.starts >= b for a, b in hand.breaks)
            free, here = one.starts + one.stop.seconds, one.stop.place


@given(many, teams)
def test_what_is_left_out_fits_nowhere_in_the_plan(wanted: list[Stop], team: Sequence[Hand]) -> None:
    found = plan(wanted, team, ride)
    standing = {carer: [one.stop for one in route] for carer, route in found.routes.items()}
    assert [stop for stop in found.left if cheapest(stop, team, standing, ride)] == []


@given(many, teams, st.randoms(use_true_random=False))
def test_the_same_visits_in_any_order_give_the_same_plan(
    wanted: list[Stop], team: Sequence[Hand], dice: object
) -> None:
    shuffled = list(wanted)
    dice.shuffle(shuffled)  # type: ignore[attr-defined]
    assert plan(wanted, team, ride) == plan(shuffled, tuple(reversed(team)), ride)


@given(st.lists(stops(wide=True), max_size=7, unique_by=lambda s: s.id), hands(1))
def test_bettering_an_order_never_makes_it_worse(wanted: list[Stop], hand: Hand) -> None:
    route = _Route(hand, ride, wanted)
    before = route.cost(wanted)
    route.better()
    after = route.cost(route.stops)
    assert sorted(s.id for s in route.stops) == sorted(s.id for s in wanted)
    assert before is None or (after is not None and after <= before)


@given(st.lists(stops(), max_size=3, unique_by=lambda s: s.id), hands(1))
def test_three_visits_of_one_carer_are_planned_as_well_as_can_be(wanted: list[Stop], hand: Hand) -> None:
    """Against every order there is: as many visits, and no cheaper way."""
    found = plan(wanted, [hand], ride)
    chosen = [one.stop for one in found.routes.get(1, [])]
    route = _Route(hand, ride)
    mine = [s for s in wanted if able(s, hand)]
    costs = [c for order in permutations(chosen) if (c := route.cost(order)) is not None]
    assert route.cost(chosen) == min(costs)
    if len(mine) <= 3 and any(route.cost(order) is not None for order in permutations(mine)):
        assert len(chosen) == len(mine)


def test_the_carer_of_last_time_is_worth_two_minutes_and_not_three() -> None:
    here, near, far = Position(0, 0), Position(0, 1), Position(0, 4)
    team = [Hand(1, "new", 8 * HOUR, 16 * HOUR, near), Hand(2, "known", 8 * HOUR, 16 * HOUR, Position(0, 2))]
    stop = Stop("b1", 9 * HOUR, 10 * HOUR, 600, here, known=frozenset({2}))
    assert cheapest_hand(stop, team) == 2
    assert cheapest_hand(stop, [team[0], Hand(2, "known", 8 * HOUR, 16 * HOUR, far)]) == 1


def test_who_is_asked_for_by_a_woman_is_a_woman_if_it_costs_no_more_than_four_minutes() -> None:
    stop = Stop("b1", 9 * HOUR, 10 * HOUR, 600, Position(0, 0), carer_sex="F")
    man = Hand(1, "he", 8 * HOUR, 16 * HOUR, Position(0, 1), sex="M")
    assert cheapest_hand(stop, [man, Hand(2, "she", 8 * HOUR, 16 * HOUR, Position(0, 4), sex="F")]) == 2
    assert cheapest_hand(stop, [man, Hand(2, "she", 8 * HOUR, 16 * HOUR, Position(0, 9), sex="F")]) == 1


def test_what_is_promised_to_one_carer_stays_with_them() -> None:
    stop = Stop("b1", 9 * HOUR, 10 * HOUR, 600, Position(0, 0), only=2)
    team = [Hand(1, "near", 8 * HOUR, 16 * HOUR, Position(0, 0)), Hand(2, "far", 8 * HOUR, 16 * HOUR, Position(9, 9))]
    assert list(plan([stop], team, ride).routes) == [2]
