"""The supervisor's pages over a real database: the figures, the list behind them, one call's story, the exports."""

import csv
import io
import json
import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import openpyxl
import pytest
from flask.testing import FlaskClient

from callcenter.report import BREATH, PAGE
from callcenter.rules.times import stamp
from tests.callcenter.small_site import app_of
from tests.callcenter.worked_week import NOON, WorkedWeek

WHOLE = {
    "answered": 9,
    "requested": 40,
    "accepted": 62,
    "departed": 130,
    "arrived": 500,
    "finished": 2000,
    "closed": 2100,
}


@pytest.fixture
def week(tmp_path: Path) -> Iterator[WorkedWeek]:
    week = WorkedWeek(tmp_path)
    yield week
    week.database.close()


@pytest.fixture
def page(week: WorkedWeek) -> FlaskClient:
    client = app_of(week).test_client()
    client.environ_base["HTTP_X_ROLE"] = "supervisor"
    return client


def text(client: FlaskClient, address: str, status: int = 200) -> str:
    answer = client.get(address)
    assert answer.status_code == status, answer.get_data(as_text=True)[:2000]
    return str(answer.get_data(as_text=True))


def listed(html: str) -> list[str]:
    return re.findall(r'class="call-link"[^>]*>([^<]+)<', html)


def figures_rows(html: str) -> list[list[str]]:
    table = html.split('<table class="figures">')[1].split("</table>")[0].split("<tbody>")[1]
    cells = (re.findall(r"<t[hd].*?</t[hd]>", row, re.S) for row in table.split("</tr>")[:-1])
    return [[" ".join(re.sub(r"<[^>]+>", " ", cell).split()) for cell in row] for row in cells]


def test_every_row_of_the_figures_adds_up_to_all_calls(week: WorkedWeek, page: FlaskClient) -> None:
    week.week(25)
    html = text(page, "/supervisor?priority=1,2,3,4&from=2026-11-14")
    rows = figures_rows(html)
    assert len(rows) == 7
    for row in rows:
        counted, *_, total = row[1:]
        assert int(counted) + sum(int(cell) for cell in row[-7:-1]) == int(total) == 27


def test_every_number_leads_to_a_list_of_that_many_calls(week: WorkedWeek, page: FlaskClient) -> None:
    week.week(25)
    html = text(page, "/supervisor?from=2026-11-14")
    links = re.findall(r'<a href="(/supervisor\?[^"]*show=[^"]*)#list">(\d+)</a>', html)
    assert len(links) > 10
    for address, number in links:
        found = text(page, address.replace("&amp;", "&"))
        assert len(listed(found)) == int(number)
        assert figures_rows(found) == figures_rows(html), "the list is narrowed, the figures are not"


def test_what_was_late_stands_in_the_list_as_a_word(week: WorkedWeek, page: FlaskClient) -> None:
    late = week.call(NOON - timedelta(hours=2), late={"answer": 15}, **{**WHOLE, "answered": 22})
    week.call(NOON - timedelta(hours=1), **WHOLE)
    html = text(page, "/supervisor?show=late")
    assert listed(html) == [late]
    assert re.search(r"0:22</span>\s*<span class=\"late-mark\">.*?late.*?\+0:07", html, re.S)
    assert listed(text(page, "/supervisor?show=arrive.late")) == []


def test_filters_stand_in_the_address_and_look_the_same_there(week: WorkedWeek, page: FlaskClient) -> None:
    mine = week.call(NOON - timedelta(hours=3), 2, home=4, operator=2, **WHOLE)
    week.call(NOON - timedelta(hours=2), 1, home=4, operator=2, **WHOLE)
    week.call(NOON - timedelta(hours=1), 2, home=5, operator=1, answered=5, closed=60)
    address = "/supervisor?from=2026-11-20&to=2026-11-21&priority=2&station=2&operator=2&kind=inactivity&outcome=helped"
    html = text(page, address)
    assert listed(html) == [mine]
    again = next(a for a in re.findall(r'href="(/supervisor\?[^"]+)#list"', html) if "show=answer.counted" in a)
    words = parse_qs(urlsplit(again.replace("&amp;", "&")).query)
    assert {k: v for k, v in words.items() if k != "show"} == parse_qs(urlsplit(address).query)
    for name, value in (("station", "2"), ("operator", "2"), ("outcome", "helped"), ("kind", "inactivity")):
        assert re.search(rf'name="{name}".*?<option value="{value}" selected>', html, re.S)


