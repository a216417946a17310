"""Notices when the machine's clock is set back, and for how long deadlines written before must be judged ahead of it.

Deadlines are moments on the wall. A clock set back by an hour would make everybody who waits wait an hour longer; so
rows written before the step are judged as if the clock had run on, until it has caught up with them.
"""

import time
from collections.abc import Callable

from callcenter.rules.times import seconds_between

NOTICED_SECONDS = 2.0


class Steady:
    """``monotonic`` is a clock nobody sets."""

    def __init__(self, monotonic: Callable[[], float] = time.monotonic):
        self.monotonic = monotonic
        self.last: tuple[str, float] | None = None
        self.ahead, self.until = 0.0, 0.0  # seconds that older rows are ahead of the wall; until when that matters

    def look(self, now: str, newest: str = "") -> float:
        """Seconds by which the clock was just found set back (0: it was not). ``newest``: the log's last moment."""
        tick = self.monotonic()
        step = 0.0
        if self.last is not None:
            wall, then = self.last
            step = (tick - then) - seconds_between(wall, now)
        elif newest:  # set back while we were away: the log has written later than now
            step = seconds_between(now, newest)
        self.last = (now, tick)
        if tick >= self.until:
            self.ahead = 0.0
        if step < NOTICED_SECONDS:
            return 0.0
        self.ahead += step
        self.until = tick + self.ahead
        return step
