"""首问责任制: handing a case over takes two. One offers, the other accepts; until then it stays the first one's."""

from collections.abc import Callable

from callcenter.desk import Who, actor, open_call
from callcenter.rules.access import HANDLE, may
from callcenter.rules.call import NotNow
from callcenter.rules.events import Body, Row, call_stream
from callcenter.store.log import Writing

ANSWER_FOR_OTHERS = frozenset({"supervisor", "head", "admin"})  # may offer a case of somebody who has gone home


class Owning:
    """``user`` finds an account by its id."""

    def __init__(self, user: Callable[[int], Row | None]):
        self.user = user

    def offer(self, w: Writing, call_id: str, user: Who, to: int, words: str = "") -> Row:
        row = self._owned(w, call_id)
        if row["owner_id"] != user.id and user.role not in ANSWER_FOR_OTHERS:
            raise NotNow("not_owner", "{name} owns this case", "Ask {name} or a supervisor", call=row,
                         name=row["owner_name"])  # fmt: skip
        found = self.user(to)
        if found is None or not found["active"] or not may(found["role"], HANDLE):
            raise NotNow("no_taker", "This person cannot take a case", "Choose another colleague", call=row)
        if found["id"] == row["owner_id"]:
            raise NotNow("owner_already", "{name} owns this case already", "Choose another colleague", call=row,
                         name=found["name"])  # fmt: skip
        return self._append(w, call_id, "OwnerOffered", {"to_id": to, "to_name": found["name"], "words": words}, user)

    def accept(self, w: Writing, call_id: str, user: Who) -> Row:
        row = self._offered(w, call_id, user)
        body = {"user_id": user.id, "from_id": row["owner_id"], "from_name": row["owner_name"]}
        return self._append(w, call_id, "OwnerHandedOver", body, user)

    def keep(self, w: Writing, call_id: str, user: Who) -> Row:
        """The one asked says no, or the owner takes the offer back: it stays where it is."""
        row = self._owned(w, call_id)
        offer = row["owner_offer"]
        if offer is None or user.id not in (offer["to_id"], row["owner_id"]):
            self._offered(w, call_id, user)
        return self._append(w, call_id, "OwnerKept", {}, user)

    def _offered(self, w: Writing, call_id: str, user: Who) -> Row:
        row = self._owned(w, call_id)
        offer = row["owner_offer"]
        if offer is None or offer["to_id"] != user.id:
            raise NotNow("not_offered", "This case was not offered to you", "Ask its owner: {name}", call=row,
                         name=row["owner_name"])  # fmt: skip
        return row

    def _owned(self, w: Writing, call_id: str) -> Row:
        row = open_call(w, call_id)
        if row["owner_id"] is None:
            raise NotNow("no_owner", "Nobody has answered this call yet", "Answer it: then it is yours", call=row)
        return row

    def _append(self, w: Writing, call_id: str, kind: str, body: Body, user: Who) -> Row:
        w.append(call_stream(call_id), kind, {**body, "name": user.name}, actor(user))
        return w.row("calls", call_id) or {}
