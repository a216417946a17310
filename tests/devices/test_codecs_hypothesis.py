"""Whatever arrives, in whatever pieces: no exception, the same result, nothing kept without bound, nothing lost."""

import time
from datetime import timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from devices.codecs import contact_id, dc09, dc09_frame, sia_codes, surgard
from devices.codecs.dc09 import Dc09
from devices.codecs.surgard import SurGard
from devices.signal import Heard, Heartbeat, Message, Setup
from tests.devices.wire import NOON, good, listen, vectors, wire

KEY = bytes(range(16))
LIMIT = 4096
PIECES = [wire(vector) for name in ("dc09", "surgard") for vector in vectors(name)]
SNIPPETS = [
    b"\n",
    b"\r",
    b"\x14",
    b'"',
    b'\n\r\r0027"',
    b'\n00000000"',
    b"5011 18",
    b"S011[",
    b"1011      ",
    b"\x8d",
    b"@",
]

chunk = st.one_of(st.binary(max_size=40), st.sampled_from(PIECES), st.sampled_from(SNIPPETS))
traffic = st.lists(chunk, max_size=8).map(b"".join)
account = st.text("0123456789ABCDEF", min_size=3, max_size=16)
four = st.text("0123456789BCDEF", min_size=4, max_size=4)
digits3 = st.text("0123456789", min_size=3, max_size=3)
digits2 = st.text("0123456789", min_size=2, max_size=2)


def codecs() -> list[Dc09 | SurGard]:
    def secret(account: str) -> bytes:
        return KEY

    return [Dc09(Setup(secret)), Dc09(Setup(secret, clear_text="refuse")), Dc09(Setup()), SurGard(Setup())]


def hear(codec: Dc09 | SurGard, chunks: list[bytes]) -> list[Heard]:
    return listen(codec, chunks, NOON)[0]


@given(traffic)
def test_no_bytes_whatever_raise(arrived: bytes) -> None:
    for codec in codecs():
        for one in hear(codec, [arrived]):
            assert one.raw in arrived
            assert repr(one)


@given(traffic, st.lists(st.integers(0, 400), max_size=12))
def test_any_split_of_the_same_bytes_is_heard_the_same(arrived: bytes, cuts: list[int]) -> None:
    places = sorted({0, len(arrived), *(place for place in cuts if place < len(arrived))})
    parts = [arrived[start:stop] for start, stop in pairwise(places)]
    for whole, split, bytewise in zip(codecs(), codecs(), codecs(), strict=True):
        expected = hear(whole, [arrived])
        assert hear(split, parts) == expected
        assert hear(bytewise, [arrived[at : at + 1] for at in range(len(arrived))]) == expected


@given(
    st.lists(st.one_of(st.binary(max_size=3000), traffic), max_size=6),
    st.sampled_from([b"", b"\r", b"\n", b"A", b"\xff"]),
)
def test_no_more_than_4_kib_of_unfinished_bytes_are_kept(parts: list[bytes], filler: bytes) -> None:
    for codec in codecs():
        for part in parts:
            codec.feed(part + filler * 2500, NOON)
            assert len(codec._rest) <= LIMIT


