"""The guard at every door: who is it, may they, and how a refusal is said. One place for all pages and the API."""

import hashlib
from collections.abc import Callable
from functools import wraps
from typing import Any

import structlog
from flask import Flask, abort, current_app, jsonify, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_babel import lazy_gettext as _
from flask_login import LoginManager, current_user
from flask_wtf.csrf import CSRFError, CSRFProtect
from werkzeug.exceptions import HTTPException, MethodNotAllowed

from callcenter.commands import BadCommand
from callcenter.pages.script_words import in_words
from callcenter.rules import access
from callcenter.rules.call import NotNow, NotThere
from callcenter.rules.events import Row
from callcenter.store.database import StoreUnavailable
from callcenter.store.users import Users

log = structlog.get_logger("web")
View = Callable[..., ResponseReturnValue]
csrf = CSRFProtect()
# What the framework refuses by itself, in our words.
REFUSALS = {
    400: (_("The request cannot be understood"), _("Go back and try again")),
    403: (_("Your role may not do this"), _("Ask your supervisor")),
    404: (_("There is nothing here"), _("Check the address")),
    405: (_("This address does not take that kind of request"), _("Look at the API's description")),
    413: (_("This is too large to be taken"), _("Send a smaller file or a shorter text")),
    429: (_("Too many attempts"), _("Wait a minute, then try again")),
}


class Visitor:
    """Whoever is asking: a user behind a cookie, or another system behind a token."""

    is_active = True
    is_anonymous = False

    def __init__(self, row: Row, token: bool = False):
        self.id: int = 0 if token else row["id"]
        self.name: str = row["name"]
        self.role: str = row["role"]
        self.carer_id: int | None = row.get("carer_id")
        self.station_id: int | None = row.get("station_id")
        self.language: str = row.get("language", "zh_CN")
        self.epoch: int = row.get("session_epoch", 0)
        self.is_authenticated = True

    def get_id(self) -> str:
        return f"{self.id}:{self.epoch}"


def need(right: str) -> Callable[[View], View]:
    """Only those with this right may pass; a page sends strangers to the log-in, the API says 401."""

    def guarded(view: View) -> View:
        @wraps(view)
        def asked(*args: Any, **kwargs: Any) -> ResponseReturnValue:
            if not current_user.is_authenticated:
                if wants_json():
                    fix = gettext("Open /login, or send a bearer token")
                    return refusal(401, "unauthorised", gettext("Log in first"), fix)
                return redirect(url_for("login.login", next=request.full_path.rstrip("?")))
            if not access.may(current_user.role, right):
                return refused(403, "forbidden", gettext("Your role may not do this"), gettext("Ask your supervisor"))
            return view(*args, **kwargs)

        return asked

    return guarded


def wants_json() -> bool:
    return request.path.startswith("/api/") or request.accept_mimetypes.best == "application/json"


def refusal(status: int, code: str, message: str, fix: str, **more: Any) -> ResponseReturnValue:
    return jsonify({"error": code, "message": message, "fix": fix, **more}), status


def refused(status: int, code: str, message: str, fix: str) -> ResponseReturnValue:
    if wants_json():
        return refusal(status, code, message, fix)
    return render_template("error.html", status=status, message=message, fix=fix), status


