"""A carer's phone on a thin line: a picture that takes long keeps nothing else waiting, and arrives all the same."""

import time
from typing import Any

from playwright.sync_api import Page, expect

from tests.browser.phone_page import OTHER, Centre, hold, inside, job, next_button, png, stage, touches, wait_for

SOON = 7_500  # ms: shorter than what the phone waits for any other answer
FOR_OTHERS = 8.0  # s: what it waits for any other answer


def here() -> dict[str, Any]:
    made = inside()
    made["visit"]["id"] = OTHER
    return made


def with_photos(page: Page, centre: Centre, many: int) -> None:
    """Inside a home, with so many photos taken; the first has left and does not arrive."""
    centre.control(jobs=[here()], hold=["photo"])
    stage(page, "arrived")
    next_button(page).click()
    for count in range(many):
        page.locator("#photo").set_input_files({"name": "a.png", "mimeType": "image/png", "buffer": png(40, 30)})
        expect(page.locator("#photos")).to_contain_text(str(count + 1))
    wait_for(lambda: verbs(centre) == ["photo"])


def verbs(centre: Centre) -> list[str]:
    return [one["verb"] for one in touches(centre)]


def test_an_offer_and_its_accept_do_not_wait_for_a_photo(page: Page, centre: Centre) -> None:
    with_photos(page, centre, 1)
    centre.control(jobs=[job("offered", 60) | {"leaves": OTHER}, here()])
    expect(page.locator("body")).to_have_attribute("data-stage", "offered", timeout=SOON)
    next_button(page).click()
    wait_for(lambda: "accept" in verbs(centre), SOON / 1000)
    stage(page, "accepted")
    expect(page.locator("#sync.waiting")).to_contain_text("1")
    centre.control(hold=[])
    expect(page.locator("#sync:not(.waiting)")).to_be_visible()
    assert len({one["key"] for one in touches(centre) if one["verb"] == "photo"}) == 1


def test_sos_goes_before_the_photos_even_while_it_looks_for_its_place(page: Page, centre: Centre) -> None:
    with_photos(page, centre, 2)
    page.evaluate("() => { navigator.geolocation.getCurrentPosition = () => {} }")
    hold(page, 2.3)
    centre.control(hold=[])
    expect(page.locator("[data-sos=sent]")).to_be_visible()
    expect(page.locator("#sync:not(.waiting)")).to_be_visible()
    assert verbs(centre) == ["photo", "sos", "photo", "photo"]


def test_a_photo_that_takes_longer_than_any_other_answer_is_sent_once(page: Page, centre: Centre) -> None:
    with_photos(page, centre, 1)
    time.sleep(FOR_OTHERS + 2)
    centre.control(hold=[])
    expect(page.locator("#photos")).to_contain_text("已传")
    assert verbs(centre) == ["photo"]
