"""The scripts as they are kept: versions, proposals, residents' own steps; and a home's cases of before."""

from sqlalchemy import Connection, select

from callcenter.rules.events import Row
from callcenter.store.database import Database
from callcenter.store.tables import calls, homes, own_steps, residents, script_proposals, scripts

MOST = 200


class ScriptStore:
    def __init__(self, database: Database):
        self.database = database

    def after(self, number: int) -> list[Row]:
        """Every version later than this one, in order."""
        query = select(scripts).where(scripts.c.number > number).order_by(scripts.c.number)
        with self.database.read() as conn:
            return [dict(row) for row in conn.execute(query).mappings()]

    def own(self) -> dict[int, list[Row]]:
        """Home to the own steps of everybody who lives there now."""
        lives = residents.c.id == own_steps.c.resident_id
        query = select(own_steps.c.steps, residents.c.home_id).join(residents, lives)
        found: dict[int, list[Row]] = {}
        with self.database.read() as conn:
            for steps, home_id in conn.execute(query.order_by(own_steps.c.resident_id)):
                found.setdefault(home_id, []).extend(steps)
        return found

    def own_of(self, resident_id: int) -> Row | None:
        with self.database.read() as conn:
            found = conn.execute(select(own_steps).where(own_steps.c.resident_id == resident_id)).mappings().first()
            return dict(found) if found else None

    def resident(self, resident_id: int) -> Row | None:
        with self.database.read() as conn:
            columns = select(residents.c.id, residents.c.name, residents.c.home_id, homes.c.code)
            lives = columns.join(homes, homes.c.id == residents.c.home_id)
            found = conn.execute(lives.where(residents.c.id == resident_id)).mappings().first()
            return dict(found) if found else None

    def proposals(self) -> list[Row]:
        """The newest first."""
        query = select(script_proposals).order_by(script_proposals.c.number.desc()).limit(MOST)
        with self.database.read() as conn:
            return [dict(row) for row in conn.execute(query).mappings()]

    @staticmethod
    def last_number(conn: Connection) -> int:
        query = select(script_proposals.c.number).order_by(script_proposals.c.number.desc()).limit(1)
        return conn.execute(query).scalar() or 0

    @staticmethod
    def closed_before(conn: Connection, call: Row, since: str) -> list[Row]:
        """The cases of the same home (of an unregistered device: of its account) closed since then, newest first."""
        whose = calls.c.home_id == call["home_id"]
        if call["home_id"] is None:
            whose = (calls.c.account == call["account"]) & calls.c.home_id.is_(None)
        mine = (whose, calls.c.stage == "closed", calls.c.priority < 4, calls.c.closed_at >= since)
        query = select(calls).where(*mine, calls.c.id != call["id"]).order_by(calls.c.closed_at.desc()).limit(MOST)
        return [dict(row) for row in conn.execute(query).mappings()]
