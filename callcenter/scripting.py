"""The scripts as they stand, read anew every two seconds; and how two people change one.

A script of a life-safety kind is changed by two: who proposes cannot approve. Every other holds from its proposal.
"""

import time
from collections.abc import Callable, Mapping, Sequence

import structlog

from callcenter.desk import Who, actor
from callcenter.rules.call import EVIDENCE, OUTCOMES, NotNow, NotThere
from callcenter.rules.events import Body, Row
from callcenter.rules.scripted import APPROVED, OPEN, OWN, PROPOSED, REJECTED, STREAM
from callcenter.rules.scripts import BUILT_IN, LIFE_SAFETY, Scripts, Step, own_steps, step, why_not
from callcenter.settings import Emergency
from callcenter.store.database import Database, StoreUnavailable
from callcenter.store.log import Fill, Writing
from callcenter.store.scripts import ScriptStore

FRESH_SECONDS = 2.0
GATES = (*EVIDENCE, *OUTCOMES)
log = structlog.get_logger("scripts")


class Scripting(Scripts):
    """``seconds`` runs like ``time.monotonic``."""

    def __init__(self, database: Database, rules: Emergency, seconds: Callable[[], float] = time.monotonic):
        super().__init__()
        self.store, self.rules, self.seconds = ScriptStore(database), rules, seconds
        self.own: dict[int, list[Row]] = {}
        self._looked_at = float("-inf")

    # --- as the rules ask -----------------------------------------------------------------------------------------

    def script(self, name: str, number: int) -> tuple[Step, ...]:
        if number > self.newest:  # made by another process a moment ago
            self.look()
        return super().script(name, number)

    def look(self) -> None:
        """A store that cannot be read now changes nothing: a press is not lost for want of a newer script."""
        try:
            for row in self.store.after(self.newest):
                self.add(row)
            self.own = self.store.own()
        except StoreUnavailable as error:
            log.warning("the scripts could not be read anew", error=str(error)[:200])
            return
        self._looked_at = self.seconds()

    # --- what every call carries ----------------------------------------------------------------------------------

    def fills(self, others: Mapping[str, Fill]) -> dict[str, Fill]:
        """``others`` with what a call is opened with here besides."""

        def on_opening(w: Writing, stream: str, body: Body) -> Body:
            return self._on_opening(others["CallOpened"](w, stream, body) if "CallOpened" in others else body)

        return {**others, "CallOpened": on_opening}

    def _on_opening(self, body: Body) -> Body:
        """A call keeps from its first moment the script it is under, and the clocks of silence as they were set."""
        if self.seconds() - self._looked_at >= FRESH_SECONDS:
            self.look()
        more = {"script": self.newest, "speech_seconds": self.rules.speech_seconds,
                "prompt_seconds": self.rules.prompt_seconds}  # fmt: skip
        own = self.own.get(body.get("home_id") or 0)
        return {**body, **more, **({"own_steps": own} if own else {})}

    # --- changing them --------------------------------------------------------------------------------------------

    def base(self, name: str) -> int:
        """The version of a script that holds now; 0 is the built-in one."""
        return max((n for n, one in self.versions.items() if one["script"] == name), default=0)

    def propose(self, w: Writing, name: str, steps: Sequence[Step], base: int, why: str, user: Who) -> Row:
        """Raises ``NotNow`` when a script could lose what protects people, or was changed meanwhile."""
        if refusal := why_not(name, steps, GATES):
            code, message, fix, values = refusal
            raise NotNow(code, message, fix, **values)
        self.look()
        self._unchanged(name, base)
        number = self.store.last_number(w.conn) + 1
        written = [one.written() for one in steps]
        body = {"proposal": number, "script": name, "base": base, "steps": written, "why": why, "user_id": user.id,
                "name": user.name}  # fmt: skip
        w.append(STREAM, PROPOSED, body, actor(user))
        proposal = w.row("script_proposals", str(number)) or {}
        return proposal if name in LIFE_SAFETY else self._hold(w, proposal, user)

    def approve(self, w: Writing, number: int, user: Who) -> Row:
        """The second person. From the next call on it holds."""
        proposal = self._open(w, number)
        if proposal["by_id"] == user.id:
            raise NotNow("own_proposal", "Nobody approves their own proposal", "Ask another supervisor")
        self.look()
        self._unchanged(proposal["script"], proposal["base"])
        return self._hold(w, proposal, user)

    def reject(self, w: Writing, number: int, user: Who, words: str) -> Row:
        """Whoever proposed it may take it back; anybody else may say no."""
        self._open(w, number)
        w.append(STREAM, REJECTED, {"proposal": number, "name": user.name, "words": words}, actor(user))
        return w.row("script_proposals", str(number)) or {}

    def back_to(self, w: Writing, number: int, name: str, why: str, user: Who) -> Row:
        """An older version (0: the built-in one) as a new proposal."""
        self.look()
        if name not in BUILT_IN or (number and self.versions.get(number, {}).get("script") != name):
            raise NotThere(f"there is no version {number} of {name}")
        return self.propose(w, name, self.script(name, number), self.base(name), why, user)

    def _hold(self, w: Writing, proposal: Row, user: Who) -> Row:
        self.look()
        body = {
            "proposal": proposal["number"], "version": self.newest + 1, "script": proposal["script"],
            "steps": proposal["steps"], "why": proposal["why"], "by": proposal["by"], "user_id": user.id,
            "name": user.name,
        }  # fmt: skip
        w.append(STREAM, APPROVED, body, actor(user))
        self._looked_at = float("-inf")  # what is written here is read at the next opening
        return w.row("script_proposals", proposal["id"]) or {}

    def _unchanged(self, name: str, base: int) -> None:
        if self.base(name) != base:
            raise NotNow("moved_on", "This script was changed meanwhile", "Look at the new version, then propose again")

    @staticmethod
    def _open(w: Writing, number: int) -> Row:
        proposal = w.row("script_proposals", str(number))
        if proposal is None:
            raise NotThere(f"there is no proposal {number}")
        if proposal["stage"] != OPEN:
            raise NotNow("moved_on", "{name} has decided this proposal", "Look at the page again",
                         name=proposal["decided_by"])  # fmt: skip
        return proposal

    # --- a resident's own steps -----------------------------------------------------------------------------------

    def set_own(self, w: Writing, resident_id: int, text: str, user: Who) -> Row:
        """What is asked besides, from this resident's next call on."""
        resident = self.store.resident(resident_id)
        if resident is None:
            raise NotThere(f"there is no resident {resident_id}")
        body = {"resident": resident_id, "home": resident["home_id"], "words": text,
                "steps": own_steps(resident_id, text), "name": user.name}  # fmt: skip
        w.append(STREAM, OWN, body, actor(user))
        return w.row("own_steps", str(resident_id)) or {}


def as_steps(rows: Sequence[Row]) -> tuple[Step, ...]:
    return tuple(step(one) for one in rows)
