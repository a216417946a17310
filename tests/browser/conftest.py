"""A carer's phone for every test that wants one: Chromium at 360×640 on a fake centre that can be stopped."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Page

from tests.browser import fixtures
from tests.browser.phone_page import Centre, true_on

browser, screens, more, running = fixtures.browser, fixtures.screens, fixtures.more, fixtures.running

WATCH_POLICY = """
    window.complaints = []
    addEventListener('securitypolicyviolation', (event) => complaints.push(event.violatedDirective))
"""


@pytest.fixture(scope="module")
def one_centre(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Centre]:
    running = Centre(tmp_path_factory.mktemp("phone") / "state.json")
    yield running
    running.stop()


@pytest.fixture
def centre(one_centre: Centre) -> Centre:
    one_centre.state.unlink(missing_ok=True)
    if one_centre.process is None:
        one_centre.start()
    one_centre.control()
    return one_centre


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    phone = browser.new_context(
        viewport={"width": 360, "height": 640},
        has_touch=True,
        is_mobile=True,
        device_scale_factor=2,
        timezone_id="Asia/Shanghai",
    )
    yield phone
    phone.close()


@pytest.fixture
def page(context: BrowserContext, centre: Centre) -> Page:
    context.add_init_script(WATCH_POLICY)
    page = context.new_page()
    page.goto(f"{centre.url}/phone")
    true_on(page, "() => !!navigator.serviceWorker.controller")
    return page
