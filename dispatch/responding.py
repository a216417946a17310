"""Neighbours, volunteers, grid leaders, family and key holders: who is asked, and what each of them says by their link.

They reassure and open the door. A case ends only with a carer or a crew on the scene, whatever a neighbour has seen.
A link is a random token; the database keeps its digest, the message alone the token. It opens until the case is closed.
"""

import hashlib
import secrets
from collections.abc import Callable, Mapping
from typing import Any
from zoneinfo import ZoneInfo

from callcenter.desk import Who, open_call
from callcenter.rules import answering as rules
from callcenter.rules.call import CLOSED, NotNow, NotThere
from callcenter.rules.events import Body, Row, call_stream
from callcenter.rules.times import moment
from callcenter.store.cases import Cases
from callcenter.store.log import Log, Writing
from callcenter.store.neighbours import Neighbours
from dispatch.everybody import Resolver, groups
from dispatch.rules import visit as life
from dispatch.rules.maps import links
from dispatch.rules.neighbourhood import DEGREES, called, family, nearest

NO_STAFF: Mapping[str, Resolver] = {}
EVERYBODY = "everybody"
OPEN_BEFORE_YES = ("community", "address", "building", "unit")
AFTER_YES = ("door", "floor", "lift", "way_in", "key_holder", "key_safe", "phone")


class Responder(Who):
    """Somebody behind a link, as ``Commands`` wants to know who acts."""

    def __init__(self, name: str, role: str):
        self.id, self.name, self.role = 0, name, role


