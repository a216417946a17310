"""The pages of promises: a version is made with its reason, last week is shown under it, a month is published."""

import io
from datetime import timedelta
from pathlib import Path

import openpyxl
import pytest

from callcenter.pages.promises import Unreadable, read_rules, read_time, spelled
from callcenter.rules.access import PROMISES, RIGHTS
from callcenter.rules.promises import STEPS, Rule
from tests.callcenter.whole_site import WholeSite
from tests.conftest import SERVICE, Rehearsal

PAGE = "/supervisor/promises"


@pytest.fixture
def site(rehearsal: Rehearsal, tmp_path: Path) -> WholeSite:
    url = rehearsal.database.url.render_as_string(hide_password=False)
    return WholeSite(url, tmp_path, lambda: rehearsal.now)


def typed(site: WholeSite) -> dict[str, str]:
    """The form as the page has it: the rules that hold."""
    found, current = {}, site.house.targets.current("9")
    for n, rule in enumerate(current.rules):
        found[f"{n}-priority"] = str(rule.priority)
        found |= {f"{n}-{step}": spelled(seconds) for step, seconds in rule.seconds.items()}
    return found


def send(site: WholeSite, who: str = "supervisor", act: str = "publish", **more: str) -> tuple[int, str]:
    page = site.ask(who, PAGE).text
    csrf, key = (page.split(f'name="{name}" value="')[1].split('"')[0] for name in ("csrf_token", "key"))
    form = typed(site) | {"csrf_token": csrf, "key": key, "act": act, "why": "十五分钟圈"} | more
    answer = site.client(who).post(PAGE, data=form, follow_redirects=True)
    return answer.status_code, answer.text


def quick(site: WholeSite, seconds: str = "5") -> dict[str, str]:
    n = len(site.house.targets.current("9").rules)
    return {f"{n}-priority": "1", f"{n}-tier": "A", f"{n}-from": "22", f"{n}-until": "6", f"{n}-answer": seconds}


def test_a_supervisor_makes_a_version_and_its_maker_and_reason_stand_there(site: WholeSite) -> None:
    status, page = send(site, **quick(site))
    assert (status, "The new version is made." in page) == (200, True)
    assert "version 1 holds" in page
    assert "十五分钟圈" in page
    assert "22:00–06:00" in page
    rules = site.house.targets.current(site.house.log.stream("promises")[0].at).rules
    assert rules[4] == Rule(1, {"answer": 5}, "A", None, (22, 6))
    (event,) = site.house.log.stream("promises")
    assert (event.kind, event.body["name"], event.actor.endswith("supervisor")) == (
        "PromisesChanged",
        "supervisor",
        True,
    )
    assert site.ask("supervisor", f"{PAGE}?version=0").status_code == 200


def test_the_same_press_of_the_button_makes_one_version(site: WholeSite) -> None:
    key = {"key": "3f0e5a4e-promise-once"}
    send(site, **key)
    send(site, **key)
    assert len(site.house.log.stream("promises")) == 1


def test_last_week_is_shown_before_anything_is_saved(site: WholeSite, rehearsal: Rehearsal) -> None:
    for account, seconds in (("1042", 8), ("1043", 2)):
        call = rehearsal.press(account)
        rehearsal.now += timedelta(seconds=seconds)
        rehearsal.act("answer", call)
    status, page = send(site, act="preview", **{"0-answer": "5s"})
    assert status == 200
    assert "2 calls, 1 judged otherwise" in page
    assert site.house.log.stream("promises") == []
    assert 'value="5s"' in page, "what was typed stays"


@pytest.mark.parametrize(
    ("change", "said"),
    [({"0-answer": "soon"}, "Row 1: “soon” cannot be read"), ({"0-answer": "8d"}, "≤ 7d"),
     ({"0-decide": ""}, "P1 needs a time"), ({"why": ""}, "Write why it is changed"), ({"5-priority": "7"}, "Row 6"),
     ({"from": "yesterday"}, "is no moment"),
     ({"4-priority": "1", "4-tier": "A", "4-arrive": "0"}, "A narrower rule may not drop it")],
)  # fmt: skip
def test_what_cannot_be_a_version_is_refused_with_the_fix_and_nothing_is_lost(
    site: WholeSite, change: dict[str, str], said: str
) -> None:
    status, page = send(site, **change)
    assert (status, said in page) == (422, True)
    assert site.house.log.stream("promises") == []


