"""Road engines over HTTP: what real ones answered is used, and whatever a broken one does, the estimate is there."""

import json
import socket
import threading
import time
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dispatch.channels.routing import REST_SECONDS, Roads
from dispatch.rules.eta import MEANS, Position
from dispatch.rules.roads import ENGINES, BadAnswer, believable, ways
from dispatch.settings import Routing
from tests.dispatch.record_roads import CARERS, HOME, ROADS, XINING
from tests.dispatch.road_server import road_server

RECORDED = [one for engine in ENGINES for one in json.loads((ROADS / f"{engine}.json").read_text("utf-8"))]
TWELVE = [(*place, MEANS[number % 3]) for number, place in enumerate(CARERS)]
EVERYBODY = [(*place, means) for place in CARERS for means in MEANS]


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    with road_server() as address:
        yield address


def roads(server: str, engine: str = "osrm", timeout_ms: int = 300, **more: Any) -> Roads:
    return Roads(Routing.model_validate({"engine": engine, "url": server, "timeout_ms": timeout_ms}), **more)


# --- what real engines answered ------------------------------------------------------------------------------------


@pytest.mark.parametrize("engine", ENGINES)
def test_one_question_for_each_means_brings_the_way_of_every_carer(server: str, engine: str) -> None:
    asked = roads(f"{server}/recorded", engine, timeout_ms=2000)
    known = asked.known(EVERYBODY, HOME)
    assert (known.engine, known.missed, asked.tally.last_error) == (engine, "", "")
    assert len(known.roads) >= 2 * len(CARERS)  # by car some streets of the centre cannot be reached at all
    assert all(30 < seconds < 3000 for seconds in known.roads.values())
    assert asked.tally.asked == asked.tally.answered == 1
    assert asked.known(list(reversed(EVERYBODY)), HOME) is known, "one choice looks several times and asks once"
    assert asked.tally.asked == 1


def test_a_question_is_asked_as_it_was_when_it_was_recorded() -> None:
    for engine in ENGINES.values():
        of_engine = [one for one in RECORDED if (one["method"] == "GET") == (engine.name == "osrm")]
        for one in of_engine:
            places = [Position(*pair) for pair in one["origins"]]
            asked = engine.ask(engine.profiles[one["means"]], places, Position(*one["destination"]))
            assert asked == (one["method"], one["path"], one["body"].encode())


@pytest.mark.parametrize("means", MEANS)
def test_a_carer_off_the_map_is_not_moved_to_it(means: str) -> None:
    """OSRM really answered 463 s by bicycle for a carer in Xining and a home in Helsinki."""
    (one,) = [
        o for o in RECORDED if o["name"] == "one of them in Xining" and (o["method"], o["means"]) == ("GET", means)
    ]
    assert json.loads(one["answer"])["durations"][3] != [None] or means == "car"
    found = ways(ENGINES["osrm"], means, [*CARERS[:3], XINING], HOME, one["answer"].encode())
    assert XINING not in found
    assert set(found) <= set(CARERS[:3])


def test_a_home_off_the_map_is_nobodys_fault(server: str) -> None:
    for engine in ENGINES:
        asked = roads(f"{server}/recorded", engine, timeout_ms=2000)
        assert asked.known([(*place, "walk") for place in CARERS[:3]], XINING).missed == ""  # too far: not even asked
        assert asked.tally.asked == 0
    (osrm,) = [
        o for o in RECORDED if o["name"] == "the home in Xining" and (o["method"], o["means"]) == ("GET", "walk")
    ]
    with pytest.raises(BadAnswer, match="m off the engine's map"):
        ways(ENGINES["osrm"], "walk", CARERS[:3], XINING, osrm["answer"].encode())


def test_a_refused_place_does_not_cost_the_next_home_its_engine(server: str) -> None:
    """A 404 of our own server stands for what it never recorded; a 400 is the engine's word for "not on my map"."""
    asked = roads(f"{server}/refused", timeout_ms=2000)
    assert asked.known(TWELVE, HOME).missed == "osrm"
    assert asked.known(TWELVE, HOME).missed == "osrm"
    assert (asked.tally.failed, asked.tally.rested) == (2, 0)


