"""SCAIP, in sentences: what the vectors do not say."""

import tracemalloc
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import pytest

from devices.codecs import scaip, scaip_codes, sip_message
from devices.codecs.scaip import Scaip
from devices.signal import Garbled, Heard, Heartbeat, Kind, Message, Position, Setup
from tests.devices.scaip_unit import ALARM, challenges, fine, messages, proof, request, statuses, told
from tests.devices.wire import NOON, listen

SECRET = bytes(32)
PASSWORDS = {"4670000001": "geheim", "4670000002": "other"}


def hear(*chunks: bytes, now: Any = NOON, clear_text: Any = "flag", passwords: dict[str, str] | None = None,
         **told: Any) -> tuple[list[Heard], bytes]:  # fmt: skip
    """What a fresh codec makes of the chunks, and all it sends back."""
    setup = Setup(passwords=(passwords or {}).get, clear_text=clear_text, format=told, secret=SECRET)
    return listen(Scaip(setup), list(chunks), now)


def alarm(**changed: str | None) -> dict[str, str]:
    return {name: value for name, value in {**ALARM, **changed}.items() if value is not None}


def one(heard: Sequence[Heard]) -> Message:
    (message,) = heard
    assert isinstance(message, Message)
    return message


# --- flow -----------------------------------------------------------------------------------------------------------


def test_an_alarm_is_answered_with_a_200_and_a_message_of_our_own_as_two_datagrams() -> None:
    codec = Scaip(Setup())
    said = one(codec.feed(request(), NOON))
    reply = codec.reply(said, NOON)
    assert isinstance(reply, tuple)
    (response,), (ours,) = (messages(piece) for piece in reply)
    assert (response.status, response.call_id, response.body) == (200, "c1@192.0.2.7", b"")
    assert (ours.method, ours.content_type, ours.cseq) == ("MESSAGE", "application/scaip+xml", "1 MESSAGE")
    assert reply[1].startswith(b"MESSAGE sip:4670000001@192.0.2.7:5060 SIP/2.0\r\n")
    assert told(ours) == {"ref": "0001", "snu": "0", "mre": "1", "cre": "61"}


def test_a_repetition_gets_the_same_bytes_whenever_and_from_whichever_process() -> None:
    _, first = hear(request())
    _, again = hear(request(), now=NOON + timedelta(seconds=31))
    _, other = hear(request(number=2))
    assert first == again
    assert messages(first)[1].call_id != messages(other)[1].call_id


def test_the_units_200_to_our_message_is_no_alarm_and_no_garbage_and_needs_no_memory() -> None:
    _, answers = hear(request())
    heard, replies = hear(fine(messages(answers)[1]))
    assert [type(found) for found in heard] == [Heartbeat]
    assert (heard[0].account, replies) == ("", b"")


def test_a_unit_that_does_not_take_our_answer_and_a_stray_response_are_kept() -> None:
    _, answers = hear(request())
    refused = fine(messages(answers)[1]).replace(b"200 OK", b"481 Call Does Not Exist")
    stray = fine(messages(request())[0])
    heard, replies = hear(refused, stray)
    assert [getattr(found, "reason", "") for found in heard] == [
        "the unit did not take our answer: 481 Call Does Not Exist", "a response, and we asked nothing",
    ]  # fmt: skip
    assert replies == b""


def test_syntilios_dialect_is_answered_in_the_body_of_the_200() -> None:
    heard, answers = hear(request(root="scaip", content_type="application/xml"))
    (response,) = messages(answers)
    assert one(heard).signals[0].kind is Kind.SOS
    assert (response.status, response.content_type, told(response)["snu"]) == (200, "application/xml", "0")
    _, settled = hear(request(root="scaip"), answer="message")
    assert len(messages(settled)) == 2
    _, settled = hear(request(), answer="body")
    assert [bool(found.body) for found in messages(settled)] == [True]


def test_options_is_answered_at_once_and_says_what_we_take() -> None:
    heard, answers = hear(request(method="OPTIONS"))
    assert [(type(found), found.account) for found in heard] == [(Heartbeat, "4670000001")]
    assert statuses(answers) == [200]
    assert b"\r\nAllow: MESSAGE, OPTIONS\r\n" in answers


