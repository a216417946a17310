"""Sitting down and getting up: who is on duty at the desk. Whoever leaves gives their calls in hand back, loudly."""

from collections.abc import Callable, Sequence

from callcenter.desk import Who, actor
from callcenter.rules.call import DEVICE_PRIORITY, NotNow
from callcenter.rules.events import Body, Row, call_stream, seat_stream
from callcenter.rules.in_hand import runs_by_itself
from callcenter.rules.seats import BREAK, ON, ON_DUTY
from callcenter.rules.times import later
from callcenter.store.log import Writing
from callcenter.store.seats import SeatBook

Supervisors = Callable[[], Sequence[Row]]  # who is told, as ``{role, id, name, phone}``
GONE = {"lost": "断线", "off": "签退", "break": "离席", "logged_off": "退出登录"}


class Seats:
    def __init__(self, book: SeatBook, supervisors: Supervisors):
        self.book, self.supervisors = book, supervisors

    # --- by a person ----------------------------------------------------------------------------------------------

    def sign_on(self, w: Writing, user: Who, languages: Sequence[str] = (), how: str = "pressed") -> Row:
        """On duty from now; from a break it is the way back. Already there: only what has changed is written down."""
        seat = self._seat(w, user.id)
        if seat and seat["stage"] == ON:
            if languages and list(languages) != seat["languages"]:
                return self.speaks(w, user, languages)
            return seat
        body = {"user_id": user.id, "name": user.name, "role": user.role, "how": how, "languages": list(languages)}
        return self._append(w, user.id, "SeatSignedOn", body, actor(user))

    def speaks(self, w: Writing, user: Who, languages: Sequence[str]) -> Row:
        self._there(w, user)
        return self._append(w, user.id, "SeatSkills", {"languages": list(languages), "name": user.name}, actor(user))

    def take_break(self, w: Writing, user: Who, why: str, minutes: int, words: str, anyway: bool) -> Row:
        """Refused while nobody else would hear a call, unless ``anyway``: then the supervisor is told at once."""
        seat = self._there(w, user)
        if seat["stage"] == BREAK:
            raise NotNow("on_break", "You are on a break already", "Sign on again when you are back")
        if not anyway and not self._somebody_else(w, user.id):
            raise NotNow("nobody_else", "Nobody else would hear a call",
                         "Ask a colleague to sit down first, or go all the same: the supervisor is told")  # fmt: skip
        body = {"why": why, "words": words, "back_by": later(w.at, minutes * 60) if minutes else None}
        return self._rise(w, user, "SeatOnBreak", body, "break")

    def sign_off(self, w: Writing, user: Who, why: str, words: str, how: str = "off") -> Row | None:
        """The end of the duty. None when this person was not on duty; calls in hand are given back all the same."""
        seat = self._seat(w, user.id)
        if seat is None or seat["stage"] not in ON_DUTY:
            self.give_back(w, user.id, how, actor(user))
            return None
        return self._rise(w, user, "SeatSignedOff", {"why": why, "words": words}, how)

    def _rise(self, w: Writing, user: Who, kind: str, body: Body, how: str) -> Row:
        calls = self.give_back(w, user.id, how, actor(user))
        return self._append(w, user.id, kind, self.about(user.id, user.name, body, calls, how), actor(user))

    def about(self, user_id: int, name: str, body: Body, calls: Sequence[Row], how: str) -> Body:
        """What is written of a seat that is left; ``to``: who is told, when people's calls have nobody any more."""
        urgent = [call["id"] for call in calls if call["priority"] < DEVICE_PRIORITY]
        words = f"坐席{name}{GONE[how]}，{len(urgent)} 个呼叫退回待接：{'、'.join(urgent)}"[:200]
        told = [{**one, "words": words} for one in self.supervisors()] if urgent else []
        return {**body, "user_id": user_id, "name": name, "calls": [call["id"] for call in calls], "to": told}

    def _somebody_else(self, w: Writing, user_id: int) -> bool:
        beats = self.book.beats_in(w.conn, w.at)
        others = [seat for seat in self.book.all_in(w.conn) if seat["stage"] == ON and seat["user_id"] != user_id]
        return any(beats.hears(seat["user_id"]) for seat in others)

    # --- what was in hand -----------------------------------------------------------------------------------------

    def give_back(self, w: Writing, user_id: int, reason: str, who: str) -> list[Row]:
        """Every call this seat has in hand rings again, or passes to the colleague who is on the line already."""
        self._leave_lines(w, user_id, reason, who)
        given = []
        for found in self.book.in_hand(w.conn, user_id):
            call = w.row("calls", found["id"])
            if call is None or call["holder_id"] != user_id or runs_by_itself(call):
                continue
            if heir := self._on_the_line(w, call):
                body = {**heir, "why": "seat_lost", "words": "", "from_id": user_id, "from_name": call["holder_name"]}
                w.append(call_stream(call["id"]), "CallTakenOver", body, who)
                continue
            body = {"from_id": user_id, "from_name": call["holder_name"] or "", "why": reason}
            w.append(call_stream(call["id"]), "CallGivenBack", body, who)
            given.append(call)
        return given

    def _on_the_line(self, w: Writing, call: Row) -> Row | None:
        for one in call["joined"].values():
            seat = self._seat(w, one["id"]) if one["id"] else None
            if seat and seat["stage"] == ON and self.book.beats_in(w.conn, w.at).here(one["id"]):
                return {"user_id": one["id"], "name": one["name"]}
        return None

    def _leave_lines(self, w: Writing, user_id: int, reason: str, who: str) -> None:
        key = f"user:{user_id}"
        for call in self.book.with_guests(w.conn):
            if key in call["joined"]:
                one = call["joined"][key]
                w.append(call_stream(call["id"]), "CallLeft", {"key": key, "name": one["name"], "why": reason}, who)

    # --- common ground --------------------------------------------------------------------------------------------

    @staticmethod
    def _seat(w: Writing, user_id: int) -> Row | None:
        return w.row("seats", str(user_id))

    def _there(self, w: Writing, user: Who) -> Row:
        seat = self._seat(w, user.id)
        if seat is None or seat["stage"] not in ON_DUTY:
            raise NotNow("not_on_duty", "You are not on duty", "Sign on first")
        return seat

    def _append(self, w: Writing, user_id: int, kind: str, body: Body, who: str) -> Row:
        w.append(seat_stream(user_id), kind, body, who)
        return w.row("seats", str(user_id)) or {}
