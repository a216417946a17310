"""The pages of one person's care: away, the daily sign, reminders, the tier; and the lists of who is away, and of tiers
that somebody should decide about."""

from datetime import date, datetime, time
from typing import Any

from flask import Blueprint, abort, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from callcenter.commands import BadCommand
from callcenter.pages.guard import need
from callcenter.pages.rounds import Act, Shown, clock_minutes
from callcenter.rules.absences import KINDS as ABSENCES
from callcenter.rules.absences import MOST_DAYS
from callcenter.rules.access import CONSOLE, HANDLE, PEOPLE_EDIT, may
from callcenter.rules.events import Row
from callcenter.rules.ok_checks import FROM, UNTIL
from callcenter.rules.reminders import KINDS as REMINDERS
from callcenter.rules.risk import LOOK_BACK_DAYS, propose
from callcenter.rules.times import later, stamp
from callcenter.store.elders import Elders

DAY_SECONDS = 86400.0


def care_pages(look: Shown) -> Blueprint:
    pages = Blueprint("care", __name__)
    welfare = look.welfare

    def person(code: str) -> Row:
        with welfare.rounds.database.read() as conn:
            return Elders.by_code(conn, code) or abort(404)

    @pages.get("/rounds/away")
    @need(CONSOLE)
    def away() -> ResponseReturnValue:
        return look.page("away", rows=welfare.away.listed(True), before=welfare.away.listed(False, 50))

    @pages.get("/rounds/care/<code>")
    @need(CONSOLE)
    def care(code: str) -> ResponseReturnValue:
        who = person(code)
        now = stamp(welfare.clock())
        with welfare.rounds.database.read() as conn:
            story = Elders.story(conn, who["id"])
            facts = Elders.facts_of(conn, who["id"], look.today, later(now, -LOOK_BACK_DAYS * DAY_SECONDS))
        latest = look.today.toordinal() + MOST_DAYS
        return look.page(
            "care", who=who, **story, proposal=propose(facts) if facts else None, ABSENCES=ABSENCES,
            REMINDERS=REMINDERS, usual=(FROM, UNTIL), face=_face, latest=date.fromordinal(latest),
            tomorrow=date.fromordinal(look.today.toordinal() + 1), may_decide=may(current_user.role, PEOPLE_EDIT),
        )  # fmt: skip

    @pages.post("/rounds/care/<code>/<any(away, back, ok, ok_end, remind, remind_stop):does>")
    @need(HANDLE)
    def act(code: str, does: str) -> ResponseReturnValue:
        who = person(code)
        form, back = request.form, url_for("care.care", code=code)
        words, told_by = form.get("words", "").strip()[:500], form.get("told_by", "").strip()[:60]
        service = welfare
        verbs: dict[str, Any] = {
            "away": lambda: _noted(
                service.absences.begin, who, _one_of("kind", ABSENCES), _until(look), told_by, words
            ),
            "back": lambda: lambda w: service.absences.back(w, current_user, form.get("absence", "")[:24], words),
            "ok": lambda: _enrolled(service.ok_checks.enrol, who),
            "ok_end": lambda: lambda w: service.ok_checks.end(w, current_user, who["id"]),
            "remind": lambda: _set(service.reminding.set, who),
            "remind_stop": lambda: lambda w: service.reminding.stop(w, current_user, form.get("reminder", "")[:24]),
        }
        done = verbs[does]()
        return look.done(f"{does} {code}", lambda w: {"done": str(done(w).get("id", ""))}, back)

    @pages.get("/rounds/tiers")
    @need(CONSOLE)
    def tiers() -> ResponseReturnValue:
        with welfare.rounds.database.read() as conn:
            rows = welfare.tiers.proposals(conn, look.today, stamp(welfare.clock()))
            decided = Elders.decisions(conn, limit=50)
            names = Elders.people(conn, [row["resident_id"] for row in decided])
        return look.page("tiers", rows=rows[:200], count=len(rows), decided=decided, names=names,
                         may_decide=may(current_user.role, PEOPLE_EDIT))  # fmt: skip

    @pages.post("/rounds/tiers/<int:resident_id>")
    @need(PEOPLE_EDIT)
    def decide(resident_id: int) -> ResponseReturnValue:
        tier, words = request.form.get("tier", "")[:1], request.form.get("words", "").strip()[:500]
        back = request.form.get("back", "")
        back = back if back.startswith("/rounds/care/") else url_for("care.tiers")
        return look.done(
            f"tier {resident_id}",
            lambda w: {"decision": welfare.tiers.decide(w, current_user, resident_id, tier, words, look.today)[
                "decision"]}, back)  # fmt: skip

    return pages


def _noted(begin: Any, who: Row, kind: str, until: str, told_by: str, words: str) -> Act:
    return lambda w: begin(w, current_user, who["id"], kind, until, told_by, words)


def _enrolled(enrol: Any, who: Row) -> Act:
    begins, ends = clock_minutes(request.form.get("from", "")), clock_minutes(request.form.get("until", ""))
    return lambda w: enrol(w, current_user, who["id"], begins, ends)


def _set(remind: Any, who: Row) -> Act:
    kind, words = _one_of("kind", REMINDERS), request.form.get("words", "").strip()
    if not words:
        raise BadCommand("words", "words is empty", "write what to say, in a few words")
    times = request.form.get("times", "").replace("，", ",").replace("、", ",").split(",")
    minutes = [clock_minutes(one.strip()) for one in times if one.strip()]
    if not minutes:
        raise BadCommand("times", "this is no time", "write it as 08:00, 20:00")
    day = request.form.get("day", "")
    day = _day(day).isoformat() if day else ""
    return lambda w: remind(w, current_user, who["id"], kind, words, minutes, day)


def _one_of(name: str, choices: tuple[str, ...]) -> str:
    found = request.form.get(name, "")
    if found not in choices:
        raise BadCommand(name, f"{name} is not one of the choices", f"choose one of {', '.join(choices)}")
    return found


def _until(look: Shown) -> str:
    """An absence is given as the day of the return: it ends at noon of it."""
    at = datetime.combine(_day(request.form.get("until", "")), time(12), tzinfo=look.welfare.zone)
    return stamp(at)


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise BadCommand("day", "this is no day", "write it as 2026-11-27") from None


def _face(minute: int) -> str:
    return f"{minute // 60:02d}:{minute % 60:02d}"
