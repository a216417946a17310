"""The pages of devices: how protected everybody is, one device, installations, tests, recalls, incidents."""

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any
from uuid import uuid4
from zoneinfo import ZoneInfo

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_login import current_user

from callcenter.commands import BadCommand, Commands
from callcenter.pages import watch_words
from callcenter.pages.terms import STEPS
from callcenter.pages.watch_api import watch_api
from callcenter.pages.words import event_text, length_text, word
from callcenter.protection import Protection, months
from callcenter.rules.access import CONSOLE, HANDLE, REPORTS, may
from callcenter.rules.call import NotNow
from callcenter.rules.devices import AWAY, DOUBTFUL, UNPROTECTED
from callcenter.rules.times import Clock, moment, seconds_between, stamp
from callcenter.store.ledger import Ledger
from callcenter.store.log import Log, Writing
from callcenter.store.people import People
from callcenter.store.watching import Watching
from callcenter.upkeep import HOW, Upkeep

View = Callable[..., ResponseReturnValue]
Need = Callable[[str], Callable[[View], View]]
Act = Callable[[Writing], dict[str, Any]]
LONGEST_WORDS = 500


def watch(
    need: Need, people: People, log: Log, watching: Watching, commands: Commands, zone: ZoneInfo, clock: Clock
) -> Blueprint:
    """``need(right)`` guards a view."""
    pages = Blueprint("watch", __name__)
    ledger = Ledger(log.database, people)
    protection, upkeep = Protection(ledger, log, zone, clock), Upkeep(commands.desk.cases, watching)
    pages.register_blueprint(watch_api(protection, upkeep, commands))

    def local(at: str | None, how: str = "%m-%d %H:%M") -> str:
        return moment(at).astimezone(zone).strftime(how) if at else ""

    def lasting(at: str | None) -> str:
        return length_text(max(0.0, seconds_between(at, stamp(clock())))) if at else ""

    def show(template: str, **values: Any) -> str:
        return render_template(
            f"watch/{template}.html", local=local, lasting=lasting, words=watch_words, word=word, STEPS=STEPS,
            hours_by=_hours_by, event_text=event_text, key=lambda: str(uuid4()), HOW=HOW,
            may_recall=may(current_user.role, REPORTS), now=stamp(clock()), **values,
        )  # fmt: skip

    def done(name: str, act: Act, back: str) -> ResponseReturnValue:
        """A form's command, once; what it refuses is said above the page it came from."""
        try:
            commands.once(name, request.form.get("key"), current_user, act)
        except NotNow as error:
            flash(f"{gettext(str(error)).format(**error.values)} → {gettext(error.fix)}", "error")
        else:
            flash(gettext("Saved"))
        return redirect(back)

    @pages.get("/watch")
    @need(CONSOLE)
    def overview() -> ResponseReturnValue:
        status = request.args.get("status", "")
        status = status if status in (UNPROTECTED, DOUBTFUL, AWAY) else ""
        station = request.args.get("station", 0, type=int)
        month = _month(request.args.get("month", ""), protection.today)
        standing = [row for row in ledger.incidents() if row["stage"] != "ended"]
        return show(
            "overview", counts=ledger.counts(), rows=protection.standing(status, station), status=status,
            station=station, stations=dict(ledger.stations()), status_names=(UNPROTECTED, DOUBTFUL, AWAY), month=month,
            months=months(protection.today), hours=protection.month(month), incidents=standing,
            troublesome=ledger.troublesome(protection.today), drill=protection.drill(),
        )  # fmt: skip

    @pages.get("/watch/devices/<account>")
    @need(CONSOLE)
    def device(account: str) -> ResponseReturnValue:
        return show("device", device=protection.device(account) or abort(404))

    @pages.post("/watch/devices/<account>/<any(sign, lend, remind):what>")
    @need(HANDLE)
    def act(account: str, what: str) -> ResponseReturnValue:
        verbs: dict[str, Act] = {
            "sign": lambda w: upkeep.sign(w, account, current_user, _words()),
            "lend": lambda w: upkeep.lend(w, account, current_user, request.form.get("loan", "")[:32]),
            "remind": lambda w: upkeep.remind(w, account, current_user, _words()),
        }
        return done(f"{what} {account}", verbs[what], _back(url_for("watch.device", account=account)))

    @pages.get("/watch/installations")
    @need(CONSOLE)
    def installations() -> ResponseReturnValue:
        return show("installations", rows=ledger.to_sign(protection.today))

    @pages.get("/watch/tests")
    @need(CONSOLE)
    def tests() -> ResponseReturnValue:
        return show("tests", rows=protection.tests())

    @pages.get("/watch/recalls")
    @need(CONSOLE)
    def recalls() -> ResponseReturnValue:
        return show("recalls", rows=ledger.recalls(), makes=ledger.makes())

    @pages.post("/watch/recalls")
    @need(REPORTS)
    def recall_opened() -> ResponseReturnValue:
        reason = _words("reason")
        if not reason:
            flash(gettext("Say why, in a few words"), "error")
            return redirect(url_for("watch.recalls"))
        return done(
            "recall", lambda w: upkeep.recall(w, current_user, reason, request.form.to_dict()), url_for("watch.recalls")
        )

    @pages.get("/watch/recalls/<recall_id>")
    @need(CONSOLE)
    def recall(recall_id: str) -> ResponseReturnValue:
        found = ledger.recall(recall_id) or abort(404)
        return show("recall", recall=found, people=ledger.by_account(list(found["devices"]), protection.today))

    @pages.post("/watch/recalls/<recall_id>/<account>/<any(check, mended):step>")
    @need(HANDLE)
    def recalled(recall_id: str, account: str, step: str) -> ResponseReturnValue:
        verbs: dict[str, Act] = {
            "check": lambda w: upkeep.check(w, recall_id, account, current_user, _how(request.form), _words()),
            "mended": lambda w: upkeep.mended(w, recall_id, account, current_user),
        }
        return done(f"{step} {recall_id} {account}", verbs[step], url_for("watch.recall", recall_id=recall_id))

    @pages.get("/watch/incidents")
    @need(CONSOLE)
    def incidents() -> ResponseReturnValue:
        return show("incidents", rows=ledger.incidents())

    @pages.get("/watch/incidents/<incident_id>")
    @need(CONSOLE)
    def incident(incident_id: str) -> ResponseReturnValue:
        return show("incident", incident=protection.incident(incident_id) or abort(404))

    @pages.post("/watch/incidents/<incident_id>/<int:home_id>/safe")
    @need(HANDLE)
    def safe(incident_id: str, home_id: int) -> ResponseReturnValue:
        return done(
            f"safe {incident_id} {home_id}",
            lambda w: upkeep.safe(w, incident_id, home_id, current_user, _how(request.form)),
            url_for("watch.incident", incident_id=incident_id, _anchor=f"home-{home_id}"),
        )

    return pages


def _words(name: str = "words") -> str:
    return request.form.get(name, "").strip()[:LONGEST_WORDS]


def _how(form: Mapping[str, str]) -> str:
    if form.get("how") not in HOW:
        raise BadCommand("how", "how is not one of the choices", f"choose one of {', '.join(HOW)}")
    return form["how"]


def _back(usual: str) -> str:
    """Where the form was: another page of ours, or the usual one."""
    back = request.form.get("back", "")
    return back if back.startswith("/watch") and not back.startswith("//") else usual


def _hours_by(hours: Mapping[Any, float], said: Mapping[Any, Any]) -> list[tuple[str, float]]:
    """The largest first, each by the name people know it by."""
    ordered = sorted(hours.items(), key=lambda one: (-one[1], str(one[0])))
    return [(str(said.get(key, key) or ""), value) for key, value in ordered]


def _month(text: str, today: date) -> date:
    try:
        found = date.fromisoformat(f"{text}-01")
    except ValueError:
        return today.replace(day=1)
    return found if 2000 <= found.year <= 9000 else today.replace(day=1)
