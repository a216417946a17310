"""Receivers and diallers: no bytes raise, any split is heard the same, nothing is kept without bound or lost."""

import re
import time
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from devices.codecs import ademco685, al00_uart, contact_id, d6500, d6600_dc07, lupus_cid, sia_codes, texecom
from devices.codecs.layout_codec import LIMIT, LayoutCodec
from devices.codecs.registry import CODECS
from devices.signal import Heard, Message, Setup
from tests.devices.wire import NOON, listen, vectors, wire

NAMES = ("d6500", "d6600-dc07", "ademco685", "texecom", "lupus-cid", "al00-uart")
EVERY = pytest.mark.parametrize("name", NAMES)
WITH_VECTORS = ("surgard", "d6500", "ademco685", "texecom", "lupus-cid", "al00-uart")
PIECES = [
    *(wire(vector) for name in WITH_VECTORS for vector in vectors(name)),
    d6600_dc07.write_contact_id("4217", "101"),
    d6600_dc07.write_contact_id("4217", "101", binary=True),
    d6600_dc07.write(d6600_dc07.LINK_TEST, ""),
    texecom.write_sia("1000", "ri1/PA001"),
]
SNIPPETS = [
    b"\n", b"\r", b"\x14", b"]", b"#", b"##", b"]\r", b"\r\n", b"AL00", b"[1", b"11 4217 ", b" a011 ", b"POLL1#",
    b"3A3", b"3@0\x8f", b"\n0000", b"\n0000a00010101[", b"1010     ", b"8011421", b"\x8d", b"\xdd",
]  # fmt: skip

traffic = st.lists(
    st.one_of(st.binary(max_size=40), st.sampled_from(PIECES), st.sampled_from(SNIPPETS)), max_size=8
).map(b"".join)
four = st.text("0123456789BCDEF", min_size=4, max_size=4)
digits3 = st.text("0123456789", min_size=3, max_size=3)
digits2 = st.text("0123456789", min_size=2, max_size=2)


def codec(name: str) -> LayoutCodec:
    made = CODECS[name](Setup())
    assert isinstance(made, LayoutCodec)
    return made


def hear(name: str, chunks: list[bytes]) -> list[Heard]:
    return listen(codec(name), chunks, NOON)[0]


@EVERY
@given(traffic)
def test_no_bytes_whatever_raise_and_only_fillers_and_echoes_vanish(name: str, arrived: bytes) -> None:
    at = 0
    dropped = b""
    for one in hear(name, [arrived]):
        found = arrived.index(one.raw, at)
        dropped, at = dropped + arrived[at:found], found + len(one.raw)
        assert repr(one)
    dropped += arrived[at:]
    made = codec(name)
    marks = b"|".join(map(re.escape, made.ending.marks))
    assert re.sub(marks + b"|ACK|NAK", b"", dropped).strip(made.filler + b"\n") == b""


@EVERY
@given(traffic, st.lists(st.integers(0, 400), max_size=12))
def test_any_split_of_the_same_bytes_is_heard_the_same(name: str, arrived: bytes, cuts: list[int]) -> None:
    places = sorted({0, len(arrived), *(place for place in cuts if place < len(arrived))})
    expected = hear(name, [arrived])
    assert hear(name, [arrived[start:stop] for start, stop in pairwise(places)]) == expected
    assert hear(name, [arrived[at : at + 1] for at in range(len(arrived))]) == expected


@EVERY
@given(st.lists(st.one_of(st.binary(max_size=3000), traffic), max_size=6), st.sampled_from([b"", b"\n", b"A", b"\xff"]))
def test_no_more_than_4_kib_of_unfinished_bytes_are_kept(name: str, parts: list[bytes], filler: bytes) -> None:
    made = codec(name)
    for part in parts:
        made.feed(part + filler * 2500, NOON)
        assert len(made._rest) <= LIMIT


@EVERY
@pytest.mark.parametrize("unit", [b"x", b"x\r", b"2", b"3@0\x8f", *SNIPPETS])
def test_a_flood_of_anything_takes_linear_time_and_splits_alike(name: str, unit: bytes) -> None:
    flood = unit * (60_000 // len(unit))
    parts = [flood[at : at + 1460] for at in range(0, len(flood), 1460)]
    began = time.process_time()
    assert hear(name, [flood]) == hear(name, parts)
    assert time.process_time() - began < 3


WRITERS = {
    "d6500": d6500.write_contact_id,
    "d6600-dc07": d6600_dc07.write_contact_id,
    "texecom": texecom.write_contact_id,
    "lupus-cid": lupus_cid.write,
    "al00-uart": al00_uart.write,
}


@pytest.mark.parametrize("name", WRITERS)
@given(four, digits3, st.sampled_from([1, 3, 6]), digits2, digits3)
def test_what_a_writer_writes_its_codec_reads(
    name: str, account: str, event: str, qualifier: int, partition: str, zone: str
) -> None:
    (said,) = hear(name, [WRITERS[name](account, event, qualifier, partition, zone)])
    assert isinstance(said, Message)
    assert said.signals == (contact_id.signal(contact_id.Report(account, qualifier, event, partition, zone)),)
    assert said.deviations == ()


@given(four, digits3, st.sampled_from("ERP"), digits2, digits3, st.sampled_from("CU"))
def test_what_the_685_writer_writes_its_codec_reads(
    account: str, event: str, letter: str, partition: str, zone: str, zone_kind: str
) -> None:
    (said,) = hear("ademco685", [ademco685.write_contact_id(account, event, letter, partition, zone, zone_kind)])
    assert isinstance(said, Message)
    first = said.signals[0]
    assert (first.account, first.restore, first.partition, first.zone) == (account, letter == "R", partition, zone)


@given(four, st.sampled_from(sorted(sia_codes.TABLE)), digits3)
def test_what_texecoms_sia_writer_writes_its_codec_reads(account: str, code: str, zone: str) -> None:
    (said,) = hear("texecom", [texecom.write_sia(account, f"ri1/{code}{zone}")])
    assert isinstance(said, Message)
    assert [(one.account, one.code, one.zone) for one in said.signals] == [(account, f"SIA {code}", zone)]