def test_a_heartbeat_is_answered_with_the_minutes_until_the_next() -> None:
    beat = alarm(mty="PI", stc=None, geo="36.6171,101.7782")
    heard, answers = hear(request(beat), heartbeat_minutes=60)
    assert [(type(found), found.account) for found in heard] == [(Heartbeat, "4670000001")]
    assert isinstance(heard[0], Heartbeat)
    assert heard[0].position == Position(36.6171, 101.7782)
    assert told(messages(answers)[1]) == {"ref": "0001", "snu": "0", "hbi": "60"}
    _, silent = hear(request(beat))
    assert "hbi" not in told(messages(silent)[1])


def test_a_heartbeat_that_says_something_is_a_message() -> None:
    for stc, kind in (("0010", Kind.SOS), ("0016", Kind.LOW_BATTERY), ("0085", Kind.MAINS_LOST)):
        assert one(hear(request(alarm(mty="PI", stc=stc)))[0]).signals[0].kind is kind
    assert isinstance(hear(request(alarm(mty="PI", stc="0070")))[0][0], Heartbeat)


def test_other_methods_are_refused_and_an_ack_is_never_answered() -> None:
    heard, answers = hear(request(method="INVITE"), request(method="REGISTER"), request(method="ACK"))
    assert [type(found) for found in heard] == [Garbled] * 3
    assert statuses(answers) == [405, 405]


def test_a_text_message_is_refused_and_kept() -> None:
    heard, answers = hear(request(body=b"hello", content_type="text/plain"))
    assert [type(found) for found in heard] == [Garbled]
    assert statuses(answers) == [415]


# --- what it means --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("dty", "stc", "kind", "restore"),
    [
        ("0003", "0010", Kind.SOS, False), ("0003", "", Kind.SOS, False), ("0048", "", Kind.SOS, False),
        ("0005", "0009", Kind.FALL, False), ("0007", "0006", Kind.SOS, False), ("0006", "0010", Kind.DURESS, False),
        ("0010", "0009", Kind.INACTIVITY, False), ("0011", "0081", Kind.MEDICATION, False),
        ("0011", "0083", Kind.STATUS, False), ("0012", "0003", Kind.INACTIVITY, False),
        ("0012", "0117", Kind.STATUS, False), ("0014", "0076", Kind.DOOR, False), ("0014", "0021", Kind.DOOR, True),
        ("0015", "0009", Kind.WANDERING, False), ("0017", "0009", Kind.SOS, False), ("0021", "0009", Kind.GAS, False),
        ("0023", "0009", Kind.SMOKE, False), ("0025", "0100", Kind.SMOKE, False),
        ("0020", "0101", Kind.TEMPERATURE, False), ("0026", "0009", Kind.CARBON_MONOXIDE, False),
        ("0033", "0009", Kind.WATER, False), ("0045", "0085", Kind.MAINS_LOST, False),
        ("0045", "0086", Kind.MAINS_LOST, True), ("0045", "0014", Kind.LOW_BATTERY, False),
        ("0003", "0016", Kind.LOW_BATTERY, False), ("0003", "0015", Kind.LOW_BATTERY, True),
        ("0045", "0019", Kind.CANCEL, False), ("0045", "0102", Kind.TEST, False),
        ("0003", "0123", Kind.DEVICE_LOST, False), ("0045", "0125", Kind.TAMPER, False),
        ("0045", "0023", Kind.LINK_FAULT, False),
        ("0045", "0112", Kind.LINK_FAULT, True), ("0045", "0092", Kind.STATUS, False),
        ("0045", "0110", Kind.UNKNOWN, False), ("0045", "0088", Kind.HELP_ARRIVED, False),
        ("0045", "0041", Kind.STATUS, False), ("0045", "0040", Kind.FAULT, False),
        ("0008", "0010", Kind.SOS, False), ("0041", "0010", Kind.SOS, False),  # somebody pressed, wherever the key is
        ("9999", "0010", Kind.SOS, False), ("9999", "0009", Kind.UNKNOWN, False), ("0003", "9999", Kind.UNKNOWN, False),
        ("", "0010", Kind.SOS, False), ("0051", "0010", Kind.SOS, False), ("0051", "0009", Kind.WANDERING, False),
    ],
)  # fmt: skip
def test_device_type_and_status_together_say_what_it_is(dty: str, stc: str, kind: Kind, restore: bool) -> None:
    assert scaip_codes.meaning(dty, stc) == (kind, restore)


