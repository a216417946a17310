"""Am I live? A part of the house really dies: the desk says which and what to do, keeps its picture, and heals."""

import signal
import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests import postgres
from tests.browser.centre import Centre, Receiver, centre
from tests.browser.chromium import Windows, picture, windows
from tests.browser.people import Operator
from tests.browser.words import say
from tests.house import until

pytestmark = pytest.mark.timeout(240)

PROMISED_SECONDS = 15.0  # a sign of life is late after 8 s; then the next look and the next tick, on a busy machine
STALE_SECONDS = 12.0  # the banner is up within 10 s; somebody who looks twice a second, on a busy machine, sees it then
HANGING_SECONDS = 10.0  # to the log of each process: silence counts as such after 4 s
SILENT = "the database does not answer"  # in the log of each process
NO_GATEWAY = say("No pager is being heard: the gateway has stopped. Call the technician, telephone the homes at risk.")
NO_DISPATCH = say("Automatic dispatch has stopped: telephone the carers yourself and tell the supervisor.")
NOTHING_KEPT = say(
    "Nothing can be kept: write on paper, call the technician. Pagers are not acknowledged and try again."
)


class Cable:
    """A serial cable that can be pulled out and put in again; the gateway finds it where it was."""

    def __init__(self, folder: Path):
        self.device, self.end = folder / "receiver", Receiver()
        self.device.symlink_to(self.end.device)

    def line(self) -> str:
        return self.end.line().replace(self.end.device, str(self.device))

    def out(self) -> None:
        self.device.unlink()
        self.end.unplug()

    def back(self) -> None:
        self.end = Receiver()
        self.device.symlink_to(self.end.device)


@pytest.fixture(scope="module")
def cable(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cable]:
    made = Cable(tmp_path_factory.mktemp("cable"))
    yield made
    made.end.unplug()


@pytest.fixture(scope="module")
def more(cable: Cable) -> str:
    return cable.line()


def test_a_dead_gateway_and_a_dead_dispatcher_are_each_named_with_what_to_do_until_they_are_back(
    running: Centre, screens: Windows
) -> None:
    operator = Operator(screens, "limin")
    page, name = operator.page, _a_picture(running, operator, "1101")
    killed = time.monotonic()
    running.house.kill("gateway")
    running.house.kill("dispatcher")
    banner = page.locator(".banner-part")
    for words in (NO_GATEWAY, NO_DISPATCH):
        expect(banner).to_contain_text(words)
    _kept(killed, PROMISED_SECONDS, "gateway and dispatcher killed to both named")
    picture(page, "live-two-parts-down")
    _asked(page, {"Gateway": say("No pager is being heard: call the technician, telephone the homes at risk."),
                  "Dispatcher": say("Telephone the carers yourself, watch the clocks yourself, tell the supervisor."),
                  "Database": say("well")})  # fmt: skip
    _still_readable(operator, name)

    running.house.start("dispatcher")
    expect(banner).not_to_contain_text(NO_DISPATCH)
    expect(banner).to_contain_text(NO_GATEWAY)
    running.house.start("gateway")
    expect(banner).to_have_count(0)
    _all_well(page)
    running.press("1102")
    expect(operator.row(running.resident("1102"))).to_be_visible()


def test_a_pulled_cable_names_the_line_and_heals_when_it_is_in_again(
    running: Centre, cable: Cable, screens: Windows
) -> None:
    operator = Operator(screens, "limin")
    page = operator.page
    _all_well(page)
    cable.out()
    pulled = time.monotonic()
    banner = page.locator(".banner-part")
    expect(banner).to_contain_text(say("Lines without signal: {names}", names="receiver-serial"))
    _kept(pulled, PROMISED_SECONDS, "cable out to the line named")
    _asked(page, {"Lines": say("Calls that come by these lines are not heard: call the technician.")})
    expect(page.locator(".banner-stale")).to_have_count(0)

    cable.back()
    expect(banner).to_have_count(0)
    _all_well(page)
    assert cable.end.send(b"5011 181103E10101001\x14") == b"\x06"
    expect(operator.row(running.resident("1103"))).to_be_visible()


def test_a_database_that_takes_no_writes_is_named_itself_and_not_those_who_cannot_write_that_they_live(
    running: Centre, screens: Windows
) -> None:
    screens.expected.append("503")
    operator = Operator(screens, "limin")
    page, name = operator.page, _a_picture(running, operator, "1104")
    _all_well(page)
    held = sqlite3.connect(running.house.url.removeprefix("sqlite:///"), isolation_level=None)
    held.execute("BEGIN IMMEDIATE")
    locked = time.monotonic()
    banner = page.locator(".banner-part")
    expect(banner).to_contain_text(NOTHING_KEPT)
    _kept(locked, PROMISED_SECONDS, "write lock held to the database named")
    picture(page, "live-nothing-kept")
    page.locator("#act-answer").click()
    expect(page.locator(".notice")).to_contain_text(say("The database cannot be reached; nothing was changed"))
    expect(page.locator(".notice")).to_contain_text(say("Go on by telephone and try again in a moment"))
    page.wait_for_timeout(max(0.0, 10 - (time.monotonic() - locked)) * 1000)  # the signs of life are late by now
    assert banner.inner_text().strip() == NOTHING_KEPT
    _asked(page, {"Database": NOTHING_KEPT, "Gateway": say("Not known while no news comes."),
                  "Dispatcher": say("Not known while no news comes.")})  # fmt: skip
    _still_readable(operator, name)
    expect(operator.row(name)).to_contain_text(say("Waiting"))

    held.execute("ROLLBACK")
    held.close()
    expect(banner).to_have_count(0)
    page.locator("#act-answer").click()
    expect(operator.row(name)).to_contain_text(say("Mine"))
    _all_well(page)
    answered = [e for e in running.store.log.stream(f"call:{_call(operator, name)}") if e.kind == "CallAnswered"]
    assert len(answered) == 1


