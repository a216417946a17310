"""The people pages: residents, one home and its form, import and export, the carers' roster, the devices."""

from collections.abc import Callable
from datetime import datetime, timedelta
from io import BytesIO
from typing import Any
from zoneinfo import ZoneInfo

from flask import Blueprint, abort, flash, redirect, render_template, request, send_file, url_for
from flask.typing import ResponseReturnValue
from flask_babel import get_locale, gettext, lazy_gettext
from flask_login import current_user

from callcenter import household as form
from callcenter.desk import actor
from callcenter.exchange import Exchange, Rejected
from callcenter.pages import terms
from callcenter.reading import Fault, Plan
from callcenter.rules import cells
from callcenter.rules.access import EXPORT, PEOPLE_EDIT, PEOPLE_READ, may
from callcenter.rules.cells import Field, Unreadable
from callcenter.rules.people import age, holes, reachable_now
from callcenter.rules.register import BY_NAME, RESPONDERS
from callcenter.rules.times import Clock, moment, stamp
from callcenter.store.directory import Directory
from callcenter.store.households import Household, Households, Moved
from callcenter.store.people import People
from callcenter.store.register import Register

View = Callable[..., ResponseReturnValue]
Need = Callable[[str], Callable[[View], View]]
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
SHOWN = 200  # faults or changes on one page
SEX = {"F": lazy_gettext("woman"), "M": lazy_gettext("man")}
DAYS = 7  # of the roster
RUNS_OUT = 14  # days before the end of the roster at which we begin to warn


