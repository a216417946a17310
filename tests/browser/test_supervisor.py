"""The supervisor's pages in real Chromium: the live strip, two clicks to a timeline, nothing wider than the screen."""

import json
import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from callcenter.rules.times import stamp
from tests.browser.serving import served
from tests.callcenter.small_site import app_of
from tests.callcenter.worked_week import NOON, WorkedWeek


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    week = WorkedWeek(Path(tmp_path_factory.mktemp("supervisor")))
    week.week(20)
    with served(app_of(week)) as address:
        yield address
    week.database.close()


@pytest.fixture
def page(browser: Browser, site: str) -> Iterator[Page]:
    context = browser.new_context(viewport={"width": 1366, "height": 768})
    context.add_cookies([{"name": "role", "value": "supervisor", "url": site}])
    yield context.new_page()
    context.close()


def call(seconds: int, **more: Any) -> dict[str, Any]:
    empty = dict.fromkeys(
        f"{step}_at" for step in ("answered", "requested", "accepted", "departed", "arrived", "finished")
    )
    opened = stamp(NOON - timedelta(seconds=seconds))
    return {"stage": "waiting", "opened_at": opened, "late": {}, "next_due_at": None, "visit": None, **empty, **more}


def snapshot(*calls: dict[str, Any], lines: tuple[str, ...] = ("up", "up")) -> dict[str, Any]:
    return {
        "server_time": stamp(NOON),
        "calls": calls,
        "technical": {"count": 14},
        "carers": [{"on_shift": True, "visit_id": "1"}, {"on_shift": True}, {"on_shift": False, "visit_id": "2"}],
        "health": {"lines": [{"name": f"line-{n}", "state": state} for n, state in enumerate(lines)]},
    }


def wall(page: Page, name: str) -> str:
    return " ".join(page.locator(f'[data-wall="{name}"] dd').inner_text().split())


def test_the_strip_shows_what_the_snapshot_says(page: Page, site: str) -> None:
    answered = {"stage": "answered", "answered_at": stamp(NOON)}
    calls = (
        call(41, late={"answer": 15}),
        call(10),
        call(300, **answered, late={"answer": 15}),  # was late in answering, is not late now
        call(200, **answered, next_due_at=stamp(NOON - timedelta(seconds=1)), next_step="decide"),
        call(
            200, **answered, visit={"late": {}, "next_due_at": stamp(NOON - timedelta(seconds=1)), "next_step": "offer"}
        ),
    )
    page.route("**/api/v1/snapshot", lambda route: route.fulfill(json=snapshot(*calls, lines=("up", "silent"))))
    page.goto(f"{site}/supervisor")
    expect(page.locator('[data-wall="waiting"] dd')).to_have_text("2")
    assert (wall(page, "open"), wall(page, "late"), wall(page, "carers")) == ("5 14 device items", "2", "2 1 busy")
    assert wall(page, "lines") == "1/2 line-1"
    expect(page.locator('[data-wall="oldest"] dd')).to_have_text(re.compile(r"0:4\d"))


def test_the_strip_says_when_it_is_old(page: Page, site: str) -> None:
    page.clock.install()
    answers = iter([json.dumps(snapshot())])

    def once(route: Route) -> None:
        body = next(answers, None)
        route.fulfill(body=body, content_type="application/json") if body else route.abort()

    page.route("**/api/v1/snapshot", once)
    page.goto(f"{site}/supervisor")
    expect(page.locator('[data-wall="waiting"] dd')).to_have_text("0")
    expect(page.locator(".wall-age")).to_be_empty()
    page.clock.run_for(16_000)
    expect(page.locator(".wall-age")).to_have_text(re.compile(r"Not updated for 1[05] s"))


def test_from_the_figures_to_one_calls_timeline_are_two_clicks(page: Page, site: str) -> None:
    page.goto(f"{site}/supervisor?from=2026-11-14")
    page.locator(".late-count a").first.click()
    page.locator(".call-link").first.click()
    expect(page.locator(".timeline tbody tr").first).to_contain_text("+0:00")
    expect(page.locator(".hex").first).to_contain_text("0000  0a 35 45 31")


@pytest.mark.parametrize("width", [1366, 360])
def test_nothing_is_wider_than_the_screen(page: Page, site: str, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 768})
    page.goto(f"{site}/supervisor?from=2026-11-14")
    wide = "document.documentElement.scrollWidth"
    assert page.evaluate(wide) <= width
    page.locator(".call-link").first.click()
    page.wait_for_url("**/supervisor/calls/*")  # loaded, styles included
    assert page.evaluate(wide) <= width
