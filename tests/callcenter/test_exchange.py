"""People come in from spreadsheets all or nothing, twice is the same as once, and what goes out comes back the same."""

import io
import time
import zipfile
from collections.abc import Iterator
from copy import deepcopy
from datetime import UTC, date, datetime
from pathlib import Path
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import xlsxwriter
from openpyxl import load_workbook
from sqlalchemy import func, select, update

from callcenter.demo.district import load
from callcenter.exchange import Exchange, Rejected
from callcenter.rules.register import SHEETS
from callcenter.store.database import Database
from callcenter.store.households import Households
from callcenter.store.log import Log
from callcenter.store.people import People
from callcenter.store.register import Register
from callcenter.store.tables import contacts, devices, homes, metadata, residents

ZONE = ZoneInfo("Asia/Shanghai")
NOW = datetime(2026, 11, 21, 4, 0, tzinfo=UTC)
Rows = list[list[Any]]

STATION = {
    "站点": [["站点编号", "名称", "纬度", "经度", "坐标系"], ["ST1", "小桥日间照料中心", 36.6474, 101.7553, "WGS-84"]]
}
HOME = {
    "住户": [
        ["住户编号", "站点编号", "地址", "楼层", "电梯", "电话"],
        ["H1", "ST1", "小桥大街12号", "4层", "否", "000-5100001"],
    ]
}
PERSON = {
    "老人": [
        ["老人编号", "住户编号", "姓名", "性别", "出生日期", "等级"],
        ["R1", "H1", "王秀英", "女", "1943年5月1日", "B"],
    ]
}
GOOD: dict[str, Rows] = STATION | HOME | PERSON


def workbook(sheets: dict[str, Rows], dates: str = "yyyy-mm-dd") -> bytes:
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True, "default_date_format": dates}) as book:
        for title, rows in sheets.items():
            sheet = book.add_worksheet(title)
            for number, row in enumerate(rows):
                sheet.write_row(number, 0, row)
    return out.getvalue()


@pytest.fixture
def exchange(tmp_path: Path) -> Iterator[Exchange]:
    database = Database(f"sqlite:///{tmp_path / 'anxin.db'}")
    metadata.create_all(database.engine)
    yield Exchange(Register(database, Log(database, lambda: NOW, [])), ZONE)
    database.close()


def stored(exchange: Exchange, table: Any) -> list[dict[str, Any]]:
    with exchange.register.database.read() as conn:
        return [dict(row) for row in conn.execute(select(table)).mappings()]


def faults(exchange: Exchange, sheets: dict[str, Rows]) -> list[str]:
    return [str(fault) for fault in exchange.look("people.xlsx", workbook(sheets)).faults]


# --- bringing in --------------------------------------------------------------------------------------------


def test_a_workbook_comes_in_and_is_logged(exchange: Exchange) -> None:
    plan = exchange.bring_in("people.xlsx", workbook(GOOD), "李敏")
    assert plan.counts["homes"] == {"added": 1, "changed": 0, "unchanged": 0}
    (home,), (person,) = stored(exchange, homes), stored(exchange, residents)
    assert (home["code"], home["floor"], home["lift"], home["station_id"]) == ("H1", 4, False, 1)
    assert (person["pinyin"], person["sex"], person["born"], person["tier"]) == (
        "wang xiu ying",
        "F",
        "1943-05-01",
        "B",
    )
    (event,) = exchange.register.log.stream("people")
    assert (event.kind, event.actor, event.body["file"]) == ("PeopleImported", "李敏", "people.xlsx")
    assert event.body["sheets"]["residents"]["added"] == 1


