"""The operators' console: one page, filled by its script from the snapshot and kept fresh by the log."""

import hashlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import structlog
from flask import Blueprint, Response, render_template, request, url_for
from flask_babel import get_locale
from werkzeug.exceptions import NotFound

from callcenter.pages.assets import import_map, only
from callcenter.pages.booking_words import lists as booking_lists
from callcenter.pages.front_words import lists as front_lists
from callcenter.pages.joined import FIRST, START, NotJoinable, join
from callcenter.pages.mass_words import lists as mass_lists
from callcenter.pages.packed import Packed, packed
from callcenter.pages.round_words import lists as round_lists
from callcenter.pages.script_words import lists as script_lists
from callcenter.pages.scripts import js_words
from callcenter.pages.seat_words import lists as seat_lists
from callcenter.pages.talk_words import lists as talk_lists
from callcenter.pages.watch_words import lists as watch_lists
from callcenter.pages.words import lists

SPECIFIERS = ("preact", "preact/hooks", "htm", "socket.io-client")
View = Callable[..., Any]
log = structlog.get_logger("web")


class Scripts:
    """The joined scripts as they are now; ``version`` is in their address, so that a browser keeps them for ever."""

    def __init__(self, folder: Path):
        self.folder = folder
        self.version, self.files = "", dict[str, Packed]()
        self._changed: tuple[int, int] = (0, 0)

    def look(self) -> str:
        """The version to ask for, empty when they cannot be joined and the page must take them one by one."""
        stamps = [path.stat().st_mtime_ns for path in self.folder.glob("*.js")]
        if (max(stamps), len(stamps)) != self._changed:
            self._changed = max(stamps), len(stamps)
            try:
                texts = join(self.folder)
            except NotJoinable as error:
                log.error("the console's scripts are served one by one", why=str(error))
                texts = {}
            self.files = {name: packed(text.encode(), "text/javascript") for name, text in texts.items()}
            self.version = hashlib.sha256("".join(texts.values()).encode()).hexdigest()[:16] if texts else ""
        return self.version


def console(need: Callable[[str], Callable[[View], View]], static: Path) -> Blueprint:
    """``need(right)`` guards the page; ``static`` is the folder the scripts are served from."""
    page = Blueprint("console", __name__)
    imports = only(import_map(static), *SPECIFIERS)
    scripts = Scripts(static / "js" / "console")

    @page.get("/console")
    @need("console")
    def index() -> str:
        boot = {
            "locale": str(get_locale()),
            "words": js_words(scripts.folder),
            "lists": lists()
            | watch_lists()
            | booking_lists()
            | mass_lists()
            | seat_lists()
            | script_lists()
            | front_lists()
            | talk_lists()
            | round_lists(),
        }
        version = scripts.look() if request.args.get("scripts") != "plain" else ""
        start = (
            url_for("console.script", version=version, name=FIRST)
            if version
            else url_for("static", filename=f"js/console/{START}")
        )
        return render_template("console/index.html", boot=boot, imports=imports, start=start)

    @page.get("/static/console/<version>/<name>")
    def script(version: str, name: str) -> Response:
        if version != scripts.look() or name not in scripts.files:
            raise NotFound
        return scripts.files[name].answer(lasting=True)

    return page
