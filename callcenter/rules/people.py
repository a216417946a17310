"""What is true of people and homes: age, who can be reached now, how a place is said, where the roster has holes."""

from collections.abc import Iterable, Mapping
from datetime import date, time
from typing import Any, NamedTuple

from callcenter.rules.risk import highest_tier

ONE_SPELLING = str.maketrans({"：": ":", "—": "-", "–": "-", "~": "-", "～": "-", "至": "-"})


def age(born: str, on: date) -> int | None:
    """Full years on that day; ``born`` is ``1943-05-01``, or ``1943`` when nobody knows more, or empty."""
    if not born:
        return None
    year = int(born[:4])
    had_birthday = len(born) < 10 or born[5:10] <= on.strftime("%m-%d")
    return on.year - year - (0 if had_birthday else 1)


def windows(text: str) -> list[tuple[time, time]]:
    """``"08:00-12:00,18:00-22:00"`` as pairs. Raises ``ValueError`` naming the part that cannot be read."""
    pairs = []
    for part in text.replace("，", ",").replace("、", ",").split(","):
        if not part.strip():
            continue
        start, _, end = part.translate(ONE_SPELLING).partition("-")
        try:
            pairs.append((_clock(start), _clock(end)))
        except ValueError:
            raise ValueError(part.strip()) from None
    return pairs


def _clock(text: str) -> time:
    hours, minutes = text.strip().split(":")
    return time(0, 0) if (hours, minutes) == ("24", "00") else time(int(hours), int(minutes))


def reachable_now(window: str, local_time: time) -> bool:
    """Whether a contact may be rung at this local time. Empty means always, and so does a window nobody can read:
    better a call too many than a relative never rung."""
    try:
        pairs = windows(window)
    except ValueError:
        return True
    return not pairs or any(_within(start, end, local_time) for start, end in pairs)


def _within(start: time, end: time, now: time) -> bool:
    if start < end:
        return start <= now < end
    return now >= start or now < end


def place(community: str, building: str, address: str = "") -> str:
    """How an operator says where it is, in one glance: ``小桥社区 3号楼``."""
    return " ".join(part for part in (community, building) if part) or address


def household(residents: list[Mapping[str, Any]], on: date) -> dict[str, Any]:
    """One line for a home where several people may live: names joined, the oldest age, the highest risk."""
    ages = [years for person in residents if (years := age(person["born"], on)) is not None]
    sexes = {person["sex"] for person in residents}
    return {
        "name": "、".join(person["name"] for person in residents),
        "sex": sexes.pop() if len(sexes) == 1 else "",
        "age": max(ages, default=None),
        "tier": highest_tier(person["tier"] for person in residents),
    }


def spelled(text: str) -> str:
    """What a person types, as the search compares it: no spaces, full-width folded, lower case."""
    folded = "".join(chr(ord(c) - 0xFEE0) if "！" <= c <= "～" else c for c in text)  # ！…～ are ASCII, written wide
    return "".join(folded.split()).lower()


class Hole(NamedTuple):
    """A stretch of time with nobody on shift at a station."""

    station_id: int
    starts_at: str
    ends_at: str


def holes(stations: Iterable[int], shifts: Iterable[Mapping[str, Any]], start: str, end: str) -> list[Hole]:
    """Every stretch between two stamps in which a station has nobody on shift, in order of station and time."""
    by_station: dict[int, list[tuple[str, str]]] = {station: [] for station in stations}
    for shift in shifts:
        by_station.setdefault(shift["station_id"], []).append((shift["starts_at"], shift["ends_at"]))
    found = []
    for station, covered in by_station.items():
        free_from = start
        for starts_at, ends_at in sorted(covered):
            if starts_at > free_from and free_from < end:
                found.append(Hole(station, free_from, min(starts_at, end)))
            free_from = max(free_from, ends_at)
        if free_from < end:
            found.append(Hole(station, free_from, end))
    return found