def test_every_code_in_the_tables_has_a_meaning_and_a_manual_alarm_is_never_a_record() -> None:
    for dty in scaip_codes.TABLE["dty"]:
        for stc in ("", *scaip_codes.TABLE["stc"]):
            kind, _ = scaip_codes.meaning(dty, stc)
            assert isinstance(kind, Kind)
        kind, restore = scaip_codes.meaning(dty, "0010")
        assert not restore
        assert kind not in (Kind.STATUS, Kind.TEST, Kind.CANCEL, Kind.FAULT, Kind.LINK_FAULT, Kind.UNKNOWN), dty
    known = scaip_codes.TABLE["stc"]
    assert not [stc for stc in (*scaip_codes.STATUSES, *scaip_codes.ENDED) if stc not in known]
    assert not [dty for dty in scaip_codes.DEVICES if dty not in scaip_codes.TABLE["dty"]]


def test_a_reset_and_information_ask_for_nobody_unless_they_carry_an_alarm() -> None:
    for mty in ("RE", "IN"):
        assert one(hear(request(alarm(mty=mty, stc=None)))[0]).signals[0].kind is Kind.STATUS
        assert one(hear(request(alarm(mty=mty, stc="0010")))[0]).signals[0].kind is Kind.SOS


def test_the_words_the_key_and_the_place_reach_the_signal() -> None:
    gga = "$GPGGA,101500,3637.026,N,10146.692,E,1,08,0.9,2261,M,,M,,*47"
    fields = alarm(dco="003", lco="021", ite="Köket", gga=gga)
    signal = one(hear(request(fields))[0]).signals[0]
    assert signal.text == "personal trigger; button 2; manual alarm; kitchen; 00A1B2C3; Köket"
    assert (signal.zone, signal.code) == ("2", "SCAIP 0003 0010")
    assert signal.position == Position(36.6171, 101.7782)
    assert one(hear(request())[0]).signals[0].zone == "00A1B2C3"


# --- status codes ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("fields", "snu"),
    [
        (alarm(), "0"), (alarm(dty="0999"), "0"), (alarm(pri="10"), "0"), (alarm(mty="XX"), "0"),
        (alarm(ref="0001-A"), "3"), (alarm(cid="home one"), "3"), (alarm(dty="3"), "3"),
        (alarm(ref=None), "7"), (alarm(cid=None), "7"), (alarm(dty=None), "7"),
    ],
)  # fmt: skip
def test_whatever_is_wrong_is_said_and_rings_all_the_same(fields: dict[str, str], snu: str) -> None:
    heard, answers = hear(request(fields))
    said = one(heard)
    assert told(messages(answers)[1])["snu"] == snu
    assert said.account == fields.get("cid", "4670000001")
    assert said.signals[0].kind in (Kind.SOS, Kind.UNKNOWN)
    assert bool(said.deviations) == (snu != "0" or fields.get("pri") == "10" or fields.get("mty") == "XX")


def test_more_than_1300_bytes_are_read_and_more_than_4096_are_too_long_and_ring() -> None:
    heard, answers = hear(request(alarm(ite="x" * 1000, lte="y" * 1000)))
    assert one(heard).deviations == ("longer than 1300 bytes",)
    assert told(messages(answers)[1])["snu"] == "0"
    heard, answers = hear(request(alarm(ite="x" * 5000)))
    said = heard[0]
    assert isinstance(said, Message)
    assert (said.account, said.signals[0].kind) == ("4670000001", Kind.UNKNOWN)
    assert [type(rest) for rest in heard[1:]] == [Garbled]
    assert told(messages(answers)[1]) == {"snu": "1"}


BOMB = b'<!DOCTYPE mrq [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]><mrq><ref>1</ref><cid>&b;</cid></mrq>'