def test_a_stopped_postgresql_is_named_the_picture_stays_and_it_heals(browser: Browser, tmp_path: Path) -> None:
    with _on_postgresql(browser, tmp_path) as (cluster, running, operator, name):
        page = operator.page
        cluster.stop("immediate")
        stopped = time.monotonic()
        expect(page.locator(".banner-stale")).to_be_visible()
        _kept(stopped, STALE_SECONDS, "PostgreSQL stopped to the stale banner")
        expect(page.locator(".banner-part")).to_contain_text(NOTHING_KEPT)
        _kept(stopped, PROMISED_SECONDS, "PostgreSQL stopped to the database named")
        picture(page, "live-postgresql-stopped")
        _asked(page, {"Database": NOTHING_KEPT, "Gateway": say("Not known while no news comes.")})
        _still_readable(operator, name)

        cluster.start()
        _heals(running, operator)


def test_a_postgresql_that_hangs_is_named_by_every_process_within_ten_seconds_and_it_heals(
    browser: Browser, tmp_path: Path
) -> None:
    """Connections stand and are accepted, and nothing is ever answered: no time limit of the server's own helps."""
    with _on_postgresql(browser, tmp_path) as (cluster, running, operator, name):
        page = operator.page
        frozen = time.monotonic()
        cluster.signal(signal.SIGSTOP)
        try:
            for process in ("gateway", "dispatcher", "web"):
                until(lambda: SILENT in running.house.said(process))  # noqa: B023
                _kept(frozen, HANGING_SECONDS, f"PostgreSQL frozen to the {process} naming it")
            asked = time.monotonic()
            found = running.house.get("/readyz", anyway=True)
            assert (found["ready"], found["database"]) == (False, "down")
            _kept(asked, 4.0, "asked, to being told that it is not ready")
            expect(page.locator(".banner-part")).to_contain_text(NOTHING_KEPT)
            _kept(frozen, PROMISED_SECONDS, "PostgreSQL frozen to the database named at the console")
            picture(page, "live-postgresql-frozen")
            _asked(page, {"Database": NOTHING_KEPT, "Gateway": say("Not known while no news comes.")})
            _still_readable(operator, name)
        finally:
            cluster.signal(signal.SIGCONT)
        _heals(running, operator)


# --- the parts of a story -----------------------------------------------------------------------------------------


@contextmanager
def _on_postgresql(browser: Browser, folder: Path) -> Iterator[tuple[postgres.Cluster, Centre, Operator, str]]:
    """A cluster that may be harmed, a centre upon it, an operator, and the name of whom she sees calling."""
    if postgres.programs() is None:
        pytest.skip("PostgreSQL is not installed: apt-get install postgresql")
    with (
        postgres.cluster() as cluster,
        centre(folder, "gateway", "dispatcher", "web", url=cluster.database()) as running,
        windows(browser, running.house.address, folder) as screens,
    ):
        screens.expected.append("503")
        operator = Operator(screens, "limin")
        yield cluster, running, operator, _a_picture(running, operator, "1101")


def _heals(running: Centre, operator: Operator) -> None:
    """Once its database is back: nothing is said any more, the next press is seen, nothing was lost."""
    for banner in (".banner-stale", ".banner-part"):
        expect(operator.page.locator(banner)).to_have_count(0)
    running.press("1102")
    expect(operator.row(running.resident("1102"))).to_be_visible()
    _all_well(operator.page)
    assert not running.store.verify().faults


def _a_picture(running: Centre, operator: Operator, account: str) -> str:
    """A call on the screen, opened: its row and its card are what must stay readable."""
    running.press(account)
    name = running.resident(account)
    operator.row(name).click()
    expect(operator.card()).to_contain_text(running.home(account)["home"]["building"])
    return name


def _still_readable(operator: Operator, name: str) -> None:
    expect(operator.row(name)).to_be_visible()
    expect(operator.card()).to_contain_text(name)
    expect(operator.card().locator(".timeline li").first).to_be_visible()


def _kept(since: float, promised: float, what: str) -> None:
    seconds = time.monotonic() - since
    print(f"{what}: {seconds:.1f} s")
    assert seconds <= promised, f"{what}: {seconds:.1f} s"


def _strip(page: Page) -> Locator:
    return page.locator("#strip")


def _all_well(page: Page) -> None:
    """Nothing in the strip is in doubt or down, but the sound of a seat where nobody has touched anything yet."""
    for state in ("doubt", "down"):
        expect(_strip(page).locator(f".part-{state}").filter(has_not_text=say("Sound"))).to_have_count(0)


def _asked(page: Page, told: dict[str, str]) -> None:
    """Alt+0: each part, and what it says of it; Esc."""
    page.keyboard.press("Alt+0")
    dialog = page.get_by_role("dialog", name=say("Am I live?"))
    for part, words in told.items():
        line = dialog.locator(".live-parts > div").filter(has=page.locator("dt", has_text=say(part)))
        expect(line).to_contain_text(words)
    page.keyboard.press("Escape")
    expect(dialog).to_have_count(0)


def _call(operator: Operator, name: str) -> str:
    return str(operator.row(name).get_attribute("data-call"))
