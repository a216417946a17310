"""The roster's pages: who is there now, a month's grids, its print, its workbook, posts and calendar.

Everybody who may look at people reads; heads, supervisors and administrators edit, a head only their own station.
"""

from collections.abc import Callable
from io import BytesIO
from typing import Any
from uuid import uuid4

from flask import Blueprint, abort, flash, jsonify, redirect, render_template, request, send_file, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_login import current_user

from callcenter.commands import Commands
from callcenter.pages.forms import Form, read
from callcenter.rules.access import PEOPLE_EDIT, PEOPLE_READ, ROSTER, may
from callcenter.rules.call import NotNow
from callcenter.rules.times import moment, stamp
from dispatch import roster_sheet
from dispatch.duty import Duty
from dispatch.in_force import OFFICERS, Cells, Conn, Grid
from dispatch.pages.roster_changes import roster_changes
from dispatch.pages.roster_words import OFF, PRESENCE, WEEKDAYS, holiday, told
from dispatch.roster_changes import Changes
from dispatch.rostering import Rostering
from dispatch.rules.months import Month
from dispatch.rules.roster_rules import Finding

View = Callable[..., ResponseReturnValue]
Need = Callable[[str], Callable[[View], View]]
Row = dict[str, Any]
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
SHOWN = 200  # findings or faults on one page


class Typed(Form):
    """A sheet as it stands in the browser; ``key`` and ``version`` when it is to be kept."""

    cells: Cells
    key: str = ""
    version: int = 0


class Pages:
    """What the views share: the month asked for, its sheets, and findings in words."""

    def __init__(self, rostering: Rostering, duty: Duty):
        self.rostering, self.rosters, self.duty = rostering, rostering.rosters, duty

    def today(self) -> str:
        return f"{self.rostering.clock().astimezone(self.rostering.zone):%Y-%m-%d}"

    def months(self) -> list[str]:
        """This month and the two after it."""
        found = [self.today()[:7]]
        for _ in range(2):
            found.append(self.rostering.month(found[-1]).after)
        return found

    def local(self, at: str | None, how: str = "%m-%d %H:%M") -> str:
        return moment(at).astimezone(self.rostering.zone).strftime(how) if at else ""

    def told(self, conn: Conn, found: list[Finding]) -> list[Row]:
        stations = {row["id"]: row["name"] for row in self.rosters.stations(conn)}
        carers = {row["id"]: row for row in self.rosters.carers(conn)}
        return told(found, stations, carers, self.rostering.zone)

    def judged(self, conn: Conn, m: Month, typed: Grid | None = None) -> list[Row]:
        """What is wrong with the month; ``typed`` stands for the sheet of the same name."""
        grids = [typed if typed and grid.sheet == typed.sheet else grid for grid in self.rostering.grids(conn, m)]
        return self.told(conn, self.rostering.judge(conn, m, grids))

    def show(self, template: str, **values: Any) -> str:
        terms = self.rostering.terms
        return render_template(
            f"roster/{template}.html", local=self.local, today=self.today(), months=self.months(),
            letters=terms.shifts, OFF=OFF, OFFICERS=OFFICERS, PRESENCE=PRESENCE, mine=mine,
            WEEKDAYS=WEEKDAYS, holiday=holiday, new_key=lambda: str(uuid4()),
            may_edit=may(current_user.role, PEOPLE_EDIT), may_publish=may(current_user.role, ROSTER), **values,
        )  # fmt: skip


def mine(station_id: int | None) -> bool:
    """Whether whoever asks may change this station's roster; without a station: the whole centre's."""
    if current_user.role == "head":
        return station_id is not None and current_user.station_id == station_id
    return may(current_user.role, PEOPLE_EDIT if station_id else ROSTER)


