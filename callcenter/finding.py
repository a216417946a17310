"""Finding whom a report is about: homes by whatever is known, each with its open case, so there is never a second."""

from collections.abc import Sequence
from datetime import date

from callcenter.rules.asked_for import NUMBER, pieces
from callcenter.rules.callers import account_of_caller
from callcenter.rules.events import Row
from callcenter.rules.people import age, spelled
from callcenter.store import search
from callcenter.store.database import Database

SHOWN = ("resident_id", "home_id", "home_code", "name", "sex", "tier", "place", "address", "unit", "door", "phone",
         "home_phone", "station", "account")  # fmt: skip
MOST = 20


def find(database: Database, text: str, on: date) -> Row:
    """``{people, caller_call}``: residents with ``contact`` (whose number was typed) and the ``call`` of their home."""
    asked = pieces(text)
    digits = asked[0].text if asked and asked[0].kind == NUMBER else ""
    account = account_of_caller(digits, "") if digits else ""
    with database.read() as conn:
        rows = search.find(conn, text, MOST)
        cases = search.open_cases(conn, [row["home_id"] for row in rows], account)
        contacts = search.rung_from(conn, digits, [row["resident_id"] for row in rows]) if digits else {}
    at_home = {case["home_id"]: _case(case) for case in cases if case["home_id"]}
    people = [{**{name: row[name] for name in SHOWN}, "age": age(row["born"], on),
               "contact": contacts.get(row["resident_id"]), "call": at_home.get(row["home_id"])}
              for row in rows]  # fmt: skip
    unknown = next((_case(case) for case in cases if account and case["caller"] == account), None)
    return {"people": people, "caller_call": unknown}


def only_one(database: Database, name: str, place: str, community: str = "") -> int | None:
    """The resident called so who lives there, if there is exactly one: only then is a report about a home of ours.

    Name and place must both fit; whoever is in doubt is not guessed at, because a carer would go to the wrong door.
    """
    if not spelled(name) or not spelled(place):
        return None
    with database.read() as conn:
        rows = search.find(conn, f"{name} {community} {place}", MOST)
    fitting = [row for row in rows if spelled(row["name"]) == spelled(name)]
    return int(fitting[0]["resident_id"]) if len(fitting) == 1 and len(_homes(rows)) == 1 else None


def _homes(rows: Sequence[Row]) -> set[int]:
    return {row["home_id"] for row in rows}


def _case(row: Row) -> Row:
    return {name: row[name] for name in ("id", "kind", "priority", "stage", "holder_name", "opened_at")}
