"""The pages of roll calls: what has been, one with its report, the list on paper, and what stood on paper typed in."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4
from zoneinfo import ZoneInfo

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_login import current_user

from callcenter.commands import Commands
from callcenter.pages import mass_words
from callcenter.pages.guard import need
from callcenter.pages.terms import word
from callcenter.rollcalls import RollCalls
from callcenter.rules.access import CONSOLE, HANDLE, PEOPLE_EDIT, may
from callcenter.rules.call import NotNow
from callcenter.rules.events import Row
from callcenter.rules.rollcall import HELP, KNOWN, NOT_REACHED, SAFE
from callcenter.rules.times import later, moment, stamp
from callcenter.store import mass as mass_store
from callcenter.store import rollcalls as store
from callcenter.store.log import Writing

TICKS = {  # what may be ticked on paper -> state, how
    "seen": (SAFE, "seen"), "spoke": (SAFE, "spoke"), "elsewhere": (SAFE, "elsewhere"),
    "not_reached": (NOT_REACHED, ""), "help": (HELP, ""),
}  # fmt: skip
LATE_SECONDS = 300.0  # of the clock on somebody's arm


def rollcall_pages(commands: Commands, rollcalls: RollCalls, zone: ZoneInfo) -> Blueprint:
    pages = Blueprint("rollcalls", __name__)

    def local(at: str | None, how: str = "%m-%d %H:%M") -> str:
        return moment(at).astimezone(zone).strftime(how) if at else ""

    def stations() -> dict[str, str]:
        return {str(one["id"]): one["name"] for one in rollcalls.people.stations.all()}

    def show(template: str, **values: Any) -> str:
        return render_template(
            f"rollcall/{template}.html", local=local, words=mass_words, word=word, stations=stations(), KNOWN=KNOWN,
            key=lambda: str(uuid4()), now=stamp(rollcalls.clock()), TICKS=TICKS,
            may_codes=may(current_user.role, PEOPLE_EDIT), may_handle=may(current_user.role, HANDLE), **values,
        )  # fmt: skip

    def found(rollcall_id: str) -> Row:
        with rollcalls.log.database.read() as conn:
            row = store.one(conn, rollcall_id)
            marks = store.marks(conn, rollcall_id) if row else {}
        if row is None:
            abort(404)
        return rollcalls.figures(row, marks)

    def asked() -> int | None:
        return request.values.get("station", type=int)

    @pages.get("/rollcalls")
    @need(CONSOLE)
    def listed() -> ResponseReturnValue:
        with rollcalls.log.database.read() as conn:
            rows = [rollcalls.figures(row, store.marks(conn, row["id"])) for row in store.listed(conn)]
            warnings = mass_store.listed(conn)
        return show("listed", rows=rows, warnings=warnings)

    @pages.get("/rollcalls/<rollcall_id>")
    @need(CONSOLE)
    def one(rollcall_id: str) -> ResponseReturnValue:
        roll = found(rollcall_id)
        left = rollcalls.homes(rollcall_id, only=lambda line: line["state"] not in KNOWN)
        return show("one", roll=roll, left=left)

    @pages.get("/rollcalls/<rollcall_id>/paper")
    @need(CONSOLE)
    def paper(rollcall_id: str) -> ResponseReturnValue:
        """A4, one sheet for each station; the door codes only for those who may edit homes, and written down then."""
        roll, station = found(rollcall_id), asked()
        codes = request.args.get("codes") == "1" and may(current_user.role, PEOPLE_EDIT)
        left = rollcalls.homes(rollcall_id, codes, lambda line: line["state"] not in KNOWN and (
            station is None or line["station_id"] == station))  # fmt: skip
        with rollcalls.log.writing() as w:
            rollcalls.printed(w, rollcall_id, current_user, station, codes)
        sheets: dict[Any, list[Row]] = {}
        for line in left:
            sheets.setdefault(line["station_id"], []).append(line)
        return show("paper", roll=roll, sheets=sheets, codes=codes, station=station)

    @pages.get("/rollcalls/<rollcall_id>/entry")
    @need(HANDLE)
    def entry(rollcall_id: str) -> ResponseReturnValue:
        roll, station = found(rollcall_id), asked()
        homes = rollcalls.homes(rollcall_id, only=lambda line: line["state"] not in KNOWN and (
            station is None or line["station_id"] == station))  # fmt: skip
        return show("entry", roll=roll, homes=homes, station=station)

    @pages.post("/rollcalls/<rollcall_id>/entry")
    @need(HANDLE)
    def entered(rollcall_id: str) -> ResponseReturnValue:
        """Every line with a tick is one mark, in one transaction: a sheet is either typed in or not."""
        form, station = request.form, asked()
        back = url_for("rollcalls.entry", rollcall_id=rollcall_id, station=station)
        ticked = {int(name[5:]): form[name] for name in form if name.startswith("tick-") and name[5:].isdigit()}
        ticked = {home: said for home, said in ticked.items() if said in TICKS}
        now = rollcalls.clock()

        def act(w: Writing) -> Row:
            for home, said in ticked.items():
                state, how = TICKS[said]
                at = _moment(form, home, now, zone)
                rollcalls.mark(w, rollcall_id, home, current_user, state, how, form.get(f"words-{home}", "")[:200], at,
                               by_hand=True)  # fmt: skip
            return {"entered": len(ticked)}

        try:
            done = commands.once(f"entry {rollcall_id}", form.get("key"), current_user, act)
        except NotNow as error:
            flash(f"{gettext(str(error)).format(**error.values)} → {gettext(error.fix)}", "error")
            return redirect(back)
        flash(gettext("%(n)d results entered", n=done.result["entered"]))
        return redirect(back)

    return pages


def _moment(form: Mapping[str, str], home: int, now: datetime, zone: ZoneInfo) -> str:
    """``14:05`` of the sheet as a stamp: today, or yesterday when that is still to come. Raises ``NotNow``."""
    text = (form.get(f"at-{home}") or form.get("at") or "").strip()
    if not text:
        raise NotNow(
            "when", "The time of a result is missing", "Write the time that stands on the paper, such as 14:05"
        )
    try:
        hours, minutes = (int(part) for part in text.replace("：", ":").split(":"))
        then = now.astimezone(zone).replace(hour=hours, minute=minutes, second=0, microsecond=0)
    except ValueError:
        raise NotNow("when", "This is no time of day", "Write it as hours and minutes, such as 14:05") from None
    at = stamp(then)
    if at > later(stamp(now), LATE_SECONDS):
        at = stamp(then - timedelta(days=1))
    return min(at, stamp(now))