def test_days_are_the_centres_days(week: WorkedWeek, page: FlaskClient) -> None:
    before = week.call(NOON.replace(day=19, hour=15, minute=59), answered=5)  # 23:59 on the 19th in Xining
    after = week.call(NOON.replace(day=19, hour=16, minute=1), answered=5)
    assert listed(text(page, "/supervisor?from=2026-11-19&to=2026-11-19")) == [before]
    assert listed(text(page, "/supervisor?from=2026-11-20&to=2026-11-20")) == [after]


def test_device_items_are_left_out_and_the_page_says_how_many(week: WorkedWeek, page: FlaskClient) -> None:
    week.call(NOON - timedelta(hours=1), 1, **WHOLE)
    item = week.call(NOON - timedelta(hours=1), 4, home=3)
    html = text(page, "/supervisor")
    assert item not in html
    assert re.search(r"Not asked for.*?Device\s*<a href=\"[^\"]*priority=4[^\"]*\">1</a>", html, re.S)
    assert listed(text(page, "/supervisor?priority=4")) == [item]


def test_the_list_is_sorted_by_any_step_and_paged(week: WorkedWeek, page: FlaskClient) -> None:
    for number in range(PAGE + 3):
        week.call(NOON - timedelta(minutes=number + 1), home=number % 12 + 1, answered=(number * 7) % 53 + 1)
    week.call(NOON - timedelta(seconds=5), home=1)
    first, second = (listed(text(page, f"/supervisor?sort=-answer&page={n}")) for n in (1, 2))
    assert (len(first), len(second), len(set(first + second))) == (PAGE, 4, PAGE + 4)
    html = text(page, "/supervisor?sort=-answer")
    assert 'aria-sort="descending"' in html
    times = [int(s) for s in re.findall(r'<td class="number[^"]*"><span class="figure">0:(\d\d)<', html)]
    assert times == sorted(times, reverse=True)
    assert len(listed(text(page, "/supervisor?page=99"))) == 4


def test_fewer_than_twenty_show_points_and_twenty_show_percentiles(week: WorkedWeek, page: FlaskClient) -> None:
    for number in range(19):
        week.call(NOON - timedelta(minutes=number + 1), home=number % 12 + 1, answered=number + 1)
    assert figures_rows(text(page, "/supervisor"))[0][1:3] == ["19", "0:01 · 0:10 · 0:19 least · middle · most"]
    week.call(NOON - timedelta(minutes=30), answered=20)
    assert figures_rows(text(page, "/supervisor"))[0][1:5] == ["20", "0:10", "0:18", "0:19"]


@pytest.mark.parametrize("words", ["from=gestern", "priority=9", "show=x", "from=2026-11-21&to=2026-11-20", "q=%25"])
def test_what_cannot_be_read_is_said_and_the_form_stays(page: FlaskClient, words: str) -> None:
    html = text(page, f"/supervisor?{words}", 422)
    assert 'role="alert"' in html
    assert 'name="from" value="2026-11-15"' in html


def test_a_calls_number_leads_straight_to_its_story(week: WorkedWeek, page: FlaskClient) -> None:
    old = week.call(NOON - timedelta(days=90), **WHOLE)
    assert page.get(f"/supervisor?q={old}").headers["Location"].endswith(f"/supervisor/calls/{old}")


