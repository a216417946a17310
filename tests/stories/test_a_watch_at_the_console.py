"""An operator at the console, in real Chromium, asks the watch that called where it is, and reads the answer."""

import re

import pytest
from playwright.sync_api import expect

from devices.codecs.watch_frame import write, write_report
from tests.browser.centre import Centre
from tests.browser.chromium import Windows, picture
from tests.browser.people import Operator
from tests.browser.words import say
from tests.house import free_port
from tests.stories.test_a_watch_is_asked import LINE, SOS, Worn

ACCOUNT = "1042"


@pytest.fixture(scope="module")
def port() -> int:
    return free_port()


@pytest.fixture(scope="module")
def more(port: int) -> str:
    return LINE.format(port=port)


def test_the_watch_is_located_from_the_card_and_the_distance_from_home_is_read(
    running: Centre, screens: Windows, port: int
) -> None:
    home, name = running.home(ACCOUNT)["home"], running.resident(ACCOUNT)
    north, east = home["latitude"], home["longitude"]
    operator = Operator(screens, "limin")
    watch = Worn(port)
    watch.says(write_report(ACCOUNT, "AL", SOS, north, east))
    assert watch.hears() == b"[3G*1042*0002*AL]"
    operator.take(name)

    where = operator.page.locator(".whereabouts")
    expect(where).to_contain_text(say("{n} m from home").replace("{n}", "0"))
    where.get_by_role("button", name=say("Locate"), exact=True).click()
    assert watch.hears() == b"[3G*1042*0002*CR]"
    watch.says(write("CR", ACCOUNT))
    expect(where).to_contain_text(say("the device has answered"))
    watch.says(write_report(ACCOUNT, "UD", 0, north + 0.0108, east, battery=23))  # 1,200 m away
    expect(where).to_contain_text(re.compile(re.escape(say("{n} km from home")).replace(r"\{n\}", r"1\.2")))
    expect(operator.page.locator(".facts")).to_contain_text(say("battery {n} %").replace("{n}", "23"))

    where.get_by_role("button", name=say("Ring back"), exact=True).click()
    where.get_by_role("textbox").fill("0971 1234567")
    where.get_by_role("button", name=say("Send"), exact=True).click()
    assert watch.hears() == b"[3G*1042*0010*CALL,09711234567]"
    watch.off()
    where.get_by_role("button", name=say("Let it ring"), exact=True).click()
    expect(where).to_contain_text(say("not sent: it is not connected"))
    picture(operator.page, "console-watch")
