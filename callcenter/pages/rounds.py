"""The pages of welfare rounds: the operators' list, the runs with their reports, the plans a supervisor lays down."""

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any
from uuid import uuid4

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import get_locale, gettext
from flask_login import current_user

from callcenter.commands import BadCommand, Commands
from callcenter.pages import round_words
from callcenter.pages.assets import STATIC, import_map, only
from callcenter.pages.guard import need
from callcenter.pages.rounds_api import rounds_api
from callcenter.pages.scripts import js_words
from callcenter.pages.terms import LANGUAGES, TIERS, word
from callcenter.rules.access import CONSOLE, HANDLE, REPORTS, may
from callcenter.rules.call import NotNow
from callcenter.rules.events import Row
from callcenter.rules.round_plans import EVERY, READY, ready
from callcenter.rules.rounds import SAYS
from callcenter.rules.times import moment, stamp
from callcenter.store.log import Writing
from callcenter.welfare import Welfare

SPECIFIERS = ("preact", "htm", "socket.io-client")
Act = Callable[[Writing], Row]


class Shown:
    """What every page of welfare is drawn with, and how a form's command is done."""

    def __init__(self, commands: Commands, welfare: Welfare):
        self.commands, self.welfare = commands, welfare

    def local(self, at: str | None, how: str = "%m-%d %H:%M") -> str:
        return moment(at).astimezone(self.welfare.zone).strftime(how) if at else ""

    @property
    def today(self) -> date:
        return self.welfare.clock().astimezone(self.welfare.zone).date()

    def page(self, template: str, **values: Any) -> str:
        return render_template(
            f"rounds/{template}.html", local=self.local, words=round_words, word=word, TIERS=TIERS,
            key=lambda: str(uuid4()), may_plan=may(current_user.role, REPORTS),
            may_handle=may(current_user.role, HANDLE), now=stamp(self.welfare.clock()), **values,
        )  # fmt: skip

    def done(self, name: str, act: Act, back: str) -> ResponseReturnValue:
        """A form's command, once; what it refuses is said above the page it came from."""
        try:
            self.commands.once(name[:40], request.form.get("key"), current_user, act)
        except NotNow as error:
            flash(f"{gettext(str(error)).format(**error.values)} → {gettext(error.fix)}", "error")
        else:
            flash(gettext("Saved"))
        return redirect(back)


def rounds_pages(commands: Commands, welfare: Welfare) -> Blueprint:
    pages = Blueprint("rounds", __name__)
    pages.register_blueprint(rounds_api(commands, welfare))
    look, rounds = Shown(commands, welfare), welfare.rounds
    imports = only(import_map(STATIC), *SPECIFIERS)

    @pages.get("/rounds")
    @need(CONSOLE)
    def index() -> ResponseReturnValue:
        """The list is filled by its script, and kept fresh by the log."""
        scripts = STATIC / "js"
        languages = {"languages": {code: str(text) for code, text in LANGUAGES.items()}}
        boot = {
            "locale": str(get_locale()),
            "words": js_words(scripts / "console") | js_words(scripts / "rounds"),
            "lists": round_words.lists() | languages,
            "says": SAYS, "me": current_user.id, "zone": welfare.zone.key,
            "may": may(current_user.role, HANDLE),
        }  # fmt: skip
        return look.page("list", boot=boot, imports=imports)

    @pages.get("/rounds/runs")
    @need(CONSOLE)
    def runs() -> ResponseReturnValue:
        plans = rounds.plans()
        laid = {plan["id"] for plan in plans}
        return look.page("runs", runs=rounds.runs(), plans=plans, READY=READY, every=EVERY,
                         unused=[kind for kind in READY if kind not in laid], usual={k: ready(k) for k in READY},
                         doubtful=rounds.numbers_in_doubt())  # fmt: skip

    @pages.get("/rounds/runs/<round_id>")
    @need(CONSOLE)
    def run(round_id: str) -> ResponseReturnValue:
        found = rounds.run(round_id) or abort(404)
        return look.page("run", run=found, entries=rounds.entries(round_id))

    @pages.post("/rounds/plans")
    @need(REPORTS)
    def plan() -> ResponseReturnValue:
        values, plan_id = _plan(request.form), request.form.get("plan", "")[:24]
        return look.done("plan", lambda w: welfare.rounding.plan(w, current_user, values, plan_id),
                         url_for("rounds.runs"))  # fmt: skip

    @pages.post("/rounds/plans/<plan_id>/release")
    @need(REPORTS)
    def release(plan_id: str) -> ResponseReturnValue:
        return look.done(f"release {plan_id}", lambda w: welfare.rounding.release(w, current_user, plan_id),
                         url_for("rounds.runs"))  # fmt: skip

    @pages.post("/rounds/runs/<round_id>/stop")
    @need(REPORTS)
    def stop(round_id: str) -> ResponseReturnValue:
        reason = request.form.get("reason", "").strip()[:200]
        if not reason:
            raise BadCommand("reason", "reason is empty", "write why, in a few words")
        return look.done(f"stop {round_id}", lambda w: welfare.rounding.stop(w, current_user, round_id, reason),
                         url_for("rounds.run", round_id=round_id))  # fmt: skip

    return pages


