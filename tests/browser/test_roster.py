"""The roster's grid in real Chromium: typed with the keyboard, refused, mended, published, printed, pasted."""

import re
import shutil
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import update

from callcenter.store.tables import users
from tests.browser.chromium import Windows, picture, windows
from tests.browser.serving import served
from tests.browser.test_accessible import sound
from tests.browser.words import say
from tests.callcenter.whole_site import WholeSite

MONTH = "/roster/2026-12"
DESK = {"width": 1440, "height": 900}


@pytest.fixture
def site(sqlite_district: Path, tmp_path: Path) -> Iterator[WholeSite]:
    shutil.copy(sqlite_district, tmp_path / "anxin.db")
    made = WholeSite(f"sqlite:///{tmp_path / 'anxin.db'}", tmp_path, lambda: datetime(2026, 11, 23, 2, 0, tzinfo=UTC))
    yield made
    made.close()


@pytest.fixture
def screens(browser: Browser, site: WholeSite, tmp_path: Path) -> Iterator[Windows]:
    with served(site.app) as address, windows(browser, address, tmp_path) as made:
        yield made


def of(screens: Windows, site: WholeSite, role: str) -> Page:
    """A window of somebody who has logged in, in Chinese."""
    with site.clients[role].session_transaction() as session:
        session["lang"] = "zh_CN"
    profile = screens.profile(DESK)
    profile.add_cookies([{"name": "session", "value": site.cookie(role)["session"], "url": screens.address}])
    return screens.open(role, profile)


def test_a_month_is_typed_refused_mended_and_published(screens: Windows, site: WholeSite) -> None:
    page = of(screens, site, "supervisor")
    page.goto(f"{MONTH}/ST1")
    findings, state = page.locator("#findings li"), page.locator("#state")
    expect(findings).to_have_text([say("Nothing is wrong with this sheet.")])

    night = page.locator('input[data-day="2026-12-09"]').evaluate_all("all => all.findIndex(one => one.value === 'N')")
    asleep = page.locator('input[data-day="2026-12-09"]').nth(night)
    asleep.focus()
    page.keyboard.press("Delete")
    expect(page.locator("#findings li.hard", has_text=say("Nobody is on shift"))).to_have_count(1)
    expect(page.locator('th[data-day="2026-12-10"]')).to_have_class(re.compile("hard"))
    expect(state).to_have_text(say("Typed, not kept yet."))
    page.keyboard.press("Control+s")
    expect(state).to_have_text(say("Kept as draft; publish the month to put it in force."))
    picture(page, "roster-refused")

    page.get_by_role("link", name=say("To the month")).click()
    page.get_by_role("button", name=say("Publish the month")).click()
    mend = say("Mend what is marked red in the grids, then publish again")
    expect(page.locator(".flash-error")).to_contain_text(mend)
    picture(page, "roster-month-refused")
    assert not site.house.log.stream("roster:2026-12")

    page.goto(f"{MONTH}/ST1")
    page.locator('input[data-day="2026-12-09"]').nth(night).focus()
    page.keyboard.type("夜")
    page.keyboard.press("Enter")
    expect(findings).to_have_text([say("Nothing is wrong with this sheet.")])
    page.keyboard.press("Control+s")
    expect(state).to_have_text(say("Kept as draft; publish the month to put it in force."))
    expect(page.locator('input[data-day="2026-12-09"]').nth(night)).to_have_value("N")
    picture(page, "roster-grid")
    page.goto(MONTH)
    page.get_by_role("button", name=say("Publish the month")).click()
    expect(page.locator(".flash").first).to_contain_text("2026-12")
    assert [e.kind for e in site.house.log.stream("roster:2026-12")] == ["RosterPublished"]
    picture(page, "roster-month")


def test_the_keyboard_moves_and_a_spreadsheets_cells_are_pasted(screens: Windows, site: WholeSite) -> None:
    page = of(screens, site, "supervisor")
    page.goto(f"{MONTH}/ST2")
    first = page.locator('tr[data-code="C08"] input[data-day="2026-12-01"]')
    first.focus()
    for key in ("ArrowRight", "ArrowDown", "ArrowDown", "ArrowLeft", "ArrowUp"):
        page.keyboard.press(key)
    at = "[document.activeElement.closest('tr').dataset.code, document.activeElement.dataset.day]"
    assert page.evaluate(at) == ["C09", "2026-12-01"]
    page.evaluate(
        """() => { const data = new DataTransfer(); data.setData('text/plain', 'V\\tV\\nX\\t');
        document.activeElement.dispatchEvent(new ClipboardEvent('paste', {clipboardData: data, bubbles: true,
        cancelable: true})) }"""
    )
    values = [page.locator(f'tr[data-code="{code}"] input[data-day="2026-12-0{day}"]').input_value()
              for code in ("C09", "C10") for day in (1, 2)]  # fmt: skip
    assert values == ["V", "V", "X", ""]
    page.on("dialog", lambda dialog: dialog.accept())
    page.get_by_role("button", name=say("Propose a month")).click()
    expect(page.locator("#findings li").first).to_be_visible()


