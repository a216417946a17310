"""What stands in a cell of the roster's grid: the letter of a shift template, free times, or a reason to be off.

A cell is written ``E``, ``10:00-14:00`` (post A) or ``10:00-14:00B``, or several joined with ``+``; ``N@ST2`` helps out
at the station with the code ST2. A shift belongs to the local day in which it begins. Times are those on the wall: in
the night the clocks change a shift is an hour longer or shorter, and two that meet on the wall meet in time.
"""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from typing import Annotated, Literal, NamedTuple
from zoneinfo import ZoneInfo

from pydantic import BaseModel, ConfigDict, Field

from callcenter.rules.cells import Unreadable
from callcenter.rules.times import moment, stamp

Clock = Annotated[str, Field(pattern=r"^(([01]\d|2[0-3]):[0-5]\d|24:00)$")]


class Template(BaseModel):
    """One kind of shift; an end that is not after its start lies on the next day."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    letter: Annotated[str, Field(pattern=r"^[A-Z]\d?$")]
    name: Annotated[str, Field(min_length=1, max_length=6)]
    starts: Clock
    ends: Clock
    post: Literal["A", "B"] = "A"
    stand_by: bool = False
    rest_minutes: Annotated[int, Field(ge=0, le=180)] = 0  # of meals and rest, not counted as worked


def _template(letter: str, name: str, starts: str, ends: str, post: Literal["A", "B"], rest: int = 30) -> Template:
    return Template(letter=letter, name=name, starts=starts, ends=ends, post=post, rest_minutes=rest)


# Staggered, each overlapping the next (错时工作制).
TEMPLATES = (
    _template("E", "早", "07:30", "16:00", "A"),
    _template("M", "中", "08:00", "16:30", "B"),
    _template("D", "白", "08:30", "17:00", "B"),
    _template("L", "晚", "15:30", "24:00", "A"),
    _template("P", "小晚", "17:00", "22:00", "B", 0),
    _template("N", "夜", "23:30", "08:00", "A"),
    Template(letter="S", name="待命", starts="08:00", ends="20:00", stand_by=True),
)
OFF = {"R": "休", "V": "年假", "X": "病假"}  # no shift, and why
FREE = re.compile(r"(\d{1,2}:\d{2})-(\d{1,2}:\d{2})([AB]?)")
LONGEST_CELL = 40


class Piece(NamedTuple):
    """A shift or stand-by of a cell; the moments are stamps."""

    starts_at: str
    ends_at: str
    post: str = "A"
    stand_by: bool = False
    rest_minutes: int = 0
    station: str = ""  # the code of the station helped out at; empty: the carer's own


def tidy(text: str, templates: Sequence[Template]) -> str:
    """A cell as it is kept: narrow, upper case, a template by its letter even when its name was typed."""
    folded = unicodedata.normalize("NFKC", str(text)).translate(str.maketrans("—–~～、／/", "---~+++")).upper()
    folded = re.sub(r"\s+", "", folded).replace("~", "-")
    names = {one.name: one.letter for one in templates} | {name: letter for letter, name in OFF.items()}
    halves = [part.partition("@") for part in folded.split("+") if part]
    parts = ["".join((names.get(what, what), mark, where)) for what, mark, where in halves]
    return "+".join(parts) if parts not in (["-"], ["R"]) else ""


def pieces(text: str, day: date, templates: Sequence[Template], zone: ZoneInfo) -> list[Piece]:
    """The shifts of one cell. Raises ``Unreadable``."""
    found, by_letter = [], {one.letter: one for one in templates}
    for part in tidy(text, templates).split("+"):
        what, _, station = part.partition("@")
        if not part or part in OFF:
            continue
        if template := by_letter.get(what):
            found.append(_piece(day, template.starts, template.ends, zone, template)._replace(station=station))
        elif free := FREE.fullmatch(what):
            found.append(_piece(day, free[1], free[2], zone)._replace(post=free[3] or "A", station=station))
        else:
            raise _unknown(part, templates)
    return found


def _unknown(part: str, templates: Sequence[Template]) -> Unreadable:
    letters = "、".join([*(one.letter for one in templates), *OFF])
    return Unreadable("%(value)s is no shift", "write one of %(letters)s, or 10:00-14:00", value=part, letters=letters)


def _piece(day: date, starts: str, ends: str, zone: ZoneInfo, template: Template | None = None) -> Piece:
    start, end = _minutes(starts), _minutes(ends)
    end += 1440 if end <= start else 0
    piece = Piece(at(day, start, zone), at(day, end, zone))
    if template is None:
        return piece
    return piece._replace(post=template.post, stand_by=template.stand_by, rest_minutes=template.rest_minutes)


def _minutes(text: str) -> int:
    hours, minutes = (int(part) for part in text.split(":"))
    if hours * 60 + minutes > 1440 or minutes > 59:
        raise Unreadable("%(value)s is no time of day", "write 07:30", value=text)
    return hours * 60 + minutes


@lru_cache(4096)  # a month is judged again at every pause of the typing, and its shifts begin at the same few times
def at(day: date, minutes: int, zone: ZoneInfo) -> str:
    """The stamp of a time on the wall, counted in minutes from midnight; 1440 and more lie on the next day."""
    local = day + timedelta(days=minutes // 1440)
    return stamp(datetime.combine(local, time(minutes % 1440 // 60, minutes % 60), tzinfo=zone))


def written(found: Iterable[Piece], templates: Sequence[Template], zone: ZoneInfo) -> str:
    """The cell of a day's shifts, such that ``pieces`` of it gives them again (to the minute)."""
    known: dict[tuple[str, str, str, bool], str] = {
        (one.starts, one.ends, one.post, one.stand_by): one.letter for one in templates
    }
    words = []
    for piece in sorted(found):
        start, end = (moment(text).astimezone(zone) for text in (piece.starts_at, piece.ends_at))
        ends = "24:00" if (end.hour, end.minute) == (0, 0) else f"{end:%H:%M}"
        said = known.get((f"{start:%H:%M}", ends, piece.post, piece.stand_by))
        said = said or f"{start:%H:%M}-{ends}" + ("B" if piece.post == "B" else "")
        words.append(f"{said}@{piece.station}" if piece.station else said)
    return "+".join(words)


def day_of(starts_at: str, zone: ZoneInfo) -> str:
    """The local day a shift belongs to, ``2026-12-01``."""
    return moment(starts_at).astimezone(zone).date().isoformat()
