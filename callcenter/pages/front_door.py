"""The front door over HTTP: finding whom a call is about, a case by another door, and reports of other systems."""

from typing import Annotated, Literal

from flask import Blueprint, jsonify, request
from flask.typing import ResponseReturnValue
from flask_login import current_user
from pydantic import Field, StringConstraints

from callcenter import finding
from callcenter.commands import BadCommand, Commands, Done
from callcenter.desk import actor
from callcenter.found_home import FoundHome
from callcenter.front_door import FrontDoor, Told
from callcenter.pages import forms
from callcenter.pages.guard import need
from callcenter.rules.events import Row
from callcenter.rules.front_door import KINDS
from callcenter.wall import Wall

LONGEST_SEARCH = 60
Name = Annotated[str, StringConstraints(strip_whitespace=True, max_length=60)]
Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=500)]


class Caller(forms.Form):
    """Who reports it. All may be empty: somebody nobody knows, who will not say."""

    name: Name = ""
    phone: Annotated[str, StringConstraints(strip_whitespace=True, max_length=30)] = ""
    place: forms.Short = ""


class Report(forms.Form):
    """A case that did not come from a pager. Whose it is: by account, home or resident, or only by who calls."""

    source: Literal["phone", "walk_in", "grid", "web"]
    text: Text
    key: str
    kind: str = "service"
    account: Annotated[str, StringConstraints(strip_whitespace=True, max_length=32)] = ""
    home_id: forms.Number | None = None
    resident_id: forms.Number | None = None
    caller: Caller | None = None
    take: bool = False


class Reported(forms.Form):
    """What another system tells of somebody; it learns the number of the case and nothing of the home."""

    source: Literal["grid", "web"]
    text: Text
    key: str
    kind: str = "service"
    name: Name = ""
    place: forms.Short = ""
    caller: Caller = Caller()


class AtHome(forms.Form):
    """Whose home an unknown caller's case is; neither: it is not the home it was taken for."""

    key: str
    expected_version: Annotated[int, Field(strict=True, ge=1)]
    home_id: forms.Number | None = None
    resident_id: forms.Number | None = None
    reason: forms.Short = ""


def front_door(
    commands: Commands, door: FrontDoor, homes: FoundHome, wall: Wall, centre_phone: str
) -> Blueprint:  # fmt: skip
    routes = Blueprint("front_door", __name__, url_prefix="/api/v1")

    @routes.get("/people/search")
    @need("handle")
    def search() -> ResponseReturnValue:
        today = wall.clock().astimezone(wall.zone).date()
        return jsonify(finding.find(wall.people.database, request.args.get("q", "")[:LONGEST_SEARCH], today))

    @routes.post("/calls")
    @need("handle")
    def report() -> ResponseReturnValue:
        body = forms.read(Report)
        told = _told(body, body.account, body.home_id, body.resident_id, body.caller)
        if not (told.account or told.home_id or told.resident_id or body.caller):
            raise BadCommand("account", "whose call is it?", "send account, home_id, resident_id, or caller")
        taker = current_user if body.take and current_user.id else None
        done = commands.once("report", body.key, current_user, lambda w: door.report(
            w, told, actor(current_user), taker))  # fmt: skip
        call = wall.row(_call(done))
        shown = {"call": call, "seq": done.result["seq"], "joined": done.result["joined"], "again": done.again}
        return jsonify(shown), 200 if done.again else 201

    @routes.post("/calls/<call_id>/home")
    @need("handle")
    def at_home(call_id: str) -> ResponseReturnValue:
        form = forms.read(AtHome)
        said = (form.expected_version, form.home_id, form.resident_id, form.reason)
        done = commands.once(f"home {call_id}", form.key, current_user, lambda w: {
            "call": homes.found(w, call_id, current_user, *said)["id"]})  # fmt: skip
        return jsonify(call=wall.row(_call(done)), seq=done.result["seq"])

    @routes.post("/reports")
    @need("report")
    def reported() -> ResponseReturnValue:
        body = forms.read(Reported)
        resident = finding.only_one(wall.people.database, body.name, body.place)
        where = " ".join(part for part in (body.name, body.place, body.caller.place) if part)
        caller = body.caller.model_copy(update={"place": where[:200]})
        told = _told(body, "", None, resident, caller)
        done = commands.once("reported", body.key, current_user, lambda w: door.report(
            w, told, actor(current_user)))  # fmt: skip
        return jsonify(looked_after(_call(done), centre_phone)), 200 if done.again else 201

    def _call(done: Done) -> Row:
        found = wall.cases.call(done.result["call"])
        assert found is not None  # it was written with the command that is answered
        return found

    return routes


def looked_after(call: Row, centre_phone: str) -> Row:
    """What somebody outside may know of a case: its number, and who looks after it."""
    return {"call": call["id"], "stage": call["stage"], "looked_after_by": call["owner_name"] or "",
            "centre_phone": centre_phone}  # fmt: skip


def _told(
    body: Report | Reported, account: str, home_id: int | None, resident_id: int | None, caller: Caller | None
) -> Told:
    if body.kind not in KINDS:
        raise BadCommand("kind", "there is no such kind", f"choose one of {', '.join(KINDS)}")
    about = caller.model_dump() if caller else {}
    return Told(body.source, body.kind, body.text, body.key, home_id, resident_id, account, about)
