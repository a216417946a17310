"""The supervisor's page of arrival estimates: who reckons the road, how far off it was, and what has been learnt."""

from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from zoneinfo import ZoneInfo

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext

from callcenter.pages.reasons import reason_text
from callcenter.pages.terms import Words
from callcenter.rules.access import REPORTS
from callcenter.rules.events import Row
from callcenter.rules.times import Clock
from dispatch.rules.learning import BANDS, FEWEST, School
from dispatch.ways import Ways

View = Callable[..., ResponseReturnValue]
Need = Callable[[str], Callable[[View], View]]
Gauge = tuple[str, str, float]  # name, what it is, value
MONTHS = 6  # so many on the page

HOURS: Words = {
    "night": lazy_gettext("Night"),
    "morning": lazy_gettext("Morning"),
    "day": lazy_gettext("Daytime"),
    "evening": lazy_gettext("Evening"),
}
BY: Words = {
    "detour": lazy_gettext("By distance"),
    "osrm": lazy_gettext("OSRM"),
    "valhalla": lazy_gettext("Valhalla"),
}
WAYS: Words = {
    "turnout": lazy_gettext("Getting going"),
    "walk": lazy_gettext("on foot"),
    "e_bike": lazy_gettext("e-bike"),
    "car": lazy_gettext("by car"),
}
WHY_NOT: Words = {
    "manual": lazy_gettext("arrival not proved"),
    "clock": lazy_gettext("the phone's clock was off, or it told us later"),
    "not_departed": lazy_gettext("leaving was not told"),
    "undone": lazy_gettext("taken back"),
    "short": lazy_gettext("less than a minute away"),
    "outlier": lazy_gettext("five times longer or shorter than reckoned"),
}


def arrivals(need: Need, ways: Ways, stations: Callable[[], list[tuple[int, str]]], clock: Clock) -> Blueprint:
    """``stations`` gives ``(id, name)`` of every station."""
    pages = Blueprint("arrivals", __name__)

    @pages.get("/supervisor/eta")
    @need(REPORTS)
    def estimates() -> ResponseReturnValue:
        school, named = ways.school(clock()), {str(number): name for number, name in stations()}
        return render_template(
            "supervisor/eta.html", months=list(errors(school, named)), lessons=school.lessons(), named=named,
            HOURS=HOURS, BANDS=BANDS, BY=BY, WAYS=WAYS, WHY_NOT=WHY_NOT, FEWEST=FEWEST, odd=_odd(school),
            routing=ways.settings.routing, tally=ways.roads.tally, reason_text=reason_text,
        )  # fmt: skip

    return pages


def errors(school: School, stations: dict[str, str]) -> Iterator[tuple[str, list[Row]]]:
    """Month by month, the newest first: the error of everything, then by means, hours, source and station."""
    order = ("all", "means", "hours", "by", "station")
    for month in sorted({key[0] for key in school.errors}, reverse=True)[:MONTHS]:
        mine = [(order.index(what), what, which) for at, what, which in school.errors if at == month]
        yield (
            month,
            [
                {
                    "what": what,
                    "which": which,
                    "name": _name(what, which, stations),
                    "n": school.errors[month, what, which].n,
                }
                | school.errors[month, what, which].means()
                for _, what, which in sorted(mine)
            ],
        )


def _name(what: str, which: str, stations: dict[str, str]) -> str:
    words = {"means": WAYS, "hours": HOURS, "by": BY}.get(what, {})
    return str(words.get(which) or stations.get(which) or which)


def _odd(school: School) -> list[tuple[str, list[tuple[str, int]]]]:
    months = sorted({month for month, _ in school.odd}, reverse=True)[:MONTHS]
    return [(month, [(why, school.odd[month, why]) for why in WHY_NOT if school.odd[month, why]]) for month in months]


def eta_figures(ways: Ways, zone: ZoneInfo, clock: Clock) -> Callable[[], Iterable[Gauge]]:
    """For ``/metrics``: this month's error, and what became of this process's questions to the road engine."""

    def gauges() -> Iterable[Gauge]:
        now: datetime = clock()
        error = ways.school(now).errors.get((now.astimezone(zone).strftime("%Y-%m"), "all", ""))
        if error:
            told = error.means()
            yield "anxin_eta_arrivals", "Arrivals this month that the estimate is judged by", error.n
            yield "anxin_eta_mae_seconds", "Mean absolute error of arrival, with lessons", told["mae_after"]
            yield "anxin_eta_mae_unlearnt_seconds", "The same without lessons", told["mae_before"]
            yield "anxin_eta_bias_seconds", "Mean lateness against the estimate, with lessons", told["bias_after"]
        tally = ways.roads.tally
        yield "anxin_routing_asked", "Questions of this process to the road engine", tally.asked
        yield "anxin_routing_failed", "Those it did not answer in time", tally.failed
        yield "anxin_routing_rested", "Choices made while it was left alone", tally.rested

    return gauges
