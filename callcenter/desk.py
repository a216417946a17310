"""The desk: what an operator does with a call. Each verb is one step of one transaction, one winner each.

Every verb takes the ``Writing`` it happens in, so that the command's idempotency key is kept with what it did.
"""

from typing import Any

from callcenter import clocks
from callcenter.rules import call as life
from callcenter.rules.call import DEVICE_PRIORITY, NotNow, NotThere
from callcenter.rules.closing import BEFORE_SECONDS, Closing, why_not
from callcenter.rules.emergency import concerned
from callcenter.rules.events import Body, Row, call_stream
from callcenter.rules.in_hand import rang_at
from callcenter.rules.scripts import Scripts
from callcenter.rules.times import later, seconds_between
from callcenter.store.cases import Cases
from callcenter.store.log import Writing
from callcenter.store.scripts import ScriptStore

SUPERVISING = frozenset({"supervisor", "admin"})
HOLD_CHOICES = (60, 120)


class Who:
    """A person at a keyboard: ``id``, ``name`` and ``role``."""

    id: int
    name: str
    role: str


def actor(user: Who) -> str:
    return f"user:{user.id} {user.name}"


def known_call(w: Writing, call_id: str) -> Row:
    """The call as this transaction has it. Raises ``NotThere``."""
    row = w.row("calls", call_id)
    if row is None:
        raise NotThere(f"there is no call {call_id}")
    return row


def open_call(w: Writing, call_id: str) -> Row:
    """The same, and it is not over yet. Raises ``NotNow`` with what to do."""
    row = known_call(w, call_id)
    if row["stage"] == life.CLOSED:
        raise _over(row)
    return row


