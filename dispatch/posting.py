"""Hands messages to channels and hears what became of them, so that no slow channel holds up the clock or another one.

Each message on its way has a thread; a channel has as many as its ``at_once``. One that hangs for good uses up its own
threads and nothing else: what waits for it stays a row in the database until its time is over.
"""

import queue
import threading
from typing import NamedTuple

import structlog

from dispatch.channels.channel import Channel, Message, Refused

log = structlog.get_logger("notifier")
LONGEST_ERROR = 200
AT_ONCE_IF_QUICK = 200


class Result(NamedTuple):
    """Of one attempt: the reference it went out under, or why it did not."""

    delivery_id: int
    reference: str
    error: str


class Posting:
    def __init__(self) -> None:
        self._running: dict[str, int] = {}
        self._lock = threading.Lock()
        self._results: queue.SimpleQueue[Result] = queue.SimpleQueue()

    def free(self, channel: Channel) -> int:
        """How many more messages this channel may be given now."""
        if channel.quick:
            return AT_ONCE_IF_QUICK
        with self._lock:
            return channel.at_once - self._running.get(channel.name, 0)

    def running(self) -> dict[str, int]:
        """Messages on their way, by channel."""
        with self._lock:
            return dict(self._running)

    def post(self, channel: Channel, delivery_id: int, message: Message) -> None:
        if channel.quick:
            self._results.put(_tried(channel, delivery_id, message))
            return
        with self._lock:
            self._running[channel.name] = self._running.get(channel.name, 0) + 1
        work = threading.Thread(target=self._send, args=(channel, delivery_id, message), daemon=True)
        work.name = f"channel {channel.name}"
        work.start()

    def results(self) -> list[Result]:
        """What has come back since last time."""
        found = []
        while not self._results.empty():
            found.append(self._results.get())
        return found

    def _send(self, channel: Channel, delivery_id: int, message: Message) -> None:
        try:
            self._results.put(_tried(channel, delivery_id, message))
        finally:
            with self._lock:
                self._running[channel.name] -= 1


def _tried(channel: Channel, delivery_id: int, message: Message) -> Result:
    try:
        return Result(delivery_id, channel.send(message) or message.reference, "")
    except Exception as error:  # a channel is the outside world: anything may happen there
        said = str(error) if isinstance(error, Refused) else f"{type(error).__name__}: {error}"
        phone = message.to.get("phone") or ""
        said = (said.replace(phone, "…") if phone else said)[:LONGEST_ERROR]
        log.warning("channel failed", channel=channel.name, error=said)
        return Result(delivery_id, "", said or "failed")