def test_one_click_from_the_list_is_the_whole_story(week: WorkedWeek, page: FlaskClient) -> None:
    call = week.call(NOON - timedelta(hours=1), declined_by=2, phone_behind=75, note="<b>老人说胸口疼</b>", **WHOLE)
    assert f'href="/supervisor/calls/{call}"' in text(page, "/supervisor")
    html = text(page, f"/supervisor/calls/{call}")
    for words in ("王桂兰1", "小桥社区1 1号楼 2单元 301", "李敏", "马秀兰", "张玉梅", "正在护理", "已扶起，血压正常"):
        assert words in html
    assert "&lt;b&gt;老人说胸口疼&lt;/b&gt;" in html
    assert html.count("its own clock") == 4, "accepted, departed, arrived, finished"
    assert "11:07:05" in html, "the phone's own time of the arrival at 11:08:20"
    assert "0a 35 45 31 41 30 30 33 34" in html, "the raw frame in hex"


def test_the_story_of_no_call_is_not_found(page: FlaskClient) -> None:
    assert page.get("/supervisor/calls/20261121-9999").status_code == 404


@pytest.mark.parametrize(
    ("role", "address", "status"),
    [
        ("operator", "/supervisor", 403),
        ("carer", "/supervisor/export.csv", 403),
        ("head", "/supervisor", 200),
        ("head", "/supervisor/export.csv", 200),
        ("head", "/supervisor/export.csv?names=1", 403),
        ("supervisor", "/supervisor/export.csv?names=1", 200),
        ("", "/supervisor", 302),
    ],
)
def test_who_may_read_and_who_may_take_names_away(week: WorkedWeek, role: str, address: str, status: int) -> None:
    client = app_of(week).test_client()
    html = {"Accept": "text/html"}
    render = client.get(address, headers=html | ({"X-Role": role} if role else {}))
    assert render.status_code == status


def rows_of_csv(client: FlaskClient, address: str) -> list[dict[str, str]]:
    made = client.get(address).get_data()
    assert made.startswith(b"\xef\xbb\xbf")
    return list(csv.DictReader(io.StringIO(made.decode("utf-8-sig"), newline="")))


def test_the_csv_holds_the_calls_of_the_list_without_names(week: WorkedWeek, page: FlaskClient) -> None:
    calls = [week.call(NOON - timedelta(minutes=n + 1), home=n % 12 + 1, **WHOLE) for n in range(BREATH + 5)]
    rows = rows_of_csv(page, "/supervisor/export.csv?from=2026-11-21")
    assert [row["Call"] for row in rows] == calls
    assert rows[0]["Arriving (seconds)"] == "500.0"
    assert rows[0]["Opened at"] == "2026-11-21 11:59:00"
    assert "王桂兰" not in str(rows)
    assert "301" not in str([list(row.values())[:12] for row in rows])


def test_names_that_are_formulas_come_as_text(week: WorkedWeek, page: FlaskClient) -> None:
    week.call(NOON - timedelta(hours=1), home=2, **WHOLE)
    (row,) = rows_of_csv(page, "/supervisor/export.csv?names=1")
    assert row["Resident"] == "'=1+1"
    made = page.get("/supervisor/export.xlsx?names=1").get_data()
    sheet = openpyxl.load_workbook(io.BytesIO(made)).worksheets[1]
    head, line = (list(cells) for cells in sheet.iter_rows())
    cell = line[[c.value for c in head].index("Resident")]
    assert (cell.value, cell.data_type) == ("=1+1", "s")
    assert line[[c.value for c in head].index("Account")].value == "0418"


def test_an_export_is_noted_in_the_log(week: WorkedWeek, page: FlaskClient) -> None:
    page.get("/supervisor/export.csv?priority=1&names=1")
    (event,) = week.log.stream("reports")
    assert (event.kind, event.actor, event.at) == ("ReportExported", "user:9 周主任", stamp(NOON))
    assert event.body["names"] is True
    assert event.body["filters"] == {"from": "2026-11-15", "to": "2026-11-21", "priority": ["1"]}


def test_a_refused_export_is_not_noted(week: WorkedWeek, page: FlaskClient) -> None:
    text(page, "/supervisor/export.xlsx?from=never", 422)
    assert week.log.stream("reports") == []


def test_the_wall_asks_the_snapshot(page: FlaskClient) -> None:
    html = text(page, "/supervisor")
    assert 'data-snapshot="/api/v1/snapshot"' in html
    assert json.dumps("wall.js")[1:-1] in html
