"""What is known of the ways to a home beyond the formula: the road engine's word and what earlier arrivals taught."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from callcenter.rules.events import Row
from callcenter.rules.times import stamp
from callcenter.store.database import Database
from callcenter.store.journeys import Journeys
from callcenter.store.log import Writing
from dispatch.channels.routing import Roads
from dispatch.rules.eta import DETOUR, MEANS, NOTHING, Known, Origin, Position
from dispatch.rules.journey import journey, skew
from dispatch.rules.learning import School
from dispatch.rules.ranking import Carer, Need
from dispatch.settings import Sending

FRESH = timedelta(seconds=60)  # how long a lesson may go unheard


class Ways:
    """Asked once for every choice. What is learnt is read from the store at most once a minute."""

    def __init__(self, database: Database, settings: Sending, zone: ZoneInfo):
        self.journeys, self.settings, self.zone = Journeys(database), settings, zone
        self.roads, self._school, self._read_at = Roads(settings.routing), School(), datetime.min

    def known(self, need: Need, carers: Iterable[Carer], now: datetime) -> Known:
        """``now`` is aware, in the centre's zone. Never takes longer than the road engine's time limit."""
        home = _place(need.latitude, need.longitude) or _place(need.station_latitude, need.station_longitude)
        road = self.roads.known(self._origins(carers, now), home) if home and self.roads.engine else NOTHING
        school = self.school(now)
        bases = (DETOUR, road.engine) if road.engine else (DETOUR,)
        learnt = {(by, one): school.factor(by, one, need.station_id, now.hour) for by in bases for one in MEANS}
        factors = {key: ratio for key, ratio in learnt.items() if ratio != 1.0}
        turnout = school.turnout(need.station_id, now.hour)
        return Known(road.engine, road.roads, factors, turnout, road.missed)

    def school(self, now: datetime) -> School:
        """Everything that arrivals have taught by now."""
        plain = now.replace(tzinfo=None)
        if not self._read_at <= plain < self._read_at + FRESH:
            while found := self.journeys.after(self._school.seq):
                for one in found:
                    self._school.add(one)
            self._read_at = plain
        return self._school

    def journey(self, w: Writing, visit: Row, proof: str, phone_at: str) -> Row | None:
        """What this arrival is kept as, when its offer said what was expected: the body of ``CarerArrived``."""
        asked = [one for one in visit["asked"] if one["carer_id"] == visit["carer_id"]]
        way = asked[-1].get("way") if asked else None
        if not way or not visit["accepted_at"]:
            return None
        left = self.journeys.departure(w.conn, visit["call_id"], visit["id"])
        off = max(skew(w.at, phone_at), skew(*left) if left else 0.0)
        call = w.row("calls", visit["call_id"]) or {}
        return journey(visit, way, call.get("station_id"), w.at, proof, off, self.zone)

    def _origins(self, carers: Iterable[Carer], now: datetime) -> list[Origin]:
        """Where everybody sets out who could go at all: from a position that is fresh, else from their station."""
        fresh_from = stamp(now - timedelta(seconds=self.settings.travel.position_good_for_seconds))
        origins = []
        for carer in carers:
            here = _place(carer.latitude, carer.longitude) if (carer.position_at or "") >= fresh_from else None
            origin = here or _place(carer.station_latitude, carer.station_longitude)
            if origin and carer.active and carer.on_shift:
                origins.append((*origin, carer.travel))
        return origins


def _place(latitude: float | None, longitude: float | None) -> Position | None:
    return None if latitude is None or longitude is None else Position(latitude, longitude)
