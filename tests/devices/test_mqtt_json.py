"""What the JSON codec promises beyond the vectors: presets, one's own mapping, odd documents, nothing dropped."""

import base64
import json
from typing import Any

import pytest
from pydantic import ValidationError

from devices.codecs import json_document, json_fields, milesight
from devices.codecs.json_fields import JsonFields
from devices.codecs.json_mapping import PRESETS, Mapping
from devices.settings import LineSettings
from devices.signal import Garbled, Heard, Heartbeat, Kind, Message, Position, Setup
from tests.devices.wire import NOON, listen

UP = "application/1/device/0004a30b001c0530/event/up"


def hear(table: dict[str, Any], topic: str, said: Any) -> list[Heard]:
    wire = json_fields.write(topic, said) if not isinstance(said, bytes) else topic.encode() + b"\n" + said
    return listen(JsonFields(Setup(format=table)), [wire], NOON)[0]


def only(table: dict[str, Any], topic: str, said: Any) -> Heard:
    heard = hear(table, topic, said)
    assert len(heard) == 1
    return heard[0]


def kinds(one: Heard) -> list[Kind]:
    assert isinstance(one, Message), one
    return [signal.kind for signal in one.signals]


def uplink(count: int, payload: bytes, **more: Any) -> dict[str, Any]:
    device = {"devEui": "0004a30b001c0530"}
    return {"deviceInfo": device, "fCnt": count, "data": base64.b64encode(payload).decode(), **more}


# --- servers ------------------------------------------------------------------------------------------------------


def test_the_things_stack_leaves_out_a_zero_counter_and_an_empty_payload() -> None:
    ids = {"end_device_ids": {"device_id": "button-7", "dev_eui": "0004A30B001C0530"}}
    first = only({"preset": "ttn"}, "v3/app@t/devices/button-7/up",
                 ids | {"uplink_message": {"f_port": 85, "decoded_payload": {"press": "long", "battery": 60}},
                        "received_at": "2026-11-22T03:04:05.123456789Z"})  # fmt: skip
    assert kinds(first) == [Kind.SOS]
    assert isinstance(first, Message)
    assert (first.account, first.sequence) == ("0004A30B001C0530", "0")
    assert first.signals[0].at is not None
    assert first.signals[0].at.isoformat() == "2026-11-22T03:04:05.123456+00:00"
    joined = only({"preset": "ttn"}, "v3/app@t/devices/button-7/join", ids | {"join_accept": {}})
    assert isinstance(joined, Heartbeat)


def test_a_gateway_of_thingsboard_speaks_for_many_devices() -> None:
    said = {
        "room 1": [{"ts": 1451649600512, "values": {"sos": True}}, {"ts": 1451649600513, "values": {"fall": 1}}],
        "room 2": [{"ts": 1451649600512, "values": {"battery": 80}}],
        "room 3": 7,
    }
    one, two, three, four = hear({"preset": "thingsboard-gateway"}, "v1/gateway/telemetry", said)
    assert (one.account, kinds(one), kinds(two)) == ("room 1", [Kind.SOS], [Kind.FALL])
    assert isinstance(one, Message)
    assert isinstance(two, Message)
    assert one.content != two.content
    assert isinstance(three, Heartbeat)
    assert (three.account, three.battery) == ("room 2", 80)
    assert isinstance(four, Garbled)
    assert "no object" in four.reason


