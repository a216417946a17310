"""How the table ``journeys`` follows the log: one row for each arrival whose offer said what was expected."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, tzinfo

from callcenter.rules.events import Event, Row, call_of
from callcenter.rules.times import moment, seconds_between
from dispatch.rules.learning import UNDONE, odd

SAID = (
    "station_id", "month", "hour", "means", "by", "road", "turnout_expected", "turnout_seconds", "travel_seconds",
    "skew", "proof", "odd",
)  # fmt: skip


def journey(
    visit: Row, way: Mapping[str, str | float], station_id: int | None, arrived_at: str, proof: str, skew: float,
    zone: tzinfo,
) -> Row:  # fmt: skip
    """What is kept of an arrival, in the body of ``CarerArrived``.

    ``way`` is ``Eta.way`` of the offer, ``skew`` the most seconds by which the phone's clock and ours differed when it
    said that the carer left, and that they arrived.
    """
    left, local = visit["departed_at"], _local(visit["accepted_at"], zone)
    told: Row = {
        "station_id": station_id, "month": local.strftime("%Y-%m"), "hour": local.hour, "means": way["means"],
        "by": way["by"], "road": way["road"], "turnout_expected": way["turnout"],
        "turnout_seconds": round(seconds_between(visit["accepted_at"], left), 1) if left else None,
        "travel_seconds": round(seconds_between(left, arrived_at), 1) if left else None,
        "skew": round(skew, 1), "proof": proof,
    }  # fmt: skip
    return told | {"odd": odd(told)}


def skew(at: str, phone_at: str | None) -> float:
    """Seconds between the phone's clock and ours; 0 when the phone said nothing."""
    return abs(seconds_between(phone_at, at)) if phone_at else 0.0


def _local(at: str, zone: tzinfo) -> datetime:
    return moment(at).astimezone(zone)


@dataclass(frozen=True, slots=True)
class JourneyPicture:
    """One visit, one row: an arrival that was taken back teaches nothing, and the one after it takes its place."""

    table: str = "journeys"

    def key(self, event: Event) -> str | None:
        told = {"CarerArrived": "journey", "ArrivalUndone": "taught"}.get(event.kind)
        return event.body["visit"] if told and event.body.get(told) else None

    def after(self, row: Row | None, event: Event) -> Row:
        if row is not None and event.kind == "ArrivalUndone":
            return {**row, "odd": UNDONE}
        told = event.body["journey"]
        return {
            "id": event.body["visit"], "call_id": call_of(event), "seq": event.seq, "at": event.at,
            **{name: told[name] for name in SAID},
        }  # fmt: skip
