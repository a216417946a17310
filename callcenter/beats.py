"""The beats of the consoles: what each open tab says of itself, and who looks at which call, told to all the others.

One of these lives in every web process. It remembers when it last heard each tab and writes that down for all of them
every two seconds in one transaction, with a sign that it lives itself: whoever judges (``seat_clock.py``) believes in a
seat's silence only while somebody was there to hear it.
"""

import os
import secrets
import time
from collections.abc import Callable
from typing import Any

import structlog

from callcenter.rules.events import Row
from callcenter.rules.seats import ON, Beats
from callcenter.rules.times import Clock, later, stamp
from callcenter.store.database import StoreUnavailable
from callcenter.store.seats import TAB_SECONDS, WEB, SeatBook

LOOK_SECONDS, WRITE_SECONDS = 0.5, 2.0
HIDDEN = frozenset({"version", "id"})
Say = Callable[[str, Row], None]
log = structlog.get_logger("beats")


class Consoles:
    """``name`` is this web process among the signs of life."""

    def __init__(self, book: SeatBook, clock: Clock, name: str = ""):
        self.book, self.clock = book, clock
        self.name = name or f"{WEB}{os.getpid()}-{secrets.token_hex(3)}"
        self.known: dict[str, Row] = {}
        self.heard: dict[str, str] = {}
        self.looked: Any = None

    # --- what a tab says ------------------------------------------------------------------------------------------

    def hear(self, tab: str, user_id: int, sound: str, looking: str) -> None:
        """A tab lives. Something new about it is written at once, the rest with the next round."""
        at = stamp(self.clock())
        row = {"id": tab, "user_id": user_id, "web": self.name, "sound": sound, "looking": looking, "gone": False}
        if self.known.get(tab) != row:
            self.book.put_tab(row | {"at": at})
            self.known[tab] = row
        self.heard[tab] = at

    def leave(self, tab: str, user_id: int) -> None:
        """The tab closes, or is loaded again: nobody looks from there, but the seat has its thirty seconds."""
        self.known.pop(tab, None)
        at = self.heard.pop(tab, stamp(self.clock()))
        row = {"id": tab, "user_id": user_id, "web": self.name, "sound": "blocked", "looking": "", "gone": True}
        self.book.put_tab(row | {"at": at})

    def write(self) -> None:
        """What was heard since the last time, and that this process lives."""
        heard, self.heard = self.heard, {}
        now = stamp(self.clock())
        try:
            self.book.note(self.name, heard, now)
        except BaseException:
            self.heard = heard | self.heard
            raise
        oldest = later(now, -TAB_SECONDS)
        if len(self.known) > 1000:  # tabs of many shifts
            self.known = {tab: row for tab, row in self.known.items() if self.heard.get(tab, "") >= oldest}

    # --- what all are told ----------------------------------------------------------------------------------------

    def follow(self, say: Say, sleep: Callable[[float], object]) -> None:
        """Writes the beats, and says who looks where as soon as that has changed. Never ends."""
        written = float("-inf")
        while True:
            try:
                if time.monotonic() - written >= WRITE_SECONDS:
                    written = time.monotonic()
                    self.write()
                looking = self.looking()
                if looking != self.looked:
                    self.looked = looking
                    say("looking", {"looking": looking})
            except StoreUnavailable as error:
                log.error("store unavailable", error=str(error)[:200])
                sleep(1)
            except Exception:
                log.exception("the consoles' beats could not be written or shown")
            sleep(LOOK_SECONDS)

    def looking(self) -> Row:
        return looking_at(self.book.beats(stamp(self.clock())))


def looking_at(beats: Beats) -> Row:
    """``{call: [user ids]}``: at which call somebody looks now."""
    found: dict[str, set[int]] = {}
    for tab in beats.tabs:
        if tab["looking"] and beats.here(tab["user_id"]) and not tab["gone"]:
            found.setdefault(tab["looking"], set()).add(tab["user_id"])
    return {call: sorted(users) for call, users in sorted(found.items())}


def desk(book: SeatBook, now: str) -> Row:
    """What every console is shown of the desk: the seats on duty or lost, who looks where, whether anybody listens."""
    beats = book.beats(now)
    seats = [seat for seat in book.all() if seat["stage"] != "off"]
    shown = []
    for seat in seats:
        here = beats.here(seat["user_id"])
        told = {name: value for name, value in seat.items() if name not in HIDDEN}
        shown.append(told | {"here": here, "hears": beats.hears(seat["user_id"])})
    listening = any(one["hears"] for one in shown if one["stage"] == ON)
    return {"rows": shown, "looking": looking_at(beats), "listening": listening}
