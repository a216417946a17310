"""Every claim the README makes about names is true: files, keys of config.toml, commands, links, and its Chinese twin.

What the README has to look like for this test to read it:

* a section whose heading holds "Map of files" with a fenced tree: a line is one entry, its name, two spaces, words;
  a folder ends with ``/``, what is indented below it lies in it, ``{a,b}.py`` stands for two files;
* a section whose heading holds "Configuration" that names every key of config.toml as `` `section.key` ``; in a table
  per priority or line, ``<name>`` stands for any one part: `` `sla.<priority>.answer` ``;
* commands in code: ``python app.py NAME`` and ``make NAME``.
"""

import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

HOUSE = Path(__file__).resolve().parent.parent
READMES = ("README.md", "README.zh-CN.md")

FENCE = re.compile(r"^(```|~~~)")
HEADING = re.compile(r"^(#{1,6}) (.+)$")
APP_COMMAND = re.compile(r"python3?(?:\.11)? app\.py (?:--config[ =]\S+ )?([a-z][a-z-]*)")
MAKE_TARGET = re.compile(r"(?:^|[`$;&(] ?|\bsudo )make ([a-z][a-z_-]*)", re.MULTILINE)
LINK = re.compile(r"""\]\(<?([^)\s>]+)[^)]*\)|(?:src|href)="([^"]+)\"""")


def readme(name: str = "README.md") -> str:
    path = HOUSE / name
    assert path.exists(), f"{name} is not there yet: this test is the list of what it has to say"
    return path.read_text(encoding="utf-8")


def lines_and_fences(text: str) -> Iterator[tuple[str, bool]]:
    """Each line with whether it stands inside a fenced block; the fences themselves are left out."""
    inside = False
    for line in text.splitlines():
        if FENCE.match(line):
            inside = not inside
        else:
            yield line, inside


def headings(text: str) -> list[tuple[int, str]]:
    found = (HEADING.match(line) for line, fenced in lines_and_fences(text) if not fenced)
    return [(len(m[1]), m[2].strip()) for m in found if m]


def section(text: str, title: str) -> str:
    """The text under the heading that holds ``title``, up to the next heading of its level or above."""
    kept: list[str] = []
    level, fenced = 0, False
    for line in text.splitlines():
        fenced ^= bool(FENCE.match(line))
        heading = None if fenced else HEADING.match(line)
        if heading and level and len(heading[1]) <= level:
            break
        if level:
            kept.append(line)
        elif heading and title.lower() in heading[2].lower():
            level = len(heading[1])
    assert level, f'README.md has no section "{title}"'
    return "\n".join(kept)


def expand(name: str) -> list[str]:
    """``a/{b,c}.py`` is ``a/b.py`` and ``a/c.py``."""
    found = re.search(r"\{([^{}]*)\}", name)
    if not found:
        return [name]
    return [
        one
        for part in found[1].split(",")
        for one in expand(name[: found.start()] + part.strip() + name[found.end() :])
    ]


def mapped(text: str) -> set[str]:
    """Every path in the fenced trees of ``text``, folders with their ``/``."""
    paths: set[str] = set()
    above: list[tuple[int, str]] = []
    for line, fenced in lines_and_fences(text):
        entry = re.match(r"^([\s│├└─|]*)(\S.*)$", line)
        if not fenced or not entry:
            continue
        indent = len(entry[1])
        above = [(depth, folder) for depth, folder in above if depth < indent]
        inside = above[-1][1] if above else ""
        names = re.split(r"\s{2,}|\s#", entry[2], maxsplit=1)[0]
        for name in re.split(r"[\s]+(?![^{]*\})", names):
            for one in expand(name):
                paths.add(inside + one)
                if one.endswith("/"):
                    above = [*above, (indent, inside + one)]
    return paths


def present() -> set[str]:
    """Every file that is or could be committed; without git, every file outside hidden and data folders."""
    asked = ["git", "-C", str(HOUSE), "ls-files", "--cached", "--others", "--exclude-standard"]
    try:
        listed = subprocess.run(asked, check=True, capture_output=True, text=True).stdout.splitlines()
    except (OSError, subprocess.CalledProcessError):
        walked = (p.relative_to(HOUSE) for p in HOUSE.rglob("*") if p.is_file())
        return {p.as_posix() for p in walked if not p.parts[0].startswith(".") and p.parts[0] != "data"}
    return {path for path in listed if (HOUSE / path).exists()}


