"""The log: facts appended once, in order. Writing also moves the pictures, in the same transaction.

A ``Writing`` is one transaction. Appends are gathered, the rows they change are folded in memory, and everything goes
to the store at the end in a handful of statements: a group of fifty frames costs little more than one.
"""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cache
from typing import Any, Protocol

from sqlalchemy import Connection, bindparam, func, insert, select, update

from callcenter.rules.events import Body, Event, chained, written
from callcenter.rules.events import Row as Picture_row
from callcenter.rules.times import Clock, stamp
from callcenter.store import bell
from callcenter.store.database import Database
from callcenter.store.looks import FOLLOWED, NEWEST_OF
from callcenter.store.prepared import Prepared, together
from callcenter.store.tables import commands, events, followers, metadata, streams

_ABSENT = object()

Head = tuple[int, str]
"""The version and the hash of a stream's last event."""

# The statements of every frame.
NEWEST = Prepared(select(func.coalesce(func.max(events.c.seq), 0)))
AFTER = Prepared(select(events).where(events.c.seq > bindparam("seq")).order_by(events.c.seq).limit(bindparam("most")))
HEADS = Prepared(select(streams).where(streams.c.stream.in_(bindparam("names", expanding=True))), "names")


@cache
def _rows_of(table: str) -> Prepared:
    t = metadata.tables[table]
    return Prepared(select(t).where(t.c.id.in_(bindparam("ids", expanding=True))), "ids")


@cache
def _insert(table: str) -> Prepared:
    return Prepared(insert(metadata.tables[table]))


@cache
def _update(table: str, key: str, columns: tuple[str, ...]) -> Prepared:
    t = metadata.tables[table]
    values: dict[str, Any] = {name: bindparam(f"_{name}") for name in columns}
    return Prepared(update(t).where(t.c[key] == bindparam("_key")).values(values))


class Picture(Protocol):
    """How one table follows the log: ``key`` names the row an event changes, ``after`` says what it becomes."""

    @property
    def table(self) -> str: ...

    def key(self, event: Event) -> str | None: ...

    def after(self, row: Picture_row | None, event: Event) -> Picture_row: ...


Fill = Callable[["Writing", str, Body], Body]
"""What every event of a kind carries whoever appends it: the transaction, the stream and the body; gives the body."""


