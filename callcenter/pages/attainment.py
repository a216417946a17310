"""The monthly page of promises kept: promised and attained, by priority, tier, station or hour; and as a file."""

from collections.abc import Callable, Iterator
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

from flask import Blueprint, render_template, request, send_file
from flask.typing import ResponseReturnValue
from flask_babel import gettext, lazy_gettext
from flask_login import current_user

from callcenter.attainment import BY, HOURS, Attainment, Kept, Month
from callcenter.desk import actor
from callcenter.pages import names
from callcenter.pages.terms import STEPS as WORDS
from callcenter.pages.terms import TIERS, Words
from callcenter.protection import months
from callcenter.rules.access import REPORTS
from callcenter.rules.figures import FEW, PRIORITIES
from callcenter.rules.times import Clock
from callcenter.sheets import Column, Sheet, as_xlsx
from callcenter.store.log import Log

View = Callable[..., ResponseReturnValue]
Need = Callable[[str], Callable[[View], View]]
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
GROUPS: Words = {
    "priority": lazy_gettext("Priority"),
    "tier": lazy_gettext("Risk"),
    "station": lazy_gettext("Station"),
    "hours": lazy_gettext("Hours"),
}


def attained(need: Need, log: Log, attainment: Attainment, zone: ZoneInfo, clock: Clock) -> Blueprint:
    """``log`` takes the note that a report was exported."""
    pages = Blueprint("attained", __name__)

    def asked() -> tuple[Month, dict[str, Any]]:
        today = clock().astimezone(zone).date()
        by = request.args.get("by", "priority")
        first = _month(request.args.get("month", ""), today)
        priority = request.args.get("priority", 0, type=int)
        station = request.args.get("station", 0, type=int)
        chosen: dict[str, Any] = {
            "by": by if by in BY else "priority",
            "priority": priority if priority in PRIORITIES else 0,
            "station": station,
            "month": first.strftime("%Y-%m"),
        }
        return attainment.month(first, chosen["by"], chosen["priority"], station or None), chosen

    def said(by: str, value: Any, stations: dict[int, str]) -> str:
        if by == "priority":
            return str(names.named(names.PRIORITIES, value))
        if by == "hours":
            return f"{value:02d}:00–{value + HOURS:02d}:00"
        if by == "station":
            return stations.get(value, "—")
        return str(TIERS.get(value, gettext("Risk not kept")))

    def lines(month: Month) -> Iterator[tuple[str, str, Kept]]:
        stations = dict(attainment.figures.stations())
        for value in sorted(month.groups, key=lambda one: (one is None or one == "", one or 0, str(one))):
            for step, kept in month.groups[value].items():
                if kept.judged or kept.seconds:
                    yield said(month.by, value, stations), step, kept

    @pages.get("/supervisor/attainment")
    @need(REPORTS)
    def page() -> ResponseReturnValue:
        month, chosen = asked()
        return render_template(
            "supervisor/attainment.html", month=month, lines=list(lines(month)), chosen=chosen, GROUPS=GROUPS, FEW=FEW,
            WORDS=WORDS, PRIORITIES=PRIORITIES, names=names, named=names.named, clockface=names.clockface,
            months=months(clock().astimezone(zone).date()), stations=attainment.figures.stations(),
            made_at=clock().astimezone(zone),
        )  # fmt: skip

    @pages.get("/supervisor/attainment.xlsx")
    @need(REPORTS)
    def export() -> ResponseReturnValue:
        month, chosen = asked()
        with log.writing() as w:
            body = {"report": "attainment", "format": "xlsx", "names": False, "filters": chosen}
            w.append("reports", "ReportExported", body, actor(current_user))
        made = clock().astimezone(zone).strftime("%Y-%m-%d %H:%M:%S")
        about = (
            (gettext("Month"), chosen["month"]),
            (gettext("Made at"), made),
            (gettext("Made by"), current_user.name),
            (gettext("Number of calls"), str(month.calls)),
            (gettext("Clock stood still, calls"), str(month.paused)),
            (gettext("Clock stood still, seconds"), f"{month.paused_seconds:.0f}"),
        )
        titles = (
            str(GROUPS[month.by]),
            gettext("Step"),
            gettext("Promised, s"),
            gettext("Counted"),
            "P50",
            "P90",
            "P99",
            gettext("Within"),
            gettext("Judged"),
            gettext("Share within target"),
        )
        kinds = [Column(title, "text" if n < 3 else "number") for n, title in enumerate(titles)]
        rows = ([group, str(WORDS[step]), *cells(kept)] for group, step, kept in lines(month))
        sheet = Sheet(gettext("Promises kept"), about, tuple(kinds), rows, gettext("About this file"))
        return send_file(
            as_xlsx(sheet), XLSX, as_attachment=True, download_name=f"anxin-promises-{chosen['month']}-{month.by}.xlsx"
        )

    return pages


def cells(kept: Kept) -> list[Any]:
    """Promise, n, percentiles, within, judged, share of one line."""
    points = kept.points() or (None, None, None)
    promised = " / ".join(f"{seconds:g}" for seconds in sorted(kept.promised))
    share = None if kept.share is None else round(kept.share, 4)
    return [promised, len(kept.seconds), *points, kept.within, kept.judged, share]


def _month(text: str, today: date) -> date:
    """``2026-11``; anything else is this month."""
    this = today.replace(day=1)
    try:
        asked = date.fromisoformat(f"{text}-01")
    except ValueError:
        return this
    return asked if date(2000, 1, 1) <= asked <= this else this
