"""The district in real Chromium: drawn beside the card, walked by keyboard, live, whole with 300 calls; on a map."""

import re
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from playwright.sync_api import Locator, Page, expect

from devices.codecs.datum import wgs84_to_gcj02
from tests.browser.centre import Centre
from tests.browser.chromium import Windows
from tests.browser.people import Operator
from tests.browser.test_accessible import sound
from tests.browser.words import say
from tests.house import until

PIXEL = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c489"
    "0000000d49444154789c6360606060000000050001a5f645400000000049454e44ae426082"
)
KEY = "A-KEY-THAT-IS-NOT-FOR-EVERYBODY"


@pytest.fixture(scope="module")
def tiles() -> Iterator[tuple[str, list[str]]]:
    """A server of tiles on another port of this machine, and what it was asked for."""
    asked: list[str] = []

    class Tiles(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            self.send_response(200)
            self.send_header("Content-Type", "image/png")
            self.end_headers()
            self.wfile.write(PIXEL)

        def log_message(self, *_: object) -> None: ...

    with ThreadingHTTPServer(("127.0.0.1", 0), Tiles) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}", asked
        server.shutdown()


@pytest.fixture(scope="module")
def more(tiles: tuple[str, list[str]]) -> str:
    return (
        f'[map]\nkind = "xyz"\nurl = "{tiles[0]}/{{z}}/{{x}}/{{y}}.png?key={{key}}"\nkey = "{KEY}"\n'
        'datum = "gcj02"\nattribution = "测试底图"\napproval = "审图号：青S(2026)000号"'
    )


def opened(operator: Operator) -> Locator:
    operator.press("Alt+4")
    drawn = operator.page.locator(".district-drawn")
    expect(drawn).to_be_visible()
    expect(operator.page.get_by_role("heading", name=say("The district"))).to_be_focused()
    return drawn


def community(running: Centre, account: str) -> str:
    return str(running.home(account)["home"]["community"])


def focused(page: Page) -> str:
    return str(page.evaluate("document.activeElement.dataset.key || ''"))


def test_it_is_drawn_and_walked_by_keyboard_and_enter_opens_the_call(running: Centre, screens: Windows) -> None:
    running.press("1001")
    name, where = running.resident("1001"), community(running, "1001")
    operator = Operator(screens, "limin")
    page = operator.page
    expect(operator.row(name)).to_be_visible()
    drawn = opened(operator)
    assert drawn.locator(".tile").count() >= 23
    assert drawn.locator(".tile-station").count() == 9
    assert page.evaluate("document.documentElement.scrollHeight <= innerHeight"), "one screen"
    body = page.locator(".district-body")
    assert body.evaluate("pane => pane.scrollWidth <= pane.clientWidth"), "nothing is cut off at the side"
    sound(page, "district-drawn")
    operator.press("Tab")
    while focused(page) == "":
        operator.press("Tab")
    assert focused(page) == f"call|{where}|1", "the most urgent call first"
    operator.press("Home")
    first = focused(page)
    seen = {first}
    for key in ["ArrowRight", "ArrowDown", "ArrowLeft", "ArrowDown", "ArrowRight", "End", "ArrowUp"]:
        operator.press(key)
        seen.add(focused(page))
    assert len(seen) > 4, "the arrows walk from mark to mark"
    page.locator(f'[data-key="call|{where}|1"]').focus()
    operator.press("Enter")
    expect(page.locator("#act-answer")).to_be_focused()
    expect(operator.card()).to_contain_text(name)
    sound(page, "district-with-a-card")


def test_who_is_free_asked_on_the_way_and_there_is_told_by_shape_and_word(running: Centre, screens: Windows) -> None:
    operator = Operator(screens, "limin")
    page, name = operator.page, running.resident("1101")
    running.press("1101")
    operator.take(name)
    sent = operator.proposed()[0]
    operator.press("F4", "Enter")
    expect(page.locator(".visit-offered").first).to_contain_text(sent)
    drawn = opened(operator)
    page.get_by_role("button", name=say("As a list")).click()
    listed = page.locator(".district-list")
    expect(listed.locator(".district-carers li", has_text=sent)).to_contain_text("? ")
    expect(listed.locator(".district-carers li", has_text=sent)).to_contain_text(say("asked, not accepted"))
    sound(page, "district-list")
    page.get_by_role("button", name=say("Drawn")).click()
    store = running.store
    call = until(lambda: next((c for c in store.cases.live() if c["account"] == "1101"), None))
    visit = store.cases.visits_of([call["id"]])[-1]
    carer = running.carer(sent)["id"]
    for verb, shape in (("accept", "✓"), ("depart", "▶"), ("arrive", "⌂")):
        store.now = datetime.now(UTC)
        store.carer(verb, visit, carer)
        began = time.monotonic()
        expect(drawn.locator(".tile-carers", has_text=shape).first).to_be_visible()
        assert time.monotonic() - began < 5
    there = page.locator(f'[data-key="tile|{community(running, "1101")}"]')
    expect(there).to_have_attribute("aria-label", re.compile(say("in a home")))


