"""Lupus ``rptn``."""

from collections.abc import Sequence
from typing import Any

from tests.devices.readers import surgard
from tests.devices.wire import Vector

VECTORS = CODEC = "lupus-cid"
NOISE = b"\xff\x7f?hello"


def fields(one: Any, raw: bytes, vector: Vector) -> dict[str, Any]:
    return surgard.fields(one, raw, vector)


def guarded(sent: bytes) -> Sequence[int]:
    """What follows the account; an account that is not four digits stands under no checksum."""
    return range(sent.index(b" ") + 1, sent.index(b"]"))
