"""The carer's phone page in real Chromium at 360×640: the alert, the one next button, and a network that goes away."""

import time
from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from callcenter.rules.times import moment
from tests.browser.phone_page import (
    Centre,
    job,
    next_button,
    nothing_personal,
    one_big_button,
    stage,
    stored,
    touches,
    true_on,
    wait_for,
)


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
    expect(page.locator("#sync:not(.waiting)")).to_be_visible()
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
    expect(page.locator("#live.stale")).to_be_visible()


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
