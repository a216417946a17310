"""Captures read back: the recorded connections of one or more files, each with what was heard and said, in order."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any


class BadCapture(Exception):
    """A file is no capture; the text says which."""


@dataclass(frozen=True, slots=True)
class Step:
    """``way`` is ``in`` (the device spoke), ``out`` (it was answered) or ``end`` (it had finished)."""

    at: datetime
    way: str
    data: bytes = b""


@dataclass(slots=True)
class Talk:
    """One connection, or one datagram."""

    line: str
    protocol: str
    transport: str
    peer: str = ""
    steps: list[Step] = field(default_factory=list)

    def all(self, way: str) -> bytes:
        return b"".join(step.data for step in self.steps if step.way == way)


def read(paths: Sequence[Path]) -> tuple[list[Talk], int]:
    """Connections by the time they began, and how many records were lost or cannot be read. Raises ``BadCapture``."""
    lost, files = 0, []
    for path in paths:
        records, bad = _records(path)
        lost += bad
        files.append(records)
    talks: list[Talk] = []
    here: dict[tuple[str, int], Talk] = {}  # by line and number, from file to file
    for records in sorted(files, key=_begins):
        lost += _gather(records, talks, here)
    return sorted((t for t in talks if t.steps), key=lambda talk: talk.steps[0].at), lost


def _gather(records: list[dict[str, Any]], talks: list[Talk], here: dict[tuple[str, int], Talk]) -> int:
    """Adds the connections of one file; those that go on from the file before it are found again by their numbers."""
    head: tuple[str, str, str] = ("", "", "")
    lost = 0
    for record in records:
        if "capture" in record:
            head = record["line"], record["protocol"], record["transport"]
            lost += record.get("lost", 0)
            continue
        key = head[0], record["conn"]
        if "open" in record or key not in here:
            here[key] = Talk(*head, peer=record.get("open", ""))
            talks.append(here[key])
        way = next((w for w in ("in", "out", "end") if w in record), "")
        if way:
            data = bytes.fromhex(record[way])
            here[key].steps.append(Step(datetime.fromisoformat(record["at"]), way, data))
    return lost


def _records(path: Path) -> tuple[list[dict[str, Any]], int]:
    records, bad = [], 0
    for line in path.read_bytes().splitlines():
        try:
            record = json.loads(line)
        except ValueError:
            bad += bool(line)  # cut off where the disk was full
        else:
            records.append(record)
    if not records or not isinstance(records[0], dict) or records[0].get("capture") != 1:
        raise BadCapture(f'{path} is no capture: it has to begin with a line {{"capture": 1, …}}')
    return records, bad


def _begins(records: list[dict[str, Any]]) -> datetime:
    first = next((record["at"] for record in records if "at" in record), None)
    return datetime.fromisoformat(first) if first else datetime.max.replace(tzinfo=UTC)
