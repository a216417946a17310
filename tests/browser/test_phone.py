"""The carer's phone page in real Chromium at 360×640: the alert, the one next button, and a network that goes away."""

import json
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect, sync_playwright

from callcenter.rules.times import moment, stamp
from dispatch.rules.maps import links

CHROMIUM = "/usr/bin/chromium"
QUIET = [
    *("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"),
    *("--disable-component-update", "--disable-sync", "--autoplay-policy=document-user-activation-required"),
]
WATCH_POLICY = """
    window.complaints = []
    addEventListener('securitypolicyviolation', (event) => complaints.push(event.violatedDirective))
"""
PERSONAL = ("王桂兰", "小桥大街12号", "4502#", "13997000001", "王建国", "扶起后", "青霉素")


class Centre:
    """The fake centre in its own process, so that it can be stopped as a network is."""

    def __init__(self, state: Path) -> None:
        self.state = state
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port: int = free.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        script = str(Path(__file__).with_name("fake_centre.py"))
        self.process = subprocess.Popen(
            [sys.executable, script, str(self.port), str(self.state)], stderr=subprocess.DEVNULL
        )
        for _ in range(100):
            try:
                self.control()
            except OSError:
                time.sleep(0.1)
            else:
                return
        raise AssertionError("the fake centre did not start")

    def stop(self) -> None:
        if self.process:
            self.process.kill()
            self.process.wait()
            self.process = None

    def control(self, **facts: Any) -> None:
        body = json.dumps(facts).encode()
        asked = urllib.request.Request(f"{self.url}/control", body, {"Content-Type": "application/json"})
        urllib.request.urlopen(asked, timeout=5).close()

    def received(self) -> list[dict[str, Any]]:
        return list(json.loads(self.state.read_text("utf-8"))["received"])


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


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=QUIET)
        yield chromium
        chromium.close()


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


def job(stage: str = "offered", seconds: float = 30, **call: Any) -> dict[str, Any]:
    now = datetime.now(UTC)
    going = {
        "phone": "0971-5500001",
        "way_in": "从东门进，有狗",
        "door_code": "4502#",
        "key_holder": "小桥站",
        "key_safe": True,
    }
    return {
        "visit": {
            "id": "20261121-0147.1", "stage": stage, "eta_seconds": 372,
            "offer_due_at": stamp(now + timedelta(seconds=seconds)),
        },
        "call": {
            "id": "20261121-0147", "priority": 1, "kind": "sos", "reason": "老人说起不来，没有外伤",
            "opened_at": stamp(now - timedelta(seconds=65)), "presses": 3, **call,
        },
        "home": {
            "address": "小桥大街12号 小桥社区", "building": "3号楼", "unit": "2单元", "door": "502",
            "floor": 5, "lift": False,
            "latitude": 36.65, "longitude": 101.76, "maps": links(36.65, 101.76, "e_bike"),
            **(going if stage != "offered" else {}),
        },
        "residents": [
            {"name": "王桂兰", "sex": "F", "age": 83, "language": "qinghai", "phone": "13997000001",
             "critical": ["心脏病，装有起搏器", "青霉素过敏"]},
        ],
        "contacts": [{"name": "王建国", "relation": "儿子", "phone": "13897000002"}],
        "centre_phone": "0971-0000000",
        "place": None,
        "leaves": None,
    }  # fmt: skip


def touches(centre: Centre) -> list[dict[str, Any]]:
    """What was sent by a touch: a carer under way also says where they are."""
    return [one for one in centre.received() if one["verb"] != "here"]


def next_button(page: Page) -> Locator:
    return page.locator("#next:not([disabled])")


def stage(page: Page, name: str) -> None:
    expect(page.locator("body")).to_have_attribute("data-stage", name, timeout=10_000)


def one_big_button(page: Page) -> None:
    """Exactly one primary button, at least 56 px high, wholly on the screen without scrolling."""
    expect(page.locator("button.primary")).to_have_count(1)
    (box,) = page.evaluate(
        "() => [...document.querySelectorAll('button.primary')].map(one => one.getBoundingClientRect().toJSON())"
    )
    assert box["height"] >= 56
    assert box["top"] >= 0
    assert box["bottom"] <= 640
    assert page.evaluate(
        "() => [document.documentElement.scrollHeight, document.documentElement.scrollWidth]"
    ) == [640, 360]  # fmt: skip