def roster(need: Need, rostering: Rostering, duty: Duty, commands: Commands) -> Blueprint:
    """``need(right)`` guards a view."""
    site, pages = Blueprint("roster", __name__, url_prefix="/roster"), Pages(rostering, duty)
    site.register_blueprint(roster_changes(need, commands, Changes(rostering, duty), mine))
    reading = rostering.rosters.reading

    def editable(m: Month, sheet: str) -> Grid:
        with reading() as conn:
            grid = rostering.grid(conn, m, sheet)
        return grid if mine(grid.station_id) else abort(403)

    @site.get("")
    @need(PEOPLE_READ)
    def now() -> ResponseReturnValue:
        at = stamp(rostering.clock())
        with reading() as conn:
            carers = rostering.rosters.carers(conn)
        return pages.show("now", found=duty.now(at), own=[row for row in carers if mine(row["station_id"])])

    @site.get("/<month>")
    @need(PEOPLE_READ)
    def overview(month: str) -> ResponseReturnValue:
        m = rostering.month(month)
        with reading() as conn:
            grids, found = rostering.grids(conn, m), pages.judged(conn, m)
        own = [row for grid in grids if grid.station_id and mine(grid.station_id) for row in grid.rows]
        return pages.show("month", month=m, grids=grids, found=found, own=own, most=SHOWN)

    @site.get("/<month>/<sheet>")
    @need(PEOPLE_READ)
    def grid(month: str, sheet: str) -> ResponseReturnValue:
        m = rostering.month(month)
        with reading() as conn:
            found, days = rostering.grid(conn, m, sheet), rostering.days(conn, m)
            wrong = of_sheet(pages.judged(conn, m), found)
            sheets = rostering.grids(conn, m)
        return pages.show("grid", month=m, grid=found, days=days, found=wrong, sheets=sheets)

    @site.post("/<month>/<sheet>/check")
    @need(PEOPLE_EDIT)
    def check(month: str, sheet: str) -> ResponseReturnValue:
        m, typed = rostering.month(month), read(Typed)
        made = rostering.typed(editable(m, sheet), m, typed.cells)
        with reading() as conn:
            return jsonify(found=of_sheet(pages.judged(conn, m, made), made), cells=made.cells)

    @site.post("/<month>/<sheet>")
    @need(PEOPLE_EDIT)
    def save(month: str, sheet: str) -> ResponseReturnValue:
        m, typed = rostering.month(month), read(Typed)
        editable(m, sheet)
        done = commands.once(f"draft {m.text} {sheet}", typed.key, current_user, lambda w: rostering.save(
            w, m, sheet, typed.cells, typed.version, current_user))  # fmt: skip
        with reading() as conn:
            kept = rostering.grid(conn, m, sheet)
            return jsonify(version=done.result["version"], found=of_sheet(pages.judged(conn, m), kept),
                           cells=kept.cells)  # fmt: skip

    @site.get("/<month>/<sheet>/propose")
    @need(PEOPLE_EDIT)
    def propose(month: str, sheet: str) -> ResponseReturnValue:
        m = rostering.month(month)
        editable(m, sheet)
        with reading() as conn:
            return jsonify(cells=rostering.propose(conn, m, sheet))

    @site.post("/<month>/<sheet>/discard")
    @need(PEOPLE_EDIT)
    def discard(month: str, sheet: str) -> ResponseReturnValue:
        m = rostering.month(month)
        editable(m, sheet)
        commands.once(f"discard {m.text} {sheet}", request.form.get("key"), current_user,
                      lambda w: rostering.discard(w, m, sheet, current_user))  # fmt: skip
        return redirect(url_for("roster.grid", month=m.text, sheet=sheet))

    @site.post("/<month>/publish")
    @need(ROSTER)
    def publish(month: str) -> ResponseReturnValue:
        m = rostering.month(month)
        try:
            done = commands.once(f"publish {m.text}", request.form.get("key"), current_user, lambda w: (
                rostering.publish(w, m, current_user)))  # fmt: skip
        except NotNow as error:
            flash(f"{gettext(str(error)).format(**error.values)} → {gettext(error.fix)}", "error")
        else:
            flash(gettext("The roster of %(month)s is in force: %(n)s shifts", month=m.text, n=done.result["shifts"]))
        return redirect(url_for("roster.overview", month=m.text))

    @site.get("/<month>/print")
    @need(PEOPLE_READ)
    def printed(month: str) -> ResponseReturnValue:
        m = rostering.month(month)
        with reading() as conn:
            grids, days = rostering.grids(conn, m), rostering.days(conn, m)
        return pages.show("print", month=m, grids=grids, days=days)

    @site.get("/<month>/workbook.xlsx")
    @need(PEOPLE_READ)
    def workbook(month: str) -> ResponseReturnValue:
        m = rostering.month(month)
        with reading() as conn:
            data = roster_sheet.as_workbook(m, rostering.grids(conn, m), rostering.terms.shifts)
        return send_file(BytesIO(data), XLSX, as_attachment=True, download_name=f"anxin-roster-{m.text}.xlsx")

    @site.post("/<month>/workbook")
    @need(PEOPLE_EDIT)
    def bring_in(month: str) -> ResponseReturnValue:
        """A whole workbook into drafts, or nothing of it."""
        m, file = rostering.month(month), request.files.get("file")
        with reading() as conn:
            grids = {grid.sheet: grid for grid in rostering.grids(conn, m)}
        said = roster_sheet.read(file.filename or "", file.read(), m, list(grids.values())) if file else None
        if said is None or said.faults:
            for row, column, error in said.faults[:SHOWN] if said else ():
                text = f"{gettext(error.reason) % error.params} → {gettext(error.fix) % error.params}"
                flash(f"{row or ''}{column} {text}".strip(), "error")
            return redirect(url_for("roster.overview", month=m.text))
        own = {sheet: cells for sheet, cells in said.cells.items() if mine(grids[sheet].station_id)}
        with rostering.log.writing() as w:
            for sheet, cells in own.items():
                whole = {**grids[sheet].cells, **cells}
                rostering.save(w, m, sheet, whole, grids[sheet].version, current_user)
        flash(gettext("%(n)s sheets were read into drafts; publish to put them in force", n=len(own)))
        return redirect(url_for("roster.overview", month=m.text))

    @site.get("/posts")
    @need(PEOPLE_READ)
    def posts() -> ResponseReturnValue:
        m = rostering.month(pages.today()[:7])
        with reading() as conn:
            carers = {row["id"]: row for row in rostering.rosters.carers(conn)}
            rows, officers = rostering.rosters.posts(conn), rostering.rosters.officers(conn)
            stations = {row["id"]: row["name"] for row in rostering.rosters.stations(conn)}
            year = [day for text in year_of(m) for day in rostering.days(conn, rostering.month(text))]
            official = bool(rostering.rosters.calendar(conn, f"{m.text}-01", f"{m.text}-01"))
        special = [day for day in year if day.kind == "holiday" or day.exchanged]
        return pages.show("posts", carers=carers, posts=rows, officers=officers, stations=stations, special=special,
                          official=official, year=m.text[:4])  # fmt: skip

    return site


def of_sheet(found: list[Row], grid: Grid) -> list[Row]:
    """The findings that concern this sheet."""
    return [row for row in found if row["station_id"] == grid.station_id]


def year_of(m: Month) -> list[str]:
    """The months of the month's year."""
    return [f"{m.text[:4]}-{number:02d}" for number in range(1, 13)]
