"""Verify: replay the log and prove that pictures, hashes and frames agree, nothing missing and nothing twice."""

import json
from array import array
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from typing import Any

from sqlalchemy import Connection, exists, func, select

from callcenter.rules.events import Event, Row, chained
from callcenter.store.database import Database
from callcenter.store.log import Picture
from callcenter.store.seal import broken_seals
from callcenter.store.tables import calls, events, frames, metadata, streams

DERIVED = frozenset(
    {"next_due_at", "next_step", "armed_at"}
)  # follow from the row and today's promises, not from the log alone
MOST_FAULTS = 100


@dataclass
class Verified:
    events: int = 0
    streams: int = 0
    rows: dict[str, int] = field(default_factory=dict)
    frames: dict[str, int] = field(default_factory=dict)  # outcome -> how many
    signals: int = 0
    faults: list[str] = field(default_factory=list)

    def fault(self, text: str) -> None:
        if len(self.faults) < MOST_FAULTS:
            self.faults.append(text)

    def __str__(self) -> str:
        rows = ", ".join(f"{n} {table}" for table, n in sorted(self.rows.items()))
        heard = ", ".join(f"{n} {outcome}" for outcome, n in sorted(self.frames.items())) or "none"
        verdict = f"{len(self.faults)} faults" if self.faults else "all agree"
        history = f"{self.events} events in {self.streams} streams"
        return f"{history}; {rows}; frames: {heard}; {self.signals} signals; {verdict}"


def verify(database: Database, pictures: Sequence[Picture]) -> Verified:
    """Reads one state of the store, a stream at a time, so that a long log needs little memory."""
    with database.read() as conn:
        if not database.is_sqlite:
            conn = conn.execution_options(isolation_level="REPEATABLE READ")
        found = Verified()
        caused = _Caused(conn)
        for stream, history in groupby(_history(conn), key=lambda row: row.stream):
            _replay(conn, stream, list(history), pictures, caused, found)
        _counts(conn, pictures, found)
        caused.compare(conn, found)
        _one_case_per_home(conn, found)
        for text in broken_seals(conn):
            found.fault(text)
        return found


class _Caused:
    """How many events each frame caused, and the sum of their part numbers: two numbers catch a loss and a double."""

    def __init__(self, conn: Connection):
        most = conn.execute(select(func.coalesce(func.max(frames.c.id), 0))).scalar_one()
        self.count = array("L", bytes(array("L").itemsize * (most + 1)))
        self.parts = array("L", bytes(array("L").itemsize * (most + 1)))

    def note(self, event: Event, found: Verified) -> None:
        frame = event.body.get("frame")
        if frame is None or event.kind == "CallClosed":
            return
        if frame >= len(self.count):
            found.fault(f"event {event.seq} names frame {frame}, which is not in the journal")
            return
        self.count[frame] += 1
        self.parts[frame] += event.body.get("part", 0)

    def compare(self, conn: Connection, found: Verified) -> None:
        raised: dict[int, bytes] = {}
        expected = 1
        columns = (frames.c.id, frames.c.outcome, frames.c.signals, frames.c.same_as, frames.c.digest)
        for row in conn.execution_options(yield_per=1000).execute(select(*columns).order_by(frames.c.id)):
            if row.id != expected:
                found.fault(f"frame {expected} is missing from the journal")
            expected = row.id + 1
            found.frames[row.outcome] = found.frames.get(row.outcome, 0) + 1
            found.signals += row.signals
            sum_of_parts = row.signals * (row.signals - 1) // 2
            if (self.count[row.id], self.parts[row.id]) != (row.signals, sum_of_parts):
                found.fault(f"frame {row.id} carried {row.signals} signals but caused {self.count[row.id]} events")
            if row.outcome == "raised":
                raised[row.id] = row.digest
            elif row.outcome == "retransmission" and raised.get(row.same_as) != row.digest:
                found.fault(f"frame {row.id} claims to repeat frame {row.same_as}, which is another one")


