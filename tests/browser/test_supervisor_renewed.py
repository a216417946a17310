"""The table of response times renews itself under the reader's hands, and says of when it is: in real Chromium."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from tests.browser.chromium import picture, wait_for
from tests.browser.serving import served
from tests.browser.test_supervisor import snapshot
from tests.callcenter.small_site import app_of
from tests.callcenter.worked_week import NOON, WorkedWeek


@pytest.fixture
def week(tmp_path: Path) -> Iterator[WorkedWeek]:
    made = WorkedWeek(tmp_path)
    made.week(60)
    yield made
    made.database.close()


@pytest.fixture
def page(browser: Browser, week: WorkedWeek) -> Iterator[Page]:
    """At the table, with a clock the test turns and a log whose place the test says; the reader sits in London."""
    with served(app_of(week)) as site:
        context = browser.new_context(viewport={"width": 1366, "height": 768}, timezone_id="Europe/London")
        context.add_cookies([{"name": "role", "value": "supervisor", "url": site}])
        page = context.new_page()
        page.clock.install()
        said = {"seq": 0}
        page.expose_function("logMoves", lambda: said.update(seq=said["seq"] + 1))
        page.route("**/api/v1/snapshot", lambda route: route.fulfill(json=snapshot() | said))
        page.goto(f"{site}/supervisor?from=2026-11-14")
        page.wait_for_load_state("networkidle")
        said["seq"] = int(page.locator("#report").get_attribute("data-seq") or 0)
        assert said["seq"]
        yield page
        context.close()


def turn(page: Page, seconds: int) -> None:
    """The page's clock, in steps between which its questions are answered."""
    for _ in range(seconds // 2):
        page.clock.run_for(2000)
        page.wait_for_load_state("networkidle")


AS_OF = ".as-of time"


def test_a_new_call_comes_in_and_hands_scroll_selection_and_what_was_unfolded_stay(
    page: Page, week: WorkedWeek
) -> None:
    expect(page.locator(AS_OF)).to_have_text("2026-11-21 12:00:00")
    expect(page.locator(".as-of")).to_contain_text("UTC+08:00")
    rows = page.locator("table.calls tbody tr")
    first = str(rows.first.get_attribute("id"))
    page.locator("details.small summary").click()
    link = rows.nth(3).locator("a.call-link")
    link.focus()
    name = link.inner_text()
    page.evaluate("() => getSelection().selectAllChildren(document.querySelector('details.small li'))")
    chosen = page.evaluate("() => String(getSelection())")
    page.evaluate("() => document.querySelectorAll('table.calls tr').forEach((row) => (row.mine = true))")
    box = link.bounding_box()
    assert box

    week.now = NOON + timedelta(seconds=90)
    week.call(NOON + timedelta(seconds=80), 1, home=9)
    page.evaluate("() => logMoves()")
    turn(page, 16)
    expect(page.locator(AS_OF)).to_have_text("2026-11-21 12:01:30")
    expect(rows.nth(1)).to_have_attribute("id", first)
    assert rows.nth(1).evaluate("row => row.mine"), "the rows that stay are the same rows"
    expect(page.locator(":focus")).to_have_text(name)
    after = page.locator(":focus").bounding_box()
    assert after
    assert abs(after["y"] - box["y"]) < 2, "what is read does not move"
    assert page.evaluate("() => String(getSelection())") == chosen
    expect(page.locator("details.small")).to_have_attribute("open", "")
    picture(page, "supervisor-renewed")


def test_open_calls_grow_late_without_an_event_so_it_is_renewed_once_a_minute(page: Page, week: WorkedWeek) -> None:
    week.now = NOON + timedelta(seconds=60)
    turn(page, 40)
    expect(page.locator(AS_OF)).to_have_text("2026-11-21 12:00:00")
    turn(page, 30)
    expect(page.locator(AS_OF)).to_have_text("2026-11-21 12:01:00")


def test_it_says_that_it_could_not_be_renewed_and_of_when_the_figures_are(page: Page, week: WorkedWeek) -> None:
    asked: list[str] = []

    def fails(route: Route) -> None:
        asked.append(route.request.url)
        if len(asked) == 1:
            route.abort()
        else:  # logged out meanwhile: another page comes, with 200
            route.fulfill(status=200, body="<h1>log in</h1>", content_type="text/html")

    page.route("**/supervisor?from=2026-11-14", fails)
    said = page.locator(".not-renewed")
    expect(said).to_be_empty()
    page.evaluate("() => logMoves()")
    for tries in (1, 2):
        page.clock.run_for(11_000)
        wait_for(page, lambda tries=tries: len(asked) >= tries)  # type: ignore[misc]
        expect(said).to_contain_text("as of 2026-11-21 12:00:00")
    picture(page, "supervisor-not-renewed")
    page.unroute("**/supervisor?from=2026-11-14")
    week.now = NOON + timedelta(seconds=30)
    turn(page, 14)
    expect(page.locator(AS_OF)).to_have_text("2026-11-21 12:00:30")
    expect(said).to_be_empty()
