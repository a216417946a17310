"""The wall: calls, carers and health as every screen sees them, put together from the pictures and the people."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from callcenter.beats import desk
from callcenter.rules import ring_round
from callcenter.rules.call import NotThere
from callcenter.rules.events import Row
from callcenter.rules.four_orders import complete, order_state, telling
from callcenter.rules.incidents import KIND as INCIDENT
from callcenter.rules.people import reachable_now
from callcenter.rules.promises import Book
from callcenter.rules.times import Clock, seconds_between, stamp
from callcenter.store.cases import Cases
from callcenter.store.contacts import to_ring
from callcenter.store.log import Log
from callcenter.store.people import People, portions
from callcenter.store.seats import SeatBook

STRANGER: Row = {"name": "", "sex": "", "age": None, "place": "", "station": "", "tier": "", "languages": []}
HIDDEN = frozenset({"day", "number", "resident_id", "station_id", "armed_at"})
OF_THE_CLOCK = frozenset({"ladder", "doubt_due_at", "armed_at"})
TICK_LATE_SECONDS = 8.0
DRILL_LATE_SECONDS = 36 * 3600.0
PACK_LATE_SECONDS = 2 * 3600.0  # it is written every hour
Reasons = Callable[[Sequence[Any]], list[str]]


class Wall:
    """``reasons`` puts the reasons for a carer into the reader's words; handed in, because words belong to pages."""

    def __init__(
        self, log: Log, cases: Cases, people: People, targets: Book, zone: ZoneInfo, clock: Clock, reasons: Reasons
    ):
        self.log, self.cases, self.people = log, cases, people
        self.seats = SeatBook(log.database)
        self.targets, self.zone, self.clock, self.reasons = targets, zone, clock, reasons

    def rows(self, found: Sequence[Row]) -> list[Row]:
        """Calls with who lives there and the visit that tells most, in the order given."""
        if not found:
            return []
        with self.log.database.read() as conn:
            homes = self.people.summaries(conn, [r["home_id"] for r in found if r["home_id"]], self._today())
        visits: dict[str, list[Row]] = {}
        for portion in portions([r["id"] for r in found if r["requested_at"]]):
            for visit in self.cases.visits_of(portion):
                visits.setdefault(visit["call_id"], []).append(visit)
        struck = self.cases.incidents([r["id"] for r in found if r["kind"] == INCIDENT])
        shown = [self._row(r, homes.get(r["home_id"]), visits.get(r["id"], ())) for r in found]
        return [row | {"incident": struck[row["id"]], "known": True} if row["id"] in struck else row for row in shown]

    def row(self, call: Row) -> Row:
        return self.rows([call])[0]

    def _row(self, call: Row, home: Row | None, visits: Sequence[Row]) -> Row:
        visit = telling(visits)
        shown = {k: v for k, v in call.items() if k not in HIDDEN}
        return {
            **shown,
            **STRANGER,
            **(home or {}),
            "known": home is not None,
            "visit": self.visit(visit) if visit else None,
            "beside": [_beside(one) for one in visits if one is not visit and one["ended_at"] is None],
            "order_state": order_state(call, visit),
            "complete": complete(call),
            "owed": dict(self.targets.of(call)),
        }

    def known(self, call_id: str) -> Row:
        """The call's own row. Raises ``NotThere``."""
        row = self.cases.call(call_id)
        if row is None:
            raise NotThere(f"there is no call {call_id}")
        return row

    def visit(self, visit: Row) -> Row:
        asked = [{**one, "reasons": self.reasons(one.get("reasons", []))} for one in visit["asked"]]
        shown = {name: value for name, value in visit.items() if name not in OF_THE_CLOCK}
        return {**shown, "reasons": self.reasons(visit["reasons"]), "asked": asked}

    def snapshot(self) -> Row:
        """Everything a console needs to stand up, as of ``seq``. Read before the rows, so nothing is missed."""
        seq = self.log.head()
        return {
            "seq": seq,
            "server_time": stamp(self.clock()),
            "zone": self.zone.key,
            "calls": self.rows(self.cases.live()),
            "technical": self.cases.technical(),
            "carers": self.carers(),
            "seats": desk(self.seats, stamp(self.clock())),
            "targets": {str(p): t for p, t in self.targets.current(stamp(self.clock())).plain().items()},
            "health": self.health(),
        }

    def carers(self) -> list[Row]:
        with self.log.database.read() as conn:
            busy = self.cases.busy(conn)
        columns = ("id", "name", "station_id", "station", "sex", "travel", "on_shift", "seen_at")
        rows = []
        for carer in self.people.carers(self.clock()):
            visit = busy.get(carer["id"])
            if carer["on_shift"] or visit:
                rows.append({**{c: carer[c] for c in columns}, "visit_id": visit["id"] if visit else None,
                             "visit_stage": visit["stage"] if visit else None})  # fmt: skip
        return rows

    def health(self) -> Row:
        """Can we write? The dispatcher's last tick, the gateway and every line, with the age of what they last said."""
        now = stamp(self.clock())
        signs = {row["name"]: row for row in self.cases.signs_of_life()}
        gateway = _sign(signs.get("gateway"), now)
        heard = gateway["state"] == "up"  # no line is better than the process that reads it
        lines = [
            {"name": n[5:], "state": r["state"] if heard else gateway["state"], "at": r["at"], "detail": r["detail"]}
            for n, r in signs.items()
            if n.startswith("line:")
        ]
        return {
            "database": "down" if self.log.database.refusing else "up",
            "dispatcher": _sign(signs.get("dispatcher"), now),
            "gateway": gateway,
            "lines": lines,
            "drill": _drilled(signs.get("drill"), now),
            "pack": _drilled(signs.get("pack"), now, PACK_LATE_SECONDS),
            "exchange": _exchange(signs.get("exchange"), now),
        }

    def card(self, call: Row) -> Row:
        """One call with everything an operator needs and no further click."""
        known = self.people.card(call, self.clock(), self.zone)
        recent = self.cases.recent(call["home_id"], call["id"]) if call["home_id"] else []
        columns = ("id", "opened_at", "kind", "priority", "outcome", "reason")
        visits = [self.visit(v) for v in self.cases.visits_of([call["id"]])]
        return {
            "ring_round": self._ring_round(call),
            "call": self.row(call),
            **known,
            "recent": [{c: r[c] for c in columns} for r in recent],
            "visits": visits,
        }

    def _ring_round(self, call: Row) -> Row:
        """``{round, people}``: whom to ring next, and what each try has brought; round 3 is after both."""
        local = self.clock().astimezone(self.zone).time()
        with self.log.database.read() as conn:
            people = to_ring(conn, call["home_id"]) if call["home_id"] else []
        people = [{**one, "reachable_now": reachable_now(one["reachable"], local)} for one in people]
        return {"round": ring_round.round_of(call, people), "people": ring_round.ordered(call, people)}

    def _today(self) -> Any:
        now: datetime = self.clock()
        return now.astimezone(self.zone).date()


def _drilled(row: Row | None, now: str, late: float = DRILL_LATE_SECONDS) -> Row:
    """``none`` until there has been one; ``late`` when the last is older than it may be."""
    if row is None:
        return {"state": "none", "age": None}
    age = round(seconds_between(row["at"], now), 1)
    return {"state": "late" if row["state"] == "up" and age > late else row["state"], "age": age}


def _exchange(row: Row | None, now: str) -> Row:
    """``none`` where no telephone exchange is set up. Without it people dial by hand, so no press waits for it."""
    return {"state": "none", "age": None, "detail": ""} if row is None else _sign(row, now) | {"detail": row["detail"]}


def _beside(visit: Row) -> Row:
    """Another visit of the same call that goes on: whom it keeps. ``asked``: ids of those who have not answered."""
    asked = [one["carer_id"] for one in visit["asked"] if one["result"] == "offered"]
    return {"stage": visit["stage"], "carer_id": visit["carer_id"], "asked": asked}


def _sign(row: Row | None, now: str) -> Row:
    if row is None:
        return {"state": "down", "age": None}
    age = round(seconds_between(row["at"], now), 1)
    return {"state": row["state"] if age < TICK_LATE_SECONDS else "late", "age": age}