# --- engines that fail ---------------------------------------------------------------------------------------------

MANNERS = ["hung", "slow_words", "slow_headers", "garbage", "no_http", "odd_shape", "short", "broken", "endless", "cut"]


@pytest.mark.parametrize("manner", MANNERS)
def test_whatever_it_does_the_answer_is_there_in_time(server: str, manner: str) -> None:
    asked = roads(f"{server}/{manner}")
    began = time.monotonic()
    known = asked.known(TWELVE, HOME)
    took = time.monotonic() - began
    assert (known.roads, known.missed) == ({}, "osrm")
    assert took < 5, f"{took:.3f} s; it would have kept us for thirty"
    assert asked.known(TWELVE, HOME).missed == "osrm"
    assert (asked.tally.asked, asked.tally.failed, asked.tally.rested) == (1, 1, 1), "it was asked again at once"
    assert asked.tally.last_error


def test_nobody_listening_costs_nothing() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        address = f"http://127.0.0.1:{taken.getsockname()[1]}"
        assert roads(address).known(TWELVE, HOME).missed == "osrm"


def test_after_its_rest_it_is_asked_again_and_believed(server: str) -> None:
    now = 1000.0
    asked = roads(f"{server}/broken", seconds=lambda: now)
    assert asked.known(EVERYBODY, HOME).missed
    asked.settings = Routing(engine="osrm", url=f"{server}/recorded", timeout_ms=2000)
    now += REST_SECONDS - 1
    assert asked.known(EVERYBODY, HOME).missed
    now += 2
    assert asked.known(EVERYBODY, HOME).engine == "osrm"


def test_without_an_engine_nothing_is_asked() -> None:
    assert Roads(Routing()).known(TWELVE, HOME).roads == {}


def test_threads_of_engines_left_behind_end(server: str) -> None:
    before = threading.active_count()
    for manner in ("hung", "slow_headers"):
        roads(f"{server}/{manner}", timeout_ms=50).known(TWELVE, HOME)
    ends = time.monotonic() + 20
    while threading.active_count() > before and time.monotonic() < ends:
        time.sleep(0.02)
    assert threading.active_count() <= before


# --- what is believed ----------------------------------------------------------------------------------------------


@given(st.binary(max_size=300), st.sampled_from(sorted(ENGINES)))
def test_any_bytes_are_an_answer_or_a_refusal(said: bytes, engine: str) -> None:
    with pytest.raises(BadAnswer):
        ways(ENGINES[engine], "walk", CARERS, HOME, said)


junk = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=4),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from(["location", "time", "lat", "lon"]), inner)
    ),
    max_leaves=8,
)
KEYS = ["code", "durations", "sources", "destinations", "sources_to_targets", "targets"]


@given(st.fixed_dictionaries(dict.fromkeys(KEYS[1:], junk)), st.sampled_from(sorted(ENGINES)))
def test_any_shape_is_an_answer_or_a_refusal(said: dict[str, Any], engine: str) -> None:
    try:
        found = ways(ENGINES[engine], "walk", CARERS[:1], HOME, json.dumps({"code": "Ok", **said}).encode())
    except BadAnswer:
        return
    assert all(0 <= seconds < 86_400 for seconds in found.values())


@pytest.mark.parametrize(
    ("metres", "seconds", "means", "believed"),
    [(1000, 240, "e_bike", True), (1000, 20, "e_bike", False), (1000, 20, "car", False), (5000, 200, "car", True),
     (0, 0, "walk", True), (10, 700, "walk", False), (1000, 9000, "car", False)],
)  # fmt: skip
def test_nobody_flies(metres: float, seconds: float, means: str, believed: bool) -> None:
    assert believable(metres, seconds, means) is believed