def _plan(form: Mapping[str, str]) -> Row:
    """What was typed, on top of the ready-made plan of its kind. Raises ``BadCommand`` naming the field."""
    kind = form.get("kind", "own")
    found: Row = ready(kind) if kind in READY else {**ready("festival"), "kind": "own", "whom": {}, "script": ""}
    name = form.get("name", "").strip() or found["name"]
    every = form.get("every", found["every"])
    if every not in EVERY:
        raise BadCommand("every", "every is not one of the choices", f"choose one of {', '.join(EVERY)}")
    whom = dict(found["whom"])
    whom["min_age"] = _number(form, "min_age", 0, 120, whom.get("min_age") or 0)
    whom["tiers"] = [tier for tier in TIERS if form.get(f"tier_{tier}")]
    whom["alone"] = bool(form.get("alone")) if form.get("whom") else bool(whom.get("alone"))
    whom["communities"] = [one for one in form.get("communities", "").replace("，", ",").split(",") if one.strip()]
    day = form.get("day", "").strip()
    if every == "once":
        _date(day)
    return {
        **found, "name": name[:60], "every": every, "day": day if every == "once" else "",
        "whom": {field: value for field, value in whom.items() if value},
        "step": _number(form, "step", 0, 6 if every == "weekly" else 366, found["step"]),
        "minute": clock_minutes(form.get("at", "")) if form.get("at") else found["minute"],
        "script": form.get("script", found["script"]).strip()[:1000],
        "tries": _number(form, "tries", 1, 5, found["tries"]), "days": _number(form, "days", 1, 14, found["days"]),
        "active": form.get("active", "1") == "1",
    }  # fmt: skip


def _number(form: Mapping[str, str], name: str, least: int, most: int, usual: int) -> int:
    text = form.get(name, "").strip()
    if not text:
        return usual
    if not text.isascii() or not text.isdigit() or not least <= int(text[:6]) <= most:
        raise BadCommand(name, f"{name} is no number from {least} to {most}", "correct it")
    return int(text)


def _date(text: str) -> str:
    try:
        return date.fromisoformat(text).isoformat()
    except ValueError:
        raise BadCommand("day", "this is no day", "write it as 2026-11-27") from None


def clock_minutes(text: str) -> int:
    """``09:30`` as minutes of the day."""
    hours, _, minutes = text.partition(":")
    if not (hours.isdigit() and minutes.isdigit() and int(hours) < 24 and int(minutes) < 60):
        raise BadCommand("at", "this is no time", "write it as 09:00")
    return int(hours) * 60 + int(minutes)
