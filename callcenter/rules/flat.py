"""The flat form: one row for a home with its resident, device, two contacts and health notes.

Its headings are those of the sheets, with ``老人``, ``设备`` or ``联系人1`` before what several sheets have. A row
unfolds into rows of the sheets; a resident without a code of its own takes the home's with ``-1`` behind it.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from callcenter.rules.register import BY_NAME, plain

Cell = tuple[Any, str]
"""The value and where it stands, for faults."""

Spot = tuple[str, int, str]
"""Sheet, which of several (0 when there is one), column."""

CONTACTS = (1, 2, 3)
NOTE_HEADINGS = {"健康提示": 0, "healthnotes": 0, "危重提示": 1, "criticalnotes": 1}


def _flat_headings() -> dict[str, Spot]:
    found: dict[str, Spot] = {}
    for sheet, zh, en in (("devices", "设备", "device"), ("residents", "老人", "resident"), ("homes", "住户", "home")):
        for column in BY_NAME[sheet].fields:
            own = (plain(column.zh), plain(column.en))
            for heading in (*own, plain(zh + column.zh), plain(en + column.en)):
                found[heading] = (sheet, 0, column.name)  # the home has the last word on what several sheets have
    for number in CONTACTS:
        for column in BY_NAME["contacts"].fields:
            if column.name not in ("resident", "rank"):
                found[plain(f"联系人{number}{column.zh}")] = ("contacts", number, column.name)
                found[plain(f"contact{number}{column.en}")] = ("contacts", number, column.name)
    return found | {heading: ("health", number, "text") for heading, number in NOTE_HEADINGS.items()}


FLAT = _flat_headings()


def unfolded(row: Mapping[str, Cell]) -> Iterator[tuple[str, dict[str, Cell]]]:
    """``(sheet, {column: cell})`` for each row of a sheet that this flat row speaks of."""
    parts: dict[tuple[str, int], dict[str, Cell]] = {}
    for heading, cell in row.items():
        sheet, number, column = FLAT[heading]
        parts.setdefault((sheet, number), {})[column] = cell
    home_code = parts.get(("homes", 0), {}).get("code", ("", "住户编号"))
    resident = parts.get(("residents", 0), {})
    resident.pop("home", None)
    person_code = resident.get("code") or (f"{home_code[0]}-1" if home_code[0] else "", home_code[1])
    for (sheet, number), cells in sorted(parts.items(), key=lambda part: list(BY_NAME).index(part[0][0])):
        if sheet == "homes":
            yield sheet, cells
        elif sheet == "residents":
            yield sheet, cells | {"code": person_code, "home": home_code}
        elif sheet == "devices":
            yield sheet, cells | {"home": home_code}
        elif sheet == "contacts":
            yield sheet, cells | {"resident": person_code, "rank": (number, person_code[1])}
        else:
            yield from _notes(cells["text"], person_code, critical=bool(number))


def _notes(cell: Cell, person_code: Cell, critical: bool) -> Iterator[tuple[str, dict[str, Cell]]]:
    for text in re.split(r"[;；\n]+", str(cell[0])):
        if text.strip():
            yield "health", {"resident": person_code, "text": (text, cell[1]), "critical": (critical, cell[1])}
