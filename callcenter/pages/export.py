"""One call as one line of an export: stamps in the centre's zone, seconds for every step, and what was late.

Whoever is not named is not placed either: a door number is a name. Both come only with ``names``.
"""

from collections.abc import Callable
from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _

from callcenter.pages import names
from callcenter.report import Listed
from callcenter.rules.figures import STEPS
from callcenter.sheets import Cell, Column

Local = Callable[[str | None], str]
Part = tuple[Any, Callable[[Listed], Cell], int]  # title, value, width


def _word(column: str, words: names.Names) -> Callable[[Listed], Cell]:
    return lambda one: names.named(words, one.row[column]) if one.row[column] is not None else None


def _plain(column: str) -> Callable[[Listed], Cell]:
    return lambda one: one.row[column]


FIRST: tuple[Part, ...] = (
    (_("Call"), _plain("id"), 16),
    (_("Priority"), _word("priority", names.PRIORITIES), 8),
    (_("Kind"), _word("kind", names.KINDS), 14),
    (_("Source"), _word("source", names.SOURCES), 10),
    (_("Account"), _plain("account"), 12),
    (_("Community"), _plain("community"), 14),
    (_("Station"), _plain("station"), 24),
    (_("Operator"), _plain("holder_name"), 10),
    (_("Answers for it"), _plain("owner_name"), 10),
    (_("Carer"), lambda one: "、".join(dict.fromkeys(one.row["carers"])), 12),
    (_("Stage"), _word("stage", names.CALL_STAGES), 10),
    (_("Order"), lambda one: names.named(names.ORDERS, one.row["order_state"]), 10),
    (_("Rating"), _plain("rating"), 8),
    (_("Outcome"), _word("outcome", names.OUTCOMES), 14),
    (_("Evidence"), _word("evidence", names.EVIDENCE), 14),
)
NAMED: tuple[Part, ...] = (
    (_("Resident"), lambda one: "、".join(one.row["names"]), 14),
    (_("Place"), _plain("place"), 24),
)
STAMPS = dict.fromkeys(name for step in STEPS.values() for name in (step.start, step.end))
STAMP_NAMES: names.Names = {
    "opened_at": _("Opened at"),
    "answered_at": _("Answered at"),
    "requested_at": _("Visit requested at"),
    "accepted_at": _("Accepted at"),
    "departed_at": _("Departed at"),
    "arrived_at": _("Arrived at"),
    "finished_at": _("Finished at"),
    "closed_at": _("Closed at"),
}


def _first(with_names: bool) -> tuple[Part, ...]:
    return FIRST + NAMED if with_names else FIRST


def columns(with_names: bool) -> tuple[Column, ...]:
    seconds = gettext("seconds")
    return (
        *(Column(str(title), width=width) for title, _value, width in _first(with_names)),
        Column(gettext("Presses"), "number", 8),
        *(Column(names.named(STAMP_NAMES, name), "moment", 19) for name in STAMPS),
        *(Column(f"{names.STEPS[name]} ({seconds})", "number", 14) for name in STEPS),
        Column(gettext("Late steps"), width=24),
    )


def line(one: Listed, with_names: bool, local: Local) -> list[Cell]:
    return [
        *(value(one) for _title, value, _width in _first(with_names)),
        one.row["presses"],
        *(local(one.row[name]) for name in STAMPS),
        *(None if one.seconds[name] is None else round(one.seconds[name] or 0.0, 1) for name in STEPS),
        "、".join(names.named(names.STEPS, name) for name in one.late),
    ]


def about(said: dict[str, str | list[str]], by: str, made_at: str, with_names: bool) -> tuple[tuple[str, str], ...]:
    """What was asked for, by whom and when: a file is read long after its address is forgotten."""
    asked = "&".join(f"{name}={','.join(word) if isinstance(word, list) else word}" for name, word in said.items())
    kept = gettext("with names") if with_names else gettext("without names")
    return (
        (gettext("Made at"), made_at),
        (gettext("Made by"), by),
        (gettext("Filters"), asked),
        (gettext("Personal data"), kept),
        (gettext("Times"), gettext("local time of the centre; durations in seconds")),
    )
