"""What a seat may send about services, bookings and call-backs; and the same read from the fields of a page's form."""

import re
from collections.abc import Mapping
from datetime import date
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Field, StringConstraints

from callcenter.pages.forms import Form, Number, Said
from dispatch.bookings import Wish
from dispatch.rules.recurring import Repeat

TIME = re.compile(r"([01]\d|2[0-3]):([0-5]\d)")
Words = Annotated[str, StringConstraints(strip_whitespace=True, max_length=500)]
Code = Annotated[str, StringConstraints(pattern=r"^[a-z0-9_-]{1,20}$")]
Skill = Literal["first_aid", "lift", "nursing", "bath", "technician"]
Outcome = Literal["service_done", "advice", "hospital", "refused", "other"]


def _time(text: str) -> str:
    if not TIME.fullmatch(text):
        raise ValueError("write it as 09:30")
    return text


def _day(text: str) -> str:
    try:
        found = date.fromisoformat(text)
    except ValueError:
        raise ValueError("write it as 2026-11-24") from None
    if not 2020 <= found.year <= 2100:
        raise ValueError("write it as 2026-11-24")
    return found.isoformat()


Time = Annotated[str, AfterValidator(_time)]
Day = Annotated[str, AfterValidator(_day)]


class When(Form):
    """A window: the visit begins between ``begin`` and ``end``."""

    day: Day
    begin: Time
    end: Time


class Again(Form):
    """Weekdays from 0, Monday, every so many weeks."""

    weekdays: Annotated[list[Annotated[int, Field(strict=True, ge=0, le=6)]], Field(max_length=7)] = []
    every: Annotated[int, Field(strict=True, ge=1, le=8)] = 1
    until: Day | None = None
    skip_holidays: bool = True
    except_on: Annotated[list[Day], Field(max_length=60)] = []


class Asked(When):
    service: Code
    home_id: Number | None = None
    resident_id: Number | None = None
    repeat: Again = Again()
    notes: Words = ""
    source: Literal["phone", "pager", "walk_in", "family", "grid"] = "phone"
    from_call: Annotated[str, StringConstraints(max_length=20)] | None = None
    anyway: bool = False


class Book(Asked):
    key: str


class Look(Asked):
    """Nothing is kept, so the key is not needed."""

    key: str = ""


class Move(When):
    key: str


class CallOff(Form):
    key: str
    reason: Said
    series: bool = False


class Service(Form):
    """One line of the catalogue."""

    key: str
    name: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=40)]
    name_en: Annotated[str, StringConstraints(strip_whitespace=True, max_length=60)] = ""
    minutes: Annotated[int, Field(strict=True, ge=5, le=600)] = 60
    skills: list[Skill] = []
    carers: Annotated[int, Field(strict=True, ge=1, le=2)] = 1
    interruptible: bool = True
    price: Annotated[int, Field(strict=True, ge=0, le=100_000)] = 0
    subsidy: Annotated[int, Field(strict=True, ge=0, le=100_000)] = 0
    within_hours: Annotated[int, Field(strict=True, ge=1, le=720)] = 48
    outcomes: list[Outcome] = []
    active: bool = True


class Rated(Form):
    key: str
    rating: Annotated[int, Field(strict=True, ge=1, le=5)]
    words: Words = ""


class Rung(Form):
    key: str
    words: Words = ""


def minutes(text: str) -> int:
    return int(text[:2]) * 60 + int(text[3:])


def wish(form: Asked) -> Wish:
    again = form.repeat
    repeat = Repeat(
        tuple(sorted(set(again.weekdays))), again.every, date.fromisoformat(again.until) if again.until else None,
        again.skip_holidays, tuple(map(date.fromisoformat, again.except_on)),
    )  # fmt: skip
    return Wish(
        form.service, date.fromisoformat(form.day), minutes(form.begin), minutes(form.end), form.home_id,
        form.resident_id, repeat, form.notes, form.source, form.from_call or None, form.anyway,
    )  # fmt: skip


def asked_in(fields: Mapping[str, Any], weekdays: list[str]) -> dict[str, Any]:
    """The fields of the booking page as ``Asked`` reads them; what is empty is left out."""
    plain = {name: fields[name] for name in ("service", "day", "begin", "end", "notes", "source", "from_call")
             if fields.get(name)}  # fmt: skip
    numbers = {name: int(fields[name]) for name in ("home_id", "resident_id") if fields.get(name, "").isdigit()}
    again: dict[str, Any] = {"weekdays": [int(one) for one in weekdays if one.isdigit()]}
    if fields.get("until"):
        again["until"] = fields["until"]
    if fields.get("every", "").isdigit():
        again["every"] = int(fields["every"])
    again["skip_holidays"] = fields.get("skip_holidays") == "1"
    again["except_on"] = re.findall(r"\d{4}-\d{2}-\d{2}", fields.get("except_on", ""))
    return {**plain, **numbers, "repeat": again, "anyway": fields.get("anyway") == "1"}


def service_in(fields: Mapping[str, Any], skills: list[str], outcomes: list[str]) -> dict[str, Any]:
    """The fields of the catalogue page as ``Service`` reads them."""
    numbers = {name: int(fields[name]) for name in ("minutes", "carers", "price", "subsidy", "within_hours")
               if fields.get(name, "").isascii() and fields.get(name, "").isdigit()}  # fmt: skip
    return {
        "key": fields.get("key", ""), "name": fields.get("name", ""), "name_en": fields.get("name_en", ""), **numbers,
        "skills": skills, "outcomes": outcomes, "interruptible": fields.get("interruptible") == "1",
        "active": fields.get("active") == "1",
    }  # fmt: skip
