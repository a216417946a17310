"""Services, bookings and call-backs over HTTP, for the console and for other systems, under /api/v1."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from flask import Blueprint, jsonify, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_login import current_user

from callcenter.commands import BadCommand, Commands
from callcenter.pages.forms import read
from callcenter.rules.access import CONSOLE, HANDLE, PEOPLE_EDIT, PHONE
from callcenter.rules.call import NotNow, NotThere
from callcenter.rules.events import Row
from callcenter.rules.times import Clock
from callcenter.store.log import Writing
from callcenter.store.people import People
from dispatch.pages import booking_forms as forms
from dispatch.rules import booking as life
from dispatch.services import ServiceHouse

Need = Callable[[str], Callable[[Callable[..., Any]], Callable[..., Any]]]
Act = Callable[[Writing], Row]
INSIDE = frozenset({"next_due_at", "next_step"})
ADDRESS = ("address", "building", "unit", "door", "floor", "lift", "latitude", "longitude")


def booking_api(
    need: Need, house: ServiceHouse, commands: Commands, people: People, zone: ZoneInfo, clock: Clock
) -> Blueprint:
    routes = Blueprint("booking_api", __name__, url_prefix="/api/v1")
    diary, bookings, callbacks = house.diary, house.bookings, house.callbacks

    def done(name: str, key: str, act: Act) -> Row:
        return commands.once(name, key, current_user, act).result

    def found(booking_id: str) -> Row:
        row = diary.booking(booking_id)
        if row is None:
            raise NotThere(f"there is no booking {booking_id}")
        return _shown(row)

    @routes.get("/services")
    @need(CONSOLE)
    def services() -> ResponseReturnValue:
        return jsonify(services=[{n: v for n, v in row.items() if n != "id"} for row in diary.services()])

    @routes.post("/services/<code>")
    @need(PEOPLE_EDIT)
    def service(code: str) -> ResponseReturnValue:
        form = read(forms.Service)
        if not code.replace("_", "").replace("-", "").isalnum() or not code.isascii() or len(code) > 20:
            raise BadCommand("code", "this is no code", "up to 20 letters and figures")
        values = form.model_dump(exclude={"key"})
        return jsonify(done(f"service {code}", form.key, lambda w: house.keep_service(w, current_user, code, values)))

    @routes.get("/bookings")
    @need(CONSOLE)
    def listed() -> ResponseReturnValue:
        today = clock().astimezone(zone).date()
        since = request.args.get("day") or today.isoformat()
        until = request.args.get("until") or (today + timedelta(days=7)).isoformat()
        return jsonify(bookings=[_shown(row) for row in diary.listed(since, until, None, ())])

    @routes.get("/bookings/<booking_id>")
    @need(CONSOLE)
    def one(booking_id: str) -> ResponseReturnValue:
        return jsonify(booking=found(booking_id))

    @routes.post("/bookings")
    @need(HANDLE)
    def book() -> ResponseReturnValue:
        form = read(forms.Book)
        made = done("book", form.key, lambda w: bookings.make(w, current_user, forms.wish(form)))
        return jsonify(made | {"booking": found(made["bookings"][0])}), 201

    @routes.post("/bookings/look")
    @need(HANDLE)
    def look() -> ResponseReturnValue:
        """What a booking would come to; nothing is kept."""
        form = read(forms.Look)
        with commands.log.writing() as w:
            answer = bookings.look(w, forms.wish(form))
        place = answer.place._asdict() if answer.place else None
        return jsonify(days=[day.isoformat() for day in answer.days], place=place,
                       left_out=[day.isoformat() for day in answer.left_out],
                       problems=[problem(one) for one in answer.problems])  # fmt: skip

    @routes.post("/bookings/<booking_id>/cancel")
    @need(HANDLE)
    def cancel(booking_id: str) -> ResponseReturnValue:
        form = read(forms.CallOff)
        ended = done(f"cancel {booking_id}", form.key,
                     lambda w: bookings.cancel(w, booking_id, current_user, form.reason, form.series))  # fmt: skip
        return jsonify(ended | {"booking": found(booking_id)})

    @routes.post("/bookings/<booking_id>/move")
    @need(HANDLE)
    def move(booking_id: str) -> ResponseReturnValue:
        form = read(forms.Move)
        day, begin, end = date.fromisoformat(form.day), forms.minutes(form.begin), forms.minutes(form.end)
        moved = done(f"move {booking_id}", form.key, lambda w: {
            "bookings": [bookings.move(w, booking_id, current_user, day, begin, end)["id"]]})  # fmt: skip
        return jsonify(moved | {"booking": found(booking_id)})

    @routes.get("/callbacks")
    @need(CONSOLE)
    def to_ring() -> ResponseReturnValue:
        return jsonify(callbacks=[_shown(row) for row in diary.to_ring()])

    @routes.post("/callbacks/<callback_id>/<any(rate,no_reply,told):said>")
    @need(HANDLE)
    def rung(callback_id: str, said: str) -> ResponseReturnValue:
        form = read(forms.Rated) if said == "rate" else read(forms.Rung)

        def act(w: Writing) -> Row:
            if isinstance(form, forms.Rated):
                row = callbacks.rated(w, callback_id, current_user, form.rating, form.words)
            else:
                verbs = {"no_reply": callbacks.not_reached, "told": callbacks.told}
                row = verbs[said](w, callback_id, current_user, form.words)
            return {"callback": row["id"]}

        result = done(f"{said} {callback_id}", form.key, act)
        return jsonify(result | {"stage": (diary.callback(callback_id) or {}).get("stage")})

    @routes.get("/phone/plan")
    @need(PHONE)
    def plan() -> ResponseReturnValue:
        """The booked visits of a carer, today and tomorrow; how to get in comes with the job, not with the plan."""
        if current_user.carer_id is None:
            raise NotNow("no_carer", "This log-in belongs to no carer", "Log in as a carer")
        today = clock().astimezone(zone).date()
        days = [today.isoformat(), (today + timedelta(days=1)).isoformat()]
        rows = diary.of_carer(current_user.carer_id, days, life.STANDING | {life.DONE})
        answer = jsonify(visits=[_of_carer(row, people, clock, zone) for row in rows])
        answer.headers["Cache-Control"] = "no-store"
        return answer

    return routes


def problem(error: NotNow) -> Row:
    return {"error": error.code, "message": gettext(str(error)).format(**error.values),
            "fix": gettext(error.fix).format(**error.values)}  # fmt: skip


def _shown(row: Row) -> Row:
    return {name: value for name, value in row.items() if name not in INSIDE}


def _of_carer(row: Row, people: People, clock: Clock, zone: ZoneInfo) -> Row:
    card = people.card({"home_id": row["home_id"], "account": ""}, clock(), zone)
    home = card["home"] or {}
    return {
        "booking": row["id"], "day": row["day"], "stage": row["stage"], "planned_at": life.slot(row),
        "minutes": row["terms"]["minutes"], "service": row["terms"]["name"], "notes": row["notes"],
        "travel_seconds": row["travel_seconds"], "names": [person["name"] for person in card["residents"]],
        "home": {name: home.get(name) for name in ADDRESS},
    }  # fmt: skip
