"""Who is told of a mass event and of a roll call: each station of its own list, grid leaders of theirs, supervisors.

What goes over the wire names no illness and no door code; grid leaders get addresses without names. In a drill only
stations and supervisors are told, with the word for drill in front.
"""

from collections.abc import Callable, Iterable, Mapping

from callcenter.rules.events import Row
from callcenter.rules.mass import WARNING, mass_stream
from callcenter.rules.people import place
from callcenter.rules.rollcall import AT_RISK, HOME, STATION, high_risk, rollcall_stream
from callcenter.store import rollcalls
from callcenter.store.log import Writing
from dispatch.whom import Whom

CLOCK = "clock"
URGENT = 2
MOST_ADDRESSES = 6  # in one message
CAUSES = {"power": "停电", "network": "通信中断", "gateway": "接警网关中断", "supplier": "设备平台故障",
          "flood": "洪涝", "earthquake": "地震", "cold": "寒潮", "other": "突发事件"}  # fmt: skip
LEVELS = {"watch": "预警", "warning": "警报"}
DRILL = "【演练】"
STEPS = {"high": "高风险户", "all": "全部住户"}


class Announcing:
    """``address`` is where the pages of the centre are."""

    def __init__(self, whom: Whom, address: str):
        self.whom, self.address = whom, address.rstrip("/")
        self._tells: Mapping[str, Callable[[Writing, Row], None]] = {
            "MassEventDeclared": self._declared,
            "MassEventReminded": self._ends_soon,
            "MassEventEnded": self._ended,
            "RollCallStarted": self._started,
            "RollCallDue": self._late,
        }

    def __call__(self, w: Writing, kind: str, row: Row) -> None:
        self._tells[kind](w, row)

    # --- warnings ---------------------------------------------------------------------------------------------

    def _declared(self, w: Writing, row: Row) -> None:
        """Each station hears how many of its own homes are struck, and how many of those are at high risk."""
        struck = rollcalls.everybody(w.conn, row["areas"], w.at)
        entries = [[home["home_id"], home["station_id"], home["tier"], int(high_risk(home))] for home in struck]
        head = f"{CAUSES[row['cause']]}{LEVELS[row['level']]}"
        for station, homes in _by_station(entries).items():
            at_risk = sum(home[AT_RISK] for home in homes)
            self._station(w, mass_stream(row["id"]), station, f"{head}：本站 {len(homes)} 户，高风险 {at_risk} 户")
        self._supervisors(w, mass_stream(row["id"]), f"{head}：{len(struck)} 户，宣布人 {row['begun_by']}")

    def _ends_soon(self, w: Writing, row: Row) -> None:
        head = f"{CAUSES[row['cause']]}{LEVELS[row['level']]}"
        self._supervisors(w, mass_stream(row["id"]), f"{head}即将到期，请延长或解除")

    def _ended(self, w: Writing, row: Row) -> None:
        if row["level"] == WARNING or row["ended_why"] == "expired":
            head = f"{CAUSES[row['cause']]}{LEVELS[row['level']]}"
            how = "已到期" if row["ended_why"] == "expired" else "已解除"
            count = row["folded"].get("count", 0)
            self._supervisors(w, mass_stream(row["id"]), f"{head}{how}，期间合并设备信号 {count} 条")

    # --- roll calls -------------------------------------------------------------------------------------------

    def _started(self, w: Writing, row: Row) -> None:
        stream, mark = rollcall_stream(row["id"]), DRILL if row["drill"] else ""
        for station, homes in _by_station(row["homes"]).items():
            at_risk = sum(home[AT_RISK] for home in homes)
            where = f"{self.address}/rollcalls/{row['id']}/paper?station={station}"
            words = f"{mark}点名：本站 {len(homes)} 户，高风险 {at_risk} 户，名单 {where}"
            self._station(w, stream, station, words)
        if not row["drill"]:
            self._grid_leaders(w, stream, row)
        self._supervisors(w, stream, f"{mark}点名开始：{len(row['homes'])} 户，发起人 {row['begun_by']}")

    def _late(self, w: Writing, row: Row) -> None:
        words = f"点名 {row['id']}：{STEPS[row['step']]}到时限仍有 {row['left']} 户未确认"
        self._supervisors(w, rollcall_stream(row["id"]), words)

    def _grid_leaders(self, w: Writing, stream: str, row: Row) -> None:
        """The homes at high risk in their own grid: who lives next door is there first."""
        at_risk = [home[HOME] for home in row["homes"] if home[AT_RISK]]
        doors = rollcalls.doors(w.conn, at_risk)
        by_grid: dict[tuple[str, str], list[str]] = {}
        for home in at_risk:
            by_grid.setdefault((doors[home]["community"], doors[home]["grid"]), []).append(_address(doors[home]))
        for leader in rollcalls.neighbours_of(w.conn, {community for community, _ in by_grid}):
            own = by_grid.get((leader["community"], leader["grid"]))
            if own:
                words = "、".join(own[:MOST_ADDRESSES])
                more = f"等 {len(own)} 户" if len(own) > MOST_ADDRESSES else ""
                to = {name: leader[name] for name in ("id", "name", "phone")}
                self._tell(w, stream, "responder", [to], f"请看望：{words}{more}，有事请打呼叫中心电话")

    # --- to whom ----------------------------------------------------------------------------------------------

    def _station(self, w: Writing, stream: str, station: int, words: str) -> None:
        self._tell(w, stream, "station", self.whom.heads([station]), words)

    def _supervisors(self, w: Writing, stream: str, words: str) -> None:
        self._tell(w, stream, "supervisor", self.whom.supervisors(), words)

    @staticmethod
    def _tell(w: Writing, stream: str, who: str, to: list[Row], words: str) -> None:
        if to:
            body = {"words": words, "priority": URGENT, "who": who, "to": to}
            w.append(stream, "NoticeAsked", body, CLOCK)


def _by_station(homes: Iterable[list[int]]) -> dict[int, list[list[int]]]:
    found: dict[int, list[list[int]]] = {}
    for home in homes:
        if home[STATION] is not None:
            found.setdefault(home[STATION], []).append(home)
    return found


def _address(home: Row) -> str:
    said = place(home["community"] or "", home["building"] or "", home["address"] or "")
    return " ".join(part for part in (said, home["unit"], home["door"]) if part)
