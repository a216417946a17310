"""Welfare for the operators' list and for other systems, under /api/v1: whose turn, what came of it, who is away."""

import re
from collections.abc import Callable
from typing import Annotated, Literal

from flask import Blueprint, jsonify, request
from flask.typing import ResponseReturnValue
from flask_login import current_user
from pydantic import StringConstraints

from callcenter.commands import BadCommand, Commands
from callcenter.pages.forms import Form, Moment, Short, read
from callcenter.pages.guard import need
from callcenter.rules.access import CONSOLE, HANDLE
from callcenter.rules.call import NotThere
from callcenter.rules.events import Row
from callcenter.rules.times import moment, stamp
from callcenter.store.log import Writing
from callcenter.welfare import Welfare

SHOWN = 100  # of those who may be rung now, and of those who come later; the counts are of all
HIDDEN = ("next_due_at", "next_step", "armed_at")
Words = Annotated[str, StringConstraints(strip_whitespace=True, max_length=500)]
Result = Literal["well", "needs", "help", "no_answer", "wrong_number", "refused", "later", "away", "contact_well",
                 "contact_none"]  # fmt: skip


Act = Callable[[Writing], Row]


class Once(Form):
    key: str


class Said(Form):
    """``at``: when to ring again, or until when somebody is away."""

    key: str
    result: Result
    words: Words = ""
    at: Moment | None = None


class GoneAway(Form):
    key: str
    kind: Literal["hospital", "travel", "family", "care_home", "other"]
    until: Moment
    told_by: Short = ""
    words: Words = ""


class Back(Form):
    key: str
    words: Words = ""


def rounds_api(commands: Commands, welfare: Welfare) -> Blueprint:
    routes = Blueprint("rounds_api", __name__, url_prefix="/api/v1")
    ringing, rounds = welfare.ringing, welfare.rounds

    def one(entry_id: str) -> Row:
        found = rounds.entry(entry_id)
        if found is None:
            raise NotThere(f"there is no call {entry_id}")
        run = rounds.run(found["round_id"]) or {}
        return shown(found) | {"round_name": run.get("name", ""), "script": run.get("script", "")}

    def done(name: str, key: str, act: Act) -> ResponseReturnValue:
        result = commands.once(name, key, current_user, act).result
        return jsonify(entry=one(result["entry"]), seq=result["seq"])

    @routes.get("/rounds")
    @need(CONSOLE)
    def listed() -> ResponseReturnValue:
        """Every run of late with its tally."""
        hidden = {*HIDDEN, "left", "script"}
        return jsonify(rounds=[{name: v for name, v in row.items() if name not in hidden} for row in rounds.runs()])

    @routes.get("/rounds/calls")
    @need(CONSOLE)
    def calls() -> ResponseReturnValue:
        now = stamp(welfare.clock())
        most = max(0, min(SHOWN, request.args.get("limit", SHOWN, type=int)))
        with rounds.database.read() as conn:
            rows = rounds.open_entries(conn)
        ready = ringing.ready(rows, now)
        known = {row["id"] for row in ready}
        later = sorted((row for row in rows if row["id"] not in known), key=lambda row: (row["from_at"], row["id"]))
        counts = {"ready": len(ready), "later": len(later), "urgent": sum(row["urgent"] for row in ready),
                  "contact": sum(row["step"] == "contact" for row in ready)}  # fmt: skip
        resting = not welfare.hours.allowed(moment(now).astimezone(welfare.zone))
        return jsonify(ready=[shown(row) for row in ready[:most]], later=[shown(row) for row in later[:most]],
                       counts=counts, resting=resting, now=now)  # fmt: skip

    @routes.post("/rounds/next")
    @need(HANDLE)
    def next_one() -> ResponseReturnValue:
        return done("next round call", read(Once).key, lambda w: {"entry": ringing.next(w, current_user)["id"]})

    @routes.post("/rounds/calls/<entry_id>/<any(take, give_back):hold>")
    @need(HANDLE)
    def held(entry_id: str, hold: str) -> ResponseReturnValue:
        verb = {"take": ringing.take, "give_back": ringing.give_back}[hold]
        return done(f"{hold} {entry_id}"[:40], read(Once).key,
                    lambda w: {"entry": verb(w, entry_id, current_user)["id"]})  # fmt: skip

    @routes.post("/rounds/calls/<entry_id>/say")
    @need(HANDLE)
    def say(entry_id: str) -> ResponseReturnValue:
        form = read(Said)
        if form.result in ("later", "away") and form.at is None:
            raise BadCommand("at", "at is missing", "say when to ring again, or until when somebody is away")

        def act(w: Writing) -> Row:
            return {"entry": ringing.say(w, entry_id, current_user, form.result, form.words, form.at or "")["id"]}

        return done(f"say {entry_id}"[:40], form.key, act)

    @routes.post("/residents/<resident_id>/away")
    @need(HANDLE)
    def away(resident_id: str) -> ResponseReturnValue:
        if not re.fullmatch(r"[0-9]{1,9}", resident_id):
            raise NotThere(f"there is no resident {resident_id}")
        number, form = int(resident_id), read(GoneAway)

        def act(w: Writing) -> Row:
            row = welfare.absences.begin(w, current_user, number, form.kind, form.until, form.told_by, form.words)
            return {"absence": row["id"], "until": row["until_at"]}

        return jsonify(commands.once(f"away {resident_id}", form.key, current_user, act).result)

    @routes.post("/absences/<absence_id>/back")
    @need(HANDLE)
    def back(absence_id: str) -> ResponseReturnValue:
        form = read(Back)

        def act(w: Writing) -> Row:
            row = welfare.absences.back(w, current_user, absence_id, form.words)
            return {"absence": row["id"], "until": row["until_at"]}

        return jsonify(commands.once(f"back {absence_id}"[:40], form.key, current_user, act).result)

    return routes


def shown(row: Row) -> Row:
    return {name: value for name, value in row.items() if name not in HIDDEN}
