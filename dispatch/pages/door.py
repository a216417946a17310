"""At the door: what a phone sees that reads a tag, and the supervisor's page of tags and of unproved arrivals."""

from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import segno
from flask import Blueprint, Response, flash, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_login import current_user
from markupsafe import Markup

from callcenter.desk import actor
from callcenter.rules.access import PHONE, REPORTS, may
from callcenter.rules.call import NotThere
from callcenter.rules.times import Clock, moment, stamp
from callcenter.store.door_tags import DoorTagRows
from dispatch.door_tags import DoorTags
from dispatch.pages.carer import Need

DAYS = 31  # of arrivals that are looked back on


def door(
    need: Need, tags: DoorTags, rows: DoorTagRows, centre_phone: str, public_url: str, zone: ZoneInfo, clock: Clock
) -> Blueprint:
    pages = Blueprint("door", __name__)

    @pages.get("/v/<token>")
    def read_tag(token: str) -> ResponseReturnValue:
        """A camera can only open an address, so reading it is already the carer's word: the same twice is one arrival.

        Whoever is no carer learns nothing, not even whether there is such a tag.
        """
        if not (current_user.is_authenticated and may(current_user.role, PHONE) and current_user.carer_id):
            return _page("stranger", centre_phone, token)
        found = tags.scan(token[:64], current_user.carer_id, actor(current_user))
        return _page(found.result if found else "unknown", centre_phone, token)

    @pages.get("/arrivals")
    @need(REPORTS)
    def arrivals() -> ResponseReturnValue:
        since = stamp(clock() - timedelta(days=DAYS))
        return render_template(
            "phone/arrivals.html", unproved=rows.unproved(since), tags=rows.standing(), days=DAYS, local=local
        )

    @pages.post("/arrivals/tags")
    @need(REPORTS)
    def make() -> ResponseReturnValue:
        """The page to print: the token is on it and nowhere else, so that it cannot be shown a second time."""
        code = request.form.get("home", "").strip()[:40]
        home_id = rows.home(code)
        if home_id is None:
            flash(gettext("There is no home with the code “%(code)s”", code=code), "error")
            return redirect(url_for("door.arrivals"))
        tag, token = tags.make(home_id, current_user)
        address = f"{(public_url or request.host_url).rstrip('/')}{url_for('door.read_tag', token=token)}"
        return render_template("phone/tag.html", tag=tag, home=code, address=address, picture=_picture(address))

    @pages.post("/arrivals/tags/<int:tag>/revoke")
    @need(REPORTS)
    def revoke(tag: int) -> ResponseReturnValue:
        try:
            tags.revoke(tag, current_user)
        except NotThere:
            flash(gettext("Tag %(tag)s does not count any more", tag=tag), "error")
        else:
            flash(gettext("Tag %(tag)s is revoked: nobody can arrive with it", tag=tag), "message")
        return redirect(url_for("door.arrivals"))

    def local(at: str | None) -> str:
        then: datetime = moment(at).astimezone(zone) if at else clock()
        return then.strftime("%m-%d %H:%M") if at else ""

    return pages


def _page(result: str, centre_phone: str, token: str) -> Response:
    made: Any = make_response(render_template("phone/door.html", result=result, centre_phone=centre_phone, token=token))
    made.headers["Referrer-Policy"] = "no-referrer"  # the token stays here
    return made  # type: ignore[no-any-return]


def _picture(address: str) -> Markup:
    """The QR code as SVG without script or style of its own; level Q is read with a quarter of it scratched away."""
    code = segno.make(address, error="q", micro=False)
    return Markup(code.svg_inline(scale=8, border=4, dark="#000", light="#fff", omitsize=False))
