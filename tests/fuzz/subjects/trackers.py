"""Trackers: watches, GT06, JT/T 808. Two of them write their account in BCD, one of these only at its log-in."""

import re
from functools import reduce
from operator import xor

from devices.codecs.gt06_frame import crc, write_login
from devices.codecs.gt06_frame import write as write_gt06
from devices.codecs.jt808_frame import FLAG, escape, unescape
from devices.codecs.jt808_frame import write as write_jt808
from devices.codecs.watch_frame import write as write_watch
from devices.codecs.watch_frame import write_report
from devices.signal import Setup
from tests.fuzz.subject import Subject, digits
from tests.fuzz.trial import ANSWERED, ENDS, MENDED, write

SETUPS = (Setup(), Setup(format={"datum": "gcj02"}))


def unescaped(said: bytes) -> str:
    return said.replace(b"\x7d\x02", b"\x7e").replace(b"\x7d\x01", b"\x7d").hex()


def right_crc(wire: bytes) -> bytes:
    """Every GT06 frame that its length leaves room for, with its CRC and its end."""
    mended, at = bytearray(wire), 0
    while at < len(wire) - 4:
        wide = wire[at : at + 2] == b"\x79\x79"
        size = int.from_bytes(wire[at + 2 : at + 4], "big") + 6 if wide else wire[at + 2] + 5
        if wire[at : at + 2] in (b"\x78\x78", b"\x79\x79") and 10 <= size <= len(wire) - at:
            mended[at + size - 4 : at + size] = crc(bytes(mended[at + 2 : at + size - 4])) + b"\r\n"
            at += size
        else:
            at += 1
    return bytes(mended)


def right_sum(wire: bytes) -> bytes:
    """Everything between two JT/T 808 flags, escaped as it should be and closed by its checksum."""
    return FLAG.join(_summed(piece) for piece in wire.split(FLAG))


def _summed(inside: bytes) -> bytes:
    plain = unescape(inside)
    if not inside or plain is None:
        return inside
    return escape(plain[:-1] + bytes((reduce(xor, plain[:-1], 0),)))


_ALARM = bytes.fromhex("0b081d112e10cf027ac7eb0c46584900148f01cc00287d001fb8000380810c0000")
_PLACE = bytes.fromhex("000000010000000302 2e8d4a061109ca08a40000005a 261122100002")
_MENDED = ENDS | ANSWERED | MENDED

SUBJECTS = {
    "watch": Subject(
        setups=SETUPS,
        dropped=re.compile(rb"[\0\r\n ]*"),
        seeds=(
            write(write_report("8800000015", "AL", 1 << 16) + write_report("8800000015", "UD", 1 << 16), setup=1),
            write(write_report("8800000015", "UD", 1 << 21, index="0001") + write_watch("LK,50,100,80", "8800000015")),
            write(write_watch("TK,#!AMR\x7d\x03", "8800000015") + write_watch("CR", "8800000015")),
        ),
        words=(b"[3G*8800000015*", b"[3G*8800000015*0002*LK]", b"*0009*", b"AL,", b"UD,", b"UD2,", b"LK", b"TKQ", b"]",
               b"00010000", b"00200000", b",A,", b",V,", b"\x7d\x03", b",N,", b",E,", b"[3G*1*0FFF*"),
    ),
    "gt06": Subject(
        setups=SETUPS,
        forms=(digits,),
        remembers=True,
        kept=64 * 1024,  # 1 KiB may hold 340 places where a frame that has not ended may have begun
        mend=right_crc,
        seeds=(
            write(write_login("864717003283581") + write_gt06(0x13, b"\x20\x04\x03\x00\x02", 3), _MENDED),
            write(write_login("864717003283581") + write_gt06(0x16, _ALARM + b"\x01\x02", 4) * 2, _MENDED, 1),
            write(write_gt06(0x26, _ALARM + b"\x01\x02", 4) + write_gt06(0x8A, b"", 5), _MENDED),
        ),
        words=(b"\x78\x78", b"\x79\x79", b"\r\n", b"\x78\x78\x0d\x01", b"\x0a\x13", b"\x25\x26", b"\x1f\x12", b"\x8a"),
    ),
    "jt808": Subject(
        setups=SETUPS,
        forms=(unescaped,),
        dropped=re.compile(rb"[\x7e\0\r\n]*"),
        mend=right_sum,
        seeds=(
            write(write_jt808(0x0200, "013511221122", 1, _PLACE) * 2, _MENDED),
            write(write_jt808(0x0200, "00000000013511221122", 1, _PLACE, 1), _MENDED, 1),
            write(write_jt808(0x0704, "013511221122", 1, b"\x00\x02\x00" + (b"\x00\x1c" + _PLACE) * 2), _MENDED),
            write(write_jt808(0x0100, "013511221122", 1, bytes(30)) + write_jt808(0x0002, "013511221122", 2), _MENDED),
            write(write_jt808(0x0201, "013511221122", 1, b"\x00\x01" + _PLACE), _MENDED),
        ),
        words=(b"\x7e", b"\x7d\x01", b"\x7d\x02", b"\x7e\x02\x00", b"\x7e\x07\x04", b"\x7e\x01\x00", b"\x40\x1c",
               b"\x20\x1c", b"\x56\x01", b"\x12\x06"),
    ),
}  # fmt: skip
