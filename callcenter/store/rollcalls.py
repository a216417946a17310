"""Roll calls as the store has them: whom there is to ask after, what is known of their risk, what was said of each."""

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import Connection, and_, func, select

from callcenter.rules import people as rules
from callcenter.rules.events import Row
from callcenter.rules.rollcall import DEPENDS
from callcenter.rules.times import moment
from callcenter.store import mass
from callcenter.store.people import portions
from callcenter.store.prepared import Prepared
from callcenter.store.tables import (
    carers,
    contacts,
    devices,
    health_notes,
    homes,
    incidents,
    residents,
    responders,
    rollcall_marks,
    rollcalls,
    stations,
    watches,
)

WHERE = ("community", "address", "building", "unit", "door", "floor", "phone", "way_in", "key_holder", "key_safe")
SILENT = ("amber", "silent")


# --- whom there is to ask after ------------------------------------------------------------------------------------


def everybody(conn: Connection, areas: Iterable[Sequence[str]], now: str) -> list[Row]:
    """Each home of these areas with what its risk follows from: ``home_id``, ``station_id``, its places, ``tier``,
    ``age``, ``alone``, ``away``, ``depends`` (words of health), ``dead`` (its device is silent or without power)."""
    found: dict[int, Row] = {}
    wanted = set(mass.homes_in(conn, areas))
    columns = (homes.c.id.label("home_id"), homes.c.station_id, homes.c.community, homes.c.address, homes.c.building)
    for row in conn.execute(select(*columns)).mappings():
        if row["home_id"] in wanted:
            found[row["home_id"]] = {**row, "tier": "C", "age": None, "alone": False, "away": False, "depends": "",
                                     "dead": False, "gone": []}  # fmt: skip
    _people(conn, found, now)
    _health(conn, found)
    _devices(conn, found)
    return list(found.values())


def _people(conn: Connection, found: dict[int, Row], now: str) -> None:
    names = ("home_id", "tier", "born", "lives_alone", "away_until")
    today = moment(now).date()
    for row in conn.execute(select(*(residents.c[name] for name in names))).mappings():
        if (home := found.get(row["home_id"])) is None:
            continue
        home["tier"] = min(home["tier"], row["tier"])
        home["age"] = max(home["age"] or 0, rules.age(row["born"], today) or 0) or None
        home["alone"] = home["alone"] or row["lives_alone"]
        home["gone"].append(bool(row["away_until"] and row["away_until"] > now))
    for home in found.values():
        gone = home.pop("gone")
        home["away"] = bool(gone) and all(gone)


def _health(conn: Connection, found: dict[int, Row]) -> None:
    query = select(residents.c.home_id, health_notes.c.text).select_from(health_notes.join(residents))
    for home_id, text in conn.execute(query):
        if home_id in found and any(word in text for word in DEPENDS):
            found[home_id]["depends"] = text


def _devices(conn: Connection, found: dict[int, Row]) -> None:
    query = select(devices.c.home_id, devices.c.mains_lost, watches.c.state)
    query = query.select_from(devices.outerjoin(watches, watches.c.id == devices.c.account))
    for home_id, dark, state in conn.execute(query.where(devices.c.home_id.is_not(None))):
        if home_id in found and (dark or state in SILENT):
            found[home_id]["dead"] = True


# --- roll calls ----------------------------------------------------------------------------------------------------


RUNNING = Prepared(select(rollcalls).where(rollcalls.c.ended_at.is_(None)).order_by(rollcalls.c.begun_at))


def running(conn: Connection) -> list[Row]:
    return RUNNING.rows(conn)


def some_run(conn: Connection) -> bool:
    query = select(rollcalls.c.id).where(rollcalls.c.ended_at.is_(None)).limit(1)
    return conn.execute(query).first() is not None


def listed(conn: Connection, limit: int = 50) -> list[Row]:
    """Those that run first, then the newest."""
    order = (rollcalls.c.ended_at.is_not(None), rollcalls.c.begun_at.desc())
    return _rows(conn, select(rollcalls).order_by(*order).limit(limit))


