"""How the tests speak to a codec: vectors from file, and a line that answers at once."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from devices.signal import Codec, Garbled, Heard

VECTORS = Path(__file__).parent.parent / "vectors"
NOON = datetime(2026, 3, 1, 10, 0, 2, tzinfo=UTC)

Vector = dict[str, Any]


def vectors(protocol: str) -> list[Vector]:
    found: list[Vector] = json.loads((VECTORS / f"{protocol}.json").read_text("utf-8"))["vectors"]
    return found


def clock(vector: Vector) -> datetime:
    return datetime.fromisoformat(vector["receiver_clock"]) if "receiver_clock" in vector else NOON


def key_of(vector: Vector) -> bytes | None:
    return bytes.fromhex(vector["key_hex"]) if "key_hex" in vector else None


def wire(vector: Vector) -> bytes:
    return bytes.fromhex(vector["bytes_hex"]) * int(vector.get("repeat", 1))


def listen(codec: Codec, chunks: list[bytes], now: datetime) -> tuple[list[Heard], bytes]:
    """Feed the chunks, answer all that was heard, hang up. What is heard, and every byte sent back."""
    heard: list[Heard] = []
    answers = b""
    for chunk in chunks:
        for one in codec.feed(chunk, now):
            heard.append(one)
            reply = one.answer if isinstance(one, Garbled) else codec.reply(one, now)
            answers += reply if isinstance(reply, bytes) else b"".join(reply)
    return heard + codec.end(), answers


def good(heard: list[Heard]) -> list[Heard]:
    return [one for one in heard if not isinstance(one, Garbled)]
