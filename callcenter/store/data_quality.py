"""What in the register wants looking after: doubtful, never rung and long unheard numbers, and homes with too few."""

from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, func, literal, or_, select

from callcenter.rules.numbers import area
from callcenter.store.database import Database
from callcenter.store.directory import Directory, Listing
from callcenter.store.tables import contact_numbers, contacts, homes, residents, responders

Row = dict[str, Any]
FEWEST, NEAR_MINUTES = 3, 15  # contacts of a home; one of them so near
DOUBTFUL, NEVER, OLD, HOMES = "doubtful", "never", "old", "homes"
WHICH = (DOUBTFUL, NEVER, OLD, HOMES)
HEARD = func.coalesce(contact_numbers.c.confirmed_at, ""), func.coalesce(contact_numbers.c.reached_at, "")


class DataQuality:
    def __init__(self, database: Database) -> None:
        self.directory = Directory(database)

    def contacts(self, which: str, year_ago: str, number: int) -> Listing:
        """Contacts with what is known of their number, by home; ``year_ago`` is the stamp before which it is old."""
        return self.directory.listing(_contacts(_wanted(which, year_ago)), number)

    def homes(self, number: int) -> Listing:
        """Homes with ``count``, ``keys`` and ``near`` of their contacts, where one of these is too few."""
        return self.directory.listing(_homes(), number)

    def counts(self, year_ago: str) -> dict[str, int]:
        """How many items each list has."""
        queries = {which: _contacts(_wanted(which, year_ago)) for which in WHICH if which != HOMES} | {HOMES: _homes()}
        with self.directory.database.read() as conn:
            return {which: conn.execute(select(func.count()).select_from(query.order_by(None).subquery())).scalar_one()
                    for which, query in queries.items()}  # fmt: skip


def _wanted(which: str, year_ago: str) -> ColumnElement[bool]:
    never = and_(func.coalesce(contact_numbers.c.tries, 0) == 0, contact_numbers.c.confirmed_at.is_(None))
    known: dict[str, ColumnElement[bool]] = {
        DOUBTFUL: contact_numbers.c.doubtful_at.is_not(None),
        NEVER: and_(never, contact_numbers.c.doubtful_at.is_(None)),
        OLD: and_(~never, contact_numbers.c.doubtful_at.is_(None), *(heard < year_ago for heard in HEARD)),
    }
    return known[which]


def _contacts(wanted: ColumnElement[bool]) -> Select[Any]:
    digits: ColumnElement[str] = func.replace(func.replace(func.replace(contacts.c.phone, "+86", ""), " ", ""), "-", "")
    if own := area():
        local = and_(func.length(digits).in_((7, 8)), func.substr(digits, 1, 1).between("2", "8"))
        digits = case((local, literal(own) + digits), else_=digits)
    return (
        select(
            *(contacts.c[name] for name in ("id", "name", "relation", "phone", "minutes_away", "has_key")),
            *(contact_numbers.c[name] for name in ("tries", "tried_at", "reached_at", "doubtful_at", "why",
                                                   "confirmed_at", "confirmed_by")),
            *(homes.c[name] for name in ("community", "building", "address")),
            homes.c.code.label("home_code"), residents.c.name.label("of"), residents.c.tier,
        )
        .select_from(contacts.join(residents).join(homes).outerjoin(contact_numbers, contact_numbers.c.id == digits))
        .where(wanted)
        .order_by(residents.c.tier, homes.c.code, contacts.c.rank)
    )  # fmt: skip


def _homes() -> Select[Any]:
    keys = func.sum(case((contacts.c.has_key, 1), else_=0))
    near = func.sum(case((contacts.c.minutes_away <= NEAR_MINUTES, 1), else_=0))
    keeper = select(responders.c.id).where(responders.c.home_id == homes.c.id, responders.c.kind == "key_holder",
                                           responders.c.active).exists()  # fmt: skip
    way_in = or_(homes.c.key_safe, homes.c.key_holder != "", keeper)
    found = (homes.c.id, homes.c.code, homes.c.community, homes.c.building, homes.c.address)
    lacking = or_(func.count(contacts.c.id) < FEWEST, and_(keys == 0, ~way_in), near == 0)
    return (
        select(*found, func.count(contacts.c.id).label("count"), keys.label("keys"), near.label("near"),
               func.min(residents.c.tier).label("tier"))
        .select_from(homes.join(residents).outerjoin(contacts))
        .group_by(*found, homes.c.key_safe, homes.c.key_holder)
        .having(lacking)
        .order_by(func.min(residents.c.tier), homes.c.code)
    )  # fmt: skip
