"""The console when something is wrong, by night, in English and in forced colours: sound, and told without colour."""

from datetime import UTC, datetime, timedelta
from typing import Any

from playwright.sync_api import Page, expect

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
