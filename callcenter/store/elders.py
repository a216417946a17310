"""What rounds, checks and tiers ask about people: who they are, what their home has said, whether they gave a sign."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from sqlalchemy import Connection, and_, func, or_, select, update

from callcenter.rules.events import Row
from callcenter.rules.ok_checks import PRESS, SEEN, SPOKE
from callcenter.rules.people import age
from callcenter.rules.risk import Facts
from callcenter.rules.round_plans import Elder
from callcenter.rules.rounds import REACHED, UNREACHED
from callcenter.store.people import portions
from callcenter.store.tables import (
    absences,
    calls,
    devices,
    health_notes,
    homes,
    incidents,
    ok_checks,
    protection,
    reminders,
    residents,
    round_calls,
    tier_decisions,
    visits,
    watches,
)


class Elders:
    """Everything is read inside the caller's transaction."""

    @staticmethod
    def all(conn: Connection, today: date, outage_since: str) -> list[Elder]:
        """Everybody with what a plan may ask; ``outage_since``: an incident that ended before is forgotten."""
        watched = select(devices.c.home_id).join(watches, watches.c.id == devices.c.account)
        silent = set(conn.execute(watched.where(watches.c.state == "silent")).scalars())
        pressed = func.max(func.coalesce(devices.c.last_full_test_at, devices.c.last_press_at))
        heard = {row[0]: row[1] for row in conn.execute(select(devices.c.home_id, pressed).group_by(devices.c.home_id))}
        struck = _struck(conn, outage_since)
        columns = (residents.c.id, residents.c.home_id, residents.c.tier, residents.c.born, residents.c.lives_alone,
                   homes.c.station_id, homes.c.community)  # fmt: skip
        query = select(*columns).select_from(residents.join(homes)).order_by(residents.c.id)
        return [
            Elder(r.id, r.home_id, r.station_id, r.community, r.tier, age(r.born, today), r.lives_alone, r.born[5:10],
                  r.home_id in silent, r.home_id in struck, heard.get(r.home_id))
            for r in conn.execute(query)
        ]  # fmt: skip

    @staticmethod
    def people(conn: Connection, resident_ids: Iterable[int]) -> dict[int, Row]:
        """These residents as the register has them, with ``station_id`` of their home."""
        found: dict[int, Row] = {}
        for some in portions(sorted(set(resident_ids))):
            query = select(residents, homes.c.station_id, homes.c.community, homes.c.code.label("home_code"))
            query = query.select_from(residents.join(homes)).where(residents.c.id.in_(some))
            found |= {row["id"]: dict(row) for row in conn.execute(query).mappings()}
        return found

    @staticmethod
    def by_code(conn: Connection, code: str) -> Row | None:
        number = conn.execute(select(residents.c.id).where(residents.c.code == code)).scalar()
        return Elders.people(conn, [number])[number] if number is not None else None

    @staticmethod
    def story(conn: Connection, resident_id: int) -> dict[str, list[Row]]:
        """What has been noted for one person: absences, the daily sign, reminders, decisions, calls of rounds."""
        found: dict[str, list[Row]] = {}
        for name, table, mine, order in (
            ("absences", absences, absences.c.resident_id == resident_id, absences.c.from_at.desc()),
            ("checks", ok_checks, ok_checks.c.id == str(resident_id), ok_checks.c.id),
            ("reminders", reminders, reminders.c.resident_id == resident_id, reminders.c.id),
            ("decisions", tier_decisions, tier_decisions.c.resident_id == resident_id, tier_decisions.c.at.desc()),
            ("calls", round_calls, round_calls.c.resident_id == resident_id, round_calls.c.from_at.desc()),
        ):
            query = select(table).where(mine).order_by(order).limit(20)
            found[name] = [dict(row) for row in conn.execute(query).mappings()]
        return found

    @staticmethod
    def change(conn: Connection, resident_id: int, **values: Any) -> None:
        conn.execute(update(residents).where(residents.c.id == resident_id).values(**values))

    @staticmethod
    def device_of(conn: Connection, home_id: int) -> Row | None:
        columns = (devices.c.account, devices.c.line)
        found = conn.execute(select(*columns).where(devices.c.home_id == home_id).order_by(devices.c.id).limit(1))
        row = found.mappings().first()
        return dict(row) if row else None

    # --- signs of life ----------------------------------------------------------------------------------------

    @staticmethod
    def sign(conn: Connection, resident_id: int, home_id: int, since: str) -> tuple[str, str] | None:
        """``(moment, how)`` of the newest human sign of this person since then. What a home of several people says
        proves nothing of one of them, unless it names them."""
        others = select(residents.c.id).where(residents.c.home_id == home_id, residents.c.id != resident_id)
        alone = conn.execute(others.limit(1)).first() is None
        found: list[tuple[str, str]] = []

        def newest(how: str, column: Any, *where: Any) -> None:
            at = conn.execute(select(func.max(column)).where(column >= since, *where)).scalar()
            if at:
                found.append((at, how))

        mine = calls.c.resident_id == resident_id
        mine = or_(mine, calls.c.home_id == home_id) if alone else mine
        if alone:
            for column in (devices.c.last_press_at, devices.c.last_full_test_at):
                newest(PRESS, column, devices.c.home_id == home_id)
            newest(SEEN, visits.c.arrived_at, visits.c.home_id == home_id)
        newest(SPOKE, calls.c.closed_at, mine, calls.c.evidence == "spoke_clearly")
        newest(SEEN, calls.c.closed_at, mine, calls.c.evidence == "was_seen")
        rung = and_(round_calls.c.resident_id == resident_id, round_calls.c.result.in_(sorted(REACHED)))
        newest(SPOKE, round_calls.c.done_at, rung)
        return max(found, default=None)

    # --- tiers ------------------------------------------------------------------------------------------------

    @staticmethod
    def facts(conn: Connection, today: date, since: str) -> list[tuple[Row, Facts]]:
        """Every resident with what speaks for a tier."""
        critical = set(conn.execute(select(health_notes.c.resident_id).where(health_notes.c.critical)).scalars())
        untrusted = set(conn.execute(
            select(protection.c.home_id).where(protection.c.until.is_(None), protection.c.status == "unprotected")
        ).scalars())  # fmt: skip
        real = and_(calls.c.opened_at >= since, calls.c.priority < 4, calls.c.home_id.is_not(None),
                    func.coalesce(calls.c.outcome, "").not_in(["false_alarm", "test"]))  # fmt: skip
        pressed: dict[int, int] = {}
        falls: dict[int, int] = {}
        for home, kind in conn.execute(select(calls.c.home_id, calls.c.kind).where(real, calls.c.source == "pager")):
            pressed[home] = pressed.get(home, 0) + 1
            falls[home] = falls.get(home, 0) + (kind == "fall")
        missed = and_(round_calls.c.result == UNREACHED, round_calls.c.done_at >= since)
        counted = select(round_calls.c.resident_id, func.count()).where(missed).group_by(round_calls.c.resident_id)
        unreached: Mapping[int, int] = {row[0]: row[1] for row in conn.execute(counted)}
        names = ("id", "code", "name", "tier", "born", "home_id", "lives_alone")
        query = select(*(residents.c[n] for n in names), homes.c.code.label("home_code")).join(homes)
        return [
            (dict(row), Facts(age(row["born"], today), row["lives_alone"], row["id"] in critical,
                              falls.get(row["home_id"], 0), pressed.get(row["home_id"], 0),
                              row["home_id"] in untrusted, unreached.get(row["id"], 0)))
            for row in conn.execute(query.order_by(residents.c.id)).mappings()
        ]  # fmt: skip

    @staticmethod
    def facts_of(conn: Connection, resident_id: int, today: date, since: str) -> Facts | None:
        return next((facts for row, facts in Elders.facts(conn, today, since) if row["id"] == resident_id), None)

    @staticmethod
    def decisions(conn: Connection, resident_id: int | None = None, limit: int = 2000) -> list[Row]:
        """What was decided about tiers, the newest first."""
        query = select(tier_decisions).order_by(tier_decisions.c.at.desc(), tier_decisions.c.id).limit(limit)
        if resident_id is not None:
            query = query.where(tier_decisions.c.resident_id == resident_id)
        return [dict(row) for row in conn.execute(query).mappings()]

    # --- false alarms -----------------------------------------------------------------------------------------

    @staticmethod
    def ended_calls(conn: Connection, since: str) -> list[Row]:
        """People's calls from a device that have ended."""
        names = ("account", "home_id", "kind", "presses", "outcome")
        mine = and_(calls.c.opened_at >= since, calls.c.priority < 4, calls.c.stage == "closed")
        of_devices = calls.c.source.in_(["pager", "webhook"])
        query = select(*(calls.c[name] for name in names)).where(mine, of_devices)
        return [dict(row) for row in conn.execute(query).mappings()]

    @staticmethod
    def doubtful_devices(conn: Connection) -> frozenset[str]:
        """Devices that say themselves that something is wrong with them."""
        wrong = or_(devices.c.fault.not_in(["", "not_worn"]), devices.c.pager_battery_low, devices.c.battery_low)
        return frozenset(conn.execute(select(devices.c.account).where(wrong)).scalars())


def _struck(conn: Connection, since: str) -> set[int]:
    recent = or_(incidents.c.stage != "ended", incidents.c.ended_at >= since)
    lists = conn.execute(select(incidents.c.homes).where(recent, incidents.c.cause != "centre")).scalars()
    return {int(home) for found in lists for home in found}
