"""What the supervisor's pages read: calls by day and filter, and everything about one of them.

Every query is short and goes along an index (``opened_at``, or keys): a web process must not stand still for a report.
Rows come newest first in portions, each its own read, so that a long export never holds the store or the memory.
"""

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Connection, Select, and_, func, not_, or_, select

from callcenter.rules.call import PLUMBING_KINDS
from callcenter.rules.events import Event, call_stream
from callcenter.rules.figures import STEPS
from callcenter.rules.filters import Filters
from callcenter.rules.four_orders import order_state
from callcenter.store.database import Database
from callcenter.store.tables import calls, events, frames, homes, residents, stations, users, visits

Row = dict[str, Any]
PORTION = 250  # rows a read brings: about 10 ms of work
HANDLERS = ("operator", "head", "supervisor", "admin")  # roles that may hold a call
STAMPS = dict.fromkeys(name for s in STEPS.values() for name in (s.start, s.end))
NARROW = ("id", "priority", "stage", "late", "promise", "pauses", "tier", "station_id", "by_hand", *STAMPS)


class Figures:
    """``zone`` is the centre's: filters speak of its days."""

    def __init__(self, database: Database, zone: ZoneInfo) -> None:
        self.database, self.zone = database, zone

    # --- many calls -----------------------------------------------------------------------------------------

    def count(self, asked: Filters) -> int:
        with self.database.read() as connection:
            query = select(func.count()).select_from(calls).where(*self._matching(asked))
            return int(connection.execute(query).scalar_one())

    def portions(self, asked: Filters, size: int = PORTION) -> Iterator[list[Row]]:
        """What the figures need of each call, newest first; ``asked.show`` and its order are the caller's affair."""
        query = select(*(calls.c[name] for name in NARROW)).where(*self._matching(asked))
        query = query.order_by(calls.c.opened_at.desc(), calls.c.id.desc()).limit(size)
        last: Row | None = None
        while True:
            with self.database.read() as connection:
                found = _rows(connection, query if last is None else query.where(*_after(last)))
            if found:
                yield found
            if len(found) < size:
                return
            last = found[-1]

    def listed(self, ids: Sequence[str]) -> list[Row]:
        """Calls in the order of ``ids``, each with station, place, names, carers (who was sent) and order_state."""
        with self.database.read() as connection:
            query = select(calls, stations.c.name.label("station"), homes.c.community.label("home_community"),
                           homes.c.building, homes.c.unit, homes.c.door)  # fmt: skip
            joined = calls.outerjoin(stations, calls.c.station_id == stations.c.id)
            joined = joined.outerjoin(homes, calls.c.home_id == homes.c.id)
            found = {row["id"]: row for row in _rows(connection, query.select_from(joined).where(calls.c.id.in_(ids)))}
            names = self._names(connection, {row["home_id"] for row in found.values() if row["home_id"]})
            carers, stages = self._carers(connection, ids), self._stages(connection, ids)
        for row in found.values():
            row["names"] = names.get(row["home_id"], [])
            row["carers"] = carers.get(row["id"]) or (row["by_hand"] or {}).get("sent", [])
            newest = stages.get(row["id"])
            row["order_state"] = order_state(row, {"stage": newest[-1]} if newest else None)
            community = row["home_community"] or row["community"]
            row["place"] = " ".join(part for part in (community, row["building"], row["unit"], row["door"]) if part)
        return [found[call_id] for call_id in ids if call_id in found]

    def stations(self) -> list[tuple[int, str]]:
        with self.database.read() as connection:
            query = select(stations.c.id, stations.c.name).order_by(stations.c.code)
            return [(row.id, row.name) for row in connection.execute(query)]

    def operators(self) -> list[tuple[int, str]]:
        """Everybody who may have held a call, people who have left included."""
        with self.database.read() as connection:
            query = select(users.c.id, users.c.name).where(users.c.role.in_(HANDLERS)).order_by(users.c.name)
            return [(row.id, row.name) for row in connection.execute(query)]

    def _matching(self, asked: Filters) -> list[ColumnElement[bool]]:
        first, end = asked.bounds(self.zone)
        wanted: list[ColumnElement[bool]] = [calls.c.opened_at >= first, calls.c.opened_at < end]
        wanted.append(calls.c.priority.in_(asked.priorities))
        if not asked.kind:  # our own plumbing says nothing of how people were helped, unless it is asked for
            wanted.append(calls.c.kind.not_in(sorted(PLUMBING_KINDS)))
        plain: Row = {"stage": asked.stage, "outcome": asked.outcome, "kind": asked.kind, "source": asked.source}
        plain |= {"station_id": asked.station_id, "holder_id": asked.operator_id}
        wanted += [calls.c[name] == value for name, value in plain.items() if value]
        if asked.text:
            wanted.append(or_(calls.c.id.startswith(asked.text, autoescape=True), calls.c.account == asked.text))
        return wanted

    @staticmethod
    def _names(connection: Connection, home_ids: set[int]) -> dict[int, list[str]]:
        query = select(residents.c.home_id, residents.c.name).where(residents.c.home_id.in_(home_ids))
        return _gathered(connection, query.order_by(residents.c.id))

    @staticmethod
    def _carers(connection: Connection, ids: Sequence[str]) -> dict[str, list[str]]:
        query = select(visits.c.call_id, visits.c.carer_name).where(visits.c.call_id.in_(ids))
        return _gathered(connection, query.where(visits.c.carer_name.is_not(None)).order_by(visits.c.id))

    @staticmethod
    def _stages(connection: Connection, ids: Sequence[str]) -> dict[str, list[str]]:
        """How each visit of a call stands, the newest last."""
        query = select(visits.c.call_id, visits.c.stage).where(visits.c.call_id.in_(ids))
        return _gathered(connection, query.order_by(visits.c.id))

    # --- one call -------------------------------------------------------------------------------------------

    def call(self, call_id: str) -> Row | None:
        return next(iter(self.listed([call_id])), None)

    def visits(self, call_id: str) -> list[Row]:
        with self.database.read() as connection:
            return _rows(connection, select(visits).where(visits.c.call_id == call_id).order_by(visits.c.id))

    def events(self, call_id: str) -> list[Event]:
        """Everything that happened in the call, in order."""
        query = select(events).where(events.c.stream == call_stream(call_id)).order_by(events.c.version)
        with self.database.read() as connection:
            return [Event(**{**row, "body": json.loads(row["body"])}) for row in _rows(connection, query)]

    def frames(self, ids: Iterable[int]) -> list[Row]:
        """The frames with these numbers and their retransmissions, as they came over the wire."""
        with self.database.read() as connection:
            found = _rows(connection, select(frames).where(frames.c.id.in_(list(ids))))
            if not found:
                return []
            # same_as has no index of its own; equal content not older than the first has one.
            again = select(frames).where(
                frames.c.digest.in_({row["digest"] for row in found}),
                frames.c.received_at >= min(row["received_at"] for row in found),
                frames.c.same_as.in_([row["id"] for row in found]),
            )
            every = {row["id"]: row for row in (*found, *_rows(connection, again))}
        return [every[number] for number in sorted(every)]


def _after(last: Row) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    """Beyond the last row seen, newest first, in a form that uses the index on opened_at."""
    seen = and_(calls.c.opened_at == last["opened_at"], calls.c.id >= last["id"])
    return calls.c.opened_at <= last["opened_at"], not_(seen)


def _rows(connection: Connection, query: Select[Any]) -> list[Row]:
    return [dict(row) for row in connection.execute(query).mappings()]


def _gathered(connection: Connection, query: Select[Any]) -> dict[Any, list[str]]:
    found: dict[Any, list[str]] = defaultdict(list)
    for key, word in connection.execute(query):
        found[key].append(word)
    return found
