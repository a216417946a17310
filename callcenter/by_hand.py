"""By hand: what was done with telephone and paper while the centre was down is entered afterwards, marked as such."""

from collections.abc import Mapping
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from callcenter.desk import Who, actor
from callcenter.rules import by_hand as rules
from callcenter.rules.call import CLOSED, EVIDENCE, OUTCOMES, NotNow, NotThere
from callcenter.rules.events import Body, Row, call_stream
from callcenter.rules.times import later, moment
from callcenter.rules.triage import PRIORITIES
from callcenter.store import outages, places
from callcenter.store.cases import Cases
from callcenter.store.log import Writing
from devices.signal import Kind

SAME_SECONDS = 600.0  # two papers about one home begun so close together are about the same call
KINDS = tuple(str(kind) for kind in PRIORITIES)  # what somebody can have called about


@dataclass(frozen=True)
class Told:
    """What stands on the paper. ``times`` by the names of ``rules.by_hand.TIMES``; a case without its end goes on."""

    home_id: int
    kind: str
    times: Mapping[str, str | None]
    words: str
    sent: tuple[str, ...] = ()
    outcome: str = ""
    evidence: str = ""
    why: str = ""  # outside of an outage: why by hand


class ByHand:
    def __init__(self, cases: Cases, zone: ZoneInfo):
        self.cases, self.zone = cases, zone

    def enter(self, w: Writing, told: Told, user: Who) -> Row:
        """Makes a case, or joins the one this home has. Returns it."""
        place = places.whose(w.conn, told.home_id)
        if place is None:
            raise NotThere(f"there is no home {told.home_id}")
        self._check(w, told)
        begun, over = told.times["opened_at"] or "", told.times.get("closed_at")
        near = later(begun, -SAME_SECONDS), later(begun, SAME_SECONDS)
        known = places.cases_of(w.conn, told.home_id, *near)
        twice = next((row for row in known if row["by_hand"] and near[0] <= row["opened_at"] <= near[1]), None)
        if twice:
            raise NotNow("entered_already", "This was entered already: {other}", "Look at that case; add a note to it",
                         call=twice, other=twice["id"])  # fmt: skip
        theirs = next((row for row in known if row["stage"] != CLOSED and (not over or row["opened_at"] <= over)), None)
        if theirs:
            w.append(call_stream(theirs["id"]), rules.DONE, self._body(told, user), actor(user))
            return w.row("calls", theirs["id"]) or theirs
        return self._open(w, told, place, user)

    def _open(self, w: Writing, told: Told, place: Row, user: Who) -> Row:
        day = moment(told.times["opened_at"] or w.at).astimezone(self.zone).strftime("%Y%m%d")
        number = self.cases.last_number(w.conn, day) + 1
        call_id = f"{day}-{number:04d}"
        body = {
            **self._body(told, user), **place, "call": call_id, "day": day, "number": number,
            "home_id": told.home_id, "priority": PRIORITIES[Kind(told.kind)], "reason": told.words,
            "source": rules.SOURCE,
        }  # fmt: skip
        w.append(call_stream(call_id), rules.ENTERED, body, actor(user))
        return w.row("calls", call_id) or {}

    @staticmethod
    def _body(told: Told, user: Who) -> Body:
        """``happened_at`` is when it began; every other time stands beside it under its own name."""
        times = {name: told.times.get(name) for name in rules.TIMES}
        return {
            **times, "happened_at": times["opened_at"], "kind": told.kind, "sent": list(told.sent),
            "outcome": told.outcome or None, "evidence": told.evidence or None, "words": told.words, "why": told.why,
            "user_id": user.id, "name": user.name,
        }  # fmt: skip

    def _check(self, w: Writing, told: Told) -> None:
        if told.times.get("closed_at") and (told.outcome not in OUTCOMES or told.evidence not in EVIDENCE):
            raise NotNow("evidence", "Closing needs evidence",
                         "Choose: spoke clearly, was seen, or handed over and the crew arrived")  # fmt: skip
        code = rules.why_not(told.times, w.at, outages.last(w.conn), told.why)
        if code:
            raise _refusal(code)


def _refusal(code: str) -> NotNow:
    if code == "future":
        return NotNow(code, "A time lies in the future", "Look at the times: by the centre's clock it is not so late")
    if code == "out_of_order":
        return NotNow(code, "The times are not in order",
                      "They called, were answered, somebody was sent, somebody arrived, it ended")  # fmt: skip
    return NotNow(code, "At that time the centre was working, as far as it knows",
                  "Look at the time; if it is right, write why this was done by hand")  # fmt: skip
