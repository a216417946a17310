"""Starts processes that are real but have done their imports already: a gateway in milliseconds instead of a second.

One line of JSON on stdin, ``{"config", "out", "folder", "words"}``, forks a process that runs the command line as
``app.py`` would; its pid is answered on stdout. ``{"ended": pid}`` waits for its end and answers how it ended. A web
process is not born here: its runtime has to be patched before anything is imported.
"""

import contextlib
import json
import os
import select
import signal
import subprocess
import sys
import threading
from functools import cache
from pathlib import Path
from typing import Any

HOUSE = Path(__file__).resolve().parents[1]


class Born:
    """A child of the nursery, with the part of ``subprocess.Popen`` that the tests use."""

    def __init__(self, nursery: "Nursery", pid: int, words: list[str]):
        self.nursery, self.pid, self.args = nursery, pid, words
        self.returncode: int | None = None
        self._end = os.pidfd_open(pid)

    def poll(self) -> int | None:
        with contextlib.suppress(subprocess.TimeoutExpired):
            self.wait(0)
        return self.returncode

    def wait(self, timeout: float | None = None) -> int:
        if self.returncode is None:
            if not select.select([self._end], [], [], timeout)[0]:
                raise subprocess.TimeoutExpired(self.args, timeout or 0)
            self.returncode = self.nursery.ask({"ended": self.pid})
            os.close(self._end)
        return self.returncode

    def send_signal(self, number: int) -> None:
        if self.poll() is None:
            os.kill(self.pid, number)

    def terminate(self) -> None:
        self.send_signal(signal.SIGTERM)

    def kill(self) -> None:
        self.send_signal(signal.SIGKILL)


class Nursery:
    """One for all the houses of a test run; it ends with its stdin, that is with the run."""

    def __init__(self) -> None:
        words = [sys.executable, __file__]
        self.process = subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=HOUSE)
        self._one_at_a_time = threading.Lock()

    def ask(self, what: dict[str, Any]) -> int:
        assert self.process.stdin
        assert self.process.stdout
        with self._one_at_a_time:
            self.process.stdin.write(json.dumps(what) + "\n")
            self.process.stdin.flush()
            return int(self.process.stdout.readline())

    def fork(self, config: Path, out: Path, words: list[str]) -> int:
        """Runs ``app.py --config CONFIG WORDS…`` in CONFIG's folder; what it says is added to ``out``. Its pid."""
        return self.ask({"config": str(config), "out": str(out), "folder": str(config.parent), "words": words})

    def bear(self, config: Path, out: Path, words: list[str]) -> Born:
        """The same for somebody who will wait for its end."""
        return Born(self, self.fork(config, out, words), words)


@cache
def nursery() -> Nursery:
    return Nursery()


def _born(config: str, out: str, folder: str, words: list[str]) -> None:
    """The child: a session, a folder and a log file of its own, then the program itself."""
    import app

    os.setsid()
    os.chdir(folder)
    log = os.open(out, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    for number in (1, 2):
        os.dup2(log, number)
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    app.cli.main(["--config", config, *words], standalone_mode=True)


def _main() -> None:
    sys.path.insert(0, str(HOUSE))
    __import__("app")
    for line in sys.stdin:
        asked = json.loads(line)
        if pid := asked.get("ended"):
            print(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]), flush=True)
            continue
        child = os.fork()
        if child == 0:
            _born(**asked)  # leaves by SystemExit, as the program does
        print(child, flush=True)


if __name__ == "__main__":
    _main()
