"""The supervisor's page of bad actors: which pagers raise the most false alarms, and what to do about each."""

from datetime import datetime

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext

from callcenter.pages.guard import need
from callcenter.pages.terms import Words
from callcenter.rules.access import REPORTS
from callcenter.rules.pagers import worst
from callcenter.rules.times import later, stamp
from callcenter.store.elders import Elders
from callcenter.store.people import People
from callcenter.welfare import Welfare

SPANS = (7, 30, 90)
DAY_SECONDS = 86400.0
ACTIONS: Words = {
    "replace": lazy_gettext("Replace or repair it: it reports a fault or a weak battery"),
    "set": lazy_gettext("Set the fall sensor less finely, or wear it otherwise"),
    "move": lazy_gettext("Move it, or wear it otherwise: the key is bumped into"),
    "teach": lazy_gettext("Teach: visit, press together, explain the cancel key"),
}


def pagers(welfare: Welfare) -> Blueprint:
    pages = Blueprint("pagers", __name__)
    people = People(welfare.rounds.database)

    @pages.get("/supervisor/pagers")
    @need(REPORTS)
    def listed() -> ResponseReturnValue:
        days = request.args.get("days", 30, type=int)
        days = days if days in SPANS else 30
        now: datetime = welfare.clock()
        since = later(stamp(now), -days * DAY_SECONDS)
        with welfare.rounds.database.read() as conn:
            found, all_ = worst(Elders.ended_calls(conn, since), Elders.doubtful_devices(conn))
            lives = people.summaries(conn, [row.home_id for row in found if row.home_id], now.date())
        share = sum(row.share for row in found)
        return render_template("supervisor/pagers.html", rows=found, all=all_, lives=lives, days=days, SPANS=SPANS,
                               share=share, ACTIONS=ACTIONS)  # fmt: skip

    return pages
