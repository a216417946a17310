"""A month made: the grid of each station as it stands, drafts kept, everything judged, and published or refused.

What stands in a grid: while a draft is not published, the draft; afterwards the shifts themselves, so that swaps and
sick calls show, with the reasons to be off that the draft gave. Publishing replaces the shifts that have not begun.
"""

from collections.abc import Iterable, Mapping
from datetime import date
from zoneinfo import ZoneInfo

from callcenter.desk import Who, actor
from callcenter.rules.call import NotNow, NotThere
from callcenter.rules.cells import Unreadable, spoken
from callcenter.rules.events import Row
from callcenter.rules.times import Clock, later, stamp
from callcenter.store.log import Log, Writing
from callcenter.store.rosters import Rosters
from dispatch.in_force import OFFICERS, Cells, Conn, Grid, InForce
from dispatch.rules.months import MIDNIGHT, Month, month, roster_stream
from dispatch.rules.roster_rules import Finding, Plan, Post, RosterTerms, Span, findings
from dispatch.rules.shift_letters import LONGEST_CELL, OFF, at, day_of, pieces, tidy
from dispatch.rules.wheel import propose
from dispatch.rules.workdays import Day, calendar

AROUND_DAYS = 8  # rest and weeks reach over the ends of a month
DAY_SECONDS = 86400.0


