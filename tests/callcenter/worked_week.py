"""A made-up centre whose calls are written through the real log, one call at a time with a moved clock."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import insert

from callcenter.rules.call_clock import CallPicture
from callcenter.rules.events import call_stream
from callcenter.rules.promises import Book
from callcenter.rules.times import stamp
from callcenter.store import tables
from callcenter.store.database import Database
from callcenter.store.log import Log, Writing
from dispatch.rules.visit import VisitPicture

ZONE = ZoneInfo("Asia/Shanghai")
NOON = datetime(2026, 11, 21, 4, 0, tzinfo=UTC)
TARGETS = {
    1: {"answer": 15, "decide": 90, "accept": 30, "depart": 120, "arrive": 900},
    2: {"answer": 15, "decide": 120, "accept": 45, "depart": 180, "arrive": 1800},
    3: {"answer": 60, "accept": 900},
}
BOOK = Book(TARGETS)
OPERATORS = ((1, "李敏"), (2, "赵海燕"))
CARERS = ((1, "马秀兰"), (2, "张玉梅"), (3, "韩永福"))
STATIONS = ((1, "小桥日间照料中心"), (2, "朝阳日间照料中心"), (3, "泉湾日间照料中心"))
KINDS = {1: "sos", 2: "inactivity", 3: "service", 4: "mains_lost"}
ROW_OF_FRAME = {"line": "panels-tcp", "peer": "10.0.3.17:40212", "outcome": "raised", "signals": 1}


Step = tuple[float, str, dict[str, Any], str]  # seconds after opening, kind, body, actor


class WorkedWeek:
    """``call`` opens a call and leads it as far as asked; ``database`` is then as the running centre leaves it."""

    def __init__(self, folder: Path) -> None:
        self.now = NOON
        self.database = Database(f"sqlite:///{folder}/anxin.db")
        tables.metadata.create_all(self.database.engine)
        self.log = Log(self.database, self.clock, [CallPicture(BOOK), VisitPicture(BOOK)])
        self._numbers: dict[str, int] = {}
        with self.database.write() as conn:
            for table, rows in _people():
                conn.execute(insert(table), rows)

    def clock(self) -> datetime:
        return self.now

    @contextmanager
    def at(self, moment: datetime) -> Iterator[Writing]:
        before, self.now = self.now, moment
        try:
            with self.log.writing() as writing:
                yield writing
        finally:
            self.now = before

    def call(
        self,
        opened: datetime,
        priority: int = 1,
        home: int = 1,
        operator: int = 1,
        carer: int = 1,
        late: dict[str, int] | None = None,
        declined_by: int | None = None,
        phone_behind: float = 0,
        note: str = "",
        **seconds: float,
    ) -> str:
        """``seconds`` after opening: answered, requested, accepted, departed, arrived, finished, cancelled, closed."""
        day = opened.astimezone(ZONE).strftime("%Y%m%d")
        number = self._numbers[day] = self._numbers.get(day, 0) + 1
        call_id = f"{day}-{number:04d}"
        account = f"{416 + home:04d}"
        steps: list[Step] = [(0, "CallOpened", {
            "call": call_id, "day": day, "number": number, "priority": priority, "kind": KINDS[priority],
            "frame": self._frame(opened, account), "code": "CID 101", "reason": "CID 101", "source": "pager",
            "account": account, "home_id": home, "resident_id": home, "station_id": STATIONS[home % 3][0],
            "community": f"小桥社区{home}", "line": "panels-tcp",
        }, "line")]  # fmt: skip
        steps += [(t + 0.1, "DeadlineMissed", {"step": s, "target": t}, "clock") for s, t in (late or {}).items()]
        told = _told(f"{call_id}.1", opened, priority, home, operator, carer, outcome="requested" in seconds)
        for step, after in seconds.items():
            kind, body, by = told[step]
            if by.startswith("carer") and phone_behind:
                body = {**body, "phone_at": stamp(opened + timedelta(seconds=after - phone_behind))}
            steps.append((after, kind, body, by))
        if "requested" in seconds:
            steps += _offers(f"{call_id}.1", opened, seconds["requested"], carer, declined_by)
        if note:
            steps.append((seconds.get("answered", 0) + 5, "NoteAdded", {"text": note}, told["closed"][2]))
        for after, kind, body, by in sorted(steps, key=lambda step: step[0]):
            with self.at(opened + timedelta(seconds=after)) as writing:
                writing.append(call_stream(call_id), kind, body, by)
        return call_id

    def _frame(self, received: datetime, account: str) -> int:
        with self.database.write() as conn:
            number = int(conn.exec_driver_sql("SELECT coalesce(max(id), 0) + 1 FROM frames").scalar_one())
            raw = (
                f'\n5E1A0034"ADM-CID"{number:04d}R1L0#{account}[#{account}|1101 00 001]_12:00:09,11-20-2026\r'.encode()
            )
            row = {
                "id": number,
                "received_at": stamp(received),
                "raw": raw,
                "account": account,
                "digest": number.to_bytes(16, "big"),
            }
            conn.execute(insert(tables.frames), {**ROW_OF_FRAME, **row})
        return number

    def week(self, calls: int = 160, seed: int = 7) -> None:
        """A plausible week, the same for the same seed."""
        chance = Random(seed)
        for opened in sorted(NOON - timedelta(seconds=chance.uniform(600, 6.5 * 86400)) for _ in range(calls)):
            self._likely(chance, opened)
        self.call(NOON - timedelta(seconds=41), 1, home=5)
        self.call(NOON - timedelta(seconds=300), 2, home=6, answered=11, requested=64)

    def _likely(self, chance: Random, opened: datetime) -> None:
        priority = chance.choices((1, 2, 3, 4), (20, 25, 50, 12))[0]
        answered = chance.lognormvariate(2.0, 0.5)
        after = {"answered": answered}
        if priority < 3 or chance.random() < 0.3:
            parts = (
                ("requested", 35.0),
                ("accepted", 18.0),
                ("departed", 70.0),
                ("arrived", 330.0),
                ("finished", 1500.0),
            )
            at = answered
            for name, typical in parts[: chance.choices((5, 2), (95, 5))[0]]:
                at += typical * chance.lognormvariate(0, 0.5)
                after[name] = at
            if "arrived" not in after:
                after["cancelled"] = at + 60
        after["closed"] = max(after.values()) + chance.uniform(20, 120)
        targets = TARGETS.get(priority, {})
        late = {"answer": targets["answer"]} if "answer" in targets and answered > targets["answer"] else None
        carer = chance.choice((1, 2, 3))
        declined = chance.choice((None, None, None, None, carer % 3 + 1))
        self.call(opened, priority, chance.randint(1, 12), chance.randint(1, 2), carer, late, declined, **after)


def _told(
    visit: str, opened: datetime, priority: int, home: int, operator: int, carer: int, outcome: bool
) -> dict[str, tuple[str, dict[str, Any], str]]:
    """The event of each step: kind, body, actor."""
    user_id, name = OPERATORS[operator - 1]
    carer_name = dict(CARERS)[carer]
    who, they = f"user:{user_id} {name}", f"carer:{carer} {carer_name}"
    asked = {"visit": visit, "carer_id": carer, "carer_name": carer_name}
    wish = {"visit": visit, "why": "无应答", "priority": priority, "home_id": home, "called_at": stamp(opened)}
    report = {"condition": "平稳", "done": "扶起", "text": "已扶起，血压正常"}
    ending = {"outcome": "helped" if outcome else "advice", "evidence": "was_seen" if outcome else "spoke_clearly"}
    return {
        "answered": ("CallAnswered", {"user_id": user_id, "name": name}, who),
        "requested": ("VisitRequested", wish, who),
        "accepted": ("VisitAccepted", asked, they),
        "departed": ("CarerDeparted", asked, they),
        "arrived": ("CarerArrived", {**asked, "proof": "gps", "metres": 20}, they),
        "finished": ("VisitFinished", {**asked, "report": report}, they),
        "cancelled": ("VisitCancelled", {**asked, "reason": "家属已到"}, who),
        "closed": ("CallClosed", {**ending, "words": "", "name": name}, who),
    }


def _offers(visit: str, opened: datetime, requested: float, carer: int, declined_by: int | None) -> list[Step]:
    reasons = [["nearest"], ["language", "zh"]]
    offer = {
        "visit": visit,
        "eta_seconds": 420,
        "reasons": reasons,
        "round": 1,
        "due_at": stamp(opened + timedelta(hours=1)),
    }
    steps: list[Step] = []
    if declined_by:
        other = {"carer_id": declined_by, "carer_name": dict(CARERS)[declined_by]}
        steps.append((requested + 0.2, "VisitOffered", {**offer, **other}, "clock"))
        said = {"visit": visit, **other, "reason": "正在护理"}
        steps.append((requested + 1, "OfferDeclined", said, f"carer:{declined_by} {other['carer_name']}"))
    own = {"carer_id": carer, "carer_name": dict(CARERS)[carer]}
    return [*steps, (requested + (1.1 if declined_by else 0.2), "VisitOffered", {**offer, **own}, "clock")]


def _people() -> list[tuple[Any, list[dict[str, Any]]]]:
    place = {"latitude": 36.66, "longitude": 101.76}
    stations = [{"id": n, "code": f"S{n}", "name": name, **place} for n, name in STATIONS]
    door = {"address": "朝阳西路 1 号", "unit": "2单元", "door": "301"}
    homes = [
        {
            "id": n,
            "code": f"H{n:03d}",
            "station_id": n % 3 + 1,
            "community": f"小桥社区{n}",
            "building": f"{n}号楼",
            **door,
        }
        for n in range(1, 13)
    ]
    residents = [
        {"id": n, "code": f"R{n:03d}", "home_id": n, "name": "=1+1" if n == 2 else f"王桂兰{n}", "born": "1943"}
        for n in range(1, 13)
    ]
    carers = [
        {"id": n, "code": f"C{n}", "station_id": 1, "name": name, "skills": [], "languages": ["zh"]}
        for n, name in CARERS
    ]
    users = [
        {"id": n, "login": f"user{n}", "name": name, "role": "operator", "password_hash": "-"} for n, name in OPERATORS
    ]
    return [
        (tables.stations, stations),
        (tables.homes, homes),
        (tables.residents, residents),
        (tables.carers, carers),
        (tables.users, users),
    ]
