"""Builds the demo district as sheets of records and brings it in: nine stations, 900 homes, about 1,050 residents."""

import json
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from math import cos, hypot, radians
from pathlib import Path
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

from callcenter.demo import planted, roster
from callcenter.demo.catalogue import services
from callcenter.demo.household import residents_of
from callcenter.demo.neighbours import neighbours
from callcenter.rules.register import BY_NAME, SHEETS, Record
from callcenter.rules.times import stamp
from callcenter.store.register import Change, Kept, Present, Register
from devices.settings import LineSettings
from devices.simulator import units_for

HOMES, COUPLES, DAYS, FIRST_ACCOUNT = 900, 150, 90, 1001
METRES_PER_DEGREE = 111_195
KEYS = {"1": "sos", "2": "service", "3": "family"}
# What speaks for itself every five minutes, what dials in once a day, and the one the planted devices are of.
MODELS = (
    {"name": "AX-100 (DC-09)", "keys": KEYS, "heartbeat_seconds": 300, "battery_hours": 24},
    {"name": "安康 SG-2 (Sur-Gard)", "keys": KEYS, "heartbeat_seconds": 86400, "grace_seconds": 7200},
    {"name": planted.MODEL, "keys": KEYS, "heartbeat_seconds": 60, "grace_seconds": 30, "battery_hours": 24},
)
# What the pretend homes will speak: a home that dials in once a day must not be waited for every five minutes.
SPOKEN = dict(units_for([LineSettings(name=p, protocol=p, port=0) for p in ("dc09", "surgard")], HOMES, FIRST_ACCOUNT))
FIRMWARES = ("2.1.4", "2.1.4", "2.0.9")
FLOORS = (((1, 1), 0.15), ((2, 3), 0.35), ((4, 6), 0.35), ((7, 18), 0.15))  # the last with a lift
KEY_HOLDERS = (("站点保管", 0.35), ("邻居保管", 0.25), ("仅家属有", 0.3), ("", 0.1))
WAYS_IN = (
    "",
    "",
    "",
    "从小区东门进",
    "单元门禁坏了，推门即可",
    "院里有狗，先打电话",
    "铁门在楼后",
    "一楼便利店旁边的门",
)


class AlreadyPeopled(Exception):
    """The demo district may not be mixed into a centre that has people."""


def load(register: Register, today: date, zone: ZoneInfo, seed: int = 1, dead: bool = False) -> dict[str, int]:
    """Bring the district in; returns the number of rows by sheet. ``today`` is the first day of the roster, in the
    centre's zone; ``dead`` plants the devices that the watch has to find. Raises ``AlreadyPeopled``."""
    sheets = district(today, zone, seed, dead)
    counts = {name: len(rows) for name, rows in sheets.items()}

    def planned(present: Present) -> tuple[list[Change], Kept]:
        if present["homes"] or present["residents"]:
            raise AlreadyPeopled("There are people in this centre already; the demo district needs an empty one.")
        changes = [Change(s.name, s.key_of(row), row) for s in SHEETS for row in sheets[s.name]]
        return changes, Kept("demo", "", {name: {"added": count} for name, count in counts.items()})

    register.keep(planned, "demo")
    planted.sign(register.database, sheets, datetime.combine(today, time(0), tzinfo=zone), seed, dead)
    return counts


def district(today: date, zone: ZoneInfo, seed: int = 1, dead: bool = False) -> dict[str, list[Record]]:
    """``{sheet: records}``, every column filled; the same seed and day give the same district. ``dead`` gives the
    planted devices their own model."""
    dice = Random(seed)
    plan = json.loads(Path(__file__).with_name("xining.json").read_text(encoding="utf-8"))
    sheets: dict[str, list[Record]] = {name: [] for name in BY_NAME}
    sheets["stations"] = list(_stations(plan))
    sheets["models"] = [dict(model) for model in MODELS]
    sheets["homes"] = list(_homes(dice, plan))
    kinds = dice.sample(["alone"] * 405 + ["couple"] * COUPLES + ["spouse"] * 165 + ["family"] * 180, HOMES)
    for home, kind in zip(sheets["homes"], kinds, strict=True):
        for sheet, rows in residents_of(dice, home["code"], kind, plan["elders"], today).items():
            sheets[sheet] += rows
    _at_highest_risk(sheets)
    sheets["devices"] = [_device(dice, number, home, today, zone) for number, home in enumerate(sheets["homes"])]
    for device in sheets["devices"] if dead else ():
        device["model"] = planted.MODEL if device["account"] in planted.ACCOUNTS else device["model"]
    sheets["services"] = services()
    sheets["carers"] = staff = roster.carers(dice, plan["stations"])
    sheets["shifts"] = roster.shifts(staff, today, DAYS, zone)
    sheets["stand_bys"] = roster.stand_bys(staff, today, DAYS, zone)
    sheets["posts"], sheets["officers"] = roster.posts(staff), roster.officers()
    sheets["duties"] = roster.duties(today, DAYS, zone)
    sheets["responders"] = neighbours(seed, sheets["homes"])
    return {name: [_whole(name, row) for row in rows] for name, rows in sheets.items()}


