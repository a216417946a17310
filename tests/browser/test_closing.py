"""The closing dialog in real Chromium: whose call it is, what is missing and where, and a task laid out to be read."""

import pytest
from playwright.sync_api import Locator, Page, expect

from callcenter.store import tables
from tests.browser import fixtures
from tests.browser.chromium import DESK, Windows
from tests.browser.lived_in import window
from tests.browser.test_accessible import SIZES, sound
from tests.browser.words import say
from tests.callcenter.whole_site import WholeSite

site, screens = fixtures.site, fixtures.screens_of_site


def closing(screens: Windows, site: WholeSite, home: int, language: str = "zh_CN") -> tuple[Page, Locator]:
    """The call of this home in hand, and its closing asked for: the page and the dialog, which says whose it is."""
    call = site.call(home)
    assert site.say("operator", f"/api/v1/calls/{call['id']}/answer", {}).status_code == 200
    page = window(screens, site, "operator", language)
    page.goto("/console")
    row = page.locator(f".queue .row[data-call='{call['id']}']")
    row.click()
    expect(page.locator("#note")).to_be_visible()
    page.keyboard.press("F9")
    dialog = page.get_by_role("dialog", name=row.locator(".row-who b").inner_text())
    expect(dialog).to_be_visible()
    return page, dialog


def boxes(page: Page, *ids: str) -> list[dict[str, float]]:
    return [page.locator(f"#{one}").evaluate("one => one.getBoundingClientRect().toJSON()") for one in ids]


HOMES = {("", "zh_CN"): 31, ("-zoom", "zh_CN"): 32, ("", "en"): 33, ("-zoom", "en"): 34}
TASK = ("task-kind", "task-words", "task-minutes", "task-owner")


@pytest.mark.parametrize("language", ["zh_CN", "en"])
@pytest.mark.parametrize("size", SIZES)
def test_a_task_is_laid_out_in_lines_and_the_answer_can_be_reached(
    site: WholeSite, screens: Windows, size: str, language: str
) -> None:
    page, dialog = closing(screens, site, HOMES[size, language], language)
    page.set_viewport_size(SIZES[size])  # type: ignore[arg-type]
    dialog.get_by_role("radio").nth(3).check()
    dialog.locator("summary").click()
    page.keyboard.press("F9")
    expect(dialog.get_by_role("alert")).to_be_visible()
    lines = {round(box["top"]) for box in boxes(page, *TASK)}
    assert len(lines) == (1 if SIZES[size] == DESK else 2), lines
    assert all(box["width"] >= 130 for box in boxes(page, *TASK))
    assert dialog.evaluate("one => one.scrollWidth <= one.clientWidth"), "nobody scrolls sideways to close a call"
    answer = dialog.locator("button.primary")
    if SIZES[size] != DESK:
        answer.scroll_into_view_if_needed()
    (top, bottom) = answer.evaluate("one => [one.getBoundingClientRect().top, one.getBoundingClientRect().bottom]")
    assert 0 <= top < bottom <= SIZES[size]["height"]
    if language == "zh_CN":
        sound(page, f"closing{size}")
        page.locator(".look-night").evaluate("() => document.getElementById('night').media = 'screen'")
        sound(page, f"closing{size}-night")


def test_what_is_missing_is_named_and_the_hands_are_put_there_one_after_the_other(
    site: WholeSite, screens: Windows
) -> None:
    page, dialog = closing(screens, site, 35)
    focused = page.locator(":focus")
    dialog.locator("summary").click()
    page.locator("#task-words").fill("明早问问睡得好不好")
    dialog.locator("summary").click()  # folded away, and not forgotten
    missing = dialog.get_by_role("alert")
    page.keyboard.press("F9")
    expect(missing).to_contain_text(say("what kind of task"))
    expect(focused).to_have_attribute("name", "outcome")
    dialog.get_by_role("radio", name=say("Something else"), exact=True).check()
    page.keyboard.press("F9")
    expect(focused).to_have_attribute("name", "evidence")
    dialog.get_by_role("radio", name=say("The resident spoke clearly")).check()
    page.keyboard.press("F9")
    expect(focused).to_have_id("close-words")
    page.keyboard.type("口头指导")
    page.keyboard.press("F9")
    expect(focused).to_have_id("task-kind")
    expect(page.locator(".task-line")).to_have_attribute("open", "")


def test_a_task_that_was_made_is_said_when_the_closing_itself_is_refused(site: WholeSite, screens: Windows) -> None:
    screens.expected.append("503")
    page, dialog = closing(screens, site, 36)
    page.route("**/close", lambda route: route.fulfill(status=503, json={"message": "busy", "fix": ""}))
    page.keyboard.press("Escape")
    expect(page.locator(".script li.now")).to_be_visible()
    given = page.locator(".script .given")
    while page.locator(".script li .must").count():
        answered = given.count()
        page.keyboard.press("F12")
        page.locator(".script li.now .choices button").first.click()
        expect(given).to_have_count(answered + 1)
    page.keyboard.press("F9")
    dialog.get_by_role("radio", name=say("Something else"), exact=True).check()
    dialog.get_by_role("radio", name=say("The resident spoke clearly")).check()
    page.locator("#close-words").fill("口头指导")
    dialog.locator("summary").click()
    page.locator("#task-kind").select_option("call_back")
    page.locator("#task-words").fill("明早问问睡得好不好")
    page.keyboard.press("F9")
    expect(dialog.locator(".task-made")).to_contain_text("明早问问睡得好不好")
    expect(page.locator("#task-words")).to_have_value("")
    page.locator("#close-words").press("F9")
    expect(dialog).to_be_visible()
    with site.house.database.read() as conn:
        rows = conn.execute(tables.tasks.select().where(tables.tasks.c.words == "明早问问睡得好不好")).all()
    assert len(rows) == 1, "a second try makes no second task"
