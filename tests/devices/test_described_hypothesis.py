"""Both described codecs under whatever arrives: no exception, any split alike, bounded, linear, nothing lost."""

import json
import time
from collections.abc import Callable
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from devices.codecs import delimited_frame, json_fields
from devices.codecs.delimited import Delimited
from devices.codecs.json_fields import JsonFields
from devices.codecs.json_mapping import PRESETS
from devices.signal import Garbled, Heard, Heartbeat, Message, Setup
from tests.devices.readers import delimited as box_reader
from tests.devices.readers import mqtt_json as json_reader
from tests.devices.wire import NOON, listen, vectors, wire

Described = Delimited | JsonFields
TABLES: list[dict[str, Any]] = []
for _vector in vectors("delimited"):
    if _vector["format"] not in TABLES:
        TABLES.append(_vector["format"])
BOXES = [Setup(format=table) for table in TABLES]
SERVERS = [Setup(format={"preset": preset, "battery_low": 0}) for preset in PRESETS]
PIECES = [wire(vector) for vector in vectors("delimited")]
MESSAGES = [json_reader.bytes_of(vector) for vector in vectors("mqtt-json")]
SNIPPETS = [b"$", b"#", b"\x02", b"\x03", b"\xaa\x55", b"\r\n", b"*", b"|", b",", b"\0", b"\n", b"{", b'"', b"[1,"]

chunk = st.one_of(st.binary(max_size=40), st.sampled_from(PIECES), st.sampled_from(MESSAGES), st.sampled_from(SNIPPETS))
traffic = st.lists(chunk, max_size=8).map(b"".join)
word = st.text("0123456789ABCDEFabcdef", min_size=1, max_size=8)
leaf = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20)
KEYS = ["sos", "press", "values", "object", "deviceInfo", "devEui", "data", "fCnt", "battery", "action", "ts", "time",
        "end_device_ids", "uplink_message", "x"]  # fmt: skip
document = st.recursive(
    leaf,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from(KEYS), inner, max_size=6),
    max_leaves=30,
)


def codecs() -> list[Described]:
    return [*(Delimited(setup) for setup in BOXES), *(JsonFields(setup) for setup in SERVERS)]


def hear(codec: Described, chunks: list[bytes]) -> list[Heard]:
    return listen(codec, chunks, NOON)[0]


def lost(arrived: bytes, heard: list[Heard]) -> bytes:
    """What of the bytes is in nothing that was heard, in their order; what one message says of several is one."""
    at, missing, before = 0, b"", b""
    for one in heard:
        if one.raw is not before or len(one.raw) == 1:  # a single byte is one object everywhere
            found, before = arrived.index(one.raw, at), one.raw
            missing, at = missing + arrived[at:found], found + len(one.raw)
    return missing + arrived[at:]


@given(traffic)
@example(b"\x03\x03")
def test_no_bytes_whatever_raise_or_vanish(arrived: bytes) -> None:
    for codec in codecs():
        heard = hear(codec, [arrived])
        assert all(one.raw in arrived for one in heard)
        assert all(repr(one) for one in heard)
        assert not lost(arrived, heard).strip(b"\0\r\n \t")


@given(traffic, st.lists(st.integers(0, 400), max_size=12))
def test_any_split_of_the_same_bytes_is_heard_the_same(arrived: bytes, cuts: list[int]) -> None:
    places = sorted({0, len(arrived), *(place for place in cuts if place < len(arrived))})
    parts = [arrived[start:stop] for start, stop in pairwise(places)]
    for whole, split, bytewise in zip(codecs(), codecs(), codecs(), strict=True):
        expected = hear(whole, [arrived])
        assert hear(split, parts) == expected
        assert hear(bytewise, [arrived[at : at + 1] for at in range(len(arrived))]) == expected


@given(document, st.sampled_from(SERVERS))
def test_any_document_is_heard_as_something_with_texts_that_can_be_stored(said: Any, setup: Setup) -> None:
    for one in hear(JsonFields(setup), [json_fields.write("application/1/x", said)]):
        repr(one).encode()
        one.account.encode()
        assert "\0" not in one.account
        if isinstance(one, Message):
            assert one.signals
            for signal in one.signals:
                "".join((signal.code, signal.text, signal.zone or "", one.sequence)).encode()
                assert signal.account == one.account
        elif isinstance(one, Garbled):
            assert one.reason


@given(document)
def test_the_account_is_the_one_the_document_says(said: Any) -> None:
    device = {"devEui": "0004a30b001c0530"}
    whole = {**said, "deviceInfo": device} if isinstance(said, dict) else {"deviceInfo": device, "object": said}
    for one in hear(JsonFields(SERVERS[0]), [json_fields.write("application/1/x", whole)]):
        assert one.account in ("0004a30b001c0530", "") if isinstance(one, Garbled) else one.account == device["devEui"]


@given(word, st.sampled_from(["1", "2", "SOS", "01", "77"]), st.sampled_from(TABLES))
def test_what_the_writer_writes_the_codec_reads(account: str, event: str, table: dict[str, Any]) -> None:
    said = hear(Delimited(Setup(format=table)), [delimited_frame.write(table, account=account, event=event)])
    assert [one.account for one in said] == [account]
    assert not isinstance(said[0], Garbled)


@pytest.mark.parametrize(
    "unit", [b"x", *SNIPPETS, b"$x", b"\xaa\x55\r", b"\x02\x03", b"\0\n", b'a\n{"a":', b"a\n[{}],", b"\0a\n{}", b'"\\']
)
def test_a_flood_of_anything_takes_linear_time_and_little_memory_and_splits_alike(unit: bytes) -> None:
    flood = unit * (60_000 // len(unit))
    parts = [flood[at : at + 1460] for at in range(0, len(flood), 1460)]
    makers: list[Callable[[], Described]] = [
        *(lambda setup=setup: Delimited(setup) for setup in BOXES),  # type: ignore[misc]
        *(lambda setup=setup: JsonFields(setup) for setup in SERVERS[:2]),  # type: ignore[misc]
    ]
    began = time.process_time()
    for make in makers:
        whole, split = make(), make()
        assert hear(whole, [flood]) == hear(split, parts)
    assert time.process_time() - began < 6
    for make in makers:
        slow = make()
        for at in range(0, 20_000):
            slow.feed(flood[at : at + 1], NOON)
            assert len(slow._rest) <= (4096 if isinstance(slow, Delimited) else json_fields.LIMIT)
    assert time.process_time() - began < 9


@given(st.binary(max_size=64).filter(lambda noise: b"\0" not in noise), st.sampled_from(PIECES))
def test_noise_never_hides_the_next_repetition(noise: bytes, piece: bytes) -> None:
    for alone, disturbed in zip(BOXES, BOXES, strict=True):
        wanted = [one for one in hear(Delimited(alone), [piece]) if isinstance(one, Message | Heartbeat)]
        found = [one for one in hear(Delimited(disturbed), [noise, piece, piece]) if not isinstance(one, Garbled)]
        assert len(found) >= len(wanted)


def test_the_reader_of_the_vectors_sees_three_boxes() -> None:
    assert len(TABLES) == 3
    assert box_reader.format_of(vectors("delimited")[0]) == TABLES[0]
    assert json.loads(MESSAGES[0].split(b"\n", 1)[1])["fCnt"] == 4
