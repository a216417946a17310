"""What the receivers' and diallers' codecs promise beyond the vectors. All frames here are synthetic, by the layouts
that each codec's first lines name the source of."""

import pytest

from devices.codecs import ademco685, al00_uart, d6500, d6600_dc07, dc03_blocks, lupus_cid, texecom
from devices.codecs.d6600_dc07 import LINK_TEST
from devices.codecs.layout_codec import LIMIT
from devices.codecs.registry import CODECS
from devices.signal import Garbled, Heard, Heartbeat, Kind, Message, Setup
from tests.devices.wire import NOON, listen

ACK, NAK = b"\x06", b"\x15"


def hear(protocol: str, wire: bytes) -> tuple[list[Heard], bytes]:
    return listen(CODECS[protocol](Setup()), [wire], NOON)


def message(protocol: str, wire: bytes) -> Message:
    heard, _ = hear(protocol, wire)
    assert len(heard) == 1
    assert isinstance(heard[0], Message)
    return heard[0]


def beat(protocol: str, wire: bytes) -> Heartbeat:
    heard, _ = hear(protocol, wire)
    assert len(heard) == 1
    assert isinstance(heard[0], Heartbeat)
    return heard[0]


def parity(wire: bytes) -> bytes:
    """Seven bits and even parity as a port set to eight reads them."""
    return bytes(byte | (byte.bit_count() % 2) << 7 for byte in wire)


LAYOUTS = [
    # Sur-Gard, MLR2 family and System family, whose line has three digits
    ("surgard", b"501101 184217E10101005\x14", "4217", Kind.SOS, "005"),
    ("surgard", b"501001421718110101005\x14", "4217", Kind.SOS, "005"),
    ("surgard", b"501001181818110101005\x14", "1818", Kind.SOS, "005"),
    ("surgard", b"5011184217E10101005\x14", "4217", Kind.SOS, "005"),
    ("surgard", b"5011 584217E10101005\x14", "4217", Kind.SOS, "005"),
    ("surgard", b"301001    004217FA0001\x14", "004217", Kind.SMOKE, "0001"),
    ("surgard", b"101001      4217 7   1\x14", "4217", Kind.SOS, "1"),
    ("surgard", b"1011    A04217 7 001\x14", "A04217", Kind.SOS, "001"),
    ("surgard", b"1011      4217 R   3\x14", "4217", Kind.UNKNOWN, "3"),
    ("surgard", b"6011      4217EF0009\x14", "4217", Kind.UNKNOWN, "0009"),
    ("surgard", b"80114217 5155 5555 5\x14", "4217", Kind.UNKNOWN, "2"),
    ("surgard", b"9011    421755555553\x14", "4217", Kind.UNKNOWN, "8"),
    ("surgard", b"4011  42179715551234\x14", "4217", Kind.STATUS, None),
    ("surgard", b"U011  4217 0171 6155232    F\x14", "4217", Kind.STATUS, None),
    ("surgard", b"D011some format of elsewhere\x14", "", Kind.UNKNOWN, None),
    ("surgard", b"S01001[#4217|Nri1/MA001]08:15:02-03/11\x14", "4217", Kind.SOS, "001"),
    # Bosch in D6500 mode
    ("d6500", b" a011 421718110101005\r", "4217", Kind.SOS, "005"),
    ("d6500", b" aFEW 421718130101000\x14", "4217", Kind.MAINS_LOST, "000"),
    ("d6500", b" a011 000000421758110101005\x14", "0000004217", Kind.SOS, "005"),
    ("d6500", b" a011 184217110101005\x14", "4217", Kind.SOS, "005"),
    ("d6500", b" S011[#4217|Nri1MA005]\x14", "4217", Kind.SOS, "005"),
    ("d6500", b" 1011      4217 7   1\x14", "4217", Kind.UNKNOWN, "1"),
    ("d6500", b" 1011      4217 RD10 \x14", "4217", Kind.UNKNOWN, "D10"),
    ("d6500", b" 1010           X  21\x14", "", Kind.FAULT, None),
    ("d6500", b" 1011   42 17   7   1\x14", "", Kind.UNKNOWN, None),
    ("d6500", b" 9011    421755155555\x14", "4217", Kind.UNKNOWN, "3"),
    ("d6500", b" k011      04217 1 01\x14", "", Kind.UNKNOWN, None),
    # Ademco 685
    ("ademco685", b"\n11 4217 18 R301 01 U005 \r", "4217", Kind.MAINS_LOST, "005"),
    ("ademco685", b"\n11 4217 18 P101 01 C005 \r", "4217", Kind.SOS, "005"),
    ("ademco685", b"11 4217 18 E101 01 C005 \r", "4217", Kind.SOS, "005"),
    ("ademco685", b"\nA3 4217 1\r", "4217", Kind.UNKNOWN, ""),
    ("ademco685", b"\n11 4217 1 4\r", "4217", Kind.UNKNOWN, "4"),
    ("ademco685", b"\n11 4217 5555 5515 5\r", "4217", Kind.UNKNOWN, "7"),
    ("ademco685", b"\n11 4217 5555 5555 5\r", "4217", Kind.UNKNOWN, None),
    ("ademco685", b"\n00 LINE 2 FAULT\r", "", Kind.FAULT, None),
    ("ademco685", b"\n11 4217 something new\r", "4217", Kind.UNKNOWN, None),
    # Bosch in SIA mode
    ("d6600-dc07", d6600_dc07.write_contact_id("4217", "101", zone="005"), "4217", Kind.SOS, "005"),
    ("d6600-dc07", d6600_dc07.write_contact_id("4217", "101", zone="005", binary=True), "4217", Kind.SOS, "005"),
    ("d6600-dc07", d6600_dc07.write("a", "#0000004217|58110101005"), "0000004217", Kind.SOS, "005"),
    ("d6600-dc07", d6600_dc07.write("1", "#4217|Nri1MA005"), "4217", Kind.SOS, "005"),
    ("d6600-dc07", d6600_dc07.write("9", "#4217|55515555"), "4217", Kind.UNKNOWN, None),
    ("d6600-dc07", d6600_dc07.write(LINK_TEST, "REJECT COMMAND", line="00"), "", Kind.UNKNOWN, None),
    # diallers
    ("texecom", texecom.write_contact_id("1000", "101", zone="005"), "1000", Kind.SOS, "005"),
    ("texecom", texecom.write_sia("1000", "ri1/PA001"), "1000", Kind.SOS, "001"),
    ("lupus-cid", lupus_cid.write("4217", "101", zone="005"), "4217", Kind.SOS, "005"),
    ("lupus-cid", b"[grandma-1 181101010053]\r\n", "grandma-1", Kind.SOS, "005"),
    ("lupus-cid", b"[4217\0 181101010053]", "4217\u2400", Kind.SOS, "005"),  # found by the fuzzer
    ("al00-uart", al00_uart.write("1234", "101", zone="005"), "1234", Kind.SOS, "005"),
    ("al00-uart", b"AL123418110101005##\r\n", "1234", Kind.SOS, "005"),
]


