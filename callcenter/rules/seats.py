"""Seats: who is on duty, whether their console can be heard, and when a seat is lost, silent or flooded.

A seat is a person on duty; it may have several tabs open. Each tab says every few seconds that it lives (a beat), and a
web process writes down when it heard that. A seat is lost when none of its tabs has been heard for 30 s **while
somebody could have heard it**: some web process must have been writing all that time without a gap. So a web process
that was killed, a database that stood still, a machine that slept or a clock that was set take nobody's calls.
"""

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from callcenter.rules.events import Event, Row
from callcenter.rules.times import later, seconds_between

ON, BREAK, OFF, LOST = "on", "break", "off", "lost"
ON_DUTY = frozenset({ON, BREAK})
SKILLS = ("zh", "qinghai", "bo", "mjg", "slr", "sign")  # what somebody speaks; the words are in pages/seat_words.py
LEAVING = ("meal", "rest", "toilet", "meeting", "shift_end", "other")
STREAM = "seats"  # what is true of all of them together

BEAT_SECONDS = 5.0  # how often a tab says that it lives
LOST_SECONDS = 30.0
OTHER_WEB_SECONDS = 60.0  # for tabs whose own web process has died: they have to find another first
QUIET_SECONDS = 15.0  # three beats missed: anybody may relieve this holder without a reason
HEARD_SECONDS = 10.0  # a tab heard so lately would ring
WEB_SECONDS = 8.0  # a web process that lives says so every two seconds
DEAF_SECONDS = 5.0  # so long nobody listens before it is said: a page may be loaded again

FLOOD_BEGINS, FLOOD_ENDS, FLOOD_SECONDS = 10, 5, 600.0  # ISA-18.2: ten in ten minutes, until fewer than five


# --- is anybody there ----------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Beats:
    """What the web processes have heard: ``tabs`` ``{user_id, web, sound, looking, at, gone}``, ``webs`` ``{name, at,
    since}``; moments by the clock of whoever heard. ``since``: from when that web process has written without a gap."""

    tabs: Sequence[Row]
    webs: Sequence[Row]
    now: str

    def fresh(self) -> list[Row]:
        return [web for web in self.webs if abs(seconds_between(web["at"], self.now)) <= WEB_SECONDS]

    def of(self, user_id: int) -> list[Row]:
        return [tab for tab in self.tabs if tab["user_id"] == user_id]

    def silent_for(self, user_id: int, since: str) -> float:
        """Seconds of silence that somebody can swear to; 0 while nobody can. ``since``: when this seat sat down."""
        alive = {web["name"]: web for web in self.fresh()}
        if not alive:
            return 0.0
        sworn = max(alive.values(), key=lambda web: seconds_between(web["since"], web["at"]))
        tabs = self.of(user_id)
        patience = OTHER_WEB_SECONDS - LOST_SECONDS if tabs and all(t["web"] not in alive for t in tabs) else 0.0
        # What was written before the clock was set back is no later than now; the store sets the tabs right itself.
        sat_down = since if since <= later(sworn["at"], WEB_SECONDS) else ""
        heard = max([sat_down, sworn["since"], *(tab["at"] for tab in tabs)])
        return max(0.0, seconds_between(heard, sworn["at"]) - patience)

    def here(self, user_id: int) -> bool:
        """A tab of this person has been heard a moment ago."""
        oldest = later(self.now, -HEARD_SECONDS)
        return any(not tab["gone"] and tab["at"] >= oldest for tab in self.of(user_id))

    def hears(self, user_id: int) -> bool:
        """A call that rings now would be heard at this seat."""
        oldest = later(self.now, -HEARD_SECONDS)
        return any(not t["gone"] and t["sound"] == "on" and t["at"] >= oldest for t in self.of(user_id))


def why_deaf(seats: Iterable[Row], beats: Beats) -> Row:
    """Nobody listens: how many seats are on duty and why each cannot hear, for whoever is told."""
    why: dict[str, int] = {}
    for seat in seats:
        here = [tab["sound"] for tab in beats.of(seat["user_id"]) if not tab["gone"]] if beats.here(
            seat["user_id"]) else []  # fmt: skip
        reason = seat["stage"] if seat["stage"] != ON else next((s for s in ("silenced", "blocked") if s in here),
                                                                "disconnected")  # fmt: skip
        why[reason] = why.get(reason, 0) + 1
    return {"why": why}


# --- how much is on one plate --------------------------------------------------------------------------------------


def load(taken: int, waiting: int, seats: int) -> int:
    """What a seat has on its plate: the calls it took in the last ten minutes, and its share of those ringing now."""
    return taken + (math.ceil(waiting / seats) if seats else waiting)


def peak(moments: Sequence[str]) -> int:
    """The most calls that fell into any ten minutes. ``moments`` in order."""
    most, first = 0, 0
    for last, at in enumerate(moments):
        while seconds_between(moments[first], at) >= FLOOD_SECONDS:
            first += 1
        most = max(most, last - first + 1)
    return most


# --- the pictures --------------------------------------------------------------------------------------------------


def _sat_down(row: Row | None, e: Event) -> Row:
    b = e.body
    known = row or {"id": str(b["user_id"]), "user_id": b["user_id"], "languages": ["zh"], "flood_since": None}
    return {**known, "name": b["name"], "role": b["role"], "stage": ON, "since": e.at, "why": "", "words": "",
            "back_by": None, "languages": b.get("languages") or known["languages"], "version": e.version}  # fmt: skip


def _rose(stage: str) -> Callable[[Row, Event], Row]:
    def fold(row: Row, e: Event) -> Row:
        b = e.body
        return {**row, "stage": stage, "since": e.at, "why": b.get("why", ""), "words": b.get("words", ""),
                "back_by": b.get("back_by"), "flood_since": None}  # fmt: skip

    return fold


AFTER: Mapping[str, Callable[[Row, Event], Row]] = {
    "SeatOnBreak": _rose(BREAK),
    "SeatSignedOff": _rose(OFF),
    "SeatLost": _rose(LOST),
    "SeatBack": _rose(ON),
    "SeatSkills": lambda row, e: {**row, "languages": e.body["languages"]},
    "FloodBegan": lambda row, e: {**row, "flood_since": e.at},
    "FloodEnded": lambda row, e: {**row, "flood_since": None},
}


@dataclass(frozen=True, slots=True)
class SeatPicture:
    """How the table ``seats`` follows the log."""

    table: str = "seats"

    def key(self, event: Event) -> str | None:
        of_seat = event.kind in AFTER or event.kind == "SeatSignedOn"  # notices sent about it stand there too
        return event.stream[5:] if of_seat else None

    def after(self, row: Row | None, event: Event) -> Row:
        if row is None or event.kind == "SeatSignedOn":
            return _sat_down(row, event)
        return {**AFTER[event.kind](row, event), "version": event.version}


TAKES = frozenset({"CallAnswered", "CallTakenOver", "TransferAccepted"})


@dataclass(frozen=True, slots=True)
class TakePicture:
    """How the table ``takes`` follows the log: one row for each call a person has taken into their hands."""

    table: str = "takes"

    def key(self, event: Event) -> str | None:
        person = event.actor.startswith("user:") and event.stream.startswith("call:")
        return f"{event.stream[5:]}.{event.version}" if person and event.kind in TAKES else None

    def after(self, row: Row | None, event: Event) -> Row:
        b = event.body
        return {"id": self.key(event), "user_id": b["user_id"], "name": b["name"][:60], "call_id": event.stream[5:],
                "at": event.at, "waited": float(b.get("waited") or 0.0), "how": event.kind}  # fmt: skip
