"""Serial lines: a reader thread and a small writer thread per port, reopened whenever the port goes away.

The reader hands bytes to the event loop and waits until the loop wants more, so at most one piece is on its way. The
writer has its own thread because a port can block (flow control, a pulled cable); a reply that could not be written
in time is dropped, since the receiver repeats and a late byte would answer the wrong frame.
"""

import contextlib
import queue
import threading
import time

from devices.codecs.line_noise import likely_cause
from devices.lines.conversation import PATIENCE_SECONDS, Conversation
from devices.lines.line import Line
from devices.lines.port import WRITE_SECONDS, Port

REOPEN_SECONDS = (0.2, 5.0)  # first and longest wait
READ_SECONDS = 1.0  # a read gives up after this, to see whether the line is being closed
NOISE_BYTES = 64  # without a good frame, after which somebody is told
REPLIES = 256  # waiting to be written


class SerialLine:
    port = 0  # a serial line has none

    def __init__(self, line: Line):
        self.line = line
        self._stopping = threading.Event()
        self._current: _Opened | None = None  # event loop only
        self._waiting: set[_Opened] = set()  # opened once, and not all they heard is kept yet
        self._replies: queue.Queue[tuple[_Opened, bytes, float] | None] = queue.Queue(REPLIES)
        name = line.settings.name
        self._threads = [
            threading.Thread(target=self._read, name=f"{name}-reader", daemon=True),
            threading.Thread(target=self._write, name=f"{name}-writer", daemon=True),
        ]

    async def open(self) -> None:
        for thread in self._threads:
            thread.start()

    def watch(self) -> None:
        """Nobody to close: the port is the only peer, and its silence is the line's."""

    def stop(self) -> None:
        self._stopping.set()
        if self._current:
            self._current.interrupt()

    @property
    def busy(self) -> bool:
        return bool(self._waiting)

    async def close(self) -> None:
        with contextlib.suppress(queue.Full):  # then the writer sees the event instead
            self._replies.put_nowait(None)
        for thread in self._threads:
            await self.line.loop.run_in_executor(None, thread.join, WRITE_SECONDS + READ_SECONDS)

    # --- reader thread --------------------------------------------------------------------------------------------

    def _read(self) -> None:
        wait, longest = REOPEN_SECONDS
        while not self._stopping.is_set():
            try:
                port = Port(self.line.settings)
            except (OSError, ValueError) as error:
                self._call(self.line.say, "down", f"cannot open {self.line.settings.device}: {_why(error)}")
                self._stopping.wait(wait)
                wait = min(2 * wait, longest)
                continue
            wait = REOPEN_SECONDS[0]
            why = self._listen(_Opened(self, port))
            if not self._stopping.is_set():
                self._call(self.line.say, "down", f"{self.line.settings.device} went away: {why}")
                self._stopping.wait(wait)

    def _listen(self, opened: "_Opened") -> str:
        """Read until the port goes away; says why it did."""
        self._call(self._greet, opened)
        try:
            while not self._stopping.is_set():
                if not opened.wanted.wait(READ_SECONDS):
                    continue
                if data := opened.port.read(READ_SECONDS):
                    opened.wanted.clear()
                    self._call(opened.take, data)
                elif opened.port.moved():
                    return "its name stands for another port now"
            return "the line was closed"
        except OSError as error:
            return _why(error)
        finally:
            opened.port.close()
            self._call(self._gone, opened)

    def _call(self, what: object, *values: object) -> None:
        with contextlib.suppress(RuntimeError):  # the loop is closed
            self.line.loop.call_soon_threadsafe(what, *values)  # type: ignore[arg-type]

    # --- event loop -----------------------------------------------------------------------------------------------

    def _greet(self, opened: "_Opened") -> None:
        opened.talk = Conversation(self.line, self.line.settings.device, self.line.settings.device, opened)
        self._current = opened
        self._waiting.add(opened)
        self.line.tally.connections += 1
        self.line.say("up", f"reading {self.line.settings.device}")
        opened.wanted.set()

    def _gone(self, opened: "_Opened") -> None:
        self._current = None
        opened.talk.end()

    def forget(self, opened: "_Opened") -> None:
        self._waiting.discard(opened)

    def reply(self, opened: "_Opened", data: bytes) -> None:
        try:
            self._replies.put_nowait((opened, data, time.monotonic()))
        except queue.Full:
            self.line.tally.slow += 1

    # --- writer thread --------------------------------------------------------------------------------------------

    def _write(self) -> None:
        while True:
            try:
                item = self._replies.get(timeout=READ_SECONDS)
            except queue.Empty:
                if self._stopping.is_set() and not self._threads[0].is_alive():
                    return
                continue
            if item is None:
                return
            opened, data, asked = item
            if time.monotonic() - asked > PATIENCE_SECONDS or not opened.port.write(data):
                self.line.tally.slow += 1


class _Opened:
    """The port from one opening to its loss, and what was said meanwhile: the wire of one conversation."""

    talk: Conversation

    def __init__(self, owner: SerialLine, port: Port):
        self.port = port
        self.wanted = threading.Event()  # the loop wants more bytes
        self._owner, self._paused = owner, False
        self._noise = bytearray()  # what came since the last good frame, or since it was last looked at
        self._garbage = 0  # bytes, of all such

    def interrupt(self) -> None:
        """Let the reader thread out of its waiting."""
        self.wanted.set()
        self.port.interrupt()

    def take(self, data: bytes) -> None:
        self._noise += data
        self.talk.take(data)
        if len(self._noise) >= NOISE_BYTES:
            self._look()
        if not self._paused:
            self.wanted.set()

    def _look(self) -> None:
        """Bytes enough, and no good frame among them: say what is likely wrong with the line."""
        self._garbage += len(self._noise)
        why = likely_cause(bytes(self._noise)) or "check baud, parity and protocol of the line"
        self._owner.line.remark("noise", f"{self._garbage} bytes without a good frame: {why}")
        self._noise.clear()

    # --- wire -----------------------------------------------------------------------------------------------

    def send(self, data: bytes) -> None:
        self._owner.reply(self, data)

    def pause(self) -> None:
        self._paused = True

    def resume(self) -> None:
        self._paused = False
        self.wanted.set()

    def greeted(self) -> None:
        self._noise.clear()
        if self._garbage:
            self._garbage = 0
            self._owner.line.remark("noise", "")

    def finish(self) -> None:
        self._owner.forget(self)


def _why(error: Exception) -> str:
    return str(getattr(error, "strerror", None) or error) or type(error).__name__
