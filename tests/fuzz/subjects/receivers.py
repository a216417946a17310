"""Receivers, diallers, and panels that are no DC-09."""

import re
from functools import reduce
from operator import xor

from fastcrc import crc16

from devices.codecs import (
    ademco685,
    al00_uart,
    contact_id,
    d6500,
    d6600_dc07,
    dc03_blocks,
    galaxy,
    lupus_cid,
    oh2000,
    surgard,
    texecom,
)
from tests.fuzz.subject import Subject, ascii_text
from tests.fuzz.trial import ANSWERED, ENDS, MENDED, write

_EVEN = bytes(b | (b.bit_count() % 2) << 7 for b in range(256))
_SEVEN_BITS = bytes(b & 0x7F for b in range(256))


def without_parity(said: bytes) -> str:
    """A 7E1 line read as 8N1."""
    return said.translate(_SEVEN_BITS).decode("ascii")


def page_850(said: bytes) -> str:
    return said.decode("utf-8", "replace") + "\n" + said.decode("cp850")


def right_parity(wire: bytes) -> bytes:
    """Every DC-03 block with the parity byte it should have."""
    mended, at = bytearray(wire), 0
    while at < len(wire):
        size = dc03_blocks.span(wire, at)
        if size and at + size <= len(wire):
            mended[at + size - 1] = reduce(xor, wire[at : at + size - 1], 0xFF)
        at += size or 1
    return bytes(mended)


def a_for_0(said: bytes) -> str:
    """Contact ID may write A for 0."""
    return said.decode("latin-1").upper().replace("A", "0")


def right_digits(wire: bytes) -> bytes:
    """Every Contact ID block of 16 digits with its right checksum, with or without a space behind the account."""
    return _DIGITS.sub(lambda block: _checked(*block.groups()), wire)


def _checked(account: bytes, space: bytes, qualifier: bytes, event: bytes, partition: bytes, zone: bytes) -> bytes:
    words = [word.decode().upper().replace("A", "0") for word in (account, event, partition, zone)]
    block = contact_id.write(words[0], words[1], int(qualifier), *words[2:]).encode()
    return account + space + b"18" + qualifier + event + partition + zone + block[-1:]


_HEX = b"[0-9A-Fa-f]"
_DIGITS = re.compile(rb"(%b{4})( *)18([1-9])(%b{3})(%b{2})(%b{3})%b" % ((_HEX,) * 5), re.IGNORECASE)
_DC07 = re.compile(rb"\n([0-9A-Fa-f]{4}|[\x00-\xff]{2})([\t0-9A-Za-z]\d{4}\d\d(?:\d\d)? ?\[[^\n]*?\])(?=\r)")


def right_crc(wire: bytes) -> bytes:
    """Every DC-07 frame with its right CRC, as digits or as bytes."""
    return _DC07.sub(lambda frame: b"\n%b%b" % (_crc(frame[2], len(frame[1])), frame[2]), wire)


def _crc(body: bytes, width: int) -> bytes:
    crc = crc16.arc(body)
    return b"%04X" % crc if width == 4 else crc.to_bytes(2, "big")


_DROPPED = re.compile(rb"(?:[ \0\n\r\x06\x14\x15\x8a\x8d\xa0]|ACK|NAK)*")
_ECHOES = rb"[ \0\n\r\x06\x14\x15\x8a\x8d\xa0]*"
_SURGARD = surgard.write_heartbeat() + surgard.write_contact_id("4217", "101") + surgard.write_sia("4217", "QA", "1")
_GALAXY = b"".join(galaxy.write("1234", "ti10:00/ri1/PA001", "+PANIC Kitchen"))

_BLOCKS = re.compile(rb"(?<=3)[\x40-\xff][#&0-9?@A-Z].*?(?=\r\n)", re.DOTALL)
_MENDED = ENDS | ANSWERED | MENDED

