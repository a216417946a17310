"""Found: whose home the case of an unknown caller is. From then on it is worked on like the case of any home.

The priority never falls: a home of the highest risk makes it graver, and so does a case of that home which was closed a
moment ago. What was wrong is put right by choosing again, with the reason.
"""

from zoneinfo import ZoneInfo

from callcenter.desk import Desk, Who, actor, known_call, open_call
from callcenter.rules.call import DEVICE_PRIORITY, REOPEN_SECONDS, NotNow, NotThere
from callcenter.rules.events import Row, call_stream
from callcenter.rules.risk import at_least
from callcenter.rules.times import later, moment
from callcenter.rules.triage import after_an_end
from callcenter.store.log import Writing
from callcenter.store.people import People
from callcenter.store.talks import Talks
from callcenter.store.whose import owner

WHERE = ("home_id", "resident_id", "station_id", "community", "tier")


class FoundHome:
    def __init__(self, desk: Desk, people: People, zone: ZoneInfo):
        self.desk, self.people, self.zone = desk, people, zone

    def found(
        self, w: Writing, call_id: str, user: Who, seen_version: int, home_id: int | None = None,
        resident_id: int | None = None, reason: str = "",
    ) -> Row:  # fmt: skip
        """``home_id`` or ``resident_id`` says whose it is; neither takes a mistaken home back. Returns the call."""
        open_call(w, call_id)
        row = self.desk.mine(w, call_id, user)
        if not row["caller"]:
            raise NotNow("no_caller", "Only the case of an unknown caller is given a home", "Write what you know as a "
                         "note", call=row)  # fmt: skip
        if not row["seen_version"] <= seen_version <= row["version"]:
            raise NotNow("unseen", "Something new happened in this call", "Read the new activity, then choose again",
                         call=row)  # fmt: skip
        body = self._there(w, row, home_id, resident_id) if home_id or resident_id else _nowhere(row)
        if (body["home_id"], body["resident_id"]) == (row["home_id"], row["resident_id"]):
            raise NotNow("same_home", "This case is of that home already", "Nothing to do", call=row)
        if row["home_id"] is not None and not reason:
            raise NotNow("reason", "This case has a home already", "Write why it is another one", call=row)
        w.append(call_stream(call_id), "HomeFound", {**body, "name": user.name, "reason": reason}, actor(user))
        return known_call(w, call_id)

    def _there(self, w: Writing, row: Row, home_id: int | None, resident_id: int | None) -> Row:
        theirs = owner(w.conn, self.people, home_id, resident_id)
        if theirs is None or (home_id and theirs[1]["home_id"] != home_id):
            raise NotThere(f"there is no home {home_id} with a resident {resident_id}")
        account, home = theirs
        person, at = row["priority"] < DEVICE_PRIORITY, home["home_id"]
        other = self.desk.cases.ringing_in(w.conn, at) if person and at != row["home_id"] else None
        if other:
            raise NotNow(
                "another",
                "This home has an open call: {other}",
                "Tell it there with F3, it joins that call; then close this one",
                call=row,
                other=other,
            )
        ended = Talks.ended_since(w.conn, at, later(w.at, -REOPEN_SECONDS)) if person else None
        linked = ended if ended != row["id"] else None  # it may have been closed itself and opened again
        priority = at_least(row["priority"], home["tier"]) if person else row["priority"]
        shown = self.people.summaries(w.conn, [at], moment(w.at).astimezone(self.zone).date()).get(at, {})
        return {
            "account": account, **{name: home[name] for name in WHERE},
            "priority": after_an_end(priority, linked),
            "linked": linked, "where": " ".join(shown[name] for name in ("name", "place") if shown.get(name)),
        }  # fmt: skip


def _nowhere(row: Row) -> Row:
    """Nobody knows again whose it is."""
    unknown: Row = {"home_id": None, "resident_id": None, "station_id": None, "community": "", "tier": ""}
    return {"account": row["caller"], **unknown, "priority": row["priority"], "linked": None, "where": ""}
