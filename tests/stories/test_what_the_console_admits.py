"""A console never pretends: it says when it is stale and when it cannot be heard, and comes back by itself."""

import os
import signal
import time
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.centre import Centre, centre
from tests.browser.chromium import Windows, picture, wait_for
from tests.browser.people import Operator, log_in
from tests.browser.words import say

# What is heard, told from inside: every tone that is started, and the state of the context that plays it.
EAR = """window.tones = []
const start = AudioScheduledSourceNode.prototype.start
AudioScheduledSourceNode.prototype.start = function (at) {
  window.tones.push({ at: Date.now(), wave: this.type, frequency: this.frequency.value, state: this.context.state })
  return start.call(this, at)
}"""


@pytest.fixture(scope="module")
def running(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Centre]:
    with centre(tmp_path_factory.mktemp("admits"), "run") as made:
        yield made


def test_a_console_that_may_not_ring_says_so_until_the_shift_is_started(running: Centre, screens: Windows) -> None:
    page = _without_a_gesture(screens)
    expect(page.locator(".banner-sound")).to_contain_text(
        say("The browser is keeping this console silent: you would not hear a call.")
    )
    running.press("1101")
    row = page.locator(".queue .row")
    expect(row).to_be_visible()
    picture(page, "console-blocked")
    assert page.evaluate("window.tones") == []

    page.locator(".banner-sound button").click()
    expect(page.locator(".banner-sound")).to_have_count(0)
    _rings_again_and_again(page)
    page.keyboard.press("F2")
    expect(row).to_contain_text(say("Mine"))
    heard = _tones(page)
    page.wait_for_timeout(2500)
    assert _tones(page) == heard


def test_a_frozen_web_is_admitted_within_ten_seconds_and_nothing_is_missing_afterwards(
    running: Centre, screens: Windows
) -> None:
    screens.expected += ["Failed to load resource", "WebSocket"]
    page = Operator(screens, "wangqiang").page
    web = running.house.children("run")["web"]
    os.kill(web, signal.SIGSTOP)
    frozen = time.monotonic()
    running.press("1102")
    expect(page.locator(".banner-stale")).to_contain_text(say("This may be out of date: go on by telephone."))
    seconds = time.monotonic() - frozen
    print(f"frozen to stale banner: {seconds:.1f} s")
    assert seconds <= 12  # within 10 s, seen by somebody who looks twice a second, on a busy machine
    assert running.resident("1102") not in page.locator(".queue").inner_text()
    picture(page, "console-stale")

    os.kill(web, signal.SIGCONT)
    expect(page.locator(".banner-stale")).to_have_count(0)
    _shows_what_is_true(running, page, "1102")


def test_a_killed_web_comes_back_and_the_page_with_it(running: Centre, screens: Windows) -> None:
    screens.expected += ["Failed to load resource", "WebSocket"]
    page = Operator(screens, "wangqiang").page
    page.evaluate("window.neverReloaded = true")
    page.locator(".queue .row", has_text=running.resident("1102")).click()
    page.mouse.move(700, 400)  # a list under the pointer holds new rows back
    expect(page.locator(".timeline li").last).to_contain_text(say("Help key (SOS)"))
    web = running.house.children("run")["web"]
    os.kill(web, signal.SIGKILL)
    killed = time.monotonic()
    for account in ("1102", "1103"):
        running.press(account)
    expect(page.locator(".queue")).to_contain_text(running.resident("1103"), timeout=30_000)
    print(f"killed to the missed call on the screen: {time.monotonic() - killed:.1f} s")
    expect(page.locator(".fresh")).to_contain_text(say("Connected"))
    assert running.house.children("run")["web"] != web
    assert page.evaluate("window.neverReloaded")
    expect(page.locator(".timeline")).to_contain_text(say("Pressed again: %(kind)s", kind=say("Help key (SOS)")))
    _shows_what_is_true(running, page, "1103")
    assert not running.store.verify().faults


# --- the parts of a story ---------------------------------------------------------------------------------------


def _without_a_gesture(screens: Windows) -> Page:
    """A console opened by a browser that starts with the desk: logged in already, and nobody has touched it."""
    first = screens.profile()
    page = screens.open("limin-at-login", first)
    log_in(page, "limin")
    second = screens.profile(storage_state=first.storage_state())
    page = screens.open("limin", second)
    page.add_init_script(EAR)
    page.goto("/console")
    expect(page.locator(".fresh")).to_contain_text(say("Connected"))
    return page


def _tones(page: Page) -> int:
    return int(page.evaluate("window.tones.length"))


def _rings_again_and_again(page: Page) -> None:
    """The harsh pattern of an emergency, by a context that really runs, and again after its pause."""
    harsh = "window.tones.filter((one) => one.wave === 'square' && one.frequency === 988 && one.state === 'running')"
    wait_for(page, lambda: page.evaluate(f"{harsh}.length >= 4"))


def _shows_what_is_true(running: Centre, page: Page, account: str) -> None:
    """The rows of the screen, the snapshot and the database are the same calls."""
    expect(page.locator(".queue")).to_contain_text(running.resident(account))
    shown = page.locator(".queue [data-call]").evaluate_all("all => all.map((one) => one.dataset.call)")
    snapshot = page.evaluate("() => fetch('/api/v1/snapshot').then((answer) => answer.json())")
    kept = {call["id"] for call in running.store.cases.live()}
    assert set(shown) == {call["id"] for call in snapshot["calls"]} == kept
    assert len(shown) == len(kept)
