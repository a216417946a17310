"""What the centre's own log says of the pretend homes' calls: who has answered, who is going, who has come.

Folded from ``/api/v1/events`` by anyone outside; a call that was open before the simulation began is on the board but
is not counted.
"""

from collections import Counter
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from typing import Any, NamedTuple

Event = dict[str, Any]
DEVICE_PRIORITY = 4
JOB_STAGES = ("offered", "accepted", "on_the_way", "arrived")  # of a visit that some carer has


@dataclass(slots=True)
class Case:
    """One call of a person. ``stage`` as the API names it; ``ours`` were opened by the homes of this simulation."""

    id: str
    account: str
    priority: int
    stage: str = "waiting"
    holder: str = ""
    ours: bool = False
    answered: bool = False
    visiting: bool = False
    come: bool = False


class Job(NamedTuple):
    """A visit as its carer has it; ``eta`` is seconds, as they were expected."""

    visit: str
    carer: int
    eta: float
    stage: str = "offered"


def _nobody_listens(_case: Case, _job: Job) -> None:
    """Carers of flesh and blood look at their own phones."""


class Board:
    """``accounts`` are those of the pretend homes, as the centre has them. ``offered(case, job)`` is called for each
    carer who is asked."""

    def __init__(self, accounts: Collection[str]):
        self.accounts = frozenset(accounts)
        self.offered: Callable[[Case, Job], None] = _nobody_listens
        self.cases: dict[str, Case] = {}
        self.heard: Counter[str] = Counter()  # presses in calls, by account
        self.visits = 0  # carers who arrived at a call of ours
        self._newest: dict[str, Case] = {}  # by account

    def begin(self, calls: Iterable[dict[str, Any]]) -> None:
        """What is open already, as the snapshot of a console shows it. Visits that have begun are gone on with."""
        for call in calls:
            if call["priority"] >= DEVICE_PRIORITY:
                continue
            visit = call["visit"] if call["visit"] and not call["visit"]["ended_at"] else None
            case = self.cases[call["id"]] = Case(
                call["id"], call["account"], call["priority"], call["stage"], call["holder_name"] or "",
                answered=bool(call["answered_at"]), visiting=visit is not None, come=bool(call["arrived_at"]),
            )  # fmt: skip
            if visit and visit["stage"] in JOB_STAGES:
                self.offered(case, Job(visit["id"], visit["carer_id"], visit["eta_seconds"] or 0.0, visit["stage"]))

    def note(self, event: Event) -> None:
        kind, body = event["kind"], event["body"]
        call_id = event["stream"].removeprefix("call:")
        if kind == "CallOpened" and body["priority"] < DEVICE_PRIORITY:
            ours = body["account"] in self.accounts
            self.cases[call_id] = self._newest[body["account"]] = Case(
                call_id, body["account"], body["priority"], ours=ours
            )
        case = self.cases.get(call_id)
        if case is None:
            return
        if kind in ("CallOpened", "PressRepeated"):
            self.heard[body["account"]] += 1
            case.priority = min(case.priority, body["priority"])
            self._newest[body["account"]] = case
        elif kind in MOVES:
            MOVES[kind](case, body)
            self.visits += kind == "CarerArrived" and case.ours
        if kind == "VisitOffered":
            self.offered(case, Job(body["visit"], body["carer_id"], body["eta_seconds"] or 0.0))

    def of(self, account: str) -> Case | None:
        """The newest call this account was heard in."""
        return self._newest.get(account)

    def missing(self, owed: Counter[str]) -> int:
        """How many of the presses that were acknowledged are in no call."""
        return sum((owed - self.heard).values())

    @property
    def ours(self) -> list[Case]:
        return [case for case in self.cases.values() if case.ours]

    @property
    def open(self) -> list[Case]:
        """The most urgent first, then the oldest."""
        found = [case for case in self.cases.values() if case.stage != "closed"]
        return sorted(found, key=lambda case: (case.priority, case.id))


def _answered(case: Case, body: dict[str, Any]) -> None:
    case.stage, case.holder, case.answered = "answered", body["name"], True


def _stage(stage: str) -> Callable[[Case, dict[str, Any]], None]:
    def move(case: Case, _body: dict[str, Any]) -> None:
        case.stage = stage

    return move


def _visiting(yes: bool) -> Callable[[Case, dict[str, Any]], None]:
    def move(case: Case, _body: dict[str, Any]) -> None:
        case.visiting = yes

    return move


def _come(case: Case, _body: dict[str, Any]) -> None:
    case.come = True


MOVES: dict[str, Callable[[Case, dict[str, Any]], None]] = {
    "CallAnswered": _answered,
    "CallResumed": _answered,
    "CallReopened": _answered,
    "CallHeld": _stage("on_hold"),
    "CallRungAgain": _stage("waiting"),
    "CallClosed": _stage("closed"),
    "VisitRequested": _visiting(True),
    "VisitFinished": _visiting(False),
    "VisitCancelled": _visiting(False),
    "CarerArrived": _come,
}
