"""Which key a command is sent with when the answer to an equal one was lost: once done, once seen, once meant."""

import json
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, Page, Route

from tests.browser.serving import files

SEEN_BEFORE, SEEN_AFTER = "2026-11-22T02:00:00.000Z", "2026-11-22T02:00:05.000Z"
Press = Callable[..., str]


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A page of the same origin as the scripts, with what ``commands.js`` looks for in it."""
    with files() as address:
        shown = browser.new_page()
        shown.route(f"{address}/desk", lambda route: route.fulfill(content_type="text/html", body=DESK))
        shown.goto(f"{address}/desk")
        yield shown
        shown.close()


DESK = """<meta name="csrf-token" content="x">
<script type="application/json" id="boot">{"words": {}, "lists": {}}</script>"""
PRESS = """async ([lost, own, dialog, body]) => {
  const { post } = await import('/js/console/commands.js')
  window.dialogs ??= {}
  const open = dialog ? (window.dialogs[dialog] ??= { name: dialog }) : null
  await post('/calls/1/unheard', { expected_version: 1, ...body }, own, open).catch(() => {})
}"""


@pytest.fixture
def press(page: Page) -> Press:
    """Sends the same command; returns the key it was sent with. ``lost``: the server is not heard any more."""
    sent: list[str] = []
    losing: list[bool] = [False]

    def serve(route: Route) -> None:
        sent.append(json.loads(route.request.post_data or "{}")["key"])
        if losing[0]:
            route.abort("connectionreset")
        else:
            route.fulfill(content_type="application/json", body="{}")

    page.route("**/api/v1/**", serve)

    def pressed(*, lost: bool = False, own: str | None = SEEN_BEFORE, dialog: str = "", **body: str) -> str:
        losing[0] = lost
        sent.clear()
        page.evaluate(PRESS, [lost, own, dialog, body])
        assert len(set(sent)) == 1, "one press, one key, however often it is sent"
        return sent[0]

    return pressed


def test_pressed_again_before_anything_of_it_was_seen_it_is_the_same_command(press: Press) -> None:
    first = press(lost=True)
    assert press(lost=True) == first
    assert press() == first


def test_pressed_again_after_its_effect_was_seen_it_is_meant_and_has_a_key_of_its_own(press: Press) -> None:
    first = press(lost=True)
    second = press(lost=True, own=SEEN_AFTER)
    assert second != first
    assert press(own=SEEN_AFTER) == second  # and this one, lost as well, is done once


def test_in_the_dialog_that_still_says_not_sent_it_is_the_same_command_and_in_a_new_one_another(press: Press) -> None:
    first = press(lost=True, dialog="hold")
    assert press(lost=True, own=SEEN_AFTER, dialog="hold") == first
    assert press(own=SEEN_AFTER, dialog="hold again") != first


def test_other_words_and_a_command_that_was_answered_have_keys_of_their_own(press: Press) -> None:
    first = press(lost=True, text="打过")
    assert press(lost=True, text="又打过") != first
    assert press(text="打过") == first
    assert press(text="打过") != first
