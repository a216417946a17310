"""A shift at the console as docs/console.md asks for it: order, sound, keys, late commands, one screen."""

import random
from datetime import UTC, datetime
from typing import Any

from playwright.sync_api import Page, expect

from tests.browser.centre import Centre
from tests.browser.chromium import Windows, wait_for
from tests.browser.people import Operator
from tests.browser.words import say
from tests.stories.test_what_the_console_admits import EAR

FIFTY = [str(account) for account in range(1301, 1351)]


def test_a_whole_call_takes_fewer_than_twelve_keys_and_pinyin_triggers_nothing(
    running: Centre, screens: Windows
) -> None:
    operator = Operator(screens, "limin")
    page, keys = operator.page, Keys(operator.page)
    running.press("1201")
    expect(operator.row(running.resident("1201"))).to_be_visible()
    keys.press("F2")
    expect(operator.row(running.resident("1201"))).to_contain_text(say("Mine"))
    _nothing_happens_while_composing(page)
    keys.press("F4", "Enter")
    _a_carer_goes_there(running, page)
    keys.press("F9")
    dialog = page.get_by_role("dialog", name=say("Close the call"))
    expect(dialog).to_be_visible()
    keys.press("Space", "Tab", "ArrowDown", "Tab")
    keys.compose("an", becomes="安")
    keys.press("F9")
    expect(dialog).to_have_count(0)
    call = running.store.cases.calls_by_id([page.locator(".call-id").inner_text()])[0]
    assert (call["stage"], call["outcome"], call["evidence"]) == ("closed", "helped", "was_seen")
    assert keys.pressed < 12, keys.pressed


def _a_carer_goes_there(running: Centre, page: Page) -> None:
    """On the telephone of whoever is asked: yes, on the way, there, finished."""
    call = page.locator(".call-id").inner_text()
    asked = lambda: running.store.cases.visits_of([call])  # noqa: E731
    wait_for(page, lambda: asked() and asked()[0]["stage"] == "offered")
    running.store.now = datetime.now(UTC)
    for verb in ("accept", "depart", "arrive"):
        running.store.carer(verb, asked()[0])
    running.store.carer("finish", asked()[0], report={"condition": "well", "done": [], "text": ""})
    expect(page.locator(".queue .row", has_text=running.resident("1201"))).to_contain_text("已完成")


def test_a_call_is_not_closed_without_outcome_evidence_and_words(running: Centre, screens: Windows) -> None:
    operator = Operator(screens, "limin")
    running.press("1202")
    operator.take(running.resident("1202"))
    operator.press("F9")
    dialog = operator.page.get_by_role("dialog", name=say("Close the call"))
    expect(dialog).to_be_visible()
    operator.press("F9")
    expect(dialog.get_by_role("alert")).to_contain_text(say("outcome"))
    expect(dialog).to_be_visible()


def test_a_late_command_brings_nothing_back_and_a_repeated_one_is_done_once(running: Centre, screens: Windows) -> None:
    screens.expected.append("409")
    operator = Operator(screens, "limin")
    running.press("1203")
    operator.take(running.resident("1203"))
    call = operator.page.locator(".call-id").inner_text()
    version = running.store.cases.calls_by_id([call])[0]["version"]
    note = {"key": "5b0f6a2e-0000-4000-8000-000000000001", "expected_version": version, "text": "说清楚了"}
    first, again = (_post(operator.page, f"/api/v1/calls/{call}/note", note) for _ in range(2))
    assert first[0] == again[0] == 200
    operator.answer("清楚", "没有异常", "按错了", "是")
    operator.close(say("Helped at home"), say("The resident spoke clearly"), "没事了")
    before = running.store.cases.calls_by_id([call])[0]
    late = note | {"key": "5b0f6a2e-0000-4000-8000-000000000002"}
    for verb, more in (("answer", {}), ("hold", {"seconds": 60})):
        status, said = _post(operator.page, f"/api/v1/calls/{call}/{verb}", {**late, **more})
        assert status == 409, said
        assert said["message"]
        assert said["fix"]
    assert running.store.cases.calls_by_id([call])[0] == before
    notes = [e for e in running.store.log.stream(f"call:{call}") if e.kind == "NoteAdded"]
    assert len(notes) == 1


def test_an_emergency_rings_again_and_again_until_it_is_silenced(running: Centre, screens: Windows) -> None:
    operator = Operator(screens, "limin")
    page = operator.page
    page.add_init_script(EAR)
    page.reload()
    expect(page.locator(".banner-sound")).to_be_visible()  # a reload makes a browser mute again, and the page says so
    page.locator(".banner-sound button").click()
    expect(page.locator(".banner-sound")).to_have_count(0)
    page.evaluate("window.tones = []")
    running.press("1204")
    wait_for(page, lambda: page.evaluate("window.tones.filter((one) => one.wave === 'square').length") >= 8)
    assert page.locator("html").get_attribute("data-ringing") == "1"
    page.locator(".sound-button:not(#duty)").click()
    expect(page.locator("html")).to_have_attribute("data-ringing", "")
    expect(page.locator(".strip")).to_contain_text(say("silenced"))


