"""The front door in real Chromium, by keyboard: a new case with an IME composing, the ring-round, the draft kept."""

from playwright.sync_api import Page, expect

from callcenter.rules.events import Row
from tests.browser.centre import Centre
from tests.browser.chromium import Windows, picture
from tests.browser.people import Operator
from tests.browser.test_accessible import sound
from tests.browser.words import say
from tests.house import until


class Ime:
    """An input method: what is composed is in the field, and its keys are 229 to the page."""

    def __init__(self, page: Page):
        self.page, self.session = page, page.context.new_cdp_session(page)

    def compose(self, text: str) -> None:
        for until_ in range(1, len(text) + 1):
            said = {"text": text[:until_], "selectionStart": until_, "selectionEnd": until_}
            self.session.send("Input.imeSetComposition", said)

    def key(self, name: str, code: int = 229) -> None:
        """A key the input method takes for itself: Enter ends the composing, digits choose a word."""
        for kind in ("rawKeyDown", "keyUp"):
            self.session.send("Input.dispatchKeyEvent", {"type": kind, "key": name, "windowsVirtualKeyCode": code})

    def commit(self, text: str) -> None:
        self.session.send("Input.insertText", {"text": text})


def row_at(running: Centre, account: str) -> list[Row]:
    home = running.home(account)["home"]["id"]
    return [row for row in running.store.cases.live() if row["home_id"] == home]


def test_a_case_by_telephone_from_search_to_two_tries_of_the_ring_round_by_keyboard_alone(
    running: Centre, screens: Windows
) -> None:
    operator = Operator(screens, "limin")
    page, known = operator.page, running.home("1417")
    person = known["residents"][0]
    found = running.store.people.find(person["name"], 1)[0]
    initials = "".join(part[0] for part in found["pinyin"].split())
    page.keyboard.press("F3")
    who = page.get_by_role("combobox")
    expect(who).to_be_focused()
    ime = Ime(page)
    ime.compose(initials)
    ime.key("Enter")
    ime.key("Process")
    expect(page.get_by_role("option")).to_have_count(1)  # nothing was asked for while it was composed
    expect(page.locator(".new-case .chosen")).to_have_count(0)
    ime.commit(initials)
    option = page.get_by_role("option").filter(has_text=person["name"]).filter(has_text=str(known["home"]["door"]))
    expect(option.first).to_be_visible()
    for _ in range(21):
        if page.locator('[role="option"][aria-selected="true"]', has_text=person["name"]).count():
            break
        page.keyboard.press("ArrowDown")
    sound(page, "new-case-search")
    page.keyboard.press("Enter")
    expect(page.locator(".new-case .chosen")).to_contain_text(person["name"])
    expect(page.locator(".queue")).to_be_visible()
    expect(page.locator('.new-case input[name="new-kind"]').first).to_be_focused()
    page.keyboard.press("Space")  # the first kind: SOS
    for _ in range(5):
        if page.locator("#told:focus").count():
            break
        page.keyboard.press("Tab")
    page.keyboard.type("女儿来电，老人摔倒")
    sound(page, "new-case")
    page.keyboard.press("Control+Enter")
    rows = until(lambda: row_at(running, "1417"))
    assert (len(rows), rows[0]["source"], rows[0]["holder_name"], rows[0]["kind"]) == (1, "phone", "李敏", "sos")
    expect(operator.row(person["name"])).to_contain_text(say("Mine"))

    expect(page.locator("#contacts .contact-next")).to_be_visible()
    page.keyboard.press("F6")
    expect(page.locator("#contacts .contact-next a")).to_be_focused()
    first = str(page.locator("#contacts .contact-next").get_attribute("data-contact"))
    page.keyboard.press("2")
    expect(page.locator(f'#contacts [data-contact="{first}"] .contact-try')).to_contain_text(say("no answer"))
    until(lambda: row_at(running, "1417")[0]["rung"])
    expect(page.locator("#contacts .contact-next a")).to_be_focused()
    page.keyboard.press("5")
    expect(page.locator(".contact-comes input").first).to_be_focused()
    page.keyboard.type("12")
    page.keyboard.press("Enter")
    going = until(lambda: [one for one in row_at(running, "1417")[0]["responders"].values() if one["state"] == "going"])
    assert going[0]["expected_at"]
    expect(page.locator("#contacts")).to_contain_text(say("is coming"))
    sound(page, "ring-round")
    page.keyboard.press("F6")
    page.keyboard.press("0")
    expect(page.locator(".everybody")).to_contain_text(say("Neighbourhood committee"))
    sound(page, "everybody")
    help_ = until(lambda: row_at(running, "1417")[0]["help"])
    assert {"contacts", "station_head", "committee", "responders"} & set(help_)
    running.press("1417")
    assert len(row_at(running, "1417")) == 1


