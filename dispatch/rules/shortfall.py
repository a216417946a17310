"""What the best proposal lacks, and how many are needed: said before anybody relies on it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from dispatch.rules.ranking import Candidate
from dispatch.rules.suitability import URGENT, Need

Shortfall = tuple[str, str | int | list[str], str | int]  # a code of callcenter/pages/reasons.py and what belongs to it
OBSTACLES = (("busy", "so_many_busy"), ("asked", "so_many_asked"))  # state of a candidate -> what is said of them


def shortfall(
    ranked: Sequence[Candidate], need: Need, target_seconds: float | None, gone_seconds: float = 0.0
) -> list[Shortfall]:
    """Why even the best is not good enough, the gravest first; empty when all is well.

    ``target_seconds`` is the promise from the call to the door, ``None`` where there is none; ``gone_seconds`` of it
    have passed.
    """
    able = [one for one in ranked if one.suitable]
    if not able:
        return _nobody(ranked, need)
    found: list[Shortfall] = []
    soonest = min((one.eta_seconds for one in able if one.eta_seconds is not None), default=None)
    if target_seconds is not None and soonest is None:
        found.append(("time_unknown", "", ""))
    elif target_seconds is not None and soonest is not None and gone_seconds + soonest > target_seconds:
        found.append(("nobody_in_time", _minutes(gone_seconds + soonest), _minutes(target_seconds)))
    if all(one.state == "busy" for one in able):
        found.append(("only_interrupting", "", ""))
    for code, reason in (("only_silent", "silent"), ("only_stand_by", "stand_by"), ("only_on_break", "on_break")):
        if all(any(said[0] == reason for said in one.reasons) for one in able):
            found.append((code, "", ""))
    if need.languages and not any(need.languages & one.languages for one in able):
        found.append(("nobody_speaks", min(need.languages), ""))
    if need.carer_sex and all(one.sex != need.carer_sex for one in able):
        found.append(("nobody_of_sex", need.carer_sex, ""))
    return found


def _nobody(ranked: Sequence[Candidate], need: Need) -> list[Shortfall]:
    found: list[Shortfall] = [("nobody_can_go", "", "")]
    here = [one for one in ranked if one.state != "off_shift"]
    if not here:
        found.append(("nobody_on_duty", "", ""))
    lacking = min(need.skills - frozenset[str]().union(*(one.skills for one in here)), default="")
    if here and lacking:
        found.append(("nobody_trained", lacking, ""))
    for state, code in OBSTACLES:
        count = sum(one.state == state for one in here)
        if count:
            found.append((code, count, ""))
    return found


def _minutes(seconds: float) -> int:
    """Upwards: a minute that has begun is needed."""
    return int(-(-seconds // 60))


@dataclass(frozen=True)
class Case:
    """What of a call decides how many must go."""

    voice: bool = True  # somebody has spoken with the person
    lifting: bool = False  # somebody lies and has to be lifted
    severe: bool = False  # the elder can hardly help themselves
    flagged: str = ""  # of the home: aggression or dog
    night: bool = False
    entry_with_key: bool = False  # nobody will open


class Crew(NamedTuple):
    size: int
    reasons: tuple[str, ...] = ()


def crew_size(need: Need, case: Case) -> Crew:
    """One carer, or two and why."""
    facts = (
        ("no_voice", need.priority == URGENT and not case.voice),
        ("heavy", case.lifting and case.severe),
        (case.flagged, bool(case.flagged)),
        ("night_key", case.night and case.entry_with_key and not case.voice),
    )
    reasons = tuple(reason for reason, holds in facts if holds)
    return Crew(2 if reasons else 1, reasons)
