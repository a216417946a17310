"""Deadlines that have come are acted on together; when that fails, each alone: one odd row holds up no other."""

import time
from collections.abc import Callable, Sequence

import structlog

from callcenter.rules.events import Row
from callcenter.store.cases import Cases
from callcenter.store.database import StoreUnavailable
from callcenter.store.log import Log, Writing

AT_ONCE = 200
MOST_ROUNDS, MOST_SECONDS = 50, 5.0  # of one tick; what is left is due again at the next
Act = Callable[[Writing, Row, str], None]
Together = Callable[[Writing, Sequence[Row], str], None]
log = structlog.get_logger("deadlines")


class Deadlines:
    """The deadlines of one table. ``act`` gets the transaction, the row whose ``next_due_at`` has come, and now.

    ``together`` sees all of them first, when there are several.
    """

    def __init__(
        self, log_: Log, cases: Cases, table: str, act: Act, together: Together = lambda _w, _rows, _now: None
    ):
        self.log, self.cases, self.table, self.act, self.together = log_, cases, table, act, together

    def tick(self, now: str) -> int:
        """Act on every deadline that has passed by ``now``. Returns how many."""
        began, done = time.monotonic(), 0
        for _ in range(MOST_ROUNDS):  # what is done at one deadline may have been due before the next, too
            acted = self._some(now) if self.cases.anything_due(self.table, now) else 0
            done += acted
            if not acted or time.monotonic() - began > MOST_SECONDS:
                break
        return done

    def _some(self, now: str) -> int:
        """The longest overdue, in one transaction."""
        try:
            with self.log.writing() as w:
                rows = self.cases.due(w.conn, self.table, now, AT_ONCE)
                w.know(self.table, rows)
                if len(rows) > 1:
                    self.together(w, rows, now)
                return sum(self._act(w, row["id"], now) for row in rows)
        except StoreUnavailable:
            raise
        except Exception:
            log.exception("deadlines could not be acted on together; each is tried alone", table=self.table)
            return self._each_alone(now)

    def _each_alone(self, now: str) -> int:
        with self.log.database.read() as conn:
            keys = [row["id"] for row in self.cases.due(conn, self.table, now, AT_ONCE)]
        return sum(self._alone(key, now) for key in keys)

    def _alone(self, key: str, now: str) -> bool:
        try:
            with self.log.writing() as w:
                return self._act(w, key, now)
        except StoreUnavailable:
            raise
        except Exception:
            log.exception("a deadline could not be acted on; it stays due", table=self.table, row=key)
            return False

    def _act(self, w: Writing, key: str, now: str) -> bool:
        """Acts on the row as it is by now: what was done for another may have moved its deadline on."""
        row = w.row(self.table, key)
        if row is None or row["next_due_at"] is None or row["next_due_at"] > now:
            return False
        self.act(w, row, now)
        return True
