"""What we ask a device over UDP is asked again until it answers: a datagram may be lost.

RFC 3261 §17.1.2.2, timer E: after 0.5 s, then twice as long each time. Four repetitions, not its eleven: the device
itself repeats what we have not answered, and a forged request must not make us send a stranger much more than it cost.
"""

import asyncio
from collections.abc import Callable
from typing import Any

FIRST_SECONDS = 0.5
REPETITIONS = 4
QUESTIONS = 4096  # open at once on one line; more are asked only once


class Repeats:
    """``send`` takes bytes and an address."""

    def __init__(self, loop: asyncio.AbstractEventLoop, send: Callable[[bytes, Any], None]):
        self._loop, self._send = loop, send
        self._open: dict[tuple[Any, str], asyncio.TimerHandle] = {}

    def asked(self, name: str, data: bytes, addr: Any) -> None:
        """``data`` has been sent and is to be repeated until ``answered``."""
        if (addr, name) not in self._open and len(self._open) < QUESTIONS:
            self._later(name, data, addr, FIRST_SECONDS, REPETITIONS)

    def answered(self, name: str, addr: Any) -> None:
        if handle := self._open.pop((addr, name), None):
            handle.cancel()

    def stop(self) -> None:
        for handle in self._open.values():
            handle.cancel()
        self._open.clear()

    def _later(self, name: str, data: bytes, addr: Any, wait: float, left: int) -> None:
        self._open[addr, name] = self._loop.call_later(wait, self._again, name, data, addr, wait, left)

    def _again(self, name: str, data: bytes, addr: Any, wait: float, left: int) -> None:
        if left == 0:
            del self._open[addr, name]
            return
        self._send(data, addr)
        self._later(name, data, addr, 2 * wait, left - 1)