def stored(page: Page) -> str:
    """Everything this phone keeps: local storage, every row of its databases, and the text of every cached answer."""
    return str(
        page.evaluate("""async () => {
            const texts = [localStorage, sessionStorage, await indexedDB.databases()].map((one) => JSON.stringify(one))
            for (const { name } of await indexedDB.databases()) {
                const opening = indexedDB.open(name)
                const opened = await new Promise((done) => (opening.onsuccess = () => done(opening.result)))
                for (const store of opened.objectStoreNames) {
                    const asked = opened.transaction(store).objectStore(store).getAll()
                    const rows = await new Promise((resolve) => (asked.onsuccess = () => resolve(asked.result)))
                    texts.push(JSON.stringify(rows, (key, value) => value instanceof ArrayBuffer ? 'PICTURE' : value))
                }
                opened.close()
            }
            for (const name of await caches.keys()) {
                const cache = await caches.open(name)
                for (const asked of await cache.keys()) texts.push(asked.url, await (await cache.match(asked)).text())
            }
            return texts.join('\\n')
        }""")
    )


def nothing_personal(page: Page) -> None:
    kept = stored(page)
    assert [word for word in PERSONAL if word in kept] == []


def true_on(page: Page, question: str, given: Any = None) -> None:
    """Waits; the page's policy forbids Playwright's own ``wait_for_function``, which evaluates text."""
    wait_for(lambda: page.evaluate(question, given))


def wait_for(what: Any, seconds: float = 10) -> None:
    until = time.monotonic() + seconds
    while not what():
        assert time.monotonic() < until, "it did not happen in time"
        time.sleep(0.1)


def test_an_alert_is_seen_and_heard_until_it_is_answered(page: Page, centre: Centre) -> None:
    next_button(page).click()  # the start of the shift: sound on
    stage(page, "quiet")
    centre.control(jobs=[job()])
    stage(page, "offered")
    for words in ("3号楼 2单元 502", "王桂兰", "起不来", "起搏器"):
        expect(page.get_by_text(words)).to_be_visible()
    assert "4502" not in page.content()
    one_big_button(page)
    true_on(page, "() => Number(document.body.dataset.rings) >= 2")
    before = page.locator("#next").inner_text()
    true_on(page, "text => document.getElementById('next').innerText !== text", before)
    next_button(page).click()
    wait_for(lambda: [one["verb"] for one in touches(centre)] == ["accept"])
    rings = page.locator("body").get_attribute("data-rings")
    time.sleep(2.5)
    assert page.locator("body").get_attribute("data-rings") == rings
    assert page.evaluate("() => complaints") == []


def test_a_page_that_cannot_be_heard_says_so(page: Page, centre: Centre) -> None:
    centre.control(jobs=[job()])
    expect(page.locator("#sound")).to_be_visible()
    assert page.locator("body").get_attribute("data-rings") is None
    page.locator("#sound").click()
    true_on(page, "() => Number(document.body.dataset.rings) >= 1")
    expect(page.locator("#sound")).to_have_count(0)


def test_a_visit_from_the_offer_to_the_report(page: Page, context: BrowserContext, centre: Centre) -> None:
    context.grant_permissions(["geolocation"])
    context.set_geolocation({"latitude": 36.6501, "longitude": 101.7602, "accuracy": 20})
    centre.control(jobs=[job()])
    for name in ("offered", "accepted", "on_the_way"):
        stage(page, name)
        one_big_button(page)
        next_button(page).click()
    stage(page, "arrived")
    one_big_button(page)
    next_button(page).click()
    one_big_button(page)
    next_button(page).click()
    expect(page.locator(".mend")).to_be_visible()
    page.locator("[data-code=settled]").click()
    page.locator("[data-code=helped_up]").click()
    expect(page.locator("[data-code=right]")).to_have_count(0)
    page.locator("[data-code=nothing]").click()
    page.locator("#text").fill("扶起后能走路")
    page.locator("#next").click()
    stage(page, "quiet")
    wait_for(lambda: len(touches(centre)) == 4)
    taps = touches(centre)
    assert [tap["verb"] for tap in taps] == ["accept", "depart", "arrive", "finish"]
    assert taps[2]["position"]["latitude"] == pytest.approx(36.6501)
    assert taps[3]["report"] == {
        "condition": "settled", "done": ["helped_up"], "door_code": "", "next": "nothing", "text": "扶起后能走路",
    }  # fmt: skip
    assert len({tap["key"] for tap in taps}) == 4
    wait_for(lambda: "扶起后" not in stored(page))
    nothing_personal(page)


