"""Mass events and roll calls over HTTP, for the console and for other systems: /api/v1/mass and /api/v1/rollcalls."""

import re
from collections.abc import Callable
from typing import Annotated, Any, Literal

from flask import Blueprint, jsonify, request
from flask.typing import ResponseReturnValue
from flask_login import current_user
from pydantic import Field, StringConstraints

from callcenter.commands import BadCommand, Commands
from callcenter.mass import MassEvents
from callcenter.pages import forms
from callcenter.pages.guard import need
from callcenter.rollcalls import EACH, RollCalls
from callcenter.rules.access import CONSOLE, HANDLE
from callcenter.rules.call import NotThere
from callcenter.rules.events import Row
from callcenter.rules.mass import CAUSES, TECHNICAL, USUAL
from callcenter.rules.rollcall import HOW, KNOWN
from callcenter.rules.times import stamp
from callcenter.store import mass as store
from callcenter.store.log import Writing

Words = Annotated[str, StringConstraints(strip_whitespace=True, max_length=500)]
Minutes = Annotated[int, Field(strict=True, ge=15, le=7 * 1440)]
Each = Annotated[int, Field(strict=True, ge=1, le=900)]
Scope = Literal["district", "station", "street", "community", "building", "line"]
Place = Annotated[str, StringConstraints(max_length=120)]
Areas = Annotated[list[tuple[Scope, Place]], Field(min_length=1, max_length=20)]
Cause = Literal["power", "network", "gateway", "supplier", "flood", "earthquake", "cold", "other"]
Level = Literal["watch", "warning"]
Kinds = Annotated[list[Annotated[str, StringConstraints(max_length=20)]], Field(max_length=20)]
How = Literal["", "seen", "spoke", "elsewhere"]
Act = Callable[[Writing], Row]
MOST = 2000  # homes in one answer


class Done(forms.Form):
    key: str


class Declared(Done):
    areas: Areas
    level: Level
    cause: Cause
    minutes: Minutes
    kinds: Kinds | None = None
    words: Words = ""
    incident: Annotated[str, StringConstraints(max_length=20)] = ""


class Changed(Done):
    level: Level | None = None
    minutes: Minutes | None = None
    kinds: Kinds | None = None
    words: Words | None = None


class Started(Done):
    areas: Areas
    cause: Cause
    words: Words = ""
    drill: bool = False
    mass: Annotated[str, StringConstraints(max_length=20)] = ""
    carers: Annotated[list[forms.Number], Field(max_length=500)] | None = None
    each: Each = EACH


class Marked(Done):
    state: Literal["safe", "not_reached", "help"]
    how: How = ""
    words: Words = ""
    at: forms.Moment | None = None
    by_hand: bool = False
    priority: Literal[1, 2] = 1


class Shared(Done):
    each: Each = EACH


class Ended(Done):
    why: Words = ""


