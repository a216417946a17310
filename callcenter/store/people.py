"""The people as everyone asks for them: the card of a call, one line per home, whose pager, who is on shift."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from itertools import groupby
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Connection, and_, bindparam, select

from callcenter.rules import people as rules
from callcenter.rules.callers import is_of_device
from callcenter.rules.risk import highest_tier
from callcenter.rules.times import stamp
from callcenter.store import search
from callcenter.store.away import Away
from callcenter.store.database import Database
from callcenter.store.prepared import Prepared
from callcenter.store.stations import Stations
from callcenter.store.tables import (
    carers,
    contacts,
    device_models,
    devices,
    health_notes,
    homes,
    protection,
    residents,
    shifts,
    stations,
)

Row = dict[str, Any]
ADDRESS = ["id", "code", "community", "street", "address", "building", "unit", "door", "floor", "lift", "phone"]
WAY_IN = ["way_in", "door_code", "key_holder", "key_safe", "latitude", "longitude", "access_checked_at",
          "access_checked_by", "access_fault"]  # fmt: skip
RESIDENT = ["id", "name", "sex", "phone", "language", "tier", "lives_alone", "diet", "carer_sex", "away_until", "notes"]
CONTACT = ["rank", "name", "relation", "phone", "reachable", "minutes_away", "has_key", "wants_notices"]
DEVICE = ["account", "pager", "last_heard_at", "last_press_at", "last_test_at", "battery_low", "mains_lost",
          "battery_percent", "position_latitude", "position_longitude", "position_at", "line"]  # fmt: skip
# What of a device is set with the frame that changes it.
CONDITION = ("mains_lost", "mains_lost_at", "battery_low", "pager_battery_low", "pager_lost", "fault")
OWNER: tuple[ColumnElement[Any], ...] = (
    *(devices.c[name] for name in ("account", "home_id", "key_hex", *CONDITION)),
    *(residents.c[name] for name in ("tier", "language", "away_until")),
    devices.c.id.label("device_id"),
    residents.c.id.label("resident_id"),
    device_models.c["keys"],  # .keys is a method of the collection
    homes.c.station_id,
    homes.c.community,
)
ACCOUNT_OWNER = Prepared(
    select(*OWNER)
    .select_from(
        devices.outerjoin(device_models).outerjoin(homes).outerjoin(residents, residents.c.home_id == homes.c.id)
    )
    .where(devices.c.account.in_(bindparam("accounts", expanding=True)))
    .order_by(devices.c.account, residents.c.id),
    "accounts",
)
AT_ONCE = 500  # ids in one IN (…); SQLite before 3.32 takes 999 parameters


class People:
    """Homes, residents, devices and carers. Moments handed in are UTC; rows handed out are plain dicts."""

    def __init__(self, database: Database) -> None:
        self.database, self.stations = database, Stations(database)

    # --- the card -------------------------------------------------------------------------------------------------

    def card(self, call_row: Mapping[str, Any], now: datetime, zone: ZoneInfo) -> Row:
        """``{"home", "residents", "device"}`` for a call row (``home_id``, ``account``); the parts nobody knows are
        ``None`` or empty."""
        with self.database.read() as conn:
            home_id, account = call_row.get("home_id"), call_row.get("account") or ""
            local = now.astimezone(zone)
            return {
                "home": self._home(conn, home_id) if home_id else None,
                "residents": self._residents(conn, home_id, local) if home_id else [],
                "device": self._device(conn, home_id, account),
            }

    def _home(self, conn: Connection, home_id: int) -> Row | None:
        found = conn.execute(
            select(
                *(homes.c[name] for name in ADDRESS + WAY_IN),
                stations.c.id.label("station_id"),
                stations.c.name.label("station_name"),
                stations.c.phone.label("station_phone"),
            )
            .outerjoin_from(homes, stations)
            .where(homes.c.id == home_id)
        ).mappings()
        row = found.first()
        if row is None:
            return None
        home = {name: row[name] for name in ADDRESS + WAY_IN}
        station = {"id": row["station_id"], "name": row["station_name"], "phone": row["station_phone"]}
        return home | {"station": station if row["station_id"] else None}

    def _residents(self, conn: Connection, home_id: int, local: datetime) -> list[Row]:
        rows = _rows(conn, select(residents).where(residents.c.home_id == home_id).order_by(residents.c.id))
        ids = [row["id"] for row in rows]
        away = Away.of_homes(conn, [home_id]).get(home_id, {})
        notes = _grouped(
            conn,
            select(health_notes)
            .where(health_notes.c.resident_id.in_(ids))
            .order_by(health_notes.c.resident_id, health_notes.c.critical.desc(), health_notes.c.id),
        )
        known = _grouped(
            conn,
            select(contacts)
            .where(contacts.c.resident_id.in_(ids))
            .order_by(contacts.c.resident_id, contacts.c.rank, contacts.c.id),
        )
        return [
            {name: row[name] for name in RESIDENT}
            | {
                "age": rules.age(row["born"], local.date()),
                "health": [
                    {name: note[name] for name in ("text", "critical", "kind")} for note in notes.get(row["id"], [])
                ],
                "absence": away.get(row["id"]),
                "contacts": [
                    {name: contact[name] for name in CONTACT}
                    | {"reachable_now": rules.reachable_now(contact["reachable"], local.time())}
                    for contact in known.get(row["id"], [])
                ],
            }
            for row in rows
        ]

    def _device(self, conn: Connection, home_id: int | None, account: str) -> Row | None:
        """The device that pressed, or the one in the home when the call came by another door."""
        whose = devices.c.account == account if is_of_device(account) else devices.c.home_id == home_id
        query = (
            select(*(devices.c[name] for name in DEVICE), device_models.c.name.label("model"))
            .outerjoin_from(devices, device_models)
            .where(whose)
            .order_by(devices.c.id)
        )
        row = conn.execute(query).mappings().first()
        return dict(row) | {"protection": self._protection(conn, home_id)} if row else None

    @staticmethod
    def _protection(conn: Connection, home_id: int | None) -> Row | None:
        """Why the home is not protected now; None when it is."""
        names = ("status", "reason", "reasons", "since", "account")
        now = and_(protection.c.home_id == home_id, protection.c.until.is_(None))
        row = conn.execute(select(*(protection.c[name] for name in names)).where(now)).mappings().first()
        return dict(row) if row else None

    def account_of(self, home_id: int | None, resident_id: int | None) -> str | None:
        """The account of a home's device, so that a case from another door meets the pager's case."""
        at_home = select(residents.c.home_id).where(residents.c.id == resident_id).scalar_subquery()
        with self.database.read() as conn:
            where = devices.c.home_id == (home_id if home_id is not None else at_home)
            return conn.execute(select(devices.c.account).where(where).order_by(devices.c.id).limit(1)).scalar()

    def need(self, home_id: int) -> Row:
        """What a home asks of whoever goes there: place, entrance, the languages and wishes of its residents."""
        columns = [
            "latitude",
            "longitude",
            "station_id",
            "community",
            "key_safe",
            "key_holder",
            "floor",
            "lift",
            "way_in",
        ]
        station = (
            stations.c.name.label("station"),
            stations.c.latitude.label("station_latitude"),
            stations.c.longitude.label("station_longitude"),
        )
        with self.database.read() as conn:
            query = (
                select(*(homes.c[n] for n in columns), *station)
                .outerjoin_from(homes, stations)
                .where(homes.c.id == home_id)
            )
            found = conn.execute(query).mappings().first()
            asked = select(residents.c.language, residents.c.carer_sex, residents.c.tier)
            who = _rows(conn, asked.where(residents.c.home_id == home_id))
        wished = {row["carer_sex"] for row in who}
        return dict(found or {}) | {
            "languages": sorted({row["language"] for row in who}),
            "carer_sex": wished.pop() if len(wished) == 1 else "",
            "tiers": {row["tier"] for row in who},
        }

    # --- lines for lists ------------------------------------------------------------------------------------------

    def summaries(self, conn: Connection, home_ids: Iterable[int], on: date) -> dict[int, Row]:
        """``{home_id: {"name", "sex", "age", "place", "station", "tier", "languages"}}``, a query for 500 homes."""
        found: dict[int, Row] = {}
        for some in portions(sorted(set(home_ids))):
            query = (
                select(
                    homes.c.id.label("home_id"),
                    homes.c.community,
                    homes.c.building,
                    homes.c.address,
                    stations.c.name.label("station"),
                    residents.c.name,
                    residents.c.sex,
                    residents.c.born,
                    residents.c.tier,
                    residents.c.language,
                )
                .select_from(homes.outerjoin(stations).outerjoin(residents, residents.c.home_id == homes.c.id))
                .where(homes.c.id.in_(some))
                .order_by(homes.c.id, residents.c.id)
            )
            for home_id, group in groupby(conn.execute(query).mappings(), key=lambda row: row["home_id"]):
                rows = list(group)
                found[home_id] = rules.household([dict(row) for row in rows if row["name"] is not None], on) | {
                    "place": rules.place(rows[0]["community"], rows[0]["building"], rows[0]["address"]),
                    "station": rows[0]["station"] or "",
                    "languages": list(dict.fromkeys(row["language"] for row in rows if row["language"])),
                }
        return found

    def find(self, text: str, limit: int = 20) -> list[Row]:
        """Residents by name, pinyin (whole or initials), any phone of theirs or of a contact, address, pager account
        or code; the surest matches first."""
        with self.database.read() as conn:
            return search.find(conn, text, limit)

    # --- devices --------------------------------------------------------------------------------------------------

    def devices_by_account(self, conn: Connection, accounts: Iterable[str]) -> dict[str, Row]:
        """Whose pager: ``{account: {"device_id", "home_id", "resident_id", "station_id", "community", "tier", "keys",
        "key_hex", "mains_lost_at", "language", "away_until"}}``. ``resident_id`` is empty where two people share it."""
        found: dict[str, Row] = {}
        for some in portions(sorted(set(accounts))):
            rows = ACCOUNT_OWNER.rows(conn, accounts=some)
            for account, group in groupby(rows, key=lambda row: row["account"]):
                found[account] = _whose(list(group))
        return found

    # --- carers ---------------------------------------------------------------------------------------------------

    def carers(self, now: datetime) -> list[Row]:
        """Every active carer with their station, whether they are on shift at ``now``, until when, on which post, and
        where their phone last was."""
        at = stamp(now)
        on = and_(shifts.c.carer_id == carers.c.id, shifts.c.starts_at <= at, shifts.c.ends_at > at)
        query = (
            select(
                carers,
                stations.c.name.label("station"),
                stations.c.latitude.label("station_latitude"),
                stations.c.longitude.label("station_longitude"),
                shifts.c.ends_at.label("shift_ends_at"),
                shifts.c.post.label("shift_post"),
            )
            .select_from(carers.join(stations).outerjoin(shifts, on))
            .where(carers.c.active)
            .order_by(carers.c.id, shifts.c.ends_at)
        )
        with self.database.read() as conn:
            latest = {row["id"]: dict(row) for row in conn.execute(query).mappings()}
        for row in latest.values():
            row["on_shift"] = row["shift_ends_at"] is not None
            row["post"] = row.pop("shift_post") or row["post"]
        return list(latest.values())


def _rows(conn: Connection, query: Any) -> list[Row]:
    return [dict(row) for row in conn.execute(query).mappings()]


def _grouped(conn: Connection, query: Any) -> dict[int, list[Row]]:
    """Rows by ``resident_id``; the query must be ordered by it."""
    return {key: list(group) for key, group in groupby(_rows(conn, query), key=lambda row: row["resident_id"])}


def portions(items: Sequence[Any]) -> Iterator[Sequence[Any]]:
    """As many as one ``IN (…)`` takes, again and again."""
    for start in range(0, len(items), AT_ONCE):
        yield items[start : start + AT_ONCE]


def _whose(rows: list[Any]) -> Row:
    """One device from its rows, one for each resident of the home."""
    first = rows[0]
    people = [row for row in rows if row["resident_id"] is not None]
    away = [row["away_until"] for row in people]
    return {
        "device_id": first["device_id"],
        "home_id": first["home_id"],
        "resident_id": people[0]["resident_id"] if len(people) == 1 else None,
        "station_id": first["station_id"],
        "community": first["community"] or "",
        "tier": highest_tier(row["tier"] for row in people),
        "keys": first["keys"] or {},
        "key_hex": first["key_hex"],
        **{column: first[column] for column in CONDITION},
        "language": people[0]["language"] if people else "zh",
        "away_until": min(away) if away and all(away) else None,  # away only when nobody is left in the home
    }
