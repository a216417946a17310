"""Whom a rung asks who is no carer: heads of stations (or their telephone), supervisors."""

from collections.abc import Callable, Mapping

from callcenter.rules.events import Row
from callcenter.store.log import Writing
from callcenter.store.people import People
from callcenter.store.users import Users
from dispatch.asking import NEIGHBOURS, Resolver


class Whom:
    """Every answer is a list of ``{role, id, name, phone}``; an empty one lets the ladder go on at once."""

    def __init__(self, people: People, users: Users):
        self.people, self.users = people, users

    def resolvers(self) -> Mapping[str, Resolver]:
        return {
            "station_head": self._at_home(lambda own: [own]),
            "neighbour_heads": self._at_home(lambda own: self.people.stations.near(own, NEIGHBOURS)),
            "supervisor": lambda _w, _visit: self.supervisors(),
        }

    def supervisors(self) -> list[Row]:
        return [_person(user, "supervisor") for user in self.users.on_duty("supervisor")]

    def station_phones(self, station_id: int | None) -> list[Row]:
        """The telephone of a station, as somebody who can be rung."""
        station = self.people.stations.one(station_id) if station_id else None
        if not station or not station["phone"]:
            return []
        return [{"role": "station", "id": station["id"], "name": station["name"], "phone": station["phone"]}]

    def heads(self, station_ids: list[int]) -> list[Row]:
        """The heads of these stations; where nobody is named, the station's telephone."""
        named = [user for user in self.users.on_duty("head") if user["station_id"] in station_ids]
        without = [one for one in station_ids if all(user["station_id"] != one for user in named)]
        found = [_person(user, "head") for user in named]
        return found + [phone for one in without for phone in self.station_phones(one)]

    def _at_home(self, stations: Callable[[int], list[int]]) -> Resolver:
        def resolve(_w: Writing, visit: Row) -> list[Row]:
            home = self.people.need(visit["home_id"]) if visit["home_id"] else {}
            own = home.get("station_id")
            return self.heads(stations(own)) if own else []

        return resolve


def _person(user: Row, role: str) -> Row:
    return {"role": role, "id": user["id"], "name": user["name"], "phone": user.get("phone") or ""}
