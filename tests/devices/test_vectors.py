"""Every vector of every protocol, fed six ways: whole, byte by byte, twice at once, after noise, cut in half, damaged.

The expectations come from the vector files and are not repeated here. How the fields of each protocol are called
stands in ``tests/devices/readers``, one module a vector file.
"""

import importlib
import pkgutil
import re
from types import ModuleType
from typing import Any

import pytest

from devices.codecs import contact_id, dc09, dc09_cipher
from devices.codecs.registry import CODECS
from devices.signal import Codec, Garbled, Heard, Heartbeat, Message, Setup
from tests.devices import readers
from tests.devices.wire import Vector, clock, good, key_of, listen, vectors, wire

FOUND = [
    importlib.import_module(f"{readers.__name__}.{found.name}") for found in pkgutil.iter_modules(readers.__path__)
]
READERS: dict[str, ModuleType] = {reader.VECTORS: reader for reader in FOUND}


def of(*protocols: str) -> list[Any]:
    return [
        pytest.param(vector, id=f"{name}-{vector['name']}")
        for name in protocols
        for vector in vectors(name)
        if vector["name"] not in getattr(READERS.get(name), "APART", ())
    ]


EVERY_VECTOR = pytest.mark.parametrize("vector", of(*READERS))


def reader(vector: Vector) -> ModuleType:
    return READERS[vector["protocol"]]


def new(vector: Vector) -> Codec:
    own = getattr(reader(vector), "format_of", None)
    table = own(vector) if own else getattr(reader(vector), "FORMAT", {})
    how = Setup(lambda account: key_of(vector), format=table)
    return CODECS[reader(vector).CODEC](how)


def sent_by(vector: Vector) -> bytes:
    own = getattr(reader(vector), "bytes_of", wire)
    return bytes(own(vector))


def taken(vector: Vector, heard: list[Heard]) -> list[Heard]:
    """The frames that were answered as good; a protocol may raise what it refuses, and then says so itself."""
    own = getattr(reader(vector), "good", good)
    return list(own(heard))


def accepted(vector: Vector) -> int:
    """How many good frames the vector holds."""
    expected = vector["expected"]
    return int(expected.get("frames", 1)) * int(vector.get("repeat", 1)) if expected["outcome"] == "accept" else 0


def agree(expected: Any, heard: Any, where: str) -> None:
    """A receiver may produce more than expected, never something different."""
    if isinstance(expected, dict):
        for name, value in expected.items():
            agree(value, heard[name], f"{where}.{name}")
    elif isinstance(expected, list):
        assert len(heard) == len(expected), where
        for number, value in enumerate(expected):
            agree(value, heard[number], f"{where}[{number}]")
    else:
        assert heard == expected, where


def check_heard(vector: Vector, heard: list[Heard]) -> None:
    expected = vector["expected"]
    frames = taken(vector, heard)
    assert len(frames) == accepted(vector)
    if expected["outcome"] != "accept":
        assert [one for one in heard if one not in frames], "nothing that arrived may vanish"
        if "account" in (expected.get("fields") or {}):
            assert heard[0].account == expected["fields"]["account"]
        return
    fields = expected.get("fields_list") or [expected.get("fields", {})] * len(frames)
    for one, wanted in zip(frames, fields, strict=True):
        agree(wanted, reader(vector).fields(one, one.raw, vector), vector["name"])
    if "distinct_alarms" in expected:
        alarms = {(m.account, m.sequence, m.content) for m in frames if isinstance(m, Message)}
        assert len(alarms) == expected["distinct_alarms"]
    if expected.get("kind") == "heartbeat" or expected.get("fields", {}).get("token") == "NULL":
        assert all(isinstance(one, Heartbeat) for one in frames)


def check_answers(vector: Vector, answers: bytes, times: int = 1) -> None:
    if own := getattr(reader(vector), "answers_agree", None):
        own(vector, answers, times)
        return
    if vector.get("reply_hex") is not None:
        assert answers == bytes.fromhex(vector["reply_hex"]) * times
    check = vector.get("reply_check") or {}
    text = answers.decode("latin-1")
    if check.get("none"):
        assert answers == b""
    if "regex" in check:
        assert re.search(check["regex"], text)
    if "must_not_contain" in check:
        assert check["must_not_contain"] not in text
    if "min_acks" in check:
        assert check["min_acks"] * times <= answers.count(b"\x06") <= check["max_acks"] * times
    if "token" in check:
        check_encrypted_reply(vector, answers, times)


def check_encrypted_reply(vector: Vector, answers: bytes, times: int) -> None:
    check, key = vector["reply_check"], key_of(vector)
    assert key
    assert answers.count(b"\r") == check["frames"] * times
    reply = dc09.read_reply(answers, key)
    assert reply
    assert ("*" * reply.encrypted + reply.token, int(reply.sequence)) == (check["token"], check["sequence"])
    clear = dc09_cipher.decrypt(key, answers[answers.index(b"[") + 1 : answers.index(b"\r")])
    assert clear
    assert re.match(check["decrypts_to_regex"], clear.decode("latin-1"))


