"""120, 119 and 110: assessed at triage by criteria, called, chased until the crew has arrived, or stood down.

Calling them never takes the own carer away: who waits for an ambulance gets one of ours as well.
"""

from collections.abc import Callable

from callcenter.desk import Who, actor, open_call
from callcenter.rules import emergency as rules
from callcenter.rules.call import NotNow
from callcenter.rules.criteria import OWN_CARER
from callcenter.rules.events import Body, Row, call_stream
from callcenter.rules.times import later
from callcenter.store.log import Writing

Send = Callable[[Writing, str, str], object]


class Emergency:
    """``send`` is handed in from above: it asks a carer to go for a call, in the same transaction, in whose name."""

    def __init__(self, chase_seconds: float, send: Send):
        self.chase_seconds, self.send = chase_seconds, send

    def assess(self, w: Writing, call_id: str, user: Who, criteria: list[str], spoke: bool) -> Row:
        """What was heard at triage. ``spoke``: the person answered clearly, so nobody is prompted for silence."""
        open_call(w, call_id)
        return self._append(w, call_id, "EmergencyAssessed", {"criteria": criteria, "spoke": spoke}, user)

    def call(
        self, w: Writing, call_id: str, user: Who, service: str, criteria: list[str], reference: str = "",
        called_at: str = "",
    ) -> Row:  # fmt: skip
        """The service has been called. The clock for the next chase starts when we write it down, not before."""
        row = open_call(w, call_id)
        if service in rules.outstanding(row["emergency"]):
            called = row["emergency"]["services"][service]["called_at"]
            raise NotNow("called", "{service} was called at {at}", "Chase it, or record the arrival", call=row,
                         service=service, at=called)  # fmt: skip
        body = {
            "service": service, "criteria": criteria, "reference": reference, "called_at": min(called_at or w.at, w.at),
            "chase_at": later(w.at, self.chase_seconds),
        }  # fmt: skip
        row = self._append(w, call_id, "EmergencyCalled", body, user)
        if service in OWN_CARER and row["home_id"] and not row["going"]:
            self.send(w, call_id, actor(user))
        return open_call(w, call_id)

    def chase(self, w: Writing, call_id: str, user: Who, service: str, words: str, minutes: int | None = None) -> Row:
        """They were asked where they are. ``minutes`` is what they said it would still take."""
        self._awaited(w, call_id, service)
        body: Body = {"service": service, "words": words, "chase_at": later(w.at, self.chase_seconds)}
        return self._append(w, call_id, "EmergencyChased", body | ({"minutes": minutes} if minutes else {}), user)

    def crew_arrived(self, w: Writing, call_id: str, user: Who, service: str, evidence: str) -> Row:
        self._awaited(w, call_id, service)
        return self._append(w, call_id, "CrewArrived", {"service": service, "evidence": evidence}, user)

    def stand_down(self, w: Writing, call_id: str, user: Who, service: str, reason: str) -> Row:
        self._awaited(w, call_id, service)
        return self._append(w, call_id, "EmergencyStoodDown", {"service": service, "reason": reason}, user)

    def meet(self, w: Writing, call_id: str, user: Who, person: str, where: str, phone: str = "") -> Row:
        """Somebody goes to the gate and brings the crew to the door: who, and where they stand."""
        open_call(w, call_id)
        return self._append(w, call_id, "CrewToBeMet", {"person": person, "phone": phone, "where": where}, user)

    def refuse(self, w: Writing, call_id: str, user: Who, reason: str) -> Row:
        """Criteria speak for calling, and it is not done: by whose wish and why. Without it no closing."""
        open_call(w, call_id)
        return self._append(w, call_id, "EmergencyRefused", {"reason": reason}, user)

    # --- common ground ----------------------------------------------------------------------------------------

    def _awaited(self, w: Writing, call_id: str, service: str) -> Row:
        row = open_call(w, call_id)
        if service not in rules.outstanding(row["emergency"]):
            raise NotNow("not_awaited", "{service} is not being waited for", "Look at the call again", call=row,
                         service=service)  # fmt: skip
        return row

    def _append(self, w: Writing, call_id: str, kind: str, body: Body, user: Who) -> Row:
        w.append(call_stream(call_id), kind, {**body, "name": user.name}, actor(user))
        return open_call(w, call_id)
