"""What a carer alone says beside the steps of a visit: taken back, help, I am fine, SOS, where I am."""

from typing import Any

from flask import Blueprint, Response, jsonify
from flask_login import current_user

from callcenter.commands import Commands
from callcenter.desk import actor
from callcenter.pages.forms import read
from callcenter.rules.times import stamp
from callcenter.store.log import Writing
from callcenter.store.phones import Phones
from dispatch.jobs import Jobs
from dispatch.on_scene import OnScene
from dispatch.pages.carer import CarersWord, Need, own_carer
from dispatch.pages.forms import Here, Needed, Sos, Tap, Undo

Row = dict[str, Any]


def on_scene(need: Need, commands: Commands, scene: OnScene, phones: Phones, jobs: Jobs) -> Blueprint:
    api = Blueprint("on_scene", __name__, url_prefix="/api/v1")
    said = CarersWord(commands, jobs)

    @api.post("/visits/<visit_id>/undo")
    @need("phone")
    def undo(visit_id: str) -> Response:
        tap = read(Undo)
        return said("undo", visit_id, tap, lambda w, carer, who: scene.undo(
            w, visit_id, carer, who, tap.step, tap.at or ""))  # fmt: skip

    @api.post("/visits/<visit_id>/help")
    @need("phone")
    def help_needed(visit_id: str) -> Response:
        tap = read(Needed)
        return said("help", visit_id, tap, lambda w, carer, who: scene.need_help(
            w, visit_id, carer, who, tap.reason, tap.words, tap.at or ""))  # fmt: skip

    @api.post("/visits/<visit_id>/fine")
    @need("phone")
    def fine(visit_id: str) -> Response:
        tap = read(Tap)
        return said("fine", visit_id, tap, lambda w, carer, who: scene.check_in(
            w, visit_id, carer, who, tap.at or ""))  # fmt: skip

    @api.post("/phone/sos")
    @need("phone")
    def sos() -> Response:
        """Not refused for anything a carer in danger could have done wrong: no job, no position, off shift."""
        tap, carer_id, who = read(Sos), own_carer(), actor(current_user)
        place = tap.position.model_dump(exclude_none=True) if tap.position else None

        def run(w: Writing) -> Row:
            return {"call": scene.sos(w, carer_id, who, tap.at or "", place)["id"]}

        done = commands.once("sos", tap.key, current_user, run)
        return jsonify(call=done.result["call"], seq=done.result["seq"])

    @api.post("/phone/here")
    @need("phone")
    def here() -> Response:
        """Where a carer under way is. Nothing is logged of it; the newest place is kept, on shift, with consent."""
        place, now = read(Here), stamp(scene.dispatcher.clock())
        phones.was_at(own_carer(), place.latitude, place.longitude, min(place.at or now, now))
        return jsonify(server_time=now)

    return api