def test_what_a_rule_chain_of_thingsboard_hands_on_has_its_values_at_the_top() -> None:
    heard = only({"preset": "thingsboard"}, "v1/devices/room-7/telemetry", {"sos": True, "battery": 42})
    assert (heard.account, kinds(heard)) == ("room-7", [Kind.SOS])


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ({"action": "emergency"}, [Kind.SOS]),
        ({"action": "single", "battery": 90}, [Kind.SOS]),
        ({"action": "brightness_step_up"}, [Kind.UNKNOWN]),
        ({"action": "disarm"}, [Kind.STATUS]),
        ({"sos": True, "battery_low": True, "tamper": True}, [Kind.SOS, Kind.TAMPER, Kind.LOW_BATTERY]),
        ({"battery_low": True, "sos": True, "battery": 3}, [Kind.SOS, Kind.LOW_BATTERY]),
        ({"water_leak": True}, [Kind.WATER]),
        ({"battery": 15}, [Kind.LOW_BATTERY]),
    ],
)
def test_buttons_and_detectors_of_zigbee2mqtt(said: dict[str, Any], expected: list[Kind]) -> None:
    heard = only({"preset": "zigbee2mqtt"}, "zigbee2mqtt/flat-12", said)
    assert heard.account == "flat-12"
    assert sorted(kinds(heard)) == sorted(expected)
    assert kinds(heard)[0] == expected[0]


@pytest.mark.parametrize("said", [{"action": ""}, {"action": None}, {"sos": False, "battery": 70}, {"linkquality": 9}])
def test_an_empty_action_is_no_alarm(said: dict[str, Any]) -> None:
    heard = only({"preset": "zigbee2mqtt"}, "zigbee2mqtt/flat-12", said)
    assert isinstance(heard, Heartbeat)
    assert heard.battery == said.get("battery")


def test_each_kind_of_press_may_mean_something_else_and_the_rest_of_the_preset_stays() -> None:
    table = {"preset": "milesight-ws101", "events": {"press": {"double": "service", "long": "family"}}}
    pressed = [only(table, UP, uplink(n, milesight.encode(90, press)))
               for n, press in enumerate(("short", "long", "double"))]  # fmt: skip
    assert [kinds(one) for one in pressed] == [[Kind.SOS], [Kind.FAMILY], [Kind.SERVICE]]
    report = only(table, UP, uplink(4, milesight.encode(90)))
    assert isinstance(report, Heartbeat)
    assert report.battery == 90


@pytest.mark.parametrize("payload", ["ff2e04", "0175", "7f01ff2e01", "017564ff2e"])
def test_a_payload_that_is_not_wholly_understood_rings_as_unknown(payload: str) -> None:
    heard = only({"preset": "milesight-ws101"}, UP, uplink(1, bytes.fromhex(payload)))
    assert kinds(heard) == [Kind.UNKNOWN]


def test_what_a_button_says_of_itself_after_a_start_is_read_over() -> None:
    payload = bytes.fromhex("ff0bff ff0101 ff086123c0000001 ff090110 ff0a0110 ff0f00 fffe01 ffff0100 017563")
    heard = only({"preset": "milesight-ws101"}, UP, uplink(1, payload))
    assert isinstance(heard, Heartbeat)
    assert heard.battery == 99


def test_a_payload_that_nobody_takes_apart_is_no_sign_of_life() -> None:
    heard = only({"preset": "chirpstack"}, UP, uplink(1, b"\x01"))
    assert isinstance(heard, Garbled)
    assert "nothing decoded at object: give the server a codec" in heard.reason
    assert heard.account == "0004a30b001c0530"


def test_a_battery_on_external_power_is_none() -> None:
    said = {"deviceInfo": {"devEui": "0004a30b001c0530"}, "batteryLevel": 0, "externalPowerSource": True}
    heard = only({"preset": "chirpstack"}, UP, said)
    assert isinstance(heard, Heartbeat)
    assert heard.battery is None
    assert kinds(only({"preset": "chirpstack"}, UP, {**said, "externalPowerSource": False})) == [Kind.LOW_BATTERY]


def test_a_retransmission_over_another_radio_gateway_is_the_same_and_a_new_press_is_not() -> None:
    payload = milesight.encode(90, "short")
    first, again, next_one = (
        only({"preset": "milesight-ws101"}, UP, uplink(count, payload, rxInfo=[{"rssi": rssi}]))
        for count, rssi in ((7, -35), (7, -90), (8, -35))
    )
    assert isinstance(first, Message)
    assert isinstance(again, Message)
    assert isinstance(next_one, Message)
    assert (first.sequence, first.content) == (again.sequence, again.content)
    assert next_one.sequence != first.sequence


