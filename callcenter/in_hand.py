"""The call in hand: taking it over, transferring it, a third person on the line, and a hand that does nothing.

Not 首问责任制: who answers for the case is ``owning.py``'s. Here it is who speaks with the person now.
"""

from collections.abc import Callable, Sequence

from callcenter.desk import Who, actor, known_call, open_call
from callcenter.rules import in_hand as rules
from callcenter.rules.call import WAITING, NotNow
from callcenter.rules.events import Body, Row, call_stream
from callcenter.rules.seats import ON, QUIET_SECONDS
from callcenter.rules.times import seconds_between
from callcenter.store.log import Writing
from callcenter.store.seats import SeatBook

CLOCK = "clock"
Supervisors = Callable[[], Sequence[Row]]


class InHand:
    """``supervisors``: who is told of a hand that does nothing."""

    def __init__(self, book: SeatBook, supervisors: Supervisors):
        self.book, self.supervisors = book, supervisors

    # --- taking over ----------------------------------------------------------------------------------------------

    def take_over(self, w: Writing, call_id: str, user: Who, seen: int, why: str = "", words: str = "") -> Row:
        """Take a call out of somebody's hands. ``seen``: the version on the screen; of two, the slower is told."""
        row = self._held(w, call_id)
        if row["holder_id"] == user.id:
            raise NotNow("yours", "You have this call already", "Go on", call=row)
        if row["taken_version"] > seen:
            since = max(0.0, seconds_between(row["taken_at"] or w.at, w.at))
            raise NotNow("taken", "{name} has this call ({seconds} s ago)", "Look who has it now, then decide again",
                         call=row, name=row["holder_name"] or "?", seconds=f"{since:.1f}")  # fmt: skip
        free = self._free_to_take(w, row)
        if not free and (not why or (why == "other" and not words)):
            raise NotNow("reason", "Taking a call from {name} needs a reason", "Choose why, in a few words",
                         call=row, name=row["holder_name"] or "?")  # fmt: skip
        body = {"user_id": user.id, "from_id": row["holder_id"], "from_name": row["holder_name"],
                "why": why or free, "words": words, "waited": 0.0}  # fmt: skip
        return self._append(w, call_id, "CallTakenOver", body, user)

    def _free_to_take(self, w: Writing, row: Row) -> str:
        """Why no reason is needed: two hands have just met, or the holder is not there. Empty: it is needed."""
        if row["taken_at"] and seconds_between(row["taken_at"], w.at) <= rules.SWAP_SECONDS:
            return "swap"
        seat = w.row("seats", str(row["holder_id"]))
        if seat is None:
            return ""
        silent = self.book.beats_in(w.conn, w.at).silent_for(row["holder_id"], seat["since"])
        return "relieved" if seat["stage"] != ON or silent >= QUIET_SECONDS else ""

    def loss_seen(self, w: Writing, call_id: str, user: Who) -> Row:
        row = known_call(w, call_id)
        if row["loss"] is None or row["loss"]["from_id"] != user.id or row["loss"]["seen"]:
            return row
        return self._append(w, call_id, "LossSeen", {}, user)

    def attend(self, w: Writing, call_id: str, user: Who) -> Row:
        """I am on it: the hand has done something, although nothing was to be written down."""
        row = self._held(w, call_id)
        self._only_holder(row, user)
        return self._append(w, call_id, "CallAttended", {}, user)

    # --- transfer -------------------------------------------------------------------------------------------------

    def offer(self, w: Writing, call_id: str, user: Who, to: int | None, skill: str, words: str) -> Row:
        """To a person on duty, or to whoever speaks a language. The call stays here until somebody has accepted it."""
        row = self._held(w, call_id)
        self._only_holder(row, user)
        if row["transfer"] and row["transfer"]["state"] == rules.OFFERED:
            raise NotNow("offered", "This call is offered already", "Wait for the answer, or take the offer back",
                         call=row)  # fmt: skip
        able = [seat for seat in self.book.all_in(w.conn) if seat["stage"] == ON and seat["user_id"] != user.id]
        chosen = [s for s in able if (s["user_id"] == to if to else skill in s["languages"])]
        if not chosen:
            raise NotNow("no_taker", "Nobody on duty fits", "Choose another colleague or another language", call=row)
        body = {"user_id": user.id, "to_id": to, "to_name": chosen[0]["name"] if to else None,
                "skill": skill if not to else "", "words": words,
                "to": [{"id": seat["user_id"], "name": seat["name"]} for seat in chosen]}  # fmt: skip
        return self._append(w, call_id, "TransferOffered", body, user)

    def accept(self, w: Writing, call_id: str, user: Who) -> Row:
        row = self._offered(w, call_id, user)
        body = {"user_id": user.id, "from_id": row["holder_id"], "from_name": row["holder_name"], "waited": 0.0}
        return self._append(w, call_id, "TransferAccepted", body, user)

    def decline(self, w: Writing, call_id: str, user: Who) -> Row:
        """Of several who were asked, the others still may; when the last has declined it comes back."""
        row = self._offered(w, call_id, user)
        row = self._append(w, call_id, "TransferDeclined", {"user_id": user.id}, user)
        if any(self._is_asked(w, row, seat["user_id"]) for seat in self.book.all_in(w.conn) if seat["stage"] == ON):
            return row
        w.append(call_stream(call_id), "TransferEnded", {"why": "declined", "by_id": row["transfer"]["by_id"]}, CLOCK)
        return known_call(w, call_id)

    def take_back(self, w: Writing, call_id: str, user: Who) -> Row:
        row = self._held(w, call_id)
        self._only_holder(row, user)
        if row["transfer"] is None:
            raise NotNow("not_offered", "This call is not offered to anybody", "Nothing to take back", call=row)
        return self._append(w, call_id, "TransferEnded", {"why": "taken_back", "by_id": user.id}, user)

    def _offered(self, w: Writing, call_id: str, user: Who) -> Row:
        row = self._held(w, call_id)
        if not self._is_asked(w, row, user.id):
            raise NotNow("not_offered", "This call was not offered to you", "Ask {name}, who has it", call=row,
                         name=row["holder_name"] or "?")  # fmt: skip
        return row

    @staticmethod
    def _is_asked(w: Writing, row: Row, user_id: int) -> bool:
        offer = row["transfer"]
        if offer is None or offer["state"] != rules.OFFERED or user_id in (*offer["declined"], offer["by_id"]):
            return False
        seat = w.row("seats", str(user_id))
        speaks = offer["skill"] and seat is not None and offer["skill"] in seat["languages"]
        return bool(offer["to_id"] == user_id or speaks)

    # --- a third on the line --------------------------------------------------------------------------------------

    def join(self, w: Writing, call_id: str, user: Who, kind: str, name: str, phone: str, why: str) -> Row:
        """``operator``: whoever asks joins, as what they are. ``outside``: somebody was brought in."""
        row = self._held(w, call_id)
        if kind == "outside":
            self._on_the_line(row, user)
            key = f"out:{row['version'] + 1}"
            who: Body = {"key": key, "kind": kind, "name": name, "phone": phone, "joined_id": None}
        else:
            if row["holder_id"] == user.id or f"user:{user.id}" in row["joined"]:
                raise NotNow("on_the_line", "You are on this call already", "Go on", call=row)
            kind = "supervisor" if user.role != "operator" else "operator"
            who = {"key": f"user:{user.id}", "kind": kind, "name": user.name, "phone": "", "joined_id": user.id}
        w.append(call_stream(call_id), "CallJoined", {**who, "why": why, "by": user.name}, actor(user))
        return known_call(w, call_id)

    def leave(self, w: Writing, call_id: str, user: Who, key: str) -> Row:
        row = self._held(w, call_id)
        one = row["joined"].get(key)
        if one is None:
            raise NotNow("not_joined", "This person is not on the call", "Look at the call again", call=row)
        if one["id"] != user.id:
            self._on_the_line(row, user)
        seconds = round(seconds_between(one["at"], w.at))
        body = {"key": key, "name": one["name"], "seconds": seconds, "by": user.name}
        w.append(call_stream(call_id), "CallLeft", body, actor(user))
        return known_call(w, call_id)

    # --- by the clock ---------------------------------------------------------------------------------------------

    def idle(self, w: Writing, row: Row, stale: bool) -> None:
        """Nobody has done anything: the holder's seat rings, then every seat; the supervisor is told again and again.

        ``stale``: our own clock was away for hours. It is written down, and what comes next is told.
        """
        step = max(row["idle"] + 1, len(rules.IDLE) if stale else 0)
        who = rules.IDLE[min(step, len(rules.IDLE)) - 1][1]
        to = list(self.supervisors()) if who == "supervisor" and not stale else []
        minutes = int(max(0.0, seconds_between(row["worked_at"], w.at)) // 60)
        body = {"step": step, "who": who, "holder_id": row["holder_id"], "holder": row["holder_name"],
                "since": row["worked_at"], "minutes": minutes, "to": to}  # fmt: skip
        w.append(call_stream(row["id"]), "CallIdle", body, CLOCK)

    def untaken(self, w: Writing, row: Row, stale: bool) -> None:
        """An offered call rings once more, then it comes back by itself."""
        offer = row["transfer"]
        kind = "TransferRungAgain" if offer["rung"] < 2 and not stale else "TransferEnded"
        about = {name: offer[name] for name in ("to_id", "to_name", "skill", "by_id")}
        w.append(call_stream(row["id"]), kind, {"why": "untaken", **about}, CLOCK)

    # --- common ground --------------------------------------------------------------------------------------------

    def _held(self, w: Writing, call_id: str) -> Row:
        row = open_call(w, call_id)
        if row["stage"] == WAITING:
            raise NotNow("nobody_has_it", "Nobody has this call in hand", "Answer it: then it is yours", call=row)
        return row

    @staticmethod
    def _only_holder(row: Row, user: Who) -> None:
        if row["holder_id"] != user.id:
            raise NotNow("not_holder", "{name} has this call", "Take it over first", call=row,
                         name=row["holder_name"] or "?")  # fmt: skip

    @staticmethod
    def _on_the_line(row: Row, user: Who) -> None:
        if row["holder_id"] != user.id and f"user:{user.id}" not in row["joined"]:
            raise NotNow("not_holder", "{name} has this call", "Join the call first", call=row,
                         name=row["holder_name"] or "?")  # fmt: skip

    def _append(self, w: Writing, call_id: str, kind: str, body: Body, user: Who) -> Row:
        w.append(call_stream(call_id), kind, {**body, "name": user.name}, actor(user))
        return known_call(w, call_id)
