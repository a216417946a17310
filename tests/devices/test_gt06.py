"""GT06: what the captured frames do not say."""

from datetime import timedelta

import pytest

from devices.codecs.gt06 import Gt06
from devices.codecs.gt06_frame import crc, write, write_login
from devices.signal import Commanding, Garbled, Heard, Heartbeat, Kind, Message, Order, Position, Setup
from tests.devices.wire import NOON, listen

IMEI = "864717003283581"
GPS = (
    bytes.fromhex("1a0301 0a0002 c9") + (65_916_000).to_bytes(4) + (183_186_000).to_bytes(4) + bytes.fromhex("00 1400")
)
CELLS = bytes.fromhex("09 01cc 00 287d 001f71")


def alarm(status: int, code: int, serial: int = 7, cells: bytes = CELLS, protocol: int = 0x16) -> bytes:
    return write(protocol, GPS + cells + bytes((status, 4, 3, code, 2)), serial)


def heartbeat(status: int, serial: int = 9) -> bytes:
    return write(0x13, bytes((status, 4, 3, 0, 2)), serial)


def hear(*frames: bytes, codec: Gt06 | None = None) -> list[Heard]:
    return listen(codec or Gt06(Setup()), list(frames), NOON)[0]


def kinds(heard: Heard) -> list[Kind]:
    assert isinstance(heard, Message)
    return [signal.kind for signal in heard.signals]


def test_the_crc_is_x25() -> None:
    assert crc(b"123456789") == bytes.fromhex("906e")


@pytest.mark.parametrize(
    ("status", "code", "expected"),
    [
        (4 << 3, 0x00, [Kind.SOS]),
        (0, 0x01, [Kind.SOS]),
        (4 << 3, 0x01, [Kind.SOS]),
        (3 << 3, 0x01, [Kind.SOS, Kind.LOW_BATTERY]),
        (3 << 3, 0x23, [Kind.FALL, Kind.LOW_BATTERY]),
        (4 << 3, 0x23, [Kind.SOS, Kind.FALL]),
        (0, 0x05, [Kind.WANDERING]),
        (0, 0x13, [Kind.NOT_WORN]),
        (0, 0x02, [Kind.FAULT]),
        (0, 0x0E, [Kind.LOW_BATTERY]),
        (0, 0x7B, [Kind.UNKNOWN]),
        (7 << 3, 0x00, [Kind.UNKNOWN]),
    ],
)
def test_both_bytes_are_read_and_a_person_comes_first(status: int, code: int, expected: list[Kind]) -> None:
    _, said = hear(write_login(IMEI), alarm(status, code))
    assert kinds(said) == expected
    assert isinstance(said, Message)
    assert (said.account, said.signals[0].position) == (IMEI, Position(36.62, 101.77))


@pytest.mark.parametrize(
    "cells", [CELLS, b"\x08" + CELLS[1:], bytes(9), b"\x09\x01\x36\x04\x81\xfe\x06\x6d\x9b\x03", b"\x00" + CELLS[1:]]
)
def test_the_alarm_is_found_behind_cells_of_every_length(cells: bytes) -> None:
    assert kinds(hear(alarm(0, 0x01, cells=cells))[0]) == [Kind.SOS]
    assert kinds(hear(alarm(4 << 3, 0x00, cells=cells, protocol=0x26))[0]) == [Kind.SOS]


def test_an_alarm_by_cells_alone_and_one_with_the_number_of_a_fence_are_read() -> None:
    assert kinds(hear(write(0x19, CELLS[1:] + bytes((0x20, 4, 3, 0, 2)), 5))[0]) == [Kind.SOS]
    assert kinds(hear(write(0x27, GPS + CELLS + bytes((0, 4, 3, 1, 2, 9)), 5))[0]) == [Kind.SOS]


def test_an_alarm_too_short_to_read_rings() -> None:
    assert kinds(hear(write(0x16, GPS[:10], 3))[0]) == [Kind.UNKNOWN]


