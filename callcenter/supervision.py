"""Supervision: the deadlines of calls. What is due is found in the rows; a miss is recorded once and never hidden."""

from collections.abc import Callable, Mapping

from callcenter.deadlines import Deadlines
from callcenter.rules.call_clock import miss, seconds_late
from callcenter.rules.events import Row, call_stream
from callcenter.rules.in_hand import rang_at
from callcenter.rules.promises import Book
from callcenter.steady import Steady
from callcenter.store.cases import Cases
from callcenter.store.log import Log, Writing

ACTOR = "clock"

Act = Callable[[Writing, Row, bool], None]
Missed = Callable[[Writing, Row, str], None]


class Supervision:
    """``on_missed`` is handed in from above and runs in the same transaction as the record of the miss.

    ``acts``: steps that are no missed promise but something to be done, such as ``overflow``, which takes a call that
    nobody answers beyond the seats; each gets the transaction, the call, and whether it is stale. What is overdue for
    longer than ``stale_seconds`` is recorded, and nobody is sent or rung for it: after a long outage a person must look
    first.
    """

    def __init__(
        self, log: Log, cases: Cases, targets: Book, on_missed: Missed, acts: Mapping[str, Act],
        steady: Steady,
        stale_seconds: float,
    ):  # fmt: skip
        self.targets, self.on_missed, self.acts, self.stale_seconds = targets, on_missed, acts, stale_seconds
        self.deadlines = Deadlines(log, cases, "calls", self._miss, steady)

    def tick(self, now: str) -> int:
        """Record every call deadline that has passed by ``now``. Returns how many were missed."""
        return self.deadlines.tick(now)

    def _miss(self, w: Writing, row: Row, now: str) -> None:
        stale = seconds_late(row["next_due_at"], now) > self.stale_seconds
        if (act := self.acts.get(row["next_step"])) is not None:
            rings_long = row["next_step"] == "overflow" and seconds_late(rang_at(row), now) > self.stale_seconds
            return act(w, row, stale or rings_long)
        w.append(call_stream(row["id"]), "DeadlineMissed", miss(row, self.targets, now), ACTOR)
        folded = w.row("calls", row["id"])
        assert folded is not None
        if not stale:
            self.on_missed(w, folded, row["next_step"])
        return None