def chunks_of(vector: Vector) -> list[bytes]:
    if "chunks_hex" in vector:
        return [bytes.fromhex(chunk) for chunk in vector["chunks_hex"]]
    return [sent_by(vector)]


@EVERY_VECTOR
def test_fed_whole_it_is_heard_and_answered_as_the_vector_says(vector: Vector) -> None:
    heard, answers = listen(new(vector), chunks_of(vector), clock(vector))
    check_heard(vector, heard)
    check_answers(vector, answers)


@EVERY_VECTOR
def test_fed_byte_by_byte_it_is_the_same(vector: Vector) -> None:
    heard, answers = listen(new(vector), [bytes([byte]) for byte in sent_by(vector)], clock(vector))
    check_heard(vector, heard)
    check_answers(vector, answers)
    whole, _ = listen(new(vector), [sent_by(vector)], clock(vector))
    assert heard == whole


@EVERY_VECTOR
def test_two_at_once_in_one_segment_are_two(vector: Vector) -> None:
    heard, answers = listen(new(vector), [sent_by(vector) * 2], clock(vector))
    assert len(taken(vector, heard)) == 2 * accepted(vector)
    if accepted(vector):
        check_answers(vector, answers, times=2)


@EVERY_VECTOR
def test_after_noise_it_is_heard_and_the_noise_is_kept(vector: Vector) -> None:
    noise = reader(vector).NOISE
    heard, answers = listen(new(vector), [noise + sent_by(vector)], clock(vector))
    assert len(taken(vector, heard)) == accepted(vector)
    if accepted(vector):
        assert isinstance(heard[0], Garbled)
        assert noise in heard[0].raw
        check_heard(vector, heard[1:])
        check_answers(vector, answers)


@EVERY_VECTOR
def test_cut_in_half_it_is_kept_and_not_answered(vector: Vector) -> None:
    half = sent_by(vector)[: len(sent_by(vector)) // (2 * max(1, accepted(vector)))]
    heard, answers = listen(new(vector), [half], clock(vector))
    assert taken(vector, heard) == []
    assert answers == b""
    assert b"".join(one.raw for one in heard).strip(b"\x00\n\r ") == half.strip(b"\x00\n\r ")


@EVERY_VECTOR
def test_cut_in_half_it_does_not_swallow_the_repetition(vector: Vector) -> None:
    half = sent_by(vector)[: len(sent_by(vector)) // (2 * max(1, accepted(vector)))]
    heard, answers = listen(new(vector), [half, sent_by(vector)], clock(vector))
    assert len(taken(vector, heard)) == accepted(vector)
    if accepted(vector):
        check_answers(vector, answers)


@EVERY_VECTOR
def test_damaged_in_any_byte_under_a_checksum_no_frame_passes(vector: Vector) -> None:
    sent = sent_by(vector)
    now = clock(vector)
    for place in reader(vector).guarded(sent):
        damaged = sent[:place] + bytes([sent[place] ^ 0x11]) + sent[place + 1 :]
        heard, _ = listen(new(vector), [damaged], now)
        assert len(taken(vector, heard)) == max(0, accepted(vector) - 1), place
        assert heard, "nothing that arrived may vanish"


@EVERY_VECTOR
def test_damaged_in_any_byte_at_all_nothing_vanishes_and_nothing_fails(vector: Vector) -> None:
    sent = sent_by(vector)
    for place in range(len(sent)):
        damaged = sent[:place] + bytes([sent[place] ^ 0x41]) + sent[place + 1 :]
        heard, _ = listen(new(vector), [damaged], clock(vector))
        assert heard, "nothing that arrived may vanish"


@pytest.mark.parametrize("vector", of("surgard"))
def test_damaged_in_any_byte_a_surgard_line_is_answered_ack_or_nak_or_not_at_all(vector: Vector) -> None:
    sent = sent_by(vector)
    for place in range(len(sent)):
        damaged = sent[:place] + bytes([sent[place] ^ 0x41]) + sent[place + 1 :]
        heard, answers = listen(new(vector), [damaged], clock(vector))
        assert set(answers) <= {0x06, 0x15}
        assert heard, "nothing that arrived may vanish"


@pytest.mark.parametrize("vector", of("contactid"))
def test_a_bare_contact_id_block_reads_as_the_vector_says(vector: Vector) -> None:
    block = wire(vector).decode()
    report = contact_id.parse(block)
    assert report
    agree(vector["expected"]["fields"], report._asdict(), vector["name"])
    assert report.checksum_ok == (vector["expected"]["outcome"] == "accept")
    assert [contact_id.parse(block[:length]) for length in range(16)] == [None] * 16
    if report.checksum_ok and report.message_type == "18":
        assert contact_id.write(report.account, report.event, report.qualifier, report.partition, report.zone) == block


@pytest.mark.parametrize("vector", of("contactid"))
def test_a_bare_contact_id_block_with_one_digit_wrong_fails_its_checksum(vector: Vector) -> None:
    block = wire(vector).decode()
    for place, digit in enumerate(block):
        other = "7" if digit != "7" else "3"
        damaged = contact_id.parse(block[:place] + other + block[place + 1 :])
        assert damaged is None or not damaged.checksum_ok or vector["expected"]["outcome"] == "reject"
