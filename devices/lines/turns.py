"""Whose turn it is: talkative peers share the event loop in small slices, so that one press among floods is heard.

A peer that has been quiet for a moment is heard at once. One that goes on talking queues up behind the others, and the
queue gets a few milliseconds of each round of the loop, and only while few frames wait at the door: else a quiet
peer's press would stand behind all that the talkative ones have ready. A peer whose frame the door had no room for
waits outside the queue and tries again.
"""

import asyncio
from collections import deque
from typing import Protocol

import structlog

ROUND_SECONDS = 0.002  # of one round of the loop, spent on talkative peers
CROWD = 100  # frames at the door, beyond which talkative peers wait; two commits of the gateway keep its writer busy
QUIET_SECONDS = 0.02  # after this long without a turn a peer counts as quiet
RETRY_SECONDS = 0.05  # until the door is asked again whether there is room

log = structlog.get_logger("lines")


class Talker(Protocol):
    queued: bool
    turn_at: float  # loop time of the last turn, or of the last frame that was kept for it

    def turn(self) -> bool:
        """Do a little work; True when more is left."""


class Turns:
    def __init__(self, loop: asyncio.AbstractEventLoop):
        self._loop = loop
        self._queue: deque[Talker] = deque()
        self._outside: list[Talker] = []
        self._running = False
        self._at_door = 0

    def ask(self, talker: Talker) -> None:
        """Something is there to be done: at once for a quiet one, in turn for the others."""
        if not talker.queued and self._loop.time() - talker.turn_at >= QUIET_SECONDS:
            self._give(talker)
        else:
            self._join(talker)

    def when_room(self, talker: Talker) -> None:
        """The door was full: this one is given a turn again in a moment, in the order of asking."""
        if talker.queued:
            return
        talker.queued = True
        if not self._outside:
            self._loop.call_later(RETRY_SECONDS, self._come_in)
        self._outside.append(talker)

    def _come_in(self) -> None:
        waiting, self._outside = self._outside, []
        for talker in waiting:
            talker.queued = False
            self._join(talker)

    def at_door(self, more: int) -> None:
        """So many frames more (or fewer) are with the door now."""
        self._at_door += more
        self._run()

    def _join(self, talker: Talker) -> None:
        if talker.queued:
            return
        talker.queued = True
        self._queue.append(talker)
        self._run()

    def _run(self) -> None:
        if not self._running and self._queue and self._at_door < CROWD:
            self._running = True
            self._loop.call_soon(self._round)

    def _round(self) -> None:
        until = self._loop.time() + ROUND_SECONDS
        while self._queue and self._at_door < CROWD:
            talker = self._queue.popleft()
            talker.queued = False
            self._give(talker)
            if self._loop.time() > until:
                break
        self._running = False
        self._run()

    def _give(self, talker: Talker) -> None:
        try:
            more = talker.turn()
        except Exception:
            log.exception("a peer's turn failed; it is tried again and the others go on")
            talker.turn_at = self._loop.time()
            self.when_room(talker)
            return
        talker.turn_at = self._loop.time()
        if more:
            self._join(talker)
