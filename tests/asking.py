"""What a good operator does before closing: the script is asked, and the person's own words are written down."""

from collections.abc import Callable
from datetime import datetime
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

from callcenter.answered import Answered
from callcenter.rules.closing import IN_THEIR_WORDS, is_of_a_person
from callcenter.rules.events import Row
from callcenter.rules.scripts import Step, missing
from callcenter.scripting import Scripting
from callcenter.settings import Emergency
from callcenter.store.database import Database
from callcenter.store.log import Writing

if TYPE_CHECKING:
    from tests.conftest import Rehearsal

SAID = "我没事，不用来"


def scripting(database: Database, clock: Callable[[], datetime]) -> Scripting:
    return Scripting(database, Emergency(), lambda: clock().timestamp())


def script(rehearsal: "Rehearsal", call: Row, answers: Row, user: Any = None) -> Row:
    """Steps of the script are answered; returns the call afterwards."""
    with rehearsal.log.writing() as w:
        answered = Answered(rehearsal.desk, lambda: rehearsal.now)
        return answered.answer(w, call["id"], user or rehearsal.operator, answers)


def about(rehearsal: "Rehearsal", call: Row) -> Row:
    """What a card says of the script and of the home's cases of before."""
    return Answered(rehearsal.desk, lambda: rehearsal.now).about(rehearsal.call(call))


def before_closing(rehearsal: "Rehearsal", w: Writing, call: Row, user: Any, ending: Row) -> Row:
    """The steps that this ending demands are answered; returns the ending with the words it needs.

    Not in a case in which nobody was heard: what the desk says to that is the story's own business.
    """
    row = w.row("calls", call["id"]) or {}
    asked = missing(rehearsal.scripts.of(row), row["script"]["answers"], ending["evidence"], ending["outcome"])
    if row["stage"] == "answered" and asked and is_of_a_person(row) and not row["unheard"]:
        who = user or SimpleNamespace(id=row["holder_id"], name=row["holder_name"])
        answered = Answered(rehearsal.desk, lambda: rehearsal.now)
        answered.answer(w, row["id"], who, {one.id: calmest(one) for one in asked})
    return {"said": SAID, **ending} if ending["outcome"] in IN_THEIR_WORDS else ending


def calmest(step: Step) -> str:
    """The answer that asks for nobody, as most presses end."""
    harmless = [one.code for one in step.options if not set(one.causes) - {"clear"}]
    return (harmless or [*step.codes, "在家"])[0]
