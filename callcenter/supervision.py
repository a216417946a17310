"""Supervision: the deadlines of calls. What is due is found in the rows; a miss is recorded once and never hidden."""

from collections.abc import Callable

from callcenter.deadlines import Deadlines
from callcenter.rules.call import Targets, miss
from callcenter.rules.events import Row, call_stream
from callcenter.store.cases import Cases
from callcenter.store.log import Log, Writing

ACTOR = "clock"

Overflow = Callable[[Writing, Row], None]
Missed = Callable[[Writing, Row, str], None]


class Supervision:
    """``on_missed`` is handed in from above and runs in the same transaction as the record of the miss.

    ``overflow`` takes a call that nobody answers beyond the seats.
    """

    def __init__(self, log: Log, cases: Cases, targets: Targets, on_missed: Missed, overflow: Overflow):
        self.targets, self.on_missed, self.overflow = targets, on_missed, overflow
        self.deadlines = Deadlines(log, cases, "calls", self._miss)

    def tick(self, now: str) -> int:
        """Record every call deadline that has passed by ``now``. Returns how many were missed."""
        return self.deadlines.tick(now)

    def _miss(self, w: Writing, row: Row, now: str) -> None:
        if row["next_step"] == "overflow":
            return self.overflow(w, row)
        w.append(call_stream(row["id"]), "DeadlineMissed", miss(row, self.targets, now), ACTOR)
        folded = w.row("calls", row["id"])
        assert folded is not None
        return self.on_missed(w, folded, row["next_step"])
