"""Which calls a supervisor asks for: read from an address, written back to the same address.

Days are days of the centre's zone; ``bounds`` turns them into stamps, so that the store can use its index on opened_at.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from callcenter.rules.call import OUTCOMES, STAGES
from callcenter.rules.figures import PRIORITIES, STANDINGS, STEPS
from callcenter.rules.times import stamp

DAYS_BY_DEFAULT = 7
PEOPLE_PRIORITIES = (1, 2, 3)  # device items come by the hundred in a power cut, and would drown every figure
LONGEST_DAYS = 3 * 366
SOURCES = ("pager", "phone", "walk_in", "grid", "webhook", "paper")
# "late" is any late step, "answer.late" one of them, "arrive.missing" a place where calls stand for a step.
SHOWS = frozenset({"late", *(f"{step}.{where}" for step in STEPS for where in ("late", *STANDINGS))})
SORTS = frozenset({"opened", "priority", *STEPS})
CALL_ID = re.compile(r"\d{8}-\d{1,6}")
WORD = re.compile(r"[\w.-]{1,40}")


class BadFilter(ValueError):
    """A part of the address that cannot be read: which one, what it said, and what it may be."""

    def __init__(self, part: str, said: str, allowed: str) -> None:
        super().__init__(f"{part}={said!r}: {allowed}")
        self.part, self.said, self.allowed = part, said, allowed


@dataclass(frozen=True)
class Filters:
    since: date  # first day, of the centre's zone
    until: date  # last day, included
    priorities: tuple[int, ...] = PEOPLE_PRIORITIES
    stage: str = ""
    outcome: str = ""
    station_id: int | None = None
    operator_id: int | None = None
    kind: str = ""
    source: str = ""
    text: str = ""  # start of a call's number, or a whole account
    show: str = ""  # narrows the list, never the figures
    sort: str = "opened"
    rising: bool = False

    def bounds(self, zone: ZoneInfo) -> tuple[str, str]:
        """First stamp included, last stamp excluded."""
        return midnight(self.since, zone), midnight(self.until + timedelta(days=1), zone)

    def address(self, **changes: object) -> dict[str, str | list[str]]:
        """The query part of an address that asks for the same calls."""
        asked = replace(self, **changes)  # type: ignore[arg-type]  # dataclass fields by name
        words: dict[str, str | list[str]] = {"from": asked.since.isoformat(), "to": asked.until.isoformat()}
        if asked.priorities != PEOPLE_PRIORITIES:
            words["priority"] = [str(priority) for priority in asked.priorities]
        plain = {"stage": asked.stage, "outcome": asked.outcome, "kind": asked.kind, "source": asked.source}
        plain |= {"station": str(asked.station_id or ""), "operator": str(asked.operator_id or "")}
        plain |= {"q": asked.text, "show": asked.show}
        words |= {name: word for name, word in plain.items() if word}
        if (asked.sort, asked.rising) != ("opened", False):
            words["sort"] = asked.sort if asked.rising else f"-{asked.sort}"
        return words


def midnight(day: date, zone: ZoneInfo) -> str:
    return stamp(datetime.combine(day, time(), tzinfo=zone))


def read(words: Mapping[str, list[str]], today: date) -> Filters:
    """From the words of an address, each a list as browsers send them; ``BadFilter`` says what cannot be read."""
    until = _day("to", words, today)
    since = _day("from", words, min(until, today) - timedelta(days=DAYS_BY_DEFAULT - 1))
    if since > until:
        raise BadFilter("from", since.isoformat(), f"the first day may not lie after the last day, {until.isoformat()}")
    if (until - since).days >= LONGEST_DAYS:
        raise BadFilter("from", since.isoformat(), f"at most {LONGEST_DAYS} days at once")
    sort = _one("sort", words) or "-opened"
    return Filters(
        since,
        until,
        _priorities(words),
        _among("stage", words, STAGES),
        _among("outcome", words, OUTCOMES),
        _number("station", words),
        _number("operator", words),
        _word("kind", words),
        _among("source", words, SOURCES),
        _word("q", words),
        _among("show", words, SHOWS),
        _among("sort", {"sort": [sort.lstrip("-")]}, SORTS),
        not sort.startswith("-"),
    )


def _one(name: str, words: Mapping[str, list[str]]) -> str:
    return next((word.strip() for word in words.get(name, ()) if word.strip()), "")


def _day(name: str, words: Mapping[str, list[str]], otherwise: date) -> date:
    said = _one(name, words)
    try:
        found = date.fromisoformat(said) if said else otherwise
    except ValueError:
        raise BadFilter(name, said, "a day is written 2026-11-21") from None
    if not 2000 <= found.year <= 9000:
        raise BadFilter(name, said, "a day is written 2026-11-21")
    return found


def _priorities(words: Mapping[str, list[str]]) -> tuple[int, ...]:
    said = {part.strip() for word in words.get("priority", ()) for part in word.split(",") if part.strip()}
    strange = said - {str(priority) for priority in PRIORITIES}
    if strange:
        raise BadFilter("priority", min(strange), "1, 2, 3 or 4")
    return tuple(sorted(int(word) for word in said)) or PEOPLE_PRIORITIES


def _among(name: str, words: Mapping[str, list[str]], allowed: tuple[str, ...] | frozenset[str]) -> str:
    said = _one(name, words)
    if said and said not in allowed:
        raise BadFilter(name, said, "one of " + ", ".join(sorted(allowed)))
    return said


def _number(name: str, words: Mapping[str, list[str]]) -> int | None:
    said = _one(name, words)
    if said and not (said.isascii() and said.isdigit() and len(said) < 10):
        raise BadFilter(name, said, "a number, as in the list on the page")
    return int(said) if said else None


def _word(name: str, words: Mapping[str, list[str]]) -> str:
    said = _one(name, words)
    if said and not WORD.fullmatch(said):
        raise BadFilter(name, said, "up to 40 letters, digits, dots, dashes or underscores")
    return said
