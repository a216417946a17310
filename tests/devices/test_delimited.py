"""What the delimited codec promises beyond its vectors: every checksum, odd frames, and a description's own faults."""

from typing import Any

import pytest
from pydantic import ValidationError

from devices.codecs import delimited_frame
from devices.codecs.checksums import CHECKSUMS
from devices.codecs.delimited import Delimited
from devices.settings import LineSettings
from devices.signal import Garbled, Heard, Heartbeat, Kind, Message, Position, Setup
from tests.devices.wire import NOON, listen

BOX: dict[str, Any] = {
    "start": "$", "end": "#", "fields": ["account", "event"], "events": {"1": "sos", "5": "nothing"},
}  # fmt: skip


def hear(table: dict[str, Any], wire: bytes) -> tuple[list[Heard], bytes]:
    return listen(Delimited(Setup(format=table)), [wire], NOON)


def message(table: dict[str, Any], wire: bytes) -> Message:
    heard = hear(table, wire)[0]
    assert len(heard) == 1
    assert isinstance(heard[0], Message), heard
    return heard[0]


@pytest.mark.parametrize(
    ("kind", "expected"),
    [("sum8", "DD"), ("xor8", "31"), ("crc16-modbus", "4B37"), ("crc16-x25", "906E"), ("crc16-ccitt", "29B1"),
     ("crc32", "CBF43926")],
)  # fmt: skip
def test_each_checksum_gives_its_published_value_for_123456789(kind: str, expected: str) -> None:
    reckon, size = CHECKSUMS[kind]
    assert f"{reckon(b'123456789'):0{2 * size}X}" == expected


@pytest.mark.parametrize("kind", CHECKSUMS)
@pytest.mark.parametrize(
    "how",
    [{}, {"form": "binary"}, {"form": "binary", "order": "little"}, {"mark": "*"}, {"mark": "*", "with_mark": True},
     {"with_start": True}, {"after_end": True}, {"after_end": True, "with_mark": True},
     {"after_end": True, "form": "binary"}],
)  # fmt: skip
def test_a_checksum_is_read_wherever_it_stands_and_a_wrong_one_is_not(kind: str, how: dict[str, Any]) -> None:
    table = {**BOX, "checksum": {"kind": kind, **how}, "nak": "NO"}
    for number in range(40):  # binary ones look like the start or the end now and then
        wire = delimited_frame.write(table, account=f"{number:04}", event="1")
        assert message(table, wire).account == f"{number:04}"
        damaged = wire.replace(b",1", b",2") + b"\r\n\r\n"
        heard, answers = hear(table, damaged)
        assert not [one for one in heard if not isinstance(one, Garbled)]
        assert answers.startswith(b"NO")
        assert b"".join(one.raw for one in heard).rstrip() == damaged.rstrip()


def test_a_reply_has_the_checksum_its_frames_have() -> None:
    table = {**BOX, "checksum": {"kind": "xor8", "mark": "*"}, "reply": "$OK,{account}*{checksum}#\r\n"}
    wire = delimited_frame.write(table, account="1001", event="1")
    other = {**table, "fields": ["event", "account"]}
    assert hear(table, wire)[1] == delimited_frame.write(other, event="OK", account="1001") + b"\r\n"


def test_heartbeats_may_have_a_reply_of_their_own_or_none() -> None:
    table = {**BOX, "heartbeat": ["0"], "reply": "ACK"}
    assert hear(table, b"$1001,0#")[1] == b"ACK"
    assert hear({**table, "heartbeat_reply": ""}, b"$1001,0#$1001,1#")[1] == b"ACK"
    beats = hear({**table, "heartbeat_reply": "hex:06"}, b"$1001,0#$1001,5#")
    assert [type(one) for one in beats[0]] == [Heartbeat, Heartbeat]
    assert beats[1] == b"\x06\x06"
    low = hear({**table, "heartbeat_reply": "BEAT", "fields": ["account", "event", "battery"]}, b"$1001,0,3#")
    assert isinstance(low[0][0], Message)
    assert low[1] == b"BEAT"


