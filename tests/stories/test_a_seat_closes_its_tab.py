"""In real browsers: a holder's tab closes and the call rings at the other seat; nobody loses one silently."""

import time
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.centre import Centre, centre
from tests.browser.chromium import Windows, picture, wait_for
from tests.browser.people import Operator, Supervisor
from tests.browser.words import say

pytestmark = pytest.mark.timeout(300)  # thirty seconds of silence, twice, on a busy machine


@pytest.fixture(scope="module")
def running(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Centre]:
    """Two web processes on one port."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("ANXIN_SERVER__WEBS", "2")
        with centre(tmp_path_factory.mktemp("seats"), "gateway", "dispatcher", "web") as made:
            made.house.start_more("web")
            yield made


def test_a_call_goes_from_hand_to_hand_and_a_closed_tab_gives_it_back(running: Centre, screens: Windows) -> None:
    limin, wangqiang = Operator(screens, "limin"), Operator(screens, "wangqiang")
    wall = Supervisor(screens, "chen").page
    for seat in (limin, wangqiang):
        seat.start_shift()
        expect(seat.page.locator("#duty")).to_contain_text(say("I am on duty"))
    running.press("1101")
    name = running.resident("1101")
    limin.take(name)

    # looking is soft, holding is hard
    wangqiang.row(name).click()
    expect(limin.row(name)).to_contain_text("王强 在看")
    expect(wangqiang.card()).to_contain_text("李敏 在看")
    picture(limin.page, "seats-looking")

    # two hands met: no reason; the one who loses it cannot overlook it
    wangqiang.press("F11")
    expect(wangqiang.page.get_by_role("dialog")).to_contain_text("现在不需要理由")
    wangqiang.press("Enter")
    expect(wangqiang.row(name)).to_contain_text(say("Mine"))
    expect(limin.page.locator(".banner-loss")).to_contain_text("王强")
    picture(limin.page, "seats-lost-to-a-colleague")
    limin.page.locator(".banner-loss button").click()
    expect(limin.page.locator(".banner-loss")).to_have_count(0)

    # offered, and with the sender until it is taken
    wangqiang.press("F11", "Tab", "Tab")
    wangqiang.page.get_by_role("dialog").get_by_role("button", name="李敏").click()
    expect(limin.page.locator(".banner-offer")).to_contain_text("王强")
    expect(wangqiang.row(name)).to_contain_text(say("Mine"))
    picture(limin.page, "seats-offered")
    limin.page.locator(".banner-offer button.primary").click()
    expect(limin.row(name)).to_contain_text(say("Mine"))
    expect(wangqiang.row(name)).to_contain_text("李敏")

    # the tab closes
    closed = time.monotonic()
    limin.page.close()
    expect(wangqiang.row(name)).to_contain_text("退回", timeout=60_000)
    seconds = time.monotonic() - closed
    print(f"closed to ringing at the other seat: {seconds:.1f} s")
    assert 25 < seconds < 45
    expect(wangqiang.row(name)).to_contain_text(say("Waiting"))
    wait_for(wangqiang.page, lambda: wangqiang.page.evaluate("document.documentElement.dataset.ringing === '1'"))
    expect(wall.locator(".wall-desk")).to_contain_text("李敏")
    expect(wall.locator(".wall-desk")).to_contain_text(name)
    picture(wall, "seats-wall")
    wall.goto("/supervisor/seats")
    expect(wall.locator("#day-title")).to_be_visible()
    picture(wall, "seats-page")
    assert not running.store.verify().faults


def test_kill_nine_of_a_web_process_takes_nobodys_call(running: Centre, screens: Windows) -> None:
    screens.expected += ["Failed to load resource", "WebSocket"]
    limin, wangqiang = Operator(screens, "limin"), Operator(screens, "wangqiang")
    for seat in (limin, wangqiang):
        seat.start_shift()
        expect(seat.page.locator("#duty")).to_contain_text(say("I am on duty"))
    running.press("1102")
    name = running.resident("1102")
    limin.take(name)
    running.house.kill("web-2")
    killed = time.monotonic()
    while time.monotonic() - killed < 65:
        limin.page.wait_for_timeout(5000)
        held = [call for call in running.store.cases.live() if call["holder_name"] == "李敏"]
        assert [call["account"] for call in held] == ["1102"], f"{time.monotonic() - killed:.0f} s after the kill"
    assert all(event.kind != "SeatLost" or event.at < held[0]["opened_at"] for event in _seat_events(running))
    expect(limin.row(name)).to_contain_text(say("Mine"))
    expect(limin.page.locator("#duty")).to_contain_text(say("I am on duty"))


def _seat_events(running: Centre) -> list[Any]:
    book = running.store.book
    return [event for seat in book.all() for event in running.store.log.stream(f"seat:{seat['user_id']}")]
