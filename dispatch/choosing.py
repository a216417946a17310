"""Choosing: what a home needs and what every carer is like at this moment, put before the rules that rank them."""

from collections.abc import Mapping
from datetime import datetime
from zoneinfo import ZoneInfo

from callcenter.rules.events import Row
from callcenter.store.people import People
from dispatch.rules.ranking import Candidate, Carer, Need, rank
from dispatch.settings import Sending

HELD_HERE = ("站点", "本站", "服务站")  # how people write that the home's own station holds the key


class Choosing:
    """``zone`` is the centre's: day and night differ in how soon a carer is on the way."""

    def __init__(self, people: People, settings: Sending, zone: ZoneInfo):
        self.people, self.settings, self.zone = people, settings, zone

    def rank(
        self, home_id: int | None, priority: int, busy: Mapping[int, Row], asked: Mapping[int, str], now: datetime,
        call: Row | None = None,
    ) -> list[Candidate]:  # fmt: skip
        """``busy``: the active visit of each carer who has one; ``asked``: what those asked in this round said.

        ``call`` says where to go when that is no home: a carer who asks for help in the street.
        """
        home_need = need(self.people.need(home_id) if home_id else _place(call or {}), priority)
        carers = [carer(row, busy.get(row["id"]), asked.get(row["id"], "")) for row in self.people.carers(now)]
        return rank(home_need, carers, now.astimezone(self.zone), self.settings.travel, self.settings.ranking)


def need(home: Row, priority: int) -> Need:
    """A row of ``People.need`` as the rules see it. Only a key that the station itself holds is at the station."""
    station = home.get("station") or ""
    return Need(
        priority=priority,
        latitude=home.get("latitude"),
        longitude=home.get("longitude"),
        station_id=home.get("station_id"),
        languages=frozenset(home.get("languages", ())),
        carer_sex=home.get("carer_sex", ""),
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


def carer(row: Row, visit: Row | None, asked: str) -> Carer:
    """A row of ``People.carers`` as the rules see it."""
    same = ("id", "name", "station_id", "station", "sex", "travel", "latitude", "longitude", "position_at", "on_shift")
    return Carer(
        **{column: row[column] for column in same},
        skills=frozenset(row["skills"]),
        languages=frozenset(row["languages"]),
        shift_ends_at=row["shift_ends_at"],
        busy_visit=visit["id"] if visit else None,
        asked=asked,
        active=row["active"],
        station_latitude=row["station_latitude"],
        station_longitude=row["station_longitude"],
    )
