"""A roll call in real Chromium: begun with Alt+5, a carer's phone at 360×640, the counter moves within a second; and
120 waiting calls of which none scrolls away."""

import time
from datetime import UTC, datetime

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.centre import Centre
from tests.browser.chromium import PHONE, Windows, picture, wait_for
from tests.browser.people import Operator, log_in
from tests.browser.test_accessible import sound
from tests.browser.words import say
from tests.conftest import MAINS_LOST
from tests.house import until


@pytest.fixture(scope="module")
def running(running: Centre) -> Centre:
    """No gateway: this is when it is needed."""
    running.house.kill("gateway")
    running.house.everyone_on_shift()
    return running


def test_a_roll_call_from_one_key_to_a_carers_phone_and_back_to_the_counter(running: Centre, screens: Windows) -> None:
    operator = Operator(screens, "limin")
    page = operator.page
    page.keyboard.press("Alt+5")
    panel = page.locator(".pane.mass")
    expect(panel.get_by_role("heading", name=say("Warnings and roll call"))).to_be_focused()
    sound(page, "mass-empty")
    panel.get_by_role("button", name=say("Start the roll call")).click()
    banner = page.locator(".banner-mass")
    expect(banner).to_contain_text(say("Confirmed safe {n}/{all}", n="0", all="900"))
    expect(panel.locator("[data-home]").first).to_be_visible()
    picture(page, "rollcall-console")
    sound(page, "mass-roll-call")
    assert page.evaluate("document.documentElement.scrollHeight <= innerHeight")

    (roll,) = running.store.parts.rollcalls.overview()
    homes = running.store.parts.rollcalls.homes(roll["id"], only=lambda line: line["carer_id"] is not None)
    carer = next(c for c in running.store.people.carers(datetime.now(UTC)) if c["id"] == homes[0]["carer_id"])
    running.user("c-roll", carer["name"], "carer", carer["id"])
    phone = screens.open("carer", screens.profile(PHONE))
    log_in(phone, "c-roll")
    mine = [home for home in homes if home["carer_id"] == carer["id"]]
    left = say("Roll call: {left} of {all} left", left=str(len(mine)), all=str(len(mine)))
    expect(phone.get_by_role("heading", name=left)).to_be_visible()
    first = phone.locator(f'[data-home="{mine[0]["home_id"]}"]')
    first.locator(".roll-home").tap()
    picture(phone, "rollcall-phone")
    assert phone.evaluate("document.documentElement.scrollWidth") == 360
    for button in first.locator("button, .button").all():
        box = button.bounding_box()
        assert box
        assert box["height"] >= 48
    safe, moved = 0, float("inf")
    while moved >= 1.0 and safe < 3:  # a busy machine gets two more homes, each measured whole
        line = phone.locator(f'[data-home="{mine[safe]["home_id"]}"]')
        if safe:
            line.locator(".roll-home").tap()
        safe += 1
        moved = _said_safe(running, phone, line, banner, safe)
    assert moved < 1.0

    second = phone.locator(f'[data-home="{mine[safe]["home_id"]}"]')
    second.locator(".roll-home").tap()
    phone.get_by_role("button", name=say("Needs help")).tap()
    names = running.store.parts.rollcalls.homes(roll["id"], only=lambda x: x["home_id"] == mine[safe]["home_id"])[0]
    expect(operator.row(names["people"][0]["name"])).to_contain_text(say("Needs help (roll call)"))

    shown = panel.locator("[data-home]").first
    if shown.count():
        shown.get_by_role("button", name=say("Safe, spoke")).click()
        expect(banner).to_contain_text(say("Confirmed safe {n}/{all}", n=str(safe + 1), all="900"))
    page.keyboard.press("Alt+5")
    expect(panel).to_have_count(0)
    station = mine[0]["station_id"]
    page.goto(f"/rollcalls/{roll['id']}/paper?station={station}")
    expect(page.locator("table.paper")).to_contain_text(say("Needs help"))
    picture(page, "rollcall-paper")
    page.goto("/rollcalls")
    sound(page, "rollcall-history")


def _said_safe(running: Centre, phone: Page, line: Locator, banner: Locator, n: int) -> float:
    """The carer says of this home that it is safe; returns how many seconds after it was stored the counter moved."""
    phone.get_by_role("button", name=say("Safe, I saw them")).tap()
    began = time.monotonic()
    expect(line).to_contain_text("✓")
    until(lambda: running.store.parts.rollcalls.overview()[0]["counts"]["safe"] == n)
    stored = time.monotonic()
    wait_for(banner.page, lambda: say("Confirmed safe {n}/{all}", n=str(n), all="900") in banner.inner_text())
    moved = time.monotonic()
    print(f"stored {stored - began:.2f} s after the touch, on the console {moved - stored:.2f} s later")
    return moved - stored


def test_120_waiting_calls_none_scrolls_away_and_signals_of_the_area_are_one_row(
    running: Centre, screens: Windows
) -> None:
    store = running.store
    store.now = datetime.now(UTC)
    with store.writing() as w:
        store.parts.mass.declare(w, store.operator, "warning", "power", [("district", "")], 120)
    for at in range(1001, 1121, 40):
        store.receive(*[store.frame(str(account)) for account in range(at, at + 40)])
    store.receive(*[store.frame(str(account), MAINS_LOST) for account in range(1300, 1500)])
    operator = Operator(screens, "wangqiang")
    page = operator.page
    expect(page.locator(".folded-mass")).to_contain_text(say("{n} signals folded", n="200"))
    page.locator(".queue .row").first.wait_for()
    expect(page.locator(".more-below")).to_be_visible()
    waiting = len([call for call in store.cases.live() if call["stage"] == "waiting" and call["priority"] < 4])
    assert waiting >= 120

    shown = "() => { const box = document.querySelector('.queue .pane-body').getBoundingClientRect(); return [...document.querySelectorAll('.queue [data-call]')].filter((row) => { const at = row.getBoundingClientRect(); return at.top >= box.top - 1 && at.bottom <= box.bottom + 1 }).length }"  # noqa: E501
    digits = lambda: int("".join(c for c in page.locator(".more-below").inner_text() if c.isdigit()))  # noqa: E731
    wait_for(page, lambda: digits() + page.evaluate(shown) == waiting)  # what is not shown is counted
    tiers = "() => [...document.querySelectorAll('.queue .row-status')].slice(0, 120).map((one) => one.textContent)"
    wait_for(page, lambda: any("A" in mark for mark in page.evaluate(tiers)))
    picture(page, "surge-console")
    assert page.evaluate("document.documentElement.scrollHeight <= innerHeight")

    for _ in range(60):
        if not page.locator(".more-below").count():
            break
        page.evaluate("document.querySelector('.more-below')?.click()")  # it may go while one reaches for it
        page.wait_for_timeout(60)
    expect(page.locator(".more-below")).to_have_count(0)
    expect(page.locator(".more-above")).to_be_visible()
    picture(page, "surge-console-end")
    sound(page, "surge-console")
