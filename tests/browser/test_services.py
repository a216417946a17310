"""Booked services in real Chromium: booked from a card, planned on paper, rung about; a low rating opens the case."""

from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import expect

from callcenter.rules.times import stamp
from tests.browser.centre import Centre
from tests.browser.chromium import Windows, picture
from tests.browser.people import Operator, Supervisor, log_in
from tests.browser.words import say
from tests.conftest import SERVICE, ZONE
from tests.house import until


@pytest.fixture(scope="module")
def more() -> str:
    """Call hours round the clock: the test is run at any hour."""
    return "[services]\ncall_begin_minute = 0\ncall_end_minute = 1440\nrest_begin_minute = 0\nrest_end_minute = 0\n"


def test_a_service_is_booked_from_a_calls_card_and_stands_in_the_printed_plan(
    running: Centre, screens: Windows
) -> None:
    call = running.store.press("1005", SERVICE)
    operator = Operator(screens, "limin")
    operator.take(running.resident("1005"))
    expect(operator.card().locator(".loop [aria-current=step]")).to_have_text(say("Order placed"))
    picture(operator.page, "services-card")
    with operator.page.expect_popup() as opened:
        operator.card().locator("#act-book").click()
    form = opened.value
    tomorrow = (datetime.now(ZONE) + timedelta(days=1)).date().isoformat()
    form.locator("select[name=service]").select_option("clean")
    form.get_by_label(say("Day"), exact=True).fill(tomorrow)
    form.get_by_label(say("Begins from")).fill("10:00")
    form.get_by_label(say("Begins until")).fill("11:00")
    form.get_by_role("button", name=say("Who could come?")).click()
    expect(form.get_by_role("status")).to_contain_text(say("What it would come to"))
    picture(form, "services-form")
    form.get_by_role("button", name=say("Book"), exact=True).click()
    expect(form.locator("h1")).to_contain_text("助洁")
    picture(form, "services-booking")
    booking = form.url.rsplit("/", 1)[1]
    row = running.store.services.diary.booking(booking)
    assert row is not None
    assert (row["from_call"], row["source"]) == (call["id"], "pager")
    expect(operator.card()).to_contain_text(booking)

    with running.store.writing() as w:  # as the clock does at four in the afternoon
        running.store.services.planning.plan_day(w, tomorrow, row["station_id"], "clock")
    planned = running.store.services.diary.booking(booking)
    assert planned is not None
    form.goto(f"/bookings/day?station={row['station_id']}&day={tomorrow}")
    expect(form.locator(".route")).to_contain_text(planned["carer_name"])
    picture(form, "services-plan")
    form.emulate_media(media="print")
    expect(form.locator(".tabs")).to_be_hidden()
    expect(form.locator("th.only-print").first).to_be_visible()
    assert form.pdf(format="A4").startswith(b"%PDF")
    form.emulate_media(media="screen")


def test_an_operator_rings_writes_down_a_low_rating_and_the_case_is_open_again(
    running: Centre, screens: Windows
) -> None:
    store = running.store
    store.now = datetime.now(UTC)
    call = store.press("1033")
    store.act("answer", call)
    visit = store.send(call)
    visit = store.carer("accept", visit, visit["asked"][0]["carer_id"])
    store.carer("arrive", visit)
    store.carer("finish", visit, report={"condition": "well", "done": [], "text": ""})
    store.act(
        "close", call, seen_version=store.call(call)["version"], outcome="helped", evidence="was_seen", words="好"
    )
    until(lambda: store.services.diary.callback(f"rate:{visit['id']}"), 20)
    page = screens.open("wangqiang", screens.profile())
    log_in(page, "wangqiang")
    page.goto("/callbacks?all=1")
    later = page.locator("section.panel", has_text=say("Later"))
    expect(later).to_contain_text(running.resident("1033"))  # not while the carer is hardly out of the door
    with store.database.write() as conn:
        from sqlalchemy import update

        from callcenter.store.tables import callbacks

        conn.execute(update(callbacks).values(from_at=stamp(datetime.now(UTC) - timedelta(hours=1))))
    page.reload()
    task = page.locator("article.callback", has_text=running.resident("1033"))
    picture(page, "services-callbacks")
    assert task.locator("a[href^='tel:']").count() >= 1
    task.get_by_label(say("Words")).fill("来得太晚")
    task.get_by_role("button", name="1 ★").click()
    expect(page.get_by_role("status")).to_contain_text(say("Saved"))
    again = store.call(call)
    assert (again["stage"], again["complaint"], again["holder_name"]) == ("answered", True, "王强")
    page.goto(f"/console#{call['id']}")
    supervisor = Supervisor(screens, "chen")
    supervisor.page.goto("/callbacks/figures")
    expect(supervisor.page.locator("main")).to_contain_text("来得太晚")
    picture(supervisor.page, "services-figures")
    supervisor.page.goto("/services?edit=bath")
    picture(supervisor.page, "services-catalogue")
    supervisor.page.goto("/bookings")
    picture(supervisor.page, "services-list")