@pytest.mark.parametrize(
    "body",
    [
        BOMB,
        b'<!DOCTYPE mrq SYSTEM "file:///etc/passwd"><mrq><ref>1</ref></mrq>',
        b"<!DOCTYPE mrq><mrq/>",
        b"<mrq>&amp;&lol;</mrq>",
        b"<mrq>" + b"<a>" * 20 + b"</a>" * 20 + b"</mrq>",
        b"<mrq>" + b"<a/>" * 400 + b"</mrq>",
        b"<html><cid>4670000001</cid></html>",
        b"\x00\x00<mrq>",
        b"<mrq",
        b"<mrq><ref>\xff\xfe</cid>",
    ],
)
def test_hostile_xml_is_answered_invalid_and_looked_at(body: bytes) -> None:
    heard, answers = hear(request(body=body))
    said = one(heard)
    assert (said.account, said.signals[0].kind) == ("4670000001", Kind.UNKNOWN)
    assert told(messages(answers)[1]) == {"snu": "2"}
    assert b"root:" not in repr(said).encode()


def test_what_units_really_write_is_read() -> None:
    inside = "<ref>9</ref><cid>4670000001</cid><dty>0003</dty>"
    latin = f"<mrq>{inside}<ite>Köket</ite></mrq>".encode("latin-1")
    said = one(hear(request(body=latin))[0])
    assert (said.signals[0].text, said.deviations) == ("personal trigger; Köket", ("read as Latin-1",))
    declared = f'<?xml version="1.0" encoding="ISO-8859-1"?>\n<mrq>{inside}<ite>Köket</ite></mrq>'.encode("latin-1")
    assert one(hear(request(body=declared))[0]).signals[0].text == "personal trigger; Köket"
    for encoding in ("utf-99", "big5"):  # expat knows neither
        odd = f'<?xml version="1.0" encoding="{encoding}"?><mrq>{inside}</mrq>'.encode()
        assert one(hear(request(body=odd))[0]).account == "4670000001"
    prefixed = f'<s:mrq xmlns:s="urn:x"><s:ref>9</s:ref>{inside}</s:mrq>'.encode()
    assert one(hear(request(body=prefixed))[0]).account == "4670000001"
    twice = f"<mrq>{inside}<cid>4670000002</cid></mrq>".encode()
    assert (one(hear(request(body=twice))[0]).account, one(hear(request(body=twice))[0]).deviations) == (
        "4670000001", ("cid twice",),
    )  # fmt: skip


# --- SIP as it is written -------------------------------------------------------------------------------------------


def test_short_header_names_folded_lines_bare_line_feeds_and_odd_names_are_read_and_echoed() -> None:
    raw = request().replace(b"Call-ID:", b"i:").replace(b"\r\nFrom: ", b'\r\nf: "\xc5sa_1"\r\n ')
    raw = raw.replace(b"sip:arc@192.0.2.10 SIP", b"sip:arc@the_centre:5060 SIP").replace(b"\r\n", b"\n")
    heard, answers = hear(raw)
    assert one(heard).signals[0].kind is Kind.SOS
    assert b'\r\nFrom: "\xc5sa_1" <sip:4670000001@192.0.2.7>;tag=281\r\n' in answers
    assert statuses(answers) == [200, 0]


def test_a_host_name_the_library_refuses_costs_nobody_an_alarm() -> None:
    raw = request(alarm(cid=None)).replace(b"@192.0.2.7", b"@unit_7")
    heard, answers = hear(raw)
    assert one(heard).account == "4670000001"
    assert answers.count(b"MESSAGE sip:4670000001@unit_7:5060 SIP/2.0") == 1


def test_a_sip_name_that_can_be_no_account_is_none() -> None:
    for user in ("a%00b", "x" * 33, "%0d%0a", "a%20b"):
        heard, answers = hear(request(alarm(cid=None), user=user))
        assert (one(heard).account, one(heard).signals[0].kind, statuses(answers)[0]) == ("", Kind.SOS, 200)


