"""Honeywell Galaxy."""

from collections.abc import Sequence
from typing import Any

from tests.devices.wire import Vector

VECTORS = CODEC = "galaxy-dc03"
NOISE = b"\xff\x05\x01hello"


def fields(one: Any, raw: bytes, vector: Vector) -> dict[str, Any]:
    return {"function": one.head.function, "account": one.account}


def guarded(sent: bytes) -> Sequence[int]:
    return range(len(sent))
