"""The seal: each night one event whose hashes cover all that was kept since the last one, the journal of the wire too.

Each stream's own chain shows that an event was changed; the seal shows that a whole stream, or the raw bytes of a
frame, was changed or taken away afterwards.
"""

import hashlib
import json
from collections.abc import Iterator
from typing import Any

from sqlalchemy import Connection, func, select

from callcenter.rules.events import Body
from callcenter.store.log import Writing
from callcenter.store.tables import events, frames

STREAM, KIND, ACTOR = "seal", "Sealed", "clock"
PORTION = 1000
TOLD = ("id", "line", "peer", "received_at", "account", "outcome", "signals", "same_as", "note")


def seal(w: Writing) -> None:
    last = w.conn.execute(select(func.max(events.c.seq)).where(events.c.kind == KIND)).scalar() or 0
    frame = _frames_until(w.conn, last) if last else 0
    until = w.conn.execute(select(func.coalesce(func.max(events.c.seq), 0))).scalar_one()
    frames_until = w.conn.execute(select(func.coalesce(func.max(frames.c.id), 0))).scalar_one()
    body: Body = {"from": last, "until": until, "frames_from": frame, "frames_until": frames_until}
    w.append(STREAM, KIND, body | hashes(w.conn, body), ACTOR)


def hashes(conn: Connection, body: Body) -> dict[str, str]:
    """What the seal with this body ought to say: sha256 over the hashes of events, and over frames with their bytes."""
    log = hashlib.sha256()
    chain = select(events.c.hash).where(events.c.seq.between(body["from"], body["until"])).order_by(events.c.seq)
    for row in _portions(conn, chain):
        log.update(row.hash.encode())
    wire = hashlib.sha256()
    heard = frames.c.id > body["frames_from"], frames.c.id <= body["frames_until"]
    for row in _portions(conn, select(frames).where(*heard).order_by(frames.c.id)):
        said = "\n".join(str(row._mapping[name]) for name in TOLD)
        wire.update(said.encode("utf-8", "surrogatepass") + bytes(row.digest) + bytes(row.raw))
    return {"hash": log.hexdigest(), "frames_hash": wire.hexdigest()}


def broken_seals(conn: Connection) -> list[str]:
    """Every seal that no longer fits what it covers, in words."""
    faults, last, frame = [], 0, 0
    sealed = select(events.c.seq, events.c.body).where(events.c.kind == KIND).order_by(events.c.seq)
    for seq, text in conn.execute(sealed).all():
        body = json.loads(text)
        right = {"from": last, "frames_from": frame} | hashes(conn, body)
        if wrong := [name for name, value in right.items() if body.get(name) != value]:
            what = "a frame" if all(name.startswith("frames") for name in wrong) else "an event"
            faults.append(f"the seal {seq} is broken: {what} before it was changed, added or taken away")
        last, frame = seq, body["frames_until"]
    return faults


def _frames_until(conn: Connection, seq: int) -> int:
    """The last frame that the seal ``seq`` covers."""
    return int(json.loads(conn.execute(select(events.c.body).where(events.c.seq == seq)).scalar_one())["frames_until"])


def _portions(conn: Connection, query: Any) -> Iterator[Any]:
    return iter(conn.execution_options(yield_per=PORTION).execute(query))
