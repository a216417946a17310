"""Sur-Gard, and what the other receivers have in common with it."""

from collections.abc import Sequence
from typing import Any

from devices.codecs import contact_id
from devices.codecs.receiver_line import Basic
from tests.devices.wire import Vector

VECTORS = CODEC = "surgard"
NOISE = b"\xff\x7f?hello"


def fields(one: Any, raw: bytes, vector: Vector) -> dict[str, Any]:
    line = one.head
    fields = {"protocol_id": line.protocol, "receiver": line.receiver, "line": line.line, "account": line.account}
    if isinstance(line.said, contact_id.Report):
        fields |= line.said._asdict()
    if isinstance(line.said, Basic):
        fields |= {"event_char": line.said.event, "area": line.said.area, "zone": line.said.zone}
    return fields | {"events": [event._asdict() for event in line.events]}


def guarded(sent: bytes) -> Sequence[int]:
    """The layout has no checksum."""
    return ()