@pytest.mark.parametrize("gone", ["Via", "From", "To", "Call-ID", "CSeq", "Contact", "Content-Type", "Max-Forwards"])
def test_a_missing_header_never_hides_the_alarm(gone: str) -> None:
    lines = request().split(b"\r\n")
    heard, answers = hear(b"\r\n".join(line for line in lines if not line.startswith(gone.encode() + b":")))
    assert one(heard).signals[0].kind is Kind.SOS
    assert 200 in statuses(answers)


def test_without_a_content_length_the_datagram_or_the_xml_says_where_it_ends() -> None:
    raw = b"\r\n".join(line for line in request().split(b"\r\n") if not line.startswith(b"Content-Length"))
    heard, answers = hear(raw + request(number=2))
    assert [found.account for found in heard] == ["4670000001"] * 2
    assert statuses(answers) == [200, 0, 200, 0]
    open_end = raw.replace(b"</mrq>", b"")
    assert one(hear(open_end)[0]).signals[0].kind is Kind.UNKNOWN


def test_a_content_length_that_is_too_high_counts_when_the_xml_is_whole_and_else_not() -> None:
    raw = request()
    size = raw[raw.index(b"Content-Length: ") + 16 :].split(b"\r\n")[0]
    high = raw.replace(b"Content-Length: " + size, b"Content-Length: %d" % (int(size) + 9))
    assert one(hear(high)[0]).deviations == ("shorter than its Content-Length",)
    (cut,), answers = hear(high[:-20])
    assert isinstance(cut, Garbled)
    assert (cut.account, answers) == ("4670000001", b"")


def test_keep_alives_are_answered_and_stray_line_ends_are_not() -> None:
    heard, answers = hear(b"\r\n\r\n", b"\r\n", request(), b"\r\n\r\n\0\0")
    assert [type(found) for found in heard] == [Heartbeat, Message, Heartbeat]
    assert answers.startswith(b"\r\nSIP/2.0 200")
    assert answers.endswith(b"</mrs>\r\n")


def test_several_messages_in_one_stream_are_heard_in_order_however_they_are_cut() -> None:
    stream = b"".join(request(alarm(ref=str(n)), number=n, transport="TCP") for n in range(1, 6))
    for size in (1, 7, 512, 4000):
        heard, answers = hear(*(stream[at : at + size] for at in range(0, len(stream), size)))
        assert [one([found]).sequence for found in heard] == ["1", "2", "3", "4", "5"]
        assert statuses(answers) == [200, 0] * 5
    assert b"Via: SIP/2.0/TCP 192.0.2.10;" in answers


def test_no_header_of_the_unit_adds_a_line_to_our_answers() -> None:
    raw = (
        request()
        .replace(b"Call-ID: c1", b"Call-ID: c\r1\0x")
        .replace(b"<sip:4670000001@192.0.2.7:5060>", b"<sip:a%0d%0ab@c>")
    )
    _, answers = hear(raw)
    for message in answers.split(b"SIP/2.0\r\n"):
        assert b"\r" not in message.replace(b"\r\n", b"")
    assert messages(answers)[1].home == "sip:arc@192.0.2.10"


# --- voice ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("told_by_the_line", "mrs", "voice"),
    [
        ({}, {"mre": "1", "cre": "61"}, "calls-us sip:4670000001@192.0.2.7:5060"),
        ({"voice": "callback", "callback_minutes": 2}, {"mre": "1", "cre": "02"}, "call sip:4670000001@192.0.2.7:5060"),
        ({"voice": "number", "number": "+869710001"}, {"mre": "1", "cre": "62", "tnu": "+869710001"},
         "calls-us sip:4670000001@192.0.2.7:5060"),
        ({"voice": "none"}, {"mre": "0"}, ""),
    ],
)  # fmt: skip
def test_the_line_says_how_the_home_is_spoken_to(
    told_by_the_line: dict[str, Any], mrs: dict[str, str], voice: str
) -> None:
    heard, answers = hear(request(), **told_by_the_line)
    assert told(messages(answers)[1]) == {"ref": "0001", "snu": "0", **mrs}
    assert one(heard).signals[0].voice == voice