def test_a_station_shows_its_reach_and_escape_comes_back(running: Centre, screens: Windows) -> None:
    operator = Operator(screens, "limin")
    page = operator.page
    drawn = opened(operator)
    drawn.locator(".tile-station").first.focus()
    operator.press("Enter")
    chosen = page.locator(".district-chosen")
    expect(chosen.locator("h3")).to_be_focused()
    expect(chosen.locator("a.tel")).to_be_visible()
    assert drawn.locator(".tile-ring").count() >= 1, "the communities it reaches are ringed"
    sound(page, "district-station")
    operator.press("Escape")
    expect(chosen).to_have_count(0)
    operator.press("Alt+3")
    expect(page.locator(".carers")).to_be_visible()


def test_a_new_call_is_drawn_within_a_second_and_300_are_all_counted(running: Centre, screens: Windows) -> None:
    operator = Operator(screens, "limin")
    page, store = operator.page, running.store
    drawn = opened(operator)
    where = community(running, "1401")
    before = open_calls(page)
    acknowledged = running.press("1401")
    mark = page.locator(f'[data-key="call|{where}|1"]')
    expect(mark).to_be_visible()
    until(lambda: open_calls(page) == before + 1)
    assert time.time() - acknowledged < 5
    store.now = datetime.now(UTC)
    for start in range(1500, 1800, 50):
        store.receive(*(store.frame(str(account)) for account in range(start, start + 50)))
    until(lambda: open_calls(page) == len(store.cases.live()))
    assert open_calls(page) >= 300
    assert page.evaluate("document.documentElement.scrollHeight <= innerHeight")
    busiest = drawn.locator(".tile-call.mark-1").first
    busiest.focus()
    operator.press("Enter")
    chosen = page.locator(".district-chosen")
    count = int(busiest.locator("text").inner_html()[1:])
    assert chosen.locator(".district-call").count() >= count, "behind a number stands every call of it"
    if count > 1:
        chosen.locator(".district-call").nth(1).click()
        expect(operator.card().locator("h2")).to_be_visible()
    sound(page, "district-300")


def open_calls(page: Page) -> int:
    """The sum of the numbers that are drawn."""
    said: list[str] = page.locator(".district-drawn .call-mark").evaluate_all("all => all.map(one => one.textContent)")
    return sum(int(text[1:]) for text in said)


def test_the_map_asks_for_tiles_only_when_it_is_opened_and_marks_stand_in_the_tiles_datum(
    running: Centre, screens: Windows, tiles: tuple[str, list[str]]
) -> None:
    address, asked = tiles
    operator = Operator(screens, "limin")
    page = operator.page
    opened(operator)
    fetched = page.evaluate("performance.getEntriesByType('resource').map(one => one.name)")
    assert not asked
    assert not [name for name in fetched if "leaflet" in name or address in name]
    assert KEY not in page.content()
    page.get_by_role("button", name=say("Map"), exact=True).click()
    until(lambda: asked)
    assert all(KEY in path for path in asked)
    expect(page.locator(".leaflet-control-attribution")).to_contain_text("审图号：青S(2026)000号")
    expect(page.locator(".map-pin.map-station")).to_have_count(9)
    told = page.evaluate("fetch('/api/v1/district/map').then(answer => answer.json())")
    station = running.store.people.stations.all()[0]
    there = wgs84_to_gcj02(station["latitude"], station["longitude"])
    assert told["stations"][0]["at"] == [round(degrees, 6) for degrees in there]
    page.locator(".map-pin.map-call-1").first.click(force=True)
    expect(operator.card().locator("h2")).to_be_visible()
