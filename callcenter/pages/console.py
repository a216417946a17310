"""The operators' console: one page, filled by its script from the snapshot and kept fresh by the log."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from flask import Blueprint, render_template
from flask_babel import get_locale

from callcenter.pages.assets import import_map, only
from callcenter.pages.booking_words import lists as booking_lists
from callcenter.pages.round_words import lists as round_lists
from callcenter.pages.watch_words import lists as watch_lists
from callcenter.pages.words import js_words, lists

SPECIFIERS = ("preact", "preact/hooks", "htm", "socket.io-client")
View = Callable[..., Any]


def console(need: Callable[[str], Callable[[View], View]], static: Path) -> Blueprint:
    """``need(right)`` guards the page; ``static`` is the folder the scripts are served from."""
    page = Blueprint("console", __name__)
    imports = only(import_map(static), *SPECIFIERS)
    scripts = static / "js" / "console"

    @page.get("/console")
    @need("console")
    def index() -> str:
        boot = {
            "locale": str(get_locale()),
            "words": js_words(scripts),
            "lists": lists() | watch_lists() | booking_lists() | round_lists(),
        }
        return render_template("console/index.html", boot=boot, imports=imports)

    return page