@pytest.mark.parametrize(("protocol", "wire", "account", "kind", "zone"), LAYOUTS)
def test_every_layout_is_read(protocol: str, wire: bytes, account: str, kind: Kind, zone: str | None) -> None:
    first = message(protocol, wire).signals[0]
    assert (first.account, first.kind, first.zone) == (account, kind, zone)


@pytest.mark.parametrize(
    ("protocol", "wire"),
    [(protocol, wire) for protocol, wire, *_ in LAYOUTS if protocol in ("surgard", "d6500", "ademco685")],
)
def test_every_layout_of_a_receiver_is_acknowledged_and_read_on_a_7e1_line_as_well(protocol: str, wire: bytes) -> None:
    assert hear(protocol, wire)[1] == ACK
    heard, answers = hear(protocol, parity(wire))
    assert ([type(one) for one in heard], answers) == ([Message], ACK)
    assert isinstance(heard[0], Message)
    assert heard[0].signals == message(protocol, wire).signals
    assert "7E1 line read as 8N1" in heard[0].deviations or parity(wire) == wire


def test_a_high_speed_report_raises_each_channel_that_is_not_at_rest() -> None:
    said = message("surgard", b"80114217 1535 5565 5\x14")
    assert [(one.zone, one.code, one.restore) for one in said.signals] == [
        ("1", "channel 1", False),
        ("3", "channel 3", True),
        ("7", "channel 6", False),
    ]