def people(
    need: Need, people: People, register: Register, exchange: Exchange, zone: ZoneInfo, clock: Clock
) -> Blueprint:
    """``need(right)`` guards a view."""
    pages = Blueprint("people", __name__)
    directory, households = Directory(people.database), Households(people.database, register.log)

    def local(at: str | None, how: str = "%Y-%m-%d %H:%M") -> str:
        return moment(at).astimezone(zone).strftime(how) if at else ""

    def now() -> datetime:
        return clock().astimezone(zone)

    def show(template: str, **values: Any) -> str:
        return render_template(
            f"people/{template}.html", local=local, label=_label, said=said, terms=terms, SEX=SEX,
            may_edit=may(current_user.role, PEOPLE_EDIT), may_export=may(current_user.role, EXPORT), **values,
        )  # fmt: skip

    def said(column: Field, value: Any) -> str:
        """A value as a sheet would write it; in English the code itself where it is a choice."""
        if column.kind in ("choice", "several", "yes") and _english() and value not in (None, "", []):
            words = {True: "yes", False: "no"}
            return ", ".join(value) if isinstance(value, list) else words.get(value, str(value))
        return str(cells.write(column, value, zone))

    @pages.get("/people")
    @need(PEOPLE_READ)
    def residents() -> ResponseReturnValue:
        typed = request.args.get("q", "").strip()[:60]
        station, tier = request.args.get("station", 0, type=int), request.args.get("tier", "")[:1]
        number = request.args.get("page", 1, type=int)
        listing = None if typed else directory.residents(station or None, tier, number)
        rows = people.find(typed, SHOWN) if typed else listing.rows if listing else []
        for row in rows:
            row["age"] = age(row["born"], now().date())
        return show(
            "residents", rows=rows, listing=listing, q=typed, station=station, tier=tier,
            stations=households.stations(), limit=SHOWN,
        )  # fmt: skip

    @pages.get("/people/homes/<code>")
    @need(PEOPLE_READ)
    def home(code: str) -> ResponseReturnValue:
        found = households.one(code) or abort(404)
        return show(
            "home", household=found, devices=households.devices(code), calls=directory.last_calls(code), form=form,
            columns=form.columns, stations={s["code"]: s["name"] for s in households.stations()},
            age=lambda born: age(born, now().date()), reachable=lambda window: reachable_now(window, now().time()),
        )  # fmt: skip

    def editing(found: Household, typed: dict[str, str], errors: form.Errors, moved: bool = False) -> str:
        return show(
            "edit", household=found, typed=typed, errors={n: _sentence(e) for n, e in errors.items()}, moved=moved,
            form=form, columns=form.columns, lines=form.lines, stations=households.stations(),
        )  # fmt: skip

    @pages.get("/people/homes/<code>/edit")
    @need(PEOPLE_EDIT)
    def edit(code: str) -> ResponseReturnValue:
        found = households.one(code) or abort(404)
        return editing(found, form.filled_in(found, zone), {})

    @pages.post("/people/homes/<code>/edit")
    @need(PEOPLE_EDIT)
    def save(code: str) -> ResponseReturnValue:
        found = households.one(code) or abort(404)
        typed = request.form.to_dict()
        after, errors = form.read(found, typed, zone)
        if after.home["station"] and after.home["station"] not in {s["code"] for s in households.stations()}:
            errors["home.station"] = Unreadable("this station does not exist", "choose one of the list")
        if errors:
            return editing(found, typed, errors), 422
        try:
            households.save(after, typed.get("seen", ""), actor(current_user))
        except Moved:
            return editing(households.one(code) or abort(404), typed, {}, moved=True), 409
        flash(gettext("Saved"))
        return redirect(url_for("people.home", code=code))

    @pages.get("/people/import")
    @need(PEOPLE_EDIT)
    def import_() -> ResponseReturnValue:
        return show("import", plan=None)

    @pages.post("/people/import")
    @need(PEOPLE_EDIT)
    def look_or_bring_in() -> ResponseReturnValue:
        """Without ``looked_at`` a dry run; with it the same file once more, kept if it still does what was shown."""
        file = request.files.get("file")
        if file is None or not file.filename:
            flash(gettext("Choose a file first"), "error")
            return redirect(url_for("people.import_"))
        data, looked_at = file.read(), request.form.get("looked_at", "")
        if not looked_at:
            return planned(exchange.look(file.filename, data))
        try:
            plan = exchange.bring_in(file.filename, data, actor(current_user), looked_at)
        except Rejected as refused:
            return planned(refused.plan, again=True)
        return show("import", plan=plan, done=True, sheets=BY_NAME)

    def planned(plan: Plan, again: bool = False) -> ResponseReturnValue:
        page = show(
            "import",
            plan=plan,
            again=again,
            sheets=BY_NAME,
            most=SHOWN,
            faults=[_fault(f) for f in plan.faults[:SHOWN]],
        )
        return page, 422 if plan.faults else 200

    @pages.get("/people/template.xlsx")
    @need(PEOPLE_READ)
    def template() -> ResponseReturnValue:
        return send_file(BytesIO(exchange.template()), XLSX, as_attachment=True, download_name="anxin-template.xlsx")

    @pages.get("/people/export.xlsx")
    @need(EXPORT)
    def export() -> ResponseReturnValue:
        with register.log.writing() as writing:
            writing.append("reports", "ReportExported", {"report": "people", "format": "xlsx"}, actor(current_user))
        name = f"anxin-people-{now():%Y%m%d}.xlsx"
        return send_file(BytesIO(exchange.export()), XLSX, as_attachment=True, download_name=name)

    @pages.get("/people/carers")
    @need(PEOPLE_READ)
    def carers() -> ResponseReturnValue:
        first = now().replace(hour=0, minute=0, second=0, microsecond=0)
        days = [first + timedelta(days=n) for n in range(DAYS + 1)]
        start, end = stamp(first), stamp(first + timedelta(days=DAYS + 1))
        shifts = directory.shifts(start, end)
        stations = {s["id"]: s["name"] for s in households.stations()}
        last = directory.roster_ends()
        left = (moment(last) - clock()).days if last else 0
        return show(
            "carers", carers=people.carers(clock()), days=days, roster=_by_day(shifts, zone), stations=stations,
            holes=holes(stations, shifts, stamp(clock()), end), ends=last, left=left, runs_out=left < RUNS_OUT,
            carer_columns=BY_NAME["carers"],
        )  # fmt: skip

    @pages.get("/people/responders")
    @need(PEOPLE_READ)
    def responders() -> ResponseReturnValue:
        kind = request.args.get("kind", "")
        listing = directory.responders(kind if kind in RESPONDERS else "", request.args.get("page", 1, type=int))
        columns = BY_NAME["responders"]
        return show("responders", listing=listing, kind=kind, columns=columns)

    @pages.get("/people/devices")
    @need(PEOPLE_READ)
    def devices() -> ResponseReturnValue:
        silent = request.args.get("silent") == "1"
        before = stamp(clock() - timedelta(hours=1)) if silent else None
        return show("devices", listing=directory.devices(before, request.args.get("page", 1, type=int)), silent=silent)

    return pages


def _english() -> bool:
    return str(get_locale()).startswith("en")


def _label(thing: Any) -> str:
    """What a column or a sheet is called in the reader's language."""
    return str(thing.en).capitalize() if _english() else str(thing.zh)


def _sentence(error: Unreadable | Fault) -> str:
    params = {"value": "", **error.params}
    return f"{gettext(error.reason) % params} → {gettext(error.fix) % params}"


def _fault(fault: Fault) -> dict[str, Any]:
    return {"sheet": fault.sheet, "row": fault.row or "", "column": fault.column, "text": _sentence(fault)}


def _by_day(shifts: list[dict[str, Any]], zone: ZoneInfo) -> dict[tuple[int, str], list[dict[str, Any]]]:
    """Shifts by station and by the local day in which they begin."""
    found: dict[tuple[int, str], list[dict[str, Any]]] = {}
    for shift in shifts:
        day = moment(shift["starts_at"]).astimezone(zone).strftime("%Y-%m-%d")
        found.setdefault((shift["station_id"], day), []).append(shift)
    return found