def test_adding_changing_and_refusing_are_the_same_on_every_store(database: Database) -> None:
    exchange = Exchange(Register(database, Log(database, lambda: NOW, [])), ZONE)
    load(exchange.register, date(2026, 11, 21), ZONE)
    file = exchange.export()
    assert not exchange.look("people.xlsx", file).changes
    moved: dict[str, Rows] = {"住户": [["住户编号", "站点编号", "楼层"], ["H0001", "ST9", "7"], ["H0002", "", ""]]}
    lodger: dict[str, Rows] = {"老人": [["老人编号", "住户编号", "姓名"], ["R1", "H0001", "王秀英"]]}
    assert exchange.bring_in("a.xlsx", workbook(moved | lodger), "x").counts["residents"]["added"] == 1
    assert not exchange.look("a.xlsx", workbook(moved | lodger)).changes
    with pytest.raises(Rejected):
        exchange.bring_in("b.xlsx", workbook({"设备": [["设备账号", "住户编号"], ["1", "H0"]]}), "x")
    households = Households(database, exchange.register.log)
    before = households.one("H0001")
    assert before
    assert (before.home["station"], before.home["floor"]) == ("ST9", 7)
    after = deepcopy(before)
    after.home["way_in"], after.contacts[after.residents[0]["code"]] = "敲窗", []
    households.save(after, before.digest, "x")
    assert households.one("H0001") == after


def test_a_dry_run_shows_and_keeps_nothing(exchange: Exchange) -> None:
    plan = exchange.look("people.xlsx", workbook(GOOD))
    assert [change.key for change in plan.changes] == [("ST1",), ("H1",), ("R1",)]
    assert not stored(exchange, homes)


def test_the_same_file_twice_changes_nothing(exchange: Exchange) -> None:
    file = workbook(GOOD | {"设备": [["设备账号", "住户编号", "加密密钥"], ["0417", "H1", "0" * 32]]})
    exchange.bring_in("people.xlsx", file, "x")
    again = exchange.bring_in("people.xlsx", file, "x")
    assert not again.changes
    assert again.counts["homes"]["unchanged"] == 1
    assert len(exchange.register.log.stream("people")) == 1


def test_changed_fields_are_shown_with_what_was(exchange: Exchange) -> None:
    exchange.bring_in("people.xlsx", workbook(GOOD), "x")
    moved = {"住户": [["住户编号", "地址"], ["H1", "祁连路7号"]]}
    (change,) = exchange.bring_in("people.xlsx", workbook(moved), "x").changes
    assert (change.before, change.values) == ({"address": "小桥大街12号"}, {"address": "祁连路7号"})
    (home,) = stored(exchange, homes)
    assert (home["address"], home["floor"]) == ("祁连路7号", 4)


def test_what_was_looked_at_is_what_is_kept(exchange: Exchange) -> None:
    file = workbook(GOOD)
    digest = exchange.look("people.xlsx", file).digest
    exchange.bring_in("people.xlsx", workbook(STATION), "somebody else, meanwhile")
    with pytest.raises(Rejected):
        exchange.bring_in("people.xlsx", file, "x", looked_at=digest)
    assert not stored(exchange, homes)


def test_an_empty_key_cell_leaves_the_key(exchange: Exchange) -> None:
    exchange.bring_in("a.xlsx", workbook({"设备": [["设备账号", "加密密钥"], ["0417", "ab" * 16]]}), "x")
    assert not exchange.bring_in("a.xlsx", workbook({"设备": [["设备账号", "加密密钥"], ["0417", ""]]}), "x").changes
    assert stored(exchange, devices)[0]["key_hex"] == "AB" * 16
    assert b"ABABAB" not in b"".join(_unzipped(exchange.export()))


