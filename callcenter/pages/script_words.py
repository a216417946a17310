"""Scripts and tasks in words: steps in the reader's language, their lines of the timeline, the lists of the pages."""

from collections.abc import Callable, Mapping
from typing import Any

from flask_babel import get_locale, gettext, lazy_gettext

from callcenter.pages.terms import CRITERIA, Words, word
from callcenter.rules.events import Row
from callcenter.rules.scripts import DONE, TEXT, TICK, Option, Step

Body = Mapping[str, Any]
_: Callable[..., str] = gettext

SCRIPTS: Words = {
    "smoke": lazy_gettext("Smoke"),
    "gas": lazy_gettext("Gas and carbon monoxide"),
    "duress": lazy_gettext("Duress"),
    "sos": lazy_gettext("Help key (SOS)"),
    "fall": lazy_gettext("Fall"),
    "carer": lazy_gettext("A carer asks for help"),
    "inactivity": lazy_gettext("No movement"),
    "wandering": lazy_gettext("Left the area"),
    "unknown": lazy_gettext("Unknown signal"),
    "welfare": lazy_gettext("Welfare call, silent device"),
    "house": lazy_gettext("Water, temperature, door, break-in"),
    "medication": lazy_gettext("Medicine not taken"),
    "family": lazy_gettext("Family key"),
    "service": lazy_gettext("Service, booking, telephone"),
    "device": lazy_gettext("Device items"),
}
ASKS: Words = {
    "tick": lazy_gettext("tick"),
    "yes_no": lazy_gettext("yes or no"),
    "choice": lazy_gettext("choice"),
    "text": lazy_gettext("words"),
}
VOICES: Words = {
    "clear": lazy_gettext("the person is heard clearly"),
    "silent": lazy_gettext("nobody is heard: the clock of silence"),
}
TASKS: Words = {
    "call_back": lazy_gettext("Call back"),
    "check_door": lazy_gettext("Check at the door"),
    "tell_family": lazy_gettext("Tell the family"),
    "device": lazy_gettext("Device"),
    "other": lazy_gettext("Something else"),
}
ROLES: Words = {
    "operator": lazy_gettext("Any operator"),
    "head": lazy_gettext("A head of station"),
    "supervisor": lazy_gettext("A supervisor"),
}


def lists() -> dict[str, dict[str, str]]:
    """For the console's script."""
    found = {"scripts": SCRIPTS, "tasks": TASKS, "task_roles": ROLES}
    return {name: {code: str(text) for code, text in words.items()} for name, words in found.items()}


def said(one: Step | Option) -> str:
    """Its words in the reader's language; Chinese where nobody has written others."""
    return one.en if str(get_locale()) == "en" and one.en else one.zh


def caused(cause: str) -> str:
    return word(VOICES, cause) if cause in VOICES else word(CRITERIA, cause)


def in_words(values: Row) -> Row:
    """What belongs to a refusal, with steps spelled out."""
    steps = values.get("steps")
    return (
        {**values, "steps": "、".join(f"“{said(one)}”" for one in steps)} if isinstance(steps, list) else dict(values)
    )


def shown(one: Step) -> Row:
    """A step as a console draws it."""
    options = [{"code": o.code, "words": said(o), "causes": list(o.causes)} for o in one.options]
    if one.ask == TICK:
        options = [{"code": DONE, "words": _("Done"), "causes": []}]
    return {"id": one.id, "words": said(one), "ask": one.ask, "must": one.must, "gates": list(one.gates),
            "options": options, "text": one.ask == TEXT}  # fmt: skip


# --- lines of the timeline ---------------------------------------------------------------------------------------


def _answered(b: Body, who: str) -> str:
    return _("%(who)s: %(step)s %(answer)s", who=who, step=b.get("words", b.get("step", "")),
             answer=b.get("said") or b.get("answer", ""))  # fmt: skip


def _proposed(b: Body, who: str) -> str:
    return _("%(who)s proposes another script: %(script)s", who=who, script=word(SCRIPTS, str(b.get("script", ""))))


def _approved(b: Body, who: str) -> str:
    return _("%(who)s put version %(n)s of a script into force: %(script)s", who=who, n=b.get("version", ""),
             script=word(SCRIPTS, str(b.get("script", ""))))  # fmt: skip


def _owner(b: Body) -> str:
    return str(b.get("owner_name") or word(ROLES, str(b.get("role", ""))))


def _made(b: Body, who: str) -> str:
    return _("%(who)s made a task for %(owner)s: %(words)s", who=who, owner=_owner(b), words=b.get("words", ""))


TELL: Mapping[str, Callable[[Body, str], str]] = {
    "StepAnswered": _answered,
    "ScriptProposed": _proposed,
    "ScriptApproved": _approved,
    "ScriptRejected": lambda b, who: _("%(who)s rejected a script: %(why)s", who=who, why=b.get("words", "")),
    "OwnStepsChanged": lambda _b, who: _("%(who)s changed what is asked of a resident besides", who=who),
    "TaskMade": _made,
    "TaskDue": lambda b, _who: _("A task is due: %(task)s (%(owner)s)", task=b.get("task", ""), owner=_owner(b)),
    "TaskOverdue": lambda b, _who: _(
        "A task is overdue: %(task)s (%(owner)s)", task=b.get("task", ""), owner=_owner(b)
    ),
    "TaskHandedOver": lambda b, who: _(
        "%(who)s handed task %(task)s to %(owner)s", who=who, task=b.get("task", ""), owner=_owner(b)
    ),
    "TaskDone": lambda b, who: _(
        "%(who)s has done task %(task)s: %(result)s", who=who, task=b.get("task", ""), result=b.get("result", "")
    ),
}
