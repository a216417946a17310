"""People in from a spreadsheet and out to one: look first, then all or nothing, and twice is the same as once.

The way in: bytes → pages → records (``Reading``) → compared with what is stored (``Plan``) → kept in one transaction.
An import adds and changes; it never removes.
"""

import hashlib
from collections.abc import Callable, Iterable, Iterator
from typing import Any
from zoneinfo import ZoneInfo

from callcenter.reading import NOTES, Fault, Plan, Reading
from callcenter.rules import cells
from callcenter.rules.cells import Unreadable
from callcenter.rules.register import BY_NAME, SHEETS, Record, Sheet
from callcenter.store.register import Change, Kept, Present, Register
from callcenter.workbook import Column, pages, written


class Rejected(ValueError):
    """The file has faults, or would do something else than what was looked at; nothing was kept."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        super().__init__("\n".join(str(fault) for fault in plan.faults) or "the outcome is not the one looked at")


class Exchange:
    """``zone`` is the centre's: times in the sheets are local. ``breathe`` lets others run between the rows."""

    def __init__(self, register: Register, zone: ZoneInfo, breathe: Callable[[], None] = lambda: None) -> None:
        self.register, self.zone, self.breathe = register, zone, breathe

    def look(self, name: str, data: bytes) -> Plan:
        """The dry run."""
        return self._read(name, data).plan(self.register.present())

    def bring_in(self, name: str, data: bytes, actor: str, looked_at: str | None = None) -> Plan:
        """Keep what is in the file. ``looked_at`` is the digest of the plan a person agreed to. Raises ``Rejected``."""
        reading, plans = self._read(name, data), []

        def planned(present: Present) -> tuple[list[Change], Kept]:
            plan = reading.plan(present)
            if plan.faults or (looked_at is not None and looked_at != plan.digest):
                raise Rejected(plan)
            plans.append(plan)
            return plan.changes, Kept(name, hashlib.sha256(data).hexdigest(), plan.counts)

        self.register.keep(planned, actor)
        return plans[0]

    def template(self) -> bytes:
        """An empty workbook with one example row on each sheet and a sheet that explains every column."""
        return written([_notes(), *(_sheet(s, [[column.example for column in s.fields]]) for s in SHEETS)])

    def export(self) -> bytes:
        """All people in the same workbook; bringing it in again changes nothing. AES keys stay behind."""
        present = self.register.present()
        return written([_notes(), *(_sheet(s, self._cells(s, present[s.name].values())) for s in SHEETS)])

    def _cells(self, sheet: Sheet, records: Iterable[Record]) -> Iterator[list[Any]]:
        for number, record in enumerate(records):
            if number % 200 == 0:
                self.breathe()
            if record.get("latitude") is not None:
                record = record | {"datum": "wgs84"}
            open_columns = ["" if column.secret else record.get(column.name) for column in sheet.fields]
            yield [
                cells.write(column, value, self.zone) for column, value in zip(sheet.fields, open_columns, strict=True)
            ]

    def _read(self, name: str, data: bytes) -> Reading:
        reading = Reading(name, self.zone, self.breathe)
        try:
            for page in pages(name, data):
                reading.page(page)
        except Unreadable as error:
            reading.faults.append(Fault("", 0, "", error.reason, error.fix, error.params))
        if not reading.faults and not reading.records:
            reading.faults.append(Fault("", 0, "", "the file has no rows", "download the template and fill it in"))
        return reading


def _sheet(sheet: Sheet, rows: Iterable[list[Any]]) -> tuple[str, list[Column], Iterable[list[Any]]]:
    return sheet.zh, [Column(c.zh, c.required, max(10, min(30, len(c.example) * 2))) for c in sheet.fields], rows


def _notes() -> tuple[str, list[Column], list[list[Any]]]:
    columns = [Column("工作表", width=12), Column("列", width=16), Column("必填"), Column("说明", width=60)]
    rows = [
        ["", "", "", "每张表第一行是列名，不要改名；黄色列必填。以“示例”开头的行不会导入。"],
        ["", "", "", "导入只新增和修改，从不删除；同一编号（账号）的行按文件内容更新。有一处错误就整份不导入。"],
        ["", "", "", "电话、账号、编号等列已设为文本格式，前面的 0 不会丢。时间是本地时间。"],
    ]
    for sheet in SHEETS:
        for column in sheet.fields:
            words = "、".join(words[0] for words in column.choices.values())
            refers = f"填“{BY_NAME[column.refers].zh}”表里的编号" if column.refers else ""
            note = "；".join(part for part in (column.note, f"可填：{words}" if words else "", refers) if part)
            rows.append([sheet.zh, column.zh, "是" if column.required else "", note])
    return NOTES[0], columns, rows