class Writing:
    """One transaction on the log. ``at`` is its moment, ``conn`` its connection."""

    def __init__(self, conn: Connection, at: str, pictures: Sequence[Picture], fills: Mapping[str, "Fill"]):
        self.conn, self.at, self.pictures, self.fills = conn, at, pictures, fills
        self.appended: list[Event] = []
        self._texts: list[str] = []
        self._seq: int | None = None
        self._heads: dict[str, Head | None] = {}
        self._known: dict[str, Picture_row] = {}  # streams as they stand in the table
        self._rows: dict[str, dict[str, Picture_row | None]] = {p.table: {} for p in pictures}
        self._stored: dict[str, dict[str, Picture_row]] = {p.table: {} for p in pictures}  # as the table has them
        self._changed: dict[str, dict[str, None]] = {p.table: {} for p in pictures}

    # --- looking --------------------------------------------------------------------------------------------

    def row(self, table: str, key: str) -> Picture_row | None:
        """A picture row as this transaction sees it, appends included."""
        if key not in self._rows[table]:
            self.load(table, [key])
        return self._rows[table][key]

    def load(self, table: str, keys: Iterable[str]) -> None:
        """Bring several rows and their streams' heads in with one statement each."""
        missing = [k for k in dict.fromkeys(keys) if k not in self._rows[table]]
        if not missing:
            return
        self.know(table, _rows_of(table).rows(self.conn, ids=missing))
        for key in missing:
            self._rows[table].setdefault(key, None)

    def know(self, table: str, rows: Iterable[Picture_row]) -> None:
        """Rows already read in this transaction by a query of one's own."""
        for row in rows:
            if row["id"] not in self._rows[table]:
                self._rows[table][row["id"]] = self._stored[table][row["id"]] = dict(row)

    def changed(self, table: str) -> list[Picture_row]:
        """The rows that this transaction has changed so far."""
        return [row for key in self._changed[table] if (row := self._rows[table][key]) is not None]

    def heads(self, names: Iterable[str]) -> None:
        missing = [n for n in dict.fromkeys(names) if n not in self._heads]
        if missing:
            for row in HEADS.rows(self.conn, names=missing):
                self._heads[row["stream"]] = (row["version"], row["hash"])
                self._known[row["stream"]] = row
            for name in missing:
                self._heads.setdefault(name, None)

    def begin(self, stream: str, table: str, key: str) -> None:
        """A stream that does not exist yet, and its row: neither has to be looked for."""
        self._heads.setdefault(stream, None)
        self._rows[table].setdefault(key, None)

    def follows(self, seq: int) -> None:
        """The newest ``seq`` of the log, already read in this transaction."""
        self._seq = seq

    def know_heads(self, heads: Mapping[str, Head]) -> None:
        """Heads of streams that are as they were when somebody remembered them."""
        for name, (version, digest) in heads.items():
            self._heads[name] = (version, digest)
            self._known[name] = {"stream": name, "version": version, "hash": digest}

    def heads_after(self) -> dict[str, Head]:
        """The heads of the streams this transaction has appended to."""
        touched = {event.stream for event in self.appended}
        return {name: head for name in touched if (head := self._heads[name])}

    def version(self, stream: str) -> int:
        """How many events a stream has, those of this transaction included."""
        self.heads([stream])
        head = self._heads[stream]
        return head[0] if head else 0

    # --- writing --------------------------------------------------------------------------------------------

    def append(self, stream: str, kind: str, body: Body, actor: str) -> Event:
        """Add one fact. Raises what the pictures raise (``NotNow``) when it may not happen."""
        if stream not in self._heads:
            self.heads([stream])
        if (fill := self.fills.get(kind)) is not None:
            body = fill(self, stream, body)
        version, previous = self._heads[stream] or (0, "")
        if self._seq is None:
            self._seq = NEWEST.number(self.conn)
        text = written(body)
        digest = chained(previous, self.at, stream, version + 1, kind, text, actor)
        event = Event(self._seq + 1, self.at, stream, version + 1, kind, body, actor, digest)
        self._fold(event)
        self._seq += 1
        self._heads[stream] = (version + 1, digest)
        self.appended.append(event)
        self._texts.append(text)
        return event

    def _fold(self, event: Event) -> None:
        for picture in self.pictures:
            key = picture.key(event)
            if key is not None:
                self._rows[picture.table][key] = picture.after(self.row(picture.table, key), event)
                self._changed[picture.table][key] = None

    def finish(self) -> None:
        """Send what was gathered. Called by ``Log.writing``."""
        if not self.appended:
            return
        touched = dict.fromkeys(e.stream for e in self.appended)
        heads = [{"stream": s, "version": self._heads[s][0], "hash": self._heads[s][1]} for s in touched]  # type: ignore[index]
        said = [
            {"seq": e.seq, "at": e.at, "stream": e.stream, "version": e.version, "kind": e.kind, "body": text,
             "actor": e.actor, "hash": e.hash}
            for e, text in zip(self.appended, self._texts, strict=True)
        ]  # fmt: skip
        with together(self.conn):
            for picture in self.pictures:
                self._save(picture.table)
            _upsert(self.conn, "streams", "stream", heads, self._known)
            _insert("events").each(self.conn, said)

    def _save(self, table: str) -> None:
        rows = [row for key in self._changed[table] if (row := self._rows[table][key]) is not None]
        _upsert(self.conn, table, "id", rows, self._stored[table])

    # --- doing once -----------------------------------------------------------------------------------------

    def done_before(self, key: str) -> dict[str, Any] | None:
        """What the command with this idempotency key did the first time, or None."""
        found = self.conn.execute(select(commands.c.result).where(commands.c.key == key)).scalar()
        return json.loads(found) if found else None

    def remember(self, key: str, name: str, user_id: int | None, result: dict[str, Any]) -> None:
        row = {"key": key, "name": name, "user_id": user_id, "at": self.at, "result": json.dumps(result)}
        self.conn.execute(insert(commands), row)


