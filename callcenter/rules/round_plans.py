"""A plan of welfare rounds: whom, when, what to ask. A supervisor lays it down; the usual ones lie ready."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from callcenter.rules.call_clock import armed
from callcenter.rules.events import Event, Row
from callcenter.rules.times import moment, seconds_between, stamp

ONCE, WEEKLY, DAYS, BIRTHDAY, RELEASED = "once", "weekly", "days", "birthday", "released"
EVERY = (ONCE, WEEKLY, DAYS, BIRTHDAY, RELEASED)
FRIDAY = 4
DAY_SECONDS = 86400.0
# What ``whom`` may ask for; all of it must hold. ``residents`` is a list by hand and stands alone.
WHOM = ("min_age", "tiers", "alone", "stations", "communities", "dead", "outage", "quiet_days", "residents")
PLAN = ("kind", "name", "whom", "every", "step", "day", "minute", "script", "tries", "days", "active")

READY: Mapping[str, Row] = {
    "friday": {
        "kind": "friday", "name": "红色星期五", "whom": {"min_age": 80}, "every": WEEKLY, "step": FRIDAY,
        "script": "问好；身体怎么样、吃药了没有；家里缺什么；呼叫器在不在身边，请按一下试试。",
    },
    "cold": {
        "kind": "cold", "name": "寒潮关爱", "whom": {"min_age": 70}, "every": RELEASED,
        "script": "屋里几度、暖气热不热；被褥衣服够不够；煤气和电暖气怎么用；今天出门没有。",
    },
    "heat": {
        "kind": "heat", "name": "高温关爱", "whom": {"min_age": 70}, "every": RELEASED,
        "script": "屋里热不热；喝水没有；头晕不晕；中午不要出门。",
    },
    "outage": {
        "kind": "outage", "name": "停电停网后回访", "whom": {"outage": True}, "every": RELEASED,
        "script": "电来了没有；设备灯亮不亮，请按一下试试；身体怎么样。", "days": 1,
    },
    "dead": {
        "kind": "dead", "name": "设备失联回访", "whom": {"dead": True}, "every": RELEASED,
        "script": "设备没有声音，请看灯亮不亮、插头在不在；身体怎么样。", "days": 1,
    },
    "friendly": {
        "kind": "friendly", "name": "每月试按", "whom": {"quiet_days": 30}, "every": DAYS, "step": 30,
        "script": "好久没有听到您了，请按一下呼叫器，我在这头等着；身体怎么样。", "days": 7,
    },
    "birthday": {
        "kind": "birthday", "name": "生日问候", "whom": {}, "every": BIRTHDAY,
        "script": "祝您生日快乐；身体怎么样；家里有人陪吗。", "days": 1,
    },
    "festival": {
        "kind": "festival", "name": "节日问候", "whom": {"min_age": 80, "alone": True}, "every": RELEASED,
        "script": "节日好；一个人过节吗；需要我们送点什么。",
    },
}  # fmt: skip
USUAL: Row = {"step": 0, "day": "", "minute": 9 * 60, "tries": 2, "days": 2, "active": True}


def ready(kind: str) -> Row:
    """A ready-made plan, whole."""
    return USUAL | READY[kind]


def plan_stream(plan_id: str) -> str:
    return f"plan:{plan_id}"


# --- whom ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Elder:
    """What a plan may ask about a person."""

    resident_id: int
    home_id: int
    station_id: int | None
    community: str
    tier: str
    age: int | None
    alone: bool
    birthday: str = ""  # 05-01; empty when only the year is known
    dead: bool = False
    outage: bool = False
    last_press_at: str | None = None


def wanted(whom: Mapping[str, Any], every: str, elder: Elder, today: date, now: str) -> bool:
    """Is this person of the round?"""
    if whom.get("residents"):
        return elder.resident_id in whom["residents"]
    asks: tuple[tuple[str, bool], ...] = (
        ("min_age", elder.age is not None and elder.age >= (whom.get("min_age") or 0)),
        ("tiers", elder.tier in (whom.get("tiers") or ())),
        ("alone", elder.alone),
        ("stations", elder.station_id in (whom.get("stations") or ())),
        ("communities", elder.community in (whom.get("communities") or ())),
        ("dead", elder.dead),
        ("outage", elder.outage),
        ("quiet_days", _quiet(elder.last_press_at, whom.get("quiet_days") or 0, now)),
    )
    has_day = every != BIRTHDAY or elder.birthday == today.strftime("%m-%d")
    return has_day and all(holds for name, holds in asks if whom.get(name))


def _quiet(last: str | None, days: int, now: str) -> bool:
    return last is None or seconds_between(last, now) > days * DAY_SECONDS


# --- when ---------------------------------------------------------------------------------------------------------


def next_run(plan: Mapping[str, Any], after: str, zone: ZoneInfo) -> str | None:
    """The first moment later than ``after`` at which the plan runs by itself; None for what is released by hand."""
    if plan["every"] == RELEASED or not plan["active"]:
        return None
    local = moment(after).astimezone(zone)
    if plan["every"] == ONCE:
        at = _at(date.fromisoformat(plan["day"]), plan["minute"], zone)
        return stamp(at) if at > local else None
    for ahead in range(8):
        at = _at(local.date() + timedelta(days=ahead), plan["minute"], zone)
        if at > local and (plan["every"] != WEEKLY or at.weekday() == plan["step"]):
            return stamp(at)
    raise AssertionError("a week has every weekday")


def run_after(plan: Mapping[str, Any], ran_at: str, zone: ZoneInfo) -> str | None:
    """When a plan runs again that ran just now."""
    if plan["every"] != DAYS:
        return next_run(plan, ran_at, zone)
    day = moment(ran_at).astimezone(zone).date() + timedelta(days=max(1, plan["step"]))
    return stamp(_at(day, plan["minute"], zone)) if plan["active"] else None


def _at(day: date, minute: int, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time(minute // 60, minute % 60), tzinfo=zone)


# --- the fold -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class PlanPicture:
    """How the table ``round_plans`` follows the log."""

    table: str = "round_plans"

    def key(self, event: Event) -> str | None:
        return event.body["plan"] if event.kind in ("RoundPlanned", "RoundPlanRan") else None

    def after(self, row: Row | None, event: Event) -> Row:
        b = event.body
        if event.kind == "RoundPlanned":
            folded = {"id": b["plan"], **{name: b[name] for name in PLAN}, "made_by": b["name"], "changed_at": event.at}
            folded["name"] = b["title"]
        else:
            assert row is not None
            folded = dict(row)
        return armed(row, folded, (b["next_at"], "run") if b["next_at"] else None, event)