def test_every_field_finds_its_place() -> None:
    names = ["ignored", "account", "event", "zone", "partition", "sequence", "battery", "latitude", "longitude", "text",
             "voice", "text"]  # fmt: skip
    table = {**BOX, "separator": ";", "fields": names}
    heard = message(table, "$v1;1001;1;3;2;0042;12%;-1.0;101.7;卫生间;13800000000;急#".encode())
    signal = heard.signals[0]
    assert (heard.account, heard.sequence, [s.kind for s in heard.signals]) == (
        "1001", "0042", [Kind.SOS, Kind.LOW_BATTERY])  # fmt: skip
    assert (signal.zone, signal.partition, signal.voice) == ("3", "2", "13800000000")
    assert (signal.position, signal.text) == (Position(-1.0, 101.7), "卫生间 急, battery 12%")
    calm = hear(table, b"$v1;1001;5;3;2;0042;80;36.6;101.7;;;#")[0][0]
    assert isinstance(calm, Heartbeat)
    assert (calm.position, calm.battery) == (Position(36.6, 101.7), 80)


def test_an_account_that_is_nobodys_still_rings_and_is_never_cut() -> None:
    for account in ("", "x" * 33, "\ufffd"):
        heard = message(BOX, f"${account},1#".encode())
        assert (heard.account, heard.signals[0].kind) == ("", Kind.SOS)
        assert "no account" in heard.deviations[0]
    assert isinstance(hear(BOX, b"$,5#")[0][0], Garbled)


def test_a_text_in_another_encoding_is_said_and_hides_nothing() -> None:
    table = {**BOX, "fields": ["account", "event", "text"]}
    heard = message(table, b"$1001,1," + "浴室".encode("gb18030") + b"#")
    assert (heard.signals[0].kind, heard.deviations) == (Kind.SOS, ("not utf-8",))
    assert message({**table, "encoding": "gb18030"}, heard.raw).signals[0].text == "浴室"


def test_without_end_bytes_the_datagram_is_the_frame() -> None:
    table = {**BOX, "start": "", "end": "", "events": {"SOS": "sos"}}
    assert message(table, b"1001,SOS").account == "1001"
    assert message(table, b"1001,SOS\r\n").signals[0].kind is Kind.SOS


def test_a_box_that_sends_only_its_account_means_one_thing() -> None:
    assert message({**BOX, "fields": ["account"], "events": {"": "sos"}}, b"$1001#").signals[0].kind is Kind.SOS


def test_a_frame_that_begins_inside_one_that_is_too_long_is_heard() -> None:
    heard = hear({**BOX, "max_length": 32}, b"$" + b"x" * 50 + b"$1001,1#")[0]
    assert isinstance(heard[-1], Message)
    assert heard[-1].account == "1001"
    assert b"".join(one.raw for one in heard) == b"$" + b"x" * 50 + b"$1001,1#"


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"fields": ["acount", "event"]}, "format.fields.0: there is no field 'acount'; write one of account, event"),
        ({"fields": ["event"]}, "fields: which of them is the account?"),
        ({"fields": ["account", "event", "event"]}, 'event stands there twice; call what is not needed "ignored"'),
        ({"separator": ""}, 'without a separator each needs its width, such as "account:4"'),
        ({"fields": ["account:4", "event"]}, 'widths are for frames without a separator'),
        ({"fields": ["account:x", "event"]}, 'the width after account: is a number of characters'),
        ({"events": {}}, "events: add [lines.format.events]"),
        ({"fields": ["account"]}, 'say what every frame means: "" = "sos"'),
        ({"events": {"1": "alarm"}}, "format.events.1: there is no kind 'alarm'; write \"nothing\" or one of sos"),
        ({"start": "hex:A"}, "format.start: after hex: stand pairs of hexadecimal digits"),
        ({"start": 36}, 'format.start: write text such as "$", or hex:AA55'),
        ({"start": "#"}, "start and end are the same: leave start out"),
        ({"reply": "{acount}"}, "format.reply: nothing is called {acount}; there are {account}, {sequence}"),
        ({"reply": "{checksum}"}, "a reply has {checksum}, but none is described"),
        ({"fields": ["account", "checksum", "event"]}, "checksum: it is the last of the fields"),
        ({"checksum": {"kind": "xor"}}, "format.checksum.kind: must be 'none', 'sum8', 'xor8'"),
        ({"checksum": {"kind": "xor8", "after_end": True}, "end": ""}, "after_end needs end bytes"),
        ({"max_length": 2}, "max_length: no frame is that short"),
        ({"seperator": ";"}, "format.seperator: there is no such key"),
    ],
)  # fmt: skip
def test_a_wrong_description_is_told_how_to_mend_it(change: dict[str, Any], said: str) -> None:
    with pytest.raises(ValidationError) as error:
        LineSettings(name="a", protocol="delimited", port=1, format={**BOX, **change})
    assert said in str(error.value)
