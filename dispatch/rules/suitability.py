"""What speaks for and against sending one carer to one home: seconds added, and the few things that rule somebody out.

Language, sex, keys, familiarity, workload, breaks and phones never rule anybody out, because with hard filters urgent
visits came late or found nobody at all. Ruled out is who may not go (barred from this home, suspended, without a
skill the job names), who cannot (off duty, busy), who was asked already, and who would not hear us.
"""

from collections.abc import Callable
from dataclasses import dataclass
from operator import attrgetter
from typing import Annotated, NamedTuple

from annotated_types import Ge

from callcenter.rules.times import seconds_between

Reason = tuple[str, str | int]  # ("eta", 6): a code of callcenter/pages/reasons.py and what belongs to it
Penalty = Annotated[int, Ge(0)]
URGENT, SOON, DIVERTED_FROM = 1, 2, 3
ANSWERS = frozenset({"declined", "expired"})
BARS = frozenset({"conflict", "ban", "allergy", "infection"})  # why a carer may not go to a certain home
STALE, LOST = "stale", "lost"  # how a carer's phone is heard; fresh, or "" where nobody listens, is well
MAY_GO, RESERVE = 0, 1  # places in the list; the silent and those on stand-by go only when nobody else may


@dataclass(frozen=True)
class Weights:
    """Seconds added to the time of arrival for what is not ideal; ``[ranking]`` of config.toml.

    All are our estimates. ``language_interpreted`` holds while an interpreter is on the telephone line.
    """

    language: Penalty = 240
    language_interpreted: Penalty = 60
    interpreter: bool = False
    sex_intimate: Penalty = 240
    sex: Penalty = 60
    key_missing: Penalty = 180
    other_station: Penalty = 60
    shift_ends: Penalty = 60
    knows_home: Penalty = 120  # taken off, for P2 and P3 only: an emergency is not a matter of acquaintance
    interrupt: Penalty = 60  # leaving a visit that can wait, for a P1
    interrupt_soon: Penalty = 600  # for a P2: it has half an hour, so a bath is not broken off to win ten minutes
    workload: Penalty = 10  # for each job done in this shift
    workload_most: Penalty = 60
    on_break: Penalty = 300
    phone_stale: Penalty = 60
    stand_by: Penalty = 300
    urgent_cap: Penalty = 240  # the most that all of them together may add to a P1
    no_position: Penalty = 3600  # stands for the time of arrival of somebody whose place nobody knows


@dataclass(frozen=True)
class Need:
    """What the visit asks for. Positions are WGS-84 degrees."""

    priority: int
    latitude: float | None = None
    longitude: float | None = None
    station_id: int | None = None
    languages: frozenset[str] = frozenset()  # what the elder speaks; one in common is enough; empty: no matter
    carer_sex: str = ""  # F or M when it was wished for
    skills: frozenset[str] = frozenset()  # the job cannot be done without them
    key_safe: bool = False
    floor: int | None = None
    lift: bool | None = None
    intimate: bool = False  # washing, dressing: the sex of the carer weighs more
    key_at_station: bool = False  # the key hangs in the home's own station: others would arrive without it
    station_latitude: float | None = None  # of the home's own station, used when the home has no position
    station_longitude: float | None = None


@dataclass(frozen=True)
class Carer:
    """Everything about one carer that ranking looks at, at one moment."""

    id: int
    name: str
    station_id: int
    station: str
    sex: str = ""
    travel: str = "e_bike"
    skills: frozenset[str] = frozenset()
    languages: frozenset[str] = frozenset({"zh"})
    latitude: float | None = None  # where the phone last said it was; of who is in a home, the home
    longitude: float | None = None
    position_at: str | None = None
    on_shift: bool = True
    shift_ends_at: str | None = None
    busy_visit: str | None = None  # the active visit that keeps them
    busy_priority: int = 1  # of that visit
    interruptible: bool = False  # it may be left for something more urgent
    travelling: bool = False  # they are still on the way to it
    asked: str = ""  # offered, declined or expired, in this round
    active: bool = True
    suspended: bool = False
    barred: str = ""  # from this home: one of BARS
    knows_home: bool = False  # named for it, or was there before
    jobs_done: int = 0  # in this shift
    on_break: bool = False
    stand_by: bool = False  # not on shift, but to be called in for P1 and P2 when nobody on shift may go
    presence: str = ""  # of the phone: fresh, stale, lost; "" when nobody listens for it
    silent_minutes: int = 0  # how long it has been lost
    station_latitude: float | None = None
    station_longitude: float | None = None


class Judgement(NamedTuple):
    """``place``: ``MAY_GO``, ``RESERVE``, then the graver the higher. ``penalty`` in seconds, below 0 for a bonus."""

    place: int
    penalty: int
    state: str  # free, busy, off_shift, asked, barred
    reasons: tuple[Reason, ...]


Likeness = tuple[object, ...]
# Carers who are alike in all of this are judged alike, and only once.
likeness: Callable[[Carer], Likeness] = attrgetter(
    "languages", "sex", "station_id", "station", "skills", "on_shift", "shift_ends_at", "busy_visit", "busy_priority",
    "interruptible", "travelling", "asked", "active", "suspended", "barred", "knows_home", "jobs_done", "on_break",
    "stand_by", "presence", "silent_minutes",
)  # fmt: skip

# What of a need is judged: with equal ones every carer is judged alike, wherever the homes are.
kind_of_need: Callable[[Need], Likeness] = attrgetter(
    "priority", "station_id", "languages", "carer_sex", "skills", "key_safe", "intimate", "key_at_station"
)


