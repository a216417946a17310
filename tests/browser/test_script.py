"""The script of a case in real Chromium: by keyboard alone, seen at the other seat at once, and the closing refused."""

import pytest
from playwright.sync_api import expect

from tests.browser.centre import Centre
from tests.browser.chromium import Windows
from tests.browser.people import Operator, Supervisor
from tests.browser.test_accessible import sound
from tests.browser.words import say


@pytest.fixture(scope="module")
def running(running: Centre) -> Centre:
    running.user("ma", "马主任", "supervisor")
    return running


def test_the_script_is_answered_by_keyboard_and_the_other_seat_sees_each_step(
    running: Centre, screens: Windows
) -> None:
    first, second = Operator(screens, "limin"), Operator(screens, "wangqiang")
    name = running.resident("1401")
    running.press("1401")
    first.take(name)
    script = first.page.locator(".script")
    expect(script.locator("li.now b")).to_have_text("说得清楚、答得上来吗？")
    expect(script.locator(".standing, .alarm")).to_contain_text("自动派护理员并询问家人")
    sound(first.page, "script")
    second.row(name).click()

    first.answer("清楚")
    expect(second.page.locator(".script .given")).to_contain_text("清楚")
    expect(second.page.locator(".script .given")).to_contain_text("李敏")
    expect(script.locator(".standing, .alarm")).to_have_count(0)
    assert second.page.locator(".script .choices").count() == 0, "whoever has not the call reads, and does not answer"

    first.press("F9")
    dialog = first.page.get_by_role("dialog", name=say("Close the call"))
    expect(dialog).to_be_visible()
    dialog.get_by_role("radio", name=say("Pressed by mistake")).check()
    dialog.get_by_role("radio", name=say("The resident spoke clearly")).check()
    dialog.get_by_label(say("In words")).fill("误按")
    dialog.get_by_role("button", name=say("Close the call")).click()
    missing = dialog.get_by_role("alert")
    for step in ("您听到什么", "怎么了", "能自己站起来", say("the words of the person")):
        expect(missing).to_contain_text(step)
    sound(first.page, "close-refused")
    first.press("Escape")

    first.answer("没有异常", "按错了", "是")
    first.close(say("Pressed by mistake"), say("The resident spoke clearly"), "误按", said="我没事，手滑了")
    expect(first.row(name)).to_have_count(0)
    [call] = [row for row in running.store.cases.listed(["closed"], [], "", 9) if row["account"] == "1401"]
    assert call["said"] == "我没事，手滑了"
    assert [one["by"] for one in call["script"]["answers"].values()] == ["李敏"] * 4


def test_the_same_easy_reason_is_refused_the_second_time_and_the_card_says_why(
    running: Centre, screens: Windows
) -> None:
    screens.expected.append("409")
    operator = Operator(screens, "limin")
    name = running.resident("1402")
    for turn in (1, 2):
        running.press("1402")
        operator.take(name)
        if turn == 2:
            expect(operator.page.locator(".script .alarm")).to_contain_text(say("Pressed by mistake"))
            expect(operator.page.locator(".script .alarm")).to_contain_text("李敏")
            sound(operator.page, "pressed-again")
        operator.answer("清楚", "没有异常", "按错了", "是")
        if turn == 1:
            operator.close(say("Pressed by mistake"), say("The resident spoke clearly"), "误按", said="按错了")
    operator.press("F9")
    dialog = operator.page.get_by_role("dialog", name=say("Close the call"))
    dialog.get_by_role("radio", name=say("Pressed by mistake")).check()
    dialog.get_by_role("radio", name=say("The resident spoke clearly")).check()
    dialog.get_by_label(say("What the person said, word for word")).fill("又按错了")
    dialog.get_by_label(say("In words")).fill("误按")
    dialog.get_by_role("button", name=say("Close the call")).click()
    expect(operator.page.locator(".notices")).to_contain_text("已用同样理由结案")
    expect(dialog).to_be_visible()


def test_a_task_is_made_while_closing_counted_in_the_header_and_done_on_its_page(
    running: Centre, screens: Windows
) -> None:
    operator = Operator(screens, "wangqiang")
    name = running.resident("1403")
    running.press("1403", 616)
    operator.take(name)
    operator.press("F9")
    dialog = operator.page.get_by_role("dialog", name=say("Close the call"))
    dialog.get_by_role("radio", name=say("Service done")).check()
    dialog.get_by_role("radio", name=say("The resident spoke clearly")).check()
    dialog.get_by_label(say("In words")).fill("要修灯")
    dialog.get_by_text(say("Something is left to do: make a task")).click()
    dialog.get_by_label(say("What kind")).select_option("call_back")
    dialog.get_by_label(say("What is to be done")).fill("问灯修好没有")
    sound(operator.page, "close-with-task")
    dialog.get_by_role("button", name=say("Close the call")).click()
    count = operator.page.locator(".counts a")
    expect(count).to_contain_text("1")

    page = screens.open("tasks", operator.page.context)
    page.goto("/tasks?whose=mine")
    expect(page.locator(".task-list")).to_contain_text("问灯修好没有")
    sound(page, "tasks")
    page.goto("/leaving")
    expect(page.locator("main")).to_contain_text("问灯修好没有")
    sound(page, "leaving-with-task")
    page.goto("/tasks")
    page.get_by_label(say("What came of it")).fill("修好了")
    page.get_by_role("button", name=say("Done"), exact=True).click()
    expect(page.locator("main")).to_contain_text(say("Nothing is left to be done."))
    expect(count).to_contain_text("0")


def test_two_supervisors_change_a_script_on_their_page(running: Centre, screens: Windows) -> None:
    chen, ma = Supervisor(screens, "chen").page, Supervisor(screens, "ma").page
    chen.goto("/supervisor/scripts/fall")
    sound(chen, "scripts")
    chen.get_by_label(f"{say('Chinese')} 4").fill("能自己站起来走三步吗？")
    chen.get_by_label(say("Why it is changed")).fill("两步看不出来")
    chen.get_by_role("button", name=say("Propose it to a second person")).click()
    expect(chen.locator(".proposal")).to_contain_text(say("Yours: somebody else has to approve it."))
    sound(chen, "script-proposed")

    ma.goto("/supervisor/scripts/fall")
    expect(ma.locator(".differences ins")).to_contain_text("走三步")
    ma.get_by_role("button", name=say("Approve: it holds from the next call on")).click()
    expect(ma.locator(".script-steps")).to_contain_text("走三步")
    expect(ma.locator("h1")).to_contain_text("1")
    sound(ma, "script-approved")