def test_the_draft_outlives_esc_and_a_reload_and_a_ringing_call_is_taken_meanwhile(
    running: Centre, screens: Windows
) -> None:
    operator = Operator(screens, "limin")
    page = operator.page
    page.keyboard.press("F3")
    expect(page.get_by_role("combobox")).to_be_focused()
    page.keyboard.type("王不在册")
    expect(page.get_by_role("option")).to_have_count(1)
    expect(page.locator("#who-list")).to_have_attribute("aria-busy", "false")
    page.keyboard.press("Enter")
    page.get_by_label(say("Where is the person?")).fill("小桥菜市场门口")
    page.get_by_label(say("Their number")).fill("139 7200 0001")
    page.get_by_label(say("What was said")).fill("老人坐在地上")
    page.keyboard.press("Escape")
    expect(page.locator(".new-case")).to_have_count(0)
    page.reload()
    expect(page.locator(".fresh")).to_contain_text(say("Connected"))
    page.keyboard.press("F3")
    expect(page.get_by_label(say("What was said"))).to_have_value("老人坐在地上")
    expect(page.get_by_label(say("Where is the person?"))).to_have_value("小桥菜市场门口")

    name = running.resident("1418")
    running.press("1418")
    expect(operator.row(name)).to_be_visible()  # the strip never hides the queue
    page.keyboard.press("F2")
    expect(operator.row(name)).to_contain_text(say("Mine"))
    expect(page.locator(".new-case")).to_have_count(0)
    page.keyboard.press("F3")
    expect(page.get_by_label(say("What was said"))).to_have_value("老人坐在地上")
    page.get_by_role("radio", name=say("Fall"), exact=True).check()
    page.keyboard.press("Control+Enter")
    expect(page.locator(".card .name")).to_contain_text("139 7200 0001")
    caller = [row for row in running.store.cases.live() if row["account"] == "caller:13972000001"]
    assert (len(caller), caller[0]["callers"][0]["place"]) == (1, "小桥菜市场门口")
    sound(page, "caller-without-home")
    page.keyboard.press("F3")
    expect(page.get_by_role("combobox")).to_have_value("")
    picture(page, "new-case-empty")


def test_it_is_found_whose_home_it_is_and_the_card_is_the_homes(running: Centre, screens: Windows) -> None:
    operator = Operator(screens, "limin")
    page, known = operator.page, running.home("1420")
    person = known["residents"][0]["name"]
    page.keyboard.press("F3")
    expect(page.get_by_role("combobox")).to_be_focused()
    page.keyboard.type("13972000009")
    expect(page.get_by_role("combobox")).to_have_value("13972000009")
    expect(page.locator("#who-list")).to_have_attribute("aria-busy", "false")
    page.keyboard.press("Enter")
    page.get_by_label(say("What was said")).fill("老人头晕")
    page.get_by_role("radio", name=say("Wants a service"), exact=True).check()
    page.keyboard.press("Control+Enter")
    expect(page.locator(".card .name")).to_contain_text("13972000009")
    sound(page, "caller-to-be-found")
    page.get_by_role("button", name=say("Find whose home it is")).click()
    expect(page.get_by_role("combobox")).to_be_focused()
    page.keyboard.type("1420")
    expect(page.get_by_role("option", selected=True)).to_contain_text(person)
    sound(page, "whose-home")
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name=say("It is this home"))).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator(".card .name").first).to_contain_text(person)
    expect(page.locator("#contacts")).to_be_visible()
    rows = row_at(running, "1420")
    assert [(row["account"], row["caller"]) for row in rows] == [("1420", "caller:13972000009")]
    picture(page, "home-found")
    page.get_by_role("button", name=say("It is another home")).click()
    expect(page.get_by_label(say("Why it is not the home it was taken for"))).to_be_focused()
    page.keyboard.type("同名的另一位老人")
    page.get_by_role("combobox").fill("没有这个人")
    expect(page.locator("#who-list")).to_have_attribute("aria-busy", "false")
    page.get_by_role("combobox").press("Enter")
    page.get_by_role("button", name=say("It is none of these")).click()
    expect(page.locator(".card .name")).to_contain_text("13972000009")
    assert row_at(running, "1420") == []
