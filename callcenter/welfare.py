"""Welfare as one house: rounds, the operators' list, absences, the daily sign, reminders, tiers, and their clock."""

from collections.abc import Iterable
from zoneinfo import ZoneInfo

from callcenter.absences import Absences
from callcenter.deadlines import Deadlines
from callcenter.ok_checks import OkChecks
from callcenter.reminding import Reminding
from callcenter.ringing import AskVisit, Ringing
from callcenter.rounding import Rounding
from callcenter.rules.call_hours import CallHours
from callcenter.rules.times import Clock, later
from callcenter.steady import Steady
from callcenter.store.away import Away
from callcenter.store.cases import Cases
from callcenter.store.log import Log
from callcenter.store.rounds import Rounds
from callcenter.tiers import Tiers

TICK_SECONDS, LISTEN_SECONDS = 1.0, 10.0


class Welfare:
    """``ask_visit`` sends somebody for a case, in the same transaction; its last argument is in whose name."""

    def __init__(
        self, log: Log, cases: Cases, zone: ZoneInfo, clock: Clock, hours: CallHours, ask_visit: AskVisit,
        steady: Steady,
    ):  # fmt: skip
        self.log, self.zone, self.clock, self.hours = log, zone, clock, hours
        self.rounds, self.away = Rounds(log.database), Away(log.database)
        self.rounding = Rounding(log, self.rounds, zone, hours)
        self.absences = Absences(log, self.away, self.rounding)
        self.ringing = Ringing(cases, self.rounds, zone, hours, ask_visit, self.absences.gone_away)
        self.ok_checks = OkChecks(log, self.rounds, self.rounding, zone)
        self.speaking: frozenset[str] = frozenset()
        self.reminding = Reminding(self.rounding, zone, lambda line: line in self.speaking)
        self.tiers = Tiers()
        acts = {"round_plans": self.rounding.planned, "rounds": self.rounding.clock, "round_calls": self.ringing.clock,
                "absences": self.absences.clock, "ok_checks": self.ok_checks.clock,
                "reminders": self.reminding.clock}  # fmt: skip
        self.deadlines = [Deadlines(log, cases, table, act, steady) for table, act in acts.items()]
        self._ticked = self._listened = ""

    def speaks(self, lines: Iterable[str]) -> None:
        """On these lines devices can be made to show or speak words."""
        self.speaking = frozenset(lines)

    def tick(self, now: str) -> int:
        """Once a second is soon enough for what is counted in minutes. Returns how many deadlines were acted on."""
        if _lately(self._ticked, now, TICK_SECONDS):
            return 0
        self._ticked = now
        self.absences.adopt(now)
        if not _lately(self._listened, now, LISTEN_SECONDS):
            self._listened = now
            self.ok_checks.listen(now)
        return sum(deadlines.tick(now) for deadlines in self.deadlines)


def _lately(at: str, now: str, seconds: float) -> bool:
    """A clock that was set back has not been looked at lately."""
    return bool(at) and at <= now < later(at, seconds)
