"""What the DC-09 codec promises beyond the vectors: keys, clocks, odd panels, and an independent peer."""

from datetime import UTC, datetime, timedelta

import pytest
from siadc09 import account as peer_account  # type: ignore[import-untyped]
from siadc09 import message as peer

from devices.codecs import contact_id, dc09, dc09_cipher, dc09_frame, sia_codes
from devices.signal import Garbled, Heard, Heartbeat, Kind, Message, Position, Setup
from tests.devices.wire import NOON, good, listen

KEY = bytes.fromhex("850cba22f7dd4f033405da83e4c5bae9")
LENGTHS = [KEY, KEY + KEY[:8], KEY + KEY]
QA = "#4242|Nri1/QA005"


def codec(key: bytes | None = None) -> dc09.Dc09:
    return dc09.Dc09(Setup(lambda account: key if account == "4242" else None))


def hear(frame: bytes, key: bytes | None = None, now: datetime = NOON) -> tuple[list[Heard], bytes]:
    return listen(codec(key), [frame], now)


def message(frame: bytes, key: bytes | None = None) -> Message:
    heard, _ = hear(frame, key)
    assert isinstance(heard[0], Message), heard
    return heard[0]


@pytest.mark.parametrize("key", LENGTHS, ids=["AES-128", "AES-192", "AES-256"])
def test_a_key_appears_in_nothing_we_say_or_print(key: bytes) -> None:
    frames = dc09.write("SIA-DCS", 1, "4242", QA, key=key, at=NOON, xdata=f"[K{key.hex()}][Ihelp]")
    frames += dc09.write("NULL", 2, "4242", "", key=key, at=NOON)
    frames += dc09.write("SIA-DCS", 3, "4242", QA, key=key, at=NOON - timedelta(hours=1))
    frames += dc09.write("SIA-DCS", 4, "4242", "", key=key, at=NOON)
    frames += dc09.write("FOO", 5, "4242", QA, key=key, at=NOON)
    frames += dc09.write("SIA-DCS", 6, "4242", QA, key=bytes(16), at=NOON)
    line = codec(key)
    heard, answers = listen(line, [frames], NOON)
    assert [type(one) for one in heard] == [Message, Heartbeat, Garbled, Garbled, Garbled, Garbled]
    said = (repr(heard) + repr(line) + answers.decode("latin-1")).lower()
    assert key.hex()[:12] not in said
    assert repr(key)[2:12].lower() not in said


def test_an_unusable_key_is_told_and_nothing_is_acknowledged() -> None:
    heard, answers = hear(dc09.write("SIA-DCS", 1, "4242", QA, key=KEY, at=NOON), b"short")
    assert heard[0].account == "4242"
    assert (type(heard[0]), answers) == (Garbled, b"")


@pytest.mark.parametrize("seconds", [-40, 0, 20])
def test_an_encrypted_frame_inside_the_window_is_acknowledged(seconds: int) -> None:
    frame = dc09.write("SIA-DCS", 1, "4242", QA, key=KEY, at=NOON + timedelta(seconds=seconds))
    _, answers = hear(frame, KEY)
    assert dc09.read_reply(answers, KEY) == ("ACK", "0001", "4242", True, NOON)


@pytest.mark.parametrize("seconds", [-41, 21])
def test_an_encrypted_frame_outside_the_window_gets_our_clock_and_stays_unheard(seconds: int) -> None:
    frame = dc09.write("SIA-DCS", 1, "4242", QA, key=KEY, at=NOON + timedelta(seconds=seconds))
    heard, answers = hear(frame, KEY)
    assert [one.account for one in heard if isinstance(one, Garbled)] == ["4242"]
    reply = dc09.read_reply(answers)
    assert reply is not None
    assert (reply.token, reply.sequence, reply.encrypted, reply.time) == ("NAK", "0000", False, NOON)


def test_a_panel_whose_clock_was_never_set_gets_ours() -> None:
    secret = dc09_cipher.encrypt(KEY, b"|#4242|NQA1]_00:00:00,00-00-0000")
    _, answers = hear(dc09_frame.seal(b'"*SIA-DCS"0001L0#4242[' + secret), KEY)
    reply = dc09.read_reply(answers)
    assert reply is not None
    assert (reply.token, reply.time) == ("NAK", NOON)


