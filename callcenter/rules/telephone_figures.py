"""How the telephone was answered: within 15 s, late, in vain. Counted for a day and for each of its hours.

GB/T 33358-2016: answered within 15 s, and at least 95 % answered over any continuous 24 hours. Whoever hung up at once
(less than ``missed_seconds``) is shown and left out of the share: nobody can answer so quickly.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from callcenter.rules.events import Row
from callcenter.rules.telephony import IN, QUICK_SECONDS, RINGING, UNIT, WANTED_SHARE
from callcenter.rules.times import seconds_between


@dataclass(frozen=True, slots=True)
class Figures:
    """Of incoming calls, each stands in one of answered (quick or late), missed, brief and ringing."""

    incoming: int
    quick: int
    late: int
    missed: int
    brief: int
    ringing: int
    rung_back: int  # of the missed
    outgoing: int
    reached: int  # of the outgoing
    longest_wait: float

    @property
    def answered(self) -> int:
        return self.quick + self.late

    @property
    def share(self) -> float | None:
        """接通率: of those who waited for an answer, how many got one."""
        wanted = self.answered + self.missed
        return self.answered / wanted if wanted else None

    @property
    def quick_share(self) -> float | None:
        wanted = self.answered + self.missed
        return self.quick / wanted if wanted else None

    @property
    def kept(self) -> bool:
        return self.share is None or self.share >= WANTED_SHARE


def counted(talks: Sequence[Row]) -> Figures:
    """``talks``: rows of one span, in the order they rang. A missed one was rung back when its case was spoken in."""
    incoming = [row for row in talks if row["direction"] == IN]
    answered = [row for row in incoming if row["answered_at"]]
    quick = [row for row in answered if _waited(row) <= QUICK_SECONDS]
    missed = [row for row in incoming if row["missed"]]
    ringing = [row for row in incoming if row["stage"] == RINGING]
    dialled = [row for row in talks if row["direction"] != IN and row["purpose"] != UNIT]
    return Figures(
        incoming=len(incoming), quick=len(quick), late=len(answered) - len(quick), missed=len(missed),
        brief=len(incoming) - len(answered) - len(missed) - len(ringing), ringing=len(ringing),
        rung_back=sum(rung_back(row, talks) for row in missed), outgoing=len(dialled),
        reached=sum(bool(row["answered_at"]) for row in dialled),
        longest_wait=max((_waited(row) for row in [*answered, *missed]), default=0.0),
    )  # fmt: skip


def rung_back(row: Mapping[str, Any], talks: Iterable[Row]) -> bool:
    """Has anybody spoken in the case of this missed call since?"""
    return any(
        other["call_id"] == row["call_id"] and other["answered_at"] and other["answered_at"] > row["rang_at"]
        for other in talks
        if row["call_id"]
    )


def _waited(row: Row) -> float:
    return seconds_between(row["rang_at"], row["answered_at"] or row["ended_at"])
