"""A month made: the grid of each station as it stands, drafts kept, everything judged, and published or refused.

What stands in a grid: while a draft is not published, the draft; afterwards the shifts themselves, so that swaps and
sick calls show, with the reasons to be off that the draft gave. Publishing replaces the shifts that have not begun.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from callcenter.desk import Who, actor
from callcenter.rules.call import NotNow, NotThere
from callcenter.rules.cells import Unreadable, spoken
from callcenter.rules.events import Row
from callcenter.rules.times import Clock, later, stamp
from callcenter.store.log import Log, Writing
from callcenter.store.rosters import Rosters
from dispatch.rules.months import MIDNIGHT, Month, month, roster_stream
from dispatch.rules.roster_rules import Finding, Plan, Post, RosterTerms, Span, findings
from dispatch.rules.shift_letters import LONGEST_CELL, OFF, Piece, at, day_of, pieces, tidy, written
from dispatch.rules.wheel import propose
from dispatch.rules.workdays import Day, calendar

OFFICERS = "officers"  # the sheet of the whole centre: one row, whose cells are the codes of duty officers
AROUND_DAYS = 8  # rest and weeks reach over the ends of a month
DAY_SECONDS = 86400.0
Cells = dict[str, dict[str, str]]  # {the carer's code: {"2026-12-01": "E"}}
Conn = Any  # a connection of the store


@dataclass(slots=True)
class Grid:
    """One sheet of a month. ``rows``: carers, or the one row of duty officers; ``version`` counts what was saved."""

    sheet: str
    name: str
    station_id: int | None
    rows: list[Row]
    cells: Cells
    version: int = 0
    draft: bool = False
    saved_by: str = ""


class Rostering:
    def __init__(self, log: Log, rosters: Rosters, terms: RosterTerms, zone: ZoneInfo, clock: Clock):
        self.log, self.rosters, self.terms, self.zone, self.clock = log, rosters, terms, zone, clock

    def month(self, text: str) -> Month:
        return month(text, self.zone)

    def days(self, conn: Conn, m: Month) -> list[Day]:
        first, last = m.days[0], m.days[-1]
        return calendar(first, last, self.rosters.calendar(conn, first.isoformat(), last.isoformat()))

    # --- as it stands ---------------------------------------------------------------------------------------------

    def grids(self, conn: Conn, m: Month, drafts: bool = True) -> list[Grid]:
        """The sheet of each station, then that of the duty officers; without ``drafts`` only what is in force."""
        kept = self.rosters.drafts(conn, m.text) if drafts else {}
        live, carers = self.live(conn, m.start, m.end), self.rosters.carers(conn)
        found = []
        for station in self.rosters.stations(conn):
            rows = [row for row in carers if row["station_id"] == station["id"]]
            cells = {row["code"]: live.get(row["id"], {}) for row in rows}
            grid = Grid(station["code"], station["name"], station["id"], rows, cells)
            found.append(self._drafted(grid, kept.get(station["code"])))
        officers = Grid(OFFICERS, "", None, self.rosters.officers(conn), {OFFICERS: self._officers(conn, m)})
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

    def live(self, conn: Conn, start: str, end: str) -> dict[int, dict[str, str]]:
        """``{carer's id: {day: cell}}`` of the shifts and stand-by in force that begin between two stamps."""
        by_day: dict[tuple[int, str], list[Piece]] = {}
        for table in ("shifts", "stand_bys"):
            for row in self.rosters.during(conn, table, start, end):
                if row["starts_at"] >= start:
                    piece = Piece(row["starts_at"], row["ends_at"], row.get("post", "A"), table == "stand_bys")
                    by_day.setdefault((row["carer_id"], day_of(row["starts_at"], self.zone)), []).append(piece)
        found: dict[int, dict[str, str]] = {}
        for (carer, day), some in by_day.items():
            found.setdefault(carer, {})[day] = written(some, self.terms.shifts, self.zone)
        return found

    def _officers(self, conn: Conn, m: Month) -> dict[str, str]:
        codes = {row["id"]: row["code"] for row in self.rosters.officers(conn)}
        rows = self.rosters.during(conn, "duties", m.start, m.end)
        return {day_of(r["starts_at"], self.zone): codes[r["officer_id"]] for r in rows if r["starts_at"] >= m.start}

    # --- judged ---------------------------------------------------------------------------------------------------

    def judge(self, conn: Conn, m: Month, grids: Iterable[Grid]) -> list[Finding]:
        """Everything wrong with the month from now on."""
        now, grids = stamp(self.clock()), list(grids)
        days = self.days(conn, m)
        bounds = [(d, at(d.day, 0, self.zone), at(d.day, MIDNIGHT, self.zone)) for d in days]
        bad: list[Finding] = []
        spans = [*self._around(conn, m), *self._spans(grids, bad)]
        carers = {row["id"]: row for grid in grids if grid.station_id for row in grid.rows}
        plan = Plan(
            start=max(m.start, min(now, m.end)), end=m.end, days=[one for one in bounds if one[2] > now],
            stations=[grid.station_id for grid in grids if grid.station_id],
            skills={number: frozenset(row["skills"]) for number, row in carers.items()}, spans=spans,
            posts=[Post(p["station_id"], p["name"], p["a_id"], p["b_id"]) for p in self.rosters.posts(conn)],
            officers=self._named(grids, bad),
        )  # fmt: skip
        return [one for one in bad if one.ends_at > now] + findings(plan, self.terms)

    def _spans(self, grids: Iterable[Grid], bad: list[Finding]) -> list[Span]:
        found = []
        for grid in grids:
            codes = {row["code"]: row for row in grid.rows} if grid.station_id else {}
            for code, cells in grid.cells.items():
                for day, text in cells.items():
                    if code in codes:
                        found += [self._span(codes[code], day, p) for p in self._read(text, day, codes[code], bad)]
        return found

    def _read(self, text: str, day: str, carer: Row, bad: list[Finding]) -> list[Piece]:
        try:
            return [p for p in pieces(text, date.fromisoformat(day), self.terms.shifts, self.zone) if not p.stand_by]
        except Unreadable:
            bad.append(Finding("cell", True, *self._bounds(day), carer["station_id"], carer["id"], (text, day)))
            return []

    @staticmethod
    def _span(carer: Row, day: str, piece: Piece) -> Span:
        times = (piece.starts_at, piece.ends_at, piece.post, piece.rest_minutes)
        return Span(carer["id"], carer["station_id"], day, *times)

    def _bounds(self, day: str) -> tuple[str, str]:
        local = date.fromisoformat(day)
        return at(local, 0, self.zone), at(local, MIDNIGHT, self.zone)

    def _around(self, conn: Conn, m: Month) -> list[Span]:
        """What is in force on the days before and after the month."""
        far, carers = AROUND_DAYS * DAY_SECONDS, {row["id"]: row for row in self.rosters.carers(conn)}
        before = self.live(conn, later(m.start, -far), m.start)
        after = self.live(conn, m.end, later(m.end, far))
        outside: list[Span] = []
        for some, keep in ((before, lambda day: day < m.days[0].isoformat()), (after, lambda _day: True)):
            for number, cells in some.items():
                if number in carers:
                    outside += [
                        self._span(carers[number], day, piece)
                        for day, text in cells.items() if keep(day)
                        for piece in self._read(text, day, carers[number], [])
                    ]  # fmt: skip
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
        lately = self.live(conn, later(m.start, -2 * AROUND_DAYS * DAY_SECONDS), m.start)
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

    def _keep(self, w: Writing, m: Month, grid: Grid, name: str) -> None:
        grid.version += 1
        self.rosters.put_draft(w.conn, {
            "id": f"{m.text}:{grid.sheet}", "month": m.text, "sheet": grid.sheet, "cells": grid.cells,
            "version": grid.version, "saved_at": w.at, "saved_by": name, "published_at": None,
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
        shifts = self._put_in_force(w, m, grids)
        self.rosters.published(w.conn, m.text, w.at)
        body = {
            "month": m.text, "name": who.name, "shifts": shifts, "warnings": len(found),
            "cells": {code: cells for grid in grids for code, cells in grid.cells.items()},
        }  # fmt: skip
        w.append(roster_stream(m.text), "RosterPublished", body, actor(who))
        return {"month": m.text, "shifts": shifts, "warnings": len(found)}

    def _put_in_force(self, w: Writing, m: Month, grids: Iterable[Grid]) -> int:
        """Only what has not begun is replaced. Returns how many shifts there are from now on."""
        since = max(m.start, w.at)
        new: dict[str, list[Row]] = {"shifts": [], "stand_bys": [], "duties": []}
        for grid in grids:
            if grid.station_id:
                self._rows_of(grid, since, new)
            else:
                new["duties"] = self.duty_rows(grid, since)
        for table, rows in new.items():
            old = self.rosters.during(w.conn, table, since, m.end)
            self.rosters.remove(w.conn, table, [row["id"] for row in old if row["starts_at"] >= since])
            self.rosters.add(w.conn, table, rows)
        return len(new["shifts"])

    def _rows_of(self, grid: Grid, since: str, new: dict[str, list[Row]]) -> None:
        for carer in grid.rows:
            for day, text in grid.cells[carer["code"]].items():
                for piece in pieces(text, date.fromisoformat(day), self.terms.shifts, self.zone):
                    row = {"carer_id": carer["id"], "starts_at": piece.starts_at, "ends_at": piece.ends_at}
                    if piece.starts_at < since:
                        continue
                    if piece.stand_by:
                        new["stand_bys"].append(row)
                    else:
                        new["shifts"].append(row | {"post": piece.post})

    def duty_rows(self, grid: Grid, since: str) -> list[Row]:
        """The duty officer of a day leads from ``officer_from`` until the same time on the next."""
        known = {row["code"].upper(): row["id"] for row in grid.rows}
        hours, minutes = (int(part) for part in self.terms.officer_from.split(":"))
        begin, found = hours * 60 + minutes, []
        for day, code in sorted(grid.cells.get(OFFICERS, {}).items()):
            local = date.fromisoformat(day)
            starts_at = at(local, begin, self.zone)
            if code and starts_at >= since:
                ends_at = at(local + timedelta(days=1), begin, self.zone)
                found.append({"officer_id": known[code.upper()], "starts_at": starts_at, "ends_at": ends_at})
        return found