def test_with_the_wrong_key_nothing_is_answered_even_if_a_bracket_happens_to_come_out() -> None:
    secret = dc09_cipher.encrypt(KEY, b"noise]_noise noise noise noise")
    heard, answers = hear(dc09_frame.seal(b'"*SIA-DCS"0001L0#4242[' + secret), KEY)
    assert (type(heard[0]), answers) == (Garbled, b"")


def test_the_key_of_an_account_is_found_however_the_panel_spells_it() -> None:
    line = dc09.Dc09(Setup({"AFFE": KEY}.get))
    heard, _ = listen(line, [dc09.write("SIA-DCS", 1, "affe", "#affe|NQA1", key=KEY, at=NOON)], NOON)
    assert isinstance(heard[0], Message)


def test_a_cr_inside_the_text_ends_the_frame_however_it_was_split() -> None:
    frame = dc09_frame.seal(b'"SIA-DCS"0001L0#4242[#4242|NQA1^one\rtwo^]')
    for chunks in ([frame], [frame[:40], frame[40:]], [bytes([byte]) for byte in frame]):
        heard, answers = listen(codec(), chunks, NOON)
        assert ([one.account for one in heard], answers) == (["4242", ""], b"")


def test_clear_text_an_hour_off_is_heard_with_a_remark() -> None:
    said = message(dc09.write("SIA-DCS", 1, "4242", QA, at=NOON - timedelta(hours=1)))
    assert said.signals[0].kind is Kind.SOS
    assert "clock outside the window" in said.deviations


def test_clear_text_on_an_encrypted_account_is_heard_with_a_remark() -> None:
    said = message(dc09.write("SIA-DCS", 1, "4242", QA), KEY)
    assert not said.encrypted
    assert said.deviations == ("clear text on an encrypted account",)


def test_a_retransmission_with_fresh_padding_and_time_has_the_same_content() -> None:
    first, second = (
        message(dc09.write("SIA-DCS", 1, "4242", QA, key=KEY, at=NOON - timedelta(seconds=late)), KEY)
        for late in (0, 9)
    )
    assert first.raw != second.raw
    assert (first.content, first.sequence) == (second.content, second.sequence) == (QA.encode(), "0001")


def test_every_signal_knows_where_when_and_what_text() -> None:
    place = "[X006E07.7777777][Y49N06.6666666][H09:59:00,03-01-2026][I求助][L卫生间]"
    said = message(dc09.write("SIA-DCS", 1, "4242", QA, at=NOON, xdata=place)).signals[0]
    assert (said.partition, said.zone, said.code, said.text) == ("1", "005", "SIA QA", "求助 卫生间")
    assert said.at == datetime(2026, 3, 1, 9, 59, tzinfo=UTC)
    assert said.position is not None
    assert (said.position.latitude, said.position.longitude) == pytest.approx((49.111111, 6.12963))


@pytest.mark.parametrize("place", ["[X999E07.7][Y49N06.6]", "[X006E07.7]", "[Xhere][Ythere]", "[X006W07][Y91S00]"])
def test_a_place_off_the_globe_is_no_place(place: str) -> None:
    assert message(dc09.write("SIA-DCS", 1, "4242", QA, xdata=place)).signals[0].position is None


def test_south_and_west_are_negative() -> None:
    place = message(dc09.write("SIA-DCS", 1, "4242", QA, xdata="[X093W30][Y45S30]")).signals[0].position
    assert place == Position(-45.5, -93.5)


@pytest.mark.parametrize("token", sorted(dc09.OTHERS))
def test_a_rarer_event_language_is_acknowledged_and_raised_for_a_person_to_read(token: str) -> None:
    heard, answers = hear(dc09.write(token, 7, "4242", "#4242|1234 5"))
    assert isinstance(heard[0], Message)
    assert (heard[0].signals[0].kind, heard[0].signals[0].code) == (Kind.UNKNOWN, token)
    assert heard[0].signals[0].text == "#4242|1234 5"
    assert b'"ACK"0007' in answers


