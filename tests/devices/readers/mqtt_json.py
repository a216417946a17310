"""JSON over MQTT: which preset reads a vector is told by what it is about, as an installer would choose."""

from collections.abc import Sequence
from typing import Any

from devices.codecs.json_document import look
from tests.devices.wire import Vector

VECTORS = CODEC = "mqtt-json"
NOISE = b"\xff\x05hello"
SERVERS = {"chirpstack4": "milesight-ws101", "thingsboard": "thingsboard", "z2m": "zigbee2mqtt", "invalid": "ttn"}


def format_of(vector: Vector) -> dict[str, Any]:
    server = vector["name"].split("-")[0]
    if server == "chirpstack3":
        return {"preset": "chirpstack3", "decoder": "milesight-ws101"}
    return {"preset": SERVERS[server]}


def bytes_of(vector: Vector) -> bytes:
    """NUL, topic, LF, payload: as a capture of several has them."""
    topic = vector["topic"] or "application/1/device/1/event/up"
    return (b"\0" + topic.encode() + b"\n" + bytes.fromhex(vector["bytes_hex"])) * int(vector.get("repeat", 1))


def fields(one: Any, raw: bytes, vector: Vector) -> dict[str, Any]:
    top, values = one.head.top, one.head.values
    kinds = [signal.kind for signal in getattr(one, "signals", ())]
    return {
        "device_id": one.account,
        "frame_counter": one.sequence and int(one.sequence),
        "port": top.get("fPort"),
        "payload_hex": one.head.payload and one.head.payload.hex(),
        "object": top.get("object"),
        "values": values,
        "ts_ms": top.get("ts"),
        "press": look(values, "press"),
        "battery": look(values, "battery"),
        "alarm": kinds[0] if kinds else None,
        "battery_low": "low_battery" in kinds,
        "tamper": "tamper" in kinds,
        "distinct_alarms": len({signal.kind for signal in one.signals}),
    }


def guarded(sent: bytes) -> Sequence[int]:
    """JSON has no checksum."""
    return ()
