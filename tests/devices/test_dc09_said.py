"""What people read, see on the map and hear about from a DC-09 frame; frames captured from panels in the field."""

from datetime import UTC, datetime, timedelta

import pytest

from devices.codecs import dc09, dc09_frame, dc09_xdata, sia_modifiers
from devices.codecs.dc09 import Dc09
from devices.signal import Garbled, Heard, Heartbeat, Kind, Message, Position, Setup, Signal
from tests.devices.wire import NOON, listen


def hear(frame: bytes) -> tuple[Heard, bytes]:
    heard, answers = listen(Dc09(Setup()), [frame], NOON)
    assert len(heard) == 1
    return heard[0], answers


def signals(data: str, xdata: str = "", token: str = "SIA-DCS", at: datetime | None = NOON) -> tuple[Signal, ...]:
    heard, answers = hear(dc09.write(token, 1, "4242", data, at=at, xdata=xdata))
    assert isinstance(heard, Message)
    assert b'"ACK"0001L0#4242[]' in answers
    return heard.signals


# --- frames captured from panels, quoted with their CRC in the places named --------------------------------------

CAPTURED = [
    # github.com/eavanvalkenburg/pysiaalarm/issues/36: Focus, an account that is no hexadecimal number
    ('7A28002F"ADM-CID"6616R0L0#foc7688[#foc7688|1351 01 000]', "foc7688", [("CID 351", "01", "000", "")]),
    # issues/68: AlphaVision XL, a stray digit before the events
    ('12FA0021"SIA-DCS"0014L0#0001[#0001|0|NRP]', "0001", [("SIA RP", None, None, "0")]),
    # pull/87: SATEL ETHM-1, a dummy account in the data
    ('D8910037"SIA-DCS"0097L0#ABCD[#0000|Npi0/AT]_11:26:04,03-01-2026', "ABCD", [("SIA AT", None, "0", "")]),
    # issues/8: Scantronic, sequence 0000, time without seconds
    ('1908002B"SIA-DCS"0000L0#3080[#3080|Nti19:44/id1/RP]', "3080", [("SIA RP", None, "1", "")]),
    # github.com/home-assistant/core/issues/88158: Bosch AMAX
    ('33B4002B"ADM-CID"0013L0#000001[#000001|1441 03 001]', "000001", [("CID 441", "03", "001", "")]),
]


@pytest.mark.parametrize(("line", "account", "expected"), CAPTURED, ids=[line[:4] for line, *_ in CAPTURED])
def test_a_captured_frame_is_heard_under_its_own_account(
    line: str, account: str, expected: list[tuple[str, str | None, str | None, str]]
) -> None:
    heard, answers = hear(b"\n" + line.encode() + b"\r")
    assert isinstance(heard, Message)
    assert heard.account == account
    assert {one.account for one in heard.signals} == {account}
    assert [(one.code, one.partition, one.zone, one.text) for one in heard.signals] == expected
    assert b'"ACK"' in answers


# --- extended data -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("block", "words"),
    [
        ("AA6F2348C", "authentication hash A6F2348C"),
        ("CDP", "supervision category DP"),
        ("G2", "network path 2"),
        ("J2", "network path 2"),  # where J still means what G means now
        ('J{"rooms": [[1], [2]], "x": "_"}', 'JSON {"rooms": [[1], [2]], "x": "_"}'),
        ("I求助", "求助"),
        ("L3rd floor", "3rd floor"),
        ("O二号楼", "二号楼"),
        ("R2322", "2322"),
        ("SMain St.", "Main St."),
        ("M0026b9e4268b", "MAC 0026b9e4268b"),
        ("N1133", "network address 1133"),
        ("P10", "programming data 10"),
        ("TF", "trigger smoke detector"),
        ("TM", "trigger by hand"),
        ("TQ", "trigger Q"),
        ("Vhttp://x.example/a_b", "look http://x.example/a_b"),
        ("Z123.2M", "altitude 123.2M"),
        ("Hsoon", "time soon"),
        ("X999E07.7", "longitude 999E07.7"),
        ("Qnew in 2031", "Q new in 2031"),
    ],
)
@pytest.mark.parametrize("at", [None, NOON])
def test_every_block_of_extended_data_is_told(block: str, words: str, at: datetime | None) -> None:
    (said,) = signals("#4242|NQA1", f"[{block}]", at=at)
    assert (said.kind, said.text, said.at) == (Kind.SOS, words, at)


