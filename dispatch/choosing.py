"""Choosing: what a home needs and what every carer is like at this moment, put before the rules that rank them."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, Protocol
from zoneinfo import ZoneInfo

from callcenter.rules.events import Row
from callcenter.rules.times import seconds_between, stamp
from callcenter.store.bonds import Bonds
from callcenter.store.people import People
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

    def rank(
        self, home_id: int | None, priority: int, busy: Mapping[int, Row], asked: Mapping[int, str], now: datetime,
        call: Row | None = None,
    ) -> list[Candidate]:  # fmt: skip
        """``busy``: the active visit of each carer who has one; ``asked``: what those asked in this round said.

        ``call`` says what a booked service asks of whoever goes, and where to go when that is no home.
        """
        place = self.people.need(home_id) if home_id else _place(call or {})
        home_need = need(place, priority, skills_of(call))
        carers = self.carers(home_id, busy, asked, now)
        local = now.astimezone(self.zone)
        known = self.ways.known(home_need, carers, local)
        return rank(home_need, carers, local, self.settings.travel, self.settings.ranking, known=known)

    def carers(
        self, home_id: int | None, busy: Mapping[int, Row], asked: Mapping[int, str], now: datetime
    ) -> list[Carer]:
        """Everyone, as this home's visit sees them: who is in another home is there, whatever their phone last said."""
        rows = self.people.carers(now)
        there = {one: visit["home_id"] for one, visit in busy.items() if visit["stage"] == ARRIVED}
        places = self.bonds.places(there.values())
        bond, at = self.bonds.of(home_id, now), stamp(now)
        resting, ready = self.duty.on_break(at), {row["id"] for row in self.duty.stand_by(at)}
        found = []
        for row in rows:
            one = row["id"]
            if one in there and there[one] in places:
                row |= {**places[there[one]], "position_at": at}
            more = {
                "knows_home": one in bond.knows, "barred": bond.barred.get(one, ""), "on_break": one in resting,
                "jobs_done": bond.done.get(one, 0), "stand_by": one in ready, **heard(row["seen_at"], at),
            }  # fmt: skip
            found.append(carer(row, busy.get(one), asked.get(one, ""), **more))
        return found

    def match(
        self, waiting: Sequence[Row], busy: Mapping[str, Mapping[int, Row]], now: datetime
    ) -> dict[str, Candidate]:
        """Visit to the carer to ask first, for visits that wait together. ``busy``: as each visit sees the carers."""
        local, homes, ways = now.astimezone(self.zone), [], {}
        taken = next(iter(busy.values()), {})
        carers = self.carers(None, taken, {}, now)
        for visit in waiting:
            home_need = need(self.people.need(visit["home_id"]) if visit["home_id"] else {}, visit["priority"])
            bond = self.bonds.of(visit["home_id"], now)
            asked = {a["carer_id"]: a["result"] for a in visit["asked"] if a["round"] == visit["round"]}
            waited = seconds_between(visit["requested_at"], stamp(now))
            homes.append(Waiting(visit["id"], home_need, waited, asked, bond.barred, frozenset(bond.knows)))
            ways[visit["id"]] = self.ways.known(home_need, carers, local)
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
