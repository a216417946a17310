"""Finding a resident by whatever the caller can say: name, pinyin, a phone, an address, the pager's account, a code.

Everything that was typed has to fit. What fits whole is looked for first and by itself, so that among 50,000 people it
is never behind those that only resemble it.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, and_, func, not_, or_, select

from callcenter.rules.asked_for import BUILDING, DOOR, LATIN, NUMBER, UNIT, Piece, pieces
from callcenter.rules.call import DEVICE_PRIORITY
from callcenter.rules.numbers import bare
from callcenter.rules.people import place, spelled
from callcenter.store.tables import calls, contacts, devices, homes, residents, stations

PERSON = ["code", "name", "pinyin", "sex", "born", "phone", "tier"]
AFTER_A_NUMBER = ("", "号楼", "幢", "栋", "座", "号")
SHORTEST_NUMBER = 4  # of a telephone number; three digits are a door


def find(conn: Connection, text: str, limit: int) -> list[dict[str, Any]]:
    """Rows ``{resident_id, home_id, code, home_code, name, pinyin, sex, born, tier, phone, home_phone, place, address,
    unit, door, station, account}``, the surest matches first."""
    asked = pieces(text)
    if not asked:
        return []
    found: dict[int, dict[str, Any]] = {}
    for ways in (_whole(text, asked), and_(*(or_(*_ways(piece)) for piece in asked))):
        if len(found) < limit:
            for row in conn.execute(_query(ways).limit(max(limit * 5, 100))).mappings():
                found.setdefault(row["resident_id"], dict(row))
    for one in found.values():
        one["place"] = place(one.pop("community"), one.pop("building"), one["address"])
    typed = asked[0].text if len(asked) == 1 else spelled(text)
    return sorted(found.values(), key=lambda row: (_distance(row, typed), row["code"]))[:limit]


def _query(wanted: ColumnElement[bool]) -> Select[Any]:
    account = select(func.min(devices.c.account)).where(devices.c.home_id == homes.c.id).scalar_subquery()
    return (
        select(
            residents.c.id.label("resident_id"),
            homes.c.id.label("home_id"),
            homes.c.code.label("home_code"),
            homes.c.phone.label("home_phone"),
            *(homes.c[name] for name in ("community", "building", "address", "unit", "door")),
            stations.c.name.label("station"),
            account.label("account"),
            *(residents.c[name] for name in PERSON),
        )
        .select_from(residents.join(homes).outerjoin(stations))
        .where(wanted)
        .order_by(residents.c.id)
    )


def _whole(text: str, asked: Sequence[Piece]) -> ColumnElement[bool]:
    """What was typed is the whole of something."""
    typed = spelled(text)
    ways = [residents.c.name == text.strip(), func.lower(residents.c.code) == typed, func.lower(homes.c.code) == typed]
    if len(asked) == 1 and asked[0].kind == LATIN:
        ways.append(func.replace(residents.c.pinyin, " ", "") == typed)
    if len(asked) == 1 and asked[0].kind == NUMBER:
        ways.append(homes.c.id.in_(select(devices.c.home_id).where(devices.c.account == asked[0].text)))
    return or_(*ways)


def _ways(piece: Piece) -> list[ColumnElement[bool]]:
    text = piece.text
    if piece.kind == LATIN:
        codes = [table.c.code.ilike(f"{_escaped(text)}%", escape="/") for table in (residents, homes)]
        names = [func.replace(residents.c.pinyin, " ", "").startswith(text, autoescape=True)]
        if text.isalpha():
            names.append(residents.c.pinyin.like("% ".join(text) + "%"))  # wxy finds "wang xiu ying"
        return [*names, *codes, homes.c.address.ilike(f"%{_escaped(text)}%", escape="/")]
    if piece.kind == NUMBER:
        return [*_by_number(text), *(table.c.code.startswith(text) for table in (residents, homes))]
    if piece.kind == BUILDING:
        return [homes.c.building.in_(_spellings(text)), _not_of_a_longer_number(text)]
    if piece.kind in (UNIT, DOOR):
        column = homes.c.unit if piece.kind == UNIT else homes.c.door
        return [column.in_((text, text.rstrip("单元室"))), _not_of_a_longer_number(text)]
    columns = (residents.c.name, homes.c.address, homes.c.community, homes.c.street, homes.c.building)
    whole = homes.c.community + homes.c.building + homes.c.unit + homes.c.door
    return [column.contains(text, autoescape=True) for column in (*columns, whole)]


def _by_number(digits: str) -> list[ColumnElement[bool]]:
    ways = [homes.c.id.in_(select(devices.c.home_id).where(devices.c.account.startswith(digits))),
            homes.c.door == digits]  # fmt: skip
    if len(digits) >= SHORTEST_NUMBER:
        rung = select(contacts.c.resident_id).where(_bare(contacts.c.phone).contains(digits))
        ways += [_bare(residents.c.phone).contains(digits), _bare(homes.c.phone).contains(digits)]
        ways.append(residents.c.id.in_(rung))
    return ways


def _bare(phone: Any) -> ColumnElement[str]:
    without: ColumnElement[str] = func.replace(func.replace(phone, "-", ""), " ", "")
    return without


def _spellings(building: str) -> list[str]:
    number = building.rstrip("号楼幢栋座")
    return [number + after for after in AFTER_A_NUMBER]


def _not_of_a_longer_number(text: str) -> ColumnElement[bool]:
    """3号楼 is not in 13号楼."""
    longer = or_(*(homes.c.address.contains(digit + text) for digit in "0123456789"))
    return and_(homes.c.address.contains(text, autoescape=True), not_(longer))


def _escaped(text: str) -> str:
    return text.replace("/", "//").replace("%", "/%").replace("_", "/_")


def rung_from(conn: Connection, digits: str, resident_ids: Sequence[int]) -> dict[int, dict[str, Any]]:
    """Which contact of these residents has this number: ``{resident_id: {name, relation, phone}}``."""
    columns = [contacts.c[name] for name in ("resident_id", "name", "relation", "phone")]
    theirs = select(*columns).where(contacts.c.resident_id.in_(resident_ids)).order_by(contacts.c.rank.desc())
    rows = [dict(row) for row in conn.execute(theirs).mappings()]
    return {row.pop("resident_id"): row for row in rows if digits in bare(row["phone"])}


def _distance(row: Mapping[str, Any], typed: str) -> int:
    """0 what was typed is the whole thing, 1 it begins so, 2 it is somewhere in it."""
    said = (row["name"], row["account"] or "", row["code"].lower(), row["home_code"].lower(), row["pinyin"])
    spoken = [*(spelled(text) for text in said), bare(row["phone"]), bare(row["home_phone"])]
    if typed in spoken:
        return 0
    return 1 if any(text.startswith(typed) for text in spoken) else 2


def open_cases(conn: Connection, home_ids: Sequence[int], account: str) -> list[dict[str, Any]]:
    """The open cases of people in these homes, and that of a caller known by this account, which may be empty."""
    names = ("id", "home_id", "caller", "kind", "priority", "stage", "holder_name", "opened_at")
    mine = or_(calls.c.home_id.in_(home_ids), and_(calls.c.caller == account, calls.c.caller != ""))
    person = and_(calls.c.stage != "closed", calls.c.priority < DEVICE_PRIORITY)
    return [dict(row) for row in conn.execute(select(*(calls.c[n] for n in names)).where(mine, person)).mappings()]
