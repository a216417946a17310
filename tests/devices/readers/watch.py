"""Watches."""

from collections.abc import Sequence
from typing import Any

from devices.signal import Message
from tests.devices.wire import Vector

VECTORS = CODEC = "watch"
NOISE = b"\xff\x05\x01hello"
WORDS = {"SOS": "sos", "taken off": "removing", "low battery": "lowBattery", "alarm without a cause": "general"}
NUMBERS = {
    "speed_kmh": 7, "course": 8, "altitude": 9, "satellites": 10, "gsm": 11, "battery": 12, "steps": 13, "rolls": 14,
}  # fmt: skip


def number(value: str) -> float:
    return float(value or 0)


def fields(one: Any, raw: bytes, vector: Vector) -> dict[str, Any]:
    frame, values = one.head, one.head.values
    fields = {
        "manufacturer": frame.maker, "device_id": frame.account, "index": frame.index, "type": frame.type,
        "length_ok": frame.length_ok, "payload_hex": frame.payload.hex(),
    }  # fmt: skip
    if report := frame.report:
        words = [WORDS[signal.code.removeprefix("watch ")] for signal in getattr(one, "signals", ())]
        fields |= {name: number(values[place]) for name, place in NUMBERS.items()}
        fields |= {
            "time": report.at and report.at.isoformat().replace("+00:00", "Z"), "valid": report.fixed,
            "latitude": report.place and report.place[0], "longitude": report.place and report.place[1],
            "status_hex": values[15], "alarm": words[0] if words else None, "alarm_all_bits": sorted(words),
        }  # fmt: skip
    elif frame.type == "LK":
        fields |= dict(zip(("steps", "rolls", "battery"), (number(value) for value in values if value), strict=False))
    else:
        fields |= _vitals(frame)
    assert isinstance(one, Message) == bool(getattr(one, "signals", ()))
    return fields


def _vitals(frame: Any) -> dict[str, Any]:
    named = {"heart": ("heart_rate",), "BLOOD": ("pressure_high", "pressure_low"), "TEMP": ("temperature",),
             "btemp2": ("", "temperature")}  # fmt: skip
    return {name: float(value) for name, value in zip(named.get(frame.type, ()), frame.values, strict=False)}


def guarded(sent: bytes) -> Sequence[int]:
    """There is no checksum."""
    return ()