# --- what is wrong is named ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("sheets", "expected"),
    [
        (
            {"住户": [HOME["住户"][0], ["H1", "ST9", "x", "", "", ""]]},
            "住户 row 2 站点编号 (B): ST9 is not in the sheet 站点",
        ),
        ({"住户": [HOME["住户"][0], ["H1", "", "", "", "", ""]]}, "住户 row 2 地址 (C): is empty"),
        (
            {"住户": [HOME["住户"][0], [], ["H1", "", "x", "", "", "12a"]]},
            "住户 row 3 电话 (F): 12a is not one phone number",
        ),
        (
            {"老人": [["老人编号", "出生日期"], ["R1", "1943-13-01"]]},
            "老人 row 2 出生日期 (B): 1943-13-01 is not a day of birth",
        ),
        (
            {"老人": [["老人编号", "等级"], ["R1", "D"]]},
            "老人 row 2 等级 (B): d is not known here → write one of A、B、C",
        ),
        ({"老人": [["老人编号", "姓名"], ["R1", "王"]]}, "老人 row 2: a new row, and 住户编号 is missing"),
        (
            {"老人": [["老人编号", "姓明"], ["R1", "王"]]},
            "老人 row 1 姓明: this column is not known → perhaps 姓名 is meant",
        ),
        (
            {"联系人": [["老人编号", "顺序", "姓名", "电话"], ["R9", 1, "李", "000-1"]]},
            "联系人 row 2 老人编号 (A): R9 is not in",
        ),
        ({"设备": [["设备账号"], [417]]}, "设备 row 2 设备账号 (A): Excel has dropped the leading zeros of 417"),
        ({"设备": [["设备账号"], ["1001"], ["1001"]]}, "设备 row 3 设备账号 (A): 1001 stands in row 2 already"),
        (
            {"站点": [["站点编号", "名称", "纬度", "经度"], ["S", "n", 36.6, 101.7]]},
            "站点 row 2: the coordinate system is not",
        ),
        (
            {"站点": [["站点编号", "名称", "纬度", "经度"], ["S", "n", 101.7, 36.6]]},
            "站点 row 2: 101.7 is nowhere on earth",
        ),
        ({"账本": [["一月", "二月"], [1, 2]]}, "账本: this sheet is not known"),
    ],
)
def test_each_bad_row_is_named(exchange: Exchange, sheets: dict[str, Rows], expected: str) -> None:
    found = faults(exchange, sheets)
    assert any(fault.startswith(expected) for fault in found), found


def test_a_fault_is_named_once_and_not_in_every_row_that_leans_on_it(exchange: Exchange) -> None:
    home = {"住户": [HOME["住户"][0], ["H1", "ST9", "x", "", "", "12a"]]}
    assert [fault.split(":")[0] for fault in faults(exchange, home | PERSON)] == [
        "住户 row 2 电话 (F)",
        "住户 row 2 站点编号 (B)",
    ]


def test_one_bad_row_keeps_everything_out(exchange: Exchange) -> None:
    bad = GOOD | {"设备": [["设备账号", "住户编号"], ["1001", "H1"], ["1002", "H404"]]}
    with pytest.raises(Rejected) as refused:
        exchange.bring_in("people.xlsx", workbook(bad), "x")
    assert [fault.row for fault in refused.value.plan.faults] == [3]
    assert not stored(exchange, homes)
    assert not exchange.register.log.stream("people")


@pytest.mark.parametrize(
    ("name", "data", "expected"),
    [
        ("people.pdf", b"%PDF-1.7", "neither .xlsx nor .csv"),
        ("people.xlsx", b"PK\x03\x04 broken", "cannot be opened"),
        ("people.csv", b"\xff\xff\xff\xfe\x81", "encoding is not known"),
        ("people.csv", b"", "has no rows"),
        ("people.csv", b"x" * (20 * 1024 * 1024 + 1), "larger than 20 MB"),
    ],
)
def test_a_file_that_is_none_is_refused(exchange: Exchange, name: str, data: bytes, expected: str) -> None:
    (fault,) = exchange.look(name, data).faults
    assert expected in fault.reason


def test_a_damaged_workbook_is_a_fault_and_never_an_error(exchange: Exchange) -> None:
    dice, good = Random(1), exchange.template()
    for _ in range(150):
        damaged = bytearray(good)
        for _ in range(dice.randint(1, 20)):
            damaged[dice.randrange(4, len(damaged))] = dice.randrange(256)
        assert exchange.look("people.xlsx", bytes(damaged)).faults


