"""The marks of a training centre: how each seat did, by the same clocks that judge real calls."""

from collections.abc import Callable

from flask import Blueprint, abort, render_template
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext

from callcenter.report import Report
from callcenter.rules.filters import Filters
from callcenter.rules.scoring import PASS, WEIGHTS, Result, results
from callcenter.rules.times import Clock
from callcenter.settings import Centre

View = Callable[..., ResponseReturnValue]
Need = Callable[[str], Callable[[View], View]]
MARKS = {
    "answer": (lazy_gettext("Answered in time"), lazy_gettext("within the promise of its priority")),
    "decide": (lazy_gettext("Decided in time"), lazy_gettext("urgent calls: somebody sent, or closed")),
    "clocks": (lazy_gettext("No clock ran out"), lazy_gettext("holds, chases, silences, cases left lying")),
    "again": (lazy_gettext("Nobody pressed again"), lazy_gettext("within half an hour of your closing the case")),
}


def training(need: Need, report: Report, centre: Centre, clock: Clock) -> Blueprint:
    pages = Blueprint("training", __name__)

    @pages.get("/training")
    @need("console")
    def marks() -> ResponseReturnValue:
        if not centre.training:
            abort(404)
        today = clock().astimezone(report.figures.zone).date()
        asked = Filters(today, today)
        found: list[Result] = results([(one.row, one.late) for one in report.every(asked)])
        return render_template("training/marks.html", results=found, marks=MARKS, weights=WEIGHTS, passing=PASS)

    return pages
