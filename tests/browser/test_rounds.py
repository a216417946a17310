"""The welfare list in real Chromium by keyboard alone: two seats, one person each, live; away is said on a press."""

from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import Page, expect

from callcenter.rules.times import stamp
from tests.browser.centre import Centre
from tests.browser.chromium import Windows, picture
from tests.browser.people import Operator, log_in
from tests.browser.words import say

HOURS = "[services]\ncall_begin_minute = 0\ncall_end_minute = 1440\nrest_begin_minute = 0\nrest_end_minute = 0\n"


@pytest.fixture(scope="module")
def more() -> str:
    return HOURS


def at_the_list(screens: Windows, login: str) -> Page:
    page = screens.open(login, screens.profile())
    log_in(page, login)
    page.goto("/rounds")
    expect(page.locator(".ring-head")).to_contain_text(say("Connected"))
    return page


def test_a_list_is_rung_by_keyboard_and_shared_between_two_seats(running: Centre, screens: Windows) -> None:
    chief = screens.open("chen", screens.profile())
    log_in(chief, "chen")
    chief.goto("/rounds/runs")
    cold = chief.locator("section.panel", has_text="寒潮关爱")
    cold.get_by_role("button", name=say("Begin now")).click()
    expect(chief.get_by_role("status")).to_contain_text(say("Saved"))

    one, two = at_the_list(screens, "limin"), at_the_list(screens, "wangqiang")
    expect(one.locator(".ring-list button").first).to_be_visible()
    one.keyboard.press("F2")
    expect(one.locator("#ring-words")).to_be_focused()
    mine = one.locator("#ring-name").inner_text()
    expect(two.locator(".ring-list .badge", has_text="李敏")).to_be_visible()  # through the log
    two.keyboard.press("F2")
    expect(two.locator("#ring-name")).to_be_visible()
    assert two.locator("#ring-name").inner_text() != mine
    picture(one, "rounds-card")

    one.keyboard.type("暖气不热")
    one.keyboard.press("Alt+2")  # needs something
    expect(one.locator("#ring-name")).to_have_count(0)
    two.keyboard.press("Alt+1")  # is well
    expect(two.locator("#ring-name")).to_have_count(0)
    store = running.store
    (run,) = store.welfare.rounds.runs()
    assert (run["done"], run["counts"]) == (2, {"needs": 1, "well": 1})
    assert [call["reason"] for call in store.cases.live()] == ["暖气不热"]
    one.keyboard.press("F2")
    expect(one.locator("#ring-words")).to_be_focused()
    one.keyboard.press("Escape")
    expect(one.locator("#ring-name")).to_have_count(0)
    chief.goto(f"/rounds/runs/{run['id']}")
    expect(chief.locator("main")).to_contain_text("暖气不热")
    picture(chief, "rounds-report")
    chief.goto("/rounds/runs")
    picture(chief, "rounds-runs")
    chief.goto("/rounds/tiers")
    picture(chief, "rounds-tiers")


def test_a_press_of_somebody_in_hospital_rings_and_says_so(running: Centre, screens: Windows) -> None:
    store = running.store
    who = running.home("1040")["residents"][0]
    store.now = datetime.now(UTC)
    with store.writing() as w:
        until = stamp(store.now + timedelta(days=12))
        store.welfare.absences.begin(w, store.operator, who["id"], "hospital", until, "女儿", "骨折")
    running.press("1040")
    operator = Operator(screens, "limin")
    operator.take(running.resident("1040"))
    expect(operator.card().locator(".away-mark")).to_contain_text(say("In hospital"))
    expect(operator.page.locator("#rounds-due")).to_be_visible()
    picture(operator.page, "rounds-away-press")
    operator.page.goto("/rounds/away")
    expect(operator.page.locator("main")).to_contain_text("骨折")
    picture(operator.page, "rounds-away")
