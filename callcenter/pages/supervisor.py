"""The supervisor's pages: the response-time log with its figures, the story of one call, and the exports.

Everything asked for stands in the address, so that a page can be sent to a colleague and looks the same there.
"""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from flask import (
    Blueprint,
    Response,
    abort,
    redirect,
    render_template,
    request,
    send_file,
    stream_with_context,
    url_for,
)
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_login import current_user

from callcenter.desk import actor
from callcenter.pages import names
from callcenter.pages.assets import STATIC, import_map, only
from callcenter.pages.export import about, columns, line
from callcenter.pages.words import event_text, length_text, reason_text, report_text
from callcenter.report import Report, TooMany, hex_lines
from callcenter.rules import filters
from callcenter.rules.access import EXPORT, REPORTS, may
from callcenter.rules.figures import EXCLUSIONS, FEW, PRIORITIES, STEPS
from callcenter.rules.filters import BadFilter, Filters
from callcenter.rules.times import Clock, moment
from callcenter.sheets import Sheet, as_csv, as_xlsx
from callcenter.store.log import Log

View = Callable[..., ResponseReturnValue]
Need = Callable[[str], Callable[[View], View]]
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
CLOCKS = {"full": "%Y-%m-%d %H:%M:%S", "short": "%m-%d %H:%M:%S", "clock": "%H:%M:%S"}


def supervisor(need: Need, report: Report, log: Log, zone: ZoneInfo, clock: Clock) -> Blueprint:
    """``need(right)`` guards a view. ``log`` takes the note that a report was exported."""
    pages, imports = Blueprint("supervisor", __name__), only(import_map(STATIC), "idiomorph")

    def local(at: str | None, how: str = "full") -> str:
        """A stamp in the centre's zone; ``precise`` keeps the milliseconds."""
        if not at:
            return ""
        then = moment(at).astimezone(zone)
        if how == "precise":
            return then.strftime("%H:%M:%S.") + f"{then.microsecond // 1000:03d}"
        return then.strftime(CLOCKS[how])

    def today() -> date:
        return clock().astimezone(zone).date()

    def asked() -> Filters:
        return filters.read(request.args.to_dict(flat=False), today())

    def shared() -> dict[str, Any]:
        return {"names": names, "named": names.named, "clockface": names.clockface, "local": local, "STEPS": STEPS,
                "hex_lines": hex_lines, "event_text": event_text, "reason_text": reason_text,
                "report_text": report_text, "length_text": length_text, "may_name": may(current_user.role, EXPORT),
                "now": clock().astimezone(zone)}  # fmt: skip

    def choices() -> dict[str, Any]:
        figures = report.figures
        return {"stations": figures.stations(), "operators": figures.operators(), "filters": filters,
                "PRIORITIES": PRIORITIES, "EXCLUSIONS": EXCLUSIONS, "FEW": FEW, "spans": _spans(today()),
                "show_words": _show_words}  # fmt: skip

    def refused(error: BadFilter | TooMany) -> ResponseReturnValue:
        """The page with the usual week in its form, and what was wrong above it."""
        usual = filters.read({}, today())
        return render_template(
            "supervisor/log.html", asked=usual, page=None, error=_mending(error), **shared(), **choices()
        ), 422

    @pages.get("/supervisor")
    @need(REPORTS)
    def responses() -> ResponseReturnValue:
        wanted = request.args.get("q", "").strip()
        if filters.CALL_ID.fullmatch(wanted) and report.figures.call(wanted):
            return redirect(url_for("supervisor.call", call_id=wanted))
        seq = log.head()  # before the figures, which hold at least this
        try:
            question = asked()
            page = report.page(question, request.args.get("page", 1, type=int))
        except (BadFilter, TooMany) as error:
            return refused(error)
        others = tuple(p for p in PRIORITIES if p not in question.priorities)
        left = report.figures.count(replace(question, priorities=others)) if others else 0
        return render_template(
            "supervisor/log.html", asked=question, page=page, left=left, others=others,
            seq=seq, imports=imports, **shared(), **choices(),
        )  # fmt: skip

    @pages.get("/supervisor/calls/<call_id>")
    @need(REPORTS)
    def call(call_id: str) -> ResponseReturnValue:
        story = report.story(call_id)
        if story is None:
            abort(404)
        return render_template("supervisor/call.html", story=story, **shared())

    @pages.get("/supervisor/export.<any(csv, xlsx):form>")
    @need(REPORTS)
    def export(form: str) -> ResponseReturnValue:
        with_names = request.args.get("names") == "1"
        if with_names and not may(current_user.role, EXPORT):
            abort(403)
        try:
            question = asked()
            listed = report.every(question)
        except (BadFilter, TooMany) as error:
            return refused(error)
        said = question.address()
        with log.writing() as writing:
            body = {"report": "responses", "format": form, "names": with_names, "filters": said}
            writing.append("reports", "ReportExported", body, actor(current_user))
        rows: Iterator[list[Any]] = (line(one, with_names, local) for one in listed)
        title, heading = gettext("Response times"), gettext("About this file")
        made = Sheet(
            title,
            about(said, current_user.name, local(_stamp(clock())), with_names),
            columns(with_names),
            rows,
            heading,
        )
        name = f"anxin-{question.since}-{question.until}.{form}"
        if form == "xlsx":
            return send_file(as_xlsx(made), XLSX, as_attachment=True, download_name=name)
        answer = Response(stream_with_context(as_csv(made)), mimetype="text/csv")
        answer.headers.set("Content-Disposition", "attachment", filename=name)
        return answer

    return pages


def _stamp(now: datetime) -> str:
    return now.isoformat()


def _spans(day: date) -> list[tuple[str, date, date]]:
    """The stretches of days people ask for most."""
    month = day.replace(day=1)
    last_of_month_before = month - timedelta(days=1)
    return [
        (gettext("Today"), day, day),
        (gettext("Yesterday"), day - timedelta(days=1), day - timedelta(days=1)),
        (gettext("7 days"), day - timedelta(days=6), day),
        (gettext("30 days"), day - timedelta(days=29), day),
        (gettext("This month"), month, day),
        (gettext("Last month"), last_of_month_before.replace(day=1), last_of_month_before),
    ]


def _show_words(show: str) -> str:
    """What the list holds, in words."""
    if not show:
        return str(gettext("All calls"))
    if show == "late":
        return str(gettext("Any step late"))
    step, _dot, where = show.partition(".")
    name = names.named(names.STEPS, step)
    if where == "late":
        return str(gettext("%(step)s late", step=name))
    return f"{name}：{names.named(names.STANDINGS, where)}"


def _mending(error: BadFilter | TooMany) -> str:
    if isinstance(error, TooMany):
        return str(gettext("%(found)s calls are too many for one report. Choose fewer days.", found=error.found))
    said, part, allowed = error.said, error.part, error.allowed
    return str(gettext("“%(said)s” cannot be read as %(part)s: %(allowed)s", said=said, part=part, allowed=allowed))
