"""Photos of visits over HTTP: sent by the carer's phone, seen by the desk, taken away by a supervisor."""

from flask import Blueprint, Response, abort, flash, jsonify, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_login import current_user

from callcenter.commands import BadCommand, Commands
from callcenter.desk import actor
from callcenter.rules.access import CONSOLE, PHONE, REPORTS
from callcenter.rules.events import Row
from callcenter.store.log import Writing
from dispatch.pages.carer import Need, own_carer, was_asked
from dispatch.photos import LARGEST_BYTES, Photos, is_jpeg


def photos(need: Need, commands: Commands, album: Photos) -> Blueprint:
    pages = Blueprint("photos", __name__)

    @pages.post("/phone/visits/<visit_id>/photos")
    @need(PHONE)
    def add(visit_id: str) -> Response:
        """The body is the JPEG itself; its key comes as ``X-Key``, so that a repeated upload is one photo."""
        carer_id, who, picture = own_carer(), actor(current_user), _picture()

        def run(w: Writing) -> Row:
            return {"photo": album.add(w, was_asked(w, visit_id, carer_id), carer_id, who, picture)["id"]}

        done = commands.once(f"photo {visit_id}", request.headers.get("X-Key"), current_user, run)
        return jsonify(photo=done.result["photo"], seq=done.result["seq"])

    @pages.get("/photos/<int:photo_id>.jpg")
    @need(CONSOLE)
    def show(photo_id: int) -> Response:
        answer = Response(album.read(photo_id), mimetype="image/jpeg")
        answer.headers["Cache-Control"] = "private, no-store"
        return answer

    @pages.post("/photos/<int:photo_id>/delete")
    @need(REPORTS)
    def delete(photo_id: int) -> ResponseReturnValue:
        reason = request.form.get("reason", "").strip()[:200]
        if not reason:
            raise BadCommand("reason", "reason is empty", "write why the photo is deleted")
        with album.log.writing() as w:
            row = album.delete(w, photo_id, current_user, reason)
        flash(gettext("The photo is deleted"), "message")
        return redirect(url_for("supervisor.call", call_id=row["call_id"]))

    return pages


def _picture() -> bytes:
    if (request.content_length or 0) > LARGEST_BYTES:
        abort(413)
    picture = request.get_data(cache=False)
    if len(picture) > LARGEST_BYTES:
        abort(413)
    if not is_jpeg(picture):
        raise BadCommand("photo", "this is no JPEG picture", "take the photo with the phone's page")
    return picture
