"""Who answers for a case, over HTTP: offering it, taking it, keeping it; and the page of whoever wants to go home."""

import re
from typing import Annotated
from uuid import uuid4

from flask import Blueprint, flash, jsonify, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_login import current_user
from pydantic import StringConstraints

from callcenter.commands import Commands
from callcenter.owning import Owning
from callcenter.pages import terms
from callcenter.pages.forms import Form, Number, Short, read
from callcenter.pages.guard import need
from callcenter.pages.script_words import ROLES, TASKS
from callcenter.rules.access import HANDLE, may
from callcenter.rules.call import NotNow, NotThere
from callcenter.rules.events import Row
from callcenter.rules.times import moment
from callcenter.store.households import Households
from callcenter.store.log import Writing
from callcenter.store.users import Users
from callcenter.tasks import Tasks
from callcenter.wall import Wall


class Act(Form):
    key: str
    expected_version: int | None = None


class Offer(Act):
    to: Number
    words: Short = ""


class Tried(Form):
    """The way in of a home, tried by somebody who stood there."""

    key: str
    works: bool
    words: Annotated[str, StringConstraints(strip_whitespace=True, max_length=500)] = ""


def owning(commands: Commands, service: Owning, wall: Wall, users: Users, to_do: Tasks) -> Blueprint:
    pages = Blueprint("owning", __name__)
    path = "/api/v1/calls/<call_id>/owner"

    def shown(call_id: str, seq: int) -> ResponseReturnValue:
        return jsonify(call=wall.row(wall.cases.call(call_id) or {}), seq=seq)

    def colleagues() -> list[Row]:
        able = [u for u in users.all() if u["active"] and may(u["role"], HANDLE) and u["id"] != current_user.id]
        return [{name: user[name] for name in ("id", "name", "role")} for user in able]

    @pages.get("/api/v1/colleagues")
    @need("console")
    def asked() -> ResponseReturnValue:
        return jsonify(colleagues=colleagues())

    @pages.post(f"{path}/offer")
    @need("handle")
    def offer(call_id: str) -> ResponseReturnValue:
        form = read(Offer)
        done = commands.once(f"offer {call_id}", form.key, current_user, lambda w: {
            "call": service.offer(w, call_id, current_user, form.to, form.words)["id"]})  # fmt: skip
        return shown(call_id, done.result["seq"])

    @pages.post(f"{path}/accept")
    @need("handle")
    def accept(call_id: str) -> ResponseReturnValue:
        done = commands.once(f"accept owner {call_id}", read(Act).key, current_user, lambda w: {
            "call": service.accept(w, call_id, current_user)["id"]})  # fmt: skip
        return shown(call_id, done.result["seq"])

    @pages.post(f"{path}/keep")
    @need("handle")
    def keep(call_id: str) -> ResponseReturnValue:
        done = commands.once(f"keep owner {call_id}", read(Act).key, current_user, lambda w: {
            "call": service.keep(w, call_id, current_user)["id"]})  # fmt: skip
        return shown(call_id, done.result["seq"])

    @pages.post("/api/v1/homes/<home_id>/access")
    @need("handle")
    def access(home_id: str) -> ResponseReturnValue:
        if not re.fullmatch(r"[0-9]{1,9}", home_id):
            raise NotThere(f"there is no home {home_id}")
        number = int(home_id)
        form, who = read(Tried), f"user:{current_user.id} {current_user.name}"

        def act(w: Writing) -> Row:
            Households.access_checked(w, number, form.works, form.words, current_user.name, who)
            return {"home": number, "access_checked_at": w.at}

        return jsonify(commands.once(f"access {number}", form.key, current_user, act).result)

    @pages.get("/leaving")
    @need("handle")
    def leaving() -> ResponseReturnValue:
        mine = wall.rows(wall.cases.owned(current_user.id))
        local = lambda at: moment(at).astimezone(wall.zone).strftime("%m-%d %H:%M")  # noqa: E731
        return render_template(
            "console/leaving.html", calls=mine, tasks=to_do.store.owned(current_user.id), colleagues=colleagues(),
            terms=terms, new_key=lambda: str(uuid4()), TASKS=TASKS, ROLES=ROLES, local=local,
        )  # fmt: skip

    @pages.post("/leaving")
    @need("handle")
    def offer_before_leaving() -> ResponseReturnValue:
        call_id, to = request.form.get("call", "")[:20], request.form.get("to", 0, type=int)
        try:
            commands.once(f"offer {call_id}", request.form.get("key"), current_user, lambda w: {
                "call": service.offer(w, call_id, current_user, to)["id"]})  # fmt: skip
        except NotNow as refused:
            values = {name: value for name, value in refused.values.items() if name != "call"}
            flash(gettext(str(refused)).format(**values), "error")
        return redirect("/leaving")

    return pages
