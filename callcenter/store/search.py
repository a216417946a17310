"""Finding a resident by whatever the caller can say: name, pinyin, a phone, an address, the pager's account, a code."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, exists, func, or_, select

from callcenter.rules.people import place, spelled
from callcenter.store.tables import contacts, devices, homes, residents, stations

PERSON = ["code", "name", "pinyin", "sex", "born", "phone", "tier"]


def find(conn: Connection, text: str, limit: int) -> list[dict[str, Any]]:
    """Rows ``{resident_id, home_id, code, home_code, name, pinyin, sex, born, tier, phone, home_phone, place, address,
    station, account}``, the surest matches first."""
    typed = spelled(text)
    if not typed:
        return []
    rows = [dict(row) for row in conn.execute(_query(typed).limit(max(limit * 5, 100))).mappings()]
    for row in rows:
        row["place"] = place(row.pop("community"), row.pop("building"), row["address"])
    return sorted(rows, key=lambda row: (_distance(row, typed), row["code"]))[:limit]


def _query(typed: str) -> Select[Any]:
    account = select(func.min(devices.c.account)).where(devices.c.home_id == homes.c.id).scalar_subquery()
    return (
        select(
            residents.c.id.label("resident_id"),
            homes.c.id.label("home_id"),
            homes.c.code.label("home_code"),
            homes.c.phone.label("home_phone"),
            homes.c.community,
            homes.c.building,
            homes.c.address,
            stations.c.name.label("station"),
            account.label("account"),
            *(residents.c[name] for name in PERSON),
        )
        .select_from(residents.join(homes).outerjoin(stations))
        .where(or_(*_ways(typed)))
        .order_by(residents.c.id)
    )


def _ways(typed: str) -> list[ColumnElement[bool]]:
    ways = [
        residents.c.name.contains(typed, autoescape=True),
        homes.c.address.contains(typed, autoescape=True),
        (homes.c.community + homes.c.building + homes.c.unit + homes.c.door).contains(typed, autoescape=True),
        func.lower(residents.c.code).startswith(typed, autoescape=True),
        func.lower(homes.c.code).startswith(typed, autoescape=True),
    ]
    if typed.isascii() and typed.isalpha():
        ways.append(func.replace(residents.c.pinyin, " ", "").startswith(typed, autoescape=True))
        ways.append(residents.c.pinyin.like("% ".join(typed) + "%"))  # wxy finds "wang xiu ying"
    digits = typed.replace("-", "")
    if digits.isascii() and digits.isdigit():
        ways.append(exists().where(devices.c.home_id == homes.c.id, devices.c.account.startswith(digits)))
        if len(digits) >= 4:
            rung = exists().where(contacts.c.resident_id == residents.c.id, _digits(contacts.c.phone, digits))
            ways += [_digits(residents.c.phone, digits), _digits(homes.c.phone, digits), rung]
    return ways


def _digits(phone: Any, digits: str) -> ColumnElement[bool]:
    bare: ColumnElement[str] = func.replace(func.replace(phone, "-", ""), " ", "")
    return bare.contains(digits)


def _distance(row: Mapping[str, Any], typed: str) -> int:
    """0 what was typed is the whole thing, 1 it begins so, 2 it is somewhere in it."""
    said = (row["name"], row["account"] or "", row["code"].lower(), row["home_code"].lower(), row["pinyin"])
    spoken = [spelled(text) for text in said]
    if typed in spoken:
        return 0
    return 1 if any(text.startswith(typed) for text in spoken) else 2
