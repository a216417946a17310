"""The ring-round: each try to reach a contact written down, with what it says of the number and of who comes."""

from callcenter.desk import Who, actor, open_call
from callcenter.rules import ring_round as rules
from callcenter.rules.answering import GOING, key
from callcenter.rules.call import NotNow, NotThere
from callcenter.rules.contact_numbers import stream
from callcenter.rules.events import Row, call_stream
from callcenter.rules.numbers import whole
from callcenter.rules.times import later
from callcenter.store.contacts import to_ring
from callcenter.store.log import Writing


class RingRound:
    """Every verb takes the ``Writing`` it happens in and returns the call afterwards."""

    def tried(
        self, w: Writing, call_id: str, user: Who, contact: int, result: str, role: str = "contact", words: str = "",
        minutes: int | None = None,
    ) -> Row:  # fmt: skip
        """Somebody was rung. Who comes is expected after ``minutes``: what they said, else what is on file."""
        row = open_call(w, call_id)
        one = self._one(w, row, role, contact)
        if result == rules.COMES and minutes is None:
            minutes = one["minutes_away"] if one["minutes_away"] is not None else rules.USUAL_MINUTES
        body = {
            "contact": contact, "role": role, "kind": one["kind"], "name": one["name"], "relation": one["relation"],
            "phone": one["phone"], "result": result, "words": words, "minutes": minutes, "by": user.name,
            "expected_at": later(w.at, 60 * (minutes or 0)) if result == rules.COMES else None,
        }  # fmt: skip
        w.append(call_stream(call_id), "ContactTried", body, actor(user))
        tried = {"result": result, "call": call_id, "name": user.name}
        w.append(stream(whole(one["phone"])), "NumberTried", tried, actor(user))
        return open_call(w, call_id)

    def there(self, w: Writing, call_id: str, user: Who, contact: int, role: str = "contact") -> Row:
        """Whoever said that they come has rung from the door, or somebody there says so."""
        row = open_call(w, call_id)
        known = row["responders"].get(key(role, contact))
        if known is None or known["state"] != GOING:
            raise NotNow("not_coming", "Nobody has said that they come", "Look at the call again", call=row)
        about = {"role": role, "id": contact, "name": known["name"], "kind": known["kind"], "by": user.name}
        w.append(call_stream(call_id), "ResponderArrived", about, actor(user))
        return open_call(w, call_id)

    @staticmethod
    def confirmed(w: Writing, user: Who, phone: str, right: bool) -> None:
        """Rung only to hear whether the number is right: the yearly round, or a doubtful one."""
        digits = whole(phone)
        if not digits:
            raise NotThere(f"{phone[:30]} is no telephone number")
        w.append(stream(digits), "NumberConfirmed", {"right": right, "name": user.name}, actor(user))

    @staticmethod
    def _one(w: Writing, row: Row, role: str, contact: int) -> Row:
        people = to_ring(w.conn, row["home_id"]) if row["home_id"] else []
        found = next((one for one in people if (one["role"], one["id"]) == (role, contact)), None)
        if found is None:
            raise NotThere(f"home {row['home_id']} has no {role} {contact}")
        return found
