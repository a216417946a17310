"""Gather every text a person may read into the Chinese word list, keep what is translated, say what is missing.

Run it with `make words` after adding a text: fill the empty `msgstr` in the list it names, and run it again.
"""

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_dir
from babel.messages.frontend import parse_mapping_cfg
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))
from callcenter.pages.scripts import js_msgids  # noqa: E402  (run as a script, the house is not on the path yet)

FOLDER = ROOT / "templates" / "translations"
LIST = FOLDER / "zh_Hans_CN" / "LC_MESSAGES" / "messages.po"  # Babel's name for zh_CN
KEYWORDS = {**DEFAULT_KEYWORDS, "lazy_gettext": None, "t": None}
# Texts that are put into the reader's words only where they are shown: refusals and the faults of an import.
SHOWN_LATER = {"NotNow": (1, 2), "BadCommand": (1, 2), "Unreadable": (0, 1)}

RETURNED = {"Refusal", "tuple[str, str, str]"}  # what a rule returns in which a refusal stands


def said() -> set[str]:
    """Every text in pages, templates, scripts and refusals."""
    with (FOLDER / "babel.cfg").open(encoding="utf-8") as file:
        methods, options = parse_mapping_cfg(file)
    found = list(extract_from_dir(ROOT, method_map=methods, options_map=options, keywords=KEYWORDS))
    scripts = [("**.js", "javascript")]  # later('…') is a script's; in Python it is a question of times
    found += extract_from_dir(ROOT / "static" / "js", method_map=scripts, keywords={"later": None})
    # Babel's reader of JavaScript loses what is said inside a template within a template; the page itself does not.
    nested = {text for folder in (ROOT / "static" / "js").iterdir() if folder.is_dir() for text in js_msgids(folder)}
    texts = nested | {message if isinstance(message, str) else message[0] for _, _, message, _, _ in found}
    for folder in ("callcenter", "dispatch"):
        for path in (ROOT / folder).rglob("*.py"):
            texts.update(_refusals(path))
    return texts - {""}


def _refusals(path: Path) -> Iterator[str]:
    """The texts of refusals: raised, or returned by a rule as ``(code, message, fix)`` for somebody else to raise."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.FunctionDef) and node.returns and RETURNED & {*ast.unparse(node.returns).split(" | ")}:
            yield from _returned(node)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            for place in SHOWN_LATER.get(node.func.id, ()):
                if place < len(node.args) and isinstance(argument := node.args[place], ast.Constant):
                    yield str(argument.value)


def _returned(rule: ast.FunctionDef) -> Iterator[str]:
    named = {
        node.targets[0].id: node.value
        for node in ast.walk(rule)
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name)
    }
    for node in ast.walk(rule):
        if isinstance(node, ast.Return) and isinstance(node.value, ast.Tuple):
            for text in node.value.elts[1:3]:
                text = named.get(text.id, text) if isinstance(text, ast.Name) else text
                if isinstance(text, ast.Constant):
                    yield str(text.value)


def known() -> dict[str, str]:
    """What is translated already."""
    with LIST.open("rb") as file:
        return {str(m.id): str(m.string or "") for m in read_po(file) if m.id}


def missing() -> list[str]:
    done = known()
    return sorted(text for text in said() if not done.get(text))


def gather() -> list[str]:
    """Bring the list up to date and compile it. Returns what is still without words."""
    words = dict.fromkeys(said(), "") | known()
    catalog = Catalog(locale="zh_Hans_CN", project="Anxin", fuzzy=False)
    for text in sorted(words):
        catalog.add(text, words[text], flags=["python-format"] if "%(" in text else [])
    with LIST.open("wb") as file:
        write_po(file, catalog, width=0, sort_output=True)
    with LIST.with_suffix(".mo").open("wb") as file:
        write_mo(file, catalog)
    return missing()


if __name__ == "__main__":
    for text in gather():
        print(f"no Chinese yet: {text}")
    sys.exit(bool(missing()))
