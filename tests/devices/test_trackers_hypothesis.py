"""Watches, GT06 and JT/T 808: whatever arrives, in whatever pieces, no exception, the same result, nothing lost."""

import time
from collections.abc import Callable
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from devices.codecs.gt06 import Gt06
from devices.codecs.gt06_frame import write as write_gt06
from devices.codecs.gt06_frame import write_login
from devices.codecs.jt808 import Jt808
from devices.codecs.jt808_frame import FLAG
from devices.codecs.jt808_frame import write as write_jt808
from devices.codecs.watch import Watch
from devices.codecs.watch_frame import write_report
from devices.signal import Codec, Heard, Message, Setup
from tests.devices.wire import NOON, good, listen, vectors, wire

LIMIT = 4096
MAKE: list[Callable[[Setup], Codec]] = [Watch, Gt06, Jt808]
EVERY = pytest.mark.parametrize("make", MAKE, ids=lambda make: make.name)
PIECES = [wire(vector) for name in ("watch", "gt06", "jt808") for vector in vectors(name)]
SNIPPETS = [
    b"[", b"]", b"[3G*", b"[3G*1*0FFF*UD,", b"[3G*1*0000*", b"x]", b",1]", b"\x7d\x03", b"\x78\x78", b"\x78\x78\x05",
    b"\x79\x79\x03\xff", b"\x79\x79\xff\xff", b"\r\n", b"\x7e", b"\x7e\x7e", b"\x7d", b"\x7e\x02\x00",
    write_report("1", "AL", 1 << 16), write_login("864717003283581"), write_gt06(0x13, b"\x20\x04\x03\x00\x02", 3),
    write_jt808(0x0200, "013511221122", 1, b"\x00\x00\x00\x01" + bytes(24)),
]  # fmt: skip
chunk = st.one_of(st.binary(max_size=40), st.sampled_from(PIECES), st.sampled_from(SNIPPETS))
traffic = st.lists(chunk, max_size=8).map(b"".join)
digits = st.text("0123456789", min_size=10, max_size=15)


def fed(codec: Codec, parts: list[bytes]) -> list[Heard]:
    """What is heard without any answer in between: answers tell a codec what is on disk, and so what is still news."""
    return [one for part in parts for one in codec.feed(part, NOON)] + codec.end()


def kept(codec: Codec) -> int:
    finder = getattr(codec, "_finder", None)
    return int(finder.waiting) if finder else len(codec._rest)  # type: ignore[attr-defined]


@EVERY
@given(arrived=traffic)
def test_no_bytes_whatever_raise_and_every_answer_can_be_made(make: Callable[[Setup], Codec], arrived: bytes) -> None:
    for one in listen(make(Setup()), [arrived], NOON)[0]:
        assert one.raw in arrived
        assert repr(one)


@EVERY
@given(arrived=traffic, cuts=st.lists(st.integers(0, 400), max_size=12))
def test_any_split_of_the_same_bytes_is_heard_the_same(
    make: Callable[[Setup], Codec], arrived: bytes, cuts: list[int]
) -> None:
    places = sorted({0, len(arrived), *(place for place in cuts if place < len(arrived))})
    parts = [arrived[start:stop] for start, stop in pairwise(places)]
    expected = fed(make(Setup()), [arrived])
    assert fed(make(Setup()), parts) == expected
    assert fed(make(Setup()), [arrived[at : at + 1] for at in range(len(arrived))]) == expected


@EVERY
@given(arrived=traffic)
def test_nothing_vanishes_but_what_stands_between_frames(make: Callable[[Setup], Codec], arrived: bytes) -> None:
    """Everything comes out once and in order; only NUL, line ends, blanks and the flags of JT/T 808 may be missing."""
    nothing = b"\x00\r\n " + (FLAG if make is Jt808 else b"")
    at = 0
    for one in fed(make(Setup()), [arrived]):
        found = arrived.index(one.raw, at)
        assert not arrived[at:found].strip(nothing)
        at = found + len(one.raw)
    assert not arrived[at:].strip(nothing)


@EVERY
@given(parts=st.lists(st.one_of(st.binary(max_size=3000), traffic), max_size=6), filler=st.sampled_from(SNIPPETS))
def test_no_more_than_4_kib_of_unfinished_bytes_are_kept(
    make: Callable[[Setup], Codec], parts: list[bytes], filler: bytes
) -> None:
    codec = make(Setup())
    for part in parts:
        codec.feed(part + filler * (3000 // len(filler)), NOON)
        assert kept(codec) <= LIMIT


@EVERY
@pytest.mark.parametrize("unit", [b"x", b"1", b",1", b"x]", b"\x78\x78\x20", b"\x78\x78\x20\r\n", *SNIPPETS])
def test_a_flood_of_anything_takes_linear_time_and_splits_alike(make: Callable[[Setup], Codec], unit: bytes) -> None:
    flood = unit * (60_000 // len(unit))
    began = time.process_time()
    expected = fed(make(Setup()), [flood])
    assert fed(make(Setup()), [flood[at : at + 1460] for at in range(0, len(flood), 1460)]) == expected
    assert fed(make(Setup()), [flood[at : at + 7] for at in range(0, len(flood), 7)]) == expected
    assert time.process_time() - began < 6


@EVERY
@given(noise=st.binary(max_size=64), number=st.integers(0, 200))
def test_noise_never_hides_the_next_good_frame_for_long(
    make: Callable[[Setup], Codec], noise: bytes, number: int
) -> None:
    """Noise may swallow one copy (it may look like the start of a frame); the device's repetition is heard."""
    piece = PIECES[number % len(PIECES)]
    wanted = len(good(fed(make(Setup()), [piece])))
    assert len(good(fed(make(Setup()), [noise, piece, piece]))) >= wanted


@given(digits, st.integers(0, 2**32 - 1), st.floats(-89, 89), st.floats(-179, 179), st.integers(0, 100))
def test_what_the_watch_writer_writes_is_read(
    account: str, status: int, north: float, east: float, battery: int
) -> None:
    (said,), _ = listen(Watch(Setup()), [write_report(account, "AL", status, north, east, battery)], NOON)
    assert isinstance(said, Message)
    assert said.account == account
    report = said.head.report
    assert report.place == pytest.approx((north, east), abs=1e-6)
    assert (report.status, report.battery) == (status, battery)
    assert said.signals[0].kind == "sos" or not status >> 16 & 1


@given(st.text("0123456789", min_size=15, max_size=15).filter(lambda imei: imei[0] != "0"), st.integers(0, 0xFFFF))
def test_a_log_in_names_the_device_it_is(imei: str, serial: int) -> None:
    (said,), answer = listen(Gt06(Setup()), [write_login(imei, serial)], NOON)
    assert (said.account, answer) == (imei, write_gt06(1, b"", serial))


@given(st.text("0123456789", min_size=12, max_size=12), st.integers(0, 0xFFFF), st.binary(max_size=300),
       st.sampled_from([None, 1]), st.sampled_from([0x0002, 0x0200, 0x0704, 0x0900]))  # fmt: skip
def test_any_body_under_a_right_checksum_is_heard_once_from_whom_it_says(
    account: str, serial: int, body: bytes, version: int | None, message: int
) -> None:
    number = account if version is None else account.zfill(20)
    (said,), _ = listen(Jt808(Setup()), [write_jt808(message, number, serial, body, version)], NOON)
    assert said.account == number
    assert good([said])
    assert said.head.head.serial == serial  # type: ignore[union-attr]
