"""The console when something goes wrong beside it: answers torn off, a dial nobody answers, keys pressed too soon."""

import re
from typing import Any

import pytest
from playwright.sync_api import Page, Route, WebSocketRoute, expect

from tests.browser import fixtures
from tests.browser.chromium import Windows, wait_for
from tests.browser.lived_in import window
from tests.browser.words import say
from tests.callcenter.whole_site import WholeSite

site, screens = fixtures.site, fixtures.screens_of_site
BUSY = {"status": 503, "json": {"error": "store", "message": "busy", "fix": ""}}


@pytest.fixture
def page(site: WholeSite, screens: Windows) -> Page:
    screens.expected += ["Failed to load resource", "WebSocket"]
    return window(screens, site, "operator", "zh_CN")


def opened(page: Page, call: Any = None) -> Page:
    page.goto(f"/console#{call['id']}" if call else "/console")
    expect(page.locator(".fresh")).to_contain_text(say("Connected"))
    return page


def test_a_link_to_a_case_opens_it(page: Page, site: WholeSite) -> None:
    first, second = site.call(31), site.call(32)
    opened(page, first)
    expect(page.locator(".card")).to_contain_text(first["id"])
    page.evaluate("id => { location.hash = id }", second["id"])
    expect(page.locator(".card")).to_contain_text(second["id"])


def test_a_snapshot_that_breaks_off_is_none_and_the_page_goes_on(page: Page, site: WholeSite) -> None:
    opened(page, site.call(31))
    tried = []

    def torn(route: Route) -> None:
        tried.append(route)
        route.fulfill(status=200, content_type="application/json", body='{"epoch": "')

    page.route("**/api/v1/snapshot", torn)
    page.keyboard.press("F5")
    wait_for(page, lambda: len(tried) > 1)  # asked for again
    expect(page.locator(".wall-clock")).to_have_text(re.compile(r"^\d\d:\d\d:\d\d$"))
    page.unroute("**/api/v1/snapshot")
    later = site.call(33)
    expect(page.locator(f"[data-call='{later['id']}']")).to_be_visible()


def test_a_dial_that_nobody_answers_is_given_up_and_tried_again(page: Page) -> None:
    dials: list[WebSocketRoute] = []

    def deaf_at_first(dial: WebSocketRoute) -> None:
        dials.append(dial)
        server = dial.connect_to_server()
        if len(dials) == 1:
            dial.on_message(lambda said: None if str(said).startswith("40") else server.send(said))

    page.route_web_socket(re.compile("socket.io"), deaf_at_first)
    page.goto("/console")
    expect(page.locator(".fresh")).to_contain_text(say("Connected"), timeout=40_000)
    assert len(dials) >= 2


def test_what_comes_beside_the_snapshot_is_fetched_again_after_a_lost_connection(page: Page) -> None:
    asked: list[str] = []
    dials: list[WebSocketRoute] = []

    def through(dial: WebSocketRoute) -> None:
        dials.append(dial)
        dial.connect_to_server()

    page.route_web_socket(re.compile("socket.io"), through)
    opened(page)
    page.on("request", lambda request: asked.append(request.url.rpartition("/api/v1")[2]))
    dials[0].close()
    wait_for(page, lambda: len(dials) > 1 and {"/mass", "/tasks", "/rounds/calls?limit=0"} <= set(asked))
    asked.clear()
    page.keyboard.press("F5")
    wait_for(page, lambda: {"/mass", "/tasks", "/rounds/calls?limit=0"} <= set(asked))


def test_enter_while_nobody_is_free_sends_nobody_who_comes_later(page: Page, site: WholeSite) -> None:
    call = site.call(34)
    nobody = f"**/api/v1/calls/{call['id']}/candidates"
    page.route(nobody, lambda route: route.fulfill(json={"candidates": [], "shortfall": []}))
    opened(page, call)
    expect(page.locator(".carers")).to_contain_text(say("Nobody suitable is free."))
    page.keyboard.press("F4")
    expect(page.locator("#carers-title")).to_be_focused()
    page.keyboard.press("Enter")
    page.unroute(nobody)
    page.keyboard.press("F5")
    expect(page.locator(".send-carer").first).to_be_focused()
    page.wait_for_timeout(300)
    assert not site.house.cases.visits_of([call["id"]])


def test_a_script_that_could_not_be_fetched_is_fetched_again(page: Page, site: WholeSite) -> None:
    call = site.call(35)
    script = f"**/api/v1/calls/{call['id']}/script"
    page.route(script, lambda route: route.fulfill(**BUSY))
    opened(page, call)
    expect(page.get_by_text(say("The script could not be fetched."))).to_be_visible()
    page.unroute(script)
    expect(page.locator("#script-title")).to_be_visible()


def test_f2_over_a_new_case_shows_the_call_it_answers(page: Page, site: WholeSite) -> None:
    for row in site.house.cases.live():
        if row["stage"] == "waiting":
            site.say("operator", f"/api/v1/calls/{row['id']}/answer", {"expected_version": row["version"]})
    call = site.call(36)
    opened(page, call)
    page.keyboard.press("F3")
    expect(page.locator("#who")).to_be_focused()
    page.keyboard.press("F2")
    expect(page.locator(".card")).to_contain_text(call["id"])
    expect(page.locator(f"[data-call='{call['id']}']")).to_contain_text(say("Mine"))
