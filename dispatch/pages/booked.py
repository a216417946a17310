"""The pages of booked services: the list, the form, one booking, a station's day on paper, the catalogue."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any
from uuid import uuid4
from zoneinfo import ZoneInfo

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_login import current_user
from pydantic import ValidationError

from callcenter.commands import BadCommand, Commands
from callcenter.desk import actor
from callcenter.pages import booking_words
from callcenter.pages.terms import word
from callcenter.pages.words import event_text
from callcenter.rules.access import CONSOLE, HANDLE, PEOPLE_EDIT, REPORTS, may
from callcenter.rules.call import NotNow
from callcenter.rules.events import Row, booking_stream
from callcenter.rules.times import Clock, moment, stamp
from callcenter.store.log import Writing
from callcenter.store.people import People
from dispatch.pages.booking_api import booking_api, problem
from dispatch.pages.booking_forms import Asked, Service, asked_in, service_in, wish
from dispatch.pages.callback_pages import callback_pages
from dispatch.rules import booking as life
from dispatch.services import ServiceHouse

Need = Callable[[str], Callable[[Callable[..., Any]], Callable[..., Any]]]
Act = Callable[[Writing], Row]
FOUND_AT_MOST = 20


def booked(
    need: Need, house: ServiceHouse, commands: Commands, people: People, zone: ZoneInfo, clock: Clock
) -> Blueprint:
    """``need(right)`` guards a view."""
    pages = Blueprint("booked", __name__)
    diary, bookings = house.diary, house.bookings
    pages.register_blueprint(booking_api(need, house, commands, people, zone, clock))

    def local(at: str | None, how: str = "%m-%d %H:%M") -> str:
        return moment(at).astimezone(zone).strftime(how) if at else ""

    def today() -> date:
        return clock().astimezone(zone).date()

    def show(template: str, **values: Any) -> str:
        return render_template(
            f"services/{template}.html", local=local, words=booking_words, word=word, event_text=event_text,
            key=lambda: str(uuid4()), may_edit=may(current_user.role, PEOPLE_EDIT), today=today(),
            may_handle=may(current_user.role, HANDLE), may_report=may(current_user.role, REPORTS),
            stations=diary.station_names(), now=stamp(clock()), **values,
        )  # fmt: skip

    def done(name: str, act: Act, back: str) -> ResponseReturnValue:
        """A form's command, once; what it refuses is said above the page it came from."""
        try:
            commands.once(name, request.form.get("key"), current_user, act)
        except NotNow as error:
            said = problem(error)
            flash(f"{said['message']} → {said['fix']}", "error")
        else:
            flash(gettext("Saved"))
        return redirect(back)

    pages.register_blueprint(callback_pages(need, house, people, show, done, zone, clock))

    def who_lives(home_ids: list[int]) -> dict[int, Row]:
        with diary.database.read() as conn:
            return people.summaries(conn, home_ids, today())

    # --- the list and one booking ---------------------------------------------------------------------------------

    @pages.get("/bookings")
    @need(CONSOLE)
    def listed() -> ResponseReturnValue:
        since = _day(request.args.get("day", ""), today())
        until = _day(request.args.get("until", ""), since + timedelta(days=6))
        station, stage = request.args.get("station", 0, type=int), request.args.get("stage", "")
        stage = stage if stage in life.STAGES else ""
        rows = diary.listed(since.isoformat(), until.isoformat(), station or None, [stage] if stage else [])
        return show("bookings", rows=rows, homes=who_lives([r["home_id"] for r in rows]), since=since, until=until,
                    station=station, stage=stage)  # fmt: skip

    @pages.get("/bookings/<booking_id>")
    @need(CONSOLE)
    def one(booking_id: str) -> ResponseReturnValue:
        row = diary.booking(booking_id) or abort(404)
        card = people.card({"home_id": row["home_id"], "account": ""}, clock(), zone)
        return show("booking", row=row, card=card, ahead=row["stage"] in life.AHEAD,
                    story=commands.log.stream(booking_stream(booking_id)))  # fmt: skip

    @pages.post("/bookings/<booking_id>/<any(cancel,move):change>")
    @need(HANDLE)
    def changed(booking_id: str, change: str) -> ResponseReturnValue:
        form = request.form
        verbs: dict[str, Act] = {
            "cancel": lambda w: bookings.cancel(w, booking_id, current_user, _reason(), form.get("series") == "1"),
            "move": lambda w: {"bookings": [bookings.move(
                w, booking_id, current_user, _day(form.get("day", ""), today()), _minute(form.get("begin", "")),
                _minute(form.get("end", "")))["id"]]},
        }  # fmt: skip
        return done(f"{change} {booking_id}", verbs[change], url_for("booked.one", booking_id=booking_id))

    # --- the form -------------------------------------------------------------------------------------------------

    def form_page(typed: Row, answer: Any = None, fault: Row | None = None, status: int = 200) -> ResponseReturnValue:
        found = None
        if typed.get("home_id") or typed.get("resident_id"):
            numbers = [int(typed[n]) if str(typed.get(n) or "").isdigit() else None for n in ("home_id", "resident_id")]
            with diary.database.read() as conn:
                found = diary.whose(conn, *numbers)
        card = people.card({"home_id": found["home_id"], "account": ""}, clock(), zone) if found else None
        asked = request.args.get("q", "").strip()[:60]
        return show("new", typed=typed, card=card, answer=answer, fault=fault, problem=problem, q=asked,
                    people_found=people.find(asked, FOUND_AT_MOST) if asked else [],
                    catalogue=diary.services(active_only=True)), status  # fmt: skip

    @pages.get("/bookings/new")
    @need(HANDLE)
    def new() -> ResponseReturnValue:
        """Empty, or from a call: for whom and by which door are known then."""
        args = request.args
        typed: Row = {n: args.get(n, "") for n in ("home_id", "resident_id", "service", "day")}
        call = people_call(args.get("call", ""))
        if call:
            source = {"pager": "pager", "walk_in": "walk_in", "grid": "grid"}.get(call["source"], "phone")
            typed |= {"home_id": call["home_id"] or "", "from_call": call["id"], "source": source}
            typed["resident_id"] = call["resident_id"] or ""
        return form_page({"day": today().isoformat(), "begin": "09:00", "end": "11:00", "every": "1",
                          "skip_holidays": "1"} | {n: v for n, v in typed.items() if v})  # fmt: skip

    def people_call(call_id: str) -> Row | None:
        return commands.desk.cases.call(call_id) if call_id else None

    @pages.post("/bookings")
    @need(HANDLE)
    def make() -> ResponseReturnValue:
        """``look`` only says what it would come to; else it is booked, and what stands against it is said."""
        typed: Row = {**request.form.to_dict(), "weekdays": request.form.getlist("weekdays")}
        try:
            asked = wish(Asked.model_validate(asked_in(typed, typed["weekdays"])))
        except ValidationError as error:
            return form_page(typed, fault=_fault(error), status=422)
        try:
            if request.form.get("look"):
                with commands.log.writing() as w:
                    return form_page(typed, answer=bookings.look(w, asked))
            made = commands.once("book", request.form.get("key"), current_user,
                                 lambda w: bookings.make(w, current_user, asked)).result  # fmt: skip
        except NotNow as error:
            return form_page(typed, fault=problem(error), status=409)
        text = gettext("%(n)d visits booked", n=len(made["bookings"]))
        left_out = "、".join(made["left_out"])
        flash(f"{text}{gettext('; left out: %(days)s', days=left_out) if left_out else ''}")
        return redirect(url_for("booked.one", booking_id=made["bookings"][0]))

    # --- a station's day ------------------------------------------------------------------------------------------

    @pages.get("/bookings/day")
    @need(CONSOLE)
    def day() -> ResponseReturnValue:
        names = diary.station_names()
        station = request.args.get("station", current_user.station_id or next(iter(names), 0), type=int)
        which = _day(request.args.get("day", ""), today())
        rows = [r for r in diary.listed(which.isoformat(), which.isoformat(), station, ()) if r["stage"] != "cancelled"]
        by_carer: dict[tuple[str, int], list[Row]] = {}
        for row in sorted(rows, key=lambda r: (life.slot(r), r["id"])):
            if row["carer_id"]:
                by_carer.setdefault((row["carer_name"], row["carer_id"]), []).append(row)
        return show("day", which=which, station=station, routes=sorted(by_carer.items()), previous=which - ONE_DAY,
                    following=which + ONE_DAY, homes=who_lives([r["home_id"] for r in rows]),
                    left=[r for r in rows if not r["carer_id"] and r["stage"] in life.AHEAD])  # fmt: skip

    @pages.post("/bookings/day")
    @need(HANDLE)
    def plan_again() -> ResponseReturnValue:
        which, station = _day(request.form.get("day", ""), today()), request.form.get("station", 0, type=int)

        def act(w: Writing) -> Row:
            return {"left": house.planning.plan_day(w, which.isoformat(), station, actor(current_user))}

        back = url_for("booked.day", station=station, day=which.isoformat())
        return done(f"plan {station} {which}", act, back)

    # --- the catalogue --------------------------------------------------------------------------------------------

    @pages.get("/services")
    @need(CONSOLE)
    def catalogue() -> ResponseReturnValue:
        return show("catalogue", rows=diary.services(), editing=request.args.get("edit", ""))

    @pages.post("/services")
    @need(PEOPLE_EDIT)
    def keep() -> ResponseReturnValue:
        form, code = request.form, request.form.get("code", "").strip().lower()[:20]
        if not code.isascii() or not code.replace("_", "").replace("-", "").isalnum():
            raise BadCommand("code", "this is no code", "up to 20 letters and figures")
        try:
            read = Service.model_validate(service_in(form.to_dict(), form.getlist("skills"), form.getlist("outcomes")))
        except ValidationError as error:
            said = _fault(error)
            flash(f"{said['message']} → {said['fix']}", "error")
            return redirect(url_for("booked.catalogue", edit=code))
        values = read.model_dump(exclude={"key"})
        return done(f"service {code}", lambda w: house.keep_service(w, current_user, code, values),
                    url_for("booked.catalogue"))  # fmt: skip

    return pages


ONE_DAY = timedelta(days=1)


def _day(text: str, usual: date) -> date:
    try:
        found = date.fromisoformat(text)
    except ValueError:
        return usual
    return found if 2020 <= found.year <= 2100 else usual


def _minute(text: str) -> int:
    hour, _, minute = text.partition(":")
    if not (hour.isdigit() and minute.isdigit() and len(text) <= 5):
        raise BadCommand("begin", "this is no time", "write it as 09:30")
    return int(hour) * 60 + int(minute)


def _reason() -> str:
    found = request.form.get("reason", "").strip()[:200]
    if not found:
        raise BadCommand("reason", "reason is empty", "write what happened, in a few words")
    return found


def _fault(error: ValidationError) -> Row:
    """What of a form cannot be used, by the name of the field."""
    first: Any = error.errors(include_url=False, include_input=False)[0]
    field = ".".join(map(str, first["loc"])) or "form"
    return {"error": "bad_form", "message": gettext("This cannot be used: %(field)s", field=field),
            "fix": gettext("Fill it in as the form says")}  # fmt: skip
