"""The district as the console draws it: communities in their fields, stations, carers, and what is within reach.

Calls are not in it: every console has them already, with their community, and hears of each change within a second.
"""

import time
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np

from callcenter.rules.events import Row
from callcenter.rules.promises import Book
from callcenter.rules.schematic import Place, nearest, schematic
from callcenter.rules.times import Clock, stamp
from callcenter.store import places
from callcenter.store.cases import Cases
from callcenter.store.people import People
from dispatch.rules.eta import DETOUR, MEANS, Entrance, Known, Position, Travel
from dispatch.rules.reach import SHARE, Home, Reach, Station, reach, seconds, usual_means
from dispatch.ways import Ways

FRESH_SECONDS = 60.0  # 900 homes from nine stations take a tenth of a second; homes do not move
URGENT = 1  # whose promise says how soon somebody must be there
OTHERWISE_SECONDS = 900.0  # where no promise says so: the fifteen-minute circle


class District:
    """The reach is reckoned anew once a minute."""

    def __init__(
        self, people: People, cases: Cases, ways: Ways, targets: Book, travel: Travel, zone: ZoneInfo, clock: Clock
    ):
        self.people, self.cases, self.ways, self.targets = people, cases, ways, targets
        self.travel, self.zone, self.clock = travel, zone, clock
        self._kept: dict[int, tuple[float, list[Home], list[Station], Any]] = {}  # by hour

    # --- what is drawn --------------------------------------------------------------------------------------------

    def picture(self) -> Row:
        """``{minutes, share, columns, rows, tiles, stations, carers}``; Positions stay here."""
        now = self.clock()
        homes, stations, matrix = self._reckoned(now.astimezone(self.zone).hour)
        rows, staff = self.people.stations.all(), [c for c in self.people.carers(now) if c["on_shift"]]
        known = _communities(homes, rows)
        fields = schematic(known)
        staffed = {carer["station_id"] for carer in staff}
        plan = reach(homes, stations, matrix, self.limit())
        manned = [number for number, station in enumerate(stations) if station.id in staffed]
        today = reach(homes, [stations[n] for n in manned], matrix[:, manned], self.limit())
        tile_of = {row["id"]: row["community"] if row["community"] in fields else _near(known, row) for row in rows}
        return {
            "minutes": round(self.limit() / 60), "share": SHARE,
            "columns": 1 + max((field.column for field in fields.values()), default=0),
            "rows": 1 + max((field.row for field in fields.values()), default=0),
            "tiles": [
                {"id": name, "column": field.column, "row": field.row, **_said(plan, today, name)}
                for name, field in sorted(fields.items(), key=lambda one: (one[1].row, one[1].column))
            ],
            "stations": [
                {"id": row["id"], "name": row["name"], "phone": row["phone"], "tile": tile_of[row["id"]],
                 "on_duty": sum(carer["station_id"] == row["id"] for carer in staff), **_own(plan, row["id"])}
                for row in rows
            ],
            "carers": self._carers(staff, known, tile_of, now),
            "out_of_reach": len(plan.out()), "nowhere": len(plan.nowhere()),
        }  # fmt: skip

    def limit(self) -> float:
        """Seconds: the promise that somebody is beside whoever calls for their life."""
        promised = self.targets.current(stamp(self.clock())).plain().get(URGENT, {})
        return float(promised.get("arrive", OTHERWISE_SECONDS))

    def _carers(
        self, staff: Iterable[Row], known: Sequence[Place], tile_of: Mapping[int, str], now: datetime
    ) -> dict[str, Row]:
        """By id as text: the tile, and whether that is where their phone is or only where their station is."""
        fresh_from = stamp(now - timedelta(seconds=self.travel.position_good_for_seconds))
        found = {}
        for carer in staff:
            told = _is_fresh(carer, fresh_from)
            tile = _near(known, carer) if told else tile_of.get(carer["station_id"], "")
            found[str(carer["id"])] = {"tile": tile, "how": "position" if told else "station"}
        return found

    # --- reach ----------------------------------------------------------------------------------------------------

    def audit(self, hour: int | None) -> tuple[Reach, list[Row], list[Row]]:
        """The reach of all stations at an hour of the day (None: now); the homes out of reach, and those nowhere."""
        hour = self.clock().astimezone(self.zone).hour if hour is None else hour
        homes, stations, matrix = self._reckoned(hour)
        found = reach(homes, stations, matrix, self.limit())
        wanted = set(found.out()) | set(found.nowhere())
        with self.people.database.read() as conn:
            rows = {row["id"]: row for row in places.every(conn) if row["id"] in wanted}
            who = self.people.summaries(conn, wanted, self.clock().astimezone(self.zone).date())

        def told(ids: Iterable[int]) -> list[Row]:
            return [{**rows[home], **who[home], "seconds": found.nearest[home]} for home in ids if home in rows]

        return found, told(found.out()), told(found.nowhere())

    def _reckoned(self, hour: int) -> tuple[list[Home], list[Station], Any]:
        kept = self._kept.get(hour)
        if kept and time.monotonic() - kept[0] < FRESH_SECONDS:
            return kept[1:]
        with self.people.database.read() as conn:
            homes = [_home(row) for row in places.every(conn)]
        travels: dict[int, list[str]] = {}
        for carer in self.people.carers(self.clock()):
            travels.setdefault(carer["station_id"], []).append(carer["travel"])
        stations = [
            Station(row["id"], Position(row["latitude"], row["longitude"]), usual_means(travels.get(row["id"], [])))
            for row in self.people.stations.all()
        ]
        matrix = np.asarray(seconds(homes, stations, hour, self.travel, lambda station: self._taught(station, hour)))
        self._kept[hour] = (time.monotonic(), homes, stations, matrix)
        return homes, stations, matrix

    def _taught(self, station_id: int | None, hour: int) -> Known:
        """What earlier arrivals have taught of the formula; a road engine is not asked for 900 homes."""
        school = self.ways.school(self.clock().astimezone(self.zone))
        factors = {(DETOUR, one): school.factor(DETOUR, one, station_id, hour) for one in MEANS}
        return Known(factors=factors, turnout=school.turnout(station_id, hour))

    # --- positions, for a map -------------------------------------------------------------------------------------

    def positions(self) -> Row:
        """WGS-84: stations, carers whose phone has told lately, and the homes of open calls, by the call."""
        now = self.clock()
        fresh_from = stamp(now - timedelta(seconds=self.travel.position_good_for_seconds))
        with self.people.database.read() as conn:
            homes = {row["id"]: row for row in places.every(conn) if row["latitude"] is not None}
        calls = {c["id"]: _at(homes[c["home_id"]]) for c in self.cases.live() if c["home_id"] in homes}
        staff = [c for c in self.people.carers(now) if c["on_shift"] and _is_fresh(c, fresh_from)]
        return {
            "stations": [{"name": row["name"], "at": _at(row)} for row in self.people.stations.all()],
            "carers": [{"name": carer["name"], "at": _at(carer)} for carer in staff],
            "calls": [{"id": call, "at": at} for call, at in calls.items()],
        }


