"""Deadlines that have come are acted on together; when that fails, each alone: one odd row holds up no other."""

from collections.abc import Callable

import structlog

from callcenter.rules.events import Row
from callcenter.store.cases import Cases
from callcenter.store.database import StoreUnavailable
from callcenter.store.log import Log, Writing

AT_ONCE = 100
Act = Callable[[Writing, Row, str], None]
log = structlog.get_logger("deadlines")


class Deadlines:
    """The deadlines of one table. ``act`` gets the transaction, the row whose ``next_due_at`` has come, and now."""

    def __init__(self, log_: Log, cases: Cases, table: str, act: Act):
        self.log, self.cases, self.table, self.act = log_, cases, table, act

    def tick(self, now: str) -> int:
        """Act on every deadline that has passed by ``now``. Returns how many."""
        if not self.cases.anything_due(self.table, now):
            return 0
        try:
            with self.log.writing() as w:
                rows = self.cases.due(w.conn, self.table, now, AT_ONCE)
                w.know(self.table, rows)
                for row in rows:
                    self.act(w, row, now)
            return len(rows)
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
                row = w.row(self.table, key)
                if row is None or row["next_due_at"] is None or row["next_due_at"] > now:
                    return False
                self.act(w, row, now)
        except StoreUnavailable:
            raise
        except Exception:
            log.exception("a deadline could not be acted on; it stays due", table=self.table, row=key)
            return False
        return True
