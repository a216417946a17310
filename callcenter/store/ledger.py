"""What the pages read of supervision: how protected everybody is, who is not and why, tests due, recalls, incidents."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import Select, and_, func, or_, select

from callcenter.rules.events import Row
from callcenter.rules.people import place
from callcenter.store.database import Database
from callcenter.store.people import People, portions
from callcenter.store.tables import (
    calls,
    device_models,
    devices,
    events,
    homes,
    incidents,
    protection,
    recalls,
    stations,
    watches,
)

PLACE = ("community", "building", "address")


class Ledger:
    def __init__(self, database: Database, people: People):
        self.database, self.people = database, people

    # --- protection -------------------------------------------------------------------------------------------

    def counts(self) -> dict[str, int]:
        """Homes with a device by status, and homes without any."""
        watched = select(func.count(func.distinct(devices.c.home_id)))
        running = select(protection.c.status, func.count()).where(protection.c.until.is_(None))
        with self.database.read() as conn:
            homes_with = int(conn.execute(watched).scalar_one())
            all_homes = int(conn.execute(select(func.count()).select_from(homes)).scalar_one())
            bad = {row[0]: row[1] for row in conn.execute(running.group_by(protection.c.status))}
        found = {status: bad.get(status, 0) for status in ("unprotected", "doubtful", "away")}
        return {"protected": homes_with - sum(found.values()), **found, "without_device": all_homes - homes_with}

    def standing(self, on: date, status: str = "", station_id: int = 0, limit: int = 500) -> list[Row]:
        """Homes that are not protected now, the worst and longest first, with owner and clock of what is done."""
        item = watches.join(calls, calls.c.id == watches.c.item_id)
        work = select(
            watches.c.id.label("watch"), calls.c.id.label("call_id"), calls.c.stage.label("call_stage"),
            calls.c.holder_name, calls.c.next_due_at, calls.c.next_step,
        ).select_from(item).where(calls.c.stage != "closed").subquery()  # fmt: skip
        query = (
            select(protection, devices.c.last_heard_at, devices.c.last_full_test_at, work)
            .select_from(
                protection.outerjoin(devices, devices.c.account == protection.c.account)
                .outerjoin(work, work.c.watch == protection.c.account)
            )
            .where(protection.c.until.is_(None))
            .order_by(protection.c.status.desc(), protection.c.since, protection.c.home_id)
            .limit(limit)
        )  # fmt: skip
        if status:
            query = query.where(protection.c.status == status)
        if station_id:
            query = query.where(protection.c.station_id == station_id)
        return self._with_people(query, on)

    def stations(self) -> list[tuple[int, str]]:
        with self.database.read() as conn:
            return [
                (r.id, r.name) for r in conn.execute(select(stations.c.id, stations.c.name).order_by(stations.c.code))
            ]

    def periods(self, start: str, end: str) -> list[Row]:
        """Every period that touches the time between two stamps."""
        inside = and_(protection.c.since < end, or_(protection.c.until.is_(None), protection.c.until > start))
        with self.database.read() as conn:
            return _rows(conn, select(protection).where(inside))

    # --- devices ----------------------------------------------------------------------------------------------

    def device(self, account: str) -> Row | None:
        """One device with model, place, what the watch says of it, and its last periods."""
        query = (
            select(
                devices, device_models.c.name.label("model"),
                *(device_models.c[n] for n in ("heartbeat_seconds", "grace_seconds", "battery_hours", "test_days")),
                *(homes.c[name] for name in PLACE), homes.c.code.label("home_code"), stations.c.name.label("station"),
                *(watches.c[name] for name in ("state", "misses", "silent_since", "item_id", "welfare_id")),
            )
            .select_from(
                devices.outerjoin(device_models).outerjoin(homes).outerjoin(stations)
                .outerjoin(watches, watches.c.id == devices.c.account)
            )
            .where(devices.c.account == account)
        )  # fmt: skip
        with self.database.read() as conn:
            row = next(iter(_rows(conn, query)), None)
            if row is None:
                return None
            mine = select(protection).where(protection.c.account == account)
            row["periods"] = _rows(conn, mine.order_by(protection.c.since.desc()).limit(20))
            alike = devices.c.home_id == row["home_id"]
            others = select(devices.c.account).where(alike, devices.c.account != account)
            row["others"] = list(conn.execute(others).scalars()) if row["home_id"] else []
        for secret in ("key_hex", "sip_password"):
            row[secret] = bool(row[secret])
        row["place"] = place(row["community"] or "", row["building"] or "", row["address"] or "")
        return row

    def to_sign(self, on: date, limit: int = 200) -> list[Row]:
        """Devices in a home whose installation nobody has signed for; those with a press of late come first."""
        query = self._devices().where(devices.c.accepted_at.is_(None), devices.c.home_id.is_not(None))
        pressed = func.coalesce(devices.c.last_full_test_at, "")
        return self._with_people(query.order_by(pressed.desc(), devices.c.account).limit(limit), on)

    def tested(self) -> list[Row]:
        """What must be known to say whose test press is due: every signed device of a model that asks for one."""
        columns = ("account", "last_full_test_at", "accepted_at")
        query = select(
            *(devices.c[name] for name in columns), func.coalesce(device_models.c.test_days, 30).label("test_days")
        )
        query = query.select_from(devices.outerjoin(device_models))
        with self.database.read() as conn:
            return _rows(conn, query.where(devices.c.accepted_at.is_not(None), devices.c.home_id.is_not(None)))

    def by_account(self, accounts: Sequence[str], on: date) -> dict[str, Row]:
        """These devices with who lives there, and when somebody last asked for a test press."""
        found = {}
        for some in portions(accounts):
            for row in self._with_people(self._devices().where(devices.c.account.in_(some)), on):
                found[row["account"]] = row
            streams = {f"device:{account}": account for account in some}
            asked = select(events.c.stream, func.max(events.c.at)).where(
                events.c.stream.in_(streams), events.c.kind == "TestReminded"
            )
            with self.database.read() as conn:
                for stream, at in conn.execute(asked.group_by(events.c.stream)):
                    found[streams[stream]]["reminded_at"] = at
        return found

    def troublesome(self, on: date, limit: int = 10) -> list[Row]:
        """The devices whose frames get lost most: repeats and gaps for each frame heard."""
        lost = (devices.c.retransmissions + devices.c.gaps) * 1.0 / devices.c.frames
        query = self._devices().where(devices.c.frames >= 10, devices.c.retransmissions + devices.c.gaps > 0)
        return self._with_people(query.order_by(lost.desc(), devices.c.account).limit(limit), on)

    @staticmethod
    def _devices() -> Select[Any]:
        names = ("account", "home_id", "last_heard_at", "last_full_test_at", "last_press_at", "installed_at",
                 "frames", "retransmissions", "gaps", "battery_percent", "firmware", "batch")  # fmt: skip
        query = select(*(devices.c[name] for name in names), device_models.c.name.label("model"))
        return query.select_from(devices.outerjoin(device_models))

    # --- recalls and incidents --------------------------------------------------------------------------------

    def recalls(self) -> list[Row]:
        with self.database.read() as conn:
            return _rows(conn, select(recalls).order_by(recalls.c.opened_at.desc()).limit(100))

    def recall(self, recall_id: str) -> Row | None:
        with self.database.read() as conn:
            return next(iter(_rows(conn, select(recalls).where(recalls.c.id == recall_id))), None)

    def makes(self) -> dict[str, list[str]]:
        """The models, firmwares and batches there are, to choose from."""
        with self.database.read() as conn:
            models = list(conn.execute(select(device_models.c.name).order_by(device_models.c.name)).scalars())
            other = {
                name: sorted(conn.execute(select(devices.c[name]).distinct().where(devices.c[name] != "")).scalars())
                for name in ("firmware", "batch")
            }
        return {"model": models, **other}

    def incidents(self, limit: int = 50) -> list[Row]:
        """Those that stand first, then the newest."""
        query = select(incidents).order_by((incidents.c.stage == "ended"), incidents.c.began_at.desc()).limit(limit)
        with self.database.read() as conn:
            return _rows(conn, query)

    def incident(self, incident_id: str, on: date) -> Row | None:
        """One incident with its homes as a list, each with who lives there."""
        with self.database.read() as conn:
            row = next(iter(_rows(conn, select(incidents).where(incidents.c.id == incident_id))), None)
            if row is None:
                return None
            people = self.people.summaries(conn, [int(home) for home in row["homes"]], on)
        listed = [{"home_id": int(h), **said, **people.get(int(h), NOBODY)} for h, said in row["homes"].items()]
        return {**row, "homes": listed}

    def _with_people(self, query: Select[Any], on: date) -> list[Row]:
        with self.database.read() as conn:
            rows = _rows(conn, query)
            people = self.people.summaries(conn, [row["home_id"] for row in rows if row["home_id"]], on)
        return [{**row, **people.get(row["home_id"], NOBODY)} for row in rows]


NOBODY = {"name": "", "sex": "", "age": None, "tier": "C", "place": "", "station": ""}


def _rows(conn: Any, query: Any) -> list[Row]:
    return [dict(row) for row in conn.execute(query).mappings()]
