"""GT06."""

import re
from collections.abc import Sequence
from typing import Any

from devices.codecs.gt06_frame import crc
from tests.devices.wire import Vector

VECTORS = CODEC = "gt06"
NOISE = b"\xff\x05\x01hello"


def fields(one: Any, raw: bytes, vector: Vector) -> dict[str, Any]:
    frame = one.head
    fields: dict[str, Any] = {
        "protocol_number": f"0x{frame.protocol:02x}", "serial": frame.serial, "imei": one.account,
        "crc_ok": crc(raw[2:-4]) == raw[-4:-2],
    }  # fmt: skip
    if frame.fix:
        fields |= {
            "time": frame.fix.at.replace(tzinfo=None).isoformat(), "satellites": frame.fix.satellites,
            "latitude": round(frame.fix.place[0], 6), "longitude": round(frame.fix.place[1], 6),
            "speed_kmh": frame.fix.speed, "course": frame.fix.course, "valid": frame.fix.fixed,
        }  # fmt: skip
    if frame.state:
        fields |= {
            "status_hex": f"{frame.state.status:02x}", "charge": bool(frame.state.status & 4),
            "battery": frame.state.battery, "signal": frame.state.signal,
            "alarms": [signal.code.removeprefix("GT06 ") for signal in getattr(one, "signals", ())],
        }  # fmt: skip
    if frame.protocol == 0x23:
        fields["battery_v"] = int.from_bytes(frame.body[1:3], "big") / 100
    return fields


def answers_agree(vector: Vector, answers: bytes, times: int) -> None:
    check = vector.get("reply_check") or {}
    if vector.get("reply_hex"):
        assert answers == bytes.fromhex(vector["reply_hex"]) * times
    elif "regex_hex" in check:
        whole = check["regex_hex"].strip("^$")
        assert re.fullmatch(f"(?:{whole}){{{times}}}", answers.hex())
    else:
        assert answers == b""


def guarded(sent: bytes) -> Sequence[int]:
    """Start, length, everything under the CRC, the CRC and the end of the last frame."""
    start = sent.rfind(b"\x78\x78")
    return range(start, len(sent))
