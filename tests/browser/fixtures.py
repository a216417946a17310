"""For the tests of a file a browser and a running centre; for each story windows of its own."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests.browser.centre import Centre, centre
from tests.browser.chromium import Windows, chromium, windows


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as browser:
        yield browser


@pytest.fixture(scope="module")
def more() -> str:
    """What else the centre's config.toml says; a file whose centre is another says it with a ``more`` of its own."""
    return ""


@pytest.fixture(scope="module")
def running(browser: Browser, more: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Centre]:
    """One centre for a file's stories; a file that needs more people, or fewer processes, builds upon this one."""
    with centre(tmp_path_factory.mktemp("centre"), "gateway", "dispatcher", "web", more=more) as made:
        yield made


@pytest.fixture
def screens(browser: Browser, running: Centre, tmp_path: Path) -> Iterator[Windows]:
    with windows(browser, running.house.address, tmp_path) as made:
        yield made