class Responding:
    """``address`` is where the centre is reached from outside, such as ``https://anxin.example.cn``."""

    def __init__(
        self, log: Log, cases: Cases, zone: ZoneInfo, address: str, centre_phone: str = "",
        staff: Mapping[str, Resolver] = NO_STAFF,
    ):  # fmt: skip
        """``staff`` says who of ours is asked beside them, by the names of the ladder."""
        self.log, self.cases, self.zone, self.staff = log, cases, zone, staff
        self.address, self.centre_phone = address.rstrip("/"), centre_phone
        self.neighbours = Neighbours(log.database)

    # --- whom to ask ------------------------------------------------------------------------------------------

    @property
    def resolvers(self) -> dict[str, Callable[[Writing, Row], list[Row]]]:
        """For the ladder: each takes the transaction and a row with ``home_id`` and ``call_id``."""
        return {"responders": self.responders, "contacts": self.contacts}

    def responders(self, w: Writing, visit: Row) -> list[Row]:
        """Up to five within 800 m who agreed and may be disturbed now, the leader of the home's grid first."""
        home, asked = self._around(w, visit)
        able = self.neighbours.responders(w.conn, home, DEGREES) if home else []
        return nearest(home, able, self._local(w), asked) if home else []

    def contacts(self, w: Writing, visit: Row) -> list[Row]:
        """Family and key holders, those who can be reached now first."""
        home, asked = self._around(w, visit)
        if home is None:
            return []
        able = self.neighbours.responders(w.conn, home, DEGREES)
        return family(home, self.neighbours.contacts(w.conn, home["id"]), able, self._local(w), asked)

    def ask(self, w: Writing, call_id: str, who: str, whom: str) -> Row:
        """An operator asks the neighbourhood (``responders``), family and key holders (``contacts``), or everybody."""
        call = open_call(w, call_id)
        if whom == EVERYBODY:
            return self._ask_everybody(w, call, who)
        to = self.resolvers[whom](w, {"home_id": call["home_id"], "call_id": call_id})
        if not to:
            raise NotNow("nobody_near", "Nobody near is left to ask", "Ring the station or the family", call=call)
        w.append(call_stream(call_id), "HelpAsked", {"who": whom, "rung": 0, "to": to}, who)
        return w.row("calls", call_id) or {}

    def _ask_everybody(self, w: Writing, call: Row, who: str) -> Row:
        found = groups(w, call, self.neighbours, self.staff, self._local(w))
        if not found:
            raise NotNow("asked_lately", "Everybody who could be asked was asked a moment ago", "Telephone them (F6)",
                         call=call)  # fmt: skip
        for group, to in found:
            w.append(call_stream(call["id"]), "HelpAsked", {"who": group, "rung": 0, "to": to}, who)
        return w.row("calls", call["id"]) or {}

    def _around(self, w: Writing, visit: Row) -> tuple[Row | None, Any]:
        call = w.row("calls", visit["call_id"]) or {"responders": {}}
        return self.neighbours.home(w.conn, visit["home_id"]) if visit["home_id"] else None, call["responders"]

    def _local(self, w: Writing) -> Any:
        return moment(w.at).astimezone(self.zone).time()

    # --- links ------------------------------------------------------------------------------------------------

    def link(self, w: Writing, call_id: str, to: Row) -> str:
        """A fresh link for one message to one person of ``HelpAsked``; empty for staff, who have pages of their own."""
        if to["role"] not in rules.ROLES:
            return ""
        token = secrets.token_urlsafe(18)
        row = {"digest": _digest(token), "call_id": call_id, "role": to["role"], "person_id": int(to["id"])}
        self.neighbours.keep_link(w.conn, {**row, "made_at": w.at})
        return f"{self.address}/r/{token}"

    # --- what a person behind a link sees ---------------------------------------------------------------------

    def page(self, token: str) -> Row | None:
        """What this link may show now; None for a link that is none. ``over`` and nothing else once it is over."""
        with self.log.database.read() as conn:
            link = self.neighbours.link(conn, _digest(token))
            if link is None or link["revoked_at"]:
                return None
            if link["stage"] == CLOSED:
                return {"over": True}
            home = self.neighbours.home(conn, link["home_id"]) if link["home_id"] else None
            keeps = bool(home) and self.neighbours.has_key(conn, link["role"], link["person_id"], link["home_id"])
        call = self.cases.call(link["call_id"]) or {}
        mine = call["responders"].get(rules.key(link["role"], link["person_id"]))
        if mine is None or home is None:
            return None
        going = mine["state"] in (rules.GOING, rules.THERE, rules.REPORTED)
        visits = self.cases.visits_of([call["id"]])
        return {
            "over": False, "state": mine["state"], "name": mine["name"], "seen": mine["seen"],
            "home": {part: home[part] for part in OPEN_BEFORE_YES + (AFTER_YES if going else ())}
            | ({"door_code": home["door_code"]} if going and keeps else {}),
            "who": called(home["residents"]) if going else "", "keeps_key": keeps,
            "way": (links(home["latitude"], home["longitude"], "walk") or {}).get("amap") if going else None,
            "carer": _carer(visits), "centre_phone": self.centre_phone, "asked_at": mine["asked_at"],
        }  # fmt: skip

    def behind(self, token: str) -> Responder:
        """Who acts by this link. Raises ``NotThere``."""
        link, mine = self._mine(token)
        return Responder(mine["name"], f"{link['role']}:{link['person_id']}")

    def answer(self, w: Writing, token: str, going: bool) -> Row:
        return self._say(w, token, "ResponderAnswered", {"answer": rules.GOING if going else rules.CANNOT})

    def arrive(self, w: Writing, token: str) -> Row:
        return self._say(w, token, "ResponderArrived", {})

    def report(self, w: Writing, token: str, seen: str, words: str) -> Row:
        """What was seen, for whoever decides; it ends nothing by itself."""
        return self._say(w, token, "ResponderReported", {"seen": seen, "words": words})

    def _say(self, w: Writing, token: str, kind: str, said: Body) -> Row:
        link, mine = self._mine(token)
        call = w.row("calls", link["call_id"])
        if call is None or call["stage"] == CLOSED:
            raise NotNow("over", "Thank you, it is over", "Nothing more to do here")
        mine = call["responders"].get(rules.key(link["role"], link["person_id"]), mine)
        state = {"ResponderArrived": rules.THERE, "ResponderReported": ""}.get(kind) or said.get("answer")
        if state != mine["state"]:  # a second tap on the same button says nothing new
            about = {"role": link["role"], "id": link["person_id"], "name": mine["name"], "kind": mine["kind"]}
            actor = f"{link['role']}:{link['person_id']} {mine['name']}"
            w.append(call_stream(call["id"]), kind, {**about, **said}, actor[:80])
        return w.row("calls", call["id"]) or {}

    def _mine(self, token: str) -> tuple[Row, Row]:
        with self.log.database.read() as conn:
            link = self.neighbours.link(conn, _digest(token))
        call = self.cases.call(link["call_id"]) if link and not link["revoked_at"] else None
        mine = call["responders"].get(rules.key(link["role"], link["person_id"])) if link and call else None
        if link is None or mine is None:
            raise NotThere("this link does not open anything")
        return link, mine


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def _carer(visits: list[Row]) -> str:
    """Where our own carer is, without a name: ``there``, ``on_the_way`` or empty."""
    stages = {visit["stage"] for visit in visits}
    if life.ARRIVED in stages:
        return "there"
    return "on_the_way" if stages & {life.ACCEPTED, life.ON_THE_WAY} else ""
