"""The people of a story at their screens: what they press, and what they read. Words are Chinese, as they see them."""

from playwright.sync_api import Locator, Page, expect

from tests.browser.centre import PASSWORD
from tests.browser.chromium import DESK, PHONE, Windows
from tests.browser.words import say

# When a row stands in the queue for the first time, by the clock of the machine: {call: ms}.
SEEN = """() => { window.seen = {}
  const note = (row) => (window.seen[row.dataset.call] ??= Date.now())
  const look = () => document.querySelectorAll('.queue [data-call]').forEach(note)
  new MutationObserver(look).observe(document.querySelector('#app'), { childList: true, subtree: true }) }"""

# Looked at and pressed in one breath: a seat that was lost may be back between the two.
SIT_DOWN = """words => { const duty = document.getElementById('duty')
  if (!duty.innerText.includes(words)) duty.click() }"""
DRAWN = "() => new Promise((drawn) => requestAnimationFrame(() => setTimeout(drawn)))"

# Notices fade by themselves: all are put away in one breath, whichever are left.
PUT_AWAY = "() => document.querySelectorAll('.notice button').forEach((one) => one.click())"


def log_in(page: Page, login: str) -> None:
    page.goto("/login")
    page.get_by_label(say("Log-in name")).fill(login)
    page.get_by_label(say("Password")).fill(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url(lambda url: "/login" not in url)


class Operator:
    """At the console, with the keyboard alone."""

    def __init__(self, windows: Windows, login: str):
        self.page = windows.open(login, windows.profile())
        log_in(self.page, login)
        expect(self.page).to_have_url(windows.address + "/console")
        expect(self.page.locator(".fresh")).to_contain_text(say("Connected"))
        self.name = self.page.locator(".who").inner_text()
        self.page.evaluate(SEEN)

    def start_shift(self) -> None:
        """Sign on, if the seat is not already; after the key that logged in, Chromium lets the page ring."""
        self.page.locator("#duty").wait_for()
        self.page.evaluate(SIT_DOWN, say("I am on duty"))

    def row(self, name: str) -> Locator:
        return self.page.locator(".queue .row", has_text=name)

    def seen_at(self, call: str) -> float:
        """Seconds since the epoch."""
        return float(self.page.evaluate("call => window.seen[call]", call)) / 1000

    def press(self, *keys: str) -> None:
        for key in keys:
            self.page.keyboard.press(key)

    def take(self, name: str) -> None:
        """↓ or ↑ to the row, Enter opens it, Enter answers it."""
        expect(self.row(name)).to_be_visible()
        for key in ["ArrowDown"] * 9 + ["ArrowUp"] * 9:
            self.press(key)
            self.page.evaluate(DRAWN)
            if self.page.locator(".queue .row:focus", has_text=name).count():
                break
        self.press("Enter")
        expect(self.page.locator("#act-answer")).to_be_focused()
        self.press("Enter")
        expect(self.row(name)).to_contain_text(say("Mine"))

    def card(self) -> Locator:
        return self.page.locator(".card")

    def proposed(self) -> list[str]:
        """The names of the carers who could go, the soonest first."""
        self.page.locator(".carers .send-carer").first.wait_for()
        return self.page.locator(".carers .people").first.locator(".carer-who b").all_inner_texts()

    def answer(self, *answers: str) -> None:
        """F12 brings the next step of the script; → to the answer, Enter keeps it."""
        script = self.page.locator(".script")
        for answer in answers:
            script.locator("li.now").wait_for()
            expect(script.locator("button[aria-disabled]")).to_have_count(0)
            self.press("F12")
            hands = script.locator("li.now .choices button:focus")
            expect(hands).to_have_count(1)
            for _ in range(9):
                if hands.inner_text() == answer:
                    break
                self.press("ArrowRight")
            expect(hands).to_have_text(answer)
            before = script.locator(".given").count()
            self.press("Enter")
            expect(script.locator(".given")).to_have_count(before + 1)

    def close(self, outcome: str, evidence: str, words: str, said: str = "") -> None:
        """F9, an outcome, an evidence, what the person said, words, all without the mouse."""
        self.press("F9")
        dialog = self.page.get_by_role("dialog", name=say("Close the call"))
        expect(dialog).to_be_visible()
        self._choose(dialog, outcome)
        self.press("Tab")
        self._choose(dialog, evidence)
        for text in filter(None, (said, words)):
            self.press("Tab")
            self.page.keyboard.type(text)
        self.press("Tab", "Tab", "Enter")
        expect(dialog).to_have_count(0)

    def _choose(self, dialog: Locator, words: str) -> None:
        """Goes down the choices with the arrow until the one that is called so has the dot."""
        wanted = dialog.get_by_role("radio", name=words, exact=True)
        self.press("Space")
        for _ in range(12):
            if wanted.is_checked():
                return
            self.press("ArrowDown")
        raise AssertionError(f"no choice {words!r} within reach of the arrow keys")


class Carer:
    """With a phone in the hand, 360 × 640."""

    def __init__(self, windows: Windows, login: str, place: tuple[float, float]):
        here = {"latitude": place[0], "longitude": place[1], "accuracy": 15}
        self.page = windows.open(login, windows.profile(PHONE, geolocation=here, permissions=["geolocation"]))
        log_in(self.page, login)
        expect(self.page).to_have_url(windows.address + "/phone")
        self.page.get_by_role("button", name=say("Start: turn the sound on")).tap()
        expect(self.page.get_by_role("heading", name=say("No job at the moment"))).to_be_visible()

    def rings(self) -> bool:
        return int(self.page.locator("body").get_attribute("data-rings") or 0) > 0

    def next(self, words: str) -> None:
        """The one big button, which must say so before it is touched."""
        button = self.page.locator("#next")
        expect(button).to_contain_text(words)
        button.tap()

    def touch(self, words: str) -> None:
        self.page.get_by_role("button", name=words, exact=True).tap()


class Supervisor:
    def __init__(self, windows: Windows, login: str):
        self.page = windows.open(login, windows.profile(DESK))
        self.clicks = 0
        log_in(self.page, login)
        expect(self.page).to_have_url(windows.address + "/supervisor")

    def row(self, call: str) -> Locator:
        return self.page.locator("table.calls tbody tr", has_text=call)

    def click(self, target: Locator) -> None:
        self.clicks += 1
        target.click()
