"""Opens the lines of config.toml on the running event loop, watches them, and closes them without losing a frame."""

import asyncio
import contextlib
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from dataclasses import asdict
from datetime import UTC, datetime

import structlog

from devices.codecs.registry import CODECS
from devices.lines.door import Clock, Door
from devices.lines.entrance import Seats
from devices.lines.line import Line
from devices.lines.mqtt import MqttLine
from devices.lines.serial import SerialLine
from devices.lines.switchboard import Answered, Handed, Switchboard
from devices.lines.tcp import TcpLine
from devices.lines.turns import Turns
from devices.lines.udp import UdpLine
from devices.settings import LineSettings
from devices.signal import Keys, Order

LONGEST_WATCH_SECONDS = 1.0
log = structlog.get_logger("lines")

Carrier = TcpLine | UdpLine | SerialLine | MqttLine
CARRIERS: dict[str, Callable[[Line, Seats], Carrier]] = {
    "tcp": TcpLine,
    "udp": lambda line, _: UdpLine(line),
    "serial": lambda line, _: SerialLine(line),
    "mqtt": lambda line, _: MqttLine(line),
}


class Lines:
    """All open lines. Made by ``open_lines``."""

    def __init__(self, settings: Sequence[LineSettings], keys: Keys, door: Door, clock: Clock):
        self._loop = asyncio.get_running_loop()
        turns, self._switchboard, self._seats = Turns(self._loop), Switchboard(), Seats()
        self._carriers: dict[str, Carrier] = {}
        for one in settings:
            line = Line(one, CODECS[one.protocol], keys, door, clock, turns, self._loop, self._switchboard)
            self._carriers[one.name] = CARRIERS[one.transport](line, self._seats)
        self._watching: asyncio.Task[None] | None = None

    async def open(self) -> None:
        self._seats.provide(
            sum(c.line.settings.max_connections for c in self._carriers.values() if isinstance(c, TcpLine))
        )
        for carrier in self._carriers.values():
            await carrier.open()
        self._watching = asyncio.create_task(self._watch())

    async def _watch(self) -> None:
        each = [carrier.line.settings for carrier in self._carriers.values()]
        limits = [s.greeting_seconds for s in each] + [s.idle_seconds for s in each]
        limits += [c.line.silent_seconds for c in self._carriers.values() if c.line.silent_seconds]
        pause = min([LONGEST_WATCH_SECONDS, *(limit / 4 for limit in limits)])
        while True:
            await asyncio.sleep(pause)
            for carrier in self._carriers.values():
                carrier.watch()
                carrier.line.watch()

    def deliver(self, calls: Sequence[Callable[[], None]]) -> None:
        """Run these on the lines' event loop; from any thread. The gateway's writer calls ``done`` this way."""
        with contextlib.suppress(RuntimeError):  # the loop is closed, and with it all peers
            self._loop.call_soon_threadsafe(_run, calls)

    def order(self, account: str, order: Order, answered: Answered, patience: float = 5.0) -> Handed:
        """Say an operator's order to a device that is connected now; from any thread but the lines' own.

        ``answered(taken)`` is called on the lines' event loop if the device ever answers.
        """
        handed: Future[Handed] = Future()

        def hand() -> None:
            try:
                handed.set_result(self._switchboard.order(account, order, answered))
            except Exception as error:
                handed.set_exception(error)

        try:
            self._loop.call_soon_threadsafe(hand)
        except RuntimeError:  # the loop is closed, and with it all peers
            return "not_connected"
        return handed.result(patience)

    def port(self, name: str) -> int:
        """The port a line listens on; 0 for a serial or MQTT line, or while the line is down."""
        return self._carriers[name].port

    def states(self) -> dict[str, str]:
        return {name: carrier.line.state for name, carrier in self._carriers.items()}

    def figures(self) -> dict[str, dict[str, int]]:
        """Line -> what was counted -> how often, for ``/metrics`` (names: ``devices.lines.line.LineTally``)."""
        return {name: asdict(carrier.line.tally) for name, carrier in self._carriers.items()}

    async def close(self, grace: float = 2.0) -> None:
        """Read nothing more, give the door ``grace`` seconds to keep what was said, acknowledge it, then hang up."""
        if self._watching:
            self._watching.cancel()
        for carrier in self._carriers.values():
            carrier.stop()
        until = self._loop.time() + grace
        while any(carrier.busy for carrier in self._carriers.values()) and self._loop.time() < until:
            await asyncio.sleep(0.01)
        for carrier in self._carriers.values():
            await carrier.close()
            if carrier.line.capture:
                await self._loop.run_in_executor(None, carrier.line.capture.close)


async def open_lines(
    settings: Sequence[LineSettings], keys: Keys, door: Door, *, clock: Clock = lambda: datetime.now(UTC)
) -> Lines:
    """Open every line. ``keys`` gives an account's AES key or None. A line that cannot be opened is ``down`` and
    keeps trying; the others work meanwhile."""
    lines = Lines(settings, keys, door, clock)
    await lines.open()
    return lines


def _run(calls: Sequence[Callable[[], None]]) -> None:
    for call in calls:
        try:
            call()
        except Exception:
            log.exception("an acknowledgement failed")
