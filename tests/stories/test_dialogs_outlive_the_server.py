"""F9, F7 and F4 when the server dies under the dialog: no word is lost, and what was sent twice is done once."""

import pytest
from playwright.sync_api import Locator, Page, Route, expect

from tests.browser.centre import Centre
from tests.browser.chromium import Windows, picture
from tests.browser.people import PUT_AWAY, Operator
from tests.browser.words import say

pytestmark = pytest.mark.timeout(240)

WORDS = "扶起后能走，喝了水，女儿在路上"
NOT_SENT = say("Not sent: the server does not answer.")
GO_ON = say("Go on by telephone and press again in a moment.")


@pytest.fixture
def desk(running: Centre, screens: Windows) -> Operator:
    screens.expected += ["Failed to load resource", "WebSocket"]
    return Operator(screens, "limin")


def test_closing_keeps_its_words_while_the_server_is_dead_and_closes_once(running: Centre, desk: Operator) -> None:
    page, call = desk.page, _in_hand(running, desk, "1201")
    desk.answer("清楚", "没有异常", "按错了", "是")
    page.keyboard.press("F9")
    dialog = page.get_by_role("dialog", name=say("Close the call"))
    dialog.get_by_role("radio", name=say("Helped at home"), exact=True).check()
    dialog.get_by_role("radio", name=say("The resident spoke clearly"), exact=True).check()
    dialog.get_by_label(say("In words"), exact=True).fill(WORDS)
    dialog.get_by_text(say("Something is left to do: make a task")).click()
    dialog.get_by_label(say("What kind")).select_option("call_back")
    dialog.get_by_label(say("What is to be done")).fill("晚上再问一次")
    running.house.kill("web")
    page.keyboard.press("F9")
    _says_what_to_do(page, dialog)
    picture(page, "dialog-close-not-sent")
    expect(dialog.get_by_label(say("In words"), exact=True)).to_have_value(WORDS)
    expect(dialog.get_by_label(say("What is to be done"))).to_have_value("晚上再问一次")

    _web_again(running, page)
    page.keyboard.press("F9")
    expect(dialog).to_have_count(0)
    expect(desk.row(running.resident("1201"))).to_have_count(0)
    closed = _kept(running, call, "CallClosed")
    assert [one["words"] for one in closed] == [WORDS]
    assert page.evaluate(TASKS) == ["晚上再问一次"]


def test_a_hold_that_was_done_but_never_answered_is_not_refused_when_it_is_pressed_again(
    running: Centre, desk: Operator
) -> None:
    page, call = desk.page, _in_hand(running, desk, "1202")
    page.keyboard.press("F7")
    dialog = page.get_by_role("dialog", name=say("Hold: when shall it come back?"))
    button = dialog.get_by_role("button", name=say("{n} seconds", n=120))
    _dies_before_it_answers(running, page, "**/hold", button)
    _says_what_to_do(page, dialog)

    _web_again(running, page)
    button.click()
    expect(dialog).to_have_count(0)
    expect(page.locator(".notice")).to_have_count(0)
    expect(desk.row(running.resident("1202"))).to_contain_text(say("On hold, back in {time}").split("{")[0])
    assert len(_kept(running, call, "CallHeld")) == 1

    page.keyboard.press("F7")  # taken up again: the next hold is another one
    expect(desk.row(running.resident("1202"))).not_to_contain_text(say("On hold, back in {time}").split("{")[0])
    page.keyboard.press("F7")
    button.click()
    expect(dialog).to_have_count(0)
    assert len(_kept(running, call, "CallHeld")) == 2


def test_another_carer_is_sent_once_and_the_reason_is_not_typed_twice(running: Centre, desk: Operator) -> None:
    page, call = desk.page, _in_hand(running, desk, "1203")
    page.locator(".carers .send-carer").nth(1).click()
    dialog = page.get_by_role("dialog")
    why = dialog.get_by_label(say("Reason"))
    why.fill("老人只认她")
    _dies_before_it_answers(running, page, "**/dispatch", dialog.locator("button.primary"))
    _says_what_to_do(page, dialog)
    picture(page, "dialog-override-not-answered")
    expect(why).to_have_value("老人只认她")

    _web_again(running, page)
    dialog.locator("button.primary").click()
    expect(dialog).to_have_count(0)
    expect(page.locator(".notice")).to_have_count(0)
    offers = _kept(running, call, "VisitOffered")
    assert [one["override_reason"] for one in offers if one.get("override_reason")] == ["老人只认她"]
    assert len(_kept(running, call, "VisitRequested")) == 1
    assert not running.store.verify().faults


# --- the parts of a story -----------------------------------------------------------------------------------------

TASKS = (
    "() => fetch('/api/v1/tasks').then((answer) => answer.json()).then(({ tasks }) => tasks.map((one) => one.words))"
)


def _in_hand(running: Centre, desk: Operator, account: str) -> str:
    running.press(account)
    name = running.resident(account)
    desk.take(name)
    expect(desk.card().locator("#note")).to_be_visible()
    return str(desk.row(name).get_attribute("data-call"))


def _dies_before_it_answers(running: Centre, page: Page, where: str, button: Locator) -> None:
    """The command arrives and is done; then the server is killed, and its answer never comes."""

    def lost(route: Route) -> None:
        if "web" not in running.house.processes:
            route.abort("connectionrefused")
            return
        assert route.fetch().ok
        running.house.kill("web")
        route.abort("connectionreset")

    page.route(where, lost)
    button.click()


def _says_what_to_do(page: Page, dialog: Locator) -> None:
    """In the dialog itself: what lies behind a modal one can be neither pressed nor heard by a screen reader."""
    said = dialog.get_by_role("status").locator(".notice-error")
    expect(said.last).to_contain_text(NOT_SENT)
    expect(said.last).to_contain_text(GO_ON)
    expect(page.locator(".fresh")).not_to_contain_text(say("Connected"))


def _web_again(running: Centre, page: Page) -> None:
    page.unroute_all()
    running.house.start("web")
    running.house.ready()
    expect(page.locator(".fresh")).to_contain_text(say("Connected"))
    page.evaluate(PUT_AWAY)
    expect(page.locator(".notice")).to_have_count(0)


def _kept(running: Centre, call: str, kind: str) -> list[dict[str, object]]:
    return [dict(event.body) for event in running.store.log.stream(f"call:{call}") if event.kind == kind]
