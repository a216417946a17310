"""A phone that believes in another time of day: the carer reads the district's, as whoever rings them does."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import Browser, Page, expect

from callcenter.rules.times import stamp
from tests.browser.chromium import picture
from tests.browser.phone_page import Centre, job, stage, true_on

DISTRICT = ZoneInfo("Asia/Shanghai")


@pytest.fixture(params=["Pacific/Honolulu", "Europe/London"])
def abroad(browser: Browser, centre: Centre, request: pytest.FixtureRequest) -> Iterator[Page]:
    phone = browser.new_context(viewport={"width": 360, "height": 640}, timezone_id=request.param, locale="en-US")
    page = phone.new_page()
    page.goto(f"{centre.url}/phone")
    true_on(page, "() => !!navigator.serviceWorker.controller")
    yield page
    phone.close()


def at(then: datetime) -> str:
    return then.astimezone(DISTRICT).strftime("%H:%M")


def test_every_time_on_the_phone_is_the_districts(abroad: Page, centre: Centre) -> None:
    stage(abroad, "quiet")
    own = abroad.evaluate("() => new Date().toLocaleTimeString('zh-CN', { hour: '2-digit', minute: '2-digit' })")
    now = datetime.now(UTC)
    assert own != at(now), "this phone is not where the district is"
    ends = [at(now + timedelta(hours=4) + timedelta(seconds=slip)) for slip in (-30, 0, 30)]
    expect(abroad.locator("#screen")).to_contain_text(re.compile("|".join(ends)))
    today = now.astimezone(DISTRICT).replace(hour=0, minute=5)  # the day before on both of these phones
    home = {"address": "小桥大街12号", "building": "3号楼", "unit": "", "door": "502"}
    plan = [
        {"booking": name, "planned_at": stamp(then), "service": name, "names": [], "home": home, "stage": "confirmed"}
        for name, then in (("今天", today), ("明天", today + timedelta(days=1)))
    ]
    centre.control(plan=plan)
    abroad.reload()
    lines = abroad.locator(".plan li b")
    expect(lines).to_have_text(["00:05", "明天 00:05"])
    picture(abroad, "phone-abroad")
    opened = now - timedelta(seconds=65)
    centre.control(jobs=[job("accepted", opened_at=stamp(opened))])
    stage(abroad, "accepted")
    expect(abroad.locator(".what p").first).to_contain_text(at(opened))
    picture(abroad, "phone-abroad-job")
