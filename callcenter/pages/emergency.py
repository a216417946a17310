"""120, 119 and 110 over HTTP, and the hand-over card: everything they will ask, on a screen or on paper."""

from typing import Annotated, Literal
from zoneinfo import ZoneInfo

from flask import Blueprint, jsonify, render_template
from flask.typing import ResponseReturnValue
from flask_login import current_user
from pydantic import Field, StringConstraints

from callcenter.commands import Commands, Done
from callcenter.emergency import Emergency
from callcenter.pages import terms
from callcenter.pages.forms import Form, Moment, Said, Short, read
from callcenter.pages.guard import need
from callcenter.pages.reading_aloud import COMING, notes, read_aloud
from callcenter.rules.criteria import CRITERIA
from callcenter.rules.times import moment
from callcenter.wall import Wall

Service = Literal["120", "119", "110"]
Ticked = Literal[
    "chest_pain", "breathing", "stroke", "unconscious", "bleeding", "fall_head", "fall_hip", "smoke", "gas", "trapped",
    "violence",
]  # fmt: skip
Criteria = Annotated[list[Ticked], Field(max_length=len(CRITERIA))]


class Act(Form):
    key: str
    expected_version: int | None = None


class Assess(Act):
    criteria: Criteria = []
    spoke: bool = False


class Call(Act):
    service: Service
    criteria: Criteria = []
    reference: Annotated[str, StringConstraints(strip_whitespace=True, max_length=60)] = ""
    called_at: Moment | None = None


class Chase(Act):
    service: Service
    words: Short = ""
    minutes: Annotated[int, Field(strict=True, ge=1, le=600)] | None = None


class CrewArrived(Act):
    service: Service
    evidence: Literal["carer_there", "family_there", "crew_rang", "service_confirms"]


class StandDown(Act):
    service: Service
    reason: Said


class Refuse(Act):
    reason: Said


class Meet(Act):
    person: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=60)]
    where: Said
    phone: Annotated[str, StringConstraints(strip_whitespace=True, max_length=30)] = ""


def emergency(commands: Commands, service: Emergency, wall: Wall, centre_phone: str, zone: ZoneInfo) -> Blueprint:
    pages = Blueprint("emergency", __name__)
    path = "/api/v1/calls/<call_id>/emergency"

    def answer(call_id: str, done: Done) -> ResponseReturnValue:
        return jsonify(call=wall.row(wall.known(call_id)), seq=done.result["seq"])

    def once(verb: str, call_id: str, act: Act) -> ResponseReturnValue:
        """The verb of the service with the fields of the form, once for each key."""
        said = act.model_dump(exclude={"key", "expected_version"}, exclude_none=True)
        done = commands.once(f"{verb} {call_id}", act.key, current_user, lambda w: {
            "call": getattr(service, verb)(w, call_id, current_user, **said)["id"]})  # fmt: skip
        return answer(call_id, done)

    @pages.post(path)
    @need("handle")
    def call(call_id: str) -> ResponseReturnValue:
        return once("call", call_id, read(Call))

    @pages.post(f"{path}/assess")
    @need("handle")
    def assess(call_id: str) -> ResponseReturnValue:
        return once("assess", call_id, read(Assess))

    @pages.post(f"{path}/chase")
    @need("handle")
    def chase(call_id: str) -> ResponseReturnValue:
        return once("chase", call_id, read(Chase))

    @pages.post(f"{path}/crew-arrived")
    @need("handle")
    def crew_arrived(call_id: str) -> ResponseReturnValue:
        return once("crew_arrived", call_id, read(CrewArrived))

    @pages.post(f"{path}/stand-down")
    @need("handle")
    def stand_down(call_id: str) -> ResponseReturnValue:
        return once("stand_down", call_id, read(StandDown))

    @pages.post(f"{path}/refuse")
    @need("handle")
    def refuse(call_id: str) -> ResponseReturnValue:
        return once("refuse", call_id, read(Refuse))

    @pages.post(f"{path}/meet")
    @need("handle")
    def meet(call_id: str) -> ResponseReturnValue:
        return once("meet", call_id, read(Meet))

    def local(at: str | None, how: str = "%H:%M:%S") -> str:
        return moment(at).astimezone(zone).strftime(how) if at else ""

    @pages.get("/calls/<call_id>/handover")
    @need("console")
    def card(call_id: str) -> ResponseReturnValue:
        known = wall.card(wall.known(call_id))
        going = next((v for v in reversed(known["visits"]) if v["ended_at"] is None and v["accepted_at"]), None)
        family = [one for person in known["residents"] for one in person["contacts"]]
        return render_template(
            "console/handover.html", call=known["call"], home=known["home"], residents=known["residents"],
            going=going, family=sorted(family, key=lambda one: (not one["reachable_now"], one["rank"]))[:3],
            terms=terms, centre_phone=centre_phone, local=local, aloud=read_aloud(known, centre_phone), notes=notes,
            coming=[one for one in known["call"]["responders"].values() if one["state"] in COMING],
        )  # fmt: skip

    return pages
