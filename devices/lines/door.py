"""What the lines are handed from above, and what a conversation is handed from its transport."""

from collections.abc import Callable
from datetime import datetime
from typing import Protocol

from devices.signal import Garbled, Message, Position

Clock = Callable[[], datetime]


class Door(Protocol):
    """Where heard frames go. Every method returns at once and may be called from any thread."""

    def heard(
        self, line: str, protocol: str, peer: str, message: Message | Garbled, done: Callable[[bool], None]
    ) -> bool:
        """Take one frame. False when full: the same frame is offered again later and the peer is not read meanwhile.

        ``done(kept)`` is called once, on the lines' event loop (see ``Lines.deliver``), when the frame is on disk
        (True: it is acknowledged) or will not be (False: it is not, so the device repeats).
        """

    def alive(self, line: str, account: str, position: Position | None = None, battery: int | None = None) -> None:
        """A heartbeat, already answered. ``account`` is empty when the line itself says it lives."""

    def state(self, line: str, state: str, detail: str) -> None:
        """``state`` is ``up``, ``down`` (port gone, address taken) or ``silent`` (open, but no good frame for long)."""


class Wire(Protocol):
    """What a conversation can do to its peer. Nothing here fails when the peer has gone."""

    def send(self, data: bytes) -> None: ...

    def pause(self) -> None:
        """Read no more from this peer until ``resume``."""

    def resume(self) -> None: ...

    def greeted(self) -> None:
        """A good frame has come from this peer."""

    def finish(self) -> None:
        """The peer has ended, and everything it said is kept and answered: let it go."""
