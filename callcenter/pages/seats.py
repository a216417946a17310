"""The desk over HTTP: signing on and off, breaks, beats of the consoles, who is there; and the supervisor's page."""

from datetime import date, datetime, time, timedelta
from typing import Annotated, Any, Literal

from flask import Blueprint, jsonify, render_template, request
from flask.typing import ResponseReturnValue
from flask_login import current_user, user_logged_out
from pydantic import Field, StringConstraints

from callcenter import seat_figures
from callcenter.beats import Consoles, desk
from callcenter.commands import Commands
from callcenter.pages import names
from callcenter.pages.forms import Form, Short, read
from callcenter.pages.guard import need
from callcenter.pages.in_hand import Skill
from callcenter.pages.seat_words import LEAVING, SKILLS
from callcenter.rules.access import HANDLE, may
from callcenter.rules.events import Row
from callcenter.rules.seats import FLOOD_BEGINS
from callcenter.rules.times import stamp
from callcenter.seats import Seats
from callcenter.wall import Wall

Tab = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9-]{8,40}$")]
Looking = Annotated[str, StringConstraints(pattern=r"^([0-9]{8}-[0-9]{1,9})?$", max_length=20)]
Speaks = Annotated[list[Skill], Field(max_length=6)]


class SignOn(Form):
    key: str
    languages: Speaks = []


class Languages(Form):
    key: str
    languages: Annotated[list[Skill], Field(min_length=1, max_length=6)]


class Break(Form):
    key: str
    why: Literal["meal", "rest", "toilet", "meeting", "other"]  # rules.seats.LEAVING
    minutes: Annotated[int, Field(strict=True, ge=0, le=240)] = 0
    words: Short = ""
    anyway: bool = False


class SignOff(Form):
    key: str
    why: Literal["shift_end", "other"] = "shift_end"
    words: Short = ""


class Beat(Form):
    """One open console; ``looking`` is the call that is open there."""

    tab: Tab
    sound: Literal["on", "silenced", "blocked", "elsewhere"]
    looking: Looking = ""


class Leaving(Form):
    tab: Tab


def seats(commands: Commands, service: Seats, consoles: Consoles, wall: Wall) -> Blueprint:
    pages = Blueprint("seats", __name__)

    def shown(seq: int) -> ResponseReturnValue:
        return jsonify(seats=desk(service.book, stamp(wall.clock())), seq=seq)

    @pages.get("/api/v1/seats")
    @need("console")
    def listed() -> ResponseReturnValue:
        return shown(wall.log.head())

    @pages.post("/api/v1/seat/on")
    @need("handle")
    def sign_on() -> ResponseReturnValue:
        form = read(SignOn)
        done = commands.once("sign on", form.key, current_user, lambda w: _of(
            service.sign_on(w, current_user, list(dict.fromkeys(form.languages)))))  # fmt: skip
        return shown(done.result["seq"])

    @pages.post("/api/v1/seat/languages")
    @need("handle")
    def languages() -> ResponseReturnValue:
        form = read(Languages)
        done = commands.once("languages", form.key, current_user, lambda w: _of(
            service.speaks(w, current_user, list(dict.fromkeys(form.languages)))))  # fmt: skip
        return shown(done.result["seq"])

    @pages.post("/api/v1/seat/break")
    @need("handle")
    def take_break() -> ResponseReturnValue:
        form = read(Break)
        done = commands.once("break", form.key, current_user, lambda w: _of(
            service.take_break(w, current_user, form.why, form.minutes, form.words, form.anyway)))  # fmt: skip
        return shown(done.result["seq"])

    @pages.post("/api/v1/seat/off")
    @need("handle")
    def sign_off() -> ResponseReturnValue:
        form = read(SignOff)
        done = commands.once("sign off", form.key, current_user, lambda w: _of(
            service.sign_off(w, current_user, form.why, form.words)))  # fmt: skip
        return shown(done.result["seq"])

    @pages.post("/api/v1/seat/beat")
    @need("handle")
    def beat() -> ResponseReturnValue:
        form = read(Beat)
        consoles.hear(form.tab, current_user.id, form.sound, form.looking)
        return jsonify(status="heard")

    @pages.post("/api/v1/seat/leave")
    @need("handle")
    def leave() -> ResponseReturnValue:
        consoles.leave(read(Leaving).tab, current_user.id)
        return jsonify(status="heard")

    @pages.get("/supervisor/seats")
    @need("reports")
    def page() -> ResponseReturnValue:
        now = wall.clock()
        chosen = _day(request.args.get("day", ""), now.astimezone(wall.zone))
        begins = datetime.combine(chosen, time(), wall.zone)
        ends = datetime.combine(chosen + timedelta(days=1), time(), wall.zone)
        at = stamp(now)
        lines = seat_figures.day(service.book, stamp(begins), stamp(ends), at)
        return render_template(
            "supervisor/seats.html", day=chosen, today=now.astimezone(wall.zone).date(), lines=lines,
            desk=desk(service.book, at), lately=seat_figures.lately(service.book, at), now=at, zone=wall.zone,
            SKILLS=SKILLS, LEAVING=LEAVING, FLOOD=FLOOD_BEGINS, clockface=names.clockface,
        )  # fmt: skip

    def logged_out(_sender: object, user: Any) -> None:
        """Whoever logs out is no longer there, whatever page they did it from."""
        if not user.id or not may(user.role, HANDLE):
            return
        with wall.log.writing() as w:
            service.sign_off(w, user, "shift_end", "", "logged_off")

    @pages.record_once
    def _hook(state: Any) -> None:
        user_logged_out.connect(logged_out, state.app, weak=False)

    return pages


def _of(seat: Row | None) -> Row:
    return {"stage": seat["stage"] if seat else "off"}


def _day(asked: str, today: datetime) -> date:
    try:
        return date.fromisoformat(asked) if asked else today.date()
    except ValueError:
        return today.date()
