"""The supervisor's page of service promises: every version and its rules, last week under other rules, a new one."""

import re
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any
from uuid import uuid4
from zoneinfo import ZoneInfo

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_login import current_user

from callcenter.attainment import Attainment
from callcenter.commands import Commands
from callcenter.desk import actor
from callcenter.pages import names
from callcenter.pages.attainment import attained
from callcenter.pages.terms import STEPS as WORDS
from callcenter.pages.terms import TIERS
from callcenter.report import Report
from callcenter.rules.access import PROMISES, REPORTS, may
from callcenter.rules.call import NotNow
from callcenter.rules.promises import LONGEST_SECONDS, PRIORITIES, STEPS, Rule, Version, why_not
from callcenter.rules.times import moment, stamp
from callcenter.standing import Standing

View = Callable[..., ResponseReturnValue]
Need = Callable[[str], Callable[[View], View]]
UNITS = {"": 1, "s": 1, "m": 60, "h": 3600, "d": 86400, "秒": 1, "分": 60, "时": 3600, "天": 86400}
TIME = re.compile(r"(\d{1,6}(?:\.\d{1,3})?)\s*([a-z秒分时天]?)")
EMPTY_ROWS = 3
MOST_ROWS = 100


class Unreadable(ValueError):
    """A cell of the form: its row and name, and what it may hold, in the reader's words."""


def promises(need: Need, commands: Commands, book: Standing, report: Report) -> Blueprint:
    """With them the monthly page of promises kept."""
    pages = Blueprint("promises", __name__)
    zone, clock = report.figures.zone, report.clock
    attainment = Attainment(report.figures, book, zone, clock, report.breathe)
    pages.register_blueprint(attained(need, commands.log, attainment, zone, clock))

    def local(at: str) -> str:
        return moment(at).astimezone(zone).strftime("%Y-%m-%d %H:%M") if at else ""

    def show(typed: Mapping[str, str] | None = None, status: int = 200, **more: Any) -> ResponseReturnValue:
        now = stamp(clock())
        book.look()
        current = book.current(now)
        chosen = book.versions.get(request.args.get("version", current.number, type=int), current)
        return render_template(
            "supervisor/promises.html", versions=book.store.after(0)[::-1], current=current, chosen=chosen,
            stations=attainment.figures.stations(), rows=_rows(typed, current), typed=typed or {}, local=local,
            STEPS=STEPS, WORDS=WORDS, TIERS=TIERS, PRIORITIES=PRIORITIES, names=names, named=names.named,
            spelled=spelled, may_change=may(current_user.role, PROMISES), now=now, key=str(uuid4()), **more,
        ), status  # fmt: skip

    @pages.get("/supervisor/promises")
    @need(REPORTS)
    def versions() -> ResponseReturnValue:
        return show()

    @pages.post("/supervisor/promises")
    @need(PROMISES)
    def change() -> ResponseReturnValue:
        form = request.form.to_dict()
        try:
            rules, why, from_at = read_rules(form), form.get("why", "").strip(), _moment(form.get("from", ""), zone)
            refusal = why_not(rules)
            if refusal:
                values = refusal[3] | {"step": WORDS.get(str(refusal[3].get("step")), "")}
                raise Unreadable(f"{gettext(refusal[1]).format(**values)} → {gettext(refusal[2])}")
            if form.get("act") != "publish":
                return show(form, preview=attainment.preview(rules))
            if not why:
                raise Unreadable(gettext("Write why it is changed"))
            commands.once("promises", form.get("key"), current_user, lambda w: {
                "version": book.change(w, rules, from_at or w.at, why[:500], current_user.name, actor(current_user))[
                    "number"]})  # fmt: skip
        except Unreadable as error:
            return show(form, 422, error=str(error))
        except NotNow as error:
            return show(form, 409, error=f"{gettext(str(error)).format(**error.values)} → {gettext(error.fix)}")
        flash(gettext("The new version is made."))
        return redirect(url_for("promises.versions"))

    return pages


