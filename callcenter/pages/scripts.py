"""What the scripts of a page say, in the reader's language: only the words they use, sent with the page."""

import re
from functools import cache
from pathlib import Path

from flask_babel import gettext

_SAID = re.compile(r"""\b(?:t|later)\(\s*(?:'((?:[^'\\]|\\.)*)'|"((?:[^"\\]|\\.)*)")""")


@cache
def js_msgids(folder: Path) -> frozenset[str]:
    """Every text the scripts in ``folder`` say with ``t('…')``, or keep for later with ``later('…')``."""
    sources = (file.read_text("utf-8") for file in sorted(folder.glob("*.js")))
    return frozenset(single or double for source in sources for single, double in _SAID.findall(source))


def js_words(folder: Path) -> dict[str, str]:
    """``{msgid: text}``; what has no translation is left out and shown as it is written in the script."""
    return {msgid: text for msgid in sorted(js_msgids(folder)) if (text := gettext(msgid)) != msgid}
