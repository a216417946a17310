"""A browser for the tests of a file, and the windows of one story; each file says itself what ``running`` is."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests.browser.centre import Centre
from tests.browser.chromium import Windows, chromium, windows


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as browser:
        yield browser


@pytest.fixture
def screens(browser: Browser, running: Centre, tmp_path: Path) -> Iterator[Windows]:
    with windows(browser, running.house.address, tmp_path) as made:
        yield made