def test_a_zip_bomb_is_not_opened(exchange: Exchange) -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as folder, folder.open("xl/sharedStrings.xml", "w") as part:
        for _ in range(210):
            part.write(b"\0" * (1 << 20))
    (fault,) = exchange.look("bomb.xlsx", out.getvalue()).faults
    assert "unfolds to more than" in fault.reason


@pytest.mark.parametrize(("row", "column"), [(900_000, 0), (1, 5000)])
def test_a_cell_at_the_end_of_the_world_is_not_laid_out(exchange: Exchange, row: int, column: int) -> None:
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True}) as book:
        sheet = book.add_worksheet("住户")
        sheet.write(0, 0, "住户编号")
        sheet.write(row, column, "x")
    (fault,) = exchange.look("far.xlsx", out.getvalue()).faults
    assert "a cell stands" in fault.reason


# --- Excel and its ways -------------------------------------------------------------------------------------


def test_what_excel_does_to_numbers_and_dates_is_put_right(exchange: Exchange) -> None:
    rows: dict[str, Rows] = {
        "老人": [
            ["老人编号*", "住户编号", "姓 名", "电话", "出生日期", "独居"],
            ["R1", "H1", " 王　秀英 ", 13800000000.0, datetime(1943, 5, 1), "是"],
            ["R2", "H1", "李德福", "１３８００００００００.0", 1938.0, True],
            ["", "  ", None, "", "", ""],
        ],
        "设备": [
            ["设备账号", "住户编号", "安装时间"],
            ["0417", "H1", datetime(2026, 1, 2)],
            ["０４１８", "H1", "2026/1/2 8:05"],
        ],
    }
    plan = exchange.bring_in("people.xlsx", workbook(STATION | HOME | rows), "x")
    assert plan.counts["residents"]["added"] == 2
    one, two = stored(exchange, residents)
    assert one["name"] == "王秀英"
    assert (one["phone"], one["born"], one["lives_alone"]) == ("13800000000", "1943-05-01", True)
    assert (two["phone"], two["born"], two["lives_alone"]) == ("13800000000", "1938", True)
    assert [row["account"] for row in stored(exchange, devices)] == ["0417", "0418"]
    assert [row["installed_at"] for row in stored(exchange, devices)] == [
        "2026-01-01T16:00:00.000Z",
        "2026-01-02T00:05:00.000Z",
    ]


def test_coordinates_of_a_chinese_map_are_moved_home(exchange: Exchange) -> None:
    sheets: dict[str, Rows] = {
        "站点": [["站点编号", "名称", "纬度", "经度", "坐标系"], ["S1", "a", 36.650038, 101.766228, "高德"]],
        "住户": [["住户编号", "地址", "纬度", "经度", "坐标系"], ["H1", "b", 36.650038, 101.766228, "GCJ-02"]],
    }
    exchange.bring_in("people.xlsx", workbook(sheets), "x")
    (home,) = stored(exchange, homes)
    assert home["latitude"] == pytest.approx(36.65009, abs=2e-5)
    assert home["longitude"] == pytest.approx(101.76428, abs=2e-5)
    assert not exchange.look("people.xlsx", workbook(sheets)).changes


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_one_sheet_may_come_as_csv(exchange: Exchange, encoding: str) -> None:
    exchange.bring_in("a.xlsx", workbook(STATION), "x")
    text = "住户编号,站点编号,地址,门牌\r\nH1,ST1,小桥大街12号,0401\r\n"
    exchange.bring_in("homes.csv", text.encode(encoding), "x")
    assert [(row["code"], row["address"], row["door"]) for row in stored(exchange, homes)] == [
        ("H1", "小桥大街12号", "0401")
    ]


