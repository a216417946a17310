"""What in the register wants looking after: a page of numbers to ring and of homes with too few who could come."""

from datetime import timedelta
from uuid import uuid4
from zoneinfo import ZoneInfo

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_login import current_user

from callcenter.commands import Commands
from callcenter.pages import front_words
from callcenter.pages.guard import need
from callcenter.ring_round import RingRound
from callcenter.rules.access import PEOPLE_EDIT, PEOPLE_READ, may
from callcenter.rules.contact_numbers import YEAR_DAYS
from callcenter.rules.events import Row
from callcenter.rules.times import Clock, moment, stamp
from callcenter.store.data_quality import DOUBTFUL, FEWEST, HOMES, NEAR_MINUTES, WHICH, DataQuality
from callcenter.store.log import Writing


def data_quality(
    commands: Commands, service: RingRound, quality: DataQuality, zone: ZoneInfo, clock: Clock
) -> Blueprint:
    pages = Blueprint("data_quality", __name__)

    def local(at: str | None) -> str:
        return moment(at).astimezone(zone).strftime("%Y-%m-%d") if at else "—"

    @pages.get("/people/check")
    @need(PEOPLE_READ)
    def listed() -> ResponseReturnValue:
        which, number = request.args.get("which", DOUBTFUL), request.args.get("page", 1, type=int)
        which = which if which in WHICH else DOUBTFUL
        year_ago = stamp(clock() - timedelta(days=YEAR_DAYS))
        listing = quality.homes(number) if which == HOMES else quality.contacts(which, year_ago, number)
        return render_template(
            "people/check.html", which=which, listing=listing, counts=quality.counts(year_ago), local=local,
            new_key=lambda: str(uuid4()), words=front_words.CHECKS, doubts=front_words.DOUBTS, fewest=FEWEST,
            near=NEAR_MINUTES,
            may_edit=may(current_user.role, PEOPLE_EDIT),
        )  # fmt: skip

    @pages.post("/people/check")
    @need("handle")
    def rung() -> ResponseReturnValue:
        right, phone = request.form.get("right") == "yes", request.form.get("phone", "")[:30]

        def write(w: Writing) -> Row:
            service.confirmed(w, current_user, phone, right)
            return {"right": right}

        commands.once(f"number {phone}", request.form.get("key"), current_user, write)
        flash(gettext("Kept: the number is right") if right else gettext("Kept: the number is wrong"))
        return redirect(url_for("data_quality.listed", which=request.form.get("which", DOUBTFUL)), 303)

    return pages
