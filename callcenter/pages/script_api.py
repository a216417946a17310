"""The script of a case over HTTP: its steps in the reader's language, and their answers, kept one by one."""

from typing import Annotated

from flask import Blueprint, jsonify
from flask.typing import ResponseReturnValue
from flask_login import current_user
from pydantic import Field, StringConstraints

from callcenter.answered import Answered
from callcenter.commands import Commands
from callcenter.pages.forms import Form, read
from callcenter.pages.guard import need
from callcenter.pages.script_words import shown
from callcenter.rules.scripts import LONGEST_ANSWER, MOST_STEPS
from callcenter.wall import Wall

Answer = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=LONGEST_ANSWER)]


class Answers(Form):
    key: str
    answers: Annotated[dict[str, Answer], Field(min_length=1, max_length=2 * MOST_STEPS)]
    expected_version: int | None = None


def script_api(commands: Commands, service: Answered, wall: Wall) -> Blueprint:
    pages = Blueprint("script", __name__, url_prefix="/api/v1/calls/<call_id>/script")

    @pages.get("")
    @need("console")
    def steps(call_id: str) -> ResponseReturnValue:
        call = wall.known(call_id)
        return jsonify(steps=[shown(one) for one in service.steps(call)], **service.about(call))

    @pages.post("")
    @need("handle")
    def answer(call_id: str) -> ResponseReturnValue:
        form = read(Answers)
        done = commands.once(f"script {call_id}", form.key, current_user, lambda w: {
            "call": service.answer(w, call_id, current_user, form.answers)["id"]})  # fmt: skip
        return jsonify(call=wall.row(wall.known(call_id)), seq=done.result["seq"])

    return pages