class Rostering:
    def __init__(self, log: Log, rosters: Rosters, terms: RosterTerms, zone: ZoneInfo, clock: Clock):
        self.log, self.rosters, self.terms, self.zone, self.clock = log, rosters, terms, zone, clock
        self.in_force = InForce(rosters, terms, zone)

    def month(self, text: str) -> Month:
        return month(text, self.zone)

    def days(self, conn: Conn, m: Month) -> list[Day]:
        first, last = m.days[0], m.days[-1]
        return calendar(first, last, self.rosters.calendar(conn, first.isoformat(), last.isoformat()))

    # --- as it stands ---------------------------------------------------------------------------------------------

    def grids(self, conn: Conn, m: Month, drafts: bool = True) -> list[Grid]:
        """The sheet of each station, then that of the duty officers; without ``drafts`` only what is in force."""
        kept = self.rosters.drafts(conn, m.text) if drafts else {}
        live, carers = self.in_force.cells(conn, m.start, m.end), self.rosters.carers(conn)
        found = []
        for station in self.rosters.stations(conn):
            rows = [row for row in carers if row["station_id"] == station["id"]]
            cells = {row["code"]: live.get(row["id"], {}) for row in rows}
            grid = Grid(station["code"], station["name"], station["id"], rows, cells)
            found.append(self._drafted(grid, kept.get(station["code"])))
        officers = Grid(OFFICERS, "", None, self.rosters.officers(conn), {OFFICERS: self.in_force.officers(conn, m)})
        return [*found, self._drafted(officers, kept.get(OFFICERS))]

    def grid(self, conn: Conn, m: Month, sheet: str) -> Grid:
        found = next((one for one in self.grids(conn, m) if one.sheet == sheet), None)
        if found is None:
            raise NotThere(f"there is no station {sheet[:20]}")
        return found

    @staticmethod
    def _drafted(grid: Grid, row: Row | None) -> Grid:
        if row is None:
            return grid
        grid.version, grid.saved_by, grid.draft = row["version"], row["saved_by"], row["published_at"] is None
        for code, cells in grid.cells.items():
            said = row["cells"].get(code, {})
            off = {day: text for day, text in said.items() if text in OFF and day not in cells}
            grid.cells[code] = said if grid.draft else cells | off
        return grid

    # --- judged ---------------------------------------------------------------------------------------------------

    def judge(self, conn: Conn, m: Month, grids: Iterable[Grid]) -> list[Finding]:
        """Everything wrong with the month from now on."""
        now, grids = stamp(self.clock()), list(grids)
        days = self.days(conn, m)
        bounds = [(d, at(d.day, 0, self.zone), at(d.day, MIDNIGHT, self.zone)) for d in days]
        bad: list[Finding] = []
        codes = self.in_force.codes(conn)
        spans = [*self._around(conn, m, codes), *self._spans(grids, codes, bad)]
        carers = {row["id"]: row for grid in grids if grid.station_id for row in grid.rows}
        plan = Plan(
            start=max(m.start, min(now, m.end)), end=m.end, days=[one for one in bounds if one[2] > now],
            stations=[grid.station_id for grid in grids if grid.station_id],
            skills={number: frozenset(row["skills"]) for number, row in carers.items()}, spans=spans,
            posts=[Post(p["station_id"], p["name"], p["a_id"], p["b_id"]) for p in self.rosters.posts(conn)],
            officers=self._named(grids, bad),
        )  # fmt: skip
        return [one for one in bad if one.ends_at > now] + findings(plan, self.terms)

    def _spans(self, grids: Iterable[Grid], stations: Mapping[str, int], bad: list[Finding]) -> list[Span]:
        found = []
        for grid in grids:
            codes = {row["code"]: row for row in grid.rows} if grid.station_id else {}
            for code, cells in grid.cells.items():
                for day, text in cells.items():
                    if code in codes:
                        found += self._read(text, day, codes[code], stations, bad)
        return found

    def _read(
        self, text: str, day: str, carer: Row, stations: Mapping[str, int], bad: list[Finding]
    ) -> list[Span]:  # fmt: skip
        """The shifts of one cell; what cannot be read, or is of a station nobody knows, is a fault."""
        try:
            found = [p for p in pieces(text, date.fromisoformat(day), self.terms.shifts, self.zone) if not p.stand_by]
            known = all(not piece.station or piece.station in stations for piece in found)
        except Unreadable:
            found, known = [], False
        if not known:
            bad.append(Finding("cell", True, *self._bounds(day), carer["station_id"], carer["id"], (text, day)))
            return []
        return [
            Span(carer["id"], stations.get(p.station, carer["station_id"]), day, p.starts_at, p.ends_at, p.post,
                 p.rest_minutes) for p in found
        ]  # fmt: skip

    def _bounds(self, day: str) -> tuple[str, str]:
        local = date.fromisoformat(day)
        return at(local, 0, self.zone), at(local, MIDNIGHT, self.zone)

    def _around(self, conn: Conn, m: Month, stations: Mapping[str, int]) -> list[Span]:
        """What is in force on the days before and after the month."""
        far, carers = AROUND_DAYS * DAY_SECONDS, {row["id"]: row for row in self.rosters.carers(conn)}
        before = self.in_force.cells(conn, later(m.start, -far), m.start)
        after = self.in_force.cells(conn, m.end, later(m.end, far))
        outside: list[Span] = []
        for some, keep in ((before, lambda day: day < m.days[0].isoformat()), (after, lambda _day: True)):
            for number, cells in some.items():
                if number in carers:
                    for day, text in cells.items():
                        outside += self._read(text, day, carers[number], stations, []) if keep(day) else []
        return outside

    def _named(self, grids: Iterable[Grid], bad: list[Finding]) -> dict[str, int]:
        """The duty officer of each day; a code nobody has is a fault of its own."""
        found: dict[str, int] = {}
        for grid in grids:
            if grid.sheet != OFFICERS:
                continue
            known = {row["code"].upper(): row["id"] for row in grid.rows if row["active"]}
            for day, code in grid.cells.get(OFFICERS, {}).items():
                if number := known.get(code.upper()):
                    found[day] = number
                elif code:
                    bad.append(Finding("no_officer", True, *self._bounds(day), words=(code, day)))
        return found

    # --- made -----------------------------------------------------------------------------------------------------

    def typed(self, grid: Grid, m: Month, cells: Mapping[str, Mapping[str, str]]) -> Grid:
        """The grid with what somebody typed in place of what stood there; nothing outside it is taken."""
        days = {day.isoformat() for day in m.days}
        told = {
            code: {day: said for day, text in (cells.get(code) or {}).items() if day in days and (said := self._tidy(
                grid, text))}
            for code in grid.cells
        }  # fmt: skip
        return Grid(grid.sheet, grid.name, grid.station_id, grid.rows, told, grid.version, True, grid.saved_by)

    def _tidy(self, grid: Grid, text: str) -> str:
        said = spoken(text)[:LONGEST_CELL]
        return tidy(said, self.terms.shifts) if grid.station_id else said.upper()

    def propose(self, conn: Conn, m: Month, sheet: str) -> Cells:
        """The wheel's month for a station, going on from the days before; what has begun stays as it is."""
        grid = self.grid(conn, m, sheet)
        if not grid.station_id:
            return self._in_turn(conn, m, grid)
        lately = self.in_force.cells(conn, later(m.start, -2 * AROUND_DAYS * DAY_SECONDS), m.start)
        before = {row["code"]: lately.get(row["id"], {}) for row in grid.rows}
        made = propose([row["code"] for row in grid.rows], m.days, before)
        today = day_of(stamp(self.clock()), self.zone)
        return {
            code: {d: t for d, t in grid.cells[code].items() if d < today or t in OFF}
            | {d: t for d, t in cells.items() if d >= today and grid.cells[code].get(d) not in OFF}
            for code, cells in made.items()
        }

    def _in_turn(self, conn: Conn, m: Month, grid: Grid) -> Cells:
        """Each officer a day, in turn; those already named stay."""
        codes = [row["code"] for row in grid.rows if row["active"]]
        turn = {d.isoformat(): codes[d.toordinal() % len(codes)] for d in m.days} if codes else {}
        return {OFFICERS: turn | grid.cells[OFFICERS]}

    def save(
        self, w: Writing, m: Month, sheet: str, cells: Mapping[str, Mapping[str, str]], seen: int, who: Who
    ) -> Row:
        """Keep a draft, faults and all. ``seen`` is the version that was shown."""
        grid = self.grid(w.conn, m, sheet)
        if grid.version != seen:
            raise NotNow("draft_moved", "{name} has saved this sheet meanwhile", "Load the page again, then type anew",
                         name=grid.saved_by or "—")  # fmt: skip
        made = self.typed(grid, m, cells)
        self._keep(w, m, made, who.name)
        return {"version": made.version}

    def discard(self, w: Writing, m: Month, sheet: str, who: Who) -> Row:
        """The draft goes; what is in force stands in the grid again."""
        version = self.grid(w.conn, m, sheet).version
        live = next(grid for grid in self.grids(w.conn, m, drafts=False) if grid.sheet == sheet)
        live.version = version
        self._keep(w, m, live, who.name, w.at)
        return {"version": live.version}

    def _keep(self, w: Writing, m: Month, grid: Grid, name: str, published_at: str | None = None) -> None:
        grid.version += 1
        self.rosters.put_draft(w.conn, {
            "id": f"{m.text}:{grid.sheet}", "month": m.text, "sheet": grid.sheet, "cells": grid.cells,
            "version": grid.version, "saved_at": w.at, "saved_by": name, "published_at": published_at,
        })  # fmt: skip

    # --- published ------------------------------------------------------------------------------------------------

    def publish(self, w: Writing, m: Month, who: Who) -> Row:
        """Put the month into force, or refuse it with what is wrong (``findings`` of the ``NotNow``)."""
        if m.end <= w.at:
            raise NotNow("over", "This month is over", "Choose a month that is still to come")
        grids = self.grids(w.conn, m)
        found = self.judge(w.conn, m, grids)
        refusing = [one for one in found if one.hard]
        if refusing:
            raise NotNow("roster_refused", "The roster of {month} is refused: {count} faults",
                         "Mend what is marked red in the grids, then publish again", month=m.text,
                         count=len(refusing), findings=refusing)  # fmt: skip
        shifts = self.in_force.put(w, m, grids)
        self.rosters.published(w.conn, m.text, w.at)
        body = {
            "month": m.text, "name": who.name, "shifts": shifts, "warnings": len(found),
            "cells": {code: cells for grid in grids for code, cells in grid.cells.items()},
        }  # fmt: skip
        w.append(roster_stream(m.text), "RosterPublished", body, actor(who))
        return {"month": m.text, "shifts": shifts, "warnings": len(found)}
