"""Every page there is, as whoever sees most of it: sound in Chinese, and in English no Chinese but what was typed.

A page that is new has to be named here, and what has no page has to say what it is instead.
"""

import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import unquote

import pytest
from playwright.sync_api import Browser, Page, expect
from werkzeug.exceptions import HTTPException

from app import House
from callcenter.rules import access
from callcenter.settings import Centre
from tests.browser.chromium import Windows, windows
from tests.browser.lived_in import data, english, lived_in, lived_site, window
from tests.browser.serving import served
from tests.browser.test_accessible import sound
from tests.callcenter.test_safety import DOORS
from tests.callcenter.whole_site import NOBODY, WholeSite

# Each page, and what else its address may end with: another state, or one home among nine hundred.
PAGES: dict[str, tuple[str, ...]] = {
    "login.login": (),
    **dict.fromkeys(("personal_links.ask", "personal_links.family", "responder.page", "door.read_tag"), ()),
    **dict.fromkeys(("console.index", "rounds.index", "phone.index"), ()),
    **dict.fromkeys(("emergency.card", "owning.leaving", "by_hand.form", "tasks.page"), ()),
    **dict.fromkeys(("paper.index", "paper.desk", "paper.sheet", "paper.codes"), ()),
    **dict.fromkeys((f"rollcalls.{page}" for page in ("listed", "one", "entry", "paper")), ()),
    **dict.fromkeys((f"people.{page}" for page in ("residents", "carers", "devices", "responders", "import_")), ()),
    **dict.fromkeys(("people.home", "people.edit", "data_quality.listed", "personal_links.listed", "scripts.own"), ()),
    **dict.fromkeys((f"roster.{page}" for page in ("now", "overview", "grid", "posts", "printed")), ()),
    **dict.fromkeys(("rounds.runs", "rounds.run", "care.away", "care.care", "care.tiers"), ()),
    **dict.fromkeys(("booked.listed", "booked.one", "booked.day", "booked.new", "booked.callbacks.to_ring"), ()),
    **dict.fromkeys(("booked.catalogue", "booked.callbacks.figures"), ()),
    **dict.fromkeys(("supervisor.responses", "supervisor.call", "promises.versions", "promises.attained.page"), ()),
    **dict.fromkeys(("channels.page", "arrivals.estimates", "pagers.listed", "district.audit", "scripts.one"), ()),
    **dict.fromkeys(("seats.page", "telephone.day", "door.arrivals"), ()),
    **dict.fromkeys((f"watch.{page}" for page in ("overview", "device", "installations", "tests", "recalls", "recall",
                     "incidents", "incident")), ()),
}  # fmt: skip
# Written once for everybody, on paper, in the centre's language, which it says of itself.
ON_PAPER = {"paper.sheet", "paper.codes"}
NO_PAGE = {
    "training.marks": "there in a training centre only, and visited in one below",
    **dict.fromkeys(("login.home", "scripts.index"), "leads on to a page"),
    "channels.link": "leads on from a text message to a page",
    **dict.fromkeys(("people.export", "people.template", "promises.attained.export", "supervisor.export",
                     "roster.workbook"), "a file"),
    **dict.fromkeys(("static", "console.script", "phone.worker", "phone.manifest", "paper.worker"), "for browsers"),
    "photos.show": "a picture",
    **dict.fromkeys(("health.process", "health.ready", "health.metrics", "roster.propose"), "for machines and scripts"),
}  # fmt: skip
DRAWN = {  # by a script, and there when this is
    "console.index": ".fresh.part-well",
    "rounds.index": ".ring-head",
}

# Of a hundred rows of one kind the first dozen: axe would look at each of them for each of its rules.
SHORTENED = """() => document.querySelectorAll(':is(tr, td, th, li, article, section, option):nth-of-type(n+13)')
  .forEach((one) => one.remove())"""


