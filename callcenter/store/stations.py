"""The stations: all of them, one, and those next to one."""

from math import cos, hypot, radians
from typing import Any

from sqlalchemy import select

from callcenter.store.database import Database
from callcenter.store.tables import stations

Row = dict[str, Any]


class Stations:
    def __init__(self, database: Database):
        self.database = database

    def all(self) -> list[Row]:
        with self.database.read() as conn:
            return [dict(row) for row in conn.execute(select(stations).order_by(stations.c.id)).mappings()]

    def one(self, station_id: int) -> Row | None:
        return next((row for row in self.all() if row["id"] == station_id), None)

    def near(self, station_id: int, most: int) -> list[int]:
        """Ids of the stations next to this one, the nearest first; at this distance the earth is flat."""
        places = {row["id"]: row for row in self.all()}
        own = places.pop(station_id, None)
        if own is None:
            return []
        narrow = cos(radians(own["latitude"]))

        def away(row: Row) -> float:
            return hypot(row["latitude"] - own["latitude"], (row["longitude"] - own["longitude"]) * narrow)

        return [row["id"] for row in sorted(places.values(), key=away)[:most]]
