"""What happens to a roster once it is in force: swaps, overrides, sick calls, stand-ins, breaks; each with its reason.

A change is an event on ``roster:2026-12`` in the same transaction as the shifts it changes. A draft somebody has open
for the month learns of it, so that publishing the draft later does not undo the change.
"""

from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from typing import NamedTuple

from callcenter.desk import Who, actor
from callcenter.rules.call import NotNow, NotThere
from callcenter.rules.cells import Unreadable
from callcenter.rules.events import Body, Row
from callcenter.rules.times import later
from callcenter.store.log import Writing
from dispatch.duty import Duty
from dispatch.in_force import OFFICERS, Conn, row_of
from dispatch.rostering import Rostering
from dispatch.rules.months import Month, roster_stream
from dispatch.rules.roster_rules import Finding
from dispatch.rules.shift_letters import Piece, at, day_of, pieces

LONGEST_SICK_DAYS = 31
LONGEST_STAND_IN_SECONDS = 16 * 3600.0


class Cell(NamedTuple):
    """One carer on one local day."""

    carer_id: int
    day: str


class Changes:
    """Within one transaction ``w``; ``duty`` knows who could stand in."""

    def __init__(self, rostering: Rostering, duty: Duty):
        self.rostering, self.rosters, self.duty = rostering, rostering.rosters, duty
        self.zone, self.shifts = rostering.zone, rostering.terms.shifts

    # --- the roster changed ---------------------------------------------------------------------------------------

    def swap(self, w: Writing, one: Cell, other: Cell, reason: str, who: Who) -> Row:
        """Two carers take each other's cells: what each had on their day the other has on it. Refused when a rule that
        refuses a roster would break that held before."""
        first, second = self._carer(w.conn, one.carer_id), self._carer(w.conn, other.carer_id)
        if one.carer_id == other.carer_id:
            raise NotNow("same_carer", "These are the shifts of one person", "Choose two carers")
        months = self._months((one.day, other.day))
        before = {finding for m in months for finding in self._hard(w, m)}
        taken, given = Cell(other.carer_id, one.day), Cell(one.carer_id, other.day)
        cells = {cell: self._cell(w, cell) for cell in (one, other, taken, given)}
        for cell in (one, other):
            self._may_change(w, cell)
        for cell, text in _exchanged(cells, one, other).items():
            self._put(w, cell, text)
        self._still_sound(w, months, before)
        body: Body = {
            "carer_id": one.carer_id, "carer_name": first["name"], "day": one.day, "had": cells[one],
            "other_id": other.carer_id, "other_name": second["name"], "other_day": other.day,
            "other_had": cells[other], "reason": reason,
        }  # fmt: skip
        return self._tell(w, "ShiftsSwapped", one.day, body, who)

    def override(self, w: Writing, cell: Cell, text: str, reason: str, who: Who) -> Row:
        """What this carer does on this day is what is said here, whatever the rules think; the event keeps both."""
        carer, had = self._carer(w.conn, cell.carer_id), self._cell(w, cell)
        self._may_change(w, cell)
        m = self._months((cell.day,))[0]
        before = set(self._hard(w, m))
        self._put(w, cell, text)
        broken = [one.code for one in self._hard(w, m) if one not in before]
        body: Body = {"carer_id": carer["id"], "carer_name": carer["name"], "day": cell.day, "had": had,
                      "has": self._cell(w, cell), "reason": reason, "broken": broken}  # fmt: skip
        return self._tell(w, "ShiftOverridden", cell.day, body, who)

    def fall_out(self, w: Writing, carer_id: int, days: int, reason: str, who: Who) -> Row:
        """A carer falls out now, for today and ``days - 1`` more: the shift that runs ends, those to come go. Never
        refused. Returns what stands uncovered."""
        carer = self._carer(w.conn, carer_id)
        today, days = date.fromisoformat(day_of(w.at, self.zone)), min(max(days, 1), LONGEST_SICK_DAYS)
        until = at(today + timedelta(days=days), 0, self.zone)
        lost = []
        for table in ("shifts", "stand_bys"):
            for row in self._of(w.conn, table, carer_id, w.at, until):
                lost.append([max(row["starts_at"], w.at), row["ends_at"], row.get("post", "-")])
                if row["starts_at"] < w.at:
                    self.rosters.end(w.conn, table, row["id"], w.at)
                else:
                    self.rosters.remove(w.conn, table, [row["id"]])
        last = max([until, *(end for _, end, _ in lost)])
        self._tell_drafts(w, [Cell(carer_id, (today + timedelta(days=n)).isoformat()) for n in range(days)], "X")
        holes = [h for h in self.duty.uncovered(w.at, last, w.conn) if h["station_id"] == carer["station_id"]]
        gone = [h for h in holes if any(a < h["ends_at"] and b > h["starts_at"] for a, b, _ in lost)]
        body: Body = {"carer_id": carer_id, "carer_name": carer["name"], "until": until, "reason": reason,
                      "lost": lost, "uncovered": [[h["starts_at"], h["ends_at"]] for h in gone]}  # fmt: skip
        self._tell(w, "CarerFellOut", today.isoformat(), body, who)
        return {"carer": carer_id, "lost": len(lost), "uncovered": len(gone)}

    def stand_in(
        self, w: Writing, carer_id: int, station_id: int, starts_at: str, ends_at: str, reason: str, who: Who
    ) -> Row:
        """Somebody takes a stretch that nobody has, at their own station or another."""
        if station_id not in self.rostering.in_force.codes(w.conn).values():
            raise NotThere(f"there is no station {station_id}")
        carer, starts_at = self._carer(w.conn, carer_id), max(starts_at, w.at)
        if not starts_at < ends_at <= later(starts_at, LONGEST_STAND_IN_SECONDS):
            raise NotNow("no_time", "This is no stretch of time to stand in for", "Load the page again")
        if self._of(w.conn, "shifts", carer_id, starts_at, ends_at):
            raise NotNow("on_shift", "{name} has a shift at that time", "Choose somebody else", name=carer["name"])
        elsewhere = station_id if station_id != carer["station_id"] else None
        row = {"carer_id": carer_id, "starts_at": starts_at, "ends_at": ends_at, "post": carer["post"]}
        self.rosters.add(w.conn, "shifts", [row | {"station_id": elsewhere}])
        day = day_of(starts_at, self.zone)
        self._tell_drafts(w, [Cell(carer_id, day)])
        body: Body = {"carer_id": carer_id, "carer_name": carer["name"], "starts_at": starts_at, "ends_at": ends_at,
                      "station_id": station_id, "reason": reason}  # fmt: skip
        return self._tell(w, "StandInNamed", day, body, who)

    def call_in(self, w: Writing, carer_id: int, reason: str, who: Who) -> Row:
        """Whoever is on stand-by now is on shift from now until the stand-by ends."""
        carer, running = self._carer(w.conn, carer_id), self._of(w.conn, "stand_bys", carer_id, w.at, later(w.at, 1))
        if not running:
            raise NotNow("no_stand_by", "{name} is not on stand-by now", "Name a stand-in instead", name=carer["name"])
        ends_at = running[0]["ends_at"]
        if not self._of(w.conn, "shifts", carer_id, w.at, later(w.at, 1)):
            row = {"carer_id": carer_id, "starts_at": w.at, "ends_at": ends_at, "post": carer["post"]}
            self.rosters.add(w.conn, "shifts", [row])
        self.rosters.end(w.conn, "stand_bys", running[0]["id"], w.at)
        day = day_of(w.at, self.zone)
        self._tell_drafts(w, [Cell(carer_id, day)])
        body: Body = {"carer_id": carer_id, "carer_name": carer["name"], "ends_at": ends_at, "reason": reason}
        return self._tell(w, "StandByCalled", day, body, who)

    def officer(self, w: Writing, day: str, code: str, reason: str, who: Who) -> Row:
        """Another duty officer for a day."""
        m = self._months((day,))[0]
        grid = self.rostering.grid(w.conn, m, OFFICERS)
        chosen = next((o for o in grid.rows if o["code"].upper() == code.upper() and o["active"]), None)
        if chosen is None:
            raise NotThere(f"there is no duty officer {code[:20]}")
        live = next(g for g in self.rostering.grids(w.conn, m, drafts=False) if g.sheet == OFFICERS)
        had, live.cells = live.cells[OFFICERS].get(day, ""), {OFFICERS: {day: chosen["code"]}}
        (row,) = self.rostering.in_force.duty_rows(live, "")
        if row["ends_at"] <= w.at:
            raise NotNow("over", "That day is over", "Choose a day that is still to come")
        old = self.rosters.during(w.conn, "duties", row["starts_at"], row["ends_at"])
        self.rosters.remove(w.conn, "duties", [r["id"] for r in old if r["starts_at"] == row["starts_at"]])
        self.rosters.add(w.conn, "duties", [row])
        self._into_draft(w, m, OFFICERS, OFFICERS, {day: chosen["code"]})
        body: Body = {"officer_id": chosen["id"], "officer": chosen["name"], "day": day, "had": had, "reason": reason}
        return self._tell(w, "DutyOfficerChanged", day, body, who)

    # --- the day itself -------------------------------------------------------------------------------------------

    def take_break(self, w: Writing, carer_id: int, who: Who) -> Row:
        carer = self._carer(w.conn, carer_id)
        if not self._of(w.conn, "shifts", carer_id, w.at, later(w.at, 1)):
            raise NotNow("off_shift", "{name} is not on shift", "Nothing to do", name=carer["name"])
        if self._of(w.conn, "breaks", carer_id, w.at, later(w.at, 1)):
            raise NotNow("on_break", "{name} has a break already", "Nothing to do", name=carer["name"])
        ends_at = later(w.at, 60.0 * self.rostering.terms.break_minutes)
        self.rosters.add(w.conn, "breaks", [{"carer_id": carer_id, "starts_at": w.at, "ends_at": ends_at}])
        body: Body = {"carer_id": carer_id, "carer_name": carer["name"], "ends_at": ends_at}
        return self._tell(w, "BreakTaken", day_of(w.at, self.zone), body, who)

    def end_break(self, w: Writing, carer_id: int, who: Who) -> Row:
        carer, running = self._carer(w.conn, carer_id), self._of(w.conn, "breaks", carer_id, w.at, later(w.at, 1))
        if not running:
            raise NotNow("no_break", "{name} has no break now", "Nothing to do", name=carer["name"])
        self.rosters.end(w.conn, "breaks", running[0]["id"], w.at)
        body: Body = {"carer_id": carer_id, "carer_name": carer["name"]}
        return self._tell(w, "BreakEnded", day_of(w.at, self.zone), body, who)

    def consent(self, w: Writing, carer_id: int, given: bool, who: Who) -> Row:
        """A carer agrees that positions are kept while on duty, or no longer does: what was kept is then gone."""
        carer = self._carer(w.conn, carer_id)
        self.rosters.agree(w.conn, carer_id, w.at if given else None)
        kind = "PositionConsentGiven" if given else "PositionConsentWithdrawn"
        w.append(f"carer:{carer['code']}", kind, {"carer_id": carer_id, "carer_name": carer["name"]}, actor(who))
        return {"carer": carer_id, "given": given}

    # --- common ground --------------------------------------------------------------------------------------------

    def _carer(self, conn: Conn, carer_id: int) -> Row:
        found = next((row for row in self.rosters.carers(conn) if row["id"] == carer_id), None)
        if found is None:
            raise NotThere(f"there is no carer {carer_id}")
        return found

    def _of(self, conn: Conn, table: str, carer_id: int, start: str, end: str) -> list[Row]:
        return [row for row in self.rosters.during(conn, table, start, end) if row["carer_id"] == carer_id]

    def _months(self, days: Iterable[str]) -> list[Month]:
        return [self.rostering.month(text) for text in sorted({day[:7] for day in days})]

    def _cell(self, w: Writing, cell: Cell) -> str:
        """What this carer has in force on this day, as a cell."""
        return self.rostering.in_force.cells(w.conn, *self._bounds(cell.day)).get(cell.carer_id, {}).get(cell.day, "")

    def _begun(self, conn: Conn, table: str, cell: Cell) -> list[Row]:
        """The rows of this carer that begin on this day."""
        start, end = self._bounds(cell.day)
        return [row for row in self._of(conn, table, cell.carer_id, start, end) if row["starts_at"] >= start]

    def _bounds(self, day: str) -> tuple[str, str]:
        local = date.fromisoformat(day)
        return at(local, 0, self.zone), at(local + timedelta(days=1), 0, self.zone)

    def _read(self, text: str, day: str, codes: Mapping[str, int]) -> list[Piece]:
        try:
            found = pieces(text, date.fromisoformat(day), self.shifts, self.zone)
        except Unreadable:
            found = [Piece("", "", station="?")]
        if any(piece.station and piece.station not in codes for piece in found):
            raise NotNow("no_shift", "{text} is no shift", "Write a letter of the list, or 10:00-14:00", text=text[:20])
        return found

    def _may_change(self, w: Writing, cell: Cell) -> None:
        _, end = self._bounds(cell.day)
        running = [row["ends_at"] for row in self._begun(w.conn, "shifts", cell)]
        if max([end, *running]) <= w.at:
            raise NotNow("over", "That day is over", "Choose a day that is still to come")

    def _put(self, w: Writing, cell: Cell, text: str) -> None:
        codes, carer = self.rostering.in_force.codes(w.conn), self._carer(w.conn, cell.carer_id)
        new = self._read(text, cell.day, codes)
        for table in ("shifts", "stand_bys"):
            self.rosters.remove(w.conn, table, [row["id"] for row in self._begun(w.conn, table, cell)])
            rows = [row_of(piece, carer, codes) for piece in new if piece.stand_by == (table == "stand_bys")]
            self.rosters.add(w.conn, table, rows)
        self._tell_drafts(w, [cell])

    def _hard(self, w: Writing, m: Month) -> list[Finding]:
        grids = self.rostering.grids(w.conn, m, drafts=False)
        return [one for one in self.rostering.judge(w.conn, m, grids) if one.hard]

    def _still_sound(self, w: Writing, months: Iterable[Month], before: set[Finding]) -> None:
        worse = [one for m in months for one in self._hard(w, m) if one not in before]
        if worse:
            raise NotNow("roster_refused", "The swap is refused: {count} faults", "Swap with somebody else, or override"
                         " with a reason", count=len(worse), findings=worse)  # fmt: skip

    def _tell_drafts(self, w: Writing, cells: Iterable[Cell], off: str = "") -> None:
        for cell in cells:
            carer = self._carer(w.conn, cell.carer_id)
            code = next(s["code"] for s in self.rosters.stations(w.conn) if s["id"] == carer["station_id"])
            m = self.rostering.month(cell.day[:7])
            self._into_draft(w, m, code, carer["code"], {cell.day: self._cell(w, cell) or off})

    def _into_draft(self, w: Writing, m: Month, sheet: str, code: str, cells: dict[str, str]) -> None:
        """A draft of this sheet, if there is one, has what is in force now; whoever has it open must load it again."""
        row = self.rosters.drafts(w.conn, m.text).get(sheet)
        if row is not None:
            kept = {**row["cells"], code: {**row["cells"].get(code, {}), **cells}}
            self.rosters.put_draft(w.conn, {**row, "cells": kept, "version": row["version"] + 1})

    def _tell(self, w: Writing, kind: str, day: str, body: Body, who: Who) -> Row:
        w.append(roster_stream(day[:7]), kind, body, actor(who))
        return {"day": day}


def _exchanged(cells: Mapping[Cell, str], one: Cell, other: Cell) -> dict[Cell, str]:
    """What each cell becomes: on the same day they change places, else each takes the other's day beside their own."""
    if one.day == other.day:
        return {one: cells[other], other: cells[one]}
    taken, given = Cell(other.carer_id, one.day), Cell(one.carer_id, other.day)
    return {one: "", other: "", taken: _join(cells[taken], cells[one]), given: _join(cells[given], cells[other])}


def _join(had: str, text: str) -> str:
    return "+".join(part for part in (had, text) if part)
