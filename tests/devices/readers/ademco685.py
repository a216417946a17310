"""Ademco 685."""

from typing import Any

from devices.codecs.ademco685 import ZONE_KINDS
from tests.devices.readers import surgard
from tests.devices.readers.surgard import guarded  # noqa: F401  no checksum here either
from tests.devices.wire import Vector

VECTORS = CODEC = "ademco685"
NOISE = b"\xff\x7f?hello"


def fields(one: Any, raw: bytes, vector: Vector) -> dict[str, Any]:
    letter = raw.strip()[-4:-3].decode()
    return surgard.fields(one, raw, vector) | {"group": one.head.line, "zone_kind": ZONE_KINDS.get(letter)}
