"""The carer alone, in Chromium at 360×640: SOS, are you well, more hands, a step taken back, an emergency midway."""

import time

from playwright.sync_api import BrowserContext, Page, expect

from tests.browser.chromium import picture
from tests.browser.phone_page import (
    OTHER,
    Centre,
    button,
    hold,
    inside,
    job,
    next_button,
    nothing_personal,
    one_big_button,
    stage,
    stored,
    touches,
    wait_for,
)


def test_sos_is_held_and_says_whether_it_has_arrived(page: Page, centre: Centre, context: BrowserContext) -> None:
    context.grant_permissions(["geolocation"])
    context.set_geolocation({"latitude": 36.6501, "longitude": 101.7602, "accuracy": 20})
    stage(page, "quiet")
    picture(page, "phone-quiet")
    next_button(page).wait_for()  # the centre has answered: the phone knows whose it is
    hold(page, 0.5)
    expect(page.get_by_text("按住 SOS 两秒")).to_be_visible()
    picture(page, "phone-sos-how")
    assert touches(centre) == []
    hold(page, 2.3)
    expect(page.locator("[data-sos=sent]")).to_be_visible()
    picture(page, "phone-sos-sent")
    (said,) = touches(centre)
    assert (said["verb"], said["position"]["latitude"]) == ("sos", 36.6501)
    expect(page.locator("a[href='tel:110']")).to_be_visible()


def test_sos_without_a_network_says_so_and_goes_before_everything_else(page: Page, centre: Centre) -> None:
    centre.control(jobs=[job("accepted")])
    stage(page, "accepted")
    centre.stop()
    next_button(page).click()
    stage(page, "on_the_way")
    hold(page, 2.3)
    expect(page.locator("[data-sos=waiting]")).to_be_visible()
    expect(page.locator("a[href='tel:09710000000']")).to_be_visible()
    picture(page, "phone-sos-waiting")
    button(page, "返回").click()
    expect(page.locator(".banner.danger")).to_be_visible()
    expect(page.locator("#sync.waiting")).to_contain_text("2")
    page.reload()
    expect(page.locator(".banner.danger")).to_be_visible()
    centre.start()
    expect(page.locator("#sync:not(.waiting)")).to_be_visible()
    assert [one["verb"] for one in touches(centre)] == ["sos", "depart"]
    expect(page.locator(".banner.danger")).to_have_count(0)


def test_a_carer_in_the_home_is_asked_and_says_i_am_fine(page: Page, centre: Centre) -> None:
    centre.control(jobs=[inside()])
    stage(page, "arrived")
    expect(page.locator(".notice.well")).to_have_count(0)
    centre.control(jobs=[inside(2)])
    expect(page.locator(".notice.well")).to_be_visible()
    picture(page, "phone-are-you-well")
    button(page, "我没事").click()
    expect(page.locator(".notice.well")).to_have_count(0)
    wait_for(lambda: [one["verb"] for one in touches(centre)] == ["fine"])
    time.sleep(1)
    expect(page.locator(".notice.well")).to_have_count(0)


def test_more_hands_are_asked_for_with_the_reason(page: Page, centre: Centre) -> None:
    centre.control(jobs=[inside()])
    stage(page, "arrived")
    expect(page.get_by_text("请按一下屋里的呼叫器")).to_be_visible()
    one_big_button(page)
    picture(page, "phone-arrived-unproved")
    centre.control(jobs=[inside(proof="pager")])
    expect(page.locator(".proof.proved")).to_be_visible()
    picture(page, "phone-arrived-proved")
    button(page, "要帮手").click()
    picture(page, "phone-help")
    button(page, "一个人抬不动").click()
    wait_for(lambda: bool(touches(centre)))
    (said,) = touches(centre)
    assert (said["verb"], said["reason"], said["words"]) == ("help", "heavy", "一个人抬不动")
    stage(page, "arrived")


def test_the_last_step_is_taken_back_within_ten_seconds(page: Page, centre: Centre) -> None:
    centre.control(jobs=[job("accepted")])
    stage(page, "accepted")
    next_button(page).click()
    stage(page, "on_the_way")
    one_big_button(page)
    picture(page, "phone-undo")
    button(page, "撤销").click()
    stage(page, "accepted")
    wait_for(lambda: len(touches(centre)) == 2)
    assert [(one["verb"], one.get("step")) for one in touches(centre)] == [("depart", None), ("undo", "depart")]
    next_button(page).click()
    stage(page, "on_the_way")
    expect(page.locator(".undo")).to_have_count(0)  # ten seconds


def test_an_emergency_is_shown_over_the_present_visit_and_says_what_it_costs(page: Page, centre: Centre) -> None:
    present, urgent = inside(), job("offered", 60) | {"leaves": OTHER}
    present["visit"]["id"] = OTHER
    present["call"] |= {"id": OTHER[:-2], "priority": 3, "kind": "service"}
    present["residents"][0]["name"] = "李大爷"
    centre.control(jobs=[present])
    stage(page, "arrived")
    centre.control(jobs=[urgent, present])
    stage(page, "offered")
    expect(page.locator(".leaves")).to_contain_text("李大爷")
    one_big_button(page)
    picture(page, "phone-interrupt")
    next_button(page).click()
    stage(page, "accepted")
    expect(page.locator(".notice:not(.undo)")).to_have_count(0)
    wait_for(lambda: "李大爷" not in stored(page))
    centre.control(jobs=[])
    stage(page, "quiet")
    nothing_personal(page)


def test_an_emergency_that_is_declined_leaves_the_present_visit_as_it_was(page: Page, centre: Centre) -> None:
    present, urgent = inside(), job("offered", 60) | {"leaves": OTHER}
    present["visit"]["id"] = OTHER
    centre.control(jobs=[urgent, present])
    stage(page, "offered")
    button(page, "去不了").click()
    picture(page, "phone-refusal")
    page.locator("main button").first.click()
    stage(page, "arrived")
    wait_for(lambda: [one["verb"] for one in touches(centre)] == ["decline"])


def test_an_offer_that_somebody_else_took_says_so_at_once(page: Page, centre: Centre) -> None:
    for why, words in (("accepted", "已有人接单"), ("cancelled", "已取消"), ("more_urgent", "更急")):
        centre.control(jobs=[job()], gone=[])
        stage(page, "offered")
        centre.control(jobs=[], gone=[{"visit": job()["visit"]["id"], "why": why}])
        stage(page, "quiet")
        expect(page.locator(".notice")).to_contain_text(words)
        page.locator(".notice button").click()
    picture(page, "phone-gone")


def test_where_a_carer_is_is_told_only_under_way_and_where_it_is_allowed(
    page: Page, centre: Centre, context: BrowserContext
) -> None:
    def heres() -> int:
        return sum(one["verb"] == "here" for one in centre.received())

    centre.control(jobs=[job("on_the_way")])
    stage(page, "on_the_way")
    time.sleep(2.5)
    assert heres() == 0, "nobody has allowed it"
    context.set_geolocation({"latitude": 36.6501, "longitude": 101.7602, "accuracy": 20})
    context.grant_permissions(["geolocation"])
    wait_for(lambda: heres() > 0)
    centre.control(jobs=[])
    stage(page, "quiet")
    before = heres()
    time.sleep(2.5)
    assert heres() <= before + 1