@pytest.mark.parametrize(
    "unit", [b"x", b"\r", b"\n", b"x\r", b"\n\r", *SNIPPETS, b'\n00000FFF"', b'\n\n\n\n0FFF"', b"S011[#1|"]
)
def test_a_flood_of_anything_takes_linear_time_and_splits_alike(unit: bytes) -> None:
    flood = unit * (60_000 // len(unit))
    parts = [flood[at : at + 1460] for at in range(0, len(flood), 1460)]
    began = time.process_time()
    for whole, split in zip(codecs(), codecs(), strict=True):
        assert hear(whole, [flood]) == hear(split, parts)
    assert time.process_time() - began < 3


@given(account, st.integers(1, 9999), st.sampled_from(sorted(sia_codes.TABLE)), st.text("0123456789ABCDEF", max_size=4),
       st.text("0123456789", max_size=2), st.booleans(), st.booleans())  # fmt: skip
def test_what_the_dc09_writer_writes_the_codec_reads(
    account: str, sequence: int, code: str, zone: str, area: str, encrypted: bool, binary: bool
) -> None:
    data = sia_codes.write_data(account, code, zone, area)
    key = KEY if encrypted else None
    frame = dc09.write("SIA-DCS", sequence, account, data, key, "1", "22", NOON, "[Ihelp]", binary)
    codec = Dc09(Setup(lambda asked: KEY if encrypted and asked == account else None))
    heard, answers = listen(codec, [frame], NOON + timedelta(seconds=5))
    said = heard[0]
    assert isinstance(said, Message)
    assert (said.account, said.encrypted, said.head.binary) == (account, encrypted, binary)
    signal = said.signals[0]
    assert (signal.code, signal.zone, signal.partition) == (f"SIA {code}", zone or None, area or None)
    assert (signal.at, signal.text) == (NOON, "help")
    reply = dc09.read_reply(answers, key)
    assert reply is not None
    assert (reply.token, reply.sequence, reply.account) == ("ACK", f"{sequence:04}", account)


sia_item = st.sampled_from(
    ["#", "4242", "|", "N", "O", "ri", "1", "/", "QA", "ZX", "005", "af", "^hm^", "A", "id7", " "]
)


@given(st.lists(sia_item, max_size=10).map(lambda items: "#4242|N" + "".join(items)))
def test_the_short_way_through_sia_data_leads_where_the_long_one_does(data: str) -> None:
    assert sia_codes.parse(data) == sia_codes.parse_blocks(data)


@given(four, digits3, st.sampled_from([1, 3, 6]), digits2, digits3)
def test_what_the_contact_id_writers_write_three_carriers_read(
    account: str, event: str, qualifier: int, partition: str, zone: str
) -> None:
    expected = contact_id.Report(account, qualifier, event, partition, zone)
    assert contact_id.parse(contact_id.write(account, event, qualifier, partition, zone)) == expected
    data = contact_id.write_data(account, event, qualifier, partition, zone)
    line = surgard.write_contact_id(account, event, qualifier, partition, zone)
    over_ip = hear(Dc09(Setup()), [dc09.write("ADM-CID", 1, account, data)])
    over_serial = hear(SurGard(Setup()), [line])
    for said in (over_ip[0], over_serial[0]):
        assert isinstance(said, Message)
        assert said.signals == (contact_id.signal(expected),)


@given(four, st.sampled_from(sorted(sia_codes.TABLE)), digits3, digits2)
def test_what_the_surgard_writer_writes_the_codec_reads(account: str, code: str, zone: str, receiver: str) -> None:
    wire = surgard.write_heartbeat(receiver) + surgard.write_sia(account, code, zone, "1", receiver)
    beat, said = hear(SurGard(Setup()), [wire])
    assert isinstance(beat, Heartbeat)
    assert isinstance(said, Message)
    assert (beat.head.receiver, said.head.receiver) == (receiver, receiver)
    assert [(one.account, one.code, one.zone) for one in said.signals] == [(account, f"SIA {code}", zone)]


@given(st.binary(max_size=60))
def test_any_body_under_a_right_crc_is_kept_as_something(body: bytes) -> None:
    frame = dc09_frame.seal(body)
    assert b"".join(one.raw for one in hear(Dc09(Setup()), [frame])).strip(b"\0\r\n") == frame.strip(b"\0\r\n")


@given(st.binary(max_size=64), st.sampled_from(PIECES))
def test_noise_of_any_kind_never_hides_the_next_good_frame_for_long(noise: bytes, piece: bytes) -> None:
    """Noise may swallow one copy (it may look like the start of a frame); the panel's repetition is heard."""
    for codec, alone in zip(codecs(), codecs(), strict=True):
        wanted = len(good(hear(alone, [piece])))
        assert len(good(hear(codec, [noise, piece, piece]))) >= wanted