def stand_guard(app: Flask, users: Users, call_row: Callable[[Row], Row]) -> None:
    """Log-in by cookie or token, CSRF for cookies, and every exception said as ``{error, message, fix}``."""
    logins = LoginManager(app)
    csrf.init_app(app)

    @logins.user_loader  # type: ignore[untyped-decorator]
    def by_cookie(known: str) -> Visitor | None:
        user_id, _, epoch = known.partition(":")
        row = users.by_id(int(user_id)) if user_id.isdigit() else None
        return Visitor(row) if row and row["active"] and str(row["session_epoch"]) == epoch else None

    @logins.request_loader  # type: ignore[untyped-decorator]
    def by_token(_request: Any) -> Visitor | None:
        kind, _, token = request.headers.get("Authorization", "").partition(" ")
        if kind.lower() != "bearer" or not token:
            return None
        row = users.token(hashlib.sha256(token.strip().encode()).hexdigest())
        return Visitor(row, token=True) if row else None

    @app.before_request
    def check_text() -> None:
        """NUL is in no name and no number of ours, and PostgreSQL takes no text that holds it."""
        if "\x00" in request.path:
            abort(404)
        for name, value in (*request.args.items(multi=True), *request.form.items(multi=True)):
            if "\x00" in name + value:
                raise BadCommand(name.replace("\x00", "")[:80], "A character that is no text", "Type it again")

    @app.before_request
    def check_csrf() -> None:
        # A token is no cookie: no browser sends it by itself, so there is nothing to forge. Nor can a stranger be made
        # to do anything with the API; the guard of the route will tell them to log in.
        # The pages of people outside (/r/, /report/) use no cookie either: their address is the secret.
        without_cookie = request.path.startswith("/api/") and "_user_id" not in session
        without_cookie = without_cookie or request.path.startswith(("/r/", "/report/"))
        if request.method not in ("GET", "HEAD", "OPTIONS") and not without_cookie:
            csrf.protect()

    _say_refusals(app, call_row, logins)


def _say_refusals(app: Flask, call_row: Callable[[Row], Row], logins: LoginManager) -> None:
    @app.errorhandler(NotNow)
    def not_now(error: NotNow) -> ResponseReturnValue:
        values = in_words(error.values)
        missing = values.pop("missing", None)
        call, visit = values.pop("call", None), values.pop("visit", None)
        message, fix = gettext(str(error)).format(**values), gettext(error.fix).format(**values)
        more = {"call": call_row(call)} if call else {}
        if visit:  # a carer may be told that it is somebody else's now, and nothing else about it
            more = {"visit": {"id": visit["id"], "stage": visit["stage"]}}
        if missing:
            more["missing"] = missing
        return refusal(409, error.code, message, fix, **more)

    @app.errorhandler(BadCommand)
    def bad_command(error: BadCommand) -> ResponseReturnValue:
        return refusal(422, "bad_form", gettext(error.message), gettext(error.fix), field=error.field)

    @app.errorhandler(NotThere)
    def nowhere(error: NotThere) -> ResponseReturnValue:
        return refused(404, "not_found", str(error), gettext("Check the number"))

    @app.errorhandler(StoreUnavailable)
    def store_away(error: StoreUnavailable) -> ResponseReturnValue:
        log.error("store unavailable", path=request.path, error=str(error)[:200])
        logins._update_request_context_with_user()  # the page that says so must not look for its reader again
        message = gettext("The database cannot be reached; nothing was changed")
        return refused(503, "store_unavailable", message, gettext("Go on by telephone and try again in a moment"))

    @app.errorhandler(CSRFError)
    def forged(error: CSRFError) -> ResponseReturnValue:
        return refused(400, "csrf", gettext("This page has expired"), gettext("Load the page again; nothing was sent"))

    @app.errorhandler(HTTPException)
    def http(error: HTTPException) -> ResponseReturnValue:
        status = error.code or 500
        if status < 400:  # a redirect
            return error.get_response()
        message, fix = REFUSALS.get(status, (error.name, REFUSALS[400][1]))
        code = error.name.lower().replace(" ", "_")
        answer = current_app.make_response(refused(status, code, str(message), str(fix)))
        if isinstance(error, MethodNotAllowed):
            answer.headers["Allow"] = ", ".join(sorted(error.valid_methods or ()))
        return answer

    @app.errorhandler(Exception)
    def broken(error: Exception) -> ResponseReturnValue:
        log.error("unhandled", path=request.path, exc_info=error)
        message = gettext("Something broke on our side; it has been logged")
        return refused(500, "internal", message, gettext("Try again; if it stays, tell your supervisor"))