def test_an_alarm_before_any_log_in_rings_without_an_account() -> None:
    (said,) = hear(alarm(0, 0x01))
    assert kinds(said) == [Kind.SOS]
    assert said.account == ""


def test_what_stands_in_every_heartbeat_is_news_once_and_low_battery_says_when_it_ends() -> None:
    codec = Gt06(Setup())
    _, first, second, third = hear(
        write_login(IMEI), heartbeat(4 << 3), heartbeat(4 << 3), heartbeat(3 << 3), codec=codec
    )
    assert kinds(first) == [Kind.SOS]
    assert isinstance(second, Heartbeat)
    assert kinds(third) == [Kind.LOW_BATTERY]
    (ended,) = hear(heartbeat(0), codec=codec)
    assert isinstance(ended, Message)
    assert [(signal.kind, signal.restore) for signal in ended.signals] == [(Kind.LOW_BATTERY, True)]


def test_a_press_seen_standing_after_ten_silent_minutes_is_a_new_press() -> None:
    codec = Gt06(Setup())
    for minutes in (0, 10):
        now = NOON + timedelta(minutes=minutes)
        (said,) = codec.feed(heartbeat(4 << 3), now)
        assert kinds(said) == [Kind.SOS]
        assert isinstance(said, Message)
        codec.reply(said, now)


def test_another_log_in_on_the_same_connection_is_another_device() -> None:
    codec = Gt06(Setup())
    _, first, _, second = hear(
        write_login(IMEI), heartbeat(32), write_login("123456789012345"), heartbeat(32), codec=codec
    )
    assert (first.account, kinds(first)) == (IMEI, [Kind.SOS])
    assert (second.account, kinds(second)) == ("123456789012345", [Kind.SOS])


def test_the_head_of_a_long_frame_that_never_comes_hides_no_alarm() -> None:
    codec = Gt06(Setup())
    noise, said = codec.feed(b"\x79\x79\x03\xff" + alarm(0, 0x01), NOON)
    assert isinstance(noise, Garbled)
    assert kinds(said) == [Kind.SOS]


def test_it_is_asked_where_it_is_in_text_and_the_answer_is_read() -> None:
    codec = Gt06(Setup())
    assert isinstance(codec, Commanding)
    assert codec.order(IMEI, Order("locate"), NOON) == b""
    codec.feed(write_login(IMEI), NOON)
    asked = codec.order(IMEI, Order("locate"), NOON)
    assert asked[:4] == b"\x78\x78\x12\x80"
    assert asked[4:] == b"\x0a\x00\x00\x00\x00WHERE#\x00\x02\x00\x01" + crc(asked[2:-4]) + b"\r\n"
    assert codec.order(IMEI, Order("call", "110"), NOON) == b""
    assert codec.order("123456789012345", Order("locate"), NOON) == b""
    for text, place in (
        (b"Lat:N36.62,Lon:E101.77,Course:0.00,Speed:0.0km/h", None),  # two decimals are no fix
        (b"Lat:N36.6200,Lon:E101.7700,Course:0.00", Position(36.62, 101.77)),
        (b"Lat:S36.6200, Lon:W101.7700", Position(-36.62, -101.77)),
        (b"Longitude Latitude: 36.62000:101.77000, Course: 0", Position(36.62, 101.77)),
        (b"http://maps.google.com/maps?q=N36.62000,E101.77000", Position(36.62, 101.77)),
        (b"No data!", None),
    ):
        (answer,) = codec.feed(write(0x15, bytes((4 + len(text),)) + bytes(4) + text + b"\x00\x02", 3), NOON)
        assert isinstance(answer, Heartbeat)
        assert (answer.position, codec.obeyed(answer)) == (place, ("locate", True))
        assert codec.reply(answer, NOON) == b""


def test_a_frame_nobody_knows_is_kept_without_ringing() -> None:
    assert kinds(hear(write(0x94, b"\x0aICCID", 3))[0]) == [Kind.STATUS]
