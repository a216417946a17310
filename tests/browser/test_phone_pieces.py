"""Maps, photos, the report, the day's plan, what is installed, and which browsers the phone page is written for."""

import re
import struct
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe  # type: ignore[import-untyped]
from playwright.sync_api import Page, expect

from tests.browser.chromium import picture
from tests.browser.phone_page import Centre, job, next_button, nothing_personal, png, stage, stored, touches, wait_for

STATIC = Path(__file__).parents[2] / "static"
TEMPLATES = Path(__file__).parents[2] / "templates"
RULES = {"runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa", "best-practice"]}}
# What Chromium 105 or Safari 16.0 do not know, and since when they do.
TOO_NEW = {
    "css": {
        ":has()": r":has\(", "container queries": r"@container|container-type", "nesting": r"^\s+&|\{[^}]*\n\s*&",
        "light-dark()": r"light-dark\(", "color-mix()": r"color-mix\(", "@scope": r"@scope",
        "popover": r":popover-open",
        "@starting-style": r"@starting-style", "text-wrap": r"text-wrap:", "subgrid": r"subgrid",
    },
    "js": {
        "modules": r"^\s*(import|export)\s", "import maps": r"importmap", "look-behind": r"\(\?<[=!]",
        "toSorted and others": r"\.(toSorted|toReversed|toSpliced)\(", "groupBy": r"\.groupBy\(",
        "withResolvers": r"withResolvers", "AbortSignal.any": r"AbortSignal\.any", "fromAsync": r"fromAsync",
        "static blocks": r"static\s*\{", "URL.canParse": r"canParse", "set methods": r"\.(union|intersection)\(",
        "popover": r"showPopover", "userActivation": r"userActivation", "regexp v": r"/[a-z]*v[a-z]*\.(test|exec)",
    },
}  # fmt: skip
TRIED_ON = {
    "css": "a { b: c } d:has(e) { f: light-dark(g, h) }", "js": "x.toSorted(y); Object.groupBy(z); /(?<=a)b/.test(c)"
}  # fmt: skip


def too_new(kind: str, text: str) -> list[str]:
    return [name for name, pattern in TOO_NEW[kind].items() if re.search(pattern, text, re.M)]


def sound(page: Page, name: str) -> None:
    picture(page, name)
    found: list[dict[str, Any]] = Axe().run(page, options=RULES).response["violations"]
    assert not found, f"{name}: " + "; ".join(f"{one['id']} {one['nodes'][0]['html'][:120]}" for one in found)


def report(page: Page) -> None:
    next_button(page).click()
    page.locator("[data-code=settled]").wait_for()


def test_the_page_is_written_for_chromium_105_and_safari_16() -> None:
    for kind, sample in TRIED_ON.items():
        assert too_new(kind, sample), "the search finds nothing"
    for file in [*STATIC.glob("js/phone/*.js"), STATIC / "css/phone.css"]:
        assert too_new(file.suffix[1:], file.read_text("utf-8")) == [], file.name
    for file in TEMPLATES.glob("phone/*.html"):
        assert 'type="importmap"' not in file.read_text("utf-8")
        assert 'type="module"' not in file.read_text("utf-8")


def test_it_can_be_installed_with_icons_of_both_sizes(page: Page) -> None:
    manifest = page.evaluate("() => fetch('/phone/manifest.webmanifest').then(r => r.json())")
    assert manifest["display"] == "standalone"
    for icon in manifest["icons"]:
        if icon["type"] == "image/png":
            data = (STATIC / icon["src"].removeprefix("/static/")).read_bytes()
            assert "x".join(map(str, struct.unpack(">II", data[16:24]))) == icon["sizes"]
    assert {"192x192", "512x512"} <= {icon["sizes"] for icon in manifest["icons"]}


