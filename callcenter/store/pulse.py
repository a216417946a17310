"""The pulse of a database: does it still answer, whoever else waits for it? Asked on a connection of its own.

A server that is frozen (a stalled machine, a stopped process) accepts what is sent and never answers; its own time
limits are frozen with it, and TCP sees nothing wrong. So one thread asks, and another counts how long it has waited.
"""

import contextlib
import threading
import time
from collections.abc import Callable

import structlog

ASK_SECONDS = 0.5
NAP_SECONDS = 0.25
SILENT_SECONDS = 4.0  # a server that lives answers in milliseconds, a very busy one within a second or two
log = structlog.get_logger("database")


class Pulse:
    """``ask`` returns when the database has answered, and raises when it cannot be reached.

    Naps are counted, not time: a process that was frozen itself must not take that for the silence of another.
    """

    def __init__(self, ask: Callable[[], object]):
        self.ask, self.silent = ask, False
        self._asked = self._answered = 0
        self._started = False

    def start(self) -> None:
        if not self._started:
            self._started = True
            for part in (self._go_on_asking, self._go_on_counting):
                threading.Thread(target=part, name="pulse", daemon=True).start()

    def _go_on_asking(self) -> None:
        while True:
            self._asked += 1
            with contextlib.suppress(Exception):  # refused or broken: everybody's own connection says why
                self.ask()
                self._answered = self._asked
            time.sleep(ASK_SECONDS)

    def _go_on_counting(self) -> None:
        naps, known = 0, 0
        while True:
            time.sleep(NAP_SECONDS)
            naps = 0 if self._answered != known or self._answered == self._asked else naps + 1
            known = self._answered
            silent = naps * NAP_SECONDS >= SILENT_SECONDS
            if silent != self.silent:
                self.silent = silent
                if silent:
                    log.error("the database does not answer", seconds=SILENT_SECONDS)
                else:
                    log.warning("the database answers again")
