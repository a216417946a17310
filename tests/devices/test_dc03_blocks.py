"""Blocks of SIA DC-03 as they stand on the wire: captured ones, what the writer writes, and what is none."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from devices.codecs import dc03_blocks, sia_codes
from devices.codecs.dc03_blocks import Block


@pytest.mark.parametrize(
    ("wire", "function", "data"),
    [
        ("46233132333435369d", "#", b"123456"),  # Galaxy Dimension
        ("44233031393292", "#", b"0192"),  # Honeywell FX020, github.com/eavanvalkenburg/sia/issues/32
        ("46233032333439399f", "#", b"023499"),  # Galaxy Flex, github.com/ZebMcKayhan/SIA-Server
        ("564e746932333a34322f69643032332f70693031332f4347fb", "N", b"ti23:42/id023/pi013/CG"),  # the same
        ("40308f", "0", b""),
        ("403887", "8", b""),
    ],
)
def test_captured_blocks_are_read_and_written_alike(wire: str, function: str, data: bytes) -> None:
    block = bytes.fromhex(wire)
    assert dc03_blocks.read(block) == Block(function, data, len(block))
    assert dc03_blocks.write(function, data) == block
    assert [dc03_blocks.read(block[:length]) for length in range(len(block))] == [None] * len(block)


@given(st.sampled_from(sorted(dc03_blocks.FUNCTIONS)), st.binary(max_size=63), st.booleans(), st.binary(max_size=9))
def test_what_is_written_is_read(function: str, data: bytes, reverse: bool, before: bytes) -> None:
    wire = dc03_blocks.write(function, data, reverse)
    assert dc03_blocks.read(before + wire, len(before)) == Block(function, data, len(wire))
    assert dc03_blocks.span(before + wire, len(before)) == len(wire)


@given(st.binary(max_size=63), st.data())
def test_one_damaged_byte_never_passes(data: bytes, draw: st.DataObject) -> None:
    wire = bytearray(dc03_blocks.write("N", data))
    wire[draw.draw(st.integers(0, len(wire) - 1))] ^= draw.draw(st.integers(1, 255))
    read = dc03_blocks.read(bytes(wire))
    assert read is None or read.size < len(wire)  # a damaged length may leave a shorter block with right parity


def test_a_block_too_long_is_refused_with_the_reason() -> None:
    with pytest.raises(ValueError, match="63 bytes"):
        dc03_blocks.write("A", bytes(64))


def test_a_report_of_blocks_reads_like_the_data_of_dc09() -> None:
    wire = [dc03_blocks.write(*one) for one in (("#", b"1234"), ("N", b"ri1/BA01"), ("A", b"P\x8fSLAG|O"), ("0", b""))]
    blocks = [block for one in wire if (block := dc03_blocks.read(one))]
    account, events = sia_codes.parse(dc03_blocks.joined(blocks))
    assert (account, [(e.code, e.address, e.text) for e in events]) == ("1234", [("BA", "01", "PÅSLAG¦O")])