@pytest.mark.parametrize("data", ["#4242|", "#4242", "#4242|N", "#4242|Nqa005", "garbage", "#4242|1101 0"])
@pytest.mark.parametrize("token", ["SIA-DCS", "ADM-CID"])
def test_unreadable_data_in_a_good_frame_is_acknowledged_and_raised_as_unknown(token: str, data: str) -> None:
    heard, answers = hear(dc09.write(token, 7, "4242", data))
    assert isinstance(heard[0], Message)
    assert {signal.kind for signal in heard[0].signals} == {Kind.UNKNOWN}
    assert b'"ACK"0007' in answers


def test_a_bracket_in_the_text_loses_no_alarm() -> None:
    for key in (None, KEY):
        said = message(dc09.write("SIA-DCS", 1, "4242", QA + "^room [2] left^", key=key, at=NOON), key).signals[0]
        assert (said.kind, said.text) == (Kind.SOS, "room [2] left")


def test_every_event_of_every_block_is_raised() -> None:
    data = "#4242|Nri1/MA001^fell^/YT000|Ohelp|Nri2/id7/OP|Agate"
    kinds = [(one.kind, one.partition, one.zone, one.text) for one in
             message(dc09.write("SIA-DCS", 1, "4242", data)).signals]  # fmt: skip
    assert kinds == [
        (Kind.SOS, "1", "001", "fell"),
        (Kind.LOW_BATTERY, "1", "000", ""),
        (Kind.UNKNOWN, None, None, "old event"),
        (Kind.STATUS, "2", "7", "gate"),
    ]


def test_without_an_account_in_the_header_the_data_names_it() -> None:
    heard, answers = hear(dc09_frame.seal(b'"SIA-DCS"0001L0[#4242|NQA1]'))
    assert isinstance(heard[0], Message)
    assert heard[0].account == heard[0].signals[0].account == "4242"
    assert answers == dc09_frame.seal(b'"ACK"0001L0[]')


def test_a_frame_without_its_cr_is_heard_when_the_next_begins_or_the_peer_goes() -> None:
    frame = dc09.write("SIA-DCS", 1, "4242", QA)[:-1]
    heard, _ = hear(frame + frame)
    assert [one.deviations for one in good(heard) if isinstance(one, Message)] == [(dc09_frame.NO_CR,)] * 2


def test_our_own_replies_coming_back_are_never_answered() -> None:
    for token in ("ACK", "NAK", "DUH", "RSP"):
        heard, answers = hear(dc09.write(token, 1, "4242", ""))
        assert (type(heard[0]), answers) == (Garbled, b"")


@pytest.mark.parametrize("data", [sia_codes.write_data("4242", "QA", "005", "1"),
                                  contact_id.write_data("4242", "101", zone="005")])  # fmt: skip
@pytest.mark.parametrize("key", [None, *LENGTHS])
def test_an_independent_peer_reads_what_our_writer_writes(data: str, key: bytes | None) -> None:
    token = "SIA-DCS" if "QA" in data else "ADM-CID"
    now = datetime.now(UTC).replace(microsecond=0)  # the peer keeps its own clock window
    theirs = peer.parse_frame(dc09.write(token, 77, "4242", data, key, "1F", at=now, xdata="[Ihelp]"), key)
    assert (theirs.idtoken, theirs.seq, theirs.encrypted, theirs.timestamp) == (token, 77, key is not None, now)
    assert (theirs.account.acct, theirs.account.rcvr, theirs.data.content) == (0x4242, 0x1F, data.encode())
    assert [(block.prefix, block.value) for block in theirs.xdata] == [("I", "help")]


@pytest.mark.parametrize("key", [None, *LENGTHS])
def test_an_independent_peer_reads_our_acknowledgement_and_we_its_link_test(key: bytes | None) -> None:
    now = datetime.now(UTC).replace(microsecond=0)
    account = peer_account.Account(acct=0x4242, key=key and key.hex())
    heard, answers = hear(peer.NullMessage(account).encode(seq=12, timestamp=now), key, now)
    assert isinstance(heard[0], Heartbeat)
    theirs = peer.parse_frame(answers, key)
    assert (theirs.idtoken, theirs.seq, theirs.account.acct) == ("ACK", 12, 0x4242)
