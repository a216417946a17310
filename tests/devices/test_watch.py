"""Watches: what the captured frames do not say."""

from datetime import UTC, datetime, timedelta

import pytest

from devices.codecs.watch import Watch
from devices.codecs.watch_frame import write, write_report
from devices.signal import Commanding, Garbled, Heard, Heartbeat, Kind, Message, Order, Position, Setup
from tests.devices.wire import NOON, listen

ID = "8800000015"
SOS, FALL, FALL_TOO, LOW, TAKEN_OFF, FENCE_OUT, FENCE_IN, POWER = (1 << bit for bit in (16, 21, 22, 0, 20, 18, 19, 14))


def hear(*frames: bytes, codec: Watch | None = None, now: datetime = NOON) -> list[Heard]:
    return listen(codec or Watch(Setup()), list(frames), now)[0]


def kinds(heard: Heard) -> list[Kind]:
    assert isinstance(heard, Message)
    return [signal.kind for signal in heard.signals]


@pytest.mark.parametrize("bit", [FALL, FALL_TOO, SOS])
def test_a_human_bit_comes_before_every_other(bit: int) -> None:
    everything = LOW | TAKEN_OFF | FENCE_OUT | POWER | 1 << 17
    (said,) = hear(write_report(ID, "AL", everything | bit))
    assert kinds(said) == [
        {FALL: Kind.FALL, FALL_TOO: Kind.FALL, SOS: Kind.SOS}[bit],
        Kind.WANDERING, Kind.NOT_WORN, Kind.LOW_BATTERY, Kind.FAULT,
    ]  # fmt: skip


def test_sos_and_fall_together_are_both_raised_once_each() -> None:
    (said,) = hear(write_report(ID, "AL", SOS | FALL | FALL_TOO))
    assert kinds(said) == [Kind.SOS, Kind.FALL]


def test_coming_home_ends_wandering() -> None:
    (said,) = hear(write_report(ID, "AL", FENCE_IN))
    assert isinstance(said, Message)
    assert [(signal.kind, signal.restore) for signal in said.signals] == [(Kind.WANDERING, True)]


def test_an_alarm_that_says_nothing_rings_as_sos_and_one_nobody_can_read_rings_too() -> None:
    assert kinds(hear(write_report(ID, "AL", 0))[0]) == [Kind.SOS]
    assert kinds(hear(write_report(ID, "AL", 0b11000))[0]) == [Kind.SOS]
    assert kinds(hear(write("AL,what,is,this", ID))[0]) == [Kind.UNKNOWN]
    assert kinds(hear(write_report(ID, "AL", 1 << 27))[0]) == [Kind.UNKNOWN]


def test_a_report_with_a_standing_bit_is_news_once() -> None:
    codec = Watch(Setup())
    frames = [write_report(ID, "UD", LOW, battery=battery) for battery in (15, 14, 13)]
    first, second, third = hear(*frames, codec=codec)
    assert kinds(first) == [Kind.LOW_BATTERY]
    assert isinstance(second, Heartbeat)
    assert isinstance(third, Heartbeat)
    (charged,) = hear(write_report(ID, "UD", 0, battery=90), codec=codec)
    assert isinstance(charged, Message)
    assert [(signal.kind, signal.restore) for signal in charged.signals] == [(Kind.LOW_BATTERY, True)]


def test_after_an_alarm_the_same_bit_in_the_next_reports_is_no_new_press_but_the_next_alarm_is() -> None:
    codec = Watch(Setup())
    alarm, report, again = hear(
        write_report(ID, "AL", SOS), write_report(ID, "UD", SOS), write_report(ID, "AL", SOS, battery=79), codec=codec
    )
    assert kinds(alarm) == [Kind.SOS]
    assert isinstance(report, Heartbeat)
    assert kinds(again) == [Kind.SOS]
    assert isinstance(alarm, Message)
    assert isinstance(again, Message)
    assert alarm.content != again.content


def test_until_it_is_kept_a_press_in_a_report_stays_a_message_that_the_journal_recognises() -> None:
    codec = Watch(Setup())
    (first,) = codec.feed(write_report(ID, "UD", SOS), NOON)
    (second,) = codec.feed(write_report(ID, "UD", SOS, battery=79), NOON + timedelta(seconds=10))
    assert isinstance(first, Message)
    assert isinstance(second, Message)
    assert (first.sequence, first.content) == (second.sequence, second.content)
    codec.reply(first, NOON)
    (third,) = codec.feed(write_report(ID, "UD", SOS, battery=78), NOON + timedelta(seconds=20))
    assert isinstance(third, Heartbeat)


def test_a_position_is_given_only_with_a_fix_and_an_old_one_in_words() -> None:
    (there,) = hear(write_report(ID, "UD", latitude=36.62, longitude=101.77))
    assert isinstance(there, Heartbeat)
    assert (there.position, there.battery) == (Position(36.62, 101.77), 80)
    (history,) = hear(write_report(ID, "UD2"))
    assert isinstance(history, Heartbeat)
    assert history.position is None
    (lost,) = hear(write_report(ID, "AL", SOS).replace(b",A,", b",V,"))
    assert isinstance(lost, Message)
    assert (lost.signals[0].position, lost.signals[0].text) == (None, "no fix; last known 36.620000,101.770000")


