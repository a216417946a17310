"""Every page in every state people meet it in: axe-core finds nothing against WCAG 2.2 AA and good practice."""

import re
from datetime import UTC, datetime
from types import SimpleNamespace

from axe_playwright_python.sync_playwright import Axe  # type: ignore[import-untyped]
from playwright.sync_api import Page, expect

from callcenter.cases_of_watch import CasesOfWatch
from callcenter.store.ledger import Ledger
from callcenter.upkeep import Upkeep
from tests.browser.centre import Centre
from tests.browser.chromium import DESK, Windows, picture
from tests.browser.people import Carer, Operator, Supervisor
from tests.browser.words import say
from tests.conftest import ZONE, Rehearsal
from tests.house import until

RULES = {"runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa", "best-practice"]}}
FOREIGN = {
    "English",
    "SOS",
    "UTC",
    "Alt",
    "Enter",
    "Esc",
    "Ctrl",
    "Excel",
    "CSV",
    "XLSX",
    "csv",
    "xlsx",
    "CID",
    "AX-",
    "DC-",
    "SG-",
    "Sur-Gard",
    "panels-tcp",
    "ISA-",
    "config",
    "toml",
    "promises",
    "routing",
}
SIZES = {"": DESK, "-zoom": {"width": 683, "height": 384}}  # 1366 × 768 at 200 %
DIALOGS = {
    "Alt+0": "Am I live?",
    "F1": "Keys",
    "F7": "Hold: when shall it come back?",
    "F8": "Hand over to 120, 119 or 110",
    "F10": "Hand the case over: to whom?",
    "F9": "Close the call",
}


def sound(page: Page, name: str) -> None:
    """Nothing on this page keeps anybody out, and it speaks Chinese throughout."""
    page.wait_for_load_state()  # styles included
    picture(page, name)
    assert not _foreign(page), f"{name} also says {_foreign(page)}"
    found = Axe().run(page, options=RULES).response["violations"]
    assert not found, f"{name}: " + "; ".join(_told(one) for one in found)


def _foreign(page: Page) -> set[str]:
    """Words on the page that are not Chinese; what came over the wire is shown as it came."""
    text = page.locator("body").inner_text()
    for wire in page.locator("article.frame").all_inner_texts():
        text = text.replace(wire, "")
    for code in page.locator("main [lang=en]").all_inner_texts():  # what a supervisor types as it is written
        text = text.replace(code, "", 1)
    return set(re.findall(r"[A-Za-z][A-Za-z-]{2,}", text)) - FOREIGN


def _told(violation: dict[str, object]) -> str:
    nodes = violation["nodes"]
    assert isinstance(nodes, list)
    return f"{violation['id']}: {violation['help']}: " + " | ".join(str(node["html"])[:160] for node in nodes[:4])


def test_the_console_and_its_dialogs(running: Centre, screens: Windows) -> None:
    operator = Operator(screens, "limin")
    page = operator.page
    sound(page, "console-empty")
    for account, code in (("1201", 101), ("1202", 301), ("777777", 101)):
        running.press(account, code)
    operator.take(running.resident("1201"))
    operator.proposed()
    sound(page, "console-call")
    for key, title in DIALOGS.items():
        page.keyboard.press(key)
        expect(page.get_by_role("dialog", name=say(title))).to_be_visible()
        sound(page, f"console-dialog-{key}")
        page.keyboard.press("Escape")
        expect(page.get_by_role("dialog")).to_have_count(0)
    page.locator(".folded").click()
    expect(page.get_by_role("dialog")).to_be_visible()
    sound(page, "console-dialog-devices")
    page.keyboard.press("Escape")
    operator.take(say("Unregistered device"))
    expect(page.get_by_text(say("Somebody pressed, and we do not know who."))).to_be_visible()
    sound(page, "console-unregistered")


def test_the_console_by_night_and_at_200_percent(running: Centre, screens: Windows) -> None:
    operator = Operator(screens, "wangqiang")
    page = operator.page
    running.press("1203")
    operator.take(running.resident("1203"))
    operator.proposed()
    page.locator(".look-night").click()
    for name, size in SIZES.items():
        page.set_viewport_size(size)  # type: ignore[arg-type]
        sound(page, f"console-night{name}")
    page.reload()
    expect(page.locator(".look-day")).to_be_visible()  # remembered for this person
    page.locator(".look-day").click()
    sound(page, "console-day-zoom")