def test_the_equipment_asks_for_no_voice_and_under_duress_only_the_microphone_opens() -> None:
    heard, answers = hear(request(alarm(stc="0016")))
    assert (told(messages(answers)[1])["mre"], one(heard).signals[0].voice) == ("0", "")
    heard, answers = hear(request(alarm(dty="0006")))
    assert told(messages(answers)[1])["mre"] == "2"
    assert one(heard).signals[0].voice.startswith("listen sip:")


# --- digest ---------------------------------------------------------------------------------------------------------


def asked(now: Any = NOON, **how: Any) -> str:
    """The first challenge to an alarm without a password."""
    _, answers = hear(request(), passwords=PASSWORDS, clear_text="refuse", now=now, **how)
    assert statuses(answers) == [401]
    return challenges(answers)[0]


def prove(line: str, now: Any = NOON, clear_text: str = "refuse", **how: Any) -> tuple[Heard, list[int]]:
    heard, answers = hear(
        request(more=[line], seq=2, **how), passwords=PASSWORDS, now=now, clear_text=clear_text
    )  # fmt: skip
    return heard[0], statuses(answers)


@pytest.mark.parametrize("algorithm", ["SHA-256", "MD5"])
def test_a_unit_with_the_right_password_is_heard(algorithm: str) -> None:
    heard, answers = prove(proof(asked(), "4670000001", "geheim", algorithm))
    assert (type(heard), answers) == (Message, [200, 0])
    assert isinstance(heard, Message)
    assert heard.deviations == ()


def test_both_algorithms_are_offered_the_stronger_first_unless_the_line_says_otherwise() -> None:
    _, answers = hear(request(), passwords=PASSWORDS)
    assert ["SHA-256" in line for line in challenges(answers)] == [True, False]
    _, answers = hear(request(), passwords=PASSWORDS, algorithms=["MD5"])
    assert len(challenges(answers)) == 1
    assert 'realm="anxin"' in answers.decode()


def test_without_a_password_a_strict_line_asks_keeps_and_raises_nothing() -> None:
    heard, answers = hear(request(), passwords=PASSWORDS, clear_text="refuse")
    assert [(type(found), found.account) for found in heard] == [(Garbled, "4670000001")]
    assert statuses(answers) == [401]


def test_by_default_an_alarm_without_a_password_rings_and_is_asked_for_one_and_counts_once() -> None:
    first, answers = hear(request(), passwords=PASSWORDS)
    assert one(first).deviations == ("no password sent, asked for it",)
    assert statuses(answers) == [401]
    again, done = prove(proof(challenges(answers)[0], "4670000001", "geheim"), clear_text="flag")
    assert done == [200, 0]
    assert (one(first).sequence, one(first).content) == (one([again]).sequence, one([again]).content)


@pytest.mark.parametrize(
    ("password", "changed", "status"),
    [
        ("wrong", {}, 403),
        ("geheim", {"qop": "auth-int"}, 403),
        ("geheim", {"nc": "1"}, 403),
        ("geheim", {"nonce": "65e1.00000000000000000000000000000000"}, 401),
        ("geheim", {"nonce": ""}, 401),
        ("geheim", {"nonce": "ffffffffffff." + "0" * 32}, 401),
    ],
)
def test_a_proof_that_is_not_right_is_refused(password: str, changed: dict[str, str], status: int) -> None:
    heard, answers = prove(proof(asked(), "4670000001", password, **changed))
    assert (type(heard), heard.account, answers) == (Garbled, "4670000001", [status])
    flagged, _ = prove(proof(asked(), "4670000001", password, **changed), clear_text="flag")
    assert isinstance(flagged, Message)
    assert flagged.deviations


def test_a_proof_played_back_later_or_from_the_future_is_asked_again() -> None:
    line = proof(asked(), "4670000001", "geheim")
    for late in (61, -1):
        now = NOON + timedelta(seconds=late)
        heard, answers = prove(line, now)
        assert (type(heard), answers) == (Garbled, [401])
        _, wire = hear(request(more=[line]), passwords=PASSWORDS, now=now, clear_text="refuse")
        assert "stale=true" in challenges(wire)[0]
    assert prove(line, NOON + timedelta(seconds=59))[1] == [200, 0]