def test_with_fifty_calls_the_page_is_one_screen_and_no_row_moves_under_the_pointer(
    running: Centre, screens: Windows
) -> None:
    operator = Operator(screens, "limin")
    page = operator.page
    running.press(FIFTY[0])
    operator.take(running.resident(FIFTY[0]))  # what is in hand stands below whatever waits
    for account in FIFTY[1:30]:
        running.press(account)
    expect(page.locator(".queue .row[data-call]", has_text=running.resident(FIFTY[29]))).to_be_visible()
    page.locator(".queue .row").nth(3).hover()
    under = _under_the_pointer(page)
    for account in FIFTY[30:]:
        running.press(account)
        _stir(page)
    wait_for(page, lambda: _stirred(page).locator(".above", has_text=say("{n} new calls", n="").strip()).count())
    for _ in range(6):
        page.wait_for_timeout(250)
        _stir(page)
    assert _under_the_pointer(page) == under
    # A hand that has left the mouse lying there hides nobody: five seconds later they all stand in the list.
    expect(page.locator(".above")).to_have_count(0)
    expect(page.locator(".queue .row[data-call]", has_text=running.resident(FIFTY[-1]))).to_have_count(1)
    operator.press("F2")
    expect(page.locator("#note")).to_be_visible()
    for width, height in ((1366, 768), (1920, 1080)):
        page.set_viewport_size({"width": width, "height": height})
        tall, wide = page.evaluate("[document.body.scrollHeight - innerHeight, document.body.scrollWidth - innerWidth]")
        assert (tall, wide) == (0, 0), (width, height)
        for key in ("F4", "F6", "F7", "F8", "F9"):
            expect(page.locator(".act", has_text=key)).to_be_in_viewport(ratio=1)


def test_at_200_percent_nothing_is_lost_and_nothing_scrolls_sideways(running: Centre, screens: Windows) -> None:
    operator = Operator(screens, "limin")
    page = operator.page
    page.set_viewport_size({"width": 683, "height": 384})
    running.press("1206")
    operator.press("F2")
    expect(page.locator(".queue .row[aria-current]")).to_contain_text(say("Mine"))
    assert page.evaluate("document.documentElement.scrollWidth") <= 683
    for part in (".act", "#note", ".send-carer", ".counts", ".strip", ".sound-button", ".look-night"):
        page.locator(part).first.scroll_into_view_if_needed()
        expect(page.locator(part).first).to_be_in_viewport(ratio=0.9)
    small = page.evaluate(
        "[...document.querySelectorAll('button, .button')].filter((one) => one.checkVisibility())"
        ".map((one) => [one.textContent, one.getBoundingClientRect()])"
        ".filter(([, box]) => box.width < 24 || box.height < 24)"
    )
    assert not small
    assert min(box["height"] for box in (one.bounding_box() or {} for one in page.locator(".act").all())) >= 44


# --- the parts of a story -----------------------------------------------------------------------------------------


class Keys:
    """Real key events, counted; a word by an input method is its letters and the key that takes it."""

    def __init__(self, page: Page):
        self.page, self.pressed = page, 0
        self.wire = page.context.new_cdp_session(page)

    def press(self, *keys: str) -> None:
        for key in keys:
            self.page.keyboard.press(key)
            self.pressed += 1

    def compose(self, *steps: str, becomes: str) -> None:
        for text in steps:
            self._set(text)
            self.pressed += 1
        self.wire.send("Input.insertText", {"text": becomes})
        self.pressed += 1

    def _set(self, text: str) -> None:
        at = len(text)
        self.wire.send("Input.imeSetComposition", {"text": text, "selectionStart": at, "selectionEnd": at})


def _nothing_happens_while_composing(page: Page) -> None:
    """With half a syllable in the note line, no key of the console is the console's."""
    page.locator("#note").focus()
    wire = page.context.new_cdp_session(page)
    wire.send("Input.imeSetComposition", {"text": "jie", "selectionStart": 3, "selectionEnd": 3})
    for key in ("F9", "F7", "Enter"):
        for kind in ("rawKeyDown", "keyUp"):
            wire.send("Input.dispatchKeyEvent", {"type": kind, "key": key, "windowsVirtualKeyCode": 229})
    expect(page.get_by_role("dialog")).to_have_count(0)
    wire.send("Input.imeSetComposition", {"text": "", "selectionStart": 0, "selectionEnd": 0})
    page.locator("#note").fill("")


def _stir(page: Page) -> None:
    """A hand on the mouse is never quite still."""
    box = page.locator(".queue .row:hover").bounding_box()
    assert box
    page.mouse.move(box["x"] + box["width"] / 2 + random.choice((-1, 1)), box["y"] + box["height"] / 2)


def _stirred(page: Page) -> Page:
    """For waiting: a hand that lay still for five seconds would let everybody in."""
    _stir(page)
    return page


def _under_the_pointer(page: Page) -> list[Any]:
    """Which row, and where it stands to the pixel."""
    where = "(row) => [row.dataset.call, Math.round(row.getBoundingClientRect().top)]"
    return list(page.evaluate(f"({where})(document.querySelector('.queue .row:hover'))"))


def _post(page: Page, path: str, body: dict[str, Any]) -> tuple[int, dict[str, Any]]:
    found = page.evaluate(
        """async ([path, body]) => {
          const token = document.querySelector('meta[name="csrf-token"]').content
          const headers = { 'Content-Type': 'application/json', 'X-CSRFToken': token }
          const answer = await fetch(path, { method: 'POST', headers, body: JSON.stringify(body) })
          return [answer.status, await answer.json()] }""",
        [path, body],
    )
    return int(found[0]), found[1]