def _whole(sheet: str, row: Record) -> Record:
    """Every column, so that all rows of a sheet go to the store in one statement."""
    return {c.name: row.get(c.name, c.default) for c in BY_NAME[sheet].fields if c.name != "datum"}


def _stations(plan: dict[str, Any]) -> Iterator[Record]:
    communities = {community["code"]: community["name_zh"] for community in plan["communities"]}
    for number, station in enumerate(plan["stations"], start=1):
        yield {
            "code": station["id"],
            "name": station["name_zh"],
            "name_en": station["name_en"],
            "community": communities[station["community"]],
            "phone": f"000-55{number:05d}",
            "latitude": station["lat"],
            "longitude": station["lon"],
        }


def _homes(dice: Random, plan: dict[str, Any]) -> Iterator[Record]:
    number = 0
    for community in plan["communities"]:
        for _ in range(community["home_weight"]):  # the weights add up to 900
            number += 1
            latitude, longitude = _scattered(dice, community, plan["district"]["bbox"])
            yield _home(dice, number, community) | {
                "station": _nearest(plan["stations"], latitude, longitude),
                "district": plan["district"]["name_zh"],
                "latitude": round(latitude, 6),
                "longitude": round(longitude, 6),
            }


def _home(dice: Random, number: int, community: dict[str, Any]) -> Record:
    ((low, high),) = dice.choices([span for span, _ in FLOORS], [share for _, share in FLOORS])
    floor, entrance = dice.randint(low, high), dice.randint(1, 4)
    (holder,) = dice.choices([name for name, _ in KEY_HOLDERS], [share for _, share in KEY_HOLDERS])
    lane = community["name_zh"].removesuffix("社区")
    return {
        "code": f"H{number:04d}",
        "street": community["subdistrict_zh"],
        "community": community["name_zh"],
        "grid": f"第{dice.randint(1, 6)}网格",
        "address": f"{lane}{dice.choice(['路', '巷', '小区', '家属院'])}{dice.randint(1, 60)}号",
        "building": f"{dice.randint(1, 18)}号楼",
        "unit": f"{entrance}单元",
        "door": f"{floor}0{dice.randint(1, 3)}",
        "floor": floor,
        "lift": low == 7,
        "phone": f"000-51{number:05d}",
        "way_in": dice.choice(WAYS_IN),
        "door_code": f"{dice.randint(0, 9999):04d}#" if dice.random() < 0.3 else "",
        "key_holder": holder,
        "key_safe": dice.random() < 0.08,
    }


def _scattered(dice: Random, community: dict[str, Any], bbox: list[float]) -> tuple[float, float]:
    """A normal scatter around the community, drawn again where it would lie too far out or outside the district."""
    west, south, east, north = bbox
    while True:
        up, right = (dice.gauss(0, community["scatter_sigma_m"]) for _ in range(2))
        latitude = community["lat"] + up / METRES_PER_DEGREE
        longitude = community["lon"] + right / (METRES_PER_DEGREE * cos(radians(community["lat"])))
        inside = south <= latitude <= north and west <= longitude <= east
        if inside and hypot(up, right) <= community["scatter_max_m"]:
            return latitude, longitude


def _nearest(stations: list[dict[str, Any]], latitude: float, longitude: float) -> str:
    east = cos(radians(latitude))
    nearest = min(stations, key=lambda s: hypot(s["lat"] - latitude, (s["lon"] - longitude) * east))
    return str(nearest["id"])


def _device(dice: Random, number: int, home: Record, today: date, zone: ZoneInfo) -> Record:
    account = str(FIRST_ACCOUNT + number)
    installed = today - timedelta(days=dice.randint(30, 900))
    return {
        "account": account,
        "home": home["code"],
        "model": str(MODELS[SPOKEN[account] == "surgard"]["name"]),
        "pager": f"P{account}",
        "serial_number": f"SN26{number:06d}",
        "firmware": dice.choice(FIRMWARES),
        "batch": f"2026-{dice.randint(1, 6):02d}",
        "installed_at": stamp(datetime.combine(installed, time(10, 0), tzinfo=zone)),
    }


def _at_highest_risk(sheets: dict[str, list[Record]]) -> None:
    home = sheets["homes"][int(planted.HIGHEST_RISK) - FIRST_ACCOUNT]["code"]
    next(person for person in sheets["residents"] if person["home"] == home)["tier"] = "A"
