"""One alarm the whole way in real Chromium: dialler, two consoles, a carer's phone, the report, the supervisor.

Nothing here is ours but the centre itself: the dialler is my_dc09_spt, the receiver's frames are written after the
Sur-Gard manual, the keys and touches are real, and what is read are the Chinese words on the screens.
"""

import re
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from playwright.sync_api import Route, expect

from tests.browser.centre import Centre, Receiver
from tests.browser.chromium import Windows, picture, wait_for
from tests.browser.people import Carer, Operator, Supervisor
from tests.browser.words import say

# "A moment too late" is measured by the page's clock: it stands still, so that a slow machine makes nobody later.
STILL = "() => { const at = performance.now(); performance.now = () => at }"
CLOCKFACE = re.compile(r"\d+:\d\d")


@pytest.fixture(scope="module")
def receiver() -> Iterator[Receiver]:
    made = Receiver()
    yield made
    made.unplug()


@pytest.fixture(scope="module")
def more(receiver: Receiver) -> str:
    return receiver.line()


def test_a_press_over_tcp_from_the_pager_to_the_supervisors_timeline(running: Centre, screens: Windows) -> None:
    home = running.home("1042")
    name = home["residents"][0]["name"]
    operators = [Operator(screens, "limin"), Operator(screens, "wangqiang")]
    call = _rings_on_both(running, "1042", operators, name)

    winner, loser, told = _both_take_it(screens, operators)
    expect(loser.page.locator(".notice")).to_contain_text(told)
    _a_second_press_names(loser, name, winner)
    expect(loser.row(name)).to_contain_text(winner.name)
    expect(winner.row(name)).to_contain_text(say("Mine"))
    expect(winner.card()).to_contain_text(home["home"]["building"])

    first = winner.proposed()[0]
    carer = _carer(running, screens, first, home)
    winner.press("F4", "Enter")
    expect(winner.row(name)).to_contain_text(first)  # with the B post of the station beside her
    expect(winner.row(name)).to_contain_text(say("{name} asked, not accepted", name=""))
    _visit(carer, home)
    expect(winner.row(name)).to_contain_text(say("{name} has finished", name=first))
    expect(winner.card().locator(".visit-report")).to_have_text("不适，已安顿 · 扶起老人 · 扶起后能走路")

    winner.close(say("Helped at home"), say("Somebody saw the resident"), "护理员已扶起，老人清醒")
    for one in operators:
        expect(one.row(name)).to_have_count(0)
    _the_supervisor_reads(screens, call, winner.name, [first, "定位相符", "扶起老人", "护理员已扶起，老人清醒"])
    assert not running.store.verify().faults


def test_a_press_through_a_serial_receiver_is_declined_and_the_next_carer_asked_at_once(
    running: Centre, receiver: Receiver, screens: Windows
) -> None:
    home, why = running.home("1043"), say("My e-bike or car does not run")
    name = home["residents"][0]["name"]
    operator = Operator(screens, "limin")
    assert receiver.send(b"5011 181043E10101001\x14") == b"\x06"
    expect(operator.row(name)).to_be_visible()
    call = str(operator.row(name).get_attribute("data-call"))
    operator.take(name)
    first, *others = operator.proposed()[:2]
    unwilling = _carer(running, screens, first, home)
    phones = {one: _carer(running, screens, one, home) for one in {*others, *_post_b(running, home)} - {first}}
    operator.press("F4", "Enter")

    expect(unwilling.page.locator("body")).to_have_attribute("data-stage", "offered")
    unwilling.touch(say("I cannot go"))
    unwilling.touch(why)
    at = time.monotonic()
    second = _asked(running, operator, call)
    expect(operator.row(name)).to_contain_text(second)
    assert time.monotonic() - at < 15
    willing = phones[second]
    expect(operator.card().locator(".visit")).to_contain_text(f"{say('Asked before')}：{first} {why}")

    _visit(willing, home)
    expect(operator.row(name)).to_contain_text(say("{name} has finished", name=second))
    operator.answer("清楚", "没有异常", "按错了", "是")
    operator.close(say("Pressed by mistake"), say("The resident spoke clearly"), "老人说是误按", said="我按错了")
    expect(operator.page.get_by_text(say("No open calls. All quiet."))).to_be_visible()
    _the_supervisor_reads(screens, call, "李敏", [first, second, why, "老人说是误按"])
    assert "all agree" in running.house.verify()


# --- the parts of a story ---------------------------------------------------------------------------------------


def _rings_on_both(running: Centre, account: str, operators: list[Operator], name: str) -> str:
    """Presses; the row stands on both consoles soon after the acknowledgement. Returns the call."""
    acknowledged = running.press(account)
    for operator in operators:
        expect(operator.row(name)).to_contain_text(say("Help key (SOS)"))
        expect(operator.row(name)).to_contain_text(say("Emergency"))
    call = str(operators[0].row(name).get_attribute("data-call"))
    late = [operator.seen_at(call) - acknowledged for operator in operators]
    print(f"acknowledgement to row: {', '.join(f'{one * 1000:.0f} ms' for one in late)}")
    assert max(late) < 5.0, "a second is promised: test_seats_together.py measures it"
    picture(operators[0].page, "console-ringing")
    return call


