"""What the house imports is asked for in pyproject.toml, and what is asked for is pinned: no machine lacks a thing."""

import re
import sys
import tomllib
from importlib.metadata import packages_distributions
from pathlib import Path

from tests.floors import STOREYS, House

HOUSE = Path(__file__).resolve().parent.parent
PROJECT = tomllib.loads((HOUSE / "pyproject.toml").read_text(encoding="utf-8"))["project"]


def plain(name: str) -> str:
    """A distribution's name without version, extras and spelling: ``psycopg[binary]>=3.3`` is ``psycopg``."""
    return re.sub(r"[-_.]+", "-", re.split(r"[\[<>=~!; ]", name, maxsplit=1)[0]).lower()


def pinned(lock: str) -> dict[str, str]:
    lines = (HOUSE / lock).read_text(encoding="utf-8")
    return {plain(name): version for name, version in re.findall(r"(?m)^([\w.-]+)==([^ ]+)", lines)}


ASKED = {plain(name) for name in PROJECT["dependencies"]}
ASKED_FOR_TESTS = {plain(name) for name in PROJECT["optional-dependencies"]["dev"]}


def test_every_library_the_house_imports_is_asked_for() -> None:
    comes_from = packages_distributions()
    missing = {
        f"{module.path}:{line}: {top} is in no dependency of pyproject.toml"
        for module in House(HOUSE).modules.values()
        for line, name in module.imports
        if (top := name.split(".")[0]) not in sys.stdlib_module_names and top not in STOREYS
        if not ASKED & {plain(one) for one in comes_from.get(top, [])}
    }
    assert not missing, "\n".join(["", *sorted(missing)])


def test_everything_asked_for_is_pinned() -> None:
    run, test = pinned("requirements.lock"), pinned("requirements-dev.lock")
    assert run.keys() >= ASKED, f"run make lock: {sorted(ASKED - run.keys())}"
    assert test.keys() >= ASKED_FOR_TESTS, f"run make lock: {sorted(ASKED_FOR_TESTS - test.keys())}"


def test_the_tests_run_on_the_versions_that_people_run() -> None:
    run, test = pinned("requirements.lock"), pinned("requirements-dev.lock")
    assert run.items() <= test.items()


def test_every_pin_has_hashes_and_no_lock_names_a_place() -> None:
    for lock in ("requirements.lock", "requirements-dev.lock"):
        text = (HOUSE / lock).read_text(encoding="utf-8")
        pins = re.split(r"(?m)^(?=[\w.-]+==)", text)[1:]
        assert all("--hash=sha256:" in pin for pin in pins)
        assert not re.search(r"https?://|file:|--index-url|--find-links", text)
