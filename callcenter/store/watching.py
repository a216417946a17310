"""What the watch reads and writes: devices whose next look is due, homes with all that bears on their protection."""

from collections.abc import Iterable, Mapping, Sequence
from itertools import groupby
from typing import Any

from sqlalchemy import Connection, and_, bindparam, func, or_, select, update

from callcenter.rules.devices import WITHOUT_MODEL
from callcenter.rules.events import Row
from callcenter.rules.risk import LOWEST, highest_tier
from callcenter.store.database import Database
from callcenter.store.people import portions
from callcenter.store.tables import (
    calls,
    device_models,
    devices,
    homes,
    incidents,
    protection,
    recalls,
    residents,
    visits,
    watches,
)

JUDGED = (
    "account", "home_id", "line", "last_heard_at", "last_full_test_at", "accepted_at", "mains_lost", "mains_lost_at",
    "battery_low", "battery_percent", "pager_lost", "pager_battery_low", "fault", "loan_account", "next_look_at",
)  # fmt: skip
OF_MODEL = tuple(WITHOUT_MODEL)
OF_HOME = ("station_id", "community", "address", "building")
OF_WATCH = ("state", "misses", "silent_since", "amber_at", "silent_at", "item_id", "welfare_id")
DEVICE = select(
    *(devices.c[name] for name in JUDGED),
    *(device_models.c[name] for name in OF_MODEL),
    device_models.c.name.label("model"),
    *(homes.c[name] for name in OF_HOME),
    *(watches.c[name] for name in OF_WATCH),
).select_from(
    devices.outerjoin(device_models).outerjoin(homes).outerjoin(watches, watches.c.id == devices.c.account)
)  # fmt: skip


