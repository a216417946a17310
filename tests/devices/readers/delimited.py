"""Frames between delimiters: each vector brings the description of its own box."""

from collections.abc import Sequence
from typing import Any

from tests.devices.wire import Vector

VECTORS = CODEC = "delimited"
NOISE = b"\xff\x05hello"


def format_of(vector: Vector) -> dict[str, Any]:
    found: dict[str, Any] = vector["format"]
    return found


def fields(one: Any, raw: bytes, vector: Vector) -> dict[str, Any]:
    signals = getattr(one, "signals", ())
    return one.head | {
        "account": one.account,
        "kind": signals[0].kind if signals else None,
        "restore": bool(signals) and signals[0].restore,
        "deviations": list(getattr(one, "deviations", ())),
    }


def guarded(sent: bytes) -> Sequence[int]:
    """Frames of the first box have no checksum; of the others everything that is no noise is covered or framing."""
    return () if b"$" in sent else range(len(sent))
