"""SCAIP. What is refused (``snu`` other than 0) rings all the same, so good is what was answered 0."""

from collections.abc import Sequence
from typing import Any

from devices.codecs import scaip_xml
from devices.signal import Garbled, Heard
from tests.devices.scaip_unit import messages, told
from tests.devices.wire import Vector

VECTORS = CODEC = "scaip"
NOISE = b"\xff\x05\x01hello"


def fields(one: Any, raw: bytes, vector: Vector) -> dict[str, Any]:
    found: dict[str, Any] = one.head.request.fields
    assert one.account == found["cid"]
    return found


def good(heard: list[Heard]) -> list[Heard]:
    return [one for one in heard if not isinstance(one, Garbled) and one.head.request.status == scaip_xml.OK]


def guarded(sent: bytes) -> Sequence[int]:
    """Neither SIP nor SCAIP has a checksum."""
    return ()


def answers_agree(vector: Vector, answers: bytes, times: int) -> None:
    check, sent = vector["reply_check"], messages(answers)
    responses, ours = [one for one in sent if one.status], [one for one in sent if not one.status]
    expected_times = times * int(vector.get("repeat", 1))
    assert [one.status for one in responses] == [check["sip_status"]] * expected_times
    assert len(ours) == expected_times
    for one in ours:
        found = told(one)
        assert found["snu"] == check["mrs"]["snu"]
        assert found.get("ref") == check["mrs"]["ref"]
    if check.get("same_response_to_both"):
        assert answers == answers[: len(answers) // 2] * 2