# --- one's own ----------------------------------------------------------------------------------------------------

OWN = {
    "account": ["serial", "topic/-1"], "events": {"alarm": {"1": "sos", "2": "water ended"}},
    "limits": {"temp": {"low": 5, "high": 40, "means": "temperature"}}, "latitude": "gps.0", "longitude": "gps.1",
    "zone": "key", "text": ["room"], "sequence": "n", "at": "t", "battery": "bat",
}  # fmt: skip


def test_ones_own_mapping_reads_every_part() -> None:
    said = {"serial": 4711, "alarm": 1, "gps": [36.6, 101.7], "key": 2, "room": "浴室", "n": 5, "t": 0, "bat": 50.4}
    heard = only(OWN, "boxes/x", said)
    assert isinstance(heard, Message)
    signal = heard.signals[0]
    assert (heard.account, heard.sequence, signal.kind, signal.zone) == ("4711", "5", Kind.SOS, "2")
    assert (signal.position, signal.text, signal.at) == (Position(36.6, 101.7), "浴室, battery 50 %", None)
    over = only(OWN, "boxes/x", {"alarm": 2, "temp": 41})
    assert isinstance(over, Message)
    said_of_x = [(signal.account, signal.kind, signal.restore) for signal in over.signals]
    assert said_of_x == [("x", Kind.WATER, True), ("x", Kind.TEMPERATURE, False)]
    calm = only(OWN, "boxes/x", {"temp": 40, "gps": [36.6, 101.7], "bat": 255})
    assert isinstance(calm, Heartbeat)
    assert (calm.position, calm.battery) == (Position(36.6, 101.7), None)


def test_an_alarm_without_an_account_still_rings_and_says_which_path_was_missing() -> None:
    table = {**OWN, "account": ["serial", "topic/5"]}
    for serial in (None, True, 1.5, ["1001"], "x" * 33, "a\u0000b", "\ud800"):
        heard = only(table, "boxes/x", {"alarm": 1, "serial": serial})
        assert isinstance(heard, Message)
        assert (heard.account, kinds(heard)) == ("", [Kind.SOS])
        assert heard.deviations == ("no account: nothing fit at serial or topic/5",)
        assert "topic boxes/x" in heard.signals[0].text
    silent = only(table, "boxes/x", {"temp": 20})
    assert isinstance(silent, Garbled)
    assert silent.reason == "no account: nothing fit at serial or topic/5"


@pytest.mark.parametrize(
    ("payload", "reason"),
    [
        (b'{"alarm": {"now": 1}}', "at alarm stands an object or list"),
        (b'{"alarm": [[1]]}', "at alarm stands an object or list"),
        (b'{"alarm": 1, "alarm": 2}', "the key 'alarm' stands there twice"),
        (b'{"temp": NaN}', "NaN is no number"),
        (b'{"temp": -Infinity}', "-Infinity is no number"),
        (b'{"temp": 1e999}', "1e999 is beyond all numbers"),
        (b'{"temp": ' + b"9" * 5000 + b"}", "a number of 5000 digits"),
        (b'{"a":' * 40 + b"1" + b"}" * 40, "nested deeper than 32"),
        (b"[" * 60_000, "nested deeper than 32"),
        (b"[1, 2]", "not an object"),
        (b'"online"', "not an object"),
        (b"online", "not JSON at character 0"),
        (b"", "not JSON at character 0"),
        (b'{"alarm": "\xff"}', "not UTF-8 at byte 11"),
        (b'{"alarm": 1}' + b" " * 70_000, "a message of more than 65536 bytes"),
    ],
)
def test_what_cannot_be_read_is_kept_with_the_reason_and_the_account(payload: bytes, reason: str) -> None:
    heard = hear({**OWN, "account": "topic/2"}, "boxes/x", payload)
    assert reason in "; ".join(one.reason for one in heard if isinstance(one, Garbled))
    assert all(isinstance(one, Garbled) for one in heard)
    assert b"".join(one.raw for one in heard) == b"boxes/x\n" + payload


