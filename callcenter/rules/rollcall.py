"""Roll call (点名): everybody of an area is asked after, those at the highest risk first, until each home is known.

A home is known when its people were seen, spoke, are somewhere else for certain, when they need help and have a case,
or when a press, a call or a visit of the same time says where they are. Silence is never an answer: "not reached" stays
on the list. Source: the targets are the district's (Ashford 2017: asking after 2,000 took over a day).
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from callcenter.rules.events import Event, Row
from callcenter.rules.risk import HIGHEST
from callcenter.rules.times import later, seconds_between

LEFT, SAFE, NOT_REACHED, HELP, IN_CASE = "left", "safe", "not_reached", "help", "in_case"
SAID = (SAFE, NOT_REACHED, HELP)  # what a person may say of a home
KNOWN = frozenset({SAFE, HELP, IN_CASE})
HOW = ("seen", "spoke", "elsewhere")  # how somebody knows that all are safe
TRIES = 2  # not reached so often: somebody is sent
# Words in what is known of a person's health: who depends on a machine or a place that has mains.
DEPENDS = ("吸氧", "制氧", "透析", "呼吸机", "氧气", "oxygen", "dialysis", "ventilator")
HIGH, ALL = "high", "all"
TARGETS = {HIGH: 2 * 3600.0, ALL: 8 * 3600.0}
LONGEST_AFTER = 7 * 86400.0  # so long what stands on paper may still be entered
HOME, STATION, TIER, AT_RISK = range(4)  # of one entry of ``homes``


def rollcall_stream(rollcall_id: str) -> str:
    return f"rollcall:{rollcall_id}"


# --- risk --------------------------------------------------------------------------------------------------------


def high_risk(home: Row) -> bool:
    return home["tier"] == HIGHEST or bool(home["depends"])


def by_risk(homes: Iterable[Row]) -> list[Row]:
    """In the order to ask: the highest risk, then whose device is dead, who depends on a machine, who is alone, the
    oldest. Where everybody is known to be away comes last, and is asked after all the same."""
    return sorted(homes, key=_risk)


def _risk(home: Row) -> tuple[object, ...]:
    return (bool(home["away"]), not high_risk(home), home["tier"], not home["dead"], not home["depends"],
            not home["alone"], -(home["age"] or 0), home["home_id"])  # fmt: skip


def shared(homes: Sequence[Row], carers: Sequence[Row], most: int) -> dict[str, int]:
    """Home id to carer id. Each station's homes go to its own carers (``id``, ``station_id``, ``has``: how many they
    have): those at high risk are dealt one by one, the others in stretches of neighbouring buildings. Beyond ``most``
    for each carer they stay with the operators, the lowest risk first. ``homes`` in the order of risk."""
    found: dict[str, int] = {}
    for station in sorted({carer["station_id"] for carer in carers}):
        room = {carer["id"]: max(0, most - carer["has"]) for carer in carers if carer["station_id"] == station}
        theirs = [home for home in homes if home["station_id"] == station][: sum(room.values())]
        dealt = [_freest(room) for _ in theirs]
        urgent = [home for home in theirs if high_risk(home)]
        rest = sorted((home for home in theirs if not high_risk(home)), key=_neighbours)
        stretches = sorted(dealt[len(urgent) :])
        for home, carer in zip((*urgent, *rest), (*dealt[: len(urgent)], *stretches), strict=True):
            found[str(home["home_id"])] = carer
    return found


def _freest(room: dict[int, int]) -> int:
    carer = max(room, key=lambda one: (room[one], -one))
    room[carer] -= 1
    return carer


def _neighbours(home: Row) -> tuple[str, str, str, int]:
    return home["community"] or "", home["address"] or "", home["building"] or "", home["home_id"]


# --- the fold ----------------------------------------------------------------------------------------------------


def due(row: Row) -> tuple[str, str] | None:
    """The next target of a roll call as ``(stamp, step)``; one that has been looked at is not due again."""
    if row["ended_at"]:
        return None
    left = [(later(row["begun_at"], seconds), step) for step, seconds in TARGETS.items() if step not in row["looked"]]
    return min(left, default=None)


def _started(event: Event) -> Row:
    b = event.body
    return {"id": b["rollcall"], **{name: b[name] for name in ("drill", "cause", "words", "areas", "homes", "shares")},
            "mass_id": b["mass"], "begun_at": event.at, "begun_seq": event.seq, "begun_by": b["name"],
            "looked": {}, "ended_at": None, "ended_by": "", "ended_why": ""}  # fmt: skip


def _looked(row: Row, e: Event) -> Row:
    return {**row, "looked": row["looked"] | {e.body["step"]: {"at": e.at, "left": e.body["left"]}}}


AFTER: dict[str, Callable[[Row, Event], Row]] = {
    "RollCallShared": lambda row, e: {**row, "shares": e.body["shares"]},
    "RollCallDue": _looked,
    "RollCallEnded": lambda row, e: {
        **row, "ended_at": e.at, "ended_by": e.body["name"], "ended_why": e.body["why"],
    },
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class RollCallPicture:
    """How the table ``rollcalls`` follows the log: what was asked of whom. What was answered: ``MarkPicture``."""

    table: str = "rollcalls"

    def key(self, event: Event) -> str | None:
        return event.body["rollcall"] if event.kind in AFTER or event.kind == "RollCallStarted" else None

    def after(self, row: Row | None, event: Event) -> Row:
        folded = _started(event) if row is None else AFTER[event.kind](row, event)
        at, step = due(folded) or (None, None)
        return {**folded, "next_due_at": at, "next_step": step}


def mark_id(rollcall_id: str, home_id: int) -> str:
    return f"{rollcall_id}:{home_id}"


def blank(rollcall_id: str, home_id: int) -> Row:
    """A home of which nothing has been said yet."""
    return {"id": mark_id(rollcall_id, home_id), "rollcall_id": rollcall_id, "home_id": home_id, "state": LEFT,
            "how": "", "at": None, "said_at": None, "said_by": "", "by_hand": False, "tries": 0, "call_id": None,
            "words": ""}  # fmt: skip


def _marked(row: Row, e: Event) -> Row:
    """What was said last counts by when it happened, not by when it was written; help outlasts what was seen before,
    and whoever is known is not unknown because somebody else rang in vain."""
    b = e.body
    tries = row["tries"] + (b["state"] == NOT_REACHED)
    call = b["call"] or row["call_id"]
    older = (row["at"] or "") > b["at"] and b["state"] != HELP
    if row["state"] in KNOWN and (older or b["state"] == NOT_REACHED):
        return {**row, "tries": tries, "call_id": call}
    if row["state"] == SAFE and b["state"] == SAFE:
        return row  # two were quick; the first to say so stays
    return {**row, "state": b["state"], "how": b["how"], "at": b["at"], "said_at": e.at, "said_by": b["name"],
            "by_hand": b["by_hand"], "tries": tries, "call_id": call, "words": b["words"] or row["words"]}  # fmt: skip


def _taken_back(row: Row, e: Event) -> Row:
    return {**blank(row["rollcall_id"], row["home_id"]), "tries": row["tries"], "call_id": row["call_id"],
            "said_at": e.at, "said_by": e.body["name"]}  # fmt: skip


@dataclass(frozen=True, slots=True)
class MarkPicture:
    """How the table ``rollcall_marks`` follows the log: one small row for each home of which something was said."""

    table: str = "rollcall_marks"

    def key(self, event: Event) -> str | None:
        marks = event.kind in ("RollCallMarked", "RollCallTakenBack")
        return mark_id(event.body["rollcall"], event.body["home"]) if marks else None

    def after(self, row: Row | None, event: Event) -> Row:
        known = row or blank(event.body["rollcall"], event.body["home"])
        return (_marked if event.kind == "RollCallMarked" else _taken_back)(known, event)


# --- figures -----------------------------------------------------------------------------------------------------


def counts(homes: Sequence[Sequence[object]], marks: Mapping[int, Row]) -> Row:
    """How many: ``homes``, of each state, ``left`` (all that are not known), ``high`` and ``high_left``."""
    states = [marks[home[HOME]]["state"] if home[HOME] in marks else LEFT for home in homes]  # type: ignore[index]
    found: Row = {state: states.count(state) for state in (SAFE, HELP, IN_CASE, NOT_REACHED)}
    unknown = [state not in KNOWN for state in states]
    urgent = [bool(home[AT_RISK]) for home in homes]
    return {"homes": len(homes), **found, "left": sum(unknown), "high": sum(urgent),
            "high_left": sum(not_known and risk for not_known, risk in zip(unknown, urgent, strict=True))}  # fmt: skip


def reached(row: Row, marks: Mapping[int, Row]) -> dict[str, float | None]:
    """Seconds from the start until 50 %, 90 %, all at high risk, and all were known; None: not yet."""
    return {
        "half": _after(row, row["homes"], marks, 0.5),
        "most": _after(row, row["homes"], marks, 0.9),
        HIGH: _after(row, [home for home in row["homes"] if home[AT_RISK]], marks, 1.0),
        ALL: _after(row, row["homes"], marks, 1.0),
    }


def _after(row: Row, homes: Sequence[Sequence[int]], marks: Mapping[int, Row], share: float) -> float | None:
    known = sorted(
        mark["at"] for home in homes if (mark := marks.get(home[HOME])) and mark["state"] in KNOWN and mark["at"]
    )
    wanted = -int(-len(homes) * share // 1)
    if not homes or len(known) < wanted:
        return None
    return max(0.0, seconds_between(row["begun_at"], known[wanted - 1]))
