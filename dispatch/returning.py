"""Coming back: what is said when the clock of this centre was away, or was set back under us.

Every overdue deadline is acted on once, in the order of their due times, by the ordinary tick. This only says so: to
the log, and through it to the supervisors.
"""

from callcenter.rules.events import Body
from callcenter.rules.times import Clock, later, seconds_between, stamp
from callcenter.steady import Steady
from callcenter.store.cases import Cases
from callcenter.store.log import Log

STREAM = "clock"
AWAY_SECONDS = 30.0
STALE_SECONDS = 6 * 3600.0  # what is longer overdue is recorded, but nobody is sent or rung for it: a person must look


class Returning:
    def __init__(self, log: Log, cases: Cases, steady: Steady, clock: Clock):
        self.log, self.cases, self.steady, self.clock = log, cases, steady, clock
        self.started = False

    def tick(self) -> None:
        now = stamp(self.clock())
        if not self.started:
            self._began(now)
            self.started = True
        step = self.steady.look(now)
        if step:
            self._say("ClockSetBack", {"seconds": round(step, 1)})

    def _began(self, now: str) -> None:
        """Once, before the first deadline is acted on."""
        signs = {row["name"]: row["at"] for row in self.cases.signs_of_life()}
        away = seconds_between(signs["dispatcher"], now) if "dispatcher" in signs else 0.0
        step = self.steady.look(now, self.log.newest_at())
        if step:
            self._say("ClockSetBack", {"seconds": round(step, 1)})
        overdue = self.cases.overdue(now, later(now, -STALE_SECONDS))
        if away > AWAY_SECONDS and overdue["count"]:
            body = {"away_seconds": round(away), "overdue": overdue["count"], "stale": overdue["stale"],
                    "worst_seconds": round(seconds_between(overdue["oldest_at"], now))}  # fmt: skip
            self._say("ClockReturned", body)

    def _say(self, kind: str, body: Body) -> None:
        with self.log.writing() as w:
            w.append(STREAM, kind, body, STREAM)
