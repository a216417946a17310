"""How the tables ``scripts``, ``script_proposals`` and ``own_steps`` follow the log."""

from dataclasses import dataclass

from callcenter.rules.call import NotNow
from callcenter.rules.events import Event, Row

STREAM = "scripts"
PROPOSED, APPROVED, REJECTED, OWN = "ScriptProposed", "ScriptApproved", "ScriptRejected", "OwnStepsChanged"
OPEN = "open"


@dataclass(frozen=True, slots=True)
class ScriptPicture:
    """A version is written once."""

    table: str = "scripts"

    def key(self, event: Event) -> str | None:
        return str(event.body["version"]) if event.kind == APPROVED else None

    def after(self, row: Row | None, event: Event) -> Row:
        b = event.body
        if row is not None:
            raise NotNow("not_now", "A version of a script is never changed", "Make a new one")
        return {
            "id": str(b["version"]), "number": b["version"], "script": b["script"], "steps": b["steps"], "at": event.at,
            "by": b["by"], "approved_by": b["name"], "why": b["why"],
        }  # fmt: skip


@dataclass(frozen=True, slots=True)
class ProposalPicture:
    """A proposal is decided once."""

    table: str = "script_proposals"

    def key(self, event: Event) -> str | None:
        return str(event.body["proposal"]) if event.kind in (PROPOSED, APPROVED, REJECTED) else None

    def after(self, row: Row | None, event: Event) -> Row:
        b = event.body
        if event.kind == PROPOSED:
            return {
                "id": str(b["proposal"]), "number": b["proposal"], "stage": OPEN, "script": b["script"],
                "base": b["base"], "steps": b["steps"], "why": b["why"], "at": event.at, "by": b["name"],
                "by_id": b["user_id"], "decided_at": None, "decided_by": None, "words": "",
            }  # fmt: skip
        if row is None or row["stage"] != OPEN:
            raise NotNow("moved_on", "This proposal has been decided", "Look at the page again")
        stage = "approved" if event.kind == APPROVED else "rejected"
        return {**row, "stage": stage, "decided_at": event.at, "decided_by": b["name"], "words": b.get("words", "")}


@dataclass(frozen=True, slots=True)
class OwnStepsPicture:
    table: str = "own_steps"

    def key(self, event: Event) -> str | None:
        return str(event.body["resident"]) if event.kind == OWN else None

    def after(self, row: Row | None, event: Event) -> Row:
        b = event.body
        return {
            "id": str(b["resident"]), "resident_id": b["resident"], "home_id": b["home"], "words": b["words"],
            "steps": b["steps"], "at": event.at, "by": b["name"],
        }  # fmt: skip
