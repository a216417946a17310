"""The console when something is wrong, by night, in English and in forced colours: sound, and told without colour."""

import re
from datetime import UTC, datetime, timedelta
from typing import Any

from playwright.sync_api import Page, Route, expect

from callcenter.rules.events import call_stream
from callcenter.rules.times import stamp
from tests.browser import fixtures
from tests.browser.chromium import Windows
from tests.browser.lived_in import data, english, window
from tests.browser.test_accessible import DIALOGS, sound
from tests.browser.words import say
from tests.callcenter.whole_site import WholeSite

BY_NIGHT = DIALOGS | {"F11": "Transfer the call: to whom?"}


site, screens = fixtures.site, fixtures.screens_of_site


def console(screens: Windows, site: WholeSite, language: str = "zh_CN", **more: Any) -> Page:
    page = window(screens, site, "operator", language, **more)
    page.goto("/console")
    expect(page.locator(".fresh.part-well")).to_be_visible()
    return page


def test_a_console_that_may_not_ring_or_hears_no_more_of_the_centre_is_sound(site: WholeSite, screens: Windows) -> None:
    screens.expected += ["Failed to load resource", "WebSocket"]
    page = console(screens, site)
    expect(page.locator(".banner-sound")).to_be_visible()
    site.house.cases.show_life("dispatcher", stamp(datetime.now(UTC) - timedelta(hours=1)))
    page.reload()
    expect(page.locator(".banner-part")).to_contain_text(
        say("Automatic dispatch has stopped: telephone the carers yourself and tell the supervisor.")
    )
    sound(page, "state-part-down")
    page.context.set_offline(True)
    expect(page.locator(".banner-stale")).to_be_visible()
    sound(page, "state-stale")
    page.locator(".look-night").evaluate("() => document.getElementById('night').media = 'screen'")
    sound(page, "state-stale-night")


def test_every_dialog_by_night_is_sound_and_in_english_says_nothing_in_chinese(
    site: WholeSite, screens: Windows
) -> None:
    site.call(21)
    night, day = console(screens, site), console(screens, site, "en")
    night.evaluate("() => document.getElementById('night').media = 'screen'")
    typed = data(site)
    for page in (night, day):
        page.locator(".queue .row").first.click()
        if page is night:
            page.keyboard.press("F2")
        expect(page.locator("#note")).to_be_visible()
    for key, name in BY_NIGHT.items():
        for page, title in ((night, say(name)), (day, name)):
            page.keyboard.press(key)
            dialog = page.get_by_role("dialog", name=title)
            expect(dialog).to_be_visible()
            if page is night:
                sound(page, f"state-night-{key}")
            else:
                english(page, typed, f"the dialog of {key}")
            page.keyboard.press("Escape")
            expect(page.get_by_role("dialog")).to_have_count(0)


def test_a_call_in_somebody_elses_hand_is_sound_to_take_over_or_to_join_by_night(
    site: WholeSite, screens: Windows
) -> None:
    call = site.call(22)
    assert site.say("supervisor", f"/api/v1/calls/{call['id']}/answer", {}).status_code == 200
    page = console(screens, site)
    page.evaluate("() => document.getElementById('night').media = 'screen'")
    page.locator(f".queue .row[data-call='{call['id']}']").click()
    for button in ("take-over", "join"):
        page.locator(f"#act-{button}").click()
        expect(page.get_by_role("dialog")).to_be_visible()
        sound(page, f"state-night-{button}")
        page.keyboard.press("Escape")
        expect(page.get_by_role("dialog")).to_have_count(0)


def test_with_the_colours_of_the_system_priority_and_state_are_still_told_apart(
    site: WholeSite, screens: Windows
) -> None:
    for home, kind in ((23, "sos"), (24, "service"), (25, "advice")):
        site.call(home, kind=kind)
    page = console(screens, site, forced_colors="active")
    assert page.evaluate("matchMedia('(forced-colors: active)').matches")
    tags = page.locator(".queue .row .tag")
    expect(tags.nth(2)).to_be_visible()
    told = tags.evaluate_all(
        "all => all.map((one) => [one.className.match(/tag-\\d/)[0], getComputedStyle(one, '::before').content[1], "
        "one.textContent.trim()])"
    )
    by_class = {priority: (shape, word) for priority, shape, word in told}
    assert len(by_class) >= 2
    for seen in zip(*by_class.values(), strict=True):  # the shapes, then the words
        assert all(seen)
        assert len(set(seen)) == len(by_class), by_class
    down = page.locator(".strip .part-down")  # the sound, until somebody touches the page
    expect(down.first).to_contain_text("✕")
    assert down.first.evaluate("one => getComputedStyle(one).borderTopStyle") == "solid"
    for state in page.locator(".queue .row .stage-word, .carers .state").all_inner_texts():
        assert state.strip()
    sound(page, "state-forced-colours")


def test_messages_that_went_out_are_folded_and_one_that_failed_never_is(site: WholeSite, screens: Windows) -> None:
    call = site.call(23)
    with site.house.log.writing() as w:
        for kind in ("NoticeSent", "NoticeDelivered", "NoticeSent", "NoticeSent", "NoticeFailed"):
            body = {"about": site.head(), "channel": "sms", "role": "contact", "to": "王芳", "why": "no_credit"}
            w.append(call_stream(call["id"]), kind, body, "notifier")
    page = console(screens, site)
    page.locator(f"[data-call='{call['id']}']").click()
    folded, line = page.locator(".timeline summary"), page.locator(".timeline .line-NoticeSent")
    expect(folded).to_have_text(re.compile(say("{n} messages went out", n=4)))
    expect(page.locator(".timeline .line-NoticeFailed")).to_be_visible()
    expect(line.first).to_be_hidden()
    folded.click()
    expect(line.first).to_be_visible()
    sound(page, "timeline-unfolded")

    page = window(screens, site, "supervisor", "zh_CN")
    page.goto(f"/supervisor/calls/{call['id']}")
    messages = page.locator(".timeline .is-message")
    expect(messages).to_have_count(4)
    expect(messages.first).to_be_hidden()
    page.get_by_label(say("Show the %(n)s messages that went out as well", n=4)).check()
    expect(messages.first).to_be_visible()
    sound(page, "story-with-messages")


def test_of_many_who_are_asked_at_once_five_are_named_and_the_rest_fold(site: WholeSite, screens: Windows) -> None:
    visit = site.visit(3, 24)

    def crowd(route: Route) -> None:
        answer = route.fetch()
        card = answer.json()
        asked = card["visits"][-1]["asked"][0]  # at some hours of the day the station's B post is asked beside
        card["visits"][-1]["asked"] = [{**asked, "carer_id": n, "name": f"余小龙{n}"} for n in range(12)]
        route.fulfill(response=answer, json=card)

    page = console(screens, site)
    page.route(f"**/api/v1/calls/{visit['call_id']}", crowd)
    page.locator(f"[data-call='{visit['call_id']}']").click()
    offers = page.locator(".offers li")
    expect(offers).to_have_count(12)
    assert [one.is_visible() for one in offers.all()] == [True] * 5 + [False] * 7
    page.get_by_text(say("and {n} more are asked", n=7)).click()
    expect(offers.last).to_be_visible()
    sound(page, "offers-unfolded")