def test_words_come_first_and_technical_data_after_them() -> None:
    (said,) = signals("#4242|NQA1^Wang^", "[M0026][Vrtsp://cam][R卧室][I求助][R二]")
    assert said.text == "Wang 求助 卧室 二 MAC 0026 look rtsp://cam"


def test_every_letter_of_the_table_has_its_place() -> None:
    assert set("ACGHIJLMNOPRSTVXYZ") == set(dc09_xdata.PLAIN) | set(dc09_xdata.NAMES)


def test_the_time_of_occurrence_is_the_time_of_the_signal() -> None:
    assert signals("#4242|NQA1", "[H09:30:00,03-01-2026]")[0].at == datetime(2026, 3, 1, 9, 30, tzinfo=UTC)


@pytest.mark.parametrize("token", ["NULL", "XNM"])
def test_a_link_test_may_say_where_the_device_is(token: str) -> None:
    heard, answers = hear(dc09.write(token, 4, "4242", "", xdata="[X101E46.5][Y36N37.5][C60]"))
    assert isinstance(heard, Heartbeat)
    assert (heard.account, heard.position) == ("4242", Position(36.625, 101.775))
    assert b'"ACK"0004' in answers


@pytest.mark.parametrize("token", sorted(dc09.OTHERS))
def test_a_rarer_token_with_nothing_but_extended_data_is_raised_too(token: str) -> None:
    (said,) = signals("", "[Ihelp]", token)
    assert (said.kind, said.code, said.text) == (Kind.UNKNOWN, token, "help")


# --- modifiers and texts of SIA-DCS, odd ADM-CID ------------------------------------------------------------------


def test_modifiers_say_when_where_who_and_how_to_speak_to_the_home() -> None:
    (said,) = signals("#4242|Nti09:58:30/da03-01-26/ri2/id7/pi12/va23/ph+8613800001234/lv3/QA005")
    assert said.at == datetime(2026, 3, 1, 9, 58, 30, tzinfo=UTC)
    assert (said.partition, said.zone, said.voice) == ("2", "005", "+8613800001234")
    assert said.text == "user 7 peripheral 12 value 23 level 3"


def test_every_modifier_has_a_word() -> None:
    every = dict.fromkeys(("ti", "da", "ri", "id", "pi", "va", "ph", "lv", "pt", "rg", "ss", "ai"), "1")
    assert every.keys() == sia_modifiers.MODIFIERS
    assert sia_modifiers.words(every, set()).count(" 1") == len(every)


@pytest.mark.parametrize(
    ("modifiers", "clock", "expected"),
    [
        ({"ti": "23:59"}, datetime(2026, 3, 1, 0, 0, 5, tzinfo=UTC), datetime(2026, 2, 28, 23, 59, tzinfo=UTC)),
        ({"ti": "00:00:30"}, datetime(2026, 2, 28, 23, 59, tzinfo=UTC), datetime(2026, 3, 1, 0, 0, 30, tzinfo=UTC)),
        ({"ti": "9:5"}, NOON, None),
        ({"ti": "25:00"}, NOON, None),
        ({"ti": "10:00", "da": "02-30-26"}, NOON, None),
        ({"ti": "10:00", "da": "yesterday"}, NOON, None),
        ({"da": "02-28-26"}, NOON, None),
        ({"ti": "10:00", "da": "02-28-2026"}, NOON, datetime(2026, 2, 28, 10, 0, tzinfo=UTC)),
        ({"ti": "23:00"}, datetime.min.replace(tzinfo=UTC), None),
        ({"ti": "00:00"}, datetime.max.replace(tzinfo=UTC), None),
    ],
)  # fmt: skip
def test_a_time_without_a_date_is_the_nearest_one(
    modifiers: dict[str, str], clock: datetime, expected: datetime | None
) -> None:
    assert sia_modifiers.occurred(modifiers, clock) == expected


def test_a_time_that_is_none_is_told_as_it_stands() -> None:
    (said,) = signals("#4242|Nti25:00/QA1")
    assert (said.at, said.text) == (NOON, "time 25:00")


def test_an_old_event_is_marked_as_one() -> None:
    new, old = signals("#4242|NQA1|Oti09:00/QA1|Akitchen")
    assert (new.text, new.at) == ("", NOON)
    assert (old.kind, old.text) == (Kind.SOS, "kitchen old event")
    assert old.at == NOON.replace(hour=9, minute=0, second=0)


@pytest.mark.parametrize("data", ["NQA1^bath room^", "NQA1*'bath room'NM", "NQA1|Abath room", "NQA1|A bath|Aroom"])
def test_text_is_read_however_it_was_sent(data: str) -> None:
    (said,) = signals(f"#4242|{data}")
    assert (said.code, said.zone, said.text) == ("SIA QA", "1", "bath room")


