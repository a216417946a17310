"""Calls in which nobody is heard, by an operator or by us: somebody is sent without an operator's word."""

from collections.abc import Callable, Sequence

from callcenter.rules import script, unheard
from callcenter.rules.call import ON_HOLD, WAITING
from callcenter.rules.closing import WELL
from callcenter.rules.events import Row, call_stream
from callcenter.rules.risk import HIGHEST
from callcenter.store.log import Writing
from dispatch.asking import CLOCK
from dispatch.dispatcher import Dispatcher

STEPS = frozenset({"answer", "decide", "conclude", "hold"})  # with which the time to send somebody may be over
LEFT_WELL = WELL | {"refused"}  # what a carer reports who leaves nobody in need


class Unheard:
    """``auto``: the priorities sent for when nobody has decided in time; ``family``: who of a home may be asked."""

    def __init__(self, dispatcher: Dispatcher, auto: Sequence[int], family: Callable[[Writing, Row], list[Row]]):
        self.dispatcher, self.auto, self.family = dispatcher, frozenset(auto), family

    def call_missed(self, w: Writing, call: Row, step: str) -> None:
        """Handed to ``callcenter.supervision``: nobody talks to the person of an urgent call, so a carer is asked.

        Not while an operator has the call in hand: half of all presses end in words, and are talked about for longer.
        """
        if step in (unheard.STEP, script.STEP):
            self.silence(w, call)
        undecided = step in STEPS and call["priority"] in self.auto and call["stage"] in (WAITING, ON_HOLD)
        # Whoever has heard of smoke, gas or violence decides with the brigade; what nobody has heard of is looked at.
        undecided = undecided and not (call["answered_at"] and script.is_dangerous(call))
        # Somebody was sent before: then ``conclude`` is the clock of sending, and ends with its miss.
        over = call["idle_since"] is None if call["requested_at"] else "decide" in call["late"]
        if undecided and over and self._nobody(w, call):
            self.dispatcher.open(w, call, CLOCK, later_on=True)

    def _nobody(self, w: Writing, call: Row) -> bool:
        """Nobody goes, and no carer has left the person well since the last press."""
        visits = self.dispatcher.visits(w, call["id"])
        ended = all(visit["ended_at"] for visit in visits)
        return ended and not any(_left_well(visit, call["last_press_at"] or call["opened_at"]) for visit in visits)

    def silence(self, w: Writing, call: Row) -> None:
        """Nobody was heard: as urgent as if somebody lay there. A carer goes to look, and the family is asked as well.

        Nobody is sent unasked into smoke, gas or violence: there the operator and the brigade decide.
        """
        if script.is_dangerous(call):
            return
        tier = self.dispatcher.tier(call["home_id"]) if call["home_id"] else ""
        urgent = 1 if tier == HIGHEST else 2
        if call["priority"] > urgent:
            w.append(call_stream(call["id"]), "CallRaised", {"priority": urgent}, CLOCK)
        if all(visit["ended_at"] for visit in self.dispatcher.visits(w, call["id"])):
            self.dispatcher.open(w, w.row("calls", call["id"]) or call, CLOCK, why="nobody_heard")
        if call["home_id"] and (to := self.family(w, {"home_id": call["home_id"], "call_id": call["id"]})):
            w.append(call_stream(call["id"]), "HelpAsked", {"who": "contacts", "rung": 0, "to": to}, CLOCK)


def _left_well(visit: Row, since: str) -> bool:
    return (visit["report"] or {}).get("condition") in LEFT_WELL and visit["ended_at"] >= since
