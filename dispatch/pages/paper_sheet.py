"""A sheet of the paper pack as HTML, in Chinese whoever asks: the same for a browser, a printer and a stick."""

from collections.abc import Callable
from functools import cache
from pathlib import Path

from babel.support import Translations
from jinja2 import Environment, FileSystemLoader

from dispatch.paper import BLANK, CODES, Render, Sheet

ROOT = Path(__file__).resolve().parents[2]
BREATH = 500  # pieces of a page, a few milliseconds
LINK = '<link rel="stylesheet" href="/static/css/sheet.css">'  # what a file on a stick carries itself
CHINESE = "zh_Hans_CN"
LANGUAGES = {"qinghai": "说青海话", "bo": "说安多藏语", "mjg": "说土族语", "slr": "说撒拉语"}  # Mandarin needs no word


@cache
def _environment() -> Environment:
    made = Environment(
        loader=FileSystemLoader(ROOT / "templates"), autoescape=True, extensions=["jinja2.ext.i18n"], trim_blocks=True
    )
    words = Translations.load(str(ROOT / "templates" / "translations"), [CHINESE])
    made.install_gettext_translations(words, newstyle=True)  # type: ignore[attr-defined]
    return made


def renderer(breathe: Callable[[], None] = lambda: None) -> Render:
    """``breathe`` is called often: 900 homes take most of a second, and a web process has consoles to tell."""
    style = (ROOT / "static" / "css" / "sheet.css").read_text("utf-8")

    def render(sheet: Sheet, alone: bool) -> str:
        page = _environment().get_template("paper/sheet.html")
        said = {"sheet": sheet, "c": sheet.content, "LANGUAGES": LANGUAGES}
        pieces = []
        for number, piece in enumerate(page.generate(**said, BLANK=BLANK, CODES=CODES)):
            pieces.append(piece)
            if number % BREATH == 0:
                breathe()
        text = "".join(pieces)
        return text.replace(LINK, f"<style>{style}</style>", 1) if alone else text

    return render
