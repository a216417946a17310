"""Follows the log with a mark of its own: each event is acted on once, by whichever process comes first.

What follows from an event is written in the transaction that moves the mark, so that none is left out and none done
twice. One that cannot be acted on must not hold up the others for ever: then each is tried alone.
"""

from collections.abc import Callable, Sequence

import structlog

from callcenter.rules.events import Event
from callcenter.store.database import StoreUnavailable
from callcenter.store.log import Log, Writing

Act = Callable[[Writing, Sequence[Event]], None]
log = structlog.get_logger("following")


class Follower:
    """``name`` is that of the mark; see ``store/tables.py``, ``followers``."""

    def __init__(self, log_: Log, name: str):
        self.log, self.name = log_, name

    def reached(self) -> int:
        """The seq of the last event that was acted on or passed over (0: none yet)."""
        return self.log.followed_to(self.name)

    def take(self, events: Sequence[Event], until: int, act: Act) -> int:
        """Act on those of these that nobody has acted on, and move the mark to ``until``. Returns where it stands
        now: another may have come further. Raises ``StoreUnavailable``; then nothing was acted on."""
        try:
            return self._together(events, until, act)
        except StoreUnavailable:
            raise
        except Exception:
            log.exception("events could not be acted on together; each is tried alone", follower=self.name)
            for event in events:
                self._alone(event, act)
            return self._together((), until, act)

    def _together(self, events: Sequence[Event], until: int, act: Act) -> int:
        with self.log.writing() as w:
            marked = self.log.followed_in(w.conn, self.name)
            if new := [event for event in events if event.seq > marked]:
                act(w, new)
            if until > marked:
                self.log.note_followed(w.conn, self.name, until)
        return max(marked, until)

    def _alone(self, event: Event, act: Act) -> None:
        try:
            self._together((event,), event.seq, act)
        except StoreUnavailable:
            raise
        except Exception:
            log.exception("an event could not be acted on", follower=self.name, seq=event.seq, kind=event.kind)