def _history(conn: Connection) -> Iterator[Any]:
    query = select(events).order_by(events.c.stream, events.c.version)
    return iter(conn.execution_options(yield_per=1000).execute(query))


def _replay(
    conn: Connection, stream: str, history: list[Any], pictures: Sequence[Picture], caused: _Caused, found: Verified
) -> None:
    found.streams += 1
    found.events += len(history)
    previous, folded = "", {p.table: dict[str, Row]() for p in pictures}
    for expected, row in enumerate(history, start=1):
        if row.version != expected:
            found.fault(f"{stream}: version {expected} is missing")
        if chained(previous, row.at, stream, row.version, row.kind, row.body, row.actor) != row.hash:
            found.fault(f"{stream}: event {row.seq} has been changed, its hash does not fit")
        previous = row.hash
        try:
            _fold(row, stream, pictures, folded, caused, found)
        except Exception as error:  # whatever was done to it, the other streams are still looked at
            found.fault(f"{stream}: event {row.seq} cannot be replayed: {type(error).__name__}: {error}")
    for picture in pictures:
        _compare(conn, picture.table, folded[picture.table], found)
    head = conn.execute(select(streams.c.version, streams.c.hash).where(streams.c.stream == stream)).first()
    if head is None or tuple(head) != (history[-1].version, previous):
        found.fault(f"{stream}: its head is not that of the log")


def _fold(
    row: Any, stream: str, pictures: Sequence[Picture], folded: dict[str, dict[str, Row]], caused: _Caused,
    found: Verified,
) -> None:  # fmt: skip
    event = Event(row.seq, row.at, stream, row.version, row.kind, json.loads(row.body), row.actor, row.hash)
    caused.note(event, found)
    for picture in pictures:
        key = picture.key(event)
        if key is not None:
            folded[picture.table][key] = picture.after(folded[picture.table].get(key), event)


def _compare(conn: Connection, table: str, folded: dict[str, Row], found: Verified) -> None:
    if not folded:
        return
    t = metadata.tables[table]
    stored = {r["id"]: dict(r) for r in conn.execute(select(t).where(t.c.id.in_(list(folded)))).mappings()}
    for key, row in folded.items():
        kept = stored.get(key)
        if kept is None:
            found.fault(f"{table} {key} is missing")
            continue
        for column in sorted((set(row) | set(kept)) - DERIVED):
            if row.get(column) != kept.get(column):
                found.fault(f"{table} {key}: {column} is {kept.get(column)!r}, the log says {row.get(column)!r}")
    found.rows[table] = found.rows.get(table, 0) + len(folded)


def _counts(conn: Connection, pictures: Sequence[Picture], found: Verified) -> None:
    newest, count = conn.execute(
        select(func.coalesce(func.max(events.c.seq), 0), func.count()).select_from(events)
    ).one()
    if newest != count:
        found.fault(f"the log counts to {newest} but holds {count} events")
    told = exists().where(events.c.stream == streams.c.stream)
    for (name,) in conn.execute(select(streams.c.stream).where(~told)):
        found.fault(f"{name}: all its events are missing")
    for picture in pictures:
        stored = conn.execute(select(func.count()).select_from(metadata.tables[picture.table])).scalar_one()
        found.rows.setdefault(picture.table, 0)
        if stored != found.rows[picture.table]:
            found.fault(f"{picture.table} holds {stored} rows, the log made {found.rows[picture.table]}")


def _one_case_per_home(conn: Connection, found: Verified) -> None:
    ringing = (calls.c.stage != "closed", calls.c.priority < 4, calls.c.home_id.is_not(None))
    each = select(calls.c.home_id, func.count()).where(*ringing).group_by(calls.c.home_id)
    for home, count in conn.execute(each.having(func.count() > 1)):
        found.fault(f"home {home} has {count} open calls")
