"""The clock at the desk: seats that are lost or have come back, nobody who listens, too much on one plate.

It stands in the dispatcher's process and reads what the web processes have written down (``beats.py``), so that a web
process that dies takes nothing with it. What it decides is written once, whichever dispatcher comes first.
"""

from collections.abc import Callable
from types import SimpleNamespace

from callcenter.rules.events import Body, Row, seat_stream
from callcenter.rules.seats import (
    DEAF_SECONDS,
    FLOOD_BEGINS,
    FLOOD_ENDS,
    FLOOD_SECONDS,
    HEARD_SECONDS,
    LOST,
    LOST_SECONDS,
    ON,
    ON_DUTY,
    STREAM,
    Beats,
    load,
    why_deaf,
)
from callcenter.rules.times import later, seconds_between
from callcenter.seats import Seats
from callcenter.store.log import Log

CLOCK = "clock"
LOOK_SECONDS, LOAD_SECONDS = 1.0, 5.0
NOBODY, SOMEBODY = "NobodyListens", "SomebodyListens"


class SeatClock:
    """``account`` finds a user by number."""

    def __init__(self, log: Log, seats: Seats, account: Callable[[int], Row | None]):
        self.log, self.seats, self.book, self.account = log, seats, seats.book, account
        self.looked_at = self.loaded_at = ""
        self.deaf_since = ""

    def tick(self, now: str) -> None:
        if self.looked_at and 0 <= seconds_between(self.looked_at, now) < LOOK_SECONDS:
            return
        self.looked_at = now
        rows, beats = self.book.all(), self.book.beats(now)
        self._sit_down(rows, beats)
        if not rows:
            return
        for seat in rows:
            if seat["stage"] in ON_DUTY and beats.silent_for(seat["user_id"], seat["since"]) >= LOST_SECONDS:
                self._lost(seat)
            elif seat["stage"] == LOST and beats.here(seat["user_id"]):
                self._back(seat, now)
        self._listening(self.book.all(), beats, now)
        if not self.loaded_at or not 0 <= seconds_between(self.loaded_at, now) < LOAD_SECONDS:
            self.loaded_at = now
            self._floods(self.book.all(), now)

    # --- lost and back --------------------------------------------------------------------------------------------

    def _lost(self, seat: Row) -> None:
        with self.log.writing() as w:
            now = w.row("seats", seat["id"])
            beats = self.book.beats_in(w.conn, w.at)
            if now is None or now["stage"] not in ON_DUTY:
                return
            silent = beats.silent_for(seat["user_id"], now["since"])
            if silent < LOST_SECONDS:
                return
            given = self.seats.give_back(w, seat["user_id"], "lost", CLOCK)
            body: Body = {"why": "lost", "words": "", "silent": round(silent)}
            body = self.seats.about(seat["user_id"], seat["name"], body, given, "lost")
            w.append(seat_stream(seat["user_id"]), "SeatLost", body, CLOCK)

    def _back(self, seat: Row, now: str) -> None:
        body = {"user_id": seat["user_id"], "name": seat["name"], "away": round(seconds_between(seat["since"], now))}
        self._say(seat, LOST, "SeatBack", body)

    def _sit_down(self, rows: list[Row], beats: Beats) -> None:
        """Whoever has a call in hand at a console sits there, whether or not they said so.

        Also when the console has died before this clock could look: the seat is lost like any other, and the call
        rings again.
        """
        seats = {seat["user_id"]: seat for seat in rows}
        others = {tab["user_id"] for tab in beats.tabs} - {n for n, seat in seats.items() if seat["stage"] in ON_DUTY}
        if not others:
            return
        with self.log.database.read() as conn:
            taken = self.book.holders(conn)
        sat = sorted(one for one in others & set(taken) if _sat_there(one, taken[one], seats.get(one), beats))
        if not sat:
            return
        with self.log.writing() as w:
            for user_id in (one for one in sat if one in self.book.holders(w.conn)):
                account = self.account(user_id)
                if account is not None and account["active"]:
                    user = SimpleNamespace(id=user_id, name=account["name"], role=account["role"])
                    self.seats.sign_on(w, user, how="took")  # type: ignore[arg-type]

    # --- nobody listens -------------------------------------------------------------------------------------------

    def _listening(self, rows: list[Row], beats: Beats, now: str) -> None:
        heard = any(seat["stage"] == ON and beats.hears(seat["user_id"]) for seat in rows)
        if heard:
            self.deaf_since = ""
            self._turn(SOMEBODY, NOBODY, lambda began: {"began_at": began})
            return
        if not self.deaf_since or self.deaf_since > now:
            self.deaf_since = now
        if seconds_between(self.deaf_since, now) >= DEAF_SECONDS:
            since = self.deaf_since
            on_duty = [seat for seat in rows if seat["stage"] in (*ON_DUTY, LOST)]
            self._turn(NOBODY, SOMEBODY, lambda _began: {"since": since, **why_deaf(on_duty, beats)})

    def _turn(self, kind: str, other: str, body: Callable[[str], Body]) -> None:
        """Say that it is so now, unless that is what was said last."""
        with self.log.database.read() as conn:
            last = self.log.newest(conn, STREAM, (NOBODY, SOMEBODY))
        if last is not None and last.kind == kind:
            return
        with self.log.writing() as w:
            last = self.log.newest(w.conn, STREAM, (NOBODY, SOMEBODY))
            if last is None or last.kind == other:
                w.append(STREAM, kind, body(last.at if last else ""), CLOCK)

    # --- too much on one plate ------------------------------------------------------------------------------------

    def _floods(self, rows: list[Row], now: str) -> None:
        on = [seat for seat in rows if seat["stage"] == ON]
        taken, waiting = self.book.taken_since(later(now, -FLOOD_SECONDS)), self.book.ringing()
        for seat in on:
            plate = load(taken.get(seat["user_id"], 0), waiting, len(on))
            body = {"user_id": seat["user_id"], "name": seat["name"], "load": plate}
            if seat["flood_since"] is None and plate >= FLOOD_BEGINS:
                self._say(seat, ON, "FloodBegan", body)
            elif seat["flood_since"] is not None and plate < FLOOD_ENDS:
                self._say(seat, ON, "FloodEnded", body | {"began_at": seat["flood_since"]})

    def _say(self, seat: Row, stage: str, kind: str, body: Body) -> None:
        with self.log.writing() as w:
            row = w.row("seats", seat["id"])
            flooded = row is not None and row["flood_since"] is not None
            if row is None or row["stage"] != stage or flooded != (kind == "FloodEnded"):
                return
            w.append(seat_stream(seat["user_id"]), kind, body, CLOCK)


def _sat_there(user_id: int, taken_at: str, seat: Row | None, beats: Beats) -> bool:
    """Is this holder's console open, or was it when they took the call, after they had last left their seat?"""
    if beats.here(user_id):
        return seat is None or seat["stage"] != LOST  # who is back after a loss is told so: see ``_back``
    heard_at = max(tab["at"] for tab in beats.of(user_id))
    return (seat is None or taken_at > seat["since"]) and later(heard_at, HEARD_SECONDS) >= taken_at != ""
