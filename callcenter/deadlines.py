"""Deadlines that have come are acted on together; when that fails, each alone: one odd row holds up no other."""

import time
from collections.abc import Callable
from typing import Any

import structlog

from callcenter.rules.events import Row, call_stream
from callcenter.rules.times import later
from callcenter.steady import Steady
from callcenter.store.cases import Cases
from callcenter.store.database import StoreUnavailable
from callcenter.store.log import Log, Writing

AT_ONCE, MOST_AHEAD = 200, 5000
MARGIN_SECONDS = 30.0  # what was armed so little ahead of a turn's moment was armed during that turn, not before a step
MOST_ROUNDS, MOST_SECONDS = 50, 5.0  # of one tick; what is left is due again at the next
Act = Callable[[Writing, Row, str], None]
Together = Callable[[Writing, list[Row], str], list[Row]]
log = structlog.get_logger("deadlines")


class Deadlines:
    """The deadlines of one table. ``act`` gets the transaction, the row whose ``next_due_at`` has come, and now.

    ``together`` sees all of them first, when there are several, and says in which order they are acted on.
    """

    def __init__(
        self, log_: Log, cases: Cases, table: str, act: Act, steady: Steady, together: Together | None = None
    ):  # fmt: skip
        self.log, self.cases, self.table, self.act = log_, cases, table, act
        self.steady, self.together = steady, together

    def tick(self, now: str) -> int:
        """Act on every deadline that has passed by ``now``. Returns how many."""
        began, done = time.monotonic(), 0
        for _ in range(MOST_ROUNDS):  # what is done at one deadline may have been due before the next, too
            acted = self._some(now) if self.cases.anything_due(self.table, self._horizon(now)) else 0
            done += acted
            if not acted or time.monotonic() - began > MOST_SECONDS:
                break
        return done

    def _some(self, now: str) -> int:
        """The longest overdue, in one transaction."""
        try:
            with self.log.writing() as w:
                rows = self._found(w.conn, now)
                w.know(self.table, rows)
                w.heads([call_stream(row.get("call_id") or row["id"]) for row in rows])
                if self.together and len(rows) > 1:
                    rows = self.together(w, rows, now)
                return sum(self._act(w, row["id"], now) for row in rows)
        except StoreUnavailable:
            raise
        except Exception:
            log.exception("deadlines could not be acted on together; each is tried alone", table=self.table)
            return self._each_alone(now)

    def _each_alone(self, now: str) -> int:
        with self.log.database.read() as conn:
            keys = [row["id"] for row in self._found(conn, now)]
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
        if row is None or not self._is_due(row, now):
            return False
        self.act(w, row, now if row["next_due_at"] <= now else self._horizon(now))
        return True

    # --- a clock that was set back ------------------------------------------------------------------------------

    def _horizon(self, now: str) -> str:
        return later(now, self.steady.ahead) if self.steady.ahead else now

    def _found(self, conn: Any, now: str) -> list[Row]:
        most = AT_ONCE if not self.steady.ahead else MOST_AHEAD
        rows = self.cases.due(conn, self.table, self._horizon(now), most)
        return [row for row in rows if self._is_due(row, now)]

    def _is_due(self, row: Row, now: str) -> bool:
        """Written before the clock was set back, a deadline is judged by the clock it was written by.

        What does not say when it was armed is an appointment (a booked visit, whom to ring by when): the wall's.
        """
        at, armed_at = row["next_due_at"], row.get("armed_at") or ""
        return at is not None and (at <= now or (at <= self._horizon(now) and armed_at > later(now, MARGIN_SECONDS)))
