"""Choosing: what a home needs and what every carer is like at this moment, put before the rules that rank them."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from functools import cached_property
from typing import Any, Protocol
from zoneinfo import ZoneInfo

from callcenter.rules.events import Row
from callcenter.rules.times import seconds_between, stamp
from callcenter.store.bonds import Bond, Bonds
from callcenter.store.people import People
from dispatch.rules.eta import Known
from dispatch.rules.matching import Waiting, match
from dispatch.rules.presence import presence
from dispatch.rules.ranking import Candidate, Carer, Need, rank
from dispatch.rules.shortfall import Case, Shortfall, crew_size, shortfall
from dispatch.rules.suitability import LOST
from dispatch.rules.visit import ARRIVED, GOING, UNDERWAY
from dispatch.settings import Sending
from dispatch.ways import Ways

URGENT_FROM = 2  # this priority or a graver one
HELD_HERE = ("站点", "本站", "服务站")  # how people write that the home's own station holds the key
UNHEARD_SECONDS = 60.0  # a call that nobody has answered by then counts as one without a voice
A_DOG = "狗"  # in the way in


class OnDuty(Protocol):
    """What the roster knows beyond the shifts, at a stamp."""

    def on_break(self, at: str) -> Mapping[int, Any]:
        """By carer."""

    def stand_by(self, at: str) -> Iterable[Mapping[str, Any]]:
        """Rows with the ``id`` of a carer."""


class NobodyRests:
    """Where no roster is kept."""

    def on_break(self, at: str) -> Mapping[int, Any]:
        return {}

    def stand_by(self, at: str) -> Iterable[Mapping[str, Any]]:
        return ()


class Choosing:
    """``zone`` is the centre's: day and night differ in how soon a carer is on the way."""

    def __init__(self, people: People, settings: Sending, zone: ZoneInfo, duty: OnDuty | None = None):
        self.people, self.settings, self.zone, self.duty = people, settings, zone, duty or NobodyRests()
        self.bonds = Bonds(people.database)
        self.ways = Ways(people.database, settings, zone)

    def look(self, now: datetime) -> "Look":
        """For several choices of one transaction: what they all look at is read once."""
        return Look(self, now)

    def rank(
        self, home_id: int | None, priority: int, busy: Mapping[int, Row], asked: Mapping[int, str], look: "Look",
        call: Row | None = None,
    ) -> list[Candidate]:  # fmt: skip
        """``busy``: the active visit of each carer who has one; ``asked``: what those asked in this round said.

        ``call`` says what a booked service asks of whoever goes, and where to go when that is no home.
        """
        place = look.need(home_id) if home_id else _place(call or {})
        home_need = need(place, priority, skills_of(call))
        asks = (home_id, home_need, frozenset(asked.items()), frozenset(_keeps(one, row) for one, row in busy.items()))
        if asks not in look.ranked:
            carers = self.carers(home_id, busy, asked, look)
            local = look.now.astimezone(self.zone)
            known = look.known(home_need, carers, local)
            ranked = rank(home_need, carers, local, self.settings.travel, self.settings.ranking, known=known)
            look.ranked[asks] = ranked
        return list(look.ranked[asks])

    def carers(
        self, home_id: int | None, busy: Mapping[int, Row], asked: Mapping[int, str], look: "Look"
    ) -> list[Carer]:
        """Everyone, as this home's visit sees them: who is in another home is there, whatever their phone last said."""
        there = {one: visit["home_id"] for one, visit in busy.items() if visit["stage"] == ARRIVED}
        places = self.bonds.places(there.values())
        bond, at = look.bond(home_id), look.at
        found = []
        for row in look.rows:
            one = row["id"]
            if one in there and there[one] in places:
                row = {**row, **places[there[one]], "position_at": at}
            more = {
                "knows_home": one in bond.knows, "barred": bond.barred.get(one, ""), "on_break": one in look.resting,
                "jobs_done": bond.done.get(one, 0), "stand_by": one in look.ready, **heard(row["seen_at"], at),
            }  # fmt: skip
            found.append(carer(row, busy.get(one), asked.get(one, ""), **more))
        return found

    def match(
        self, waiting: Sequence[Row], busy: Mapping[str, Mapping[int, Row]], look: "Look"
    ) -> dict[str, Candidate]:
        """Visit to the carer to ask first, for visits that wait together. ``busy``: as each visit sees the carers."""
        local, homes, ways = look.now.astimezone(self.zone), [], {}
        taken = next(iter(busy.values()), {})
        carers = self.carers(None, taken, {}, look)
        for visit in waiting:
            home_need = need(look.need(visit["home_id"]) if visit["home_id"] else {}, visit["priority"])
            bond = look.bond(visit["home_id"])
            asked = {a["carer_id"]: a["result"] for a in visit["asked"] if a["round"] == visit["round"]}
            waited = seconds_between(visit["requested_at"], look.at)
            homes.append(Waiting(visit["id"], home_need, waited, asked, bond.barred, frozenset(bond.knows)))
            ways[visit["id"]] = look.known(home_need, carers, local)
        return match(homes, carers, local, self.settings.travel, self.settings.ranking, ways)

    def missing(self, call: Row, ranked: Sequence[Candidate], target: float | None, now: datetime) -> list[Shortfall]:
        """What even the best proposal for a call lacks; ``target``: seconds promised from the call to the door."""
        home = self.people.need(call["home_id"]) if call["home_id"] else {}
        home_need = need(home, call["priority"])
        local = now.astimezone(self.zone)
        gone = seconds_between(call["opened_at"], stamp(now))
        crew = crew_size(home_need, case(home, call, gone, self.settings.travel.night(local.hour)))
        two: list[Shortfall] = [("two_needed", list(crew.reasons), "")] if crew.size > 1 else []
        return [*shortfall(ranked, home_need, target, max(0.0, gone)), *two]