def test_the_phone(running: Centre, screens: Windows) -> None:
    operator = Operator(screens, "limin")
    home = running.home("1210")
    running.press("1210")
    operator.take(home["residents"][0]["name"])
    found = running.carer(operator.proposed()[0])
    login = running.user(found["code"].lower(), found["name"], "carer", found["id"])
    carer = Carer(screens, login, (home["home"]["latitude"], home["home"]["longitude"]))
    page = carer.page
    sound(page, "phone-quiet")
    operator.press("F4", "Enter")
    expect(page.locator("body")).to_have_attribute("data-stage", "offered")
    sound(page, "phone-offered")
    carer.touch(say("I cannot go"))
    sound(page, "phone-refusal")
    carer.touch(say("Back"))
    for stage, words in (("accepted", "接单"), ("on_the_way", say("I am leaving now")), ("arrived", say("I am there"))):
        carer.next(words)
        expect(page.locator("body")).to_have_attribute("data-stage", stage)
        expect(page.locator("#next")).to_be_enabled()
        sound(page, f"phone-{stage}")
    carer.touch(say("Telephone"))
    sound(page, "phone-numbers")
    carer.touch(say("Back"))
    carer.next(say("Finish and report"))
    sound(page, "phone-report")
    sound(operator.page, "console-arrived")


def test_the_pages_of_the_supervisor_and_of_people(running: Centre, screens: Windows) -> None:
    stranger = screens.open("stranger", screens.profile(DESK))
    stranger.goto("/login")
    sound(stranger, "login")
    running.press("1220")
    page = Supervisor(screens, "chen").page
    sound(page, "supervisor-log")
    page.locator("a.call-link").first.click()
    expect(page.get_by_role("heading", name=say("Timeline"))).to_be_visible()
    sound(page, "supervisor-call")
    home = running.home("1220")["home"]["code"]
    page.goto("/arrivals")
    page.get_by_label(say("Code of the home")).fill(home)
    page.get_by_role("button", name=say("Make a tag and print it")).click()
    expect(page.locator(".tag-picture svg")).to_be_visible()
    picture(page, "supervisor-tag")
    page.goto("/arrivals")
    sound(page, "supervisor-arrivals")
    stranger.goto("/v/nobody-knows-this")
    sound(stranger, "door-stranger")
    for address in (
        "/people",
        f"/people/homes/{home}",
        f"/people/homes/{home}/edit",
        "/people/import",
        "/people/responders",
    ):
        answer = page.goto(address)
        assert answer is not None
        assert answer.ok, address
        sound(page, "people" + address.removeprefix("/people").replace("/", "-"))


def test_the_pages_of_devices(running: Centre, screens: Windows) -> None:
    """With an incident that stands, a recall, a device to sign and one that is not protected."""
    running.press("1230", 301)
    store = running.store
    store.now = datetime.now(UTC)
    with store.writing() as w:
        opening = CasesOfWatch(w, store.cases, ZONE)
        call = opening.open("incident", 2, "小桥社区", account="incident/{call}")
        body = {"scope": "community", "place": "小桥社区", "cause": "mains", "homes": [[n, w.at] for n in range(1, 7)]}
        w.append(f"call:{call}", "IncidentBegan", body, "watch")
        chen = SimpleNamespace(id=3, name="陈主任", role="supervisor")
        Upkeep(store.cases, store.watchman.watching).recall(w, chen, "天线松动", {"batch": "2026-03"})
        store.cases.mark_devices(w.conn, {"1231": {"accepted_at": None, "last_full_test_at": w.at, "next_look_at": ""}})
    operator = Operator(screens, "limin")
    operator.take(say("Community") + " 小桥社区")
    sound(operator.page, "console-incident")
    page = Supervisor(screens, "chen").page
    until(lambda: rows_of(store, "1230"))
    for name in (
        "",
        "/devices/1230",
        "/installations",
        "/tests",
        "/recalls",
        "/recalls/recall-1",
        "/incidents",
        f"/incidents/{call}",
    ):
        answer = page.goto(f"/watch{name}")
        assert answer is not None
        assert answer.ok, name
        sound(page, "watch" + name.replace("/", "-"))


def rows_of(store: Rehearsal, account: str) -> bool:
    return any(row["account"] == account for row in Ledger(store.database, store.people).standing(store.now.date()))