@pytest.fixture(scope="module")
def site(sqlite_district: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[WholeSite]:
    with lived_site(tmp_path_factory.mktemp("every"), sqlite_district) as made:
        yield made


@pytest.fixture(scope="module")
def known(site: WholeSite) -> dict[str, str]:
    return lived_in(site)


@pytest.fixture(scope="module")
def typed(site: WholeSite, known: dict[str, str]) -> frozenset[str]:
    assert known
    return data(site)


@pytest.fixture(scope="module")
def screens(browser: Browser, site: WholeSite, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Windows]:
    with served(site.app) as address, windows(browser, address, tmp_path_factory.mktemp("windows")) as made:
        yield made


def address_of(site: WholeSite, known: dict[str, str], endpoint: str) -> str:
    """Where this page is, of something that exists."""
    (rule,) = (rule for rule in site.app.url_map.iter_rules(endpoint) if "GET" in (rule.methods or ()))

    def value(part: re.Match[str]) -> str:
        return known.get(f"{endpoint}:{part[1]}") or known[part[1]]

    return re.sub(r"<(?:[^:<>]*:)?(\w+)>", value, rule.rule)


def seeing(endpoint: str) -> list[str]:
    """Who may see it, whoever sees most of it first."""
    if not DOORS[endpoint]:
        return [NOBODY]
    return [role for role in ("supervisor", "head", "operator", "carer") if access.may(role, DOORS[endpoint])]


def test_no_page_is_forgotten(site: WholeSite) -> None:
    there = {rule.endpoint for rule in site.app.url_map.iter_rules() if "GET" in (rule.methods or ())}
    machines = {rule.endpoint for rule in site.app.url_map.iter_rules() if rule.rule.startswith("/api/")}
    assert there - machines == {*PAGES, *NO_PAGE}
    assert not set(PAGES) & set(NO_PAGE)


@pytest.mark.parametrize("endpoint", PAGES)
def test_a_page(site: WholeSite, known: dict[str, str], typed: frozenset[str], screens: Windows, endpoint: str) -> None:
    address, (most, *others) = address_of(site, known, endpoint), seeing(endpoint)
    for ending in ("", *PAGES[endpoint]):
        for language in ("zh_CN", "en"):
            page = screens.pages.get(f"{most}-{language}") or window(screens, site, most, language)
            answer = page.goto(address + ending)
            assert answer is not None
            assert answer.ok, (address + ending, answer.status)
            if endpoint in DRAWN:
                page.locator(DRAWN[endpoint]).wait_for()
            if language == "en" and endpoint in ON_PAPER:
                assert page.locator("html").get_attribute("lang") == "zh-CN"
            elif language == "en":
                english(page, typed, f"{address}{ending} for {most}")
            else:
                leads_somewhere(site, page)
                if endpoint not in DRAWN:
                    page.evaluate(SHORTENED)
                sound(page, f"every-{endpoint}{ending}")
        for who in others:  # has less of it, and perhaps other words for that
            found = site.ask(who, address + ending)
            assert found.status_code == 200, (address, who)
            if endpoint not in ON_PAPER:
                english(page, typed, f"{address}{ending} for {who}", found.text)


def leads_somewhere(site: WholeSite, page: Page) -> None:
    """Every link to a page of ours is the address of one."""
    paths = page.evaluate("[...new Set([...document.links].filter((a) => a.origin === origin).map((a) => a.pathname))]")
    routes, lost = site.app.url_map.bind("localhost"), []
    for path in paths:
        try:
            routes.match(unquote(path))
        except HTTPException:
            lost.append(path)
    assert not lost, f"{page.url} leads nowhere: {lost}"


def test_the_marks_of_a_training_centre(site: WholeSite, typed: frozenset[str], screens: Windows) -> None:
    """The same house, told that nothing in it is real: its strip stands on every page."""
    training = House(site.house.settings.model_copy(update={"centre": Centre(training=True)}), site.house.config)
    with served(training.web()) as address:
        for language in ("zh_CN", "en"):
            page = window(screens, site, "supervisor", language)
            (kept,) = page.context.cookies(screens.address)
            page.context.add_cookies([{"name": "session", "value": kept["value"], "url": address}])
            answer = page.goto(f"{address}/training")
            assert answer is not None
            assert answer.ok
            expect(page.locator(".training-strip")).to_be_visible()
            if language == "en":
                english(page, typed, "/training")
            else:
                sound(page, "every-training")
    training.database.close()
