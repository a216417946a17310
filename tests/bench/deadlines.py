"""Nine hundred deadlines due at once: how late each is acted on, by one clock and by two, and with one of them killed.

Lateness is seen from outside: a reader polls the log and notes when the record of a deadline can be read.
"""

import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy import insert

from callcenter.rules.call import later, opened
from callcenter.rules.call_clock import CallPicture
from callcenter.rules.events import Event, call_stream
from callcenter.rules.promises import Book
from callcenter.rules.times import moment, seconds_between, stamp
from callcenter.settings import Promise, Promises
from callcenter.store.cases import Cases
from callcenter.store.database import Database
from callcenter.store.log import Log
from callcenter.store.tables import calls
from tests.bench.figures import count, ms, percentile, table
from tests.house import house

MANY = 900
ANSWER_SECONDS = 6.0
PROMISES = Promises(p2=Promise(answer=ANSWER_SECONDS))


@dataclass
class Seen:
    """When each deadline was acted on, by call; and how often."""

    late: dict[str, float] = field(default_factory=dict)
    doubled: int = 0

    def note(self, event: Event, now: str) -> None:
        if event.stream in self.late:
            self.doubled += 1
        self.late.setdefault(event.stream, seconds_between(event.body["due_at"], now))


def measure(folder: Path, url: str, dispatchers: int, kill_after: float | None = None) -> tuple[str, ...]:
    """A row of the table: how many acted on, twice, lost; p50, p99 and the longest lateness in ms."""
    folder.mkdir(parents=True)
    seen = Seen()
    with house(folder, url, more=f"[promises.p2]\nanswer = {ANSWER_SECONDS}\n") as centre:
        names = ["dispatcher", *(f"dispatcher-{n}" for n in range(2, dispatchers + 1))]
        centre.start("dispatcher")
        for _ in range(dispatchers - 1):
            centre.start_more("dispatcher")
        database = Database(url)
        time.sleep(3)
        due_at = press(database)
        _follow(database, due_at, seen, lambda: centre.kill(names[0]) if kill_after is not None else None, kill_after)
        if kill_after is not None:
            centre.start("dispatcher")
            _follow(database, due_at, seen, lambda: None, None)
        database.close()
    took = sorted(seen.late.values())
    return (str(dispatchers) + (", one killed" if kill_after is not None else ""), count(len(took)), str(seen.doubled),
            str(MANY - len(took)), ms(percentile(took, 0.5)), ms(percentile(took, 0.99)), ms(took[-1]))  # fmt: skip


def press(database: Database) -> str:
    """900 presses in one second of their own; returns when all of them must have been answered."""
    log = Log(database, lambda: datetime.now(UTC), (CallPicture(Book(PROMISES.targets())),))
    with log.writing() as w:
        day = w.at[:10].replace("-", "")
        for number in range(1, MANY + 1):
            call = f"{day}-{number:04d}"
            home = {"home_id": number, "resident_id": None, "station_id": None, "community": ""}
            what = {"priority": 2, "kind": "sos", "reason": "", "source": "pager", "account": str(1000 + number)}
            w.begin(call_stream(call), "calls", call)
            w.append(call_stream(call), "CallOpened", {"call": call, "day": day, "number": number, **home, **what}, "b")
        return later(w.at, ANSWER_SECONDS)


def _follow(database: Database, due_at: str, seen: Seen, at_half: object, kill_after: float | None) -> None:
    """Reads the log until every deadline is seen, ten seconds have passed, or the moment to kill has come."""
    log = Log(database, lambda: datetime.now(UTC), ())
    seq = log.head()
    give_up = moment(due_at) + timedelta(seconds=12)
    while len(seen.late) < MANY and datetime.now(UTC) < give_up:
        for event in log.after(seq, 1000):
            seq = event.seq
            if event.kind == "DeadlineMissed" and event.body["step"] == "answer":
                seen.note(event, stamp(datetime.now(UTC)))
        if kill_after is not None and seconds_between(due_at, stamp(datetime.now(UTC))) >= kill_after:
            if callable(at_half):
                at_half()
            return
        time.sleep(0.003)


def idle_tick(url: str, armed: int) -> float:
    """Seconds of one look for what is due, while so many deadlines are armed and none has come (median of 50)."""
    database = Database(url)
    far = stamp(datetime.now(UTC) + timedelta(days=30))
    body = {"priority": 1, "kind": "sos", "reason": "", "source": "pager", "account": "", "home_id": None,
            "resident_id": None, "station_id": None, "community": ""}  # fmt: skip
    now = stamp(datetime.now(UTC))
    for start in range(0, armed, 5000):
        with database.write() as conn:
            conn.execute(insert(calls), [_armed(n, body, now, far) for n in range(start, min(start + 5000, armed))])
    cases, took = Cases(database), []
    for _ in range(50):
        began = time.perf_counter()
        for name in ("calls", "visits"):
            assert not cases.anything_due(name, stamp(datetime.now(UTC)))
        took.append(time.perf_counter() - began)
    database.close()
    return percentile(sorted(took), 0.5)


def _armed(number: int, body: dict[str, object], now: str, far: str) -> dict[str, object]:
    call = f"A{number}"
    event = Event(
        1, now, call_stream(call), 1, "CallOpened", {**body, "call": call, "day": "x", "number": number}, "", ""
    )
    return {**opened(event), "version": 1, "next_due_at": far, "next_step": "answer", "armed_at": now}


def section(rows: Sequence[tuple[str, ...]]) -> str:
    """The Markdown table."""
    heads = ("store", "dispatchers", "acted on", "twice", "lost", "p50 ms", "p99 ms", "longest ms")
    return table(heads, rows)
