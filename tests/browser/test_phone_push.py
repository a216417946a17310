"""Web push in real Chromium: asked for after a touch, shown when somebody knocks, and never needed.

Subscribing itself needs a push service, which is not there: ``PushManager.subscribe`` is replaced by one that answers
as a browser does. The knock is a real one, handed to the service worker by Chromium.
"""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from playwright.sync_api import BrowserContext, Page, expect

from dispatch.channels.vapid import public_key
from tests.browser.chromium import wait_for
from tests.browser.phone_page import Centre
from tests.house import until

SUBSCRIBES = """
    PushManager.prototype.subscribe = async (options) => {
        if (!options.userVisibleOnly) throw new Error('must be visible')
        window.subscribedWith = Array.from(options.applicationServerKey)
        const keys = { p256dh: 'B'.repeat(87), auth: 'b'.repeat(22) }
        return { toJSON: () => ({ endpoint: 'https://push.example.net/1', keys }) }
    }
    PushManager.prototype.getSubscription = async () => null
    Notification.requestPermission = async () => 'granted'
    Object.defineProperty(Notification, 'permission', { get: () => 'default' })
"""


def opened(page: Page, centre: Centre) -> None:
    page.goto(f"{centre.url}/phone")
    page.wait_for_function("navigator.serviceWorker.ready.then(() => true)")


def test_the_phone_offers_to_ring_with_the_page_closed_and_subscribes_with_our_key(
    page: Page,
    centre: Centre,
    tmp_path: Path,
) -> None:
    centre.control(push_key=public_key(tmp_path))
    page.add_init_script(SUBSCRIBES)
    opened(page, centre)
    page.get_by_role("button", name="页面关着也响铃").click()
    expect(page.locator("#push")).to_contain_text("页面关着时这部手机也会响")
    (told,) = until(lambda: json.loads(centre.state.read_text("utf-8"))["push"])
    assert told["endpoint"] == "https://push.example.net/1"
    key = page.evaluate("window.subscribedWith")
    assert (len(key), key[0]) == (65, 4), "the uncompressed point of our public key"


def test_where_push_is_off_nothing_is_asked(page: Page, centre: Centre) -> None:
    page.add_init_script(SUBSCRIBES)
    opened(page, centre)
    page.wait_for_timeout(4000)
    assert page.locator("#push").inner_html() == ""


def test_a_knock_is_shown_whatever_it_holds(context: BrowserContext, page: Page, centre: Centre) -> None:
    context.grant_permissions(["notifications"], origin=centre.url)
    opened(page, centre)
    knock = _knocking(context, page, centre)
    knock(json.dumps({"title": "安心", "body": "有新消息，请打开查看", "tag": "one"}))
    knock("no json at all")
    ready = "navigator.serviceWorker.ready.then((r) => r.getNotifications())"
    shown = f"{ready}.then((all) => all.map((n) => [n.title, n.body]))"
    until(lambda: len(page.evaluate(shown)) == 2)
    assert ["安心", "有新消息，请打开查看"] in page.evaluate(shown)


def _knocking(context: BrowserContext, page: Page, centre: Centre) -> Callable[[str], None]:
    talk: Any = context.new_cdp_session(page)
    found: list[str] = []
    talk.on("ServiceWorker.workerRegistrationUpdated", lambda said: found.extend(
        one["registrationId"] for one in said["registrations"]))  # fmt: skip
    talk.send("ServiceWorker.enable")
    wait_for(page, lambda: found)

    def knock(data: str) -> None:
        asked = {"origin": centre.url, "registrationId": found[-1], "data": data}
        talk.send("ServiceWorker.deliverPushMessage", asked)

    return knock
