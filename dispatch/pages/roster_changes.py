"""What is done to a roster in force, as forms send it: swap, override, sick call, stand-in, break, officer, consent."""

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from flask import Blueprint, abort, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_login import current_user

from callcenter.commands import BadCommand, Commands
from callcenter.rules.access import PEOPLE_EDIT
from callcenter.rules.call import NotNow
from callcenter.rules.times import moment, stamp
from callcenter.store.log import Writing
from dispatch.pages.roster_words import told
from dispatch.roster_changes import Cell, Changes

View = Callable[..., ResponseReturnValue]
Need = Callable[[str], Callable[[View], View]]
Row = dict[str, Any]
Act = Callable[[Writing], Row]
LONGEST_WORDS = 200
MOST_TOLD = 3  # findings said above the page


def roster_changes(need: Need, commands: Commands, changes: Changes, mine: Callable[[int | None], bool]) -> Blueprint:
    """``mine(station)`` says whether whoever asks may change that station's roster."""
    site = Blueprint("changes", __name__, url_prefix="/change")
    rosters = changes.rosters

    def carer(name: str = "carer_id") -> int:
        """The carer a form names; a head may name only their own station's."""
        number = request.form.get(name, 0, type=int)
        with rosters.reading() as conn:
            row = next((one for one in rosters.carers(conn) if one["id"] == number), None)
        if row is None:
            raise BadCommand(name, "there is no such carer", "choose one of the list")
        return number if mine(row["station_id"]) else abort(403)

    def done(verb: str, act: Act) -> ResponseReturnValue:
        try:
            commands.once(verb, request.form.get("key"), current_user, act)
        except NotNow as error:
            flash(f"{gettext(str(error)).format(**error.values)} → {gettext(error.fix)}", "error")
            with rosters.reading() as conn:
                stations = {row["id"]: row["name"] for row in rosters.stations(conn)}
                carers = {row["id"]: row for row in rosters.carers(conn)}
            for row in told(error.values.get("findings", ())[:MOST_TOLD], stations, carers, changes.zone):
                flash(f"{row['where']} {row['when']} {row['text']}", "error")
        else:
            flash(gettext("Saved"))
        return redirect(_back())

    def officer() -> Act:
        day, code, why = _day("day"), request.form.get("code", "")[:20], _words()
        return lambda w: changes.officer(w, day, code, why, current_user)

    def swap() -> Act:
        one, other = Cell(carer(), _day("day")), Cell(carer("other_id"), _day("other_day"))
        why = _words()
        return lambda w: changes.swap(w, one, other, why, current_user)

    def override() -> Act:
        cell, text, why = Cell(carer(), _day("day")), request.form.get("text", "")[:40], _words()
        return lambda w: changes.override(w, cell, text, why, current_user)

    def sick() -> Act:
        who, days, why = carer(), request.form.get("days", 1, type=int), _words()
        return lambda w: changes.fall_out(w, who, days, why, current_user)

    def stand_in() -> Act:
        who, start, end, why = carer(), _stamp("starts_at"), _stamp("ends_at"), _words()
        station = request.form.get("station_id", 0, type=int)
        return lambda w: changes.stand_in(w, who, station, start, end, why, current_user)

    def call_in() -> Act:
        who, why = carer(), _words()
        return lambda w: changes.call_in(w, who, why, current_user)

    def simple(verb: str) -> Callable[[], Act]:
        def act() -> Act:
            who = carer()
            return lambda w: getattr(changes, verb)(w, who, current_user)

        return act

    def consent(given: bool) -> Callable[[], Act]:
        def act() -> Act:
            who = carer()
            return lambda w: changes.consent(w, who, given, current_user)

        return act

    verbs: Mapping[str, Callable[[], Act]] = {
        "swap": swap, "override": override, "sick": sick, "stand-in": stand_in, "call-in": call_in,
        "officer": officer, "break": simple("take_break"), "back": simple("end_break"),
        "agrees": consent(True), "agrees-no-more": consent(False),
    }  # fmt: skip

    @site.post("/<verb>")
    @need(PEOPLE_EDIT)
    def change(verb: str) -> ResponseReturnValue:
        if verb not in verbs:
            abort(404)
        if verb == "officer" and not mine(None):
            abort(403)
        try:
            act = verbs[verb]()
        except BadCommand as error:
            flash(f"{gettext(error.message)} → {gettext(error.fix)}", "error")
            return redirect(_back())
        return done(f"roster {verb}", act)

    return site


def _back() -> str:
    """Where the form was, when that is a page of ours."""
    back = request.form.get("back", "")
    return back if back.startswith("/roster") else url_for("roster.now")


def _words() -> str:
    said = request.form.get("reason", "").strip()[:LONGEST_WORDS]
    if not said:
        raise BadCommand("reason", "Say why, in a few words", "the reason is kept with the change")
    return said


def _day(name: str) -> str:
    try:
        return date.fromisoformat(request.form.get(name, "")).isoformat()
    except ValueError:
        raise BadCommand(name, "this is no day", "choose a day") from None


def _stamp(name: str) -> str:
    try:
        return stamp(moment(request.form.get(name, "")))
    except (ValueError, OverflowError):
        raise BadCommand(name, "this is no moment", "load the page again") from None
