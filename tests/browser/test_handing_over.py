"""What is handed over, in real Chromium: 120 by keyboard, the card, a neighbour's page at 360×640, a colleague."""

from datetime import UTC, datetime

import pytest
from playwright.sync_api import Page, expect

from callcenter.rules.events import Row
from dispatch.responding import Responding
from tests.browser.centre import Centre
from tests.browser.chromium import PHONE, Windows
from tests.browser.people import Operator
from tests.browser.test_accessible import sound
from tests.browser.words import say
from tests.conftest import ZONE
from tests.house import until


@pytest.fixture(scope="module")
def more() -> str:
    return '[phone]\ncentre_phone = "000-5550000"'


def call_of(running: Centre, account: str) -> Row:
    found = [row for row in running.store.cases.live() if row["account"] == account]
    return found[0]


def fits(page: Page) -> None:
    """Nothing is cut off at the side, and every button takes a thumb."""
    wide: int = page.evaluate("document.documentElement.scrollWidth")
    assert wide <= 360, f"{wide} px wide"
    for button in page.locator("button, .button").all():
        box = button.bounding_box()
        assert box
        assert box["height"] >= 44


def test_120_is_called_from_the_keyboard_and_the_card_has_everything_they_ask(
    running: Centre, screens: Windows
) -> None:
    operator = Operator(screens, "limin")
    page, name = operator.page, running.resident("1301")
    running.press("1301")
    operator.take(name)
    page.keyboard.press("F8")
    dialog = page.get_by_role("dialog", name=say("Hand over to 120, 119 or 110"))
    expect(dialog.get_by_label(say("Chest pain"))).to_be_focused()
    expect(dialog.get_by_role("heading", level=2)).to_contain_text(name)
    page.keyboard.press("Space")
    expect(dialog.get_by_text(say("Where"))).to_be_visible()
    dialog.get_by_label(say("Their reference")).fill("A-17")
    sound(page, "emergency-dialog")
    dialog.get_by_role("button", name=say("{service} has been called: record it", service="120")).click()
    expect(dialog).to_have_count(0)
    expect(operator.row(name)).to_contain_text(say("{service} called", service="120"))
    expect(operator.card()).to_contain_text("A-17")
    visits = until(lambda: running.store.cases.visits_of([call_of(running, "1301")["id"]]))
    assert visits, "our own carer is sent in parallel"
    page.keyboard.press("F8")
    expect(dialog.get_by_role("button", name=say("The crew has arrived"))).to_be_visible()
    sound(page, "emergency-awaited")

    card = screens.open("card", page.context)
    card.goto(f"/calls/{call_of(running, '1301')['id']}/handover")
    home = running.home("1301")["home"]
    for told in (name, home["address"], home["door"], "000-5550000", "A-17", call_of(running, "1301")["id"]):
        expect(card.locator("main")).to_contain_text(told)
    sound(card, "handover-card")
    card.set_viewport_size({"width": PHONE["width"], "height": PHONE["height"]})
    fits(card)
    sound(card, "handover-card-360")

    dialog.get_by_role("button", name=say("The crew has arrived")).click()
    expect(operator.row(name)).not_to_contain_text(say("{service} called", service="120"))


def test_a_neighbour_says_yes_goes_and_tells_what_is_seen_without_a_script(running: Centre, screens: Windows) -> None:
    operator = Operator(screens, "limin")
    home, name = running.home("1302")["home"], running.resident("1302")
    running.press("1302")
    operator.take(name)
    operator.page.get_by_role("button", name=say("Ask the neighbours")).click()
    call = until(lambda: (row := call_of(running, "1302"))["responders"] and row)
    store = running.store
    responding = Responding(store.log, store.cases, ZONE, running.house.address)
    store.now = datetime.now(UTC)
    with store.writing() as w:
        link = responding.link(w, call["id"], next(iter(call["responders"].values())))

    page = screens.open("neighbour", screens.profile(PHONE, java_script_enabled=False))
    page.goto(link)
    main = page.locator("main")
    expect(main).to_contain_text(home["building"])
    assert name not in page.content()
    assert f">{home['door']}<" not in page.content()
    page.screenshot(path=screens.folder / "asked.png")
    page.get_by_role("button", name=say("I go"), exact=True).tap()
    expect(main).to_contain_text(home["door"])
    expect(main).to_contain_text(name[0])
    assert name not in page.content()
    page.get_by_role("button", name=say("I am there")).tap()
    page.get_by_label(say("Anything else (you may leave it empty)")).fill("坐在地上")
    page.get_by_role("button", name=say("I see the elder, who is hurt or ill")).tap()
    expect(main).to_contain_text(say("hurt or ill"))
    expect(operator.card()).to_contain_text("坐在地上")
    sound(operator.page, "console-responders")


def test_every_state_of_a_neighbours_page_fits_a_small_phone_and_keeps_nobody_out(
    running: Centre, screens: Windows
) -> None:
    running.press("1303")
    store = running.store
    store.now = datetime.now(UTC)
    responding = Responding(store.log, store.cases, ZONE, running.house.address, "000-5550000")
    call = store.act("answer", until(lambda: call_of(running, "1303")))
    with store.writing() as w:
        asked = responding.ask(w, call["id"], "user:1 李敏", "contacts")
        link = responding.link(w, call["id"], next(iter(asked["responders"].values())))
    page = screens.open("neighbour", screens.profile(PHONE))

    def look(state: str) -> None:
        fits(page)
        sound(page, f"neighbour-{state}")

    page.goto(link)
    look("asked")
    for button, state in ((say("I cannot"), "cannot"), (say("I can go after all"), "going"),
                          (say("I am there"), "there"), (say("Nobody answers at the door"), "reported")):  # fmt: skip
        with page.expect_navigation():
            page.get_by_role("button", name=button, exact=True).tap()
        look(state)
    version = store.call(call)["version"]
    store.act("close", call, seen_version=version, outcome="advice", evidence="spoke_clearly", words="没事")
    page.goto(link)
    look("over")
    expect(page.locator("main")).to_contain_text(say("Thank you, it is over"))
    assert running.home("1303")["home"]["building"] not in page.content()


def test_a_case_is_offered_to_a_colleague_who_takes_it_and_nobody_logs_off_without_seeing_theirs(
    running: Centre, screens: Windows
) -> None:
    first, second = Operator(screens, "limin"), Operator(screens, "wangqiang")
    name = running.resident("1304")
    running.press("1304")
    first.take(name)
    first.page.keyboard.press("F10")
    dialog = first.page.get_by_role("dialog", name=say("Hand the case over: to whom?"))
    dialog.get_by_role("button", name="王强").click()
    expect(dialog).to_have_count(0)
    second.row(name).click()
    sound(second.page, "owner-offered")
    second.page.get_by_role("button", name=say("I take it"), exact=True).click()
    expect(second.card()).to_contain_text(say("me"))
    expect(first.row(name)).to_contain_text(say("answered for by {name}", name="王强"))

    second.page.get_by_role("button", name=say("Log out")).click()
    expect(second.page.get_by_role("heading", name=say("Before you go"))).to_be_visible()
    sound(second.page, "leaving")
    second.page.get_by_label(say("Colleague")).first.select_option("李敏")
    second.page.get_by_role("button", name=say("Offer the case")).first.click()
    expect(second.page.locator("main")).to_contain_text(
        say("Offered to %(name)s, who has not answered yet", name="李敏")
    )
    second.page.get_by_role("button", name=say("Log out all the same: the supervisor sees whose they are")).click()
    expect(second.page).to_have_url(screens.address + "/login")
