"""Which carer should go: the nearest who may, with every reason said.

The cost of a carer is the estimated time to the elder plus penalties in seconds for what is not ideal. Language, sex,
keys and familiarity never rule anybody out, because with hard filters urgent visits came late or found nobody at all.
Ruled out are only those who cannot go: off shift, no longer employed, busy, already asked in this round, or without a
skill the job names. They are listed after the others, so that the operator sees why they were passed over.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from operator import itemgetter
from typing import Annotated, NamedTuple

from annotated_types import Ge

from callcenter.rules.times import seconds_between, stamp
from dispatch.rules.eta import DETOUR, NOTHING, Entrance, Estimator, Eta, Known, Position, Travel
from dispatch.rules.roster import SOON_SECONDS

Reason = tuple[str, str | int]  # ("eta", 6): a code of callcenter/pages/reasons.py and what belongs to it
Likeness = tuple[frozenset[str], str, int, str]  # languages, sex, station, end of a shift that ends soon
Drawbacks = tuple[int, tuple[Reason, ...]]
Penalty = Annotated[int, Ge(0)]
URGENT = 1
ANSWERS = frozenset({"declined", "expired"})


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
    latitude: float | None = None  # where the phone last said it was
    longitude: float | None = None
    position_at: str | None = None
    on_shift: bool = True
    shift_ends_at: str | None = None
    busy_visit: str | None = None  # the active visit that keeps them
    asked: str = ""  # offered, declined or expired, in this round
    active: bool = True
    station_latitude: float | None = None
    station_longitude: float | None = None


class Candidate(NamedTuple):
    carer_id: int
    name: str
    station: str
    sex: str
    travel: str
    languages: frozenset[str]
    skills: frozenset[str]
    eta_seconds: int | None
    metres: int | None
    cost: int
    suitable: bool
    state: str  # free, busy, off_shift, asked
    reasons: tuple[Reason, ...]
    eta_source: str = ""  # who reckoned the time of arrival: one of ``eta.SOURCES``; empty without one
    way: dict[str, str | float] | None = None  # ``Eta.way``: kept with the offer


Weighed = tuple[int, int, int, Carer, Eta | None, str, tuple[Reason, ...]]
"""Place (0 for those who may go), cost, id, then what explains them: these sort into the final order."""


def rank(
    need: Need, carers: Iterable[Carer], now: datetime, travel: Travel, weights: Weights, most: int | None = None,
    known: Known = NOTHING,
) -> list[Candidate]:  # fmt: skip
    """Every carer once: those who may go by cost, then the others with why not; equals by id.

    ``now`` is an aware datetime in the centre's zone, for its hour decides between day and night. ``most`` cuts the
    list after all have been compared; ``known`` is what a road engine and past arrivals say of the ways. Raises
    ``ValueError`` for a means of travel that nobody knows.
    """
    scales = _Scales(need, now, travel, weights, known)
    weighed = sorted(map(scales.weigh, carers), key=itemgetter(0, 1, 2))
    quickest = min((one[4].seconds for one in weighed if one[0] == 0 and one[4]), default=None)
    return [_candidate(one, quickest, known.missed) for one in weighed[:most]]


def _candidate(one: Weighed, quickest: int | None, missed: str) -> Candidate:
    place, cost, _, carer, arrival, state, reasons = one
    if arrival:
        if arrival.source != DETOUR:
            reasons = (("eta_by", arrival.source), *reasons)
        if missed and arrival.by == DETOUR:
            reasons = (*reasons, ("eta_fallback", missed))
        reasons = (("eta", max(1, round(arrival.seconds / 60))), *reasons)
        if place == 0 and arrival.seconds == quickest:
            reasons = (("nearest", ""), *reasons)
    return Candidate(
        carer.id,
        carer.name,
        carer.station,
        carer.sex,
        carer.travel,
        carer.languages,
        carer.skills,
        arrival.seconds if arrival else None,
        arrival.metres if arrival else None,
        cost,
        place == 0,
        state,
        reasons,
        arrival.source if arrival else "",
        arrival.way(carer.travel) if arrival else None,
    )


class _Scales:
    """One need at one moment: what is the same for many carers is worked out once."""

    def __init__(self, need: Need, now: datetime, travel: Travel, weights: Weights, known: Known) -> None:
        self.need = need
        self.weights = weights
        self.now = stamp(now)
        self.fresh_from = stamp(now - timedelta(seconds=travel.position_good_for_seconds))
        self.soon = stamp(now + timedelta(seconds=SOON_SECONDS))
        home = _position(need.latitude, need.longitude)
        self.where: tuple[Reason, ...] = () if home else (("no_home_position", ""),)
        destination = home or _position(need.station_latitude, need.station_longitude)
        entrance = Entrance(need.key_safe, need.floor, need.lift)
        self.estimator = Estimator(destination, now.hour, entrance, travel, known) if destination else None
        self.seen: dict[Likeness, Drawbacks] = {}  # carers who are alike in all that counts share their drawbacks

    def weigh(self, carer: Carer) -> Weighed:
        arrival, where = self._arrival(carer)
        ends_at = carer.shift_ends_at if carer.shift_ends_at and carer.shift_ends_at <= self.soon else ""
        likeness = (carer.languages, carer.sex, carer.station_id, ends_at)
        drawbacks = self.seen.get(likeness)
        if drawbacks is None:
            drawbacks = self.seen[likeness] = self._drawbacks(carer, ends_at)
        penalty, why = drawbacks
        place, state, why_not = self._obstacles(carer)
        time = arrival.seconds if arrival else self.weights.no_position
        return place, time + penalty, carer.id, carer, arrival, state, (*where, *why, *why_not)

    def _arrival(self, carer: Carer) -> tuple[Eta | None, tuple[Reason, ...]]:
        origin, where = None, self.where
        if carer.position_at and carer.position_at >= self.fresh_from:
            origin = _position(carer.latitude, carer.longitude)
        if origin is None:
            origin = _position(carer.station_latitude, carer.station_longitude)
            where = (*where, ("no_position", "") if origin else ("no_eta", ""))
        if origin is None or self.estimator is None:
            return None, where
        return self.estimator.eta(origin, carer.travel), where

    def _drawbacks(self, carer: Carer, ends_at: str) -> Drawbacks:
        """Seconds for what is not ideal, and what that is (with what is good beside it)."""
        need, weights = self.need, self.weights
        reasons: list[Reason] = []
        total = self._language(carer, reasons) + self._keys(carer, reasons)
        if need.carer_sex and carer.sex == need.carer_sex:
            reasons.append(("sex_wish", need.carer_sex))
        elif need.carer_sex:
            reasons.append(("sex_mismatch", need.carer_sex))
            total += weights.sex_intimate if need.intimate else weights.sex
        if ends_at:
            reasons.append(("shift_ending", max(0, round(seconds_between(self.now, ends_at) / 60))))
            total += weights.shift_ends
        return min(total, weights.urgent_cap) if need.priority == URGENT else total, tuple(reasons)

    def _keys(self, carer: Carer, reasons: list[Reason]) -> int:
        """The home's own station knows the home, and may have its key."""
        if self.need.station_id is None:
            return 0
        if carer.station_id == self.need.station_id:
            reasons.append(("same_station", ""))
            return 0
        reasons.append(("other_station", carer.station))
        if not self.need.key_at_station or self.need.key_safe:
            return self.weights.other_station
        reasons.append(("key_needed", ""))
        return self.weights.other_station + self.weights.key_missing

    def _language(self, carer: Carer, reasons: list[Reason]) -> int:
        wanted = self.need.languages
        if not wanted:
            return 0
        shared = wanted & carer.languages
        if shared:
            reasons.append(("language", min(shared)))
            return 0
        reasons.append(("language_missing", min(wanted)))
        return self.weights.language_interpreted if self.weights.interpreter else self.weights.language

    def _obstacles(self, carer: Carer) -> tuple[int, str, tuple[Reason, ...]]:
        """Place in the list (0: may go), state and why not; every obstacle is said, the gravest decides."""
        able = self.need.skills <= carer.skills
        if able and carer.on_shift and carer.active and not carer.busy_visit and not carer.asked:
            return 0, "free", ()
        reasons: list[Reason] = []
        place, state = 1, "free"
        if not able:
            reasons.append(("skill_missing", min(self.need.skills - carer.skills)))
        if carer.asked:
            reasons.append((carer.asked if carer.asked in ANSWERS else "asked", ""))
            place, state = 2, "asked"
        if carer.busy_visit:
            reasons.append(("busy", carer.busy_visit))
            place, state = 3, "busy"
        if not carer.on_shift:
            reasons.append(("off_shift", ""))
            place, state = 4, "off_shift"
        if not carer.active:
            reasons.append(("inactive", ""))
            place, state = 5, "off_shift"
        return place, state, tuple(reasons)


def _position(latitude: float | None, longitude: float | None) -> Position | None:
    if latitude is None or longitude is None:
        return None
    return Position(latitude, longitude)
