"""Formats described in settings: three boxes of ``delimited``, and every known shape of JSON over MQTT."""

import base64
import binascii
import json
import re
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

from devices.codecs import delimited_frame, json_fields
from devices.codecs.delimited_format import Description
from devices.codecs.json_mapping import PRESETS
from devices.signal import Setup
from tests.devices.wire import vectors
from tests.fuzz.subject import Subject
from tests.fuzz.trial import write

_TABLES = {str(vector["format"]): vector["format"] for vector in vectors("delimited")}
BOXES = [Description.model_validate(table) for table in _TABLES.values()]


def chinese(said: bytes) -> str:
    return said.decode("utf-8", "replace") + "\n" + said.decode("gb18030", "replace")


def right_checksum(wire: bytes) -> bytes:
    """Every frame of a box with a checksum, with the one it should have."""
    for box in BOXES:
        if width := box.checksum.width:
            form = rb"%b(.*?)%b.{%d}%b" % (*map(re.escape, (box.start, box.mark)), width, re.escape(box.end))
            wire = re.sub(form, lambda frame, box=box: _summed(box, frame[1]), wire, flags=re.DOTALL)  # type: ignore[misc]
    return wire


def _summed(box: Description, body: bytes) -> bytes:
    return box.start + body + box.mark + box.checksum.of(box.covered(body)) + box.end


def every_word(said: bytes) -> str:
    """Topic, keys and values of a message, base64 also as the bytes it stands for."""
    words = [said.decode("utf-8-sig", "replace")]
    with suppress(ValueError, RecursionError):
        words += _words(json.loads(said.partition(b"\n")[2].decode("utf-8-sig")))
    return "\n".join([*words, *map(_unpacked, words)])


def _words(document: Any) -> Iterator[str]:
    if isinstance(document, dict):
        for key, value in document.items():
            yield key
            yield from _words(value)
    elif isinstance(document, list):
        for value in document:
            yield from _words(value)
    else:
        yield str(document)


def _unpacked(word: str) -> str:
    try:
        return base64.b64decode(word, validate=True).hex()
    except (ValueError, binascii.Error):
        return ""


SUBJECTS = {
    "delimited": Subject(
        setups=tuple(Setup(format=table) for table in _TABLES.values()),
        forms=(chinese,),
        mend=right_checksum,
        seeds=tuple(
            write(delimited_frame.write(table, account="00001417", event=event) * 2, setup=setup)
            for setup, table in enumerate(_TABLES.values())
            for event in ("1", "SOS", "01", "HB", "0")
        ),
        words=(b"$", b"#", b"\x02", b"\x03", b"\xaa\x55", b"*", b"|", b",", b"\r\n", b"SOS", b"FALL", b"HB", b"LOW"),
    ),
    "mqtt-json": Subject(
        setups=tuple(Setup(format={"preset": preset}) for preset in PRESETS),
        forms=(every_word,),
        dropped=re.compile(rb"[\0\r\n \t]*"),
        kept=160 * 1024,
        flood=140 * 1024,
        seeds=(
            write(json_fields.write("zigbee2mqtt/0017880104b5c1d2", {"action": "emergency", "battery": 9}), setup=6),
            write(json_fields.write("v1/gateway/telemetry", {"4217": [{"ts": 1, "values": {"sos": True}}]}), setup=5),
            write(json_fields.write("v1/devices/4217/telemetry", {"ts": 1, "values": {"fall": 1}}), setup=4),
        ),
        words=(
            b'{"', b'":"', b'":{"', b'"}', b'":[', b'":1', b"true", b"null", b"deviceInfo", b"devEui", b"devEUI",
            b"object", b"objectJSON", b"data", b"fCnt", b"fPort", b"press", b"short", b"sos", b"battery", b"action",
            b"emergency", b"values", b"ts", b"time", b"end_device_ids", b"dev_eui", b"device_id", b"uplink_message",
            b"decoded_payload", b"frm_payload", b"deviceName", b"\n", b"\0", b"\\u0031", b"/device/", b"1e400",
            b"batteryLevel", b"button_event", b"received_at",
        ),
    ),
}  # fmt: skip
