"""The server is killed while people work: the desk that kept the pack opens it, and one that logged off has nothing."""

from datetime import UTC, datetime

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import update

from callcenter.store.tables import homes
from tests.browser.centre import Centre
from tests.browser.chromium import Windows, picture
from tests.browser.people import Operator, log_in
from tests.browser.test_accessible import sound
from tests.browser.words import say
from tests.house import until

WORD = "今晚值班的口令八位"
CODE = "7731-2046"
# Everything this browser has written down about the pack, as text.
WRITTEN = """async () => {
  const come = (asked) => new Promise((done) => { asked.onsuccess = () => done(asked.result) })
  const opened = await come(indexedDB.open('anxin-pack'))
  const there = opened.objectStoreNames.contains('kept')
  const rows = there ? await come(opened.transaction('kept').objectStore('kept').getAll()) : []
  opened.close()
  const bytes = (one) => one instanceof ArrayBuffer || ArrayBuffer.isView(one)
  const told = (one) => bytes(one) ? new TextDecoder().decode(one) : String(one)
  const texts = rows.flatMap((row) => Object.values(row)).map(told)
  for (const name of await caches.keys()) {
    const cache = await caches.open(name)
    for (const request of await cache.keys()) texts.push(await (await cache.match(request)).text())
  }
  return { rows: rows.length, text: texts.join(' ') }
}"""


@pytest.fixture(scope="module")
def running(running: Centre) -> Centre:
    with running.store.database.write() as conn:
        conn.execute(update(homes).where(homes.c.code == "H0042").values(door_code=CODE))
    return running


def written(page: Page) -> dict[str, object]:
    found: dict[str, object] = page.evaluate(WRITTEN)
    return found


def keep(page: Page) -> None:
    page.goto("/pack")
    expect(page.locator("#keep-state")).to_contain_text(say("Not kept on this desk."))
    page.get_by_label(say("A word of at least 8 characters")).fill(WORD)
    page.keyboard.press("Enter")
    expect(page.locator("#keep-state")).to_contain_text(say("Kept on this desk; fetched at"))


def test_the_pack_of_the_hour_is_there_and_the_page_says_how_old(running: Centre, screens: Windows) -> None:
    folder = running.house.folder / "data" / "pack"
    until(lambda: folder.exists() and [path for path in folder.iterdir() if not path.name.startswith(".")], 40)
    page = screens.open("chen", screens.profile())
    log_in(page, "chen")
    page.goto("/pack")
    expect(page.locator(".pack-state")).to_contain_text(say("Written %(n)s min ago", n=0))
    expect(page.get_by_role("link", name=say("Door codes, for a sealed envelope"))).to_be_visible()
    sound(page, "pack-page")
    page.goto("/by-hand")
    sound(page, "by-hand-search")
    page.goto("/by-hand?home_id=42")
    sound(page, "by-hand-form")
    page.goto("/supervisor/reach")
    sound(page, "reach")


def test_logging_off_erases_what_a_desk_kept(running: Centre, screens: Windows) -> None:
    page = screens.open("wangqiang", screens.profile())
    log_in(page, "wangqiang")
    keep(page)
    kept = written(page)
    assert kept["rows"] == 2
    name = running.resident("1042")
    for told in (name, running.home("1042")["home"]["address"], WORD, CODE):
        assert told not in str(kept["text"]), "what is written down is sealed"
    page.get_by_role("button", name=say("Log out")).click()
    expect(page).to_have_url(screens.address + "/login")
    until(lambda: written(page)["rows"] == 0)
    kinds = [event.kind for event in running.store.log.stream("pack")]
    assert kinds[:2] == ["PackKept", "PackTaken"]


def test_with_the_server_killed_the_desk_opens_who_where_and_whom_to_ring(running: Centre, screens: Windows) -> None:
    screens.expected += ["ERR_CONNECTION_REFUSED", "WebSocket", "Failed to load resource", "ERR_"]
    operator = Operator(screens, "limin")
    page = operator.page
    keep(page)
    page.goto("/console")
    expect(page.locator(".fresh")).to_contain_text(say("Connected"))
    running.press("1042")
    name, home = running.resident("1042"), running.home("1042")
    expect(operator.row(name)).to_be_visible()
    running.house.kill("web")
    banner = page.locator(".banner-stale")
    expect(banner).to_be_visible()
    expect(operator.row(name)).to_be_visible()
    picture(page, "console-server-dead")
    with page.context.expect_page() as opening:
        banner.get_by_role("link", name=say("Open the paper pack kept on this desk")).click()
    desk = opening.value
    word = desk.get_by_label(say("The word it was kept under"))
    word.fill("not the word at all")
    desk.keyboard.press("Enter")
    expect(desk.locator("#state")).to_contain_text(say("That is not the word it was kept under."))
    assert name not in desk.content()
    word.fill(WORD)
    desk.keyboard.press("Enter")
    expect(desk.locator(".sheet-home")).to_have_count(900)
    desk.get_by_label(say("Name, pinyin, phone, address, account or code")).fill("1042")
    desk.keyboard.press("Enter")
    found = desk.locator(".sheet-home:visible")
    expect(found.first).to_contain_text(name)
    told = [home["home"]["address"], *(one["phone"] for one in home["residents"][0]["contacts"])]
    for words in told:
        expect(desk.locator(".sheet-home", has_text="H0042")).to_contain_text(words)
    sound(desk, "pack-desk-server-dead")
    assert CODE not in desk.content(), "no door code is kept on a desk"
    desk.get_by_label(say("Name, pinyin, phone, address, account or code")).fill("")
    on_duty = next(c for c in running.store.people.carers(datetime.now(UTC)) if c["on_shift"])
    expect(desk.locator("main")).to_contain_text(on_duty["phone"])
    desk.reload()
    expect(desk.get_by_label(say("The word it was kept under"))).to_be_visible()
    assert written(desk)["rows"] == 2
