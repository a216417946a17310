"""Overflow: a press that no seat answers goes to the supervisor, to the station's telephone, to the duty officer.

All seats go on ringing meanwhile. After a minute the call is taken for graver than its key said, so that somebody is
sent even if nobody ever answers.
"""

from collections.abc import Callable, Mapping

from callcenter.rules.call import OVERFLOW, RAISED_SECONDS
from callcenter.rules.events import Body, Row, call_stream
from callcenter.store.log import Writing
from dispatch.asking import CLOCK

Told = Callable[[Row], list[Row]]  # call -> people as ``{role, id, name, phone}``


class Overflow:
    """``people``: who stands behind each step of ``OVERFLOW``; a step without anybody is skipped at once."""

    def __init__(self, people: Mapping[str, Told]):
        self.people = people

    def __call__(self, w: Writing, call: Row, stale: bool) -> None:
        """``stale``: so long ago that nobody is rung any more; that the steps have passed is written down."""
        for number in range(call["overflow"], len(OVERFLOW)):
            seconds, who = OVERFLOW[number]
            to = self.people[who](call) if who in self.people and not stale else []
            body: Body = {"step": number + 1, "who": who, "channel": "voice", "to": to}
            w.append(call_stream(call["id"]), "CallOverflowed", body, CLOCK)
            if seconds == RAISED_SECONDS and call["priority"] > 1 and not stale:
                w.append(call_stream(call["id"]), "CallRaised", {"priority": call["priority"] - 1}, CLOCK)
                call = w.row("calls", call["id"]) or call
            if to:
                return