def test_one_row_may_hold_a_home_with_its_people(exchange: Exchange) -> None:
    head = "住户编号,地址,老人姓名,性别,出生日期,设备账号,联系人1姓名,联系人1关系,联系人1电话"
    head += ",联系人2姓名,联系人2电话,危重提示,健康提示"
    row = "H1,小桥大街12号,王秀英,女,1943,0417,李建国,儿子,000-5300001,张芳,000-5300002,冠心病；家中吸氧,听力差"
    file = f"{head}\n{row}\n".encode()
    plan = exchange.bring_in("homes.csv", file, "x")
    assert {name: count["added"] for name, count in plan.counts.items()} == {
        "homes": 1, "residents": 1, "contacts": 2, "health": 3, "devices": 1,
    }  # fmt: skip
    card = People(exchange.register.database).card({"home_id": 1, "account": "0417"}, NOW, ZONE)
    (person,) = card["residents"]
    assert [contact["name"] for contact in person["contacts"]] == ["李建国", "张芳"]
    assert [note["text"] for note in person["health"]] == ["冠心病", "家中吸氧", "听力差"]
    assert card["device"]["account"] == "0417"
    assert not exchange.look("homes.csv", file).changes


def test_a_fault_in_a_flat_row_names_its_own_column(exchange: Exchange) -> None:
    file = "住户编号,地址,老人姓名,联系人1姓名,联系人1电话\nH1,x,王秀英,李建国,没有\n".encode()
    assert "联系人1电话 (E)" in str(exchange.look("homes.csv", file).faults[0])


# --- template and export ------------------------------------------------------------------------------------


def test_the_template_explains_itself_and_its_examples_stay_out(exchange: Exchange) -> None:
    template = exchange.template()
    book = load_workbook(io.BytesIO(template))
    assert book.sheetnames == ["说明", *(sheet.zh for sheet in SHEETS)]
    assert book["设备"].column_dimensions["A"].number_format == "@"
    (fault,) = exchange.look("template.xlsx", template).faults
    assert "has no rows" in fault.reason


def test_the_district_goes_out_and_comes_back_unchanged_and_quickly(exchange: Exchange, tmp_path: Path) -> None:
    load(exchange.register, date(2026, 11, 21), ZONE)
    file = exchange.export()
    assert not exchange.look("people.xlsx", file).changes
    database = Database(f"sqlite:///{tmp_path / 'other.db'}")
    metadata.create_all(database.engine)
    other = Exchange(Register(database, Log(database, lambda: NOW, [])), ZONE)
    start = time.process_time()
    other.bring_in("people.xlsx", file, "x")
    assert time.process_time() - start < 5
    assert other.register.present() == exchange.register.present()
    database.close()


def test_a_formula_stays_text(exchange: Exchange) -> None:
    exchange.bring_in("people.xlsx", workbook(GOOD), "x")
    with exchange.register.database.write() as conn:
        conn.execute(
            update(homes).values(way_in='=HYPERLINK("http://evil/","x")', address="+1+1", door_code="@SUM(A1)")
        )
    file = exchange.export()
    assert not any(b"<f>" in part for part in _unzipped(file))
    assert any(b'HYPERLINK("http://evil/","x")' in part.replace(b"&quot;", b'"') for part in _unzipped(file))
    assert not exchange.look("people.xlsx", file).changes


def test_contacts_are_told_apart_by_their_order(exchange: Exchange) -> None:
    exchange.bring_in("people.xlsx", workbook(GOOD), "x")
    rows: dict[str, Rows] = {
        "联系人": [
            ["老人编号", "顺序", "姓名", "电话", "可联系时段"],
            ["R1", 1, "李建国", "000-1", "18：00—22：00"],
            ["R1", 2, "张芳", "0971-5555转801", "全天"],
        ]
    }
    exchange.bring_in("people.xlsx", workbook(rows), "x")
    assert [(row["rank"], row["reachable"]) for row in stored(exchange, contacts)] == [(1, "18:00-22:00"), (2, "")]
    with exchange.register.database.read() as conn:
        assert conn.execute(select(func.count()).select_from(contacts)).scalar() == 2


def _unzipped(file: bytes) -> list[bytes]:
    with zipfile.ZipFile(io.BytesIO(file)) as folder:
        return [folder.read(name) for name in folder.namelist()]
