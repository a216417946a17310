"""Overflow: a press that no seat answers goes to the supervisor, to the station's telephone, to the duty officer.

All seats go on ringing meanwhile; after the last step all of these people are told again, ever more seldom, as long as
nobody answers. After a minute the call is taken for graver than its key said, so that somebody is sent even then.
"""

from collections.abc import Callable, Mapping

from callcenter.rules.call_clock import OVERFLOW, RAISED_SECONDS
from callcenter.rules.events import Body, Row, call_stream
from callcenter.store.log import Writing
from dispatch.asking import CLOCK

EVERYBODY = "everybody"
Told = Callable[[Row], list[Row]]  # call -> people as ``{role, id, name, phone}``


class Overflow:
    """``people``: who stands behind each step of ``OVERFLOW``; a step without anybody is skipped at once."""

    def __init__(self, people: Mapping[str, Told]):
        self.people = people

    def __call__(self, w: Writing, call: Row, stale: bool) -> None:
        """``stale``: so long ago that nobody is rung any more; that the steps have passed is written down."""
        for number in range(call["overflow"], max(len(OVERFLOW), call["overflow"] + 1)):
            seconds, who = OVERFLOW[number] if number < len(OVERFLOW) else (0.0, EVERYBODY)
            to = self._of(who, call) if not stale else []
            body: Body = {"step": number + 1, "who": who, "channel": "voice", "to": to}
            w.append(call_stream(call["id"]), "CallOverflowed", body, CLOCK)
            if seconds == RAISED_SECONDS and call["priority"] > 1 and not stale:
                w.append(call_stream(call["id"]), "CallRaised", {"priority": call["priority"] - 1}, CLOCK)
                call = w.row("calls", call["id"]) or call
            if to:
                return

    def _of(self, who: str, call: Row) -> list[Row]:
        """Who is told; in the rounds after the last step all of them."""
        steps = self.people if who == EVERYBODY else {who: self.people[who]} if who in self.people else {}
        found = {(one["role"], one["id"]): one for told in steps.values() for one in told(call)}
        return list(found.values())