def test_a_line_may_say_that_its_watches_give_chinese_map_positions() -> None:
    (moved,) = hear(write_report(ID), codec=Watch(Setup(format={"datum": "gcj02"})))
    assert isinstance(moved, Heartbeat)
    assert moved.position is not None
    assert 0.001 < 101.77 - moved.position.longitude < 0.003  # about 174 m in Xining
    with pytest.raises(ValueError, match="datum"):
        Watch(Setup(format={"datum": "gjc02"}))


def test_a_recorded_voice_is_kept_and_somebody_rings_back() -> None:
    heard, answers = listen(Watch(Setup()), [b"[CS*8800000015*0012*TK,#!AMR}\x03abcdefgh]"], NOON)
    assert kinds(heard[0]) == [Kind.SERVICE]
    assert heard[0].head.payload == b"#!AMR]abcdefgh"  # type: ignore[union-attr]
    assert answers == b""


def test_a_network_name_with_brackets_does_not_cut_an_alarm_whose_length_is_right() -> None:
    report = write_report(ID, "AL", SOS)[:-1].split(b"*", 3)[3]
    content = report + b",1,evil]net[3G,34:60:f9:ec:19:f8,-82,0.0"
    (said,) = hear(write(content.decode(), ID))
    assert kinds(said) == [Kind.SOS]
    assert isinstance(said, Message)
    assert said.deviations == ()


def test_a_length_that_lies_either_way_costs_nothing_and_is_noted() -> None:
    frame = write_report(ID, "AL", SOS)
    for length in (b"0001", b"00FF", b"FFFF"):
        head, _, rest = frame.partition(b"*00")
        lying = head + b"*" + length + rest[2:]
        codec = Watch(Setup())
        (said,) = codec.feed(lying, NOON)
        assert kinds(said) == [Kind.SOS]
        assert isinstance(said, Message)
        assert said.deviations == ("length is not that of the content",)
        assert codec.reply(said, NOON) == b"[3G*8800000015*0002*AL]"


def test_a_frame_that_broke_off_does_not_hide_the_next() -> None:
    broken, said = hear(write_report(ID, "UD")[:60] + write_report(ID, "AL", SOS))
    assert isinstance(broken, Garbled)
    assert broken.account == ID
    assert kinds(said) == [Kind.SOS]


def test_an_alarm_left_over_behind_a_broken_frame_still_rings_when_the_peer_goes() -> None:
    broken = write_report(ID, "UD", 0)[:40].replace(b"*00", b"*0F") + b",net"
    heard = hear(broken + write("AL,odd", ID))
    assert [kinds(one) for one in heard if isinstance(one, Message)] == [[Kind.UNKNOWN]]


def test_a_type_nobody_knows_is_kept_without_ringing() -> None:
    (said,) = hear(write("WEATHER,sunny", ID))
    assert kinds(said) == [Kind.STATUS]


def test_orders_go_in_the_form_the_watch_speaks_and_its_echo_is_known() -> None:
    codec = Watch(Setup())
    assert isinstance(codec, Commanding)
    locate, call, find = Order("locate"), Order("call", "13800138000"), Order("find")
    assert codec.order(ID, locate, NOON) == b""  # it has not spoken yet
    codec.feed(b"[ZJ*8800000015*0075*0002*LK]", NOON)
    assert codec.order(ID, locate, NOON) == b"[ZJ*8800000015*0075*0002*CR]"
    assert codec.order(ID, call, NOON) == b"[ZJ*8800000015*0075*0010*CALL,13800138000]"
    assert codec.order(ID, find, NOON) == b"[ZJ*8800000015*0075*0004*FIND]"
    assert codec.order(ID, Order("call", "110]["), NOON) == b""
    (echo,) = codec.feed(write("CR", ID), NOON)
    (alive,) = codec.feed(write("LK", ID), NOON)
    assert isinstance(echo, Heartbeat)
    assert isinstance(alive, Heartbeat)
    assert (codec.obeyed(echo), codec.obeyed(alive)) == (("locate", True), None)


def test_a_text_goes_to_the_screen_as_the_makers_document_writes_it() -> None:
    """Both frames are the document's own examples (command 27, "Phrases Display")."""
    codec = Watch(Setup())
    assert codec.order("5678901234", Order("tell", text="好123"), NOON) == b""
    codec.feed(b"[3G*5678901234*0002*LK]", NOON)
    told = codec.order("5678901234", Order("tell", text=b"\x59\x7d\x00\x31\x00\x32\x00\x33".decode("utf-16-be")), NOON)
    assert told == b"[3G*5678901234*0018*MESSAGE,597D003100320033]"
    (echo,) = codec.feed(b"[3G*5678901234*0007*MESSAGE]", NOON)
    assert isinstance(echo, Heartbeat)
    assert codec.obeyed(echo) == ("tell", True)
    assert codec.order("5678901234", Order("tell"), NOON) == b"", "there is nothing to say"
    assert len(codec.order("5678901234", Order("tell", text="长" * 5000), NOON)) < 300


def test_a_peer_that_names_a_thousand_watches_is_not_remembered_without_bound() -> None:
    codec = Watch(Setup())
    for number in range(1000):
        codec.feed(write("LK", f"{number:010}"), datetime(2026, 1, 1, tzinfo=UTC))
    assert len(codec._wearers) <= 64
