"""What is wrong with a roster, in words: where, when, and what to do about it."""

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import date, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from flask_babel import gettext, lazy_gettext
from flask_babel.speaklater import LazyString

from callcenter.pages import booking_words
from callcenter.rules.times import moment
from dispatch.rules.roster_rules import Finding

Row = dict[str, Any]
_: Callable[..., str] = gettext
Words = tuple[LazyString, LazyString]  # what is wrong, what to do; the values are 0, 1, 2 of the finding's words

TEXTS: Mapping[str, Words] = {
    "gap": (lazy_gettext("Nobody is on shift"), lazy_gettext("Give somebody a shift that covers this time")),
    "both_off": (
        lazy_gettext("A and B of the post “{0}” are both off"),
        lazy_gettext("Let one of the two work that day, or name another A or B"),
    ),
    "officer": (lazy_gettext("No duty officer is named {1}"), lazy_gettext("Name one on the sheet of duty officers")),
    "holiday": (lazy_gettext("Nobody is named on a holiday: {1}"), lazy_gettext("Name somebody of this station")),
    "double": (lazy_gettext("Two shifts at once"), lazy_gettext("Take one of the two away")),
    "rest": (
        lazy_gettext("Only {0} h of rest before this shift, at least {1} h"),
        lazy_gettext("Let it begin later, or give it to somebody else"),
    ),
    "hand_over": (
        lazy_gettext("The last {0} minutes of the shift have no hand-over"),
        lazy_gettext("Let the next shift begin earlier"),
    ),
    "skill": (lazy_gettext("Nobody on shift can do: {0}"), lazy_gettext("Give one of those who can a shift then")),
    "week": (lazy_gettext("{0} h in the week of {2}, at most {1} h"), lazy_gettext("Give a shift to somebody else")),
    "cell": (lazy_gettext("“{0}” is no shift"), lazy_gettext("Write a letter of the list, or 10:00-14:00")),
    "no_officer": (lazy_gettext("“{0}” is no duty officer"), lazy_gettext("Write the code of one of the list")),
}
PRESENCE = {
    "fresh": lazy_gettext("phone there"),
    "stale": lazy_gettext("phone quiet"),
    "lost": lazy_gettext("phone lost"),
}

WEEKDAYS = (lazy_gettext("Mo"), lazy_gettext("Tu"), lazy_gettext("We"), lazy_gettext("Th"), lazy_gettext("Fr"),
            lazy_gettext("Sa"), lazy_gettext("Su"))  # fmt: skip
OFF = {"R": lazy_gettext("off, rest"), "V": lazy_gettext("annual leave"), "X": lazy_gettext("sick leave")}
# As the library of holidays names them; what a centre's own table says stays as it was written there.
HOLIDAYS = {
    "元旦": lazy_gettext("New Year’s Day"),
    "农历除夕": lazy_gettext("Lunar New Year’s Eve"),
    "春节": lazy_gettext("Spring Festival"),
    "清明节": lazy_gettext("Tomb-Sweeping Day"),
    "劳动节": lazy_gettext("Labour Day"),
    "端午节": lazy_gettext("Dragon Boat Festival"),
    "中秋节": lazy_gettext("Mid-Autumn Festival"),
    "国庆节": lazy_gettext("National Day"),
    "调休上班": lazy_gettext("worked instead of another day"),
}


def holiday(name: str) -> str:
    """The name of a day of the calendar in the reader's words; one day may be two holidays."""
    return "; ".join(_day(one) for one in name.split("; "))


def _day(name: str) -> str:
    if found := re.fullmatch(r"休息日（由 (\S+) 调休）", name):
        return _("free instead of %(day)s", day=found[1])
    plain = name.removesuffix("（补假）")
    word = str(HOLIDAYS.get(plain, plain))
    return word if plain == name else _("%(holiday)s (day in lieu)", holiday=word)


def told(found: Sequence[Finding], stations: Mapping[int, str], carers: Mapping[int, Row], zone: ZoneInfo) -> list[Row]:
    """Findings as the pages show them: ``{code, hard, where, when, text, fix, carer, sheet, days}``."""
    return [_told(one, stations, carers, zone) for one in found]


def _told(one: Finding, stations: Mapping[int, str], carers: Mapping[int, Row], zone: ZoneInfo) -> Row:
    text, fix = TEXTS[one.code]
    carer = carers.get(one.carer_id or 0, {})
    start, end = (moment(stamp).astimezone(zone) for stamp in (one.starts_at, one.ends_at))
    last = (end - timedelta(seconds=1)).date()
    days = [start.date() + timedelta(days=n) for n in range((last - start.date()).days + 1)]
    where = " ".join(part for part in (stations.get(one.station_id or 0, ""), carer.get("name", "")) if part)
    return {
        "code": one.code, "hard": one.hard, "station_id": one.station_id, "carer": carer.get("code", ""),
        "where": where or _("The centre"), "when": _when(start, end, days), "days": [day.isoformat() for day in days],
        "text": str(text).format(*_values(one)).strip(), "fix": str(fix),
    }  # fmt: skip


def _values(one: Finding) -> list[str]:
    words = [*one.words, "", "", ""]
    if one.code == "skill":
        words[0] = str(booking_words.SKILLS.get(words[0], words[0]))
    if one.code in ("officer", "holiday"):
        words[1] = holiday(words[1])
    return words


def _when(start: Any, end: Any, days: Sequence[date]) -> str:
    whole = (start.hour, start.minute, end.hour, end.minute) == (0, 0, 0, 0)
    if whole:
        return f"{days[0]:%m-%d}" if len(days) == 1 else f"{days[0]:%m-%d} – {days[-1]:%m-%d}"
    last = f"{end:%H:%M}" if len(days) == 1 else f"{end:%m-%d %H:%M}"
    return f"{start:%m-%d %H:%M} – {last}"
