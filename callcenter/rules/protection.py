"""The ledger of protection: when each home was doubtful or unprotected, and what that adds up to in person-hours.

A home is protected whenever no period says otherwise. Periods of one home never overlap. Person-hours count the people
who lived in the home and were not away when the period began.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from callcenter.rules.devices import AWAY, DOUBTFUL, UNPROTECTED
from callcenter.rules.events import Event, Row
from callcenter.rules.times import seconds_between

BEGAN, ENDED = "ProtectionLost", "ProtectionBack"
COLUMNS = ("home_id", "station_id", "model", "account", "persons", "status", "reason", "reasons", "since")


def home_stream(home_id: int) -> str:
    return f"home:{home_id}"


@dataclass(frozen=True, slots=True)
class ProtectionPicture:
    """How the table ``protection`` follows the log: a row for each period."""

    table: str = "protection"

    def key(self, event: Event) -> str | None:
        return event.body["period"] if event.kind in (BEGAN, ENDED) else None

    def after(self, row: Row | None, event: Event) -> Row:
        b = event.body
        if row is None:
            return {"id": b["period"], **{name: b[name] for name in COLUMNS}, "until": None}
        return {**row, "until": b["until"]}


@dataclass
class Hours:
    """Person-hours of a stretch of time, by status, and those unprotected by station, model and reason."""

    by_status: dict[str, float] = field(default_factory=lambda: {UNPROTECTED: 0.0, DOUBTFUL: 0.0, AWAY: 0.0})
    by_station: dict[int | None, float] = field(default_factory=dict)
    by_model: dict[str, float] = field(default_factory=dict)
    by_reason: dict[str, float] = field(default_factory=dict)

    def add(self, period: Row, hours: float) -> None:
        self.by_status[period["status"]] += hours
        if period["status"] == UNPROTECTED:
            for table, key in (
                (self.by_station, period["station_id"]), (self.by_model, period["model"]),
                (self.by_reason, period["reason"]),
            ):  # fmt: skip
                table[key] = table.get(key, 0.0) + hours


def person_hours(periods: Iterable[Row], start: str, end: str) -> Hours:
    """What of the periods lies between two stamps; one that has not ended goes on to ``end``."""
    found = Hours()
    for period in periods:
        since, until = max(period["since"], start), min(period["until"] or end, end)
        if since < until:
            found.add(period, seconds_between(since, until) / 3600 * period["persons"])
    return found


def same(period: Row | None, status: str, reason: str, account: str) -> bool:
    """Does the period that runs now already say this?"""
    return period is not None and (period["status"], period["reason"], period["account"]) == (status, reason, account)


def begin(period: Mapping[str, object], floor: str, at: str) -> str:
    """When a new period begins: when its reason did, as far as that is known, but never inside the one before."""
    return max(floor, min(str(period.get("since") or at), at))
