"""What a new operator stumbled over on her first night: lost hands, codes for words, the same name forty times."""

from playwright.sync_api import Page, Route, expect

from tests.browser import fixtures
from tests.browser.chromium import Windows
from tests.browser.lived_in import window
from tests.browser.test_accessible import sound
from tests.browser.words import say
from tests.callcenter.whole_site import WholeSite

site, screens = fixtures.site, fixtures.screens_of_site


def console(screens: Windows, site: WholeSite) -> Page:
    page = window(screens, site, "operator", "zh_CN")
    page.goto("/console")
    page.locator(".queue .row").first.wait_for()
    return page


def test_whoever_answers_has_their_hands_on_the_card_and_not_on_what_was_before(
    site: WholeSite, screens: Windows
) -> None:
    call = site.call(41)
    page = console(screens, site)
    page.locator(f".queue .row[data-call='{call['id']}']").click()
    expect(page.locator("#act-answer")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("#act-answer")).to_have_count(0)
    expect(page.locator("#card-title")).to_be_focused()

    second = site.call(42)
    expect(page.locator(f".queue .row[data-call='{second['id']}']")).to_be_visible()
    page.locator("#duty").focus()
    page.keyboard.press("F2")
    expect(page.locator("#card-title")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_role("dialog")).to_have_count(0)  # the button of the shift was not pressed


def test_closing_while_carers_are_asked_says_that_nobody_has_accepted_and_what_to_do(
    site: WholeSite, screens: Windows
) -> None:
    call = site.call(43)
    path = f"/api/v1/calls/{call['id']}"
    assert site.say("operator", f"{path}/answer", {}).status_code == 200
    carer = site.ask("operator", f"{path}/candidates").json["candidates"][0]["carer_id"]  # type: ignore[index]
    sent = site.say("operator", f"{path}/dispatch", {"carer_id": carer})
    assert sent.status_code in (200, 201), sent.text
    page = console(screens, site)
    page.locator(f".queue .row[data-call='{call['id']}']").click()
    page.locator(".visit").first.wait_for()
    page.keyboard.press("F9")
    expect(page.locator(".notices")).to_contain_text(
        say("Carers are still being asked for this call. Is nobody needed? Then cancel the visit first.")
    )


def test_a_desk_that_everybody_has_left_says_so(site: WholeSite, screens: Windows) -> None:
    page = window(screens, site, "operator", "zh_CN")
    page.route("**/api/v1/snapshot", deserted)
    page.goto("/console")
    expect(page.locator(".banner-unheard")).to_be_visible()


def test_when_no_seat_listens_the_one_who_reads_it_can_begin_at_once(site: WholeSite, screens: Windows) -> None:
    site.call(44)
    page = window(screens, site, "operator", "zh_CN")
    assert site.say("operator", "/api/v1/seat/on", {}).status_code == 200
    page.route("**/api/v1/snapshot", deaf)
    page.goto("/console")
    banner = page.locator(".banner-unheard")
    expect(banner).to_be_visible()
    page.keyboard.press("F5")  # a key was pressed: Chromium lets the page ring
    button = banner.get_by_role("button", name=say("I sit here: ring"))
    expect(button).to_be_visible()
    sound(page, "night-unheard")  # its words can be read: they were white on white
    page.unroute("**/api/v1/snapshot")
    button.click()
    expect(banner).to_have_count(0)


def deaf(route: Route) -> None:
    """The snapshot of a centre in which no seat would hear a call."""
    answer = route.fetch()
    said = answer.json()
    said["seats"]["listening"] = False
    route.fulfill(response=answer, json=said)


def deserted(route: Route) -> None:
    """The snapshot of a centre in which everybody has signed off."""
    answer = route.fetch()
    route.fulfill(response=answer, json=answer.json() | {"seats": {"rows": [], "looking": {}, "listening": False}})