def one(conn: Connection, rollcall_id: str) -> Row | None:
    return next(iter(_rows(conn, select(rollcalls).where(rollcalls.c.id == rollcall_id))), None)


def made(conn: Connection) -> int:
    return int(conn.execute(select(func.count()).select_from(rollcalls)).scalar_one())


def marks(conn: Connection, rollcall_id: str) -> dict[int, Row]:
    found = _rows(conn, select(rollcall_marks).where(rollcall_marks.c.rollcall_id == rollcall_id))
    return {row["home_id"]: row for row in found}


def incidents_of(conn: Connection, home_id: int) -> list[str]:
    """Standing incidents that have this home on their list and do not know its people to be safe."""
    found = conn.execute(select(incidents.c.id, incidents.c.homes).where(incidents.c.stage != "ended"))
    return [row.id for row in found if (said := row.homes.get(str(home_id))) and said["safe_at"] is None]


# --- who lives there -----------------------------------------------------------------------------------------------


def households(conn: Connection, home_ids: Sequence[int], on: Any, codes: bool = False) -> dict[int, Row]:
    """Who lives there and how to get there, for a list: ``people`` with name, age, tier, telephone and what is critical
    of their health, ``contact``: the first to ring. The door code only where it was asked for."""
    found: dict[int, Row] = {}
    names = (*WHERE, "door_code") if codes else WHERE
    columns = (homes.c.id.label("home_id"), *(homes.c[name] for name in names), homes.c.station_id)
    for some in portions(sorted(home_ids)):
        query = select(*columns, stations.c.name.label("station")).outerjoin_from(homes, stations)
        for row in _rows(conn, query.where(homes.c.id.in_(some))):
            found[row["home_id"]] = {**row, "people": [], "contact": None}
        who = select(residents).where(residents.c.home_id.in_(some)).order_by(residents.c.id)
        people = {row["id"]: row for row in _rows(conn, who)}
        notes = _by_person(conn, select(health_notes).where(health_notes.c.resident_id.in_(people)))
        near = _by_person(conn, select(contacts).where(contacts.c.resident_id.in_(people), contacts.c.rank <= 1))
        for person_id, row in people.items():
            home = found[row["home_id"]]
            home["people"].append({
                "name": row["name"], "sex": row["sex"], "age": rules.age(row["born"], on), "tier": row["tier"],
                "phone": row["phone"], "language": row["language"], "away_until": row["away_until"],
                "critical": [note["text"] for note in notes.get(person_id, []) if note["critical"]],
            })  # fmt: skip
            if home["contact"] is None and near.get(person_id):
                first = near[person_id][0]
                home["contact"] = {name: first[name] for name in ("name", "relation", "phone")}
    return found


def carers_named(conn: Connection) -> dict[int | None, str]:
    return {row.id: row.name for row in conn.execute(select(carers.c.id, carers.c.name))}


def neighbours_of(conn: Connection, communities: Iterable[str]) -> list[Row]:
    """Grid leaders of these communities who agreed to be asked."""
    able = and_(responders.c.active, responders.c.consent, responders.c.kind == "grid_leader")
    query = select(responders).where(able, responders.c.community.in_(sorted(set(communities))))
    return _rows(conn, query.order_by(responders.c.id))


def doors(conn: Connection, home_ids: Sequence[int]) -> dict[int, Row]:
    """Where these homes are, and of which grid: no names."""
    found: dict[int, Row] = {}
    columns = [homes.c[name] for name in ("id", "community", "grid", "address", "building", "unit", "door")]
    for some in portions(sorted(home_ids)):
        found |= {row["id"]: row for row in _rows(conn, select(*columns).where(homes.c.id.in_(some)))}
    return found


def _by_person(conn: Connection, query: Any) -> dict[int, list[Row]]:
    found: dict[int, list[Row]] = {}
    for row in _rows(conn, query):
        found.setdefault(row["resident_id"], []).append(row)
    return found


def _rows(conn: Connection, query: Any) -> list[Row]:
    return [dict(row) for row in conn.execute(query).mappings()]
