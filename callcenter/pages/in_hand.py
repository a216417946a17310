"""The call in hand over HTTP: taking over, transferring, a third on the line, and "I am on it"."""

from typing import Annotated, Literal

from flask import Blueprint, jsonify
from flask.typing import ResponseReturnValue
from flask_login import current_user
from pydantic import Field, StringConstraints

from callcenter.commands import BadCommand, Commands
from callcenter.in_hand import InHand
from callcenter.pages.forms import Form, Number, Said, Short, read
from callcenter.pages.guard import need
from callcenter.rules.events import Row
from callcenter.wall import Wall

Why = Literal["", "asked", "language", "busy", "shift_end", "supervise", "stuck", "other"]  # rules.in_hand.REASONS
Skill = Literal["zh", "qinghai", "bo", "mjg", "slr", "sign"]  # rules.seats.SKILLS
Line = Annotated[str, StringConstraints(pattern=r"^[0-9+*# -]{0,30}$")]


class Act(Form):
    key: str
    expected_version: int | None = None


class TakeOver(Form):
    key: str
    expected_version: Annotated[int, Field(strict=True, ge=0)]  # as it stood on the screen: the holder then
    why: Why = ""
    words: Short = ""


class Transfer(Act):
    to: Number | None = None
    skill: Skill | None = None
    words: Short = ""


class Join(Act):
    kind: Literal["operator", "outside"]
    name: Annotated[str, StringConstraints(strip_whitespace=True, max_length=60)] = ""
    phone: Line = ""
    why: Said


class Leave(Act):
    who: Annotated[str, StringConstraints(pattern=r"^(user|out):[0-9]{1,9}$")]


def in_hand(commands: Commands, service: InHand, wall: Wall) -> Blueprint:
    pages = Blueprint("in_hand", __name__)
    path = "/api/v1/calls/<call_id>"

    def done(call_id: str, key: str, verb: str, *said: object) -> ResponseReturnValue:
        act = getattr(service, verb)
        found = commands.once(f"{verb} {call_id}", key, current_user, lambda w: {
            "call": act(w, call_id, current_user, *said)["id"]})  # fmt: skip
        row: Row = wall.cases.call(call_id) or {}
        return jsonify(call=wall.row(row), seq=found.result["seq"])

    @pages.post(f"{path}/take-over")
    @need("handle")
    def take_over(call_id: str) -> ResponseReturnValue:
        form = read(TakeOver)
        return done(call_id, form.key, "take_over", form.expected_version, form.why, form.words)

    @pages.post(f"{path}/transfer")
    @need("handle")
    def offer(call_id: str) -> ResponseReturnValue:
        form = read(Transfer)
        if (form.to is None) == (form.skill is None):
            raise BadCommand("to", "to a person or to a language", "send either to or skill")
        return done(call_id, form.key, "offer", form.to, form.skill or "", form.words)

    @pages.post(f"{path}/transfer/accept")
    @need("handle")
    def accept(call_id: str) -> ResponseReturnValue:
        return done(call_id, read(Act).key, "accept")

    @pages.post(f"{path}/transfer/decline")
    @need("handle")
    def decline(call_id: str) -> ResponseReturnValue:
        return done(call_id, read(Act).key, "decline")

    @pages.post(f"{path}/transfer/take-back")
    @need("handle")
    def take_back(call_id: str) -> ResponseReturnValue:
        return done(call_id, read(Act).key, "take_back")

    @pages.post(f"{path}/join")
    @need("handle")
    def join(call_id: str) -> ResponseReturnValue:
        form = read(Join)
        if form.kind == "outside" and not form.name:
            raise BadCommand("name", "name is empty", "write who is on the line")
        return done(call_id, form.key, "join", form.kind, form.name, form.phone, form.why)

    @pages.post(f"{path}/leave")
    @need("handle")
    def leave(call_id: str) -> ResponseReturnValue:
        form = read(Leave)
        return done(call_id, form.key, "leave", form.who)

    @pages.post(f"{path}/attend")
    @need("handle")
    def attend(call_id: str) -> ResponseReturnValue:
        return done(call_id, read(Act).key, "attend")

    @pages.post(f"{path}/loss-seen")
    @need("handle")
    def loss_seen(call_id: str) -> ResponseReturnValue:
        return done(call_id, read(Act).key, "loss_seen")

    return pages
