"""The trend of each device: what its traffic adds up to, in its row and in a line for each day."""

from collections.abc import Mapping
from datetime import date, timedelta

from sqlalchemy import bindparam, delete, select, text, update

from callcenter.rules.events import Row
from callcenter.store.database import Database
from callcenter.store.tables import device_days, devices

KEPT_DAYS = 400
ADDED = ("frames", "retransmissions", "gaps")
TOTALS = (
    update(devices)
    .where(devices.c.account == bindparam("_account"))
    .values(
        line=bindparam("_line"),
        last_sequence=bindparam("_last"),
        **{name: devices.c[name] + bindparam(f"_{name}") for name in ADDED},
    )
)
# One spelling for both stores: unknown accounts have no line, the day's lowest battery stays.
DAY = text("""
INSERT INTO device_days (account, day, battery_percent, frames, retransmissions, gaps)
SELECT account, CAST(:day AS VARCHAR), CAST(:battery_percent AS INTEGER), CAST(:frames AS INTEGER),
       CAST(:retransmissions AS INTEGER), CAST(:gaps AS INTEGER)
FROM devices WHERE account = :account
ON CONFLICT (account, day) DO UPDATE SET
    frames = device_days.frames + excluded.frames,
    retransmissions = device_days.retransmissions + excluded.retransmissions,
    gaps = device_days.gaps + excluded.gaps,
    battery_percent = CASE
        WHEN device_days.battery_percent IS NULL THEN excluded.battery_percent
        WHEN excluded.battery_percent < device_days.battery_percent THEN excluded.battery_percent
        ELSE device_days.battery_percent END
""")


class Trend:
    def __init__(self, database: Database):
        self.database = database
        self._day: date | None = None

    def add(self, day: date, traffic: Mapping[str, Row], batteries: Mapping[str, int]) -> None:
        """``traffic`` is what ``Traffic.take`` gives; ``batteries`` per cent by account.

        Once a day what nobody asks for any more is forgotten."""
        if not traffic and not batteries:
            return
        nothing = dict.fromkeys(ADDED, 0)
        days = [
            {"account": account, "day": day.isoformat(), "battery_percent": batteries.get(account),
             **{name: traffic.get(account, nothing)[name] for name in ADDED}}
            for account in sorted({*traffic, *batteries})
        ]  # fmt: skip
        totals = [
            {"_account": account, "_line": said["line"], "_last": said["last_sequence"],
             **{f"_{name}": said[name] for name in ADDED}}
            for account, said in traffic.items()
        ]  # fmt: skip
        with self.database.write() as conn:
            if totals:
                conn.execute(TOTALS, totals)
            conn.execute(DAY, days)
            if day != self._day:
                old = (day - timedelta(days=KEPT_DAYS)).isoformat()
                conn.execute(delete(device_days).where(device_days.c.day < old))
        self._day = day

    def days(self, account: str, most: int = 60) -> list[Row]:
        """The newest days of a device, the oldest of them first."""
        query = select(device_days).where(device_days.c.account == account).order_by(device_days.c.day.desc())
        with self.database.read() as conn:
            return [dict(row) for row in conn.execute(query.limit(most)).mappings()][::-1]
