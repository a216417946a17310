"""Incidents: many homes struck by one cause are one matter with a list, not hundreds. When they begin, grow and end.

The widest place that is struck hard enough takes all narrower ones with it. Only homes struck lately count: devices
that died one by one over a year are no power cut. A person's press has no part in any of this.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from callcenter.rules.events import Event, Row, call_of
from callcenter.rules.times import later

SILENT_CAUSE, MAINS, CENTRE = "silent", "mains", "centre"
CAUSES = (CENTRE, MAINS, SILENT_CAUSE)
KIND = "incident"  # of its one call in the queue
PRIORITY = 2
GATEWAY, LINE, DISTRICT, COMMUNITY, BUILDING = "gateway", "line", "district", "community", "building"
SCOPES = (GATEWAY, LINE, DISTRICT, COMMUNITY, BUILDING)  # from wide to narrow
OPEN, OVER, ENDED = "open", "over", "ended"


@dataclass(frozen=True, slots=True)
class Limits:
    """``share`` of the homes of a place, at least ``homes`` of them, struck within ``window`` seconds."""

    share: float = 0.3
    homes: int = 5
    window: float = 1800.0


@dataclass(frozen=True, slots=True)
class Struck:
    """One home with trouble that began at ``since``. ``places`` are its places, scope to name."""

    home_id: int
    cause: str
    since: str
    places: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Cluster:
    scope: str
    place: str
    cause: str
    homes: tuple[Struck, ...]


Totals = Mapping[tuple[str, str], int]
"""(scope, place) to the number of homes that are watched there."""


def places_of(row: Row) -> dict[str, str]:
    """The places of a home by scope; a building only where the address says which."""
    found = {DISTRICT: "", COMMUNITY: row["community"] or ""}
    if row["building"]:
        found[BUILDING] = " ".join(part for part in (row["community"], row["address"], row["building"]) if part)
    return {scope: place for scope, place in found.items() if place or scope == DISTRICT}


def clusters(struck: Iterable[Struck], totals: Totals, limits: Limits, now: str) -> list[Cluster]:
    """The widest clusters there are, each home at most once for each cause."""
    since = later(now, -limits.window)
    groups: dict[tuple[str, str, str], list[Struck]] = defaultdict(list)
    for home in struck:
        if home.since >= since:
            for scope, place in home.places.items():
                groups[scope, place, home.cause].append(home)
    found: list[Cluster] = []
    taken: set[tuple[int, str]] = set()
    for (scope, place, cause), homes in sorted(groups.items(), key=lambda one: (SCOPES.index(one[0][0]), one[0])):
        if len(homes) >= max(limits.homes, limits.share * totals.get((scope, place), 0)):
            free = tuple(home for home in homes if (home.home_id, cause) not in taken)
            taken |= {(home.home_id, cause) for home in free}
            if free:
                found.append(Cluster(scope, place, cause, free))
    return found


def covers(incident: Row, cluster: Cluster) -> bool:
    """Is this cluster the same matter as an incident that stands?"""
    return (incident["cause"], incident["scope"], incident["place"]) == (cluster.cause, cluster.scope, cluster.place)


def waiting(incident: Row) -> list[str]:
    """Ids of the homes that have not returned."""
    return [home for home, said in incident["homes"].items() if said["back_at"] is None]


def is_over(incident: Row, limits: Limits) -> bool:
    """Fewer have not returned than half of what makes a cluster: it no longer flickers on and off."""
    if incident["cause"] == CENTRE:
        return True  # asked only once we listen again, whoever is still missing
    struck = len(waiting(incident))
    return struck == 0 or (struck < limits.homes and struck * 2 < len(incident["homes"]))


# --- the fold ----------------------------------------------------------------------------------------------------


def _began(event: Event) -> Row:
    b = event.body
    return {"id": call_of(event), "scope": b["scope"], "place": b["place"], "cause": b["cause"], "stage": OPEN,
            "began_at": event.at, "over_at": None, "ended_at": None,
            "homes": {str(home): _struck(since) for home, since in b["homes"]}}  # fmt: skip


def _struck(since: str) -> Row:
    return {"since": since, "back_at": None, "safe_at": None, "safe_by": "", "how": ""}


def _changed(row: Row, homes: Iterable[str], **more: object) -> Row:
    known = row["homes"]
    return {**row, "homes": known | {home: {**known[home], **more} for home in homes if home in known}}


def _grew(row: Row, e: Event) -> Row:
    """A home struck again has not returned, whatever was said before; that somebody saw its people safe still holds."""
    known = row["homes"]
    struck = {str(h): {**known.get(str(h), _struck(since)), "back_at": None} for h, since in e.body["homes"]}
    return {**row, "stage": OPEN, "over_at": None, "homes": known | struck}


def _safe(row: Row, e: Event) -> Row:
    b = e.body
    return _changed(row, [str(b["home"])], safe_at=e.at, safe_by=b["name"], how=b["how"])


AFTER: dict[str, Callable[[Row, Event], Row]] = {
    "IncidentGrew": _grew,
    "HomesReturned": lambda row, e: _changed(row, map(str, e.body["homes"]), back_at=e.at),
    "HomeSafe": _safe,
    "IncidentOver": lambda row, e: {**row, "stage": OVER, "over_at": e.at},
    "IncidentEnded": lambda row, e: {**row, "stage": ENDED, "over_at": row["over_at"] or e.at, "ended_at": e.at},
}


@dataclass(frozen=True, slots=True)
class IncidentPicture:
    """How the table ``incidents`` follows the log: an incident lives in the stream of its one call."""

    table: str = "incidents"

    def key(self, event: Event) -> str | None:
        return call_of(event) if event.kind in AFTER or event.kind == "IncidentBegan" else None

    def after(self, row: Row | None, event: Event) -> Row:
        return _began(event) if row is None else AFTER[event.kind](row, event)


def by_risk(rows: Sequence[Row]) -> list[Row]:
    """Homes in the order to ask after them: not yet safe first, then the highest risk, the oldest, alone at home."""
    return sorted(
        rows, key=lambda r: (bool(r["safe_at"] or r["back_at"]), r["tier"], -(r["age"] or 0), r["home_id"])
    )  # fmt: skip