def _both_take_it(screens: Windows, operators: list[Operator]) -> tuple[Operator, Operator, str]:
    """Both press F2, and both commands are on the wire before either is answered. Returns winner, loser and what
    the loser must be told."""
    screens.expected.append("409")
    held: list[Route] = []
    for operator in operators:
        operator.page.evaluate(STILL)
        operator.page.route("**/answer", lambda route: held.append(route))
        operator.press("F2")
    wait_for(operators[0].page, lambda: len(held) == 2)
    for route in held:
        route.continue_()
    wait_for(operators[0].page, lambda: any(one.page.locator(".notice").count() for one in operators))
    winner, loser = sorted(operators, key=lambda one: one.page.locator(".notice").count())
    picture(loser.page, "console-loser")
    return winner, loser, say("{name} has this call ({seconds} s ago)", name=winner.name).split("{")[0]


def _a_second_press_names(loser: Operator, name: str, winner: Operator) -> None:
    """Whoever presses F2 a moment too late reads who was quicker: also when the call has been put on hold by then."""
    told = f"{name}：{say('{name} has this call', name=winner.name)}"
    loser.press("F2")
    expect(loser.page.locator(".notice").last).to_contain_text(told)
    winner.press("F7")
    expect(winner.page.locator("dialog .choices button").first).to_be_focused()
    winner.press("Enter")
    expect(loser.row(name)).to_contain_text(say("On hold, back in {time}").split("{")[0])
    loser.press("Escape")
    expect(loser.page.locator(".notice")).to_have_count(0)
    loser.press("F2")
    expect(loser.page.locator(".notice")).to_contain_text(told)
    for one in (winner, loser):
        one.page.evaluate("delete performance.now")
    winner.press("F7")
    expect(winner.row(name)).not_to_contain_text(say("On hold, back in {time}").split("{")[0])


def _post_b(running: Centre, home: dict[str, Any]) -> list[str]:
    """The second names of the home's own station at this hour: they are asked together with the nearest."""
    on = running.store.people.carers(datetime.now(UTC))
    mine = [c for c in on if c["station_id"] == home["home"]["station"]["id"] and c["on_shift"] and c["post"] == "B"]
    return [str(one["name"]) for one in mine]


def _asked(running: Centre, operator: Operator, call: str) -> str:
    """Who is asked now, after the first has declined: at this hour of the roster it may be the B post or the next."""
    asked = lambda: running.store.cases.visits_of([call])[0]["asked"]  # noqa: E731
    wait_for(operator.page, lambda: any(one["result"] == "offered" for one in asked()[1:]))
    return next(str(one["name"]) for one in asked()[1:] if one["result"] == "offered")


def _carer(running: Centre, screens: Windows, name: str, home: dict[str, Any]) -> Carer:
    found = running.carer(name)
    login = running.user(found["code"].lower(), name, "carer", found["id"])
    return Carer(screens, login, (home["home"]["latitude"], home["home"]["longitude"]))


def _visit(carer: Carer, home: dict[str, Any]) -> None:
    """From the ringing phone to the report."""
    page, building = carer.page, home["home"]["building"]
    expect(page.locator("body")).to_have_attribute("data-stage", "offered")
    expect(page.locator("body")).to_have_attribute("data-rings", re.compile(r"[1-9]"))
    expect(page.get_by_text(home["residents"][0]["name"])).to_be_visible()
    expect(page.get_by_text(building).first).to_be_visible()
    picture(page, "phone-offered")
    carer.next("接单")
    for words in (say("I am leaving now"), say("I am there"), say("Finish and report")):
        carer.next(words)
    carer.touch(say("Better, settled at home"))
    carer.touch(say("Helped up"))
    page.get_by_label(say("Anything else (may stay empty)")).fill("扶起后能走路")
    picture(page, "phone-report")
    carer.next(say("Send report and finish"))
    expect(page.get_by_role("heading", name=say("No job at the moment"))).to_be_visible()


def _the_supervisor_reads(screens: Windows, call: str, operator: str, told: list[str]) -> None:
    """The call stands in the log with its step times, and its whole story is at most three clicks away."""
    supervisor = Supervisor(screens, "chen")
    row = supervisor.row(call)
    expect(row).to_contain_text(operator)
    expect(row.locator("td.number")).to_have_text([CLOCKFACE] * 7)
    supervisor.click(row.get_by_role("link", name=call))
    page = supervisor.page
    expect(page.get_by_role("heading", name=say("Timeline"))).to_be_visible()
    for words in told:
        expect(page.locator("main")).to_contain_text(words)
    expect(page.locator(".steps .step-time")).to_have_text([CLOCKFACE] * 7)
    assert supervisor.clicks <= 3
    picture(page, "supervisor-call")
