"""The closing gate: what a person's case needs besides evidence before it may end. Each rule is somebody's death.

Nothing here may be configured off. A case about things is not held to it.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from callcenter.rules import sighting
from callcenter.rules.call import DEVICE_PRIORITY, PLUMBING_KINDS
from callcenter.rules.emergency import SEEN
from callcenter.rules.events import Row
from callcenter.rules.scripts import CALL_BACK, CLEAR, NO_ANSWER, SPEECH, Refusal, Step, missing

BEFORE_SECONDS = 8 * 3600.0  # how far back the cases of the same home count
EASY = frozenset({"false_alarm", "advice", "test"})  # reasons that cost nobody a walk
SPOKE, STOOD_DOWN = "spoke_clearly", "stood_down"
IN_THEIR_WORDS = frozenset({"false_alarm", "refused"})
WELL = frozenset({"well", "settled"})  # what a carer reports of somebody who needs nobody any more
NOT_FOUND = "absent"  # what a carer reports who met nobody


@dataclass(frozen=True)
class Closing:
    """What somebody wants to close with, and what is known: the script, the visits, the home's cases of before."""

    row: Row
    outcome: str
    evidence: str
    said: str
    supervisor: bool
    steps: Sequence[Step]
    visits: Sequence[Row]
    before: Sequence[Row]

    @property
    def heard_at(self) -> str:
        return self.row["script"].get("heard_at") or ""

    def answer(self, step: str) -> str:
        return str(self.row["script"].get("answers", {}).get(step, {}).get("answer", ""))


def is_of_a_person(row: Row) -> bool:
    return row["priority"] < DEVICE_PRIORITY and row["kind"] not in PLUMBING_KINDS


def why_not(closing: Closing) -> Refusal | None:
    """Why this case may not be closed so, as ``(code, message, fix)`` msgids and their values; None if it may."""
    if not is_of_a_person(closing.row):
        return None
    return next((refusal for rule in RULES if (refusal := rule(closing))), None)


# --- not found is not safe ---------------------------------------------------------------------------------------


def nobody_found(visits: Sequence[Row]) -> str:
    """When the last carer who arrived went away without having met anybody; empty if somebody was met."""
    been = [v for v in visits if v["arrived_at"] and v["ended_at"]]
    last = max(been, key=lambda v: v["ended_at"], default=None)
    return last["ended_at"] if last and (last["report"] or {}).get("condition") == NOT_FOUND else ""


def _not_found(c: Closing) -> Refusal | None:
    """Glasgow, McClenaghan: the crew left without looking."""
    gone_at = nobody_found(c.visits)
    if c.evidence == STOOD_DOWN and not gone_at:
        return "stood_down", "Only after a visit that found nobody", "Choose what is known of the person", {}
    if c.evidence == STOOD_DOWN and not c.supervisor:
        return (
            "stood_down",
            "Standing down without a sighting is a supervisor's decision",
            "Ask the supervisor to close it",
            {},
        )
    if gone_at and not sighting.crew_came(c.row) and (
        c.evidence == "was_seen" or (c.evidence == SPOKE and c.heard_at < gone_at)
    ):  # fmt: skip
        return (
            "not_found",
            "The carer found nobody: not found is not safe",
            "Find the person, hear them clearly after the visit, or have a supervisor decide",
            {},
        )
    return None


# --- silence is an emergency -------------------------------------------------------------------------------------


def _unheard(c: Closing) -> Refusal | None:
    """Kleiven, Queensland: what was not clearly said was not said."""
    asked = c.answer(SPEECH)
    silent = c.row["unheard"] or (c.row["script"].get("unclear") and not c.heard_at) or (asked and asked != CLEAR)
    if c.evidence == SPOKE and silent and not c.heard_at:
        fix = "Ring back until you are answered clearly (F12), or send a carer"
        return "unheard", "Nobody has been heard clearly", fix, {}
    return None


def _no_answer(c: Closing) -> Refusal | None:
    """Barratt: the landline was not answered, and she was taken to have rolled on her pendant."""
    if c.answer(CALL_BACK) == NO_ANSWER and c.evidence not in SEEN and c.outcome in EASY:
        said = "Nobody answered when you rang back: that is no false alarm"
        return "no_answer", said, "Reach the person, or send a carer", {}
    return None


def unclear_presses(row: Row, before: Sequence[Row]) -> int:
    """Presses of this home within eight hours in which nobody was clearly heard, this case's own among them."""
    own = len(row["script"].get("unclear", ()))
    return own + sum(len(one["script"].get("unclear", ())) for one in before) if own else 0


def visit_owed(row: Row, before: Sequence[Row]) -> bool:
    """Kleiven: pressed four times in a night, judged to be asleep. The second unclear press is looked at."""
    return unclear_presses(row, before) >= 2 and not sighting.somebody_came(row)


def _second_unclear(c: Closing) -> Refusal | None:
    if c.evidence == SPOKE and visit_owed(c.row, c.before):
        return (
            "visit_owed",
            "{presses} unclear presses of this home within eight hours: somebody has to look",
            "Send a carer and wait for the arrival (F4)",
            {"presses": unclear_presses(c.row, c.before)},
        )
    return None


# --- words, and not the same words again -------------------------------------------------------------------------


def _said(c: Closing) -> Refusal | None:
    if c.outcome in IN_THEIR_WORDS and not c.said:
        return "said", "The person's own words are missing", "Write what the person said, word for word", {}
    return None


def _same_reason(c: Closing) -> Refusal | None:
    """Luleå: eight presses, each closed by the same words."""
    if c.outcome not in EASY or c.evidence in SEEN:
        return None
    same = next((one for one in c.before if one["outcome"] == c.outcome and one["evidence"] not in SEEN), None)
    if same is None:
        return None
    return (
        "same_reason",
        "Case {other} of this home was closed for the same reason, and nobody has been seen since",
        "Send a carer, or close it for what it really is",
        {"other": same["id"]},
    )


def _script(c: Closing) -> Refusal | None:
    found = missing(c.steps, c.row["script"].get("answers", {}), c.evidence, c.outcome)
    if found:
        values = {"steps": found, "missing": [one.id for one in found]}
        return "steps", "Steps of the script are missing: {steps}", "Answer them (F12), then close", values
    return None


RULES: tuple[Callable[[Closing], Refusal | None], ...] = (
    _not_found, _unheard, _no_answer, _second_unclear, _said, _same_reason, _script,
)  # fmt: skip
