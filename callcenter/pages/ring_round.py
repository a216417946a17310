"""The ring-round over HTTP: what came of ringing a contact, and that somebody who said "I come" is there."""

from typing import Annotated, Literal

from flask import Blueprint, jsonify
from flask.typing import ResponseReturnValue
from flask_login import current_user
from pydantic import Field

from callcenter.commands import Commands
from callcenter.pages.forms import Form, Number, Short, read
from callcenter.pages.guard import need
from callcenter.ring_round import RingRound
from callcenter.wall import Wall


class Contact(Form):
    key: str
    expected_version: int | None = None
    contact: Number
    role: Literal["contact", "responder"] = "contact"


class Tried(Contact):
    result: Literal["spoke", "no_answer", "busy", "wrong_number", "comes", "cannot"]
    words: Short = ""
    minutes: Annotated[int, Field(strict=True, ge=1, le=600)] | None = None


def ring_round(commands: Commands, service: RingRound, wall: Wall) -> Blueprint:
    routes = Blueprint("ring_round", __name__, url_prefix="/api/v1/calls/<call_id>/contacts")

    def once(verb: str, call_id: str, body: Contact) -> ResponseReturnValue:
        said = body.model_dump(exclude={"key", "expected_version"})
        done = commands.once(f"contact {verb} {call_id}", body.key, current_user, lambda w: {
            "call": getattr(service, verb)(w, call_id, current_user, **said)["id"]})  # fmt: skip
        return jsonify(call=wall.row(wall.cases.call(call_id) or {}), seq=done.result["seq"])

    @routes.post("/tried")
    @need("handle")
    def tried(call_id: str) -> ResponseReturnValue:
        return once("tried", call_id, read(Tried))

    @routes.post("/there")
    @need("handle")
    def there(call_id: str) -> ResponseReturnValue:
        return once("there", call_id, read(Contact))

    return routes