class Desk:
    """``scripts`` are the versions of what is asked; without them the built-in ones."""

    def __init__(self, cases: Cases, scripts: Scripts | None = None):
        self.cases, self.scripts = cases, scripts or Scripts()

    def answer(self, w: Writing, call_id: str, user: Who) -> Row:
        """Take a waiting call. The loser is told who has it and since when."""
        row = known_call(w, call_id)
        if row["stage"] != life.WAITING:
            raise _taken(row, w.at)
        waited = round(max(0.0, seconds_between(rang_at(row), w.at)), 3)
        return self._append(w, call_id, "CallAnswered", {"user_id": user.id, "name": user.name, "waited": waited}, user)

    def hold(self, w: Writing, call_id: str, user: Who, seconds: int) -> Row:
        """Put the call aside; after ``seconds`` it comes back by itself."""
        row = self._mine(w, call_id, user)
        if row["stage"] != life.ANSWERED:
            raise _not_now(row)
        return self._append(w, call_id, "CallHeld", {"until": later(w.at, seconds), "seconds": seconds}, user)

    def resume(self, w: Writing, call_id: str, user: Who) -> Row:
        """Take a held call back. Anyone may: a held person must not wait for one seat."""
        row = known_call(w, call_id)
        if row["stage"] != life.ON_HOLD:
            raise _not_now(row)
        return self._append(w, call_id, "CallResumed", {"user_id": user.id, "name": user.name}, user)

    def pause(self, w: Writing, call_id: str, user: Who, reason: str, minutes: int) -> Row:
        """The resident's side asks to wait: deadlines that may move do, the rest runs on."""
        row = self._mine(w, call_id, user)
        if row["stage"] != life.ANSWERED:
            raise _not_now(row)
        clocks.pause(w, self.cases, row, actor(user), reason, minutes * 60)
        return known_call(w, call_id)

    def resume_clock(self, w: Writing, call_id: str, user: Who) -> Row:
        """Anyone may: what was waited for has come."""
        row = known_call(w, call_id)
        if not clocks.resume(w, self.cases, row, actor(user)):
            raise NotNow("not_paused", "The clock is running", "Nothing to do", call=row)
        return known_call(w, call_id)

    def note(self, w: Writing, call_id: str, user: Who, text: str) -> Row:
        known_call(w, call_id)
        return self._append(w, call_id, "NoteAdded", {"text": text}, user)

    def heard(self, w: Writing, call_id: str, user: Who, anybody: bool) -> Row:
        """Whether anybody was heard. Two silences are an answer: what follows is the dispatcher's business."""
        row = self._mine(w, call_id, user)
        if row["stage"] != life.ANSWERED:
            raise _not_now(row)
        return self._append(w, call_id, "VoiceHeard" if anybody else "NobodyHeard", {"name": user.name}, user)

    def close(
        self, w: Writing, call_id: str, user: Who, seen_version: int, outcome: str, evidence: str, words: str,
        said: str = "",
    ) -> Row:  # fmt: skip
        """End the call, with evidence; ``said``: the person's own words. A device item is closed from the list."""
        row = known_call(w, call_id)
        if row["stage"] == life.WAITING and row["priority"] == DEVICE_PRIORITY:
            row = self.answer(w, call_id, user)
            seen_version += 1
        if row["stage"] != life.ANSWERED:
            raise _not_now(row)
        visits = self.cases.visits_in(w.conn, call_id)
        visiting = any(v["ended_at"] is None for v in visits)
        if seen_version > row["version"]:
            raise NotNow("moved_on", "This version of the call does not exist", "Look at the call again", call=row)
        if row["holder_id"] != user.id and row["taken_version"] > seen_version:  # taken over under these hands
            raise _taken(row, w.at)
        refusal = life.why_not_close(row, evidence, seen_version, visiting)
        if refusal:
            raise NotNow(*refusal, call=row, services=concerned(row))
        before = self.before(w.conn, row, later(w.at, -BEFORE_SECONDS))
        steps, supervisor = self.scripts.of(row), user.role in SUPERVISING
        if gate := why_not(Closing(row, outcome, evidence, said, supervisor, steps, visits, before)):
            code, message, fix, values = gate
            raise NotNow(code, message, fix, call=row, **values)
        body = {"outcome": outcome, "evidence": evidence, "words": words, "name": user.name}
        return self._append(w, call_id, "CallClosed", body | ({"said": said} if said else {}), user)

    def reopen(self, w: Writing, call_id: str, user: Who, reason: str) -> Row:
        row = known_call(w, call_id)
        if not life.may_reopen(row, w.at):
            raise NotNow(
                "not_now", "Only a call closed within the last 30 minutes can be reopened", "Open a new call", call=row
            )
        other = self.cases.ringing_in(w.conn, row["home_id"]) if row["home_id"] else None
        if other:
            raise NotNow("another", "This home has an open call: {other}", "Go on in that call", call=row, other=other)
        return self._append(w, call_id, "CallReopened", {"reason": reason, "user_id": user.id, "name": user.name}, user)

    # --- common ground ----------------------------------------------------------------------------------------

    @staticmethod
    def before(conn: Any, call: Row, since: str) -> list[Row]:
        """The cases of the same home that were closed since then."""
        return ScriptStore.closed_before(conn, call, since)

    def mine(self, w: Writing, call_id: str, user: Who) -> Row:
        """A call that nobody else has in hand. Raises ``NotNow`` naming who has it."""
        return self._mine(w, call_id, user)

    def _mine(self, w: Writing, call_id: str, user: Who) -> Row:
        row = known_call(w, call_id)
        if row["holder_id"] not in (None, user.id) and row["stage"] == life.ANSWERED:
            raise _taken(row, w.at)
        return row

    def _append(self, w: Writing, call_id: str, kind: str, body: Body, user: Who) -> Row:
        w.append(call_stream(call_id), kind, body, actor(user))
        return known_call(w, call_id)


def _taken(row: Row, now: str) -> NotNow:
    if row["stage"] == life.CLOSED:
        return _over(row)
    since = seconds_between(row["answered_at"] or row["opened_at"], now)
    return NotNow("taken", "{name} has this call ({seconds} s ago)", "Take the next call", call=row,
                  name=row["holder_name"] or "?", seconds=f"{max(since, 0):.1f}")  # fmt: skip


def _over(row: Row) -> NotNow:
    return NotNow("moved_on", "This call is closed", "Reopen it if help is still needed", call=row)


def _not_now(row: Row) -> NotNow:
    return NotNow(
        "not_now", "Not possible while the call is {stage}", "Look at the call again", call=row, stage=row["stage"]
    )
