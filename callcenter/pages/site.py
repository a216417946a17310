"""The Flask application: security headers, languages, sessions and the guard; blueprints are handed in."""

import mimetypes
import secrets
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any

from flask import Blueprint, Flask, Response, g, request, session
from flask.sessions import SecureCookieSessionInterface, SessionMixin
from flask_babel import Babel, get_locale
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address
from werkzeug.middleware.proxy_fix import ProxyFix

from callcenter.pages.guard import stand_guard
from callcenter.pages.packed import Shelf
from callcenter.rules import access
from callcenter.rules.events import Row
from callcenter.settings import Centre
from callcenter.store.users import Users

ROOT = Path(__file__).resolve().parents[2]
LARGEST_BODY = 21 * 1024 * 1024  # a workbook of 20 MB and its form
mimetypes.add_type("text/javascript", ".mjs")
mimetypes.add_type("text/javascript", ".js")


def site(
    secret_key: bytes, public_url: str, centre: Centre, users: Users, call_row: Callable[[Row], Row],
    tiles: Mapping[str, str] = MappingProxyType({}),
) -> tuple[Flask, Limiter]:  # fmt: skip
    """An application with everything but its pages, and the limiter its log-in uses.

    ``tiles``: what the policy of the console's page, and of no other, also lets through for a map, by directive.
    """
    app = Flask("anxin", template_folder=str(ROOT / "templates"), static_folder=str(ROOT / "static"))
    app.view_functions["static"] = Shelf(ROOT / "static", app.send_static_file).send
    app.config.update(
        SECRET_KEY=secret_key,
        MAX_CONTENT_LENGTH=LARGEST_BODY,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=public_url.startswith("https:"),
        PERMANENT_SESSION_LIFETIME=13 * 3600,  # one shift and its hand-over
        WTF_CSRF_CHECK_DEFAULT=False,  # the guard checks, so that tokens can do without
        WTF_CSRF_TIME_LIMIT=None,  # a console stays open for twelve hours
        WTF_CSRF_SSL_STRICT=False,
        BABEL_DEFAULT_TIMEZONE=centre.zone,
        BABEL_TRANSLATION_DIRECTORIES=str(ROOT / "templates" / "translations"),
        RATELIMIT_HEADERS_ENABLED=True,
        RATELIMIT_STORAGE_URI="memory://",
        SEND_FILE_MAX_AGE_DEFAULT=0,
    )
    app.session_interface = Sessions()
    app.json.ensure_ascii = False  # type: ignore[attr-defined]
    app.json.sort_keys = False  # type: ignore[attr-defined]
    if public_url:
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=1, x_proto=1, x_host=1)  # type: ignore[method-assign]
    # Babel reads zh_CN as zh_Hans_CN, and looks for the words in a folder of that name.
    Babel(app, default_locale="zh_CN", locale_selector=lambda: session.get("lang", "zh_CN") if request else "zh_CN")
    limiter = Limiter(get_remote_address, app=app)
    stand_guard(app, users, call_row)
    _headers(app, tiles)
    app.jinja_env.globals.update(
        may=access.may, get_locale=get_locale, csp_nonce=_nonce, training=centre.training,
        centre_zone=centre.zone,
    )  # fmt: skip
    return app, limiter


class Sessions(SecureCookieSessionInterface):
    """What lies under ``/static/`` is the same for everybody: no cookie is renewed with it, so that it can be kept."""

    def save_session(self, app: Flask, session: SessionMixin, response: Response) -> None:
        if not request.path.startswith("/static/"):
            super().save_session(app, session, response)


def furnish(app: Flask, blueprints: Iterable[Blueprint]) -> None:
    for blueprint in blueprints:
        app.register_blueprint(blueprint)


def _nonce() -> str:
    if "csp_nonce" not in g:
        g.csp_nonce = secrets.token_urlsafe(16)
    return str(g.csp_nonce)


def _headers(app: Flask, tiles: Mapping[str, str]) -> None:
    @app.after_request
    def secure(response: Response) -> Any:
        more = {name: f" {source}" for name, source in tiles.items() if request.path == "/console"}
        policy = (
            f"default-src 'self'; script-src 'self' 'nonce-{_nonce()}'; style-src 'self'; "
            f"img-src 'self' data:{more.get('img-src', '')}; connect-src 'self' ws: wss:; "
            "object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
        )
        response.headers.setdefault("Content-Security-Policy", policy)
        response.headers.setdefault("X-Content-Type-Options", "nosniff")
        response.headers.setdefault("Referrer-Policy", "same-origin")
        response.headers.setdefault("Permissions-Policy", "camera=(), microphone=(), geolocation=(self)")
        if not request.path.startswith("/static/"):  # what lies there says itself how long it may be kept
            response.headers.setdefault("Cache-Control", "no-store")  # pages hold personal data
        return response