def test_two_people_at_one_sheet_are_told_and_nothing_typed_is_lost(screens: Windows, site: WholeSite) -> None:
    screens.expected.append("409")
    one, other = of(screens, site, "supervisor"), of(screens, site, "admin")
    for page in (one, other):
        page.goto(f"{MONTH}/ST3")
    for page, text in ((one, "V"), (other, "X")):
        page.locator('input[data-day="2026-12-02"]').first.fill(text)
        page.keyboard.press("Control+s")
        if page is one:
            expect(page.locator("#state")).to_have_text(say("Kept as draft; publish the month to put it in force."))
    expect(other.locator("#state")).to_have_class(re.compile("failed"))
    expect(other.locator('input[data-day="2026-12-02"]').first).to_have_value("X")
    other.on("dialog", lambda dialog: dialog.accept())


def test_the_print_has_a_page_for_each_station_a4_across(screens: Windows, site: WholeSite, tmp_path: Path) -> None:
    page = of(screens, site, "operator")
    page.goto(f"{MONTH}/print")
    pdf = page.pdf(prefer_css_page_size=True, path=str(tmp_path / "roster.pdf"))
    sizes = re.findall(rb"/MediaBox\s*\[\s*0 0 ([\d.]+) ([\d.]+)", pdf)
    assert len(sizes) == 9
    assert {(round(float(w) / 72 * 25.4), round(float(h) / 72 * 25.4)) for w, h in sizes} == {(297, 210)}
    page.emulate_media(media="print")
    page.set_viewport_size({"width": 1060, "height": 740})  # A4 across less its margins, at 96 dots an inch
    assert page.evaluate("document.documentElement.scrollWidth") <= 1060
    picture(page, "roster-print")


def test_nothing_on_these_pages_keeps_anybody_out(screens: Windows, site: WholeSite) -> None:
    with site.house.database.write() as conn:
        conn.execute(update(users).where(users.c.login == "supervisor").values(name="陈主任"))
    page = of(screens, site, "supervisor")
    for name, address in {
        "now": "/roster", "month": MONTH, "grid": f"{MONTH}/ST1", "officers": f"{MONTH}/officers",
        "print": f"{MONTH}/print", "posts": "/roster/posts",
    }.items():  # fmt: skip
        page.goto(address)
        sound(page, f"roster-{name}")
    page.set_viewport_size({"width": 360, "height": 640})
    for address in ("/roster", MONTH, f"{MONTH}/ST1", "/roster/posts"):
        page.goto(address)
        assert page.evaluate("document.documentElement.scrollWidth") <= 360, address


def test_an_operator_sees_who_is_there_now_and_changes_nothing(screens: Windows, site: WholeSite) -> None:
    page = of(screens, site, "operator")
    page.goto("/roster")
    expect(page.locator("tbody tr")).to_have_count(18)
    expect(page.locator(".officer")).to_be_visible()
    expect(page.locator("main form")).to_have_count(0)
    picture(page, "roster-now-operator")
    page.goto(f"{MONTH}/ST1")
    expect(page.locator('input[data-day="2026-12-01"]').first).not_to_be_editable()


def test_a_sick_call_from_the_page_shows_the_hole_and_somebody_stands_in(screens: Windows, site: WholeSite) -> None:
    page = of(screens, site, "supervisor")
    page.goto("/roster")
    with site.house.database.read() as conn:
        m = site.house.parts.rostering.month("2026-11")
        grid = site.house.parts.rostering.grid(conn, m, "ST1")
    name = next(row["name"] for row in grid.rows if grid.cells[row["code"]].get("2026-11-23") == "L")
    row = next(row for row in grid.rows if row["name"] == name)
    form = page.locator("form", has=page.get_by_role("heading", name=say("A carer falls out now")))
    form.locator("select").select_option(str(row["id"]))
    form.get_by_label(say("Reason")).fill("发烧")
    form.get_by_role("button").click()
    expect(page.locator(".hole")).to_have_count(1)
    picture(page, "roster-now-hole")
    page.locator(".hole").get_by_role("button", name=say("Stands in")).first.click()
    expect(page.locator(".flash").first).to_have_text(say("Saved"))
    expect(page.locator(".hole")).to_have_count(0)
    picture(page, "roster-now")