def test_the_map_once_chosen_is_one_touch_away(page: Page, centre: Centre) -> None:
    centre.control(jobs=[job("accepted")])
    stage(page, "accepted")
    sound(page, "phone-accepted")
    page.get_by_role("button", name="导航", exact=True).click()
    sound(page, "phone-maps")
    expect(page.locator("[data-map]")).to_have_count(3)  # no Apple map on an Android phone
    page.evaluate("() => addEventListener('click', (event) => event.preventDefault())")  # no other page in this test
    page.locator("[data-map=tencent]").click()
    page.get_by_role("button", name="返回", exact=True).click()
    link = page.locator("footer a[data-map=tencent]")
    expect(link).to_have_attribute(
        "href", re.compile(r"^https://apis\.map\.qq\.com/uri/v1/routeplan\?.*tocoord=36\.6499")
    )


def test_a_photo_is_made_small_sent_and_not_kept(page: Page, centre: Centre) -> None:
    centre.control(jobs=[job("arrived")])
    stage(page, "arrived")
    report(page)
    centre.stop()
    page.locator("#text").fill("写到一半")
    page.locator("#photo").set_input_files({"name": "a.png", "mimeType": "image/png", "buffer": png(1400, 900)})
    expect(page.locator("#photos")).to_contain_text("1")
    expect(page.locator("#sync.waiting")).to_contain_text("1")
    assert "PICTURE" in stored(page)
    assert page.locator("#text").input_value() == "写到一半"
    page.locator(".camera").scroll_into_view_if_needed()
    sound(page, "phone-report-photo")
    page.reload()
    expect(page.locator("#sync.waiting")).to_contain_text("1")
    centre.start()
    expect(page.locator("#sync:not(.waiting)")).to_be_visible()
    (sent,) = [one for one in touches(centre) if one["verb"] == "photo"]
    assert sent["head"] == "ffd8ff"
    assert sent["bytes"] <= 300 * 1024
    wait_for(lambda: "PICTURE" not in stored(page))


def test_the_report_says_code_next_step_and_test_press(page: Page, centre: Centre) -> None:
    centre.control(jobs=[job("arrived")])
    stage(page, "arrived")
    report(page)
    sound(page, "phone-report")
    for code in ("refused", "test_press", "wrong", "family"):
        page.locator(f"[data-code={code}]").click()
    next_button(page).click()
    stage(page, "quiet")
    wait_for(lambda: bool(touches(centre)))
    said = touches(centre)[-1]["report"]
    assert said == {"condition": "refused", "done": ["test_press"], "door_code": "wrong", "next": "family", "text": ""}


def test_the_plan_of_the_day_where_there_is_one(page: Page, centre: Centre) -> None:
    stage(page, "quiet")
    expect(page.locator(".plan")).to_have_count(0)
    home = {"address": "小桥大街12号", "building": "3号楼", "unit": "", "door": "502"}
    centre.control(plan=[{"booking": "b1", "planned_at": "2026-11-21T02:00:00.000Z", "service": "助浴",
                          "names": ["王桂兰"], "home": home, "stage": "confirmed"}])  # fmt: skip
    page.reload()
    expect(page.locator(".plan li")).to_contain_text("助浴")
    sound(page, "phone-plan")
    assert "王桂兰" not in stored(page), "the plan is shown and not stored"


@pytest.mark.parametrize("name", ["offered", "asking", "on_the_way", "arrived"])
def test_every_stage_keeps_nobody_out(page: Page, centre: Centre, name: str) -> None:
    centre.control(jobs=[job("offered" if name == "asking" else name)])
    if name == "asking":
        stage(page, "offered")
        centre.stop()
        next_button(page).click()
    stage(page, name)
    sound(page, f"phone-{name}")


def test_nothing_of_a_person_is_left_after_log_out(page: Page, centre: Centre) -> None:
    centre.control(jobs=[job("accepted")])
    stage(page, "accepted")
    assert "4502#" in stored(page)
    centre.control(jobs=[])
    stage(page, "quiet")
    page.get_by_role("button", name="退出").click()
    page.goto(f"{centre.url}/phone")
    stage(page, "quiet")
    nothing_personal(page)