def _communities(homes: Sequence[Home], stations: Sequence[Row]) -> list[Place]:
    """Each community in the middle of its homes; one that has a station and no home is where the station is."""
    found: dict[str, list[Position]] = {}
    for home in homes:
        if home.community and home.place:
            found.setdefault(home.community, []).append(home.place)
    for row in stations:
        if row["community"]:
            found.setdefault(row["community"], [Position(row["latitude"], row["longitude"])])
    return [
        Place(name, sum(p.latitude for p in all_of) / len(all_of), sum(p.longitude for p in all_of) / len(all_of))
        for name, all_of in sorted(found.items())
    ]


def _said(plan: Reach, today: Reach, community: str) -> Row:
    all_of = plan.communities.get(community)
    now = today.communities.get(community)
    from_each = {
        str(station): inside[community] for station, inside in plan.from_station.items() if community in inside
    }
    return {
        "homes": all_of.homes if all_of else 0, "placed": all_of.placed if all_of else 0,
        "within": all_of.within if all_of else 0, "within_now": now.within if now else 0, "from": from_each,
    }  # fmt: skip


def _own(plan: Reach, station_id: int) -> Row:
    own = plan.own[station_id]
    return {"homes": own.homes, "within": own.within, "placed": own.placed, "kept": own.kept}


def _home(row: Row) -> Home:
    place = None if row["latitude"] is None or row["longitude"] is None else Position(row["latitude"], row["longitude"])
    entrance = Entrance(bool(row["key_safe"]), row["floor"], row["lift"])
    return Home(row["id"], row["community"], row["station_id"], place, entrance, row["persons"])


def _is_fresh(carer: Row, fresh_from: str) -> bool:
    return (
        carer["latitude"] is not None and carer["longitude"] is not None and (carer["position_at"] or "") >= fresh_from
    )


def _near(known: Sequence[Place], row: Row) -> str:
    return nearest(known, row["latitude"], row["longitude"])


def _at(row: Row) -> list[float]:
    return [row["latitude"], row["longitude"]]
