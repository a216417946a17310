"""For the tests of a file a browser and a running centre or site; for each story windows of its own."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from callcenter.rules.times import stamp
from tests.browser.centre import Centre, centre
from tests.browser.chromium import Windows, chromium, windows
from tests.browser.lived_in import lived_site
from tests.browser.serving import served
from tests.callcenter.whole_site import WholeSite


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


@pytest.fixture(scope="module")
def site(sqlite_district: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[WholeSite]:
    """The pages without the other processes, for a file that asks for it: quicker, and each state can be made."""
    with lived_site(tmp_path_factory.mktemp("site"), sqlite_district, lambda: datetime.now(UTC)) as made:
        yield made


@pytest.fixture
def screens_of_site(browser: Browser, site: WholeSite, tmp_path: Path) -> Iterator[Windows]:
    """Its windows; the processes it does not have are heard of all the same."""
    for name in ("dispatcher", "gateway", "line:panels-tcp"):
        site.house.cases.show_life(name, stamp(datetime.now(UTC) + timedelta(hours=1)))
    with served(site.app) as address, windows(browser, address, tmp_path) as made:
        yield made
