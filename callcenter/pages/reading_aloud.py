"""What is read out to 120, 119 or 110, in the order they ask: where and how in, what, who, dangers, who meets them."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from flask_babel import gettext

from callcenter.pages import terms
from callcenter.rules.reading_aloud import Line, fitting, seconds

Row = Mapping[str, Any]
_: Callable[..., str] = gettext
MOST_DANGERS = 3
KINDS_OF_NOTE = ("", "medicine", "allergy")
COMING = ("going", "there", "reported")


def read_aloud(card: Row, centre_phone: str) -> dict[str, Any]:
    """``{now, more, seconds}``; each line is ``[title, text]``. What nobody knows is not read out but shown as such."""
    lines = [line for line in _lines(card, centre_phone) if line.text]
    now, more = fitting(lines)
    return {"now": [list(line) for line in now], "more": [list(line) for line in more],
            "seconds": round(sum(seconds(line.text) for line in now))}  # fmt: skip


def _lines(card: Row, centre_phone: str) -> list[Line]:
    call, home, people = card["call"], card["home"] or {}, card["residents"]
    met = call["emergency"].get("meets") or {}
    return [
        Line(_("Where"), _where(call, home)),
        Line(_("What happened"), _what(call)),
        Line(_("How to get in"), "，".join(part for part in (home.get("way_in", ""), _floor(home)) if part)),
        Line(_("Who"), "；".join(_who(one) for one in people)),
        Line(_("Take care"), "，".join(notes(people, "", True)[:MOST_DANGERS])),
        Line(_("Allergies"), "，".join(notes(people, "allergy"))),
        Line(_("Meets you"), " ".join(str(met[part]) for part in ("where", "person", "phone") if met.get(part))),
        Line(_("Call back"), centre_phone),
        Line(_("Medicines"), "，".join(notes(people, "medicine"))),
        Line(_("On the way"), "，".join(_coming(call))),
        Line(_("Key"), str(home.get("key_holder") or "")),
        Line(_("Also ill with"), "，".join(notes(people, "", False))),
    ]


def _where(call: Row, home: Row) -> str:
    if not home:
        return next((str(one["place"]) for one in call.get("callers") or () if one.get("place")), "")
    parts = [home["community"] if home["community"] not in home["address"] else "", home["address"],
             home["building"], home["unit"], home["door"]]  # fmt: skip
    return " ".join(part for part in parts if part)


def _what(call: Row) -> str:
    ticked = [terms.word(terms.CRITERIA, str(code)) for code in call["emergency"].get("criteria") or ()]
    return "，".join(ticked or [terms.kind_text(str(kind)) for kind in call["kinds"]])


def _floor(home: Row) -> str:
    floor = _("floor %(n)s", n=home["floor"]) if home.get("floor") else ""
    lift = _("no lift") if home.get("lift") is False else ""
    return " ".join(part for part in (floor, lift) if part)


def _who(person: Row) -> str:
    sex = {"F": _("woman"), "M": _("man")}.get(person["sex"], "")
    age = _("%(n)s years", n=person["age"]) if person["age"] is not None else ""
    tongue = _("speaks %(language)s", language=terms.word(terms.LANGUAGES, person["language"]))
    speaks = tongue if person["language"] not in ("", "zh") else ""
    return " ".join(part for part in (person["name"], sex, age, speaks) if part)


def notes(people: Sequence[Row], kind: str, critical: bool | None = None) -> list[str]:
    """The health notes of one kind; of illnesses the critical ones, or the others."""
    found = [note for person in people for note in person["health"] if note["kind"] == kind]
    return [str(note["text"]) for note in found if critical is None or note["critical"] == critical]


def _coming(call: Row) -> list[str]:
    """Family and neighbours who have said that they come; the newest visit's carer stands on the card beside it."""
    people = [one for one in call["responders"].values() if one["state"] in COMING]
    return [" ".join(part for part in (terms.word(terms.RESPONDERS, one["kind"]), one["name"], one["phone"]) if part)
            for one in people]  # fmt: skip