def test_a_nonce_of_another_line_or_process_is_asked_again() -> None:
    setup = Setup(passwords=PASSWORDS.get, clear_text="refuse", secret=b"another")
    _, answers = listen(Scaip(setup), [request()], NOON)
    assert prove(proof(challenges(answers)[0], "4670000001", "geheim"))[1] == [401]


def test_a_unit_that_proves_to_be_one_and_sends_for_another_is_flagged_or_refused() -> None:
    line = proof(asked(), "4670000002", "other")
    heard, answers = prove(line)
    assert (type(heard), heard.account, answers) == (Garbled, "4670000001", [403])
    flagged, answers = prove(line, clear_text="flag")
    assert isinstance(flagged, Message)
    assert flagged.account == "4670000001"
    assert flagged.deviations == ("sent by 4670000002 under the account of 4670000001",)
    free, _ = prove(line, fields=alarm(cid="4670000009"))
    assert (type(free), free.account) == (Garbled, "4670000009"), "not for an account without a password either"


def test_an_account_without_a_password_is_asked_for_none() -> None:
    heard, answers = hear(request(alarm(cid="4670000009")), passwords=PASSWORDS, clear_text="refuse")
    assert one(heard).deviations == ()
    assert statuses(answers) == [200, 0]


def test_nobody_lives_on_anothers_word() -> None:
    beat = request(alarm(mty="PI", stc=None))
    heard, answers = hear(beat, request(method="OPTIONS"), passwords=PASSWORDS)
    assert [(type(found), found.account) for found in heard] == [(Heartbeat, ""), (Heartbeat, "")]
    assert statuses(answers) == [401, 200]
    strict, asked_again = hear(beat, passwords=PASSWORDS, clear_text="refuse")
    assert [(type(found), found.account) for found in strict] == [(Heartbeat, "")]
    assert statuses(asked_again) == [401]
    wrong, refused = prove(proof(challenges(answers)[0], "4670000001", "no"), fields=alarm(mty="PI", stc=None))
    assert (type(wrong), refused) == (Garbled, [403])
    proven, _ = prove(proof(challenges(answers)[0], "4670000001", "geheim"), fields=alarm(mty="PI", stc=None))
    assert (type(proven), proven.account) == (Heartbeat, "4670000001")


def test_hostile_credentials_take_no_time() -> None:
    for line in ('Authorization: Digest realm="anxin"' + ',a="b"' * 500 + "!", "Authorization: Digest " + "a=" * 900,
                 "Authorization: Digest " + 'x="' * 600, "Authorization:", "Authorization: Basic YTpi"):  # fmt: skip
        heard, answers = hear(request(more=[line]), passwords=PASSWORDS, clear_text="refuse")
        assert [type(found) for found in heard] == [Garbled]
        assert statuses(answers)[0] in (401, 403)


def test_no_password_stands_in_any_answer_or_in_what_is_kept() -> None:
    for line in (proof(asked(), "4670000001", "geheim"), proof(asked(), "4670000002", "other")):
        heard, answers = hear(request(more=[line]), passwords=PASSWORDS)
        assert b"geheim" not in answers
        assert "geheim" not in repr(heard)
        assert "geheim" not in repr(Setup(passwords=PASSWORDS.get, secret=b"geheim"))


def test_the_units_writer_writes_what_the_codec_reads() -> None:
    said = one(hear(scaip.write({"ref": "7", "cid": "1042", "dty": "0005"}, 7, seq=2, transport="TCP"))[0])
    assert (said.account, said.sequence, said.signals[0].kind) == ("1042", "7", Kind.FALL)
    (found,) = messages(scaip.write({"cid": "1042"}, 7, root="scaip"))
    assert (found.user, found.home, found.content_type) == ("1042", "sip:1042@192.0.2.7:5060", "application/xml")


def test_bad_addresses_leave_nothing_behind() -> None:
    """The library raises one exception for all of them, and what hung on it grew with each (found by the fuzzer)."""
    tracemalloc.start()
    for _ in range(50):
        assert sip_message._address("") is None
    before = tracemalloc.get_traced_memory()[0]
    for _ in range(500):
        sip_message._address("")
    grown = tracemalloc.get_traced_memory()[0] - before
    tracemalloc.stop()
    assert grown < 10_000
