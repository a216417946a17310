"""Scripts (处置流程) by version: what an operator asks and does, step by step, for each kind of signal.

A version replaces the script of one kind and never changes; a call keeps the number it began under. Version 0 is
``default_scripts.py``. A step: ``{id, zh, en, ask, must, gates, options}``; ``gates`` are the evidence and outcomes for
which the answer is demanded, empty is every closing; an option is ``{code, zh, en, causes}``. What an answer causes is
a criterion of ``rules/emergency.py``, or one word about the voice: ``clear`` or ``silent``.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from callcenter.rules.criteria import TICKED
from callcenter.rules.default_scripts import DEFAULTS, Line
from callcenter.rules.events import Row

TICK, YES_NO, CHOICE, TEXT = "tick", "yes_no", "choice", "text"
ASKS = (TICK, YES_NO, CHOICE, TEXT)
YES, NO, DONE = "yes", "no", "done"
CLEAR, SILENT = "clear", "silent"
SPEECH, CALL_BACK, NO_ANSWER = "speech", "call_back", "no_answer"
CAUSES = (*TICKED, CLEAR, SILENT)
MOST_STEPS, LONGEST_WORDS, LONGEST_ANSWER = 12, 120, 500
SCRIPTS = tuple(DEFAULTS)
# Which script a kind of signal is worked by; whatever is not named here is a thing, not a person.
SCRIPT_OF: Mapping[str, str] = {
    "smoke": "smoke", "gas": "gas", "carbon_monoxide": "gas", "duress": "duress", "sos": "sos", "fall": "fall",
    "carer_sos": "carer", "inactivity": "inactivity", "wandering": "wandering", "unknown": "unknown",
    "device_silent": "welfare", "welfare": "welfare", "water": "house", "temperature": "house", "intrusion": "house",
    "door": "house", "medication": "medication", "family": "family", "service": "service", "booking": "service",
    "request": "service",
}  # fmt: skip
# Two people change these: somebody may die of a wrong step.
LIFE_SAFETY = frozenset(
    {"smoke", "gas", "duress", "sos", "fall", "carer", "inactivity", "wandering", "unknown", "welfare", "house"}
)
# May not be edited away: whether a person was heard is asked wherever a person may be lying.
SPOKEN_TO = frozenset({"smoke", "gas", "sos", "fall", "inactivity", "wandering", "unknown", "welfare"})


@dataclass(frozen=True)
class Option:
    code: str
    zh: str
    en: str
    causes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Step:
    id: str
    zh: str
    en: str
    ask: str = TICK
    must: bool = False
    gates: tuple[str, ...] = ()
    options: tuple[Option, ...] = ()

    def demanded(self, evidence: str, outcome: str) -> bool:
        """Does closing with this evidence and outcome need its answer?"""
        return self.must and (not self.gates or evidence in self.gates or outcome in self.gates)

    def causes(self, answer: str) -> tuple[str, ...]:
        return next((one.causes for one in self.options if one.code == answer), ())

    def takes(self, answer: str) -> bool:
        """Is this an answer to it? A text may be anything that is not empty."""
        if self.ask == TEXT:
            return 0 < len(answer) <= LONGEST_ANSWER
        return answer in self.codes

    @property
    def codes(self) -> tuple[str, ...]:
        if self.ask in (TICK, TEXT):
            return (DONE,) if self.ask == TICK else ()
        return tuple(one.code for one in self.options)

    def written(self) -> Row:
        return asdict(self)


def step(row: Mapping[str, Any]) -> Step:
    """A step as it was ``written``."""
    options = (Option(one["code"], one["zh"], one["en"], tuple(one["causes"])) for one in row["options"])
    return Step(row["id"], row["zh"], row["en"], row["ask"], row["must"], tuple(row["gates"]), tuple(options))


def _default(line: Line) -> Step:
    ident, zh, en, ask, must, gates, options = line
    return Step(ident, zh, en, ask, must, tuple(gates), tuple(Option(*one) for one in options))


BUILT_IN: Mapping[str, tuple[Step, ...]] = {name: tuple(map(_default, lines)) for name, lines in DEFAULTS.items()}


def script_of(kinds: Iterable[str]) -> str:
    """The script of everything heard in a call: the gravest kind decides, smoke before any voice."""
    heard = set(kinds)
    return next((script for kind, script in SCRIPT_OF.items() if kind in heard), "device")


class Scripts:
    """Every version. ``of`` are the steps of a call."""

    def __init__(self, versions: Iterable[Row] = ()):
        self.versions: dict[int, Row] = {}
        self._steps: dict[tuple[int, str], tuple[Step, ...]] = {}
        for one in versions:
            self.add(one)

    def add(self, version: Row) -> None:
        self.versions[version["number"]] = version
        self._steps.clear()

    @property
    def newest(self) -> int:
        return max(self.versions, default=0)

    def script(self, name: str, number: int) -> tuple[Step, ...]:
        """The steps of a script as they stood at a version."""
        found = self._steps.get((number, name))
        if found is None:
            mine = [v for n, v in sorted(self.versions.items()) if n <= number and v["script"] == name]
            found = tuple(step(one) for one in mine[-1]["steps"]) if mine else BUILT_IN[name]
            self._steps[number, name] = found
        return found

    def of(self, call: Row) -> tuple[Step, ...]:
        """The steps of its kind, as they stood when it began, and those of whoever lives there."""
        own = tuple(step(one) for one in call["script"].get("own", ()))
        return (*self.script(script_of(call["kinds"]), call["script"].get("version", 0)), *own)


def missing(steps: Sequence[Step], answers: Mapping[str, Any], evidence: str, outcome: str) -> list[Step]:
    """The steps that this closing demands and nobody has answered."""
    return [one for one in steps if one.demanded(evidence, outcome) and one.id not in answers]


# --- a version that may be ---------------------------------------------------------------------------------------

_ID = re.compile(r"[a-z][a-z0-9_]{0,23}")
Refusal = tuple[str, str, str, Row]


def why_not(name: str, steps: Sequence[Step], gates: Sequence[str]) -> Refusal | None:
    """Why these steps cannot be a script, as ``(code, message, fix)`` msgids and what belongs to them, or None."""
    if name not in BUILT_IN:
        return "script", "There is no script {name}", "Choose one of the list", {"name": name}
    if not 0 < len(steps) <= MOST_STEPS:
        return "steps", "A script has 1 to {most} steps", "An operator does them under stress", {"most": MOST_STEPS}
    if len({one.id for one in steps}) < len(steps):
        return "twice", "Two steps have the same id", "Give each its own", {}
    for number, one in enumerate(steps, start=1):
        if fault := _fault(one, gates):
            return "step", "Step {number}: {fault}", "Mend the step, then propose it again", {
                "number": number, "fault": fault}  # fmt: skip
    if name in SPOKEN_TO and not any(_asks_for_a_voice(one) for one in steps):
        return (
            "speech",
            "This script must ask whether the person is heard clearly, before “spoke clearly” may end the case",
            "Keep the step speech mandatory, with an answer that causes clear and one that causes silent",
            {},
        )
    return None


def _asks_for_a_voice(one: Step) -> bool:
    caused = {cause for option in one.options for cause in option.causes}
    demanded = one.must and (not one.gates or "spoke_clearly" in one.gates)
    return one.id == SPEECH and demanded and {CLEAR, SILENT} <= caused


def _fault(one: Step, gates: Sequence[str]) -> str:
    if not _ID.fullmatch(one.id):
        return f"id: {one.id[:24]}"
    if not 0 < len(one.zh) <= LONGEST_WORDS or len(one.en) > LONGEST_WORDS:
        return "zh, en"
    if one.ask not in ASKS:
        return f"ask: {one.ask[:24]}"
    if odd := [gate for gate in one.gates if gate not in gates]:
        return f"gates: {odd[0][:24]}"
    if (one.ask in (YES_NO, CHOICE)) != bool(one.options) or len({o.code for o in one.options}) < len(one.options):
        return "options"
    if one.ask == YES_NO and [o.code for o in one.options] != [YES, NO]:
        return "options: yes, no"
    for option in one.options:
        if not _ID.fullmatch(option.code) or not option.zh or any(cause not in CAUSES for cause in option.causes):
            return f"options: {option.code[:24]}"
    if one.id != SPEECH and any(cause in (CLEAR, SILENT) for o in one.options for cause in o.causes):
        return "causes: clear, silent"  # only that step is about the voice
    return ""


def changes(before: Sequence[Step], after: Sequence[Step]) -> list[tuple[str, Step | None, Step | None]]:
    """What is different, as ``(id, before, after)``: left out, new, or changed; and what only moved, last."""
    old, new = {one.id: one for one in before}, {one.id: one for one in after}
    found: list[tuple[str, Step | None, Step | None]] = [
        (ident, old.get(ident), new.get(ident)) for ident in {**old, **new} if old.get(ident) != new.get(ident)
    ]
    if not found and [one.id for one in before] != [one.id for one in after]:
        found = [(one.id, one, one) for one in after]
    return found


# --- a resident's own steps --------------------------------------------------------------------------------------


def own_steps(resident_id: int, text: str) -> list[Row]:
    """One step a line: ``!`` before it makes it mandatory, a question mark behind it a yes-no question."""
    lines = [line.strip() for line in text.splitlines() if line.strip()][:MOST_STEPS]
    found = []
    for number, line in enumerate(lines, start=1):
        must, words = line.startswith(("!", "！")), line.lstrip("!！ ")[:LONGEST_WORDS]
        asks = words.endswith(("?", "？"))
        options = (Option(YES, "是", "yes"), Option(NO, "否", "no")) if asks else ()
        ident = f"own{resident_id}_{number}"
        if words:
            found.append(Step(ident, words, "", YES_NO if asks else TICK, must, (), options).written())
    return found