def test_door_and_key_are_shown_only_while_the_job_is_open(page: Page, centre: Centre) -> None:
    centre.control(jobs=[job("accepted")])
    stage(page, "accepted")
    expect(page.get_by_text("4502#")).to_be_visible()
    page.get_by_role("button", name="电话", exact=True).click()
    expect(page.locator("a[href='tel:13997000001']")).to_be_visible()
    expect(page.locator("a[href='tel:09710000000']")).to_be_visible()
    assert "4502#" in stored(page)
    centre.control(jobs=[])
    stage(page, "quiet")
    expect(page.locator(".notice")).to_be_visible()
    assert "王桂兰" not in page.content()
    nothing_personal(page)


def test_taps_without_a_network_outlive_a_reload_and_are_sent_once_in_order(page: Page, centre: Centre) -> None:
    centre.control(jobs=[job("accepted")])
    stage(page, "accepted")
    centre.stop()
    began = datetime.now(UTC)
    next_button(page).click()
    stage(page, "on_the_way")
    expect(page.locator("#sync.waiting")).to_contain_text("1")
    page.reload()
    stage(page, "on_the_way")
    expect(page.get_by_text("3号楼 2单元 502")).to_be_visible()
    next_button(page).click()
    stage(page, "arrived")
    next_button(page).click()
    page.locator("[data-code=hurt]").click()
    next_button(page).click()
    stage(page, "quiet")
    expect(page.locator("#sync.waiting")).to_contain_text("3")
    page.reload()
    stage(page, "quiet")
    expect(page.locator("#sync.waiting")).to_contain_text("3")
    assert "王桂兰" not in stored(page)
    ended = datetime.now(UTC)
    centre.start()
    expect(page.locator("#sync:not(.waiting)")).to_be_visible(timeout=15_000)
    time.sleep(2.5)
    taps = touches(centre)
    assert [tap["verb"] for tap in taps] == ["depart", "arrive", "finish"]
    times = [tap["at"] for tap in taps]
    assert times == sorted(times)
    assert began - timedelta(seconds=1) <= moment(times[0]) <= moment(times[-1]) <= ended
    assert moment(times[1]) - moment(times[0]) > timedelta(seconds=0.5)
    nothing_personal(page)


def test_a_step_the_centre_refuses_is_explained_and_dropped(page: Page, centre: Centre) -> None:
    refusal = {"error": "not_yours", "message": "李秀英 已接单", "fix": "不用再去"}
    centre.control(jobs=[job()], refuse={"accept": refusal})
    stage(page, "offered")
    centre.control(jobs=[job()])
    next_button(page).click()
    expect(page.locator(".notice")).to_contain_text("李秀英 已接单")
    expect(page.locator(".notice")).to_contain_text("不用再去")
    expect(page.locator("#sync:not(.waiting)")).to_be_visible()
    time.sleep(2)
    assert len(touches(centre)) == 1
    centre.control(jobs=[])
    stage(page, "quiet")
    page.locator(".notice button").click()
    expect(page.locator(".notice")).to_have_count(0)


def test_no_needs_a_reason(page: Page, centre: Centre) -> None:
    centre.control(jobs=[job()])
    stage(page, "offered")
    page.locator("footer .pair button").first.click()
    page.locator("main button").nth(1).click()
    stage(page, "quiet")
    wait_for(lambda: [one["verb"] for one in touches(centre)] == ["decline"])
    assert centre.received()[0]["reason"]
    expect(page.locator(".notice")).to_have_count(0)


def test_off_shift_is_calm_and_a_lost_line_is_red(page: Page, centre: Centre) -> None:
    centre.control(on_shift=False)
    true_on(page, "() => !document.querySelector('#next')")
    expect(page.locator(".quiet h1")).to_be_visible()
    expect(page.locator("#live:not(.stale)")).to_be_visible()
    centre.stop()
    expect(page.locator("#live.stale")).to_be_visible(timeout=9000)


def test_the_page_can_be_installed(page: Page, centre: Centre) -> None:
    manifest = page.evaluate("() => fetch('/phone/manifest.webmanifest').then(r => r.json())")
    assert (manifest["start_url"], manifest["scope"], manifest["display"]) == ("/phone", "/phone", "standalone")
    assert page.evaluate("() => navigator.serviceWorker.ready.then(r => r.scope)") == f"{centre.url}/phone"


def test_every_touch_target_is_big_enough_for_gloves(page: Page, centre: Centre) -> None:
    centre.control(jobs=[job("arrived")])
    stage(page, "arrived")
    next_button(page).click()
    page.locator("[data-code]").first.wait_for()
    for box in page.locator("button, a.button").evaluate_all(
        "all => all.map(one => one.getBoundingClientRect().toJSON())"
    ):
        assert box["height"] >= 56
        assert box["width"] >= 56
