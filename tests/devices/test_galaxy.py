"""What the Galaxy codec promises beyond its vector: whole reports, words after the event, damage, any split."""

import time
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from devices.codecs import dc03_blocks, galaxy
from devices.codecs.galaxy import Galaxy
from devices.signal import Garbled, Heard, Heartbeat, Kind, Message, Setup
from tests.devices.wire import NOON, good, listen

ACK = bytes.fromhex("403887")
# a whole report, captured: github.com/ZebMcKayhan/SIA-Server, sia_server_tester.py
CAPTURED = [
    bytes.fromhex(block)
    for block in (
        "46233032333439399f", "564e746932333a34322f69643032332f70693031332f4347fb",
        "4e41205041525420534554205553455294", "40308f",
    )
]  # fmt: skip


def hear(*chunks: bytes) -> tuple[list[Heard], bytes]:
    return listen(Galaxy(Setup()), list(chunks), NOON)


def messages(*chunks: bytes) -> list[Message]:
    return [one for one in hear(*chunks)[0] if isinstance(one, Message)]


def test_nul_in_an_account_is_made_visible_for_no_database_holds_it() -> None:
    """Found by the fuzzer."""
    heard, _ = hear(*galaxy.write("12\x0034", "PA1"))
    assert {one.account for one in heard} == {"12\u240034"}


def test_a_captured_report_is_heard_block_by_block_and_each_is_acknowledged() -> None:
    heard, answers = hear(*CAPTURED)
    assert [type(one) for one in heard] == [Heartbeat, Message, Message, Heartbeat]
    assert {one.account for one in heard} == {"023499"}
    assert answers == ACK * 4
    event, words = (one.signals[0] for one in heard if isinstance(one, Message))
    assert (event.kind, event.code, event.zone, event.at) == (Kind.STATUS, "SIA CG", "023", None)
    assert event.text == "time 23:42 peripheral 013"
    assert (words.kind, words.code, words.zone, words.text) == (Kind.STATUS, "SIA CG text", "023", "PART SET USER")


def test_the_words_of_a_press_join_it_and_never_press_again() -> None:
    event, words = messages(
        *galaxy.write("1234", "ti11:46/ri1/PA1011", "+PANIK          P\x8fsovrum".replace("\x8f", "Å"))
    )
    assert [(one.kind, one.partition, one.zone) for one in event.signals] == [(Kind.SOS, "1", "1011")]
    assert [(one.kind, one.zone, one.text) for one in words.signals] == [(Kind.STATUS, "1011", "+PANIK PÅsovrum")]
    assert event.content != words.content


def test_every_event_of_a_block_is_raised_and_stored_ones_are_marked() -> None:
    old = dc03_blocks.write("#", b"1234") + dc03_blocks.write("O", b"ri1/MA001/YT000")
    (said,) = messages(old)
    assert [(one.kind, one.text) for one in said.signals] == [
        (Kind.SOS, "old event"), (Kind.LOW_BATTERY, "old event"),
    ]  # fmt: skip


def test_an_event_before_any_account_rings_all_the_same() -> None:
    (said,) = messages(dc03_blocks.write("N", b"PA001"))
    assert [(one.account, one.kind) for one in said.signals] == [("", Kind.SOS)]


@pytest.mark.parametrize(
    "block", [("N", b""), ("N", b"\xff\xff"), ("A", b"words alone"), ("E", b"EN1"), ("X", b"1"), ("P", b"")]
)
def test_what_cannot_be_read_is_acknowledged_and_looked_at(block: tuple[str, bytes]) -> None:
    heard, answers = hear(dc03_blocks.write("#", b"1234") + dc03_blocks.write(*block))
    assert isinstance(heard[1], Message)
    assert [(one.kind, one.account) for one in heard[1].signals] == [(Kind.UNKNOWN, "1234")]
    assert answers == ACK * 2


@pytest.mark.parametrize("function", sorted(galaxy.REPLIES))
def test_replies_and_log_ins_are_kept_and_not_answered(function: str) -> None:
    heard, answers = hear(dc03_blocks.write(function))
    assert (type(heard[0]), answers) == (Garbled, b"")


def test_every_function_has_its_place() -> None:
    raised = {"A", "C", "E", "L", "N", "O", "P", "V", "X"}
    assert galaxy.QUIET | galaxy.REPLIES | raised == dc03_blocks.FUNCTIONS
    assert not galaxy.QUIET & galaxy.REPLIES


def test_a_damaged_block_is_kept_unanswered_and_its_repetition_is_heard() -> None:
    account, event, *_ = galaxy.write("1234", "PA001")
    damaged = event[:-3] + b"9" + event[-2:]
    heard, answers = hear(account, damaged, event, event, event)
    assert [one.raw for one in heard if isinstance(one, Garbled)] == [damaged]
    assert [type(one) for one in good(heard)] == [Heartbeat, Message, Message, Message]
    assert answers == ACK * 4


def test_text_on_an_unfinished_block_waits_for_its_end() -> None:
    codec = Galaxy(Setup())
    assert codec.feed(CAPTURED[1][:-1], NOON) == []
    assert [type(one) for one in codec.feed(CAPTURED[1][-1:], NOON)] == [Message]


blocks = st.builds(
    dc03_blocks.write, st.sampled_from(sorted(dc03_blocks.FUNCTIONS)), st.binary(max_size=63), st.booleans()
)
traffic = st.lists(st.one_of(st.binary(max_size=30), blocks, st.sampled_from(CAPTURED)), max_size=8).map(b"".join)


@given(traffic, st.lists(st.integers(0, 300), max_size=10))
def test_any_split_of_any_bytes_is_heard_the_same_and_nothing_vanishes(arrived: bytes, cuts: list[int]) -> None:
    places = sorted({0, len(arrived), *(place for place in cuts if place < len(arrived))})
    whole, _ = hear(arrived)
    assert hear(*(arrived[start:stop] for start, stop in pairwise(places)))[0] == whole
    assert hear(*(arrived[at : at + 1] for at in range(len(arrived))))[0] == whole
    rest = arrived
    for one in whole:
        before, found, rest = rest.partition(one.raw)
        assert found == one.raw
        assert not before.strip(galaxy.FILLER)
    assert not rest.strip(galaxy.FILLER)


@pytest.mark.parametrize("unit", [b"\x7fA", b"\x7f", b"@@", b"A0", b"\x00", b"#", CAPTURED[1], CAPTURED[1][:-1]])
@pytest.mark.parametrize("size", [1, 1460, 60_000])
def test_a_flood_takes_linear_time_and_bounded_memory(unit: bytes, size: int) -> None:
    flood, codec = unit * (60_000 // len(unit)), Galaxy(Setup())
    began = time.process_time()
    for at in range(0, len(flood), size):
        codec.feed(flood[at : at + size], NOON)
        assert len(codec._rest) <= galaxy.LIMIT + dc03_blocks.LONGEST
    assert time.process_time() - began < 3


digits = st.text("0123456789", max_size=4)
shown = st.text(st.characters(codec="cp850", exclude_characters="|\x00"), max_size=40)


@given(st.text("0123456789", min_size=4, max_size=6), st.sampled_from(["PA", "MA", "QA", "BA", "RP"]), digits, shown)
def test_what_the_writer_writes_the_codec_reads(account: str, code: str, zone: str, words: str) -> None:
    event, *more = messages(*galaxy.write(account, code + zone, words))
    assert [(one.account, one.code, one.zone) for one in event.signals] == [(account, f"SIA {code}", zone or None)]
    assert len(more) == bool(words)