def judge(need: Need, carer: Carer, weights: Weights, now: str, soon: str) -> Judgement:
    """``now`` and ``soon`` are stamps; a shift that ends before ``soon`` is said. Where they are is not judged here."""
    place, state, why_not = _obstacles(need, carer)
    total, reasons = 0, NO_REASONS
    for part in PARTS:
        seconds, said = part(need, carer, weights)
        total += seconds
        reasons += said
    for seconds, said in (
        _shift(carer, weights, now, soon),
        _leaving(need, carer, weights) if carer.busy_visit and place <= RESERVE else NOTHING,
    ):
        total += seconds
        reasons += said
    if need.priority == URGENT:
        total = min(total, weights.urgent_cap)
    bonus, good = _acquaintance(need, carer, weights)
    return Judgement(place, total - bonus, state, (*reasons, *good, *why_not))


Part = tuple[int, tuple[Reason, ...]]
NO_REASONS: tuple[Reason, ...] = ()
NOTHING: Part = (0, NO_REASONS)


def _language(need: Need, carer: Carer, weights: Weights) -> Part:
    if not need.languages:
        return NOTHING
    shared = need.languages & carer.languages
    if shared:
        return 0, (("language", min(shared)),)
    missing = weights.language_interpreted if weights.interpreter else weights.language
    return missing, (("language_missing", min(need.languages)),)


def _keys(need: Need, carer: Carer, weights: Weights) -> Part:
    """The home's own station knows the home, and may have its key."""
    if need.station_id is None:
        return NOTHING
    if carer.station_id == need.station_id:
        return 0, (("same_station", ""),)
    if not need.key_at_station or need.key_safe:
        return weights.other_station, (("other_station", carer.station),)
    return weights.other_station + weights.key_missing, (("other_station", carer.station), ("key_needed", ""))


def _sex(need: Need, carer: Carer, weights: Weights) -> Part:
    if not need.carer_sex:
        return NOTHING
    if carer.sex == need.carer_sex:
        return 0, (("sex_wish", need.carer_sex),)
    return weights.sex_intimate if need.intimate else weights.sex, (("sex_mismatch", need.carer_sex),)


def _shift(carer: Carer, weights: Weights, now: str, soon: str) -> Part:
    if not carer.shift_ends_at or carer.shift_ends_at > soon:
        return NOTHING
    return weights.shift_ends, (("shift_ending", max(0, round(seconds_between(now, carer.shift_ends_at) / 60))),)


def _strain(need: Need, carer: Carer, weights: Weights) -> Part:
    """What they have done, whether they rest, whether their phone is heard."""
    seconds, said = 0, NO_REASONS
    if carer.jobs_done:
        seconds += min(carer.jobs_done * weights.workload, weights.workload_most)
        said += (("jobs_done", carer.jobs_done),)
    if carer.on_break:
        seconds += weights.on_break
        said += (("on_break", ""),)
    if carer.presence == STALE:
        seconds += weights.phone_stale
        said += (("phone_stale", ""),)
    if _called_in(need, carer):
        seconds += weights.stand_by
        said += (("stand_by", ""),)
    return seconds, said


def _leaving(need: Need, carer: Carer, weights: Weights) -> Part:
    """Of who may go although they have a visit: the visit waits."""
    said = ("diverted" if carer.travelling else "interruptible", carer.busy_visit or "")
    return weights.interrupt if need.priority == URGENT else weights.interrupt_soon, (said,)


def _acquaintance(need: Need, carer: Carer, weights: Weights) -> Part:
    if not carer.knows_home:
        return NOTHING
    return weights.knows_home if need.priority in (2, 3) else 0, (("knows_home", ""),)


PARTS = (_language, _keys, _sex, _strain)


def _called_in(need: Need, carer: Carer) -> bool:
    return carer.stand_by and not carer.on_shift and need.priority <= SOON


def leaves(need: Need, carer: Carer) -> bool:
    """May this carer be taken from the visit they have? Only for P1 and P2, and only from what is less urgent: when
    that visit may be interrupted, or is a P3 or P4 to which they are still on the way."""
    if need.priority > SOON or carer.busy_priority <= need.priority:
        return False
    return carer.interruptible or (carer.travelling and carer.busy_priority >= DIVERTED_FROM)


def _obstacles(need: Need, carer: Carer) -> tuple[int, str, tuple[Reason, ...]]:
    """Place in the list, state and why not; every obstacle is said, the gravest decides."""
    able, state = need.skills <= carer.skills, "busy" if carer.busy_visit else "free"
    kept = bool(carer.busy_visit) and not leaves(need, carer)
    called_in, mute = _called_in(need, carer), carer.presence == LOST
    here = carer.on_shift or called_in
    hindered = kept or mute or called_in or carer.asked or carer.suspended or carer.barred
    if able and here and carer.active and not hindered:
        return MAY_GO, state, ()
    # (does it hinder, place, state, reason), the gravest last
    facts: tuple[tuple[bool, int, str, Reason], ...] = (
        (mute, RESERVE, state, ("silent", carer.silent_minutes)),
        (not able, 2, state, ("skill_missing", min(need.skills - carer.skills, default=""))),
        (bool(carer.asked), 3, "asked", (carer.asked if carer.asked in ANSWERS else "asked", "")),
        (kept, 4, "busy", ("busy", carer.busy_visit or "")),
        (not here, 5, "off_shift", ("off_shift", "")),
        (not carer.active, 6, "off_shift", ("inactive", "")),
        (carer.suspended, 7, "off_shift", ("suspended", "")),
        (bool(carer.barred), 8, "barred", ("forbidden", carer.barred)),
    )
    hindering = [fact for fact in facts if fact[0]]
    if not hindering:
        return RESERVE, state, ()  # on stand-by: said among the drawbacks
    _, place, state, _ = hindering[-1]
    return place, state, tuple(fact[3] for fact in hindering)
