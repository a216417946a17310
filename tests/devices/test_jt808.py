"""JT/T 808: what the captured frames do not say, above all when a bit that stands is a press."""

from datetime import UTC, datetime, timedelta

import pytest

from devices.codecs import jt808_frame
from devices.codecs.jt808 import Jt808
from devices.codecs.jt808_frame import write
from devices.signal import Commanding, Garbled, Heard, Heartbeat, Kind, Message, Order, Position, Setup
from tests.devices.wire import NOON, listen, vectors, wire

ID = "013511221122"


def body(alarms: int = 0, items: bytes = b"", second: int = 0) -> bytes:
    place = (36_620_000).to_bytes(4) + (101_770_000).to_bytes(4)
    return alarms.to_bytes(4) + (2).to_bytes(4) + place + bytes(6) + bytes.fromhex(f"2603011800{second:02}") + items


def report(alarms: int = 0, serial: int = 1, items: bytes = b"", **more: int) -> bytes:
    return write(0x0200, ID, serial, body(alarms, items), **more)


def kinds(heard: Heard) -> list[Kind]:
    assert isinstance(heard, Message)
    return [signal.kind for signal in heard.signals]


def says(codec: Jt808, frame: bytes, seconds: float = 0, kept: bool = True) -> Heard:
    now = NOON + timedelta(seconds=seconds)
    (said,) = codec.feed(frame, now)
    assert not isinstance(said, Garbled)
    if kept:
        codec.reply(said, now)
    return said


def test_a_key_held_until_acknowledged_is_one_press_and_pressed_again_another() -> None:
    codec = Jt808(Setup())
    assert kinds(says(codec, report(1, 1), 0)) == [Kind.SOS]
    assert isinstance(says(codec, report(1, 2), 20), Heartbeat)
    assert isinstance(says(codec, report(1, 3), 40), Heartbeat)
    assert isinstance(says(codec, report(0, 4), 60), Heartbeat)
    assert kinds(says(codec, report(1, 5), 80)) == [Kind.SOS]


def test_what_is_not_on_disk_yet_stays_a_press_and_is_known_for_the_same() -> None:
    codec = Jt808(Setup())
    first, second = says(codec, report(1, 1), 0, kept=False), says(codec, report(1, 2), 10, kept=False)
    assert isinstance(first, Message)
    assert isinstance(second, Message)
    assert (first.sequence, first.content) == (second.sequence, second.content)
    assert kinds(second) == [Kind.SOS]
    codec.reply(first, NOON)
    assert isinstance(says(codec, report(1, 3), 20), Heartbeat)


def test_a_terminal_that_reports_every_ten_minutes_is_never_swallowed() -> None:
    codec = Jt808(Setup())
    assert kinds(says(codec, report(1, 1), 0)) == [Kind.SOS]
    assert kinds(says(codec, report(1, 2), 600)) == [Kind.SOS]


def test_a_new_connection_with_the_bit_standing_rings() -> None:
    assert kinds(says(Jt808(Setup()), report(1, 9))) == [Kind.SOS]


def test_a_second_condition_rises_alone_beside_one_that_stands() -> None:
    codec = Jt808(Setup())
    assert kinds(says(codec, report(1 << 7), 0)) == [Kind.LOW_BATTERY]
    assert kinds(says(codec, report(1 << 7 | 1), 5)) == [Kind.SOS]
    ended = says(codec, report(1), 10)
    assert isinstance(ended, Message)
    assert [(signal.kind, signal.restore) for signal in ended.signals] == [(Kind.LOW_BATTERY, True)]


@pytest.mark.parametrize(
    ("bit", "kind"),
    [(8, Kind.MAINS_LOST), (15, Kind.LOW_BATTERY), (17, Kind.NOT_WORN), (20, Kind.WANDERING), (29, Kind.UNKNOWN),
     (2, Kind.STATUS), (5, Kind.FAULT)],
)  # fmt: skip
def test_every_bit_is_something_and_none_hides_the_emergency_key(bit: int, kind: Kind) -> None:
    assert kinds(says(Jt808(Setup()), report(1 << bit))) == [kind]
    assert kinds(says(Jt808(Setup()), report(1 << bit | 1))) == [Kind.SOS, kind]


def test_entering_the_area_is_no_wandering() -> None:
    for direction, restore in ((0, True), (1, False)):
        item = bytes((0x12, 6, 1, 0, 0, 0, 1, direction))
        said = says(Jt808(Setup()), report(1 << 20, items=item))
        assert isinstance(said, Message)
        assert [(signal.kind, signal.restore) for signal in said.signals] == [(Kind.WANDERING, restore)]


def test_position_time_and_battery_are_read() -> None:
    said = says(Jt808(Setup()), report(0, items=b"\x56\x02\x0a\x57"))
    assert isinstance(said, Heartbeat)
    assert (said.position, said.battery) == (Position(36.62, 101.77), 87)
    pressed = says(Jt808(Setup()), report(1))
    assert isinstance(pressed, Message)
    assert pressed.signals[0].at == datetime(2026, 3, 1, 10, 0, tzinfo=UTC)  # 18:00 in Beijing