class Look:
    """Who works where at one moment, and what homes ask: each read once. Whoever writes is alone with the store, so
    that nothing of this changes while they choose; who is busy and who was asked is not of this."""

    def __init__(self, choosing: Choosing, now: datetime):
        self.choosing, self.now, self.at = choosing, now, stamp(now)
        self._needs: dict[int, Row] = {}
        self._bonds: dict[int | None, Bond] = {}
        self._known: dict[Any, Known] = {}
        self.ranked: dict[Any, list[Candidate]] = {}  # what was asked to what came of it

    @cached_property
    def rows(self) -> list[Row]:
        return self.choosing.people.carers(self.now)

    @cached_property
    def resting(self) -> Mapping[int, Any]:
        return self.choosing.duty.on_break(self.at)

    @cached_property
    def ready(self) -> frozenset[int]:
        return frozenset(row["id"] for row in self.choosing.duty.stand_by(self.at))

    def need(self, home_id: int) -> Row:
        if home_id not in self._needs:
            self._needs[home_id] = self.choosing.people.need(home_id)
        return self._needs[home_id]

    def bond(self, home_id: int | None) -> Bond:
        if home_id not in self._bonds:
            self._bonds[home_id] = self.choosing.bonds.of(home_id, self.now)
        return self._bonds[home_id]

    def known(self, home: Need, carers: Sequence[Carer], local: datetime) -> Known:
        """The ways to one place from where these are; a road engine is asked anew when somebody is elsewhere."""
        whence = tuple((one.id, one.latitude, one.longitude) for one in carers)
        key = (home.latitude, home.longitude, home.station_latitude, home.station_longitude, home.station_id, whence)
        if key not in self._known:
            self._known[key] = self.choosing.ways.known(home, carers, local)
        return self._known[key]


def _keeps(carer_id: int, visit: Row) -> tuple[Any, ...]:
    """All that a visit its carer is on, or is asked about, means for who is chosen."""
    return carer_id, visit["id"], visit["stage"], visit["home_id"], visit["priority"], visit["interruptible"]


def skills_of(call: Row | None) -> frozenset[str]:
    """What the booked service of a call asks of whoever goes. Once it is urgent, anybody is better than nobody."""
    service = call["service"] if call and call["priority"] > URGENT_FROM else None
    return frozenset(service["skills"] if service else ())


def need(home: Row, priority: int, skills: frozenset[str] = frozenset()) -> Need:
    """A row of ``People.need`` as the rules see it. Only a key that the station itself holds is at the station."""
    station = home.get("station") or ""
    return Need(
        priority=priority,
        latitude=home.get("latitude"),
        longitude=home.get("longitude"),
        station_id=home.get("station_id"),
        languages=frozenset(home.get("languages", ())),
        carer_sex=home.get("carer_sex", ""),
        skills=skills,
        key_safe=bool(home.get("key_safe")),
        floor=home.get("floor"),
        lift=home.get("lift"),
        key_at_station=any(word in home.get("key_holder", "") for word in (*HELD_HERE, station) if word),
        station_latitude=home.get("station_latitude"),
        station_longitude=home.get("station_longitude"),
    )


def _place(call: Row) -> Row:
    north, east = call.get("position") or (None, None)
    return {"latitude": north, "longitude": east, "station_id": call.get("station_id")}


def carer(row: Row, visit: Row | None, asked: str, **more: Any) -> Carer:
    """A row of ``People.carers`` as the rules see it; ``more`` is what else is known of them."""
    same = ("id", "name", "station_id", "station", "sex", "travel", "latitude", "longitude", "position_at", "on_shift")
    return Carer(
        **{column: row[column] for column in same},
        skills=frozenset(row["skills"]),
        languages=frozenset(row["languages"]),
        shift_ends_at=row["shift_ends_at"],
        busy_visit=visit["id"] if visit else None,
        busy_priority=visit["priority"] if visit else 1,
        interruptible=bool(visit and visit["stage"] in GOING and visit["interruptible"]),
        travelling=bool(visit and visit["stage"] in UNDERWAY),
        asked=asked,
        active=row["active"],
        station_latitude=row["station_latitude"],
        station_longitude=row["station_longitude"],
        **more,
    )


def heard(seen_at: str | None, now: str) -> Row:
    """How the phone is heard. One that never spoke belongs to somebody who is telephoned, and is not silent."""
    if not seen_at:
        return {}
    how = presence(seen_at, now)
    return {"presence": how, "silent_minutes": int(seconds_between(seen_at, now) // 60) if how == LOST else 0}


def case(home: Row, call: Row, gone: float, night: bool) -> Case:
    """What is known of a call that decides how many must go; ``gone`` seconds after it came."""
    way_in = home.get("way_in") or ""
    return Case(
        voice=call["answered_at"] is not None or gone < UNHEARD_SECONDS,
        flagged="dog" if A_DOG in way_in else "",
        night=night,
        entry_with_key=bool(home.get("key_safe") or home.get("key_holder")),
    )
