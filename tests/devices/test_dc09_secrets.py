"""Keys and clear text on DC-09 lines: no key is ever kept, echoed or printed, and clear text can be refused."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from devices.codecs import dc09, dc09_cipher, dc09_contents, dc09_frame
from devices.codecs.dc09 import Dc09
from devices.signal import Garbled, Heard, Heartbeat, Kind, Message, Setup
from tests.devices.wire import NOON, good, listen

KEY = bytes.fromhex("850cba22f7dd4f033405da83e4c5bae9")
NEW = "0F1E2D3C4B5A69788796A5B4C3D2E1F0"
QA = "#4242|NQA1"


def line(clear_text: str = "flag", key: bytes | None = KEY) -> Dc09:
    setup = Setup(keys={"4242": key, "AFFE": key}.get)
    return Dc09(Setup(setup.keys, clear_text="refuse") if clear_text == "refuse" else setup)


def hear(frame: bytes, clear_text: str = "flag", key: bytes | None = KEY) -> tuple[Heard, bytes]:
    heard, answers = listen(line(clear_text, key), [frame], NOON)
    return heard[0], answers


def sealed(body: str) -> bytes:
    return dc09_frame.seal(body.encode())


CLEAR = [
    dc09.write("SIA-DCS", 1, "9", "#9|NQA1", xdata=f"[K{NEW}][Ihelp]"),
    dc09.write("SIA-DCS", 2, "9", "#9|NQA1", xdata=f"[Ihelp][K{NEW.lower()}]", at=NOON),
    dc09.write("SIA-DCS", 3, "9", "", xdata=f"[K{NEW}]"),
    dc09.write("ADM-CID", 4, "9", "#9|1101 00 001", xdata=f"[K{NEW * 2}]"),
    dc09.write("NULL", 5, "9", "", xdata=f"[K{NEW}]"),
    dc09.write("XNM", 6, "9", "#0000|0000 00 000", xdata=f"[K{NEW}]"),
    dc09.write("SIA-PUL", 7, "9", "1", xdata=f"[K{NEW}]"),
    dc09.write("FOO", 8, "9", "1", xdata=f"[K{NEW}]"),
    dc09.write("ACK", 9, "9", "", xdata=f"[K{NEW}]"),
    dc09.write("SIA-DCS", 10, "4242", QA, xdata=f"[K{NEW}]"),
    sealed(f'"SIA-DCS"0011L0#9[#9|NQA1[K{NEW}'),
    sealed(f'"SIA-DCS"0012L0#9[#9|NQA1][K{NEW}'),
    sealed(f'"SIA-DCS"0013L0#9[#9|NQA1^[K{NEW}^]'),
    sealed(f'"*SIA-DCS"0016L0#4242[#4242|NQA1][K{NEW}]'),  # said to be encrypted, and is not
    sealed(f'no header[K{NEW}]'),
    dc09.write("SIA-DCS", 14, "9", "#9|NQA1", xdata=f"[K{NEW}]").replace(b"QA", b"QB"),  # the CRC is wrong
    dc09.write("SIA-DCS", 15, "9", "#9|NQA1", xdata=f"[K{NEW}]")[:-5],  # cut off
    f"noise [K{NEW}] noise\r".encode(),
]  # fmt: skip
SECRET = [
    dc09.write("SIA-DCS", 1, "4242", QA, key=KEY, at=NOON, xdata=f"[K{NEW}][Ihelp]"),
    dc09.write("SIA-DCS", 2, "4242", "", key=KEY, at=NOON, xdata=f"[K{NEW}]"),
    dc09.write("NULL", 3, "4242", "", key=KEY, at=NOON, xdata=f"[K{NEW}]"),
    dc09.write("FOO", 4, "4242", QA, key=KEY, at=NOON, xdata=f"[K{NEW}]"),
    dc09.write("SIA-DCS", 5, "4242", QA, key=KEY, at=NOON - timedelta(hours=1), xdata=f"[K{NEW}]"),
    dc09.write("SIA-DCS", 6, "4242", f"{QA}[K{NEW}", key=KEY, at=NOON),
    dc09.write("SIA-DCS", 7, "4242", QA, key=bytes(16), at=NOON, xdata=f"[K{NEW}]"),
]


@pytest.mark.parametrize("clear_text", ["flag", "refuse"])
@pytest.mark.parametrize("frame", [*CLEAR, *SECRET])
def test_a_new_key_stands_in_nothing_that_is_kept_said_or_printed(frame: bytes, clear_text: str) -> None:
    for chunks in ([frame], [frame[at : at + 1] for at in range(len(frame))]):
        codec = line(clear_text)
        heard, answers = listen(codec, chunks, NOON)
        assert heard
        everything = (repr(heard) + repr(codec) + answers.decode("latin-1")).upper()
        for secret in (NEW, KEY.hex().upper(), repr(KEY)[2:-1].upper()):
            assert secret[:12] not in everything
            assert secret[-12:] not in everything
        assert b"[K" not in answers
        assert sum(len(one.raw) for one in heard) == len(frame), "only the digits are struck out"


def test_a_new_key_of_any_form_is_struck_out() -> None:
    frame = dc09.write("SIA-DCS", 1, "9", "#9|NQA1", xdata="[Ksixteen letters!][Ihelp]")
    heard, _ = hear(frame)
    assert isinstance(heard, Message)
    assert heard.raw.count(b"*") == len("sixteen letters!")
    assert "sixteen" not in repr(heard)


def test_an_alarm_with_a_new_key_is_raised_acknowledged_and_somebody_is_told_to_enter_the_key() -> None:
    heard, answers = hear(SECRET[0])
    assert isinstance(heard, Message)
    assert [(one.kind, one.account) for one in heard.signals] == [(Kind.SOS, "4242"), (Kind.FAULT, "4242")]
    assert heard.signals[0].text == "help"
    assert "a new key in the frame, struck out" in heard.deviations
    reply = dc09.read_reply(answers, KEY)
    assert reply is not None
    assert reply.token == "ACK"


@pytest.mark.parametrize("frame", [CLEAR[2], CLEAR[4], CLEAR[5], SECRET[1], SECRET[2]])
def test_a_mere_change_of_key_is_not_claimed_to_have_been_done(frame: bytes) -> None:
    heard, answers = hear(frame)
    assert isinstance(heard, Message)
    assert [one.kind for one in heard.signals] == [Kind.FAULT]
    reply = dc09.read_reply(answers)
    assert reply is not None
    assert (reply.token, reply.encrypted) == ("DUH", False)


@given(st.binary(max_size=80))
def test_striking_out_keeps_every_length_and_is_done_once(said: bytes) -> None:
    for arrived in (said, said + b"][K" + said, said + b"[K0123456789abcdef" + said):
        struck = dc09_contents.struck(arrived)
        assert len(struck) == len(arrived)
        assert dc09_contents.struck(struck) == struck


# --- clear text from an account that has a key -----------------------------------------------------------------------

FRAMES = {
    "event": dc09.write("SIA-DCS", 1, "4242", QA),
    "link test": dc09.write("NULL", 2, "4242", ""),
    "extended link test": dc09.write("XNM", 3, "4242", ""),
    "rarer token": dc09.write("SIA-PUL", 4, "4242", "1"),
    "unheard-of token": dc09.write("FOO", 5, "4242", "1"),
    "nothing in it": dc09.write("SIA-DCS", 6, "4242", ""),
    "account only in the data": sealed(f'"SIA-DCS"0007L0[{QA}]'),
    "under another's account": dc09.write("SIA-DCS", 8, "9", QA),
    "lower case": dc09.write("ADM-CID", 9, "affe", "#affe|1101 00 001"),
}


@pytest.mark.parametrize("frame", FRAMES.values(), ids=FRAMES.keys())
def test_clear_text_of_an_account_with_a_key_is_refused_and_kept_where_that_is_the_policy(frame: bytes) -> None:
    heard, answers = hear(frame, "refuse")
    assert isinstance(heard, Garbled)
    assert (heard.raw, heard.reason) == (frame, "clear text from an account that has a key: refused")
    assert heard.account in {"4242", "9", "affe"}
    assert answers == b""


@pytest.mark.parametrize("name", ["event", "rarer token", "account only in the data", "under another's account",
                                  "lower case"])  # fmt: skip
def test_it_is_heard_with_a_remark_where_that_is_the_policy(name: str) -> None:
    heard, answers = hear(FRAMES[name])
    assert isinstance(heard, Message)
    assert dc09.CLEAR in heard.deviations
    assert b'"ACK"' in answers


def test_a_link_test_in_clear_text_proves_life_where_clear_text_is_only_flagged() -> None:
    heard, answers = hear(FRAMES["link test"])
    assert isinstance(heard, Heartbeat)
    assert b'"ACK"0002' in answers


def test_the_policy_touches_neither_encrypted_frames_nor_accounts_without_a_key() -> None:
    frames = dc09.write("SIA-DCS", 1, "4242", QA, key=KEY, at=NOON) + dc09.write("SIA-DCS", 1, "9", "#9|NQA1")
    heard, _ = listen(line("refuse"), [frames], NOON)
    assert [one.account for one in good(heard)] == ["4242", "9"]


def test_an_unusable_key_is_a_key_all_the_same() -> None:
    heard, _ = hear(FRAMES["event"], "refuse", b"short")
    assert isinstance(heard, Garbled)


def test_a_wrong_key_is_never_answered_even_when_a_key_change_is_asked_for() -> None:
    secret = dc09_cipher.encrypt(bytes(16), f"|{QA}][K{NEW}]".encode() + dc09_cipher.stamp(NOON))
    heard, answers = hear(dc09_frame.seal(b'"*SIA-DCS"0001L0#4242[' + secret))
    assert (type(heard), answers) == (Garbled, b"")
