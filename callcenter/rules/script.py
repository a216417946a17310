"""What a call remembers of its script: the answers, who was heard and when, the clock of a call without clear speech.

``calls.script`` is ``{"version": n, "own": [step], "speech": seconds, "answers": {step: {answer, by, at}},
"heard_at": stamp or None, "unclear": [{press, at}], "linked": earlier call or None}``, with what ``sighting.py`` keeps.
``calls.speech_due_at`` is the moment at which nobody has been heard clearly for too long: somebody is sent and the
family asked, without a word.
"""

from collections.abc import Callable, Mapping

from callcenter.rules import sighting
from callcenter.rules.events import Event, Row
from callcenter.rules.scripts import CLEAR, SPEECH
from callcenter.rules.times import later

KINDS = ("StepAnswered",)
STEP = "speech"  # of the clock
# Kinds in which somebody wants to be talked to. Whoever is under threat is not to be made to speak.
TALKING = frozenset({"sos", "fall", "inactivity", "wandering", "medication", "family", "service", "unknown"})
# Nobody is sent unasked into smoke, gas or violence, neither carers nor family: an operator and the brigade decide.
DANGER = frozenset({"smoke", "gas", "carbon_monoxide", "duress"})
DANGEROUS = frozenset({"smoke", "gas", "trapped", "violence"})  # criteria
LINES = ("pager", "webhook")  # where a case comes without anybody's words
URGENT = 2
MOST_SECONDS = 60.0  # may be set shorter, never longer


def opened(body: Row) -> Row:
    """The columns of a new call. One of before there were scripts has no clock for speech."""
    script = {
        "version": body.get("script", 0), "own": body.get("own_steps", []), "speech": body.get("speech_seconds", 0),
        "answers": {}, "heard_at": None, "unclear": [], "linked": body.get("linked"),
    }  # fmt: skip
    return {"script": script, "speech_due_at": None, "said": ""}


def _with(row: Row, **changed: object) -> Row:
    return {**row, "script": {**row["script"], **changed}}


def must_be_heard(row: Row) -> bool:
    """Is this an urgent press of a person in a home, and has nobody of ours been there?"""
    kinds = set(row["kinds"])
    urgent = row["priority"] <= URGENT and row["source"] in LINES and row["home_id"] is not None
    return urgent and bool(kinds & TALKING) and not kinds & DANGER and not sighting.carer_came(row)


def is_dangerous(row: Row) -> bool:
    """May nobody be sent there without an operator's word?"""
    return bool(set(row["kinds"]) & DANGER or set(row["emergency"].get("criteria", ())) & DANGEROUS)


def listening(row: Row, at: str) -> Row:
    """An operator has taken it up, now or again: from here somebody must be heard."""
    script = row["script"]
    if not script["speech"] or script["heard_at"] or not must_be_heard(row):
        return row
    return {**row, "speech_due_at": later(at, script["speech"])}


def _answer(row: Row, e: Event, step: str, answer: str) -> dict[str, Row]:
    one = {"answer": answer, "by": e.body.get("name") or e.actor.partition(" ")[2], "at": e.at}
    return {**row["script"]["answers"], step: one}


def _answered(row: Row, e: Event) -> Row:
    return _with(row, answers=_answer(row, e, e.body["step"], e.body["answer"]))


def heard(row: Row, e: Event) -> Row:
    """Somebody was heard clearly, whoever wrote it down and how."""
    answers = row["script"]["answers"]
    if answers.get(SPEECH, {}).get("answer") != CLEAR or answers[SPEECH]["at"] != e.at:
        answers = _answer(row, e, SPEECH, CLEAR)
    return {**_with(row, heard_at=e.at, answers=answers), "speech_due_at": None}


def unclear(row: Row, e: Event) -> Row:
    """Nobody was heard clearly at this press. It is kept although somebody may be heard later: Kleiven."""
    known = row["script"]["unclear"]
    if not any(one["press"] == row["presses"] for one in known):
        known = [*known, {"press": row["presses"], "at": e.at}]
    answers = row["script"]["answers"]
    if answers.get(SPEECH, {}).get("answer") == CLEAR:  # not any more
        answers = {step: one for step, one in answers.items() if step != SPEECH}
    return _with(row, unclear=known, heard_at=None, answers=answers)


def missed(row: Row, e: Event) -> Row:
    """The clock has rung: it is a silence like any other."""
    return {**unclear(row, e), "speech_due_at": None}


def asked_anew(row: Row) -> Row:
    """Pressed again, or opened again: what was heard before says nothing of now. The other answers stay."""
    answers = {step: one for step, one in row["script"]["answers"].items() if step != SPEECH}
    return _with(row, heard_at=None, answers=answers)


def quiet(row: Row) -> Row:
    """Somebody of ours is there, or it is over: the clock stops."""
    return {**row, "speech_due_at": None}


def due(row: Row) -> tuple[str, str] | None:
    return (row["speech_due_at"], STEP) if row["speech_due_at"] else None


AFTER: Mapping[str, Callable[[Row, Event], Row]] = {"StepAnswered": _answered}