def test_a_byte_order_mark_and_several_events_in_a_list_are_read() -> None:
    heard = only(OWN, "boxes/x", b"\xef\xbb\xbf" + json.dumps({"alarm": [2, 1]}).encode())
    assert kinds(heard) == [Kind.SOS, Kind.WATER]


def test_a_message_without_a_topic_or_with_bytes_for_one_is_nobodys() -> None:
    codec = JsonFields(Setup(format=OWN))
    for wire in (b'{"alarm": 1}', b'box/\xff\n{"alarm": 1}'):
        heard = listen(codec, [wire], NOON)[0]
        assert isinstance(heard[0], Garbled)
        assert "no topic" in heard[0].reason


def test_no_second_message_can_hide_in_the_rest_of_one_that_is_too_long() -> None:
    smuggled = json_fields.write("boxes/other", {"alarm": 1})
    wire = b"boxes/x\n" + b" " * (json_fields.LIMIT - 8) + smuggled
    heard = listen(JsonFields(Setup(format=OWN)), [wire], NOON)[0]
    assert [type(one) for one in heard] == [Garbled, Garbled]


def test_a_gateway_cannot_fill_the_disk_with_one_message() -> None:
    said = {f"d{n}": [{"ts": 1, "values": {"sos": True}}] for n in range(200)}
    heard = hear({"preset": "thingsboard-gateway"}, "v1/gateway/telemetry", said)
    assert len(heard) == json_fields.READINGS + 1
    assert isinstance(heard[-1], Garbled)
    assert "more than 64 readings" in heard[-1].reason


@pytest.mark.parametrize(
    ("table", "said"),
    [
        ({}, 'nothing says where the account stands: write preset = "chirpstack"'),
        ({"preset": "ttnn"}, "there is no preset 'ttnn'; write one of: chirpstack"),
        ({"account": "topic/0", "events": {"a": {"1": "sos"}}}, "format.account: write topic/2 for the second part"),
        ({"account": "topic/1"}, "nothing says what an alarm is: add [lines.format.events]"),
        ({"account": "a..b", "events": {"a": {"1": "sos"}}}, "write keys with dots between"),
        ({"preset": "ttn", "events": {"press": {"short": "SOS"}}}, "format.events.press.short: there is no kind 'SOS'"),
        ({"preset": "ttn", "event": {}}, "format.event: there is no such key"),
        ({"preset": "ttn", "limits": {"t": {"means": "sos"}}}, "format.limits.t: write low = or high ="),
        ({"account": "a", "events": {"a": {"1": "sos"}}, "decoder": "milesight-ws101"}, "a decoder needs payload"),
    ],
)
def test_a_wrong_mapping_is_told_how_to_mend_it(table: dict[str, Any], said: str) -> None:
    with pytest.raises(ValidationError) as error:
        LineSettings(name="a", protocol="mqtt-json", port=1, format=table)
    assert said in str(error.value)


@pytest.mark.parametrize("preset", PRESETS)
def test_every_preset_is_a_whole_mapping_and_every_sos_in_it_rings(preset: str) -> None:
    mapping = Mapping(preset=preset)
    assert mapping.events["sos"]["true"].kind is Kind.SOS
    assert mapping.events["sos"]["false"].kind is None


def test_paths_lead_through_lists_and_stop_at_what_is_not_there() -> None:
    document = {"a": [{"b": 1}], "c": "text"}
    assert json_document.look(document, "a.0.b") == 1
    assert [json_document.look(document, path) for path in ("a.1.b", "a.b", "c.d", "a.-1", "e")] == [None] * 5
