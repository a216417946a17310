"""Who makes the roster, at the rehearsal's clock: for the stories of rosters."""

from typing import Any
from zoneinfo import ZoneInfo

import pytest

from callcenter.rules.call import NotNow
from callcenter.rules.events import Row
from callcenter.store.rosters import Rosters
from dispatch.duty import Duty
from dispatch.in_force import Cells, Grid
from dispatch.roster_changes import Cell, Changes
from dispatch.rostering import Rostering
from dispatch.rules.months import Month
from dispatch.rules.roster_rules import Finding, RosterTerms
from dispatch.rules.workdays import Day
from tests.conftest import ZONE, Rehearsal

DECEMBER = "2026-12"


class Office:
    """Who makes the roster, at the rehearsal's clock."""

    def __init__(self, rehearsal: Rehearsal, zone: ZoneInfo = ZONE, text: str = DECEMBER):
        self.rehearsal, rosters = rehearsal, Rosters(rehearsal.database)
        self.rostering = Rostering(rehearsal.log, rosters, RosterTerms(), zone, lambda: rehearsal.now)
        self.duty = Duty(rosters, RosterTerms())
        self.changes = Changes(self.rostering, self.duty)
        self.month: Month = self.rostering.month(text)

    def grids(self) -> list[Grid]:
        with self.rehearsal.database.read() as conn:
            return self.rostering.grids(conn, self.month)

    def grid(self, sheet: str) -> Grid:
        return next(one for one in self.grids() if one.sheet == sheet)

    def days(self) -> list[Day]:
        with self.rehearsal.database.read() as conn:
            return self.rostering.days(conn, self.month)

    def judge(self) -> list[Finding]:
        with self.rehearsal.database.read() as conn:
            return self.rostering.judge(conn, self.month, self.rostering.grids(conn, self.month))

    def save(self, sheet: str, cells: Cells) -> Row:
        with self.rehearsal.writing() as w:
            grid = self.rostering.grid(w.conn, self.month, sheet)
            return self.rostering.save(w, self.month, sheet, cells, grid.version, self.rehearsal.supervisor)

    def publish(self) -> Row:
        with self.rehearsal.writing() as w:
            return self.rostering.publish(w, self.month, self.rehearsal.supervisor)

    def change(self, verb: str, *values: Any) -> Row:
        with self.rehearsal.writing() as w:
            found: Row = getattr(self.changes, verb)(w, *values, self.rehearsal.supervisor)
        return found

    def kinds(self) -> list[str]:
        return [event.kind for event in self.rehearsal.log.stream(f"roster:{self.month.text}")]

    def refused(self) -> set[str]:
        with pytest.raises(NotNow) as refused:
            self.publish()
        assert refused.value.code == "roster_refused"
        return {one.code for one in refused.value.values["findings"]}


def who_has(office: Office, sheet: str, day: str, letter: str) -> Cell:
    grid = office.grid(sheet)
    code = next(code for code, own in grid.cells.items() if own.get(day) == letter)
    return Cell(next(row["id"] for row in grid.rows if row["code"] == code), day)


def cell(office: Office, sheet: str, where: Cell) -> str:
    grid = office.grid(sheet)
    code = next(row["code"] for row in grid.rows if row["id"] == where.carer_id)
    return grid.cells[code].get(where.day, "")
