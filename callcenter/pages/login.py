"""In and out, the language, and where each role starts."""

from collections.abc import Callable, Sequence
from urllib.parse import urlsplit

import structlog
from flask import Blueprint, flash, redirect, render_template, request, session
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_limiter import Limiter
from flask_login import current_user, login_user, logout_user

from callcenter.accounts import Accounts
from callcenter.pages.guard import Visitor
from callcenter.rules import access
from callcenter.rules.events import Row

LANGUAGES = ("zh_CN", "en")
LOOKS = ("day", "night")  # whoever chose none has what their system asks for
A_YEAR = 365 * 86400
log = structlog.get_logger("web")


def login(accounts: Accounts, limiter: Limiter, owned: Callable[[int], Sequence[Row]] = lambda _user: ()) -> Blueprint:
    """``owned`` says which open cases a person answers for: nobody leaves them behind without being asked."""
    pages = Blueprint("login", __name__)

    @pages.get("/")
    def home() -> ResponseReturnValue:
        if not current_user.is_authenticated:
            return redirect("/login")
        return redirect(access.START.get(current_user.role, "/console"))

    @pages.route("/login", methods=["GET", "POST"], endpoint="login")
    @limiter.limit("10 per minute; 60 per hour", methods=["POST"], deduct_when=lambda answer: answer.status_code == 401)
    def log_in() -> ResponseReturnValue:
        if request.method == "GET":
            return render_template("login.html")
        login, password = request.form.get("login", ""), request.form.get("password", "")
        user = accounts.check(login, password)
        if user is None:
            # A name that is nobody's may be a password typed into the wrong field.
            log.warning("log-in refused", login=login if accounts.knows(login) else "?", peer=request.remote_addr)
            flash(gettext("Log-in name or password is wrong"), "error")
            return render_template("login.html"), 401
        session.clear()
        login_user(Visitor(user))
        session["lang"] = request.cookies.get("lang") or user["language"]
        return redirect(_ours(request.form.get("next", "")) or access.START.get(user["role"], "/console"))

    @pages.post("/logout")
    def log_out() -> ResponseReturnValue:
        may_own = current_user.is_authenticated and access.may(current_user.role, access.HANDLE)
        if may_own and not request.form.get("anyway") and owned(current_user.id):
            return redirect("/leaving")
        logout_user()
        session.clear()
        return redirect("/login")

    @pages.post("/language")
    def language() -> ResponseReturnValue:
        chosen = request.form.get("lang")
        if chosen in LANGUAGES:
            session["lang"] = chosen
        return redirect(_ours(request.form.get("next", "")) or "/")

    @pages.post("/look")
    def look() -> ResponseReturnValue:
        """Day or night: kept in this browser for each person, because a desk has several in a day."""
        answer = redirect(_ours(request.form.get("next", "")) or "/")
        if (chosen := request.form.get("look")) in LOOKS:
            answer.set_cookie(_look_of(), str(chosen), A_YEAR, httponly=True, samesite="Lax", secure=request.is_secure)
        return answer

    @pages.app_context_processor
    def looking() -> dict[str, str]:
        chosen = request.cookies.get(_look_of(), "") if request else ""
        return {"look": chosen if chosen in LOOKS else ""}

    return pages


def _look_of() -> str:
    return f"look-{current_user.id}" if current_user.is_authenticated else "look"


def _ours(address: str) -> str:
    """Only a path of this site may follow a log-in."""
    parts = urlsplit(address)
    plain = address.startswith("/") and not address.startswith(("//", "/\\")) and not parts.netloc and not parts.scheme
    return address if plain and "\\" not in address else ""
