"""The centre's Chinese as the screens say it, read from the catalogue; a text without Chinese fails the test."""

import gettext
from functools import cache
from pathlib import Path

TRANSLATIONS = Path(__file__).resolve().parents[2] / "templates" / "translations"


@cache
def catalogue() -> gettext.GNUTranslations:
    (compiled,) = TRANSLATIONS.glob("zh_*/LC_MESSAGES/messages.mo")
    with compiled.open("rb") as file:
        return gettext.GNUTranslations(file)


def say(msgid: str, **values: object) -> str:
    """``say("{name} accepted", name="王丽")``; takes the marks of the scripts and of the templates alike."""
    text = catalogue().gettext(msgid)
    assert text != msgid, f"there is no Chinese for {msgid!r}"
    for name, value in values.items():
        for mark in (f"{{{name}}}", f"%({name})s", f"%({name})d"):
            text = text.replace(mark, str(value))
    return text
