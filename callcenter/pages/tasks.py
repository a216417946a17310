"""Tasks: the list, making one, handing it on, doing it; for the console's header and for the page of the hand-over."""

from datetime import datetime, timedelta
from typing import Annotated, Literal
from uuid import uuid4
from zoneinfo import ZoneInfo

from flask import Blueprint, flash, jsonify, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_login import current_user
from pydantic import StringConstraints

from callcenter.commands import BadCommand, Commands
from callcenter.pages.forms import Form, Moment, Number, read
from callcenter.pages.guard import need
from callcenter.pages.script_words import ROLES, TASKS
from callcenter.pages.terms import word
from callcenter.rules.access import HANDLE, may
from callcenter.rules.call import NotNow
from callcenter.rules.events import Row
from callcenter.rules.times import Clock, moment, stamp
from callcenter.store.log import Writing
from callcenter.store.users import Users
from callcenter.tasks import Tasks

Words = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=500)]
Kind = Literal["call_back", "check_door", "tell_family", "device", "other"]
Role = Literal["", "operator", "head", "supervisor"]
SHOWN = ("id", "kind", "words", "call_id", "owner_id", "owner_name", "role", "made_by", "made_at", "due_at", "alarmed",
         "stage", "result", "done_by", "done_at")  # fmt: skip


class Make(Form):
    key: str
    kind: Kind
    words: Words
    due_at: Moment
    call: Annotated[str, StringConstraints(max_length=20)] = ""
    owner: Number | None = None
    role: Role = ""


class Done(Form):
    key: str
    result: Words


class HandOn(Form):
    key: str
    owner: Number | None = None
    role: Role = ""


def tasks(commands: Commands, service: Tasks, users: Users, zone: ZoneInfo, clock: Clock) -> Blueprint:
    pages = Blueprint("tasks", __name__)
    store = service.store

    def shown(row: Row) -> Row:
        return {name: row[name] for name in SHOWN} | {
            "late": row["stage"] == "open" and row["due_at"] <= stamp(clock())
        }

    # --- for the console ------------------------------------------------------------------------------------------

    @pages.get("/api/v1/tasks")
    @need("console")
    def listed() -> ResponseReturnValue:
        """The reader's own, or those of one case."""
        call = request.args.get("call", "")[:20]
        rows = store.of_call(call) if call else store.mine(current_user.id, current_user.role)
        return jsonify(tasks=[shown(row) for row in rows])

    @pages.post("/api/v1/tasks")
    @need("handle")
    def make() -> ResponseReturnValue:
        form = read(Make)
        done = commands.once("task", form.key, current_user, lambda w: {"task": service.make(
            w, current_user, form.kind, form.words, form.due_at, form.call, form.owner, form.role)["id"]})  # fmt: skip
        return jsonify(task=done.result["task"], seq=done.result["seq"]), 201

    @pages.post("/api/v1/tasks/<task_id>/done")
    @need("handle")
    def done(task_id: str) -> ResponseReturnValue:
        form = read(Done)
        found = commands.once(f"task done {task_id}", form.key, current_user, lambda w: {
            "task": service.done(w, task_id, current_user, form.result)["id"]})  # fmt: skip
        return jsonify(task=found.result["task"], seq=found.result["seq"])

    @pages.post("/api/v1/tasks/<task_id>/hand-over")
    @need("handle")
    def hand_over(task_id: str) -> ResponseReturnValue:
        form = read(HandOn)
        found = commands.once(f"task to {task_id}", form.key, current_user, lambda w: {
            "task": service.hand_over(w, task_id, current_user, form.owner, form.role)["id"]})  # fmt: skip
        return jsonify(task=found.result["task"], seq=found.result["seq"])

    # --- the page -------------------------------------------------------------------------------------------------

    def local(at: str) -> str:
        return moment(at).astimezone(zone).strftime("%m-%d %H:%M") if at else ""

    def colleagues() -> list[Row]:
        return [u for u in users.all() if u["active"] and may(u["role"], HANDLE)]

    @pages.get("/tasks")
    @need("console")
    def page() -> ResponseReturnValue:
        mine = request.args.get("whose") == "mine"
        rows = store.mine(current_user.id, current_user.role) if mine else store.open()
        done_since = stamp(clock() - timedelta(days=1))
        soon = (clock() + timedelta(hours=2)).astimezone(zone).strftime("%Y-%m-%dT%H:%M")
        return render_template(
            "console/tasks.html", tasks=[shown(row) for row in rows], mine=mine, local=local, TASKS=TASKS, ROLES=ROLES,
            word=word, colleagues=colleagues(), done=[shown(row) for row in store.lately_done(done_since)], soon=soon,
            new_key=lambda: str(uuid4()), may_handle=may(current_user.role, HANDLE), call=request.args.get("call", ""),
        )  # fmt: skip

    @pages.post("/tasks")
    @need("handle")
    def typed() -> ResponseReturnValue:
        """The forms of the page: a new task, one handed on, one done."""
        form = request.form
        act, task_id = form.get("act", ""), form.get("task", "")[:20]
        try:
            if act == "make":
                commands.once("task", form.get("key"), current_user, lambda w: _made(w))
            elif act == "hand":
                commands.once(f"task to {task_id}", form.get("key"), current_user, lambda w: {
                    "task": service.hand_over(w, task_id, current_user, *_whom(form.get("to", "")))["id"]})  # fmt: skip
            elif act == "done":
                result = form.get("result", "").strip()[:500]
                if not result:
                    raise BadCommand("result", "result is empty", "write what came of it, in a few words")
                commands.once(f"task done {task_id}", form.get("key"), current_user, lambda w: {
                    "task": service.done(w, task_id, current_user, result)["id"]})  # fmt: skip
        except NotNow as refused:
            flash(f"{gettext(str(refused)).format(**refused.values)} → {gettext(refused.fix)}", "error")
        except BadCommand as refused:
            flash(f"{gettext(refused.message)} → {gettext(refused.fix)}", "error")
        return redirect("/leaving" if form.get("from") == "leaving" else "/tasks")

    def _made(w: Writing) -> Row:
        form = request.form
        kind, words = form.get("kind", ""), form.get("words", "").strip()[:500]
        if kind not in TASKS or not words:
            raise BadCommand("words", "words is empty", "write what is to be done, in a few words")
        try:
            due_at = stamp(datetime.fromisoformat(form.get("due", "")).replace(tzinfo=zone))
        except (ValueError, OverflowError):
            raise BadCommand("due", "this is no moment", "choose a day and a time") from None
        owner, role = _whom(form.get("to", ""))
        return {
            "task": service.make(w, current_user, kind, words, due_at, form.get("call", "")[:20], owner, role)["id"]
        }

    return pages


def _whom(text: str) -> tuple[int | None, str]:
    """``12`` is a person, ``supervisor`` a role; empty is neither, and whoever makes the task owns it."""
    return (int(text), "") if text.isascii() and text.isdigit() and len(text) < 10 else (None, text[:16])