def test_the_number_a_dialler_called_from_is_how_the_home_can_be_spoken_to() -> None:
    assert message("surgard", b"4011  42179715551234\x14").signals[0].voice == "9715551234"


@pytest.mark.parametrize(
    ("protocol", "wire", "clock"),
    [
        ("surgard", b"1011      4217 7   108:15:02-03/11\x14", "08:15:02-03/11"),
        ("surgard", b"6011      4217EF000908:15:02-03/11\x14", "08:15:02-03/11"),
        ("surgard", b"80114217 5155 5555 508:15:02-03/11\x14", "08:15:02-03/11"),
        ("surgard", b"301001    004217FA000108:15:02-03/11\x14", "08:15:02-03/11"),
    ],
)
def test_the_receivers_clock_after_any_layout_is_shown_and_is_no_deviation(
    protocol: str, wire: bytes, clock: str
) -> None:
    said = message(protocol, wire)
    assert (said.signals[0].text, said.deviations) == (clock, ())


@pytest.mark.parametrize(
    ("protocol", "wire", "deviation"),
    [
        ("d6500", b" a011 421718E10101005\x14", "letter as qualifier"),
        ("d6500", b" a011 184217110101005\x14", "layout of the 18 and the account"),
        ("d6500", b" a011 421718110101005\r", "CR instead of DC4"),
        ("ademco685", b"\n11 4217 18 E101 01 C005\r", "no space before the CR"),
        ("ademco685", b"\n11 4217 18 1101 01 C005 \r", "digit as qualifier"),
        ("al00-uart", b"AL00123418110101005\r\n", "CR instead of ##"),
        ("lupus-cid", b"[grandma-1 181101010053]", "checksum of an account that is not four digits"),
        ("d6600-dc07", d6600_dc07.write_contact_id("4217", "101", binary=True), "CRC as two raw bytes"),
    ],
)
def test_what_a_device_does_differently_is_noted(protocol: str, wire: bytes, deviation: str) -> None:
    assert message(protocol, wire).deviations == (deviation,)


@pytest.mark.parametrize(
    ("protocol", "wire", "answer"),
    [
        ("d6500", d6500.write_heartbeat(), ACK),
        ("d6500", b"1010           @    \x14", ACK),  # the VisorAlarm's and Bosch's differ by the header alone
        ("surgard", b"101000           @    \x14", ACK),  # System family
        ("ademco685", ademco685.write_heartbeat(), ACK),
        ("texecom", texecom.write_poll("1000"), b"[P]\x00\x02\x06\r\n"),
        ("texecom", b"POLL1000#\x0d\x0a\x00\x00\r\n", b"[P]\x00\x02\x06\r\n"),  # flags that look like the end
        ("d6600-dc07", d6600_dc07.write(LINK_TEST, "", 42, line=""), d6600_dc07.write(LINK_TEST, "", 42, line="00")),
    ],
)
def test_link_tests_are_answered_and_raise_nothing(protocol: str, wire: bytes, answer: bytes) -> None:
    beat(protocol, wire)
    assert hear(protocol, wire)[1] == answer


@pytest.mark.parametrize(
    ("protocol", "wire", "answer"),
    [
        ("d6500", b" a011 42171811010100\x14", NAK),
        ("ademco685", b"\n11 42x7 18 E101 01 C005 \r", NAK),
        ("lupus-cid", b"[4217 181101010054]", b""),
        ("al00-uart", b"AL0012341816270100##\r\n", b""),
        ("texecom", b"21AAA181101010052\r\n", b""),
        ("texecom", b"21AAABB1101010051\r\n", b""),
        ("texecom", b"hello\r\n", b""),
        ("d6600-dc07", b"\n0000a00070101[#4217|18110101005]\r",
         d6600_dc07.write(LINK_TEST, "", 0, "01", "00")),
        ("d6600-dc07", b"what is this]\r", d6600_dc07.write(LINK_TEST, "", 0, "01", "00")),
    ],
)  # fmt: skip
def test_what_cannot_be_read_or_is_wrong_is_kept_and_asked_for_again_where_the_protocol_can(
    protocol: str, wire: bytes, answer: bytes
) -> None:
    heard, answers = hear(protocol, wire)
    assert [type(one) for one in heard] == [Garbled]
    assert heard[0].raw.strip() == wire.strip()
    assert answers == answer


