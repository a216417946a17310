"""The API under /api/v1: the snapshot, calls and their commands, the log and the journal for other systems."""

from collections.abc import Callable, Sequence
from dataclasses import asdict

from flask import Blueprint, jsonify, request
from flask.typing import ResponseReturnValue
from flask_login import current_user

from callcenter.commands import BadCommand, Commands
from callcenter.intake import Intake
from callcenter.live import Live
from callcenter.orders import Orders
from callcenter.pages import forms
from callcenter.pages.guard import need
from callcenter.pages.openapi import openapi
from callcenter.pages.orders import orders as orders_page
from callcenter.pages.reading_aloud import read_aloud
from callcenter.pages.signals import signals
from callcenter.rules.call import STAGES
from callcenter.rules.events import Event, Row
from callcenter.rules.whereabouts import last_seen
from callcenter.store.log import Log
from callcenter.wall import Wall

CHOICES = {"open": ("waiting", "answered", "on_hold"), **{stage: (stage,) for stage in STAGES}}
MOST = 500


def api(
    log: Log, wall: Wall, live: Live, commands: Commands, intake: Intake, ordering: Orders,
    event_text: Callable[[Event], str],
) -> Blueprint:  # fmt: skip
    routes = Blueprint("api", __name__, url_prefix="/api/v1")
    cases = wall.cases

    @routes.get("/snapshot")
    @need("console")
    def snapshot() -> ResponseReturnValue:
        me = {name: getattr(current_user, name) for name in ("id", "name", "role", "language")}
        return jsonify({"epoch": live.epoch, **wall.snapshot(), "me": me})

    @routes.get("/calls")
    @need("console")
    def listed() -> ResponseReturnValue:
        stages = [stage for name in _list("stage") for stage in _stages(name)]
        rows = cases.listed(stages, [_priority(name) for name in _list("priority")], _cursor(), _limit())
        return jsonify({"calls": wall.rows(rows), "next": rows[-1]["id"] if len(rows) == _limit() else None})

    @routes.get("/calls/<call_id>")
    @need("console")
    def card(call_id: str) -> ResponseReturnValue:
        call = wall.known(call_id)
        shown, story = wall.card(call), log.stream(f"call:{call_id}")
        timeline = [{**_public(e), "text": event_text(e)} for e in story]
        orders = ordering.on_card(call["account"], _line(shown["device"], story))
        where = last_seen(shown["device"], shown["home"], story)
        aloud = read_aloud(shown, orders["number"])
        return jsonify({**shown, "timeline": timeline, "orders": orders, "where": where, "read_aloud": aloud})

    @routes.post("/calls/<call_id>/<any(answer,hold,resume,note,heard,unheard,close,reopen,pause):verb>")
    @need("handle")
    def command(call_id: str, verb: str) -> ResponseReturnValue:
        return _answer(commands.on_call(verb, call_id, current_user, forms.body()).result, 200)

    @routes.post("/calls/<call_id>/resume-clock")
    @need("handle")
    def resume_clock(call_id: str) -> ResponseReturnValue:
        return command(call_id, "resume-clock")

    @routes.get("/events")
    @need("events")
    def events() -> ResponseReturnValue:
        found = log.after(_after(), _limit())
        return jsonify({"events": [{**_public(e), "hash": e.hash, "text": event_text(e)} for e in found],
                        "seq": found[-1].seq if found else _after(), "more": len(found) == _limit()})  # fmt: skip

    @routes.get("/frames")
    @need("events")
    def frames() -> ResponseReturnValue:
        found = cases.frames_after(_after(), _limit())
        shown = [{**f, "raw": f["raw"].hex(), "digest": f["digest"].hex()} for f in found]
        return jsonify({"frames": shown, "more": len(found) == _limit()})

    def _answer(result: Row, status: int) -> ResponseReturnValue:
        return jsonify({"call": wall.row(wall.known(result["call"])), "seq": result["seq"]}), status

    routes.register_blueprint(signals(commands, intake, wall.clock))
    routes.register_blueprint(orders_page(commands, ordering))
    routes.register_blueprint(openapi())
    return routes


def _line(device: Row | None, story: Sequence[Event]) -> str:
    """The line on which the device of a call was last heard; one nobody registered is known by its alarms alone."""
    if device and device["line"]:
        return str(device["line"])
    return next((str(e.body["line"]) for e in reversed(story) if e.body.get("line")), "")


def _public(event: Event) -> Row:
    shown = asdict(event)
    shown.pop("hash")
    return shown


def _list(name: str) -> list[str]:
    return [part for part in request.args.get(name, "").split(",") if part]


def _stages(name: str) -> tuple[str, ...]:
    if name not in CHOICES:
        raise BadCommand("stage", "there is no such stage", f"choose of {', '.join(CHOICES)}")
    return CHOICES[name]


def _priority(name: str) -> int:
    if name not in ("1", "2", "3", "4"):
        raise BadCommand("priority", "there is no such priority", "choose of 1, 2, 3, 4")
    return int(name)


def _number(found: str, name: str) -> int:
    if not found.isascii() or not found.isdigit() or len(found) > 18:
        raise BadCommand(name, f"{name} is no number", f"send {name} as a whole number")
    return int(found)


def _after() -> int:
    return _number(request.args.get("after", "0"), "after")


def _cursor() -> str:
    found = request.args.get("after", "")
    day, _, number = found.partition("-")
    if found and not (day.isdigit() and number.isdigit() and found.isascii() and len(found) <= 20):
        raise BadCommand("after", "after is no call", "send the id of the last call you saw, such as 20261121-0147")
    return found


def _limit() -> int:
    return max(1, min(MOST, _number(request.args.get("limit", "100"), "limit")))