def to_be_named(files: set[str]) -> set[str]:
    """Top-level folders, folders of tests and Python modules. A test's file name is its own sentence; an
    ``__init__.py`` and the steps of the migrations are named by their folder."""
    top = {path.split("/")[0] + "/" for path in files if "/" in path}
    tests = {"/".join(path.split("/")[:2]) + "/" for path in files if re.match(r"tests/[^/]+/.*\.py$", path)}
    modules = {path for path in files if path.endswith(".py") and "/versions/" not in path}
    unnamed = {path for path in modules if re.search(r"(^|/)(__init__|test_\w+)\.py$", path)}
    deep_tests = {path for path in modules if path.startswith("tests/") and path.count("/") > 1}
    return top | tests | modules - unnamed - deep_tests


def code(text: str) -> str:
    """Only what stands in fenced blocks and between backticks, one piece a line."""
    pieces: list[str] = []
    for line, fenced in lines_and_fences(text):
        pieces += [line] if fenced else re.findall(r"`([^`]+)`", line)
    return "\n".join(pieces)


def keys(table: dict[str, object], before: str = "") -> set[str]:
    """``section.key`` of every value; the tables of an array of tables share their keys."""
    found: set[str] = set()
    for name, value in table.items():
        inner = [value] if isinstance(value, dict) else value
        if isinstance(inner, list) and inner and all(isinstance(one, dict) for one in inner):
            found.update(*(keys(one, f"{before}{name}.") for one in inner))
        else:
            found.add(before + name)
    return found


def explained(text: str) -> list[re.Pattern[str]]:
    """The keys a reference names, each as a pattern in which ``<...>`` matches one part."""
    named = re.findall(r"`([A-Za-z_]\w*(?:\.(?:[\w-]+|<[^>]+>))*)`", text)
    return [re.compile("[^.]+".join(re.escape(p) for p in re.split(r"<[^>]+>", one))) for one in named]


def commands_of_app() -> set[str]:
    asked = [sys.executable, str(HOUSE / "app.py"), "--help"]
    shown = subprocess.run(asked, cwd=HOUSE, capture_output=True, text=True, timeout=60, check=False)
    assert shown.returncode == 0, shown.stderr
    listed = shown.stdout.split("Commands:", 1)
    assert len(listed) == 2, f"python app.py --help lists no commands:\n{shown.stdout}"
    return set(re.findall(r"^  ([a-z][a-z-]*)\b", listed[1], re.MULTILINE))