def test_only_who_answers_for_them_may_change_promises(site: WholeSite) -> None:
    assert {role for role, rights in RIGHTS.items() if PROMISES in rights} == {"supervisor", "admin"}
    page = site.ask("head", PAGE)
    assert (page.status_code, "Make this version" in page.text) == (200, False)
    assert site.ask("operator", PAGE).status_code == 403
    csrf = page.text.split('name="csrf_token" value="')[1].split('"')[0]
    assert site.client("head").post(PAGE, data={"csrf_token": csrf}).status_code == 403


def test_a_month_of_promises_is_published_and_taken_away_as_a_workbook(site: WholeSite, rehearsal: Rehearsal) -> None:
    r = rehearsal
    for n in range(24):
        call = r.press(str(1100 + n))
        r.now += timedelta(seconds=10 if n < 21 else 20)
        r.act("answer", call)
    slow = r.act("answer", r.press("1300", SERVICE))
    r.act("pause", slow, reason="waiting_for_family", minutes=10)
    page = site.ask("supervisor", "/supervisor/attainment").text
    assert "25 calls" in page
    assert "87.5 %" in page
    assert "the clock stood still in 1, 10:00 in all" in page
    for by in ("priority", "tier", "station", "hours", "nonsense"):
        assert site.ask("supervisor", f"/supervisor/attainment?by={by}&month=2026-11").status_code == 200, by
    assert "08:00–12:00" in site.ask("supervisor", "/supervisor/attainment?by=hours").text
    assert "No calls in this month" in site.ask("supervisor", "/supervisor/attainment?month=2026-10").text
    book = site.client("supervisor").get("/supervisor/attainment.xlsx?by=priority")
    sheet = openpyxl.load_workbook(io.BytesIO(book.data)).worksheets[1]
    first = [cell.value for cell in sheet[2]]
    assert first[2:] == ["15", 24, 10, 20, 20, 21, 24, 0.875]
    assert site.ask("operator", "/supervisor/attainment").status_code == 403
    assert r.log.stream("reports")[-1].body["report"] == "attainment"


@pytest.mark.parametrize(
    ("text", "seconds"), [("90", 90), ("１５", 15), ("1.5m", 90), ("15分", 900), ("2H", 7200), ("7d", 604800), ("0", 0)]
)
def test_a_time_is_read_as_people_write_it(text: str, seconds: float) -> None:
    assert read_time(text) == seconds
    assert read_time(spelled(seconds)) == seconds


@pytest.mark.parametrize("text", ["-1", "1w", "", "1e9", "∞", "9" * 40])
def test_a_time_nobody_writes_is_refused(text: str) -> None:
    with pytest.raises(Unreadable):
        read_time(text)


def test_a_whole_day_is_no_condition() -> None:
    (rule,) = read_rules({"0-priority": "2", "0-from": "0", "0-until": "24", **{f"0-{step}": "60" for step in STEPS}})
    assert rule.hours is None


def test_the_clock_is_paused_and_runs_again_over_the_api(site: WholeSite, rehearsal: Rehearsal) -> None:
    call = rehearsal.press("1042", SERVICE)
    at = f"/api/v1/calls/{call['id']}"
    assert site.ask("operator", at).status_code == 200
    for verb, body, status in (
        ("pause", {"reason": "weather", "minutes": 10}, 409),
        ("answer", {}, 200),
        ("pause", {"reason": "tired", "minutes": 10}, 422),
        ("pause", {"reason": "weather", "minutes": 11}, 422),
        ("pause", {"reason": "weather", "minutes": 10}, 200),
        ("pause", {"reason": "weather", "minutes": 10}, 409),
        ("resume-clock", {}, 200),
        ("resume-clock", {}, 409),
    ):
        answer = site.say("operator", f"{at}/{verb}", body)
        assert answer.status_code == status, (verb, answer.text)
    shown = site.ask("operator", at).json["call"]  # type: ignore[index]
    assert shown["pauses"][0]["reason"] == "weather"
    assert shown["owed"]["answer"] == 15
