"""What the Sur-Gard codec promises beyond the vectors."""

import pytest

from devices.codecs import surgard
from devices.codecs.surgard import SurGard
from devices.signal import Garbled, Heard, Kind, Message, Setup
from tests.devices.wire import NOON, good, listen


def hear(wire: bytes) -> tuple[list[Heard], bytes]:
    return listen(SurGard(Setup()), [wire], NOON)


def message(wire: bytes) -> Message:
    heard, answers = hear(wire)
    assert len(heard) == 1
    assert isinstance(heard[0], Message)
    assert answers == b"\x06"
    return heard[0]


@pytest.mark.parametrize(
    ("wire", "account", "kind", "zone"),
    [
        (b"501001 184217E10101005\x14", "4217", Kind.SOS, "005"),  # System family, line of three digits
        (b"5011 4217181101 01005\x14".replace(b"101 ", b"101"), "4217", Kind.SOS, "005"),  # account before 18
        (b"\n 5011 184217E10301005\r\n", "4217", Kind.FALL, "005"),
        (b"3011      4217QA0005\x14", "4217", Kind.SOS, "0005"),
        (b"3011    0000AFBA\x14", "0000AF", Kind.INTRUSION, None),
        (b"S01001[#4217|Nri1/MA001/YT000]\x14", "4217", Kind.SOS, "001"),
        (b"1011      4217 1   1\x14", "4217", Kind.UNKNOWN, "1"),
        (b"1011      4217 7A  108:15:02-03/11\x14", "4217", Kind.SOS, "1"),
        (b"6011some modem format\x14", "", Kind.UNKNOWN, None),
        (b"4011 0971 1234567\x14", "", Kind.STATUS, None),
        (b"S011[#4217|]\x14", "4217", Kind.UNKNOWN, None),
    ],
)
def test_every_layout_is_read_and_acknowledged(wire: bytes, account: str, kind: Kind, zone: str | None) -> None:
    first = message(wire).signals[0]
    assert (first.account, first.kind, first.zone) == (account, kind, zone)


def test_a_fault_of_the_receiver_itself_is_nobodys_device() -> None:
    said = message(b"0011[#0000|NYC01]\x14")
    assert said.account == ""
    assert (said.signals[0].kind, said.signals[0].text) == (Kind.FAULT, "receiver 01 line 1 account 0000 01")
    assert message(b"0011[#0000|NYK01]\x14").signals[0].restore


def test_chinese_text_holding_the_byte_8d_is_not_cut() -> None:
    said = message("S011[#4217|NQA005^门前^]".encode() + b"\x14")
    assert said.signals[0].text == "门前"


def test_the_acknowledgement_echoed_in_words_is_no_news() -> None:
    assert hear(b"ACK\r\n") == ([], b"")
    assert hear(b"\x06") == ([], b"")


def test_noise_before_a_good_frame_is_kept_and_does_not_cost_the_frame_its_acknowledgement() -> None:
    heard, answers = hear(b"\xff5011 18\x7f" + surgard.write_contact_id("4217", "101"))
    assert [type(one) for one in heard] == [Garbled, Message]
    assert answers == b"\x06"


def test_a_7e1_line_read_as_8n1_is_read_whole() -> None:
    sent = b"5011 184217E10101005\x14S011[#4217|NQA005]\r1011           @    \x14"
    parity = bytes(byte | (byte.bit_count() % 2) << 7 for byte in sent)
    heard, answers = hear(parity)
    assert (len(good(heard)), len(heard), answers) == (3, 3, b"\x06\x06\x06")


def test_a_line_nobody_can_read_is_asked_for_again() -> None:
    heard, answers = hear(b"5011 18421\x14")
    assert (type(heard[0]), answers) == (Garbled, b"\x15")
