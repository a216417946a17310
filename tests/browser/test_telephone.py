"""The telephone in real Chromium, with an exchange on the line: a grandson rings, one key, the call back, the times."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect
from sqlalchemy import update

from callcenter.rules.events import Row
from callcenter.store.tables import users
from callcenter.store.talks import Talks
from tests.browser.centre import Centre, centre
from tests.browser.chromium import Windows, picture, wait_for
from tests.browser.people import Operator, Supervisor
from tests.browser.test_accessible import sound
from tests.browser.words import say
from tests.fake_exchange import FakeExchange
from tests.house import until


@pytest.fixture(scope="module")
def exchange() -> Iterator[FakeExchange]:
    made = FakeExchange()
    yield made
    made.close()


@pytest.fixture(scope="module")
def running(browser: Browser, exchange: FakeExchange, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Centre]:
    more = (
        f'[telephony]\nkind = "asterisk"\nport = {exchange.port}\npassword = "bench-secret"\n'
        'recording_url = "https://pbx.example.cn/{reference}"'
    )
    with centre(tmp_path_factory.mktemp("telephone"), "gateway", "dispatcher", "web", "telephone", more=more) as made:
        with made.store.database.write() as conn:
            for login, extension in (("limin", "801"), ("wangqiang", "802")):
                conn.execute(update(users).where(users.c.login == login).values(extension=extension))
        until(lambda: made.house.get("/readyz", anyway=True)["exchange"]["state"] == "up")
        yield made


def grandson(running: Centre, account: str) -> str:
    """The number of a contact that leads to this home alone."""
    home = running.home(account)
    talks = Talks(running.store.database)
    with running.store.database.read() as conn:
        for one in home["residents"]:
            for contact in one["contacts"]:
                if {who["home_id"] for who in talks.callers(conn, contact["phone"])} == {home["home"]["id"]}:
                    return str(contact["phone"])
    raise AssertionError(f"no contact of {account} has a number of their own")


def case_of(running: Centre, account: str) -> Row:
    home = running.home(account)["home"]["id"]
    return next(row for row in running.store.cases.live() if row["home_id"] == home)


def test_a_grandson_rings_in_one_key_opens_the_card_and_the_call_back_leaves_its_times(
    running: Centre, exchange: FakeExchange, screens: Windows
) -> None:
    first, second = Operator(screens, "limin"), Operator(screens, "wangqiang")
    number, grandmother = grandson(running, "1417"), running.resident("1417")
    talk = exchange.ring(number)
    strip = first.page.locator(".phone-strip .caller")
    expect(strip).to_contain_text(number)
    expect(strip).to_contain_text(grandmother)
    expect(second.page.locator(".phone-strip .caller")).to_contain_text(grandmother)
    sound(first.page, "telephone-rings")
    picture(first.page, "telephone-rings")
    first.press("Alt+6")
    expect(first.card()).to_contain_text(grandmother)
    expect(second.page.locator(".phone-strip .caller")).to_contain_text(say("{name} takes it", name="李敏"))
    exchange.answer(talk, "801")
    line = first.card().locator(".talk")
    expect(line).to_contain_text(say("speaking"))
    expect(second.page.locator(".phone-strip")).to_have_count(0)
    exchange.record(talk, "/var/spool/asterisk/monitor/1795334327.0")
    exchange.hang_up(talk)
    expect(line).to_have_count(0)

    back = first.card().locator(".contacts a.tel", has_text=number).first
    back.focus()
    first.press("Enter")
    expect(line).to_contain_text(say("speaking"))
    assert exchange.asked[-1]["Channel"] == "PJSIP/801"
    line.get_by_role("button", name=say("Hold the line")).click()
    expect(line).to_contain_text(say("on hold, hears music"))
    picture(first.page, "telephone-held")
    sound(first.page, "telephone-held")
    line.get_by_role("button", name=say("Speak again")).click()
    expect(line).to_contain_text(say("speaking"))
    line.get_by_role("button", name=say("Third party")).click()
    dialog = first.page.get_by_role("dialog", name=say("Call a third party into this talk"))
    sound(first.page, "telephone-third")
    dialog.get_by_label(say("Number")).fill("13900002222")
    first.press("Enter")
    expect(line).to_contain_text("13900002222")
    line.get_by_role("button", name=say("Hang up")).click()
    expect(line).to_have_count(0)
    timeline = first.card().locator(".timeline")
    expect(timeline).to_contain_text("1795334327.0")
    whats = [e.body["what"] for e in running.store.log.stream(f"call:{case_of(running, '1417')['id']}")
             if e.kind == "TalkNoted"]  # fmt: skip
    assert whats == [
        "rang", "answered", "recorded", "ended", "dialled", "answered", "held", "resumed", "joined", "ended"
    ]  # fmt: skip


def test_who_rang_in_vain_stands_in_the_queue_and_the_supervisor_sees_the_day(
    running: Centre, exchange: FakeExchange, screens: Windows
) -> None:
    operator = Operator(screens, "limin")
    talk = exchange.ring("13911110000")
    expect(operator.page.locator(".phone-strip .caller")).to_contain_text(say("not in our register"))
    running.press("1418")
    expect(operator.page.locator(".phone-strip")).to_contain_text(running.resident("1418"))  # the red key comes first
    operator.page.wait_for_timeout(3200)
    exchange.hang_up(talk)
    expect(operator.row("13911110000")).to_contain_text(say("Missed telephone call"))
    rows = operator.page.locator(".queue .row").all_inner_texts()
    assert next(i for i, row in enumerate(rows) if running.resident("1418") in row) < next(
        i for i, row in enumerate(rows) if "13911110000" in row
    )
    operator.row("13911110000").click()
    expect(operator.card()).to_contain_text(say("No home on file."))
    sound(operator.page, "unknown-caller")
    chief = Supervisor(screens, "chen")
    chief.page.goto("/supervisor/telephone")
    expect(chief.page.locator("table").last).to_contain_text("13911110000")
    expect(chief.page.locator("table").last).to_contain_text(say("not rung back yet"))
    sound(chief.page, "telephone-day")
    picture(chief.page, "telephone-day")


def test_a_handset_that_is_lifted_while_a_dialog_is_open_changes_nothing_under_the_hands(
    running: Centre, exchange: FakeExchange, screens: Windows
) -> None:
    operator = Operator(screens, "limin")
    page, about = operator.page, running.resident("1421")
    running.press("1421")
    operator.take(about)
    talk = exchange.ring(grandson(running, "1422"))
    expect(page.locator(".phone-strip .caller")).to_be_visible()
    page.keyboard.press("F8")
    dialog = page.get_by_role("dialog", name=say("Hand over to 120, 119 or 110"))
    dialog.get_by_label(say("Chest pain")).check()
    exchange.answer(talk, "801")
    expect(dialog).to_contain_text(say("You have a telephone call: its case can be opened in the strip at the top."))
    expect(dialog.get_by_role("heading", level=2)).to_contain_text(about)
    expect(dialog.get_by_label(say("Chest pain"))).to_be_checked()
    page.keyboard.press("Escape")
    expect(dialog).to_have_count(0)
    page.locator(".phone-strip").get_by_role("button", name=say("Open its case")).click()
    expect(operator.card()).to_contain_text(running.resident("1422"))
    exchange.hang_up(talk)


def test_a_dead_exchange_is_said_and_the_numbers_are_plain_links_again(
    running: Centre, exchange: FakeExchange, screens: Windows
) -> None:
    operator = Operator(screens, "limin")
    running.press("1419")
    operator.take(running.resident("1419"))
    exchange.frozen = True
    exchange.drop()
    words = say("The telephone exchange cannot be reached: dial by hand, and write down who rang.")
    expect(operator.page.locator(".banner-part")).to_contain_text(words)
    wait_for(operator.page, lambda: not operator.card().locator(".contacts a.tel").first.get_attribute("title"))
    sound(operator.page, "exchange-down")
    exchange.frozen = False
    expect(operator.page.locator(".banner-part")).to_have_count(0)
    assert running.house.get("/readyz", anyway=True)["ready"], "no press waits for a telephone"
