"""Call-backs: who is to be rung for what, what came of it; a bad word makes a complaint with an owner and a clock."""

from typing import Any
from zoneinfo import ZoneInfo

from callcenter.deadlines import Deadlines
from callcenter.desk import Who, actor, known_call
from callcenter.opener import Opener
from callcenter.ring_again import ring_again
from callcenter.rules import callbacks as life
from callcenter.rules.call import CLOSED, NotNow, NotThere
from callcenter.rules.call_hours import CallHours, next_allowed
from callcenter.rules.events import Row, booking_stream, call_stream
from callcenter.rules.times import later, moment
from callcenter.steady import Steady
from callcenter.store.cases import Cases
from callcenter.store.diary import Diary
from callcenter.store.log import Log, Writing
from dispatch.rules.service_terms import Services

CLOCK = "clock"
SETTLED_SECONDS = 1800.0  # nobody is asked how it was while the carer is hardly out of the door


class Callbacks:
    def __init__(self, log: Log, cases: Cases, diary: Diary, rules: Services, zone: ZoneInfo, steady: Steady):
        self.cases, self.diary, self.rules, self.zone = cases, diary, rules, zone
        self.hours = CallHours(
            rules.call_begin_minute, rules.call_end_minute, rules.rest_begin_minute, rules.rest_end_minute
        )
        self.deadlines = Deadlines(log, cases, "callbacks", self._missed, steady)

    # --- asked for by what happened -------------------------------------------------------------------------------

    def after_visit(self, w: Writing, call: Row, visit: Row) -> None:
        """Everybody who was visited is asked how it was, once for each case."""
        asked = [r for r in [*self.diary.asked_of_call(w.conn, call["id"]), *w.changed("callbacks")]
                 if r["call_id"] == call["id"] and r["purpose"] == life.RATE and r["stage"] == life.OPEN]  # fmt: skip
        if asked:
            return
        service = call["service"] or {}
        within = self.rules.rate_service_seconds if service else self.rules.rate_alarm_seconds
        body = {
            "callback": f"rate:{visit['id']}", "purpose": life.RATE, "call_id": call["id"], "visit_id": visit["id"],
            "booking_id": service.get("booking"), "service": service.get("code", ""), "why": {"kind": call["kind"]},
            "carer_id": visit["carer_id"], "carer_name": visit["carer_name"],
            "owner_id": call["owner_id"] or call["holder_id"],
            "owner_name": call["owner_name"] or call["holder_name"] or "",
            "from_at": self._allowed(later(w.at, SETTLED_SECONDS)), "due_at": later(w.at, within),
            **{name: call[name] for name in ("home_id", "station_id")},
        }  # fmt: skip
        w.append(call_stream(call["id"]), "CallBackDue", body, CLOCK)

    def about(self, w: Writing, purpose: str, booking: Row, why: Row, within: float) -> None:
        """The resident of a booking is to be told something. What is urgent is told at any hour, the rest by day."""
        body = {
            "callback": f"{purpose}:{booking['id']}.{booking['version']}", "purpose": purpose,
            "call_id": booking["call_id"], "booking_id": booking["id"], "visit_id": None, "why": why,
            "from_at": w.at if purpose == life.LATE else self._allowed(w.at), "due_at": later(w.at, within),
            **{name: booking[name] for name in ("home_id", "station_id", "service", "carer_id", "carer_name",
                                                "owner_id", "owner_name")},
        }  # fmt: skip
        body["due_at"] = max(body["due_at"], later(body["from_at"], self.rules.tell_late_seconds))
        w.append(booking_stream(booking["id"]), "CallBackDue", body, CLOCK)

    def drop(self, w: Writing, booking: Row, words: str) -> None:
        """What was to be said of a booking needs no saying any more."""
        known = {r["id"] for r in [*self.diary.asked_of_booking(w.conn, booking["id"]), *w.changed("callbacks")]}
        for row in (w.row("callbacks", key) for key in sorted(known)):
            if row and row["booking_id"] == booking["id"] and row["purpose"] != life.RATE and row["stage"] == life.OPEN:
                body = {"callback": row["id"], "result": life.TOLD, "words": words, "name": ""}
                w.append(_stream(row), "CallBackDone", body, CLOCK)

    # --- said by whoever rang -------------------------------------------------------------------------------------

    def not_reached(self, w: Writing, callback_id: str, user: Who, words: str = "") -> Row:
        """Nobody picked up. Twice is enough."""
        row = self._open(w, callback_id)
        if row["purpose"] != life.LATE and not self.hours.allowed(moment(w.at).astimezone(self.zone)):
            raise NotNow("resting", "Elders are not rung at this hour", "Try again at {time}",
                         time=moment(self._allowed(w.at)).astimezone(self.zone).strftime("%H:%M"))  # fmt: skip
        again_at = self._allowed(later(w.at, self.rules.ring_again_seconds))
        self._say(w, row, "CallBackTried", user, words=words, again_at=again_at)
        if len(row["tries"]) + 1 >= life.IN_VAIN:
            self._say(w, row, "CallBackDone", user, result=life.NO_REPLY, words=words)
        return self._row(w, callback_id)

    def told(self, w: Writing, callback_id: str, user: Who, words: str = "") -> Row:
        row = self._open(w, callback_id)
        if row["purpose"] == life.RATE:
            raise NotNow("rating", "This call-back asks for a rating", "Choose 1 to 5, or “no reply”")
        self._say(w, row, "CallBackDone", user, result=life.TOLD, words=words)
        return self._row(w, callback_id)

    def rated(self, w: Writing, callback_id: str, user: Who, rating: int, words: str = "") -> Row:
        """评: one to five. Two or less goes back to the case it is about."""
        row = self._open(w, callback_id)
        if row["purpose"] != life.RATE:
            raise NotNow("telling", "This call-back tells something, it asks for no rating", "Choose “told”")
        if rating <= life.LOW and not words:
            raise NotNow("words", "A low rating needs words", "Write what the resident was not content with")
        self._say(w, row, "CallBackRated", user, result=life.RATED, rating=rating, words=words)
        if rating <= life.LOW:
            self._complain(w, row, user, rating, words)
        return self._row(w, callback_id)

    def _complain(self, w: Writing, row: Row, user: Who, rating: int, words: str) -> None:
        """The case is open again, owned by whoever heard it (首问), with the clock of a case that nobody works on."""
        call = w.row("calls", row["call_id"])
        assert call is not None
        other = Opener(w, self.cases, self.zone).open_at(row["home_id"]) if row["home_id"] else None
        about = {"callback": row["id"], "call": other or call["id"], "rating": rating, "words": words,
                 "carer_name": row["carer_name"], "name": user.name}  # fmt: skip
        if call["stage"] == CLOSED and not other:
            body = {"reason": words, "user_id": user.id or None, "name": user.name}
            w.append(call_stream(call["id"]), "CallReopened", body, actor(user))
        w.append(call_stream(call["id"]), "ComplaintRaised", about, actor(user))
        if other and other != call["id"]:  # there is never a second open case: whoever has that one is told
            text = f"★{rating} {call['id']} {row['carer_name'] or ''}：{words}"
            w.append(call_stream(other), "NoteAdded", {"text": text, "name": user.name}, actor(user))
            theirs = known_call(w, other)
            ring_again(w, theirs, theirs["priority"], actor(user))

    # --- the clock ------------------------------------------------------------------------------------------------

    def tick(self, now: str) -> int:
        return self.deadlines.tick(now)

    def _missed(self, w: Writing, row: Row, _now: str) -> None:
        body = {"callback": row["id"], "due_at": row["due_at"], "owner_name": row["owner_name"]}
        w.append(_stream(row), "CallBackMissed", body, CLOCK)

    # --- common ground --------------------------------------------------------------------------------------------

    def _allowed(self, at: str) -> str:
        return next_allowed(at, self.zone, self.hours)

    def _row(self, w: Writing, callback_id: str) -> Row:
        row = w.row("callbacks", callback_id)
        if row is None:
            raise NotThere(f"there is no call-back {callback_id}")
        return row

    def _open(self, w: Writing, callback_id: str) -> Row:
        row = self._row(w, callback_id)
        if row["stage"] != life.OPEN:
            raise NotNow("moved_on", "{name} has done this call-back", "Look at the list again",
                         name=row["done_by"] or "—")  # fmt: skip
        return row

    @staticmethod
    def _say(w: Writing, row: Row, kind: str, user: Who, **more: Any) -> None:
        body = {"callback": row["id"], "user_id": user.id or None, "name": user.name, **more}
        w.append(_stream(row), kind, body, actor(user))


def _stream(row: Row) -> str:
    """What is rated belongs to the call; what is told, to the booking."""
    return call_stream(row["call_id"]) if row["purpose"] == life.RATE else booking_stream(row["booking_id"])
