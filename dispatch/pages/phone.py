"""The carer's phone page: an empty shell the phone may keep, the manifest, and the service worker that keeps it.

The shell holds no person's data, no session and no form token; the jobs come from ``/api/v1/phone/jobs`` (see
``sending.py``). It is plain script without a library, a module or a build, for the browsers inside older phones.
"""

import re
from collections.abc import Callable
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any

from flask import Blueprint, Response, current_app, jsonify, render_template, url_for
from flask_babel import get_locale, gettext

from dispatch.settings import PhonePage

Need = Callable[[str], Callable[[Callable[..., Any]], Callable[..., Any]]]

IN_ORDER = (
    "words",
    "keep",
    "bell",
    "line",
    "photos",
    "pieces",
    "maps",
    "safety",
    "plan",
    "rollcall",
    "screens",
    "page",
    "push",
)
SCRIPTS = tuple(f"js/phone/{name}.js" for name in IN_ORDER)
STYLES = ("css/phone.css",)
ICONS = (192, 512)
WORKER = "js/phone/sw.js"
WORD = re.compile(r"\bt\('((?:[^'\\]|\\.)*)'")  # t('…') in a script


def phone(need: Need, settings: PhonePage) -> Blueprint:
    """``need(right)`` is the guard of ``callcenter/pages/guard.py``."""
    page = Blueprint("phone", __name__, url_prefix="/phone")

    @page.get("")
    @need("phone")
    def index() -> Response:
        response = current_app.make_response(
            render_template(
                "phone/index.html",
                language=str(get_locale()).replace("_", "-"),
                scripts=[_versioned(name) for name in SCRIPTS],
                styles=[_versioned(name) for name in STYLES],
                settings=settings,
                words={word: gettext(word) for word in _words(_static())},
            )
        )
        response.headers["Cache-Control"] = "no-cache"
        return response

    # The manifest and the worker hold nothing secret, and a phone fetches them without its cookie.
    @page.get("/manifest.webmanifest")
    def manifest() -> Response:
        response = jsonify(
            name=gettext("Anxin"),
            short_name=gettext("Anxin"),
            start_url="/phone",
            scope="/phone",
            display="standalone",
            background_color="#ffffff",
            theme_color="#1a1f24",
            icons=[{"src": url_for("static", filename="icon.svg"), "sizes": "any", "type": "image/svg+xml"}, *_icons()],
        )
        response.mimetype = "application/manifest+json"
        return response

    @page.get("/sw.js")
    def worker() -> Response:
        shell = [_versioned(name) for name in SCRIPTS + STYLES]
        to_json = current_app.json.dumps
        head = f"const VERSION = {to_json(_version(_static()))}\nconst SHELL = {to_json(shell)}\n"
        text = head + (_static() / WORKER).read_text("utf-8")
        return Response(
            text, mimetype="text/javascript", headers={"Cache-Control": "no-cache", "Service-Worker-Allowed": "/phone"}
        )

    return page


def _icons() -> list[dict[str, str]]:
    """The sizes a home screen asks for; ``maskable``: nothing that matters is in the corners it may cut off."""
    return [
        {"src": url_for("static", filename=f"icon-{size}.png"), "sizes": f"{size}x{size}", "type": "image/png",
         "purpose": "any maskable"}
        for size in ICONS
    ]  # fmt: skip


def _static() -> Path:
    return Path(current_app.static_folder or "static")


def _versioned(name: str) -> str:
    """The version in the address keeps an old cached script from meeting a new page."""
    return url_for("static", filename=name, v=_version(_static()))


@cache
def _version(static: Path) -> str:
    files = [static / name for name in (*SCRIPTS, *STYLES, WORKER)]
    return sha256(b"".join(file.read_bytes() for file in files)).hexdigest()[:12]


@cache
def _words(static: Path) -> tuple[str, ...]:
    """Every msgid the scripts ask for, read out of the scripts, so that no list can fall behind."""
    found = (WORD.findall((static / name).read_text("utf-8")) for name in SCRIPTS)
    return tuple(dict.fromkeys(word.replace("\\'", "'") for words in found for word in words))