def test_a_batch_from_a_dead_zone_rings_for_each_press_in_it_once_and_says_nothing_of_now() -> None:
    def batch(*reports: bytes) -> bytes:
        inner = b"".join(len(one).to_bytes(2) + one for one in reports)
        return write(0x0704, ID, 4, len(reports).to_bytes(2) + b"\x01" + inner)

    said = says(Jt808(Setup()), batch(body(1 << 7), body(1 << 7 | 1, second=10), body(1, second=20), body(), body(1)))
    assert [kind for kind in kinds(said) if kind is Kind.SOS] == [Kind.SOS, Kind.SOS]
    assert kinds(said)[0] is Kind.SOS
    plain = says(Jt808(Setup()), batch(body(), body()))
    assert isinstance(plain, Heartbeat)
    assert plain.position is None
    short = b"\x00\x02\x01\x00\x1c" + body(1)
    assert kinds(says(Jt808(Setup()), write(0x0704, ID, 4, short))) == [Kind.UNKNOWN]  # one of two is missing


def test_a_report_too_short_to_read_and_a_part_of_one_ring() -> None:
    assert kinds(says(Jt808(Setup()), write(0x0200, ID, 3, b"short"))) == [Kind.UNKNOWN]
    parted = bytearray(write(0x0704, ID, 3, b"\x00\x02\x00\x01" + bytes(20))[1:-1])
    parted[2] |= 0x20
    parted[3] -= 4
    parted[-1] ^= 0x20 ^ 24 ^ 20
    assert kinds(says(Jt808(Setup()), b"\x7e" + bytes(parted) + b"\x7e")) == [Kind.UNKNOWN]


def test_the_edition_of_2019_is_read_and_answered_in_kind() -> None:
    codec = Jt808(Setup())
    (said,) = codec.feed(write(0x0002, "00000000013511221122", 7, b"", 1), NOON)
    assert isinstance(said, Heartbeat)
    assert said.account == "00000000013511221122"
    assert codec.reply(said, NOON) == write(0x8001, "00000000013511221122", 0, bytes.fromhex("0007000200"), 1)


def test_escapes_are_taken_off_before_the_checksum_is_looked_at() -> None:
    (vector,) = [one for one in vectors("jt808") if one["name"] == "escape-sequence"]
    plain = bytes.fromhex(vector["expected"]["unescaped_hex"])[1:-1]
    assert jt808_frame.unescape(wire(vector)[1:-1]) == plain
    heard, answers = listen(Jt808(Setup()), [wire(vector)], NOON)
    assert [type(one) for one in heard] == [Garbled]
    assert answers == b""
    for nothing in (b"\x7d", b"\x7d\x00", b"a\x7d\x03"):
        assert jt808_frame.unescape(nothing) is None
    every = bytes(range(256)) + b"\x7d\x01\x7d\x02\x7e"
    assert jt808_frame.unescape(jt808_frame.escape(every)) == every


def test_orders_carry_their_own_serial_by_which_the_answer_is_known() -> None:
    codec = Jt808(Setup())
    assert isinstance(codec, Commanding)
    assert codec.order(ID, Order("locate"), NOON) == b""
    says(codec, write(0x0002, ID, 1))
    assert codec.order(ID, Order("locate"), NOON) == write(0x8201, ID, 1)
    assert codec.order(ID, Order("call", "13800138000"), NOON) == write(0x8400, ID, 2, b"\x0013800138000")
    assert codec.order(ID, Order("find"), NOON) == b""
    assert codec.order(ID, Order("call", "123;reboot"), NOON) == b""
    located = says(codec, write(0x0201, ID, 5, b"\x00\x01" + body()))
    assert isinstance(located, Heartbeat)
    assert (located.position, codec.obeyed(located)) == (Position(36.62, 101.77), ("locate", True))
    for result, done in ((0, True), (3, False)):
        answer = says(codec, write(0x0001, ID, 6, b"\x00\x02\x84\x00" + bytes((result,))))
        assert isinstance(answer, Heartbeat)
        assert codec.obeyed(answer) == ("call", done)
    assert codec.obeyed(says(codec, write(0x0001, ID, 7, b"\x00\x63\x84\x00\x00"))) is None  # type: ignore[arg-type]


def test_a_text_is_shown_and_spoken_in_the_form_of_the_terminals_edition() -> None:
    said = Order("tell", text="护理员已出发")
    for version, flags in ((None, b"\x0d"), (1, b"\x0d\x02")):
        codec, terminal = Jt808(Setup()), ID if version is None else ID.rjust(20, "0")
        says(codec, write(0x0002, terminal, 1, b"", version))
        (account,) = codec._terminals
        told = codec.order(account, said, NOON)
        assert told == write(0x8300, account, 1, flags + "护理员已出发".encode("gbk"), version)
        answer = says(codec, write(0x0001, terminal, 2, b"\x00\x01\x83\x00\x00", version))
        assert isinstance(answer, Heartbeat)
        assert codec.obeyed(answer) == ("tell", True)
        assert codec.order(account, Order("tell"), NOON) == b"", "there is nothing to say"
        assert len(codec.order(account, Order("tell", text="长" * 5000), NOON)) < 1000
