"""The demo roster: 60 carers at nine stations, 37 shifts a day, never a station without somebody.

Each station turns one wheel: early, late day, evening, rest, …, night, and on the next day everyone moves one place
on. After a night somebody is free until the next morning, and each shift overlaps the next by half an hour.
"""

from datetime import date, datetime, time, timedelta
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

from callcenter.demo.names import younger
from callcenter.rules.register import Record
from callcenter.rules.times import stamp

# Place on the wheel → begins on the day before?, from, to, post. The night belongs to the day in which it ends.
EARLY, DAY = (0, time(7, 30), time(16, 0), "A"), (0, time(8, 30), time(17, 0), "B")
EVENING, SECOND_EVENING = (0, time(15, 30), time(0, 0), "A"), (0, time(17, 0), time(22, 0), "B")
NIGHT = (1, time(23, 30), time(8, 0), "A")
BUSIEST = "ST3"  # the one with a second evening shift
STAND_BY, STAND_BY_PLACE = (time(8, 0), time(20, 0)), 3  # the first free place of a large station
POSTS = ("生活照料岗", "康复巡访岗", "应急响应岗")  # each with the carers that stand three places apart on the wheel
OFFICERS = (("Z1", "陈主任"), ("Z2", "周科长"), ("Z3", "马站长"))
OFFICER_FROM = time(8, 0)
FAR = ("ST8", "ST9")  # 1 km and more between the homes: one car each


def carers(dice: Random, stations: list[dict[str, Any]]) -> list[Record]:
    found: list[Record] = []
    for station in stations:
        for number in range(station["carers"]):
            found.append(_carer(dice, len(found) + 1, station["id"], number))
    for speaker, language in zip(dice.sample(found, 7), ["bo"] * 5 + ["mjg"] * 2, strict=True):
        speaker["languages"].append(language)
    return found


def _carer(dice: Random, number: int, station: str, of_station: int) -> Record:
    sex = "F" if dice.random() < 0.75 else "M"
    far = station in FAR and of_station == 0
    extra = {"lift": 0.6, "nursing": 0.15, "bath": 0.4, "technician": 0.1}
    return {
        "code": f"C{number:02d}",
        "station": station,
        "name": younger(dice, "Hui" if dice.random() < 0.1 else "Han", sex),
        "sex": sex,
        "phone": f"000-54{number:05d}",
        "skills": ["first_aid", *(skill for skill, share in extra.items() if dice.random() < share)],
        "languages": ["zh", "qinghai"] if dice.random() < 0.8 else ["zh"],
        "travel": "car" if far else "walk" if dice.random() < 0.15 else "e_bike",
        "post": "AB"[of_station % 2],
        "active": True,
        "position_consent": "2026-01-05T01:00:00.000Z",
    }


def posts(carers: list[Record]) -> list[Record]:
    """Never both off: two who are so far apart on the wheel have no free day in common."""
    return [
        {"station": station, "name": name, "a": codes[number], "b": codes[(number + 3) % len(codes)]}
        for station, codes in _by_station(carers).items()
        for number, name in enumerate(POSTS[: len(codes) // 2])
    ]


def officers() -> list[Record]:
    return [
        {"code": code, "name": name, "phone": f"000-58{number:05d}", "active": True}
        for number, (code, name) in enumerate(OFFICERS, start=1)
    ]


def duties(today: date, days: int, zone: ZoneInfo) -> list[Record]:
    """Who leads, from the day before, whose officer still leads this morning."""
    return [
        {
            "officer": OFFICERS[(today + timedelta(days=day)).toordinal() % len(OFFICERS)][0],
            "starts_at": _local(today + timedelta(days=day), OFFICER_FROM, zone),
            "ends_at": _local(today + timedelta(days=day + 1), OFFICER_FROM, zone),
        }
        for day in range(-1, days)
    ]


def stand_bys(carers: list[Record], today: date, days: int, zone: ZoneInfo) -> list[Record]:
    """One a day at each station large enough to spare one."""
    large = {s: codes for s, codes in _by_station(carers).items() if len(codes) > 6 and s != BUSIEST}
    return [
        {
            "carer": codes[(STAND_BY_PLACE - day) % len(codes)],
            "starts_at": _local(today + timedelta(days=day), STAND_BY[0], zone),
            "ends_at": _local(today + timedelta(days=day), STAND_BY[1], zone),
        }
        for day in range(days)
        for codes in large.values()
    ]


def _by_station(carers: list[Record]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for carer in carers:
        found.setdefault(carer["station"], []).append(carer["code"])
    return found


def shifts(carers: list[Record], today: date, days: int, zone: ZoneInfo) -> list[Record]:
    found = []
    for day in range(days):
        for station, codes in _by_station(carers).items():
            for place, (early, start, end, post) in _wheel(station, len(codes)).items():
                begins = _local(today + timedelta(days=day - early), start, zone)
                ends = _local(today + timedelta(days=day + (end == time(0, 0))), end, zone)
                code = codes[(place - day) % len(codes)]
                found.append({"carer": code, "starts_at": begins, "ends_at": ends, "post": post})
    return found


def _wheel(station: str, size: int) -> dict[int, tuple[int, time, time, str]]:
    second = {3: SECOND_EVENING} if station == BUSIEST else {}
    return {0: EARLY, 1: DAY, 2: EVENING, **second, size - 1: NIGHT}


def _local(day: date, at: time, zone: ZoneInfo) -> str:
    return stamp(datetime.combine(day, at, tzinfo=zone))
