"""Texecom over TCP."""

from collections.abc import Sequence
from typing import Any

from tests.devices.readers import surgard
from tests.devices.wire import Vector

VECTORS = CODEC = "texecom"
NOISE = b"\xff\x7f?hello"


def fields(one: Any, raw: bytes, vector: Vector) -> dict[str, Any]:
    return surgard.fields(one, raw, vector)


def guarded(sent: bytes) -> Sequence[int]:
    """The 16 digits of Contact ID stand under its checksum; a poll has none."""
    return range(1, 17) if sent[:1] == b"2" else ()
