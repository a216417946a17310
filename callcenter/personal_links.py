"""Links of people outside: a grid worker or a family member reports by one, a contact sees by one how a case stands.

A link is a random token that the database never holds, ends by itself, and can be revoked. By a report somebody learns
the number of the case and who looks after it; by a family link four words and when, and nothing else.
"""

import hashlib
import secrets
from dataclasses import dataclass

from callcenter import finding
from callcenter.desk import Who, actor
from callcenter.front_door import FrontDoor, Told
from callcenter.rules.call import CLOSED, NotThere
from callcenter.rules.events import Row
from callcenter.rules.times import later
from callcenter.store.log import Log, Writing
from callcenter.store.personal_links import PersonalLinkRows

GRID, WEB, FAMILY = "grid", "web", "family"
PURPOSES = (GRID, WEB, FAMILY)
OF_A_HOME = frozenset({WEB, FAMILY})
STREAM = "links"
DAY = 86400.0
TOLD_AFTERWARDS = 12 * 3600.0  # so long a family still reads that it is over
STEPS = (("arrived_at", "arrived"), ("departed_at", "on_the_way"), ("accepted_at", "accepted"))


class Outside(Who):
    """Somebody behind a link, as ``Commands`` wants to know who acts."""

    def __init__(self, link: Row):
        self.id, self.name, self.role = 0, link["person"], link["purpose"]


@dataclass(frozen=True, slots=True)
class Wanted:
    """A link to be made; ``home`` is a code, for one home only; ``community`` is where a grid worker works."""

    purpose: str
    person: str
    phone: str = ""
    home: str = ""
    community: str = ""
    days: int = 365


class PersonalLinks:
    """``address`` is where the centre is reached from outside."""

    def __init__(self, log: Log, door: FrontDoor, address: str):
        self.log, self.door, self.address = log, door, address.rstrip("/")
        self.rows = PersonalLinkRows(log.database)

    # --- made and ended -------------------------------------------------------------------------------------

    def make(self, w: Writing, user: Who, wanted: Wanted) -> str:
        """The address to be handed over; it is shown this once. Raises ``NotThere`` for a home nobody knows."""
        home_id = self.rows.home(w.conn, wanted.home) if wanted.home else None
        if home_id is None and (wanted.home or wanted.purpose in OF_A_HOME):
            raise NotThere(f"there is no home {wanted.home}")
        token = secrets.token_urlsafe(18)
        self.rows.keep(w.conn, {
            "digest": digest(token), "purpose": wanted.purpose, "person": wanted.person, "phone": wanted.phone,
            "home_id": home_id, "community": wanted.community, "made_at": w.at, "made_by": user.name[:60],
            "expires_at": later(w.at, wanted.days * DAY),
        })  # fmt: skip
        about = {"purpose": wanted.purpose, "person": wanted.person, "home": wanted.home, "days": wanted.days}
        w.append(STREAM, "LinkMade", {**about, "digest": digest(token)[:12], "name": user.name}, actor(user))
        return f"{self.address}/{'family' if wanted.purpose == FAMILY else 'report'}/{token}"

    def revoke(self, w: Writing, user: Who, which: str) -> None:
        if not self.rows.change(w.conn, which, revoked_at=w.at):
            raise NotThere("there is no such link any more")
        w.append(STREAM, "LinkRevoked", {"digest": which[:12], "name": user.name}, actor(user))

    # --- behind the link ------------------------------------------------------------------------------------

    def behind(self, token: str, now: str, *purposes: str) -> Row | None:
        """The link, if it opens something of this kind now."""
        link = self.rows.one(digest(token))
        opens = link and not link["revoked_at"] and link["expires_at"] > now and link["purpose"] in purposes
        return link if opens else None

    def report(self, w: Writing, link: Row, kind: str, words: str, form: str, name: str = "", place: str = "") -> Row:
        """``{call, joined}``. A grid worker's case is a home's only when name and place fit one home of ours."""
        resident = None
        if link["home_id"] is None:
            resident = finding.only_one(self.log.database, name, place, link["community"])
        where = " ".join(part for part in (name, place or link["community"]) if part)[:200]
        caller = {"name": link["person"], "phone": link["phone"], "place": "" if link["home_id"] else where}
        told = Told(link["purpose"], kind, words, form, link["home_id"], resident, "", caller)
        self.rows.change(w.conn, link["digest"], used_at=w.at)
        return self.door.report(w, told, f"link:{link['digest'][:12]} {link['person']}"[:80])

    def family(self, link: Row, now: str) -> Row:
        """``{state, at}``: none, open, accepted, on_the_way, arrived or closed."""
        case = self.rows.newest_case(link["home_id"], later(now, -TOLD_AFTERWARDS))
        if case is None:
            return {"state": "none", "at": None}
        if case["stage"] == CLOSED:
            return {"state": "closed", "at": case["closed_at"]}
        return next(({"state": word, "at": case[step]} for step, word in STEPS if case[step]),
                    {"state": "open", "at": case["opened_at"]})  # fmt: skip


def digest(token: str) -> str:
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()
