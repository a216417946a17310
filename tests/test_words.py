"""Every word a person may read is there in Chinese, and the compiled words are those of the list."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest
from babel.messages.mofile import read_mo
from babel.messages.pofile import read_po

from callcenter.pages.scripts import js_msgids

ROOT = Path(__file__).resolve().parents[1]
WORDS = ROOT / "templates" / "translations"
CHINESE = WORDS / "zh_Hans_CN" / "LC_MESSAGES"  # Babel's name for zh_CN
REFUSALS = {"NotNow": slice(1, 3), "BadCommand": slice(1, 3)}  # whose texts are translated where they are shown


@pytest.fixture(scope="module")
def chinese() -> dict[str, str]:
    with (CHINESE / "messages.po").open("rb") as file:
        return {str(m.id): str(m.string) for m in read_po(file) if m.id}


def test_no_text_of_pages_templates_or_scripts_is_missing(chinese: dict[str, str], tmp_path: Path) -> None:
    found = tmp_path / "found.pot"
    subprocess.run(
        [sys.executable, "-m", "babel.messages.frontend", "-q", "extract", "-F", str(WORDS / "babel.cfg"),
         "-k", "lazy_gettext", "-k", "_", "-k", "t", "-o", str(found), "."], cwd=ROOT, check=True, timeout=60,
    )  # fmt: skip
    with found.open("rb") as file:
        said = {str(m.id) for m in read_po(file) if m.id}
    said |= {text for folder in ("console", "phone", "supervisor") for text in js_msgids(ROOT / "static/js" / folder)}
    assert len(said) > 500
    assert not sorted(said - {text for text, words in chinese.items() if words})


def test_no_refusal_is_missing(chinese: dict[str, str]) -> None:
    said = {
        text for path in (*ROOT.glob("callcenter/**/*.py"), *ROOT.glob("dispatch/**/*.py")) for text in refusals(path)
    }
    assert len(said) > 20
    assert not sorted(said - set(chinese))


def refusals(path: Path) -> list[str]:
    """The plain texts given to the exceptions that people read."""
    calls = (n for n in ast.walk(ast.parse(path.read_text("utf-8"))) if isinstance(n, ast.Call))
    named = ((c, REFUSALS.get(c.func.id)) for c in calls if isinstance(c.func, ast.Name))
    return [str(a.value) for c, part in named if part for a in c.args[part] if isinstance(a, ast.Constant)]


def test_the_compiled_words_are_those_of_the_list(chinese: dict[str, str]) -> None:
    with (CHINESE / "messages.mo").open("rb") as file:
        compiled = {str(m.id): str(m.string) for m in read_mo(file) if m.id}
    assert compiled == {text: words for text, words in chinese.items() if words}
