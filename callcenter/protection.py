"""How protected everybody is: the one number, the person-hours behind it, the tests due, one device's story."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from callcenter.rules import devices as rules
from callcenter.rules.drill import KINDS, STREAM
from callcenter.rules.events import Event, Row, device_stream
from callcenter.rules.incidents import by_risk
from callcenter.rules.protection import Hours, person_hours
from callcenter.rules.times import Clock, later, stamp
from callcenter.store.ledger import Ledger
from callcenter.store.log import Log
from callcenter.store.trend import Trend

TEST_SOON_SECONDS = 3 * 86400.0
MOST_TESTS = 300


class Protection:
    def __init__(self, ledger: Ledger, log: Log, zone: ZoneInfo, clock: Clock):
        self.ledger, self.log, self.zone, self.clock = ledger, log, zone, clock
        self.trend = Trend(ledger.database)

    @property
    def today(self) -> date:
        return self.clock().astimezone(self.zone).date()

    def month(self, first: date) -> Hours:
        """Person-hours of the month that begins on ``first``, up to now if it is not over."""
        begins = datetime(first.year, first.month, 1, tzinfo=self.zone)
        ends = (begins + timedelta(days=32)).replace(day=1)
        start, end = stamp(begins), stamp(min(ends, self.clock().astimezone(self.zone)))
        return person_hours(self.ledger.periods(start, end), start, end)

    def standing(self, status: str = "", station_id: int = 0) -> list[Row]:
        return self.ledger.standing(self.today, status, station_id)

    def tests(self) -> list[Row]:
        """Whose live test press is overdue or due in three days, the longest overdue first; with ``due_at``."""
        now = stamp(self.clock())
        soon = later(now, TEST_SOON_SECONDS)
        due = {row["account"]: at for row in self.ledger.tested() if (at := rules.test_due_at(row)) and at <= soon}
        first = sorted(due, key=lambda account: (due[account], account))[:MOST_TESTS]
        rows = self.ledger.by_account(first, self.today)
        return [{"reminded_at": None, **rows[account], "due_at": due[account], "overdue": due[account] < now}
                for account in first]  # fmt: skip

    def device(self, account: str) -> Row | None:
        """One device: its row, its days, the share of frames whose first attempt failed, and what was said of it."""
        row = self.ledger.device(account)
        if row is None:
            return None
        now = stamp(self.clock())
        judged = dict(row) if row["model"] else {**row, **rules.WITHOUT_MODEL}
        frames, events = row["frames"], self.log.stream(device_stream(account))[-50:]
        return {
            **row, "days": self.trend.days(account), "hours_left": rules.hours_left(judged, now),
            "test_due_at": rules.test_due_at(judged), "failure_rate": _share(row["retransmissions"], frames),
            "gap_rate": _share(row["gaps"], frames + row["gaps"]), "events": events,
        }  # fmt: skip

    def incident(self, incident_id: str) -> Row | None:
        """An incident with its homes in the order to ask after them."""
        found = self.ledger.incident(incident_id, self.today)
        return {**found, "homes": by_risk(found["homes"])} if found else None

    def drill(self) -> Event | None:
        """The last thing that happened to the daily drill."""
        with self.log.database.read() as conn:
            return self.log.newest(conn, STREAM, KINDS)


def _share(part: int, whole: int) -> float | None:
    return round(part / whole, 4) if whole else None


def months(today: date, count: int = 12) -> list[date]:
    """The first days of this month and those before it."""
    found = [today.replace(day=1)]
    while len(found) < count:
        found.append((found[-1] - timedelta(days=1)).replace(day=1))
    return found


def shown(hours: Hours) -> dict[str, Any]:
    """The hours as other systems get them."""
    tables: dict[str, Mapping[Any, float]] = {
        "by_status": hours.by_status, "by_station": hours.by_station, "by_model": hours.by_model,
        "by_reason": hours.by_reason,
    }  # fmt: skip
    return {name: {str(key): round(value, 2) for key, value in table.items()} for name, table in tables.items()}
