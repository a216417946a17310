"""Who may be rung for a home, with what is known of each number; and the numbers that want looking after."""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import Connection, and_, select

from callcenter.rules.numbers import whole
from callcenter.store.people import portions
from callcenter.store.tables import contact_numbers, contacts, residents, responders

Row = dict[str, Any]
CONTACT = ("id", "rank", "name", "relation", "phone", "reachable", "minutes_away", "has_key", "wants_notices")
KNOWN = ("tries", "failures", "tried_at", "reached_at", "doubtful_at", "confirmed_at")
KEY_HOLDER = "key_holder"


def to_ring(conn: Connection, home_id: int) -> list[Row]:
    """Contacts in the order on file, then key holders: each number once."""
    query = (
        select(*(contacts.c[name] for name in CONTACT), residents.c.name.label("of"))
        .join(residents)
        .where(residents.c.home_id == home_id)
        .order_by(contacts.c.rank, contacts.c.id)
    )
    found = [{**row, "role": "contact", "kind": "family"} for row in conn.execute(query).mappings()]
    kept = and_(responders.c.home_id == home_id, responders.c.kind == KEY_HOLDER, responders.c.active)
    for row in conn.execute(select(responders).where(kept).order_by(responders.c.id)).mappings():
        about = {name: row[name] for name in ("id", "name", "phone", "reachable")}
        found.append({**about, "rank": 99, "relation": "", "minutes_away": None, "has_key": True, "of": "",
                      "wants_notices": False, "role": "responder", "kind": KEY_HOLDER})  # fmt: skip
    once: dict[str, Row] = {}
    for one in found:
        digits = whole(one["phone"])
        if digits in once:
            once[digits]["has_key"] = once[digits]["has_key"] or one["has_key"]
        elif digits:
            once[digits] = one
    known = numbers(conn, once)
    return [{**one, **_known(known.get(digits))} for digits, one in once.items()]


def numbers(conn: Connection, digits: Iterable[str]) -> dict[str, Row]:
    """What is known of these numbers, by their digits."""
    found: dict[str, Row] = {}
    for some in portions(sorted(set(digits))):
        rows = conn.execute(select(contact_numbers).where(contact_numbers.c.id.in_(some))).mappings()
        found |= {row["id"]: dict(row) for row in rows}
    return found


def _known(row: Row | None) -> Row:
    about = {name: row[name] if row else None for name in KNOWN}
    return {**about, "tries": about["tries"] or 0, "failures": about["failures"] or 0,
            "doubt": row["why"] if row else ""}  # fmt: skip