def _upsert(conn: Connection, table: str, key: str, rows: list[Picture_row], stored: Mapping[str, Picture_row]) -> None:
    """New rows whole, known ones only where they differ: rows that differ in the same columns go in one statement."""
    new = [r for r in rows if r[key] not in stored]
    if new:
        _insert(table).each(conn, new)
    alike: dict[tuple[str, ...], list[Picture_row]] = {}
    for row in rows:
        if (before := stored.get(row[key])) is not None:
            columns = tuple([c for c, v in row.items() if v is not (was := before.get(c, _ABSENT)) and v != was])
            alike.setdefault(columns, []).append({"_key": row[key], **{f"_{c}": row[c] for c in columns}})
    for columns, changes in alike.items():
        if columns:
            _update(table, key, columns).each(conn, changes)


class Log:
    """The log of one centre. ``pictures`` are the tables that follow it; an upper storey hands in its own.

    ``fills`` completes the bodies of some kinds of event.
    """

    def __init__(
        self, database: Database, clock: Clock, pictures: Sequence[Picture], fills: Mapping[str, Fill] | None = None
    ):
        self.database, self.clock, self.pictures, self.fills = database, clock, tuple(pictures), fills or {}

    @contextmanager
    def writing(self) -> Iterator[Writing]:
        """One transaction: what is appended inside is kept when the block ends, or nothing is."""
        with self.database.write() as conn:
            writing = Writing(conn, stamp(self.clock()), self.pictures, self.fills)
            yield writing
            writing.finish()
            if writing.appended:
                bell.ring_in(conn, self.database)
        if writing.appended:
            bell.ring(self.database)

    def head(self) -> int:
        with self.database.read() as conn:
            return int(conn.execute(select(func.coalesce(func.max(events.c.seq), 0))).scalar_one())

    def newest_at(self) -> str:
        """When the last fact was written, by the clock of that moment."""
        with self.database.read() as conn:
            return conn.execute(select(events.c.at).order_by(events.c.seq.desc()).limit(1)).scalar() or ""

    def identity(self) -> str:
        """Which log this is: every process, and every screen, says the same of one log and another of another."""
        with self.database.read() as conn:
            first = conn.execute(select(events.c.hash).where(events.c.seq == 1)).scalar()
            return str(first)[:12] if first else "empty"

    def after(self, seq: int, limit: int = 500) -> list[Event]:
        with self.database.read() as conn:
            return [event_of(r) for r in AFTER.rows(conn, seq=seq, most=limit)]

    def stream(self, name: str) -> list[Event]:
        with self.database.read() as conn:
            found = conn.execute(select(events).where(events.c.stream == name).order_by(events.c.version))
            return [event_of(dict(r)) for r in found.mappings()]

    @staticmethod
    def newest(conn: Connection, stream: str, kinds: Iterable[str]) -> Event | None:
        """The last event of a stream that is of one of these kinds."""
        found = NEWEST_OF.rows(conn, stream=stream, kinds=sorted(kinds))
        return event_of(found[0]) if found else None

    @staticmethod
    def count(conn: Connection, stream: str, kind: str, since: str) -> int:
        """How many events of one kind a stream has had since a moment."""
        mine = (events.c.stream == stream, events.c.kind == kind, events.c.at >= since)
        return int(conn.execute(select(func.count()).select_from(events).where(*mine)).scalar_one())

    def followed_to(self, follower: str) -> int:
        """How far a durable follower has come (0: nothing yet)."""
        with self.database.read() as conn:
            return self.followed_in(conn, follower)

    @staticmethod
    def followed_in(conn: Connection, follower: str) -> int:
        """The same inside a transaction."""
        return next((int(row["seq"]) for row in FOLLOWED.rows(conn, name=follower)), 0)

    def note_followed(self, conn: Connection, follower: str, seq: int) -> None:
        found = conn.execute(update(followers).where(followers.c.name == follower).values(seq=seq))
        if not found.rowcount:
            conn.execute(insert(followers).values(name=follower, seq=seq))

    def bell(self, name: str) -> bell.Bell:
        return bell.bell(self.database, name)


def event_of(row: Picture_row) -> Event:
    return Event(**{**row, "body": json.loads(row["body"])})
