"""Dialler modules on a UART."""

from typing import Any

from tests.devices.readers import surgard
from tests.devices.readers.surgard import guarded  # noqa: F401  no checksum here either
from tests.devices.wire import Vector

VECTORS = CODEC = "al00-uart"
NOISE = b"\xff\x7f?hello"


def fields(one: Any, raw: bytes, vector: Vector) -> dict[str, Any]:
    return surgard.fields(one, raw, vector) | {"checksum_ok": None}  # there is none
