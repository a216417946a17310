"""The OH2000 codec: heartbeats answered, everything else kept and never answered, whatever arrives."""

import time
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from devices.codecs import oh2000
from devices.codecs.oh2000 import Beat, Oh2000
from devices.signal import Garbled, Heard, Heartbeat, Setup
from tests.devices.wire import NOON, good, listen

BEAT = oh2000.write_heartbeat("0001", "0002", "001234XX", 0xAB)


def hear(*chunks: bytes) -> tuple[list[Heard], bytes]:
    return listen(Oh2000(Setup()), list(chunks), NOON)


def test_a_heartbeat_is_answered_the_way_its_receiver_is_said_to_expect() -> None:
    heard, answers = hear(BEAT)
    assert isinstance(heard[0], Heartbeat)
    assert (heard[0].head, heard[0].account) == (Beat("0001", "0002", "001234XX", "000000AB"), "001234XX")
    assert answers == b'"ACK"'


@pytest.mark.parametrize("ending", [b"\r", b"\n", b"\x14", b"]"])
def test_an_event_is_kept_with_its_account_and_never_acknowledged(ending: bytes) -> None:
    event = b"SR0001L0001    001234XX    [#1234|NPA1" + ending
    heard, answers = hear(event)
    assert isinstance(heard[0], Garbled)
    assert (heard[0].raw, heard[0].account, answers) == (event, "001234XX", b"")
    assert "not public" in heard[0].reason


def test_an_event_does_not_swallow_the_heartbeat_after_it() -> None:
    heard, answers = hear(b"SR0001L0001    001234XX    [#1234|NPA1" + BEAT)
    assert [type(one) for one in heard] == [Garbled, Heartbeat]
    assert answers == oh2000.ACK


@given(st.lists(st.one_of(st.binary(max_size=30), st.sampled_from([BEAT, BEAT[:20], b"]", b"SR"])), max_size=8),
       st.lists(st.integers(0, 300), max_size=10))  # fmt: skip
def test_any_split_of_any_bytes_is_heard_the_same_and_nothing_vanishes(parts: list[bytes], cuts: list[int]) -> None:
    arrived = b"".join(parts)
    places = sorted({0, len(arrived), *(place for place in cuts if place < len(arrived))})
    whole, answers = hear(arrived)
    assert hear(*(arrived[start:stop] for start, stop in pairwise(places)))[0] == whole
    assert hear(*(arrived[at : at + 1] for at in range(len(arrived))))[0] == whole
    heard = b"".join(one.raw for one in whole)
    assert heard.translate(None, oh2000.FILLER) == arrived.translate(None, oh2000.FILLER)
    assert answers == oh2000.ACK * len(good(whole))


@pytest.mark.parametrize("unit", [b"x", b" ", b"SR", b"SR0001L0001 ", b"SR0001L0001 1 [", b"]", BEAT, BEAT[:-1]])
@pytest.mark.parametrize("size", [1, 1460, 60_000])
def test_a_flood_takes_linear_time_and_bounded_memory(unit: bytes, size: int) -> None:
    flood, codec = unit * (60_000 // len(unit)), Oh2000(Setup())
    began = time.process_time()
    for at in range(0, len(flood), size):
        codec.feed(flood[at : at + size], NOON)
        assert len(codec._rest) <= oh2000.LIMIT
    assert time.process_time() - began < 3
