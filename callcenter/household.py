"""The form of one home: what stands in its fields, and what was typed read with the same care as a spreadsheet."""

import re
from collections.abc import Iterator, Mapping
from copy import deepcopy
from zoneinfo import ZoneInfo

from callcenter.rules import cells
from callcenter.rules.cells import Field, Unreadable
from callcenter.rules.pinyin import pinyin
from callcenter.rules.register import BY_NAME, Record
from callcenter.store.households import Household

Typed = Mapping[str, str]
Errors = dict[str, Unreadable]

HOME = ["station", "street", "community", "grid", "address", "building", "unit", "door", "floor", "lift", "phone"]
WAY_IN = ["way_in", "door_code", "key_holder", "key_safe"]
RESIDENT = [
    "name",
    "sex",
    "born",
    "phone",
    "language",
    "tier",
    "lives_alone",
    "diet",
    "carer_sex",
    "away_until",
    "notes",
]
CONTACT = ["rank", "name", "relation", "phone", "reachable", "minutes_away", "has_key", "wants_notices"]
HEALTH = ["text", "critical", "kind"]
SPARE = 2  # empty lines below what is there


def columns(sheet: str, names: list[str]) -> list[Field]:
    return [BY_NAME[sheet].column(name) for name in names]


def filled_in(household: Household, zone: ZoneInfo) -> dict[str, str]:
    """What stands in each field: ``home.address``, ``R0001.tier``, ``R0001.contacts.0.phone``."""
    found = _fields("home", columns("homes", HOME + WAY_IN), household.home, zone)
    for person in household.residents:
        code = person["code"]
        found |= _fields(code, columns("residents", RESIDENT), person, zone)
        for sheet, names in (("contacts", CONTACT), ("health", HEALTH)):
            for number, record in enumerate(getattr(household, sheet)[code]):
                found |= _fields(f"{code}.{sheet}.{number}", columns(sheet, names), record, zone)
    return found


def _fields(prefix: str, wanted: list[Field], record: Record, zone: ZoneInfo) -> dict[str, str]:
    return {f"{prefix}.{column.name}": str(cells.write(column, record[column.name], zone)) for column in wanted}


def lines(household: Household, typed: Typed, code: str, sheet: str) -> range:
    """The numbers of the lines to show: those there and some to spare, and all that were typed."""
    return range(max([len(getattr(household, sheet)[code]) + SPARE, *(n + 1 for n in _numbers(typed, code, sheet))]))


def _numbers(typed: Typed, code: str, sheet: str) -> list[int]:
    line = re.compile(rf"{re.escape(code)}\.{sheet}\.(\d{{1,2}})\.")
    return sorted({int(found[1]) for name in typed if (found := line.match(name))})


def read(household: Household, typed: Typed, zone: ZoneInfo) -> tuple[Household, Errors]:
    """The household as typed, and what cannot be read by the name of its field."""
    after, errors = deepcopy(household), Errors()
    after.home |= _read("home", columns("homes", HOME + WAY_IN), typed, zone, errors)
    for person in after.residents:
        code, name = person["code"], person["name"]
        person |= _read(code, columns("residents", RESIDENT), typed, zone, errors)
        if person["name"] != name:
            person["pinyin"] = pinyin(person["name"])
        after.contacts[code] = _ranked(list(_lines(code, "contacts", CONTACT, typed, zone, errors)))
        notes = list(_lines(code, "health", HEALTH, typed, zone, errors))
        after.health[code] = list({note["text"]: note for note in notes}.values())
    return after, errors


def _read(prefix: str, wanted: list[Field], typed: Typed, zone: ZoneInfo, errors: Errors) -> Record:
    record: Record = {}
    for column in wanted:
        name = f"{prefix}.{column.name}"
        if name not in typed:
            continue
        try:
            record[column.name] = cells.read(column, typed[name], zone)
        except Unreadable as error:
            errors[name] = error
    return record


def _lines(code: str, sheet: str, names: list[str], typed: Typed, zone: ZoneInfo, errors: Errors) -> Iterator[Record]:
    """A line in which nothing is written is gone; one with something needs what its sheet needs."""
    for number in _numbers(typed, code, sheet):
        prefix = f"{code}.{sheet}.{number}"
        said = {name: typed.get(f"{prefix}.{name}", "").strip() for name in names}
        if not any(
            value
            for name, value in said.items()
            if name not in ("rank", "has_key", "wants_notices", "critical", "kind")
        ):
            continue
        line = dict(typed) | {f"{prefix}.rank": said.get("rank") or str(number + 1)}
        yield {"resident": code} | _read(prefix, columns(sheet, names), line, zone, errors)


def _ranked(contacts: list[Record]) -> list[Record]:
    """In the order of the numbers typed, counted anew from 1, so that no two share a place."""
    ordered = sorted(contacts, key=lambda contact: contact.get("rank", 99))
    return [contact | {"rank": number} for number, contact in enumerate(ordered, start=1)]