def test_the_dc07_answer_repeats_sequence_receiver_and_line_and_its_crc_as_it_came() -> None:
    for binary in (False, True):
        wire = d6600_dc07.write_contact_id("4217", "101", sequence=917, receiver="02", line="31", binary=binary)
        assert message("d6600-dc07", wire).sequence == "0917"
        assert hear("d6600-dc07", wire)[1] == d6600_dc07.write(LINK_TEST, "", 917, "02", "31", binary)


@pytest.mark.parametrize("binary", [False, True])
def test_no_dc07_frame_damaged_in_one_byte_is_taken_for_good(binary: bool) -> None:
    wire = d6600_dc07.write_contact_id("4217", "101", binary=binary)
    for place in range(1, len(wire) - 1):
        for flip in (0x01, 0x11, 0x41):
            heard, _ = hear("d6600-dc07", wire[:place] + bytes([wire[place] ^ flip]) + wire[place + 1 :])
            assert {type(one) for one in heard} == {Garbled}


def test_a_dc07_frame_on_a_7e1_line_read_as_8n1_is_read() -> None:
    said = message("d6600-dc07", parity(d6600_dc07.write_contact_id("4217", "101")))
    assert (said.account, said.deviations) == ("4217", ("7E1 line read as 8N1",))


def test_half_a_dc07_frame_does_not_swallow_its_repetition() -> None:
    wire = d6600_dc07.write_contact_id("4217", "101")
    heard, answers = hear("d6600-dc07", wire[:20] + wire)
    assert [type(one) for one in heard] == [Garbled, Message]
    assert answers == d6600_dc07.write(LINK_TEST, "", 1)


def test_texecom_sia_keeps_its_text_and_is_answered_3() -> None:
    blocks = [("#", b"1000"), ("N", b"ri1/FA001"), ("A", b"Kitchen")]
    wire = b"3" + b"".join(dc03_blocks.write(function, data, True) for function, data in blocks)
    wire += dc03_blocks.write(dc03_blocks.END) + b"\r\n"
    said = message("texecom", wire)
    assert (said.signals[0].kind, said.signals[0].text) == (Kind.SMOKE, "Kitchen")
    assert hear("texecom", wire)[1] == b"3\x06\r\n"


def test_a_texecom_block_with_wrong_parity_is_kept_and_not_answered() -> None:
    wire = texecom.write_sia("1000", "ri1/PA001")
    for place in range(1, len(wire) - 2):
        heard, answers = hear("texecom", wire[:place] + bytes([wire[place] ^ 0x01]) + wire[place + 1 :])
        assert ([type(one) for one in heard], answers) == ([Garbled], b"")


def test_after_half_a_texecom_report_or_noise_that_looks_like_one_the_repetition_is_heard() -> None:
    wire = texecom.write_sia("1000", "ri1/PA001")
    assert [type(one) for one in hear("texecom", b"\xff3" + wire)[0]] == [Garbled, Message]
    for before in (wire[:8], wire[:12], b"3#3A33"):
        heard, answers = hear("texecom", before + wire + wire)
        assert isinstance(heard[-1], Message)
        assert answers.endswith(b"3\x06\r\n")


def test_a_glued_line_of_three_digits_is_told_from_one_of_one_digit_by_where_the_frame_ends() -> None:
    assert message("surgard", b"5011181818113101015\x14").head.line == "1"
    assert message("surgard", b"501001181818113101015\x14").head.line == "001"


def test_a_faulty_receiver_speaks_for_nobodys_home() -> None:
    for protocol, wire in (("surgard", b"001001[#0000|NYC01]\x14"), ("d6500", b" 1010           X  21\x14")):
        said = message(protocol, wire)
        assert (said.account, said.signals[0].kind) == ("", Kind.FAULT)


@pytest.mark.parametrize("protocol", ["surgard", "d6500", "ademco685", "d6600-dc07", "texecom", "lupus-cid"])
def test_a_flood_without_an_end_is_cut_into_pieces_and_kept(protocol: str) -> None:
    flood = b"x" * (3 * LIMIT + 5)
    heard, _ = hear(protocol, flood)
    assert [type(one) for one in heard] == [Garbled] * 4
    assert b"".join(one.raw for one in heard) == flood
