"""A drill of the roll call from the console: of chosen areas, on the phones that were ticked and on no other."""

from datetime import UTC, datetime

import pytest
from playwright.sync_api import Route, expect

from tests.browser.centre import Centre
from tests.browser.chromium import PHONE, Windows, picture, wait_for
from tests.browser.people import Operator, log_in
from tests.browser.test_accessible import sound
from tests.browser.words import say


@pytest.fixture(scope="module")
def running(running: Centre) -> Centre:
    running.house.everyone_on_shift()
    return running


def test_a_drill_asks_in_two_communities_and_rings_one_phone(running: Centre, screens: Windows) -> None:
    roll_calls, people = running.store.parts.rollcalls, running.store.people
    homes = roll_calls.look([("district", "")]).homes
    carers = people.carers(datetime.now(UTC))
    taker = next(one for one in carers if one["on_shift"])
    own = sorted({home["community"] for home in homes if home["station_id"] == taker["station_id"]})[0]
    other = sorted({home["community"] for home in homes if home["station_id"] != taker["station_id"]})[0]
    idle = next(one for one in carers if one["station_id"] == taker["station_id"] and one["id"] != taker["id"])

    page = Operator(screens, "limin").page
    page.keyboard.press("Alt+5")
    panel = page.locator(".pane.mass")
    declare = panel.get_by_role("button", name=say("Declare {level}", level=say("Warning")))
    expect(declare).to_be_visible()
    page.locator("#mass-drill").check()
    expect(declare).to_have_count(0)  # who practises cannot declare a true warning by a slip
    takers = page.locator("#mass-takers")
    expect(takers).to_contain_text(say("Nobody is ticked: the drill stays with the operators."))
    assert takers.get_by_role("checkbox", checked=True).count() == 0, "no phone rings that nobody chose"
    page.locator("#mass-scope").select_option("community")
    page.locator("#mass-place").select_option(other)
    page.locator("#mass-more").click()
    page.locator("#mass-place").select_option(own)
    expect(panel.get_by_role("button", name=say("Not {area}", area=other))).to_be_visible()
    takers.locator(f"[data-carer='{taker['id']}']").check()
    expect(takers).to_contain_text(say("Each gets homes of their own station. What is left stays with the operators."))
    page.locator("#mass-each").fill("3")
    page.locator("#mass-each").scroll_into_view_if_needed()
    sound(page, "drill-form")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.locator("#roll-start").click()
    expect(panel.locator(".drill-mark")).to_be_visible()
    expect(page.locator("#mass-drill")).not_to_be_checked()
    picture(page, "drill-runs")

    (roll,) = roll_calls.overview()
    assert roll["drill"]
    assert {tuple(area) for area in roll["areas"]} == {("community", own), ("community", other)}
    asked = roll_calls.homes(roll["id"])
    assert {home["community"] for home in asked} == {own, other}
    dealt = [home for home in asked if home["carer_id"] is not None]
    assert len(dealt) == 3
    assert {home["carer_id"] for home in dealt} == {taker["id"]}

    phones = {}
    for login, carer in (("c-taker", taker), ("c-idle", idle)):
        running.user(login, carer["name"], "carer", carer["id"])
        phones[login] = screens.open(login, screens.profile(PHONE))
        log_in(phones[login], login)
    left = say("Roll call: {left} of {all} left", left="3", all="3")
    expect(phones["c-taker"].get_by_role("heading", name=left)).to_be_visible()
    expect(phones["c-idle"].get_by_role("heading", name=say("No job at the moment"))).to_be_visible()
    expect(phones["c-idle"].locator("[data-home]")).to_have_count(0)

    panel.get_by_label(say("Who goes on asking after those who are left")).fill("夜班")
    panel.get_by_role("button", name=say("End the roll call")).click()
    report = panel.get_by_role("link", name=say("Its report"))
    expect(report).to_have_attribute("href", f"/rollcalls/{roll['id']}")
    with page.context.expect_page() as opening:
        report.click()
    expect(opening.value.locator("main")).to_contain_text(say("DRILL — nobody is sent, no case is opened"))


def test_an_area_that_was_added_by_mistake_is_taken_out_again(running: Centre, screens: Windows) -> None:
    page = Operator(screens, "wangqiang").page
    page.keyboard.press("Alt+5")
    page.locator("#mass-scope").select_option("building")
    places = page.locator("#mass-place option").evaluate_all("all => all.slice(0, 3).map((one) => one.value)")
    for place in (places[0], places[0], places[1]):  # twice the same is once
        page.locator("#mass-place").select_option(place)
        page.locator("#mass-more").click()
    page.locator("#mass-place").select_option(places[2])
    chips = page.locator(".mass-areas button[aria-label]")
    expect(chips).to_have_count(2)
    chips.first.click()
    asked: list[dict[str, object]] = []

    def heard(route: Route) -> None:
        """Read here and not begun: another drill may run in these buildings."""
        asked.append(route.request.post_data_json)
        route.fulfill(json={"rollcall": "d20261122-9"})

    page.route("**/api/v1/rollcalls", heard)
    page.locator("#mass-drill").check()
    page.locator("#roll-start").click()
    wait_for(page, lambda: asked)
    (said,) = asked
    assert said["areas"] == [["building", places[1]], ["building", places[2]]]
    assert said["carers"] == []
    assert "each" not in said
