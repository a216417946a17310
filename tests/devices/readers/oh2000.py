"""OH2000."""

from collections.abc import Sequence
from typing import Any

from tests.devices.wire import Vector

VECTORS = CODEC = "oh2000"
NOISE = b"\xff\x05\x01hello"


def fields(one: Any, raw: bytes, vector: Vector) -> dict[str, Any]:
    return dict(one.head._asdict())


def guarded(sent: bytes) -> Sequence[int]:
    """The layout has no checksum."""
    return ()