def _rows(typed: Mapping[str, str] | None, current: Version) -> list[dict[str, str]]:
    """The rows of the form: as they were typed, else the rules that hold now, and some to fill in."""
    if typed is not None:
        count = max((int(name.partition("-")[0]) + 1 for name in typed if name[:1].isdigit()), default=0)
        rows = [{name: typed.get(f"{n}-{name}", "") for name in _COLUMNS} for n in range(min(count, MOST_ROWS))]
        return [row for row in rows if any(row.values())] + [dict.fromkeys(_COLUMNS, "") for _ in range(EMPTY_ROWS)]
    rows = [
        {"priority": str(one.priority), "tier": one.tier, "station": str(one.station_id or ""),
         "from": str(one.hours[0]) if one.hours else "", "until": str(one.hours[1]) if one.hours else ""}
        | {step: spelled(one.seconds[step]) if step in one.seconds else "" for step in STEPS}
        for one in current.rules
    ]  # fmt: skip
    return rows + [dict.fromkeys(_COLUMNS, "") for _ in range(EMPTY_ROWS)]


_COLUMNS = ("priority", "tier", "station", "from", "until", *STEPS)


def read_rules(form: Mapping[str, str]) -> list[Rule]:
    """The rules as typed; a row without a priority is left out. Raises ``Unreadable`` naming the first odd cell."""
    rules = []
    for n in range(MOST_ROWS):
        row = {name: form.get(f"{n}-{name}", "").strip() for name in _COLUMNS}
        if not row["priority"]:
            continue
        priority = _whole(row["priority"], 1, 4, n, "P")
        hours = None
        if row["from"] or row["until"]:
            hours = (_whole(row["from"], 0, 23, n, "from"), _whole(row["until"], 0, 24, n, "until") % 24)
            if hours[0] == hours[1]:
                hours = None
        if row["tier"] and row["tier"] not in TIERS:
            raise Unreadable(_cell(n, row["tier"], "A, B, C"))
        station = _whole(row["station"], 1, 2**31 - 1, n, "station") if row["station"] else None
        seconds = {step: read_time(row[step], n) for step in STEPS if row[step]}
        rules.append(Rule(priority, seconds, row["tier"], station, hours))
    return rules


def read_time(text: str, row: int = 0) -> float:
    """``90``, ``90s``, ``15m``, ``2h``, ``1d`` (秒 分 时 天) as seconds; 0 is no target."""
    found = TIME.fullmatch(text.strip().lower())
    if found is None or found[2] not in UNITS:
        raise Unreadable(_cell(row, text, "90, 90s, 15m, 2h, 1d"))
    seconds = float(found[1]) * UNITS[found[2]]
    if seconds > LONGEST_SECONDS:
        raise Unreadable(_cell(row, text, "≤ 7d"))
    return seconds


def spelled(seconds: float) -> str:
    """The shortest way to type it."""
    for unit in ("d", "h", "m"):
        if seconds and seconds % UNITS[unit] == 0 and seconds >= UNITS[unit]:
            return f"{seconds / UNITS[unit]:g}{unit}"
    return f"{seconds:g}"


def _whole(text: str, least: int, most: int, row: int, _name: str) -> int:
    if not (text.isascii() and text.isdigit() and least <= int(text) <= most):
        raise Unreadable(_cell(row, text, f"{least}–{most}"))
    return int(text)


def _cell(row: int, said: str, allowed: str) -> str:
    return str(
        gettext(
            "Row %(row)s: “%(said)s” cannot be read, write %(allowed)s", row=row + 1, said=said[:40], allowed=allowed
        )
    )


def _moment(text: str, zone: ZoneInfo) -> str:
    """``2026-12-01T08:00`` of a datetime field, local; empty is now."""
    if not text.strip():
        return ""
    try:
        return stamp(datetime.fromisoformat(text.strip()).replace(tzinfo=zone))
    except (ValueError, OverflowError):
        raise Unreadable(gettext("“%(said)s” is no moment", said=text[:40])) from None
