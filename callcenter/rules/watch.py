"""The life of a watch: what has been said of a device's silence, folded from its stream; and what is to be done next.

First miss: amber. Third: a device item. Then, sooner for the highest risk, a welfare call, and a visit.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from callcenter.rules.devices import AMBER, LIVE, RETURNED, SILENT
from callcenter.rules.events import Event, Row
from callcenter.rules.risk import HIGHEST
from callcenter.rules.times import seconds_between

ITEM, WELFARE, VISIT = "item", "welfare", "visit"
ITEM_KIND, WELFARE_KIND = "device_silent", "welfare"  # kinds of calls that no device sends
# A device item closed while its device is still silent comes back after so long: closing it has mended nothing.
ITEM_AGAIN_SECONDS = 3600.0


# --- the fold ----------------------------------------------------------------------------------------------------


def _new(event: Event) -> Row:
    return {"id": event.body["account"], "state": LIVE, "misses": 0, "silent_since": event.at, "amber_at": None,
            "silent_at": None, "returned_at": None, "item_id": None, "welfare_id": None}  # fmt: skip


def _missed(row: Row, e: Event) -> Row:
    b = e.body
    return {**row, "state": AMBER, "misses": b["misses"], "silent_since": b["silent_since"], "amber_at": e.at}


def _lost(row: Row, e: Event) -> Row:
    b = e.body
    return {**row, "state": SILENT, "misses": b["misses"], "silent_since": b["silent_since"], "silent_at": e.at,
            "returned_at": None}  # fmt: skip


def _raised(row: Row, e: Event) -> Row:
    return {**row, f"{e.body['what']}_id": e.body["call"]}


def _recovered(row: Row, e: Event) -> Row:
    return {**_new(e), "silent_since": row["silent_since"]}


AFTER: dict[str, Callable[[Row, Event], Row]] = {
    "DeviceMissed": _missed,
    "DeviceLost": _lost,
    "WatchRaised": _raised,
    "DeviceReturned": lambda row, e: {**row, "state": RETURNED, "returned_at": e.at},
    "DeviceRecovered": _recovered,
}
SAYS = {AMBER: "DeviceMissed", SILENT: "DeviceLost", RETURNED: "DeviceReturned", LIVE: "DeviceRecovered"}


@dataclass(frozen=True, slots=True)
class WatchPicture:
    """How the table ``watches`` follows the log."""

    table: str = "watches"

    def key(self, event: Event) -> str | None:
        return event.body["account"] if event.kind in AFTER else None

    def after(self, row: Row | None, event: Event) -> Row:
        return AFTER[event.kind](row or _new(event), event)


# --- the ladder --------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Ladder:
    """Seconds of silence after which each step is due, once a device counts as silent. By tier, the usual last."""

    welfare: float = 4 * 3600.0
    visit: float = 12 * 3600.0

    def of(self, tier: str) -> Mapping[str, float]:
        if tier == HIGHEST:
            return {ITEM: 0.0, WELFARE: 0.0, VISIT: self.welfare}
        return {ITEM: 0.0, WELFARE: self.welfare, VISIT: self.visit}


def steps_due(ladder: Ladder, tier: str, state: str, silent_since: str | None, now: str) -> tuple[str, ...]:
    """What ought to have been done by now for a device that is silent. Never less for a longer silence."""
    if state != SILENT or not silent_since:
        return ()
    silent = seconds_between(silent_since, now)
    return tuple(step for step, seconds in ladder.of(tier).items() if silent >= seconds)
