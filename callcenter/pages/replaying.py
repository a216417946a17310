"""``python app.py replay``: recorded lines against another instance, and a table of what it decides otherwise."""

import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Protocol

import click

from callcenter.decisions import Changed, Decided, Decision, changed, decided, last_frame
from callcenter.rules.events import Row
from callcenter.rules.times import stamp
from callcenter.store.cases import Cases
from callcenter.store.database import Database
from callcenter.store.log import Log
from devices.replay import BadCapture, Difference, Place, Played, Talk, differences, play, read
from devices.settings import LineSettings

SETTLE_SECONDS = 1.0  # until what is never answered is kept too
NOWHERE = "—"
WARNING = "Every press in these files will ring at the instance they are played to. Is it one for trying out?"


class Configured(Protocol):
    @property
    def settings(self) -> Any: ...


@dataclass(frozen=True, slots=True)
class Book:
    """One database whose decisions are read."""

    log: Log
    cases: Cases

    @classmethod
    def at(cls, url: str) -> "Book":
        file = url.removeprefix("sqlite:///")
        if file != url and not Path(file).is_file():  # SQLite would make a new one
            raise click.ClickException(f"there is no database {file}: write --against as database.url has it")
        database = Database(url)
        return cls(Log(database, lambda: datetime.now(UTC), ()), Cases(database))


@click.command()
@click.argument("files", nargs=-1, required=True, metavar="FILE...", type=click.Path(path_type=Path, exists=True))
@click.option("--to", "address", metavar="HOST:PORT", help="where the other instance listens, for all connections")
@click.option("--line", "name", help="the line of config.toml to play to (default: the one each was recorded on)")
@click.option(
    "--speed", type=click.FloatRange(min=0.01), default=1.0, show_default=True, help="times as fast as it was"
)
@click.option(
    "--against", nargs=2, metavar="OLD NEW", help="also compare what both databases (addresses as database.url) hold"
)
@click.option("--yes", is_flag=True, help="do not ask whether this is an instance for trying out")
@click.pass_obj
def replay(
    office: Configured, files: tuple[Path, ...], address: str | None, name: str | None, speed: float,
    against: tuple[str, str] | None, yes: bool,
) -> None:  # fmt: skip
    """Play recorded lines to another instance; 1 when it decides otherwise."""
    try:
        talks, lost = read(files)
    except (BadCapture, OSError, KeyError, ValueError) as error:
        raise click.ClickException(f"{error}; give files written by lines.capture or gateway --capture") from None
    where = _way(talks, office.settings.lines, address, name)
    if not yes:
        click.confirm(WARNING, abort=True)
    books = [Book.at(url) for url in against or ()]
    before = last_frame(books[1].cases) if books else 0
    played = play(talks, where, speed)
    time.sleep(SETTLE_SECONDS if books else 0)
    answers = [d for one in played for d in differences(one.talk, one.said)]
    decisions = changed(*_decided(books, talks, before)) if books else []
    sys.exit(_report(played, answers, decisions, lost))


def _way(
    talks: Sequence[Talk], lines: Sequence[LineSettings], address: str | None, name: str | None
) -> Callable[[Talk], Place]:
    if address:
        host, _, port = address.rpartition(":")
        if not host or not port.isdigit():
            raise click.ClickException("--to needs HOST:PORT, such as 127.0.0.1:9000")
        place = Place(host.strip("[]"), int(port))
        return lambda _talk: place
    known = {line.name: line for line in lines}
    for wanted in {name or talk.line for talk in talks}:
        line = known.get(wanted)
        if line is None or line.transport == "serial":
            raise click.ClickException(f"config.toml has no TCP or UDP line {wanted!r}: say where with --to HOST:PORT")
    return lambda talk: _place(known[name or talk.line])


def _place(line: LineSettings) -> Place:
    host = "127.0.0.1" if line.host in ("", "0.0.0.0", "::") else line.host
    return Place(host, line.port or 0, tls=bool(line.tls_certificate))


def _decided(books: Sequence[Book], talks: Sequence[Talk], before: int) -> tuple[Decided, Decided]:
    """What the old database holds of these connections, and what the new one has since ``before``."""
    peers = {(talk.line, talk.peer) for talk in talks}
    first = stamp(min(talk.steps[0].at for talk in talks) - timedelta(seconds=1))
    last = stamp(max(talk.steps[-1].at for talk in talks) + timedelta(minutes=1))

    def recorded(row: Row) -> bool:
        return (row["line"], row["peer"]) in peers and first <= row["received_at"] <= last

    old, new = books
    return decided(old.log, old.cases, recorded), decided(new.log, new.cases, lambda row: row["id"] > before)


# --- what is printed ----------------------------------------------------------------------------------------------


def _report(played: Sequence[Played], answers: list[Difference], decisions: list[Changed], lost: int) -> int:
    faults = [one for one in played if one.fault]
    other = [d for d in answers if not d.clock]
    otherwise = [c for c in decisions if not c.clock]
    for one in faults:
        click.echo(f"{one.talk.line} {one.talk.peer}: could not be played: {one.fault}")
    if other:
        _table(("line", "peer", "answered then", "answered now"), [
            (d.talk.line, d.talk.peer, d.recorded, d.replayed) for d in other
        ])  # fmt: skip
    if otherwise:
        _table(("frame", "decided then", "decided now"), [
            (_short(c.raw), _words(c.before), _words(c.after)) for c in otherwise
        ])  # fmt: skip
    late = len(answers) - len(other) + len(decisions) - len(otherwise)
    frames = sum(1 for one in played for step in one.talk.steps if step.way == "in")
    click.echo(
        f"{len(played)} connections, {frames} pieces played; {len(faults)} could not be played, {len(other)} answers "
        f"differ, {len(otherwise)} decisions differ; clock {late} (encrypted, and of another time); "
        f"{lost} records lost when they were captured"
    )
    return 1 if faults or other or otherwise else 0


def _table(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    widths = [max(len(row[column]) for row in (heads, *rows)) for column in range(len(heads))]
    for row in (heads, ["-" * width for width in widths], *rows):
        click.echo("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip())
    click.echo()


def _short(raw: bytes) -> str:
    text = "".join(chr(byte) if 32 <= byte < 127 else "." for byte in raw)
    return text if len(text) <= 60 else f"{text[:57]}..."


def _words(decision: Decision | None) -> str:
    if decision is None:
        return NOWHERE
    return f"{decision.outcome} {', '.join(decision.signals) or decision.account}".rstrip()