def mass_api(commands: Commands, mass: MassEvents, rollcalls: RollCalls) -> Blueprint:
    routes = Blueprint("mass_api", __name__, url_prefix="/api/v1")
    log = commands.log

    def done(name: str, key: str, act: Act) -> ResponseReturnValue:
        return jsonify(commands.once(name, key, current_user, act).result)

    @routes.get("/mass")
    @need(CONSOLE)
    def standing() -> ResponseReturnValue:
        with log.database.read() as conn:
            events = [{**_shown(row), "homes": store.homes_in(conn, row["areas"])} for row in store.standing(conn)]
        return jsonify(events=events, proposals=mass.proposals(), rollcalls=rollcalls.overview(),
                       server_time=stamp(rollcalls.clock()))  # fmt: skip

    @routes.get("/mass/areas")
    @need(CONSOLE)
    def areas() -> ResponseReturnValue:
        with log.database.read() as conn:
            found = store.choices(conn)
        names = {str(one["id"]): one["name"] for one in rollcalls.people.stations.all()}
        duty = [{name: carer[name] for name in ("id", "name", "station")}
                for carer in rollcalls.people.carers(rollcalls.clock()) if carer["on_shift"]]  # fmt: skip
        return jsonify(areas=found, stations=names, causes=list(CAUSES), usual=USUAL, technical=list(TECHNICAL),
                       carers=duty)  # fmt: skip

    @routes.post("/mass")
    @need(HANDLE)
    def declare() -> ResponseReturnValue:
        form = forms.read(Declared)
        return done("declare", form.key, lambda w: {"mass": mass.declare(
            w, current_user, form.level, form.cause, form.areas, form.minutes, form.kinds, form.words,
            form.incident)["id"]})  # fmt: skip

    @routes.post("/mass/<mass_id>/change")
    @need(HANDLE)
    def change(mass_id: str) -> ResponseReturnValue:
        form = forms.read(Changed)
        return done(f"change {mass_id}", form.key, lambda w: {"mass": mass.change(
            w, mass_id, current_user, form.level or "", form.minutes, form.kinds, form.words)["id"]})  # fmt: skip

    @routes.post("/mass/<mass_id>/end")
    @need(HANDLE)
    def end(mass_id: str) -> ResponseReturnValue:
        form = forms.read(Done)
        return done(f"end {mass_id}", form.key, lambda w: {
            "mass": mass_id, "folded": mass.end(w, mass_id, current_user)["folded"]})  # fmt: skip

    # --- roll calls -------------------------------------------------------------------------------------------

    @routes.get("/rollcalls")
    @need(CONSOLE)
    def running() -> ResponseReturnValue:
        return jsonify(rollcalls=rollcalls.overview(), server_time=stamp(rollcalls.clock()))

    @routes.post("/rollcalls")
    @need(HANDLE)
    def start() -> ResponseReturnValue:
        form = forms.read(Started)
        found = rollcalls.look(form.areas, form.drill, form.carers, form.each)
        return done("roll call", form.key, lambda w: {"rollcall": rollcalls.start(
            w, current_user, found, form.cause, form.words, form.drill, form.mass)["id"]})  # fmt: skip

    @routes.get("/rollcalls/<rollcall_id>")
    @need(CONSOLE)
    def one(rollcall_id: str) -> ResponseReturnValue:
        """The list in the order of risk; ``left=1``: only who is not known, ``mine=1``: only who is with no carer."""
        left, alone = request.args.get("left") == "1", request.args.get("mine") == "1"
        station = _station()

        def wanted(line: Row) -> bool:
            return (
                (not left or line["state"] not in KNOWN)
                and (not alone or line["carer_id"] is None)
                and (station is None or line["station_id"] == station)
            )

        found = rollcalls.homes(rollcall_id, only=wanted, most=_limit())
        return jsonify(homes=found, total=rollcalls.count(rollcall_id, wanted))

    @routes.post("/rollcalls/<rollcall_id>/homes/<home_id>")
    @need(HANDLE)
    def mark(rollcall_id: str, home_id: str) -> ResponseReturnValue:
        form, home = forms.read(Marked), _home(home_id)
        if form.state == "safe" and form.how not in HOW:
            raise BadCommand("how", "how is it known that they are safe?", f"send how as one of {', '.join(HOW)}")
        return done(f"mark {rollcall_id} {home}", form.key, lambda w: {"mark": rollcalls.mark(
            w, rollcall_id, home, current_user, form.state, form.how, form.words, form.at, form.by_hand,
            form.priority)})  # fmt: skip

    @routes.post("/rollcalls/<rollcall_id>/homes/<home_id>/back")
    @need(HANDLE)
    def back(rollcall_id: str, home_id: str) -> ResponseReturnValue:
        form, home = forms.read(Done), _home(home_id)
        return done(f"back {rollcall_id} {home}", form.key, lambda w: {
            "mark": rollcalls.take_back(w, rollcall_id, home, current_user)})  # fmt: skip

    @routes.post("/rollcalls/<rollcall_id>/share")
    @need(HANDLE)
    def share(rollcall_id: str) -> ResponseReturnValue:
        form = forms.read(Shared)
        return done(f"share {rollcall_id}", form.key, lambda w: {
            "rollcall": rollcalls.share(w, rollcall_id, current_user, form.each)["id"]})  # fmt: skip

    @routes.post("/rollcalls/<rollcall_id>/end")
    @need(HANDLE)
    def end_roll_call(rollcall_id: str) -> ResponseReturnValue:
        form = forms.read(Ended)
        return done(f"end {rollcall_id}", form.key, lambda w: {
            "rollcall": rollcalls.end(w, rollcall_id, current_user, form.why)["id"]})  # fmt: skip

    return routes


def _shown(row: Row) -> Row:
    return {name: value for name, value in row.items() if name != "folded"}


def _home(text: str) -> int:
    if not re.fullmatch(r"[0-9]{1,9}", text):
        raise NotThere(f"there is no home {text}")
    return int(text)


def _limit() -> int:
    found = request.args.get("limit", "")
    return max(1, int(found)) if re.fullmatch(r"[0-9]{1,4}", found) else MOST


def _station() -> int | None:
    found: Any = request.args.get("station", "")
    return int(found) if re.fullmatch(r"[0-9]{1,9}", found) else None
