"""What is in force: shifts, stand-by and duty officers read as the cells of a grid, and cells put into force."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from callcenter.rules.events import Row
from callcenter.store.log import Writing
from callcenter.store.rosters import Rosters
from dispatch.rules.months import Month
from dispatch.rules.roster_rules import RosterTerms
from dispatch.rules.shift_letters import Piece, at, day_of, pieces, written

OFFICERS = "officers"  # the sheet of the whole centre: one row, whose cells are the codes of duty officers
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


class InForce:
    def __init__(self, rosters: Rosters, terms: RosterTerms, zone: ZoneInfo):
        self.rosters, self.terms, self.zone = rosters, terms, zone

    def cells(self, conn: Conn, start: str, end: str) -> dict[int, dict[str, str]]:
        """``{carer's id: {day: cell}}`` of the shifts and stand-by in force that begin between two stamps."""
        by_day: dict[tuple[int, str], list[Piece]] = {}
        codes = {number: code for code, number in self.codes(conn).items()}
        for table in ("shifts", "stand_bys"):
            for row in self.rosters.during(conn, table, start, end):
                if row["starts_at"] >= start:
                    by_day.setdefault((row["carer_id"], day_of(row["starts_at"], self.zone)), []).append(
                        Piece(row["starts_at"], row["ends_at"], row.get("post", "A"), table == "stand_bys", 0,
                              codes.get(row.get("station_id") or 0, ""))
                    )  # fmt: skip
        found: dict[int, dict[str, str]] = {}
        for (carer, day), some in by_day.items():
            found.setdefault(carer, {})[day] = written(some, self.terms.shifts, self.zone)
        return found

    def codes(self, conn: Conn) -> dict[str, int]:
        """The stations by their codes as cells have them."""
        return {row["code"].upper(): row["id"] for row in self.rosters.stations(conn)}

    def officers(self, conn: Conn, m: Month) -> dict[str, str]:
        codes = {row["id"]: row["code"] for row in self.rosters.officers(conn)}
        rows = self.rosters.during(conn, "duties", m.start, m.end)
        return {day_of(r["starts_at"], self.zone): codes[r["officer_id"]] for r in rows if r["starts_at"] >= m.start}

    def put(self, w: Writing, m: Month, grids: Iterable[Grid]) -> int:
        """Only what has not begun is replaced. Returns how many shifts there are from now on."""
        since = max(m.start, w.at)
        new: dict[str, list[Row]] = {"shifts": [], "stand_bys": [], "duties": []}
        codes = self.codes(w.conn)
        for grid in grids:
            if grid.station_id:
                self._rows_of(grid, since, codes, new)
            else:
                new["duties"] = self.duty_rows(grid, since)
        for table, rows in new.items():
            old = self.rosters.during(w.conn, table, since, m.end)
            self.rosters.remove(w.conn, table, [row["id"] for row in old if row["starts_at"] >= since])
            self.rosters.add(w.conn, table, rows)
        return len(new["shifts"])

    def _rows_of(self, grid: Grid, since: str, codes: Mapping[str, int], new: dict[str, list[Row]]) -> None:
        for carer in grid.rows:
            for day, text in grid.cells[carer["code"]].items():
                for piece in pieces(text, date.fromisoformat(day), self.terms.shifts, self.zone):
                    if piece.starts_at >= since:
                        new["stand_bys" if piece.stand_by else "shifts"].append(row_of(piece, carer, codes))

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


def row_of(piece: Piece, carer: Row, codes: Mapping[str, int]) -> Row:
    """The row of ``shifts`` or ``stand_bys`` that a piece becomes; its station has been looked at before."""
    row = {"carer_id": carer["id"], "starts_at": piece.starts_at, "ends_at": piece.ends_at}
    if piece.stand_by:
        return row
    station = codes[piece.station] if piece.station else None
    return row | {"post": piece.post, "station_id": station if station != carer["station_id"] else None}
