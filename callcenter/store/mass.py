"""Warnings by area as the store has them: which stand, which homes are in an area, what they hold together."""

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import Connection, bindparam, func, select

from callcenter.rules.areas import Area, areas_of, told
from callcenter.rules.events import Row
from callcenter.rules.mass import folds, folds_since
from callcenter.store.prepared import Prepared
from callcenter.store.tables import calls, devices, homes, mass_events

PLACE = ("station_id", "street", "community", "address", "building")


DUE = Prepared(
    select(mass_events.c.id)
    .where(mass_events.c.ended_at.is_(None), mass_events.c.next_due_at <= bindparam("now"))
    .order_by(mass_events.c.id)
)


def standing(conn: Connection) -> list[Row]:
    """Warnings that have not ended, the oldest first."""
    query = select(mass_events).where(mass_events.c.ended_at.is_(None)).order_by(mass_events.c.begun_at)
    return [dict(row) for row in conn.execute(query).mappings()]


def due(conn: Connection, now: str) -> list[str]:
    """Which of those have something to say now."""
    return [row["id"] for row in DUE.rows(conn, now=now)]


def made(conn: Connection) -> int:
    return int(conn.execute(select(func.count()).select_from(mass_events)).scalar_one())


def listed(conn: Connection, limit: int = 50) -> list[Row]:
    query = select(mass_events).order_by(mass_events.c.begun_at.desc()).limit(limit)
    return [dict(row) for row in conn.execute(query).mappings()]


def places(conn: Connection) -> dict[int, frozenset[Area]]:
    """The areas of every home."""
    heard: dict[int, set[str]] = {}
    said = select(devices.c.home_id, devices.c.line).where(devices.c.home_id.is_not(None), devices.c.line != "")
    for home_id, line in conn.execute(said):
        heard.setdefault(home_id, set()).add(line)
    query = select(homes.c.id, *(homes.c[name] for name in PLACE))
    return {
        row["id"]: areas_of({**row, "lines": heard.get(row["id"], ())}) for row in conn.execute(query).mappings()
    }  # fmt: skip


def homes_in(conn: Connection, areas: Iterable[Sequence[str]]) -> list[int]:
    wanted = frozenset(told(areas))
    return sorted(home for home, own in places(conn).items() if not own.isdisjoint(wanted))


def choices(conn: Connection) -> dict[str, dict[str, int]]:
    """What may be chosen: scope to place to the number of homes there."""
    found: dict[str, Counter[str]] = {}
    for own in places(conn).values():
        for scope, place in own:
            found.setdefault(scope, Counter())[place] += 1
    return {scope: dict(sorted(places_.items())) for scope, places_ in found.items()}


def folded(conn: Connection, row: Row, inside: Iterable[int] | None = None) -> Row:
    """What a warning holds together: ``count`` of items since it began, ``open`` of them, ``kinds``, ``oldest_at``."""
    found = items(conn, row, inside)
    kinds = Counter(call["kind"] for call in found)
    oldest = min((call["opened_at"] for call in found), default=None)
    still = sum(call["stage"] != "closed" for call in found)
    return {"id": row["id"], "count": len(found), "open": still, "kinds": dict(kinds), "oldest_at": oldest}


def items(conn: Connection, row: Row, inside: Iterable[int] | None = None) -> list[Row]:
    """The device items that a warning holds: ``id``, ``home_id``, ``kind``, ``kinds``, ``stage``, ``opened_at``."""
    where = frozenset(homes_in(conn, row["areas"]) if inside is None else inside)
    names = ("id", "home_id", "kind", "kinds", "stage", "opened_at")
    query = select(*(calls.c[name] for name in names)).where(calls.c.priority == 4)
    found = conn.execute(query.where(calls.c.opened_at >= folds_since(row)).order_by(calls.c.id)).mappings()
    return [dict(call) for call in found if call["home_id"] in where and folds(row, dict(call))]


def together(conn: Connection, technical: dict[str, Any]) -> dict[str, Any]:
    """The folded device items of the whole centre, those of standing warnings taken out and said by warning."""
    found = standing(conn)
    if not found:
        return {**technical, "mass": []}
    own = places(conn)
    held: set[str] = set()
    said = []
    for row in found:
        wanted = frozenset(told(row["areas"]))
        mine = [call for call in items(conn, row, (h for h, areas in own.items() if not areas.isdisjoint(wanted)))
                if call["id"] not in held]  # fmt: skip
        held |= {call["id"] for call in mine}
        still = [call for call in mine if call["stage"] != "closed"]
        oldest = min((call["opened_at"] for call in mine), default=None)
        kinds = dict(Counter(call["kind"] for call in mine))
        said.append({"id": row["id"], "count": len(mine), "open": len(still), "kinds": kinds, "oldest_at": oldest})
        technical = _without(technical, still)
    return {**technical, "mass": said}


def _without(technical: dict[str, Any], taken: Sequence[Row]) -> dict[str, Any]:
    kinds = Counter(technical["kinds"])
    kinds.subtract(Counter(call["kind"] for call in taken))
    left = {kind: count for kind, count in kinds.items() if count > 0}
    return {**technical, "count": sum(left.values()), "kinds": left}