class Watching:
    def __init__(self, database: Database):
        self.database = database

    # --- who needs a look -----------------------------------------------------------------------------------

    def to_look_at(self, now: str, limit: int) -> list[str]:
        """Accounts whose look is due, and those in trouble that have been heard, or pressed, since."""
        back = or_(
            and_(watches.c.state.in_(("amber", "silent")), devices.c.last_heard_at > watches.c.silent_since),
            and_(watches.c.state == "returned", devices.c.last_full_test_at > watches.c.silent_since),
        )
        again = select(watches.c.id).join(devices, devices.c.account == watches.c.id)
        due = select(devices.c.account).where(devices.c.next_look_at <= now).order_by(devices.c.next_look_at)
        with self.database.read() as conn:
            found = list(conn.execute(due.limit(limit)).scalars())
            found += conn.execute(again.where(watches.c.state != "live", back).limit(limit)).scalars()
        return list(dict.fromkeys(found))

    @staticmethod
    def look_soon(conn: Connection, accounts: Sequence[str] | None = None) -> None:
        """Make the next look at these devices, or at all, due at once."""
        for some in [None] if accounts is None else portions(accounts):
            change = update(devices).values(next_look_at="")
            conn.execute(change if some is None else change.where(devices.c.account.in_(some)))

    @staticmethod
    def looked(conn: Connection, looks: Sequence[tuple[str, str]]) -> None:
        """``(account, next look)`` of devices just looked at."""
        if looks:
            change = update(devices).where(devices.c.account == bindparam("_account"))
            change = change.values(next_look_at=bindparam("_next"))
            conn.execute(change, [{"_account": account, "_next": at} for account, at in looks])

    # --- homes ----------------------------------------------------------------------------------------------

    def homes_of(self, conn: Connection, accounts: Sequence[str], now: str) -> list[Row]:
        """The homes of these devices, each ``{"home_id", "persons", "tier", "away_until", "devices"}`` with all its
        devices; a device in no home stands alone, with ``home_id`` None."""
        found: list[Row] = []
        for some in portions(sorted(set(accounts))):
            at_home = select(devices.c.home_id).where(devices.c.account.in_(some), devices.c.home_id.is_not(None))
            wanted = or_(devices.c.account.in_(some), devices.c.home_id.in_(at_home))
            found += _device_rows(conn, DEVICE.where(wanted))
        return self._by_home(conn, {row["account"]: row for row in found}.values(), now)

    def silent_homes(self, conn: Connection, now: str) -> list[Row]:
        """The homes of every device that counts as silent."""
        return self._by_home(conn, _device_rows(conn, DEVICE.where(watches.c.state == "silent")), now)

    def _by_home(self, conn: Connection, rows: Iterable[Row], now: str) -> list[Row]:
        ordered = sorted(rows, key=lambda row: (row["home_id"] or 0, row["account"]))
        people = self._people(conn, sorted({row["home_id"] for row in ordered if row["home_id"]}), now)
        recalled = self._recalled(conn)
        found = []
        for key, group in groupby(
            ordered, key=lambda row: (row["home_id"] or 0, "" if row["home_id"] else row["account"])
        ):
            home = people.get(key[0], {"persons": 0, "tier": LOWEST, "away_until": None})
            own = [row | {"recalled": row["account"] in recalled, "away_until": home["away_until"]} for row in group]
            found.append({"home_id": key[0] or None, **home, "devices": own})
        return found

    @staticmethod
    def _people(conn: Connection, home_ids: Sequence[int], now: str) -> dict[int, Row]:
        """Who is there: people not away, the highest risk, and until when all are away."""
        columns = (residents.c.home_id, residents.c.tier, residents.c.away_until)
        found: dict[int, Row] = {}
        for some in portions(home_ids):
            query = select(*columns).where(residents.c.home_id.in_(some)).order_by(residents.c.home_id)
            for home_id, group in groupby(conn.execute(query), key=lambda row: row.home_id):
                who = list(group)
                gone = [row.away_until for row in who if row.away_until and row.away_until > now]
                found[home_id] = {
                    "persons": len(who) - len(gone),
                    "tier": highest_tier(row.tier for row in who),
                    "away_until": min(gone) if len(gone) == len(who) else None,
                }
        return found

    @staticmethod
    def _recalled(conn: Connection) -> frozenset[str]:
        """Accounts under an open recall that are not mended yet."""
        lists = conn.execute(select(recalls.c.devices).where(recalls.c.closed_at.is_(None))).scalars()
        return frozenset(a for devices_ in lists for a, said in devices_.items() if said["mended_at"] is None)

    @staticmethod
    def open_periods(conn: Connection, home_ids: Sequence[int]) -> dict[int, Row]:
        """Where each of these homes stands now, if it is not protected."""
        running: dict[int, Row] = {}
        for some in portions(home_ids):
            query = select(protection).where(protection.c.until.is_(None), protection.c.home_id.in_(some))
            running |= {row["home_id"]: dict(row) for row in conn.execute(query).mappings()}
        return running

    @staticmethod
    def last_until(conn: Connection, home_id: int) -> str:
        """When the last period of a home ended: no later one may begin before."""
        query = select(func.coalesce(func.max(protection.c.until), "")).where(protection.c.home_id == home_id)
        return str(conn.execute(query).scalar_one())

    # --- places struck together -----------------------------------------------------------------------------

    @staticmethod
    def struck(conn: Connection) -> list[Row]:
        """Homes with a device that misses its heartbeats or its mains: ``cause`` and ``since``, and their places."""
        place = (devices.c.home_id, *(homes.c[name] for name in OF_HOME))
        at_home = devices.join(homes)
        began = func.coalesce(watches.c.amber_at, watches.c.silent_at).label("since")
        silent = select(*place, began).select_from(at_home.join(watches, watches.c.id == devices.c.account))
        dark = select(*place, devices.c.mains_lost_at.label("since")).select_from(at_home)
        found = _rows(conn, silent.where(watches.c.state.in_(("amber", "silent"))))
        rows = [row | {"cause": "silent"} for row in found]
        found = _rows(conn, dark.where(devices.c.mains_lost, devices.c.mains_lost_at.is_not(None)))
        return rows + [row | {"cause": "mains"} for row in found]

    @staticmethod
    def watched_homes(conn: Connection) -> list[Row]:
        """Every home with a device: id, places, line."""
        query = select(devices.c.home_id, *(homes.c[name] for name in OF_HOME), devices.c.line)
        return _rows(conn, query.select_from(devices.join(homes)))

    @staticmethod
    def standing(conn: Connection) -> list[Row]:
        """Incidents that have not ended."""
        return _rows(conn, select(incidents).where(incidents.c.stage != "ended").order_by(incidents.c.id))

    @staticmethod
    def home_devices(conn: Connection, home_ids: Sequence[int]) -> dict[int, list[Row]]:
        found: dict[int, list[Row]] = {}
        for some in portions(home_ids):
            for row in _device_rows(conn, DEVICE.where(devices.c.home_id.in_(some))):
                found.setdefault(row["home_id"], []).append(row)
        return found

    @staticmethod
    def items_in(conn: Connection, home_ids: Sequence[int]) -> list[Row]:
        """Waiting device items of these homes for which nobody has been sent."""
        found: list[Row] = []
        for some in portions(home_ids):
            item = and_(calls.c.home_id.in_(some), calls.c.stage == "waiting", calls.c.priority == 4)
            found += _rows(conn, select(calls).where(item, calls.c.requested_at.is_(None)))
        return found

    @staticmethod
    def calls(conn: Connection, ids: Iterable[str | None]) -> dict[str, Row]:
        found: dict[str, Row] = {}
        for some in portions(sorted({call for call in ids if call})):
            found |= {row["id"]: row for row in _rows(conn, select(calls).where(calls.c.id.in_(some)))}
        return found

    @staticmethod
    def device(conn: Connection, account: str) -> Row | None:
        return next(iter(_device_rows(conn, DEVICE.where(devices.c.account == account))), None)

    @staticmethod
    def alike(conn: Connection, parts: Mapping[str, str]) -> list[Row]:
        """Devices of this model, firmware and batch; an empty part is any."""
        columns = {"model": device_models.c.name, "firmware": devices.c.firmware, "batch": devices.c.batch}
        wanted = [columns[part] == value for part, value in parts.items() if value]
        return _device_rows(conn, DEVICE.where(*wanted).order_by(devices.c.account))

    @staticmethod
    def recalls_made(conn: Connection) -> int:
        return int(conn.execute(select(func.count()).select_from(recalls)).scalar_one())

    @staticmethod
    def being_visited(conn: Connection, call_id: str) -> bool:
        query = select(visits.c.id).where(visits.c.call_id == call_id, visits.c.ended_at.is_(None))
        return conn.execute(query.limit(1)).first() is not None


def _device_rows(conn: Connection, query: Any) -> list[Row]:
    """Devices; one without a model gets what is assumed of such."""
    return [row if row["model"] is not None else row | WITHOUT_MODEL | {"model": ""} for row in _rows(conn, query)]


def _rows(conn: Connection, query: Any) -> list[Row]:
    return [dict(row) for row in conn.execute(query).mappings()]