def targets_of_make() -> set[str]:
    return set(re.findall(r"^([a-z][a-z_-]*):", (HOUSE / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))


def missing_links(text: str, root: Path) -> list[str]:
    """Relative links and pictures that lead nowhere."""
    prose = "\n".join(line for line, fenced in lines_and_fences(text) if not fenced)
    leads = {(a or b).split("#")[0] for a, b in LINK.findall(prose)}
    return sorted(one for one in leads if one and not re.match(r"[a-z]+:", one) and not (root / one).exists())


def test_the_map_of_files_names_every_top_folder_and_every_python_module() -> None:
    named = mapped(section(readme(), "Map of files"))
    missing = sorted(to_be_named(present()) - named)
    assert not missing, f"the map of files in README.md does not name: {missing}"


def test_everything_on_the_map_of_files_is_there() -> None:
    gone = sorted(path for path in mapped(section(readme(), "Map of files")) if not (HOUSE / path).exists())
    assert not gone, f"the map of files in README.md names what is not there: {gone}"


def test_every_key_of_config_toml_is_in_the_configuration_reference() -> None:
    patterns = explained(section(readme(), "Configuration"))
    config = keys(tomllib.loads((HOUSE / "config.toml").read_text(encoding="utf-8")))
    missing = sorted(key for key in config if not any(p.fullmatch(key) for p in patterns))
    assert not missing, f"the configuration reference in README.md does not explain: {missing}"


@pytest.mark.parametrize("name", READMES)
def test_every_command_of_app_py_that_a_readme_names_exists(name: str) -> None:
    named = set(APP_COMMAND.findall(code(readme(name))))
    assert named, f"{name} names no command: python app.py ..."
    assert named <= commands_of_app(), f"{name} names commands that are not there: {sorted(named - commands_of_app())}"


def test_every_command_of_app_py_is_named_in_the_readme() -> None:
    missing = sorted(commands_of_app() - set(APP_COMMAND.findall(code(readme()))))
    assert not missing, f"README.md does not name python app.py {missing}"


@pytest.mark.parametrize("name", READMES)
def test_every_make_target_that_a_readme_names_exists(name: str) -> None:
    named = set(MAKE_TARGET.findall(code(readme(name))))
    assert {"run", "test"} <= named, f"{name} does not say make run and make test"
    assert named <= targets_of_make(), f"{name} names targets that are not there: {sorted(named - targets_of_make())}"


def test_the_chinese_readme_has_the_same_headings() -> None:
    english, chinese = ([level for level, _ in headings(readme(name))] for name in READMES)
    assert english == chinese, "README.md and README.zh-CN.md have to have the same headings, level by level"


@pytest.mark.parametrize("name", READMES)
def test_every_relative_link_leads_somewhere(name: str) -> None:
    missing = missing_links(readme(name), HOUSE)
    assert not missing, f"{name} links to what is not there: {missing}"


# From here on: the readers above are shown to see what they should, on made-up texts.

TREE = """# A
## Map of files
```
app.py                 the house
callcenter/            calls
  rules/{a,b}.py       two rules
  store/
    log.py             the log
  desk.py live.py      services
dispatch/pages/        people
├── phone.py # a comment
└── sending.py
```
### A smaller heading still belongs
## Next
`not.this`
"""


def test_the_reader_of_the_map_understands_indents_braces_and_branches() -> None:
    assert mapped(section(TREE, "map of files")) == {
        "app.py", "callcenter/", "callcenter/rules/a.py", "callcenter/rules/b.py", "callcenter/store/",
        "callcenter/store/log.py", "callcenter/desk.py", "callcenter/live.py", "dispatch/pages/",
        "dispatch/pages/phone.py", "dispatch/pages/sending.py",
    }  # fmt: skip


def test_the_map_has_to_name_modules_and_folders_but_no_single_test() -> None:
    files = {
        "app.py", "docs/a.md", "callcenter/__init__.py", "callcenter/desk.py",
        "tests/floors.py", "tests/test_floors.py", "tests/stories/test_one.py", "tests/stories/steps.py",
        "callcenter/store/migrations/versions/0001_first.py",
    }  # fmt: skip
    assert to_be_named(files) == {
        "app.py", "docs/", "callcenter/", "callcenter/desk.py", "tests/", "tests/floors.py", "tests/stories/",
    }  # fmt: skip


def test_a_section_ends_at_the_next_heading_of_its_level() -> None:
    assert "A smaller heading" in section(TREE, "map of files")
    assert "not.this" not in section(TREE, "map of files")
    with pytest.raises(AssertionError, match="no section"):
        section(TREE, "Configuration")


def test_keys_are_found_in_tables_in_tables_of_tables_and_in_arrays_of_tables() -> None:
    config = tomllib.loads(
        'a = 1\n[web]\nport = 1\n[sla.P1]\nanswer = 2\n[[lines]]\nkind = "tcp"\n[[lines]]\nbaud = 9600\n'
    )
    assert keys(config) == {"a", "web.port", "sla.P1.answer", "lines.kind", "lines.baud"}
    patterns = explained("| `web.port` | `sla.<priority>.answer` | `lines.kind` |")
    unexplained = {key for key in keys(config) if not any(p.fullmatch(key) for p in patterns)}
    assert unexplained == {"a", "lines.baud"}


def test_commands_are_read_from_code_and_not_from_prose() -> None:
    text = "make sure: `make test`, `.venv/bin/python app.py --config x add-user`\n```\n$ make run\nmake bench\n```\n"
    assert set(MAKE_TARGET.findall(code(text))) == {"test", "run", "bench"}
    assert APP_COMMAND.findall(code(text)) == ["add-user"]


def test_a_link_that_leads_nowhere_is_seen(tmp_path: Path) -> None:
    (tmp_path / "here.md").touch()
    text = '[a](here.md#part) [b](gone.md "t") ![c](docs/x.png) [d](https://example.org) [e](#f) <img src="y.png">'
    assert missing_links(text, tmp_path) == ["docs/x.png", "gone.md", "y.png"]


def test_headings_inside_code_are_no_headings() -> None:
    assert headings("# A\n```\n# a comment\n```\n## B\n") == [(1, "A"), (2, "B")]
