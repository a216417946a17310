"""DC-09, and the model for the others.

``VECTORS`` names the file in ``tests/vectors``, ``CODEC`` the protocol in the registry, ``NOISE`` is what the line
picks up before a frame. ``fields`` gives what the codec made of a frame under the names of the vector file.
``guarded`` gives the places of ``sent`` where one changed byte must never pass. Optional: ``FORMAT`` (the line's
``format``) or ``format_of`` (the same for one vector), ``MARKS`` (what is checked in place of the six ways, see
``test_vectors``), ``bytes_of`` (the wire of a vector), ``answers_agree`` (a check of the replies of one's own),
``good`` (which of the heard were answered as good, where that is not all but ``Garbled``), ``APART`` (names of vectors
that are no whole frame and have a test of their own).
"""

from collections.abc import Sequence
from typing import Any

from devices.codecs import contact_id, dc09_cipher, sia_codes
from tests.devices.wire import Vector, key_of

VECTORS = CODEC = "dc09"
NOISE = b"\xff\x05\x01hello"


def fields(one: Any, raw: bytes, vector: Vector) -> dict[str, Any]:
    frame = one.head
    account, events = sia_codes.parse(frame.data)
    report = contact_id.parse_data(frame.data)
    key = key_of(vector)
    clear = dc09_cipher.decrypt(key, raw[raw.index(b"[") + 1 : -1]) if key and frame.encrypted else None
    return {
        "token": frame.token, "encrypted": frame.encrypted, "sequence": int(frame.sequence),
        "receiver": frame.receiver, "line": frame.line, "account": one.account, "data": frame.data,
        "xdata": [{"id": x, "value": value, "value_cp1252": value} for x, value in frame.xdata],
        "timestamp": frame.timestamp and frame.timestamp.isoformat(),
        "padding_len": min(clear.find(b"|") % 9999, clear.find(b"]")) if clear else 0,
        "data_account": report.account if report else account,
        "events": [event._asdict() for event in events],
        "cid": report and report._asdict(),
    }  # fmt: skip


def guarded(sent: bytes) -> Sequence[int]:
    return range(sent.find(b'"') if b'"' in sent else 0, sent.find(b"\r"))
