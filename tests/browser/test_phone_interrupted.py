"""One job comes over another on the carer's phone: it is seen and heard, and no touch or word goes to the wrong one."""

import json
import time
from typing import Any

from playwright.sync_api import Page, expect

from tests.browser.phone_page import (
    OTHER,
    Centre,
    button,
    hold,
    inside,
    job,
    next_button,
    nothing_personal,
    stage,
    stored,
    touches,
    true_on,
    wait_for,
)

URGENT = job()["visit"]["id"]
RINGS = "() => Number(document.body.dataset.rings || 0)"
# A finger that comes down in the moment an answer arrives, and a touch that the old button has already taken.
TOUCHED_MEANWHILE = """async (jobs) => {
    const body = await (await fetch('/api/v1/phone/jobs')).json()
    const before = document.getElementById('next')
    Phone.heard({ ...body, jobs })
    document.getElementById('next').click()
    before.click()
    return Phone.keep.taps().map((tap) => [tap.visit, tap.action])
}"""


def other(made: dict[str, Any]) -> dict[str, Any]:
    made["visit"]["id"] = OTHER
    made["call"] |= {"id": OTHER[:-2], "priority": 3, "kind": "service"}
    made["home"]["door"] = "601"
    return made


def urgent() -> dict[str, Any]:
    return job("offered", 60) | {"leaves": OTHER}


def sound_on(page: Page) -> None:
    next_button(page).click()
    true_on(page, "() => Phone.bell.open()")


def half_a_report(page: Page, words: str) -> None:
    next_button(page).click()
    page.locator("[data-code=settled]").click()
    page.locator("#text").fill(words)


def test_an_emergency_comes_over_a_half_written_report_which_is_there_afterwards(page: Page, centre: Centre) -> None:
    sound_on(page)
    centre.control(jobs=[other(inside())])
    stage(page, "arrived")
    half_a_report(page, "扶起后写到一半")
    rings = page.evaluate(RINGS)
    centre.control(jobs=[urgent(), other(inside())])
    stage(page, "offered")
    expect(page.locator(".leaves")).to_be_visible()
    expect(page.locator("#text")).to_have_count(0)
    wait_for(lambda: page.evaluate(RINGS) > rings)
    button(page, "去不了").click()
    page.locator("main button").first.click()
    stage(page, "arrived")
    next_button(page).click()
    expect(page.locator("#text")).to_have_value("扶起后写到一半")
    next_button(page).click()
    stage(page, "quiet")
    wait_for(lambda: len(touches(centre)) == 2)
    declined, finished = touches(centre)
    assert (declined["verb"], declined["visit"]) == ("decline", URGENT)
    assert (finished["verb"], finished["visit"]) == ("finish", OTHER)
    assert (finished["report"]["condition"], finished["report"]["text"]) == ("settled", "扶起后写到一半")
    wait_for(lambda: "扶起后" not in stored(page))
    nothing_personal(page)


def test_two_half_written_reports_lie_side_by_side(page: Page, centre: Centre) -> None:
    first, second = other(inside()), inside()
    centre.control(jobs=[first])
    stage(page, "arrived")
    page.evaluate(  # as a page of last week has kept it
        "draft => localStorage.setItem('anxin.phone.draft', draft)",
        json.dumps({"visit": OTHER, "condition": "", "done": [], "door_code": "", "next": "", "text": "上周"}),
    )
    next_button(page).click()
    expect(page.locator("#text")).to_have_value("上周")
    next_button(page).click()
    expect(page.locator(".mend")).to_be_visible()
    centre.control(jobs=[second, first])
    expect(page.locator(".mend")).to_have_count(0)
    half_a_report(page, "第二家")
    expect(page.locator(".mend")).to_have_count(0)
    centre.control(jobs=[first])
    expect(page.get_by_text("601")).to_be_visible()
    assert "第二家" not in stored(page), "nothing of a visit that is over stays"
    next_button(page).click()
    expect(page.locator("#text")).to_have_value("上周")


def test_a_refusal_left_open_is_not_that_of_the_next_offer(page: Page, centre: Centre) -> None:
    first, second = other(job("offered", 60)), job("offered", 60)
    sound_on(page)
    centre.control(jobs=[first])
    stage(page, "offered")
    button(page, "去不了").click()
    expect(page.locator("main button").first).to_be_visible()
    rings = page.evaluate(RINGS)
    centre.control(jobs=[second], gone=[{"visit": OTHER, "why": "accepted"}])
    expect(page.get_by_text("3号楼 2单元 502")).to_be_visible()
    expect(page.locator("main button")).to_have_count(0)
    wait_for(lambda: page.evaluate(RINGS) > rings)
    assert touches(centre) == []
    next_button(page).click()
    wait_for(lambda: [(one["verb"], one["visit"]) for one in touches(centre)] == [("accept", URGENT)])


def test_a_touch_means_the_job_that_was_on_the_screen(page: Page, centre: Centre) -> None:
    centre.control(jobs=[other(job("on_the_way"))])
    stage(page, "on_the_way")
    next_button(page).wait_for()
    assert page.evaluate(TOUCHED_MEANWHILE, [job("on_the_way")]) == [[OTHER, "arrive"]]


def test_the_hint_of_sos_does_not_silence_an_offer_and_a_sent_sos_stays(page: Page, centre: Centre) -> None:
    sound_on(page)
    hold(page, 0.3)
    centre.control(jobs=[job("offered", 60)])
    stage(page, "offered")
    expect(page.get_by_text("按住 SOS 两秒")).to_be_visible()
    wait_for(lambda: page.evaluate(RINGS) > 0)
    centre.control(jobs=[])
    stage(page, "quiet")
    hold(page, 2.3)
    expect(page.locator("[data-sos=sent]")).to_be_visible()
    rings = page.evaluate(RINGS)
    centre.control(jobs=[job("offered", 60)])
    stage(page, "offered")
    time.sleep(2.5)
    assert page.evaluate(RINGS) == rings
    expect(page.locator("[data-sos=sent]")).to_be_visible()
    button(page, "返回").click()
    expect(page.get_by_text("3号楼 2单元 502")).to_be_visible()
    wait_for(lambda: page.evaluate(RINGS) > rings)
