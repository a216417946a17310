"""The clock of a call stands still, and runs again: for the call and every visit under way, in one transaction."""

from callcenter.rules import pauses
from callcenter.rules.call import NotNow
from callcenter.rules.events import Body, Row, call_stream
from callcenter.rules.times import later
from callcenter.store.cases import Cases
from callcenter.store.log import Writing


def pause(w: Writing, cases: Cases, call: Row, actor: str, reason: str, seconds: float) -> None:
    """Raises ``NotNow`` where waiting could hurt somebody; see ``rules.pauses``."""
    refusal = pauses.why_not(call, seconds, w.at)
    if refusal:
        raise NotNow(*refusal, call=call)
    _tell(w, cases, call, "ClockPaused", {"reason": reason, "until": later(w.at, seconds), "seconds": seconds}, actor)


def resume(w: Writing, cases: Cases, call: Row, actor: str) -> bool:
    """The clock runs again, if it stands. Returns whether it stood."""
    stood = pauses.standing(call["pauses"], w.at)
    if stood:
        _tell(w, cases, call, "ClockResumed", {"reason": stood["reason"], "since": stood["from"]}, actor)
    return stood is not None


def _tell(w: Writing, cases: Cases, call: Row, kind: str, body: Body, actor: str) -> None:
    """One event for each visit under way, or one alone: a visit's deadlines hear only what names the visit."""
    visits = [visit["id"] for visit in cases.visits_in(w.conn, call["id"]) if visit["ended_at"] is None]
    for more in [{"visit": one} for one in visits] or [{}]:
        w.append(call_stream(call["id"]), kind, body | more, actor)
