"""JT/T 808."""

from collections.abc import Sequence
from typing import Any

from tests.devices.wire import Vector

VECTORS = CODEC = "jt808"
NOISE = b"\xff\x05\x01hello"
APART = ("escape-sequence",)  # too short for a header: see test_jt808


def fields(one: Any, raw: bytes, vector: Vector) -> dict[str, Any]:
    head = one.head.head
    fields: dict[str, Any] = {
        "message_id": f"0x{head.message:04x}", "terminal": one.account, "serial": head.serial,
        "body_length_ok": head.length_ok, "checksum_ok": True,
    }  # fmt: skip
    for report in one.head.reports:
        words = [signal.code.removeprefix("JT808 ") for signal in getattr(one, "signals", ())]
        fields |= {
            "alarm_word": f"{report.alarms:08x}", "status_word": f"{report.status:08x}", "sos": "SOS" in words,
            "low_battery": "low supply" in words, "power_off": "mains lost" in words,
            "positioned": bool(report.status & 2), "latitude": report.place[0], "longitude": report.place[1],
            "altitude": report.altitude, "speed_kmh": report.speed / 10, "course": report.course,
            "time_bcd": report.time.hex(),
            "items": [{"id": f"0x{id_:02x}", "hex": value.hex()} for id_, value in report.items],
        }  # fmt: skip
    return fields


def answers_agree(vector: Vector, answers: bytes, times: int) -> None:
    check = vector.get("reply_check") or {}
    if vector.get("reply_hex"):
        assert answers == bytes.fromhex(vector["reply_hex"]) * times
    if "must_not_contain_hex" in check:
        assert check["must_not_contain_hex"] not in answers.hex()
    assert answers.count(b"\x7e\x80\x01") >= check.get("min_replies", 0) * times


def guarded(sent: bytes) -> Sequence[int]:
    """Everything between the flags of the last frame."""
    return range(sent.rfind(b"\x7e", 0, len(sent) - 1) + 1, len(sent) - 1)
