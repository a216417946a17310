"""Chinese stands in the word list. In code it stands only where it is data, or goes out in the centre's language."""

import ast
import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
CHINESE = re.compile(r"[\u3400-\u9fff]")
MEANT = {
    **dict.fromkeys(("callcenter/demo/", "callcenter/opening.py", "devices/simulator/staff.py"), "a pretence"),
    **dict.fromkeys(("callcenter/rules/register.py", "callcenter/exchange.py", "callcenter/reading.py",
                     "callcenter/rules/cells.py", "callcenter/rules/people.py", "callcenter/rules/flat.py",
                     "dispatch/roster_sheet.py", "dispatch/rules/shift_letters.py"), "workbooks"),
    **dict.fromkeys(("callcenter/rules/asked_for.py", "callcenter/rules/pinyin.py", "callcenter/store/search.py",
                     "callcenter/rules/rollcall.py", "callcenter/pages/promises.py", "dispatch/choosing.py",
                     "dispatch/rules/workdays.py", "static/js/console/district_model.js", "templates/people/edit.html"),
                    "how to read what people typed"),
    **dict.fromkeys(("callcenter/rules/default_scripts.py", "callcenter/rules/scripts.py",
                     "callcenter/pages/script_pages.py"), "each line beside its English"),
    "dispatch/pages/roster_words.py": "names of the library of holidays, each beside its English",
    "callcenter/rules/round_plans.py": "what is said to residents",
    **dict.fromkeys(("callcenter/rounding.py", "callcenter/ringing.py", "callcenter/seats.py", "callcenter/tasks.py",
                     "dispatch/reported.py"), "written into a case by the centre itself"),
    **dict.fromkeys(("dispatch/announcing.py", "dispatch/channels/", "dispatch/on_scene.py", "dispatch/pages/trying.py",
                     "dispatch/rules/notices.py", "dispatch/rules/neighbourhood.py", "dispatch/settings.py",
                     "dispatch/telling.py", "static/js/phone/sw.js"), "messages: they reach telephones, not readers"),
    "dispatch/pages/paper_sheet.py": "the paper pack, one for everybody",
    "dispatch/rules/maps.py": "for a Chinese map application",
    **dict.fromkeys(("callcenter/settings.py", "app.py"), "the name of the centre, of the product"),
}  # fmt: skip
COMMENT = {".js": re.compile(r"(?m)^\s*//.*$|\s//\s.*$|/\*[\s\S]*?\*/"), ".html": re.compile(r"\{#[\s\S]*?#\}")}
MARKED = re.compile(r"<(\w+)[^>]*\slang=\"zh-CN\"[^>]*>.*?</\1>")  # says itself that it is Chinese


def in_python(path: Path) -> list[str]:
    """Its texts with Chinese in them, without what documents the code."""
    tree = ast.parse(path.read_text("utf-8"))
    documents = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    texts = (node for node in ast.walk(tree) if isinstance(node, ast.Constant) and isinstance(node.value, str))
    return [str(node.value) for node in texts if id(node) not in documents and CHINESE.search(str(node.value))]


def in_page(path: Path) -> list[str]:
    plain = MARKED.sub("", COMMENT[path.suffix].sub("", path.read_text("utf-8")))
    return [line.strip() for line in plain.splitlines() if CHINESE.search(line)]


def test_no_chinese_stands_in_code_but_where_it_is_meant() -> None:
    found = {}
    for folder in ("callcenter", "dispatch", "devices"):
        found |= {path: in_python(path) for path in (ROOT / folder).rglob("*.py") if "migrations" not in path.parts}
    found[ROOT / "app.py"] = in_python(ROOT / "app.py")
    for folder, ending in (("static/js", "*.js"), ("templates", "*.html")):
        found |= {path: in_page(path) for path in (ROOT / folder).rglob(ending)}
    there = {str(path.relative_to(ROOT)): texts for path, texts in found.items() if texts}
    more = {name: texts[:3] for name, texts in there.items() if not any(name.startswith(one) for one in MEANT)}
    assert not more, "say it in English through gettext or t('…'), or write down here why it is Chinese"
    gone = [one for one in MEANT if not any(name.startswith(one) for name in there)]
    assert not gone, "these have no Chinese any more"