SUBJECTS = {
    "surgard": Subject(
        forms=(without_parity,),
        dropped=re.compile(rb"(?:%b(?:ACK|NAK)?%b)*" % (_ECHOES, _ECHOES)),
        seeds=(write(_SURGARD), write(_SURGARD.translate(_EVEN), longest=9)),
        words=(b"5011 18", b"S011[#", b"]\x14", b"3011    ", b"1011      ", b"@    \x14", b"\x8d", b"ACK", b"0011[",
               b"E101", b"|Nri1/", b" 10:00:00-01/03", b"8011"),
    ),
    "galaxy-dc03": Subject(
        forms=(page_850,),
        remembers=True,
        mend=right_parity,
        seeds=(write(_GALAXY), write(_GALAXY * 3, longest=90)),
        words=(b"#1234", b"\x44#1234", b"N", b"A", b"O", b"\x4dNri1/BA1011", b"\x40\x30\x8f", b"\x40\x38\x87"),
    ),
    "oh2000": Subject(
        forms=(ascii_text,),
        dropped=re.compile(rb"[ \0\n\r\x14]*"),
        seeds=(write(oh2000.write_heartbeat()), write(b"SR0001L0001    4217    [18E101]\r")),
        words=(b"SR0001L0001    ", b"006969XX    ", b"[ID00000000]", b"[ID"),
    ),
    "d6500": Subject(
        forms=(without_parity,),
        dropped=_DROPPED,
        seeds=(write(d6500.write_heartbeat() + d6500.write_contact_id("4217", "101")),),
        words=(b" a011 ", b" 1010", b"4217", b"18", b"58", b"1101", b"E101", b"\x14", b"\r", b"\x8d", b"1011", b"@"),
    ),
    "d6600-dc07": Subject(
        forms=(without_parity,),
        dropped=re.compile(rb"(?:[\0\r]|ACK|NAK)*"),
        mend=right_crc,
        seeds=(
            write(d6600_dc07.write_contact_id("4217", "101") + d6600_dc07.write(d6600_dc07.LINK_TEST, ""), _MENDED),
            write(d6600_dc07.write_contact_id("4217", "101", binary=True) * 2, _MENDED),
            write(d6600_dc07.write("a", "#4217|Nri1/QA01") + d6600_dc07.write("b", "#4217|xyz"), _MENDED),
            write(d6600_dc07.write("0", "text") + d6600_dc07.write("a", "#12|98110101001"), _MENDED),
        ),
        words=(b"\n0000", b"a00010101[", b"\t00010100[]\r", b"[#4217|", b"]\r", b"18110101001", b"Nri1/QA01",
               b"\xdd\x8d"),
    ),
    "ademco685": Subject(
        forms=(without_parity,),
        dropped=_DROPPED,
        seeds=(
            write(ademco685.write_heartbeat() + ademco685.write_contact_id("4217", "101")),
            write(b"\n11 4217 1111 5555 5\r\n11 4217 3 2\r\n11 RCVA fault \r"),
        ),
        words=(b"\n11 ", b"4217", b" 18 ", b"E101", b" 01 ", b"C001 ", b"\r", b"00 OKAY @", b"RCVA", b"LINE", b"5555"),
    ),
    "texecom": Subject(
        forms=(without_parity, a_for_0, page_850),
        dropped=_DROPPED,
        mend=lambda wire: right_digits(_BLOCKS.sub(lambda block: right_parity(block[0]), wire)),
        seeds=(
            write(texecom.write_contact_id("1000", "101") + texecom.write_poll("1000"), _MENDED),
            write(texecom.write_sia("1000", "ri1/PA001") * 2, _MENDED),
        ),
        words=(b"2", b"3", b"\r\n", b"POLL1000#\0\0\0\0\r\n", b"\xc4#1000", b"\xc9Nri1/PA001", b"@0\x8f", b"18"),
    ),
    "lupus-cid": Subject(
        forms=(without_parity,),
        dropped=_DROPPED,
        mend=right_digits,
        seeds=(write(lupus_cid.write("4217", "101"), _MENDED), write(b"[home7 181101010018]" * 2, _MENDED)),
        words=(b"[4217 ", b"[home7 ", b"18", b"1101", b"01001", b"]", b"\xdd"),
    ),
    "al00-uart": Subject(
        forms=(without_parity,),
        dropped=_DROPPED,
        seeds=(write(al00_uart.write("4217", "101")), write(b"AL421718E10101001\r")),
        words=(b"AL00", b"AL", b"4217", b"18", b"1101", b"01001", b"##", b"\r\n"),
    ),
}  # fmt: skip