def test_several_reports_and_words_of_contact_id_are_all_heard() -> None:
    first, second = signals("#4242|1101 01 005|3301 00 000|^Wang^", "[R卧室]", "ADM-CID")
    assert (first.kind, first.zone, first.account, first.text) == (Kind.SOS, "005", "4242", "Wang 卧室")
    assert (second.kind, second.restore, second.account) == (Kind.MAINS_LOST, True, "4242")


def test_an_account_behind_the_transmitter_is_believed_and_flagged() -> None:
    heard, _ = hear(dc09.write("SIA-DCS", 1, "4242", "#77|NQA1"))
    assert isinstance(heard, Message)
    assert ([one.account for one in heard.signals], heard.deviations) == (
        ["77"], ("account in the data is not the header's",),
    )  # fmt: skip


def test_words_in_place_of_an_account_are_never_one() -> None:
    (said,) = signals("#4242NQA1")
    assert (said.account, said.kind) == ("4242", Kind.UNKNOWN)


# --- clocks, replies, strangers ------------------------------------------------------------------------------------


def test_clear_text_with_a_local_clock_is_never_refused() -> None:
    local = dc09.write("SIA-DCS", 1, "4242", "#4242|NQA1", at=NOON + timedelta(hours=8))
    heard, answers = hear(local)
    assert isinstance(heard, Message)
    assert heard.deviations == ("clock outside the window",)
    assert b"NAK" not in answers


def test_a_response_with_contents_is_read_as_a_reply() -> None:
    reply = dc09.read_reply(dc09.write("RSP", 12, "4242", "ok"))
    assert reply is not None
    assert (reply.token, reply.sequence, reply.account) == ("RSP", "0012", "4242")


@pytest.mark.parametrize(
    ("arrived", "reason", "account"),
    [
        # github.com/eavanvalkenburg/pysiaalarm/issues/43
        (b"HID=16:00:00:00:02:09#UID=1234#TMPV=1.00#FW=05.07#HW=Ecoline_SIA#HWGID=16:00:00:00:02:09#PROV=PROXIMUS"
         b"#LFQ=600#CRC=91477F80BC33FEA59561963B46912D26##", "Aritech", "1234"),
        (b"LFQ=600#CRC=C9868A4C470F970426ECDD8F00B761BC##\r", "Aritech", ""),
        (bytes.fromhex("46233132333435369d") * 3, "galaxy-dc03", "123456"),
        (b"GET / HTTP/1.1\r", "HTTP", ""),
        (b"\x16\x03\x01\x02\x00\x01", "TLS", ""),
    ],
)  # fmt: skip
def test_another_protocol_is_kept_and_called_by_its_name(arrived: bytes, reason: str, account: str) -> None:
    heard, answers = hear(arrived)
    assert isinstance(heard, Garbled)
    assert reason in heard.reason
    assert (heard.raw, heard.account, answers) == (arrived, account, b"")


def test_an_alarm_without_an_account_anywhere_still_rings() -> None:
    heard, answers = hear(dc09_frame.seal(b'"SIA-DCS"0001L0[NQA1]'))
    assert isinstance(heard, Message)
    assert [(one.account, one.kind) for one in heard.signals] == [("", Kind.SOS)]
    assert b'"ACK"0001L0[]' in answers


@pytest.mark.parametrize("token", ["SIA-DCS", "NULL"])
def test_nul_in_an_account_is_made_visible_for_no_database_holds_it(token: str) -> None:
    """Found by the fuzzer. On PostgreSQL one such link test kept the last-heard times of all devices from disk."""
    heard, answers = hear(dc09.write(token, 1, "42\x0042", "" if token == "NULL" else "#42\x0042|NQA1"))
    assert heard.account == "42\u240042"
    assert b'"ACK"0001L0#42\x0042[]' in answers


@pytest.mark.parametrize("year", ["0001", "9999"])
def test_a_year_in_which_some_zone_has_no_time_is_no_time(year: str) -> None:
    """The supervisor's page of such a call could not be shown in Asia/Shanghai."""
    told = dc09.write("SIA-DCS", 1, "4242", "#4242|NQA1", xdata=f"[H23:59:59,12-31-{year}]")
    heard, _ = hear(told)
    assert isinstance(heard, Message)
    assert (heard.signals[0].at, heard.signals[0].text) == (None, f"time 23:59:59,12-31-{year}")
