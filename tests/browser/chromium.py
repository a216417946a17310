"""Real Chromium for whole stories: one browser, a context for each person, and everything the pages complain about."""

import os
import re
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

CHROMIUM = "/usr/bin/chromium"
SWITCHES = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
DESK = {"width": 1366, "height": 768}
PHONE = {"width": 360, "height": 640}
NEVER = 20_000  # ms: long enough on a busy machine; how soon a thing must come is asserted where it is promised
expect.set_options(timeout=NEVER)


@contextmanager
def chromium() -> Iterator[Browser]:
    if not Path(CHROMIUM).exists():
        pytest.skip(f"there is no {CHROMIUM}: apt-get install chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=SWITCHES)
        yield browser
        browser.close()


class Windows:
    """The windows of one story: each person has a profile of their own, and no page may complain.

    ``expected`` says which complaints belong to the story: a refusal is an error 409 to the browser.
    """

    def __init__(self, browser: Browser, address: str, folder: Path):
        self.browser, self.address, self.folder = browser, address, folder
        self.pages: dict[str, Page] = {}
        self.complaints: list[str] = []
        self.expected: list[str] = []

    def profile(self, size: dict[str, int] = DESK, **more: Any) -> BrowserContext:
        """A fresh profile, in Chinese and on the centre's time; the size of a phone is a phone with a touch screen."""
        touch: dict[str, Any] = (
            {"has_touch": True, "is_mobile": True, "device_scale_factor": 2} if size == PHONE else {}
        )
        return self.browser.new_context(
            viewport=size,  # type: ignore[arg-type]
            locale="zh-CN",
            timezone_id="Asia/Shanghai",
            base_url=self.address,
            **touch,
            **more,
        )

    def open(self, who: str, profile: BrowserContext) -> Page:
        page = profile.new_page()
        page.set_default_timeout(NEVER)
        page.on("pageerror", lambda error: self._note(who, str(error)))
        page.on(
            "console",
            lambda said: self._note(who, f"{said.text} {said.location['url']}" if said.type == "error" else ""),
        )
        self.pages[who] = page
        return page

    def _note(self, who: str, text: str) -> None:
        if text:
            self.complaints.append(f"{who}: {text}")

    def unexpected(self) -> list[str]:
        return [text for text in self.complaints if not any(re.search(one, text) for one in self.expected)]

    def keep(self, name: str) -> None:
        """A picture of every window."""
        for who, page in self.pages.items():
            if not page.is_closed():
                page.screenshot(path=self.folder / f"{name}-{who}.png")


@contextmanager
def windows(browser: Browser, address: str, folder: Path) -> Iterator[Windows]:
    """A story's windows, closed at its end; a picture of each is left in ``folder`` when the story fails."""
    made = Windows(browser, address, folder)
    try:
        yield made
        assert not made.unexpected(), f"the pages complained: {made.unexpected()}"
    except BaseException:
        made.keep("failed")
        raise
    finally:
        for page in made.pages.values():
            page.context.close()


def wait_for(page: Page, true: Callable[[], Any], seconds: float = NEVER / 1000) -> None:
    """Wait until something holds, while the page goes on; a page's own waiting is forbidden by its security policy."""
    until = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < until, f"did not happen within {seconds} s"
        page.wait_for_timeout(20)


def picture(page: Page, name: str) -> None:
    """For whoever wants to look at the screens: ``ANXIN_SHOTS=FOLDER pytest tests/stories``."""
    folder = os.environ.get("ANXIN_SHOTS")
    if folder:
        page.screenshot(path=Path(folder) / f"{name}.png")
