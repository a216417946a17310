"""Whose turn it is: talkative peers share the event loop in small slices, so that one press among floods is heard.

Three sorts of peers. One that has been quiet for a moment is heard at once. One that goes on talking, but waits for its
answers, queues up behind the others; the queue gets a few milliseconds of each round of the loop, and only while few
frames wait at the door. One that says more than a turn can hear, or comes from a host of which only nonsense was heard
lately, floods: floods get a millisecond now and then, and the loop rests in between, because the thread that keeps
frames needs the interpreter too; and they may have only a handful of frames at the door, because a quiet peer's press
waits for the commit that is running. A peer whose frame the door had no room for waits outside and tries again.
"""

import asyncio
from collections import deque
from typing import Protocol

import structlog

ROUND_SECONDS = 0.002  # of one round of the loop, spent on talkative peers
CROWD = 100  # frames at the door, beyond which talkative peers wait; two commits of the gateway keep its writer busy
FLOOD_SECONDS = 0.001  # at a time, spent on floods
REST_SECONDS = 0.004  # between two such times
FLOOD_CROWD = 2  # frames at the door, beyond which floods wait
QUIET_SECONDS = 0.02  # after this long without a turn a peer counts as quiet
RETRY_SECONDS = 0.05  # until the door is asked again whether there is room

log = structlog.get_logger("lines")


class Talker(Protocol):
    queued: bool
    turn_at: float  # loop time of the last turn, or of the last frame that was kept for it

    def turn(self) -> bool:
        """Do a little work; True when more is left."""

    def floods(self, now: float) -> bool:
        """Its last turns did not hear all it had to say, or nothing sensible is to be expected."""


class Turns:
    def __init__(self, loop: asyncio.AbstractEventLoop):
        self._loop = loop
        self._queue: deque[Talker] = deque()
        self._floods: deque[Talker] = deque()
        self._outside: list[Talker] = []
        self._running = self._resting = self._flooding = False
        self._at_door = self._floods_at_door = 0

    def ask(self, talker: Talker) -> None:
        """Something is there to be done: at once for a quiet one, in turn for the others."""
        now = self._loop.time()
        if not talker.queued and now - talker.turn_at >= QUIET_SECONDS and not talker.floods(now):
            self._give(talker)
        else:
            self._join(talker, now)

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
            self._join(talker, self._loop.time())

    def to_door(self) -> bool:
        """One frame more is with the door; says whether it counts as a flood's, for ``from_door``."""
        if self._flooding:
            self._floods_at_door += 1
        else:
            self._at_door += 1
        return self._flooding

    def from_door(self, flood: bool) -> None:
        """The door is done with one."""
        if flood:
            self._floods_at_door -= 1
        else:
            self._at_door -= 1
        self._run()

    def _join(self, talker: Talker, now: float) -> None:
        if talker.queued:
            return
        talker.queued = True
        (self._floods if talker.floods(now) else self._queue).append(talker)
        self._run()

    def _run(self) -> None:
        if not self._running and self._queue and self._at_door < CROWD:
            self._running = True
            self._loop.call_soon(self._round)
        if not self._resting and self._floods and self._floods_at_door < FLOOD_CROWD:
            self._resting = True
            self._loop.call_later(REST_SECONDS, self._flood_round)

    def _round(self) -> None:
        now = self._loop.time()
        until = now + ROUND_SECONDS
        while self._queue and self._at_door < CROWD and now < until:
            now = self._give(_next(self._queue))
        self._running = False
        self._run()

    def _flood_round(self) -> None:
        self._flooding, now = True, self._loop.time()
        until = now + FLOOD_SECONDS
        while self._floods and self._floods_at_door < FLOOD_CROWD and now < until:
            now = self._give(_next(self._floods))
        self._flooding = self._resting = False
        self._run()

    def _give(self, talker: Talker) -> float:
        """The loop time after it."""
        try:
            more = talker.turn()
        except Exception:
            log.exception("a peer's turn failed; it is tried again and the others go on")
            talker.turn_at = self._loop.time()
            self.when_room(talker)
            return talker.turn_at
        talker.turn_at = self._loop.time()
        if more:
            self._join(talker, talker.turn_at)
        return talker.turn_at


def _next(queue: deque[Talker]) -> Talker:
    talker = queue.popleft()
    talker.queued = False
    return talker
