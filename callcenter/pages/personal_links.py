"""The short pages behind a personal link, and the page on which links are made: plain forms, no cookie."""

from typing import Any
from uuid import uuid4

from flask import Blueprint, Response, abort, current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_limiter import Limiter
from flask_login import current_user

from callcenter.commands import Commands
from callcenter.pages import front_words, terms
from callcenter.pages.forms import cleaned
from callcenter.pages.front_door import looked_after
from callcenter.pages.guard import need
from callcenter.personal_links import FAMILY, GRID, PURPOSES, WEB, Outside, PersonalLinks, Wanted
from callcenter.rules.call import NotThere
from callcenter.rules.events import Row
from callcenter.rules.times import moment, stamp
from callcenter.wall import Wall

LONGEST = 60  # of a token; ours has 24 characters
KINDS = ("sos", "fall", "service", "advice", "complaint")
MOST_DAYS = 730


def personal_links(
    commands: Commands, service: PersonalLinks, wall: Wall, limiter: Limiter, centre_phone: str
) -> Blueprint:
    pages = Blueprint("personal_links", __name__)
    # Wrong links are counted by address, reports by link: a whole street may stand behind one address.
    guessing = limiter.limit("20 per minute; 100 per hour", deduct_when=lambda answer: answer.status_code == 404)
    telling = limiter.limit("10 per minute; 60 per hour", key_func=lambda: request.path[:LONGEST])

    def found(token: str, *purposes: str) -> Row:
        link = service.behind(token, stamp(wall.clock()), *purposes) if len(token) <= LONGEST else None
        if link is None:
            raise NotThere("this link does not open anything")
        return link

    def local(at: str | None) -> str:
        return moment(at).astimezone(wall.zone).strftime("%m-%d %H:%M") if at else ""

    def form(link: Row, status: int = 200, **more: Any) -> Response:
        said = {"done": None, "typed": {}, "missing": False, "key": str(uuid4()), **more}
        shown = render_template("outside/report.html", link=link, kinds=KINDS, words=front_words.KINDS_OF_PEOPLE,
                                centre_phone=centre_phone, terms=terms, **said)  # fmt: skip
        return _private(current_app.make_response((shown, status)))

    @pages.get("/report/<token>")
    @guessing
    def ask(token: str) -> ResponseReturnValue:
        return form(found(token, GRID, WEB))

    @pages.post("/report/<token>")
    @guessing
    @telling
    def told(token: str) -> ResponseReturnValue:
        link, typed = found(token, GRID, WEB), cleaned(request.form.to_dict())
        words, kind = typed.get("words", "").strip()[:500], typed.get("kind", "")
        if not words or kind not in KINDS:
            return form(link, 422, typed=typed, missing=True, key=typed.get("key") or str(uuid4()))
        about = {name: typed.get(name, "").strip()[:100] for name in ("name", "place")}
        done = commands.once(f"link {link['digest'][:12]}", typed.get("key"), Outside(link), lambda w: service.report(
            w, link, kind, words, str(typed["key"]), **about))  # fmt: skip
        call = wall.cases.call(done.result["call"]) or {}
        return form(link, done={**looked_after(call, centre_phone), "joined": done.result["joined"]})

    @pages.get("/family/<token>")
    @guessing
    def family(token: str) -> ResponseReturnValue:
        link = found(token, FAMILY)
        shown = render_template("outside/family.html", case=service.family(link, stamp(wall.clock())), local=local,
                                centre_phone=centre_phone)  # fmt: skip
        return _private(current_app.make_response(shown))

    @pages.get("/people/links")
    @need("people_edit")
    def listed() -> ResponseReturnValue:
        return _listed()

    @pages.post("/people/links")
    @need("people_edit")
    def make() -> ResponseReturnValue:
        typed = {name: value.strip()[:60] for name, value in cleaned(request.form.to_dict()).items()}
        days = int(typed["days"]) if typed.get("days", "").isdecimal() and len(typed["days"]) < 5 else 0
        if typed.get("purpose") not in PURPOSES or not typed.get("person") or not 1 <= days <= MOST_DAYS:
            flash(gettext("Choose what it is for, write a name, and 1 to %(n)s days", n=MOST_DAYS), "error")
            return _listed(), 422
        wanted = Wanted(typed["purpose"], typed["person"], typed.get("phone", "")[:30], typed.get("home", ""),
                        typed.get("community", "")[:40], days)  # fmt: skip
        try:
            with service.log.writing() as w:
                address = service.make(w, current_user, wanted)
        except NotThere:
            flash(gettext("There is no home with the code %(code)s", code=wanted.home or "—"), "error")
            return _listed(), 422
        return _listed(address)

    @pages.post("/people/links/revoke")
    @need("people_edit")
    def revoke() -> ResponseReturnValue:
        with service.log.writing() as w:
            service.revoke(w, current_user, request.form.get("digest", "")[:64])
        flash(gettext("Revoked: it opens nothing any more"))
        return redirect(url_for("personal_links.listed"), 303)

    def _listed(address: str = "") -> str:
        if len(request.path) > LONGEST:
            abort(404)
        return render_template(
            "people/links.html", links=service.rows.listed(), made=address, local=local, now=stamp(wall.clock()),
            purposes=front_words.PURPOSES, may_edit=True, most=MOST_DAYS,
        )  # fmt: skip

    return pages


def _private(answer: Any) -> Response:
    """The address is the secret: it goes to no search engine, no cache, and no other site."""
    answer.headers["X-Robots-Tag"] = "noindex, nofollow, noarchive"
    answer.headers["Referrer-Policy"] = "no-referrer"
    answer.headers["Cache-Control"] = "no-store"
    return answer  # type: ignore[no-any-return]
