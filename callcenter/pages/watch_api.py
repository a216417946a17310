"""The same for other systems, under /api/v1: protection, devices, incidents, recalls, and what people do with them."""

from collections.abc import Callable
from datetime import date
from typing import Annotated, Any, Literal

from flask import Blueprint, jsonify, request
from flask.typing import ResponseReturnValue
from flask_login import current_user
from pydantic import StringConstraints

from callcenter.commands import BadCommand, Commands
from callcenter.pages import forms
from callcenter.pages.guard import need
from callcenter.protection import Protection, shown
from callcenter.rules.access import CONSOLE, HANDLE, REPORTS
from callcenter.rules.call import NotThere
from callcenter.rules.devices import AWAY, DOUBTFUL, UNPROTECTED
from callcenter.rules.events import Row
from callcenter.store.log import Writing
from callcenter.upkeep import Upkeep

Words = Annotated[str, StringConstraints(strip_whitespace=True, max_length=500)]
Account = Annotated[str, StringConstraints(strip_whitespace=True, max_length=32)]
How = Literal["telephone", "visit", "neighbour"]
Act = Callable[[Writing], dict[str, Any]]
STANDING = (
    "home_id", "account", "model", "persons", "status", "reason", "reasons", "since", "name", "place", "station",
    "tier", "last_heard_at", "call_id", "holder_name", "next_due_at", "next_step",
)  # fmt: skip
HIDDEN = ("days", "events", "periods", "next_look_at", "id", "model_id")


class Done(forms.Form):
    key: str
    words: Words = ""


class Lent(forms.Form):
    """The account of the loan unit; empty when it came back."""

    key: str
    loan: Account


class Recalled(forms.Form):
    key: str
    reason: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=500)]
    model: Annotated[str, StringConstraints(max_length=60)] = ""
    firmware: Annotated[str, StringConstraints(max_length=40)] = ""
    batch: Annotated[str, StringConstraints(max_length=40)] = ""


class Checked(forms.Form):
    key: str
    how: How
    words: Words = ""


class Safe(forms.Form):
    key: str
    home: forms.Number
    how: How


def watch_api(protection: Protection, upkeep: Upkeep, commands: Commands) -> Blueprint:
    routes = Blueprint("watch_api", __name__, url_prefix="/api/v1")
    ledger = protection.ledger

    def done(name: str, key: str, act: Act) -> ResponseReturnValue:
        return jsonify(commands.once(name, key, current_user, act).result)

    @routes.get("/protection")
    @need(CONSOLE)
    def standing() -> ResponseReturnValue:
        month = _month(protection.today)
        rows = [{name: row[name] for name in STANDING} for row in protection.standing(_status())]
        return jsonify({"counts": ledger.counts(), "month": month.strftime("%Y-%m"),
                        "person_hours": shown(protection.month(month)), "homes": rows})  # fmt: skip

    @routes.get("/devices/<account>")
    @need(CONSOLE)
    def device(account: str) -> ResponseReturnValue:
        found = protection.device(account)
        if found is None:
            raise NotThere(f"there is no device {account}")
        row = {name: value for name, value in found.items() if name not in HIDDEN}
        return jsonify({"device": row, "days": found["days"], "periods": found["periods"]})

    @routes.get("/tests")
    @need(CONSOLE)
    def tests() -> ResponseReturnValue:
        return jsonify({"tests": protection.tests()})

    @routes.post("/devices/<account>/<any(sign, remind):what>")
    @need(HANDLE)
    def act(account: str, what: str) -> ResponseReturnValue:
        body = forms.read(Done)
        does = {"sign": upkeep.sign, "remind": upkeep.remind}[what]
        return done(f"{what} {account}", body.key, lambda w: does(w, account, current_user, body.words))

    @routes.post("/devices/<account>/lend")
    @need(HANDLE)
    def lend(account: str) -> ResponseReturnValue:
        body = forms.read(Lent)
        return done(f"lend {account}", body.key, lambda w: upkeep.lend(w, account, current_user, body.loan))

    @routes.get("/recalls")
    @need(CONSOLE)
    def recalls() -> ResponseReturnValue:
        return jsonify({"recalls": ledger.recalls()})

    @routes.post("/recalls")
    @need(REPORTS)
    def recall() -> ResponseReturnValue:
        body = forms.read(Recalled)
        parts = {"model": body.model, "firmware": body.firmware, "batch": body.batch}
        return done("recall", body.key, lambda w: upkeep.recall(w, current_user, body.reason, parts))

    @routes.post("/recalls/<recall_id>/<account>/check")
    @need(HANDLE)
    def check(recall_id: str, account: str) -> ResponseReturnValue:
        body = forms.read(Checked)
        return done(f"check {recall_id} {account}", body.key,
                    lambda w: upkeep.check(w, recall_id, account, current_user, body.how, body.words))  # fmt: skip

    @routes.post("/recalls/<recall_id>/<account>/mended")
    @need(HANDLE)
    def mended(recall_id: str, account: str) -> ResponseReturnValue:
        body = forms.read(Done)
        return done(f"mended {recall_id} {account}", body.key,
                    lambda w: upkeep.mended(w, recall_id, account, current_user))  # fmt: skip

    @routes.get("/incidents")
    @need(CONSOLE)
    def incidents() -> ResponseReturnValue:
        return jsonify({"incidents": [_counted(row) for row in ledger.incidents()]})

    @routes.get("/incidents/<incident_id>")
    @need(CONSOLE)
    def incident(incident_id: str) -> ResponseReturnValue:
        found = protection.incident(incident_id)
        if found is None:
            raise NotThere(f"there is no incident {incident_id}")
        return jsonify({"incident": found})

    @routes.post("/incidents/<incident_id>/safe")
    @need(HANDLE)
    def safe(incident_id: str) -> ResponseReturnValue:
        body = forms.read(Safe)
        return done(f"safe {incident_id} {body.home}", body.key,
                    lambda w: upkeep.safe(w, incident_id, body.home, current_user, body.how))  # fmt: skip

    return routes


def _counted(row: Row) -> Row:
    """An incident without its list: how many homes it struck, and how many have not returned."""
    homes = row["homes"].values()
    return {**row, "homes": len(homes), "left": sum(home["back_at"] is None for home in homes)}


def _status() -> str:
    status = request.args.get("status", "")
    if status not in ("", UNPROTECTED, DOUBTFUL, AWAY):
        raise BadCommand("status", "there is no such status", f"choose of {UNPROTECTED}, {DOUBTFUL}, {AWAY}")
    return status


def _month(today: date) -> date:
    text = request.args.get("month", "") or today.strftime("%Y-%m")
    try:
        found = date.fromisoformat(f"{text}-01")
    except ValueError:
        raise BadCommand("month", "this is no month", "write it as 2026-11") from None
    if found.year < 2000 or found.year > 9000:
        raise BadCommand("month", "this is no month", "write it as 2026-11")
    return found
