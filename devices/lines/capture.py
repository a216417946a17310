"""Records what is heard and said on a line into a file: JSON lines, with times and connection numbers.

A line hands its bytes over and goes on: a thread writes them. What the thread cannot write in time, or at all (a full
disk), is lost, counted, and said in the line's detail; the line itself never waits. Each file begins with the line's
name, protocol and transport; when it is full it becomes ``NAME.1``, the one before ``NAME.2``, and so on.
"""

import itertools
import json
import os
import queue
import threading
from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import structlog

from devices.lines.door import Clock
from devices.settings import LineSettings

MOST_BYTES = 64 * 1024 * 1024  # of one file
KEPT = 4  # older files beside it
WAITING = 5000  # records that wait for the disk
RETRY_SECONDS = 5.0  # after the disk has failed
LAST_SECONDS = 5.0  # at the end, for what still waits
FORMAT = 1

log = structlog.get_logger("lines")


def recorded(lines: Sequence[LineSettings], folder: Path | None) -> tuple[LineSettings, ...]:
    """The same lines, each with a capture in ``folder`` unless its settings name one; none without a folder."""
    if folder is None:
        return tuple(lines)
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return tuple(
        line.model_copy(update={"capture": line.capture or str(folder / f"{line.name}.capture")}) for line in lines
    )


class Capture:
    """``say`` is told what a person should know, "" when all is well again; it is called from the writing thread."""

    def __init__(self, path: str, head: dict[str, str], clock: Clock, say: Callable[[str], None]):
        self.path, self._head, self._clock, self._say = Path(path), head, clock, say
        self.lost = 0  # records
        self._numbers = itertools.count(1)
        self._queue: queue.Queue[tuple[datetime, int, str, Any]] = queue.Queue(WAITING)
        self._stopping = threading.Event()
        self._fd: int | None = None
        self._size = 0
        self._thread = threading.Thread(target=self._run, name=f"{head['line']}-capture", daemon=True)
        self._thread.start()

    # --- event loop -----------------------------------------------------------------------------------------------

    def opened(self, peer: str) -> int:
        """A connection begins; its number."""
        number = next(self._numbers)
        self._put(number, "open", peer)
        return number

    def heard(self, number: int, data: bytes) -> None:
        self._put(number, "in", data)

    def said(self, number: int, data: bytes) -> None:
        self._put(number, "out", data)

    def ended(self, number: int) -> None:
        self._put(number, "end", "")

    def close(self) -> None:
        """What waits is still written."""
        self._stopping.set()
        self._thread.join(LAST_SECONDS)

    def _put(self, number: int, what: str, value: Any) -> None:
        try:
            self._queue.put_nowait((self._clock(), number, what, value))
        except queue.Full:
            self.lost += 1

    # --- its thread -----------------------------------------------------------------------------------------------

    def _run(self) -> None:
        while not (self._stopping.is_set() and self._queue.empty()):
            try:
                record = self._queue.get(timeout=0.2)
            except queue.Empty:
                continue
            try:
                self._write(record)
            except OSError as error:
                self.lost += 1
                self._fail(f"the capture {self.path} cannot be written: {error.strerror or error}")
        self._shut()

    def _write(self, record: tuple[datetime, int, str, Any]) -> None:
        if self._fd is None or self._size >= MOST_BYTES:
            self._shut()
            self._open()
        at, number, what, value = record
        text = value.hex() if isinstance(value, bytes) else value
        self._line({"at": at.isoformat(timespec="milliseconds"), "conn": number, what: text})

    def _open(self) -> None:
        if self.path.exists() and self.path.stat().st_size >= MOST_BYTES:
            for number in range(KEPT, 0, -1):
                older = self.path if number == 1 else Path(f"{self.path}.{number - 1}")
                if older.exists():
                    older.replace(f"{self.path}.{number}")
        flags = os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC
        self._fd = os.open(self.path, flags, 0o600)
        os.fchmod(self._fd, 0o600)  # it holds what people's devices say of them
        self._size = os.fstat(self._fd).st_size
        lost = {"lost": self.lost} if self.lost else {}
        self._line({"capture": FORMAT, **self._head, **lost}, "\n" if self._size else "")
        self.lost = 0
        self._say("")

    def _line(self, record: dict[str, Any], before: str = "") -> None:
        assert self._fd is not None
        data = (before + json.dumps(record, ensure_ascii=False) + "\n").encode()
        while data:
            written = os.write(self._fd, data)
            self._size += written
            data = data[written:]

    def _fail(self, why: str) -> None:
        log.error(why, line=self._head["line"])
        self._say(why)
        self._shut()
        self._stopping.wait(RETRY_SECONDS)  # meanwhile the queue fills, and what does not fit is lost

    def _shut(self) -> None:
        if self._fd is not None:
            os.close(self._fd)
            self._fd = None
